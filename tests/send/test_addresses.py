"""Who is written to where, in a home that a whole cycle filled: plans before the roster, each address once."""

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.send.addresses import addressees, unit_mailboxes
from pipelines.send.mailbox import Mailbox

MORNING, EVENING = datetime(2020, 11, 3, 9), datetime(2020, 11, 3, 20)


def put_plan(home: Home, notice: Notice, code: str, address: str, name: str) -> None:
    unit = next(one for one in notice.recipients if one.code == code)
    book = Workbook()
    book.active.append(["单位名称", "方案标题", "专栏网址", "联络员", "手机", "邮箱"])
    book.active.append([unit.name, "活动周方案", "https://example.org/week", "张某", "13800000000", address])
    path = home.inbox(notice.id) / notice.sources[0].path / unit.name / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


@pytest.fixture
def with_roster(notice: Notice) -> Notice:
    """The first three units have an address in the roster."""
    known = {
        "EDU-3701": "roster1@example.org",
        "EDU-3702": "roster2@example.org",
        "EDU-3703": "roster3@example.org",
    }
    recipients = tuple(one.model_copy(update={"email": known.get(one.code)}) for one in notice.recipients)
    return notice.model_copy(update={"recipients": recipients})


@pytest.mark.slow
def test_plans_come_before_the_roster(with_roster: Notice, tmp_path: Path) -> None:
    home, notice = Home(tmp_path), with_roster
    put_plan(home, notice, "EDU-3701", "plan1@example.org", "方案.xlsx")
    put_plan(home, notice, "EDU-3702", "not an address", "方案.xlsx")
    put_plan(home, notice, "EDU-3704", "plan4@example.org", "方案.xlsx")
    cycle.run(home, notice, now=MORNING)
    put_plan(home, notice, "EDU-3701", "plan1-new@example.org", "方案更正.xlsx")
    cycle.run(home, notice, now=EVENING)
    found = {code: box.address for code, box in unit_mailboxes(home, notice, EVENING).items()}
    assert found == {
        "EDU-3701": "plan1-new@example.org",
        "EDU-3702": "roster2@example.org",
        "EDU-3703": "roster3@example.org",
        "EDU-3704": "plan4@example.org",
    }
    before = unit_mailboxes(home, notice, MORNING)
    assert before["EDU-3701"].address == "plan1@example.org", (
        "a bulletin made again for the morning goes where it went"
    )
    assert before["EDU-3701"].name == "济南市教育局"


def test_without_any_data_there_is_the_roster(with_roster: Notice, tmp_path: Path) -> None:
    assert list(unit_mailboxes(Home(tmp_path), with_roster, MORNING)) == ["EDU-3701", "EDU-3702", "EDU-3703"]


def test_lists_hold_each_address_once(notice: Notice) -> None:
    units = {"EDU-1": Mailbox("甲", "unit1@example.org"), "EDU-2": Mailbox("乙", "STAFF@example.org")}
    found = addressees(notice, ["leaders", "data_staff", "all_recipients"], units)
    assert [(one.recipient, one.mailbox.address, one.member) for one in found] == [
        ("leaders", "leader@example.org", "leader@example.org"),
        ("data_staff", "staff@example.org", "staff@example.org"),
        ("EDU-1", "unit1@example.org", ""),
    ]
