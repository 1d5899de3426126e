"""The extract of its city goes with a bulletin to the units that the notice names: only its own rows, made only for what is sent."""

import io
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import openpyxl
import pytest

from pipelines.bulletin import extract
from pipelines.bulletin.draft import draft_bulletin
from pipelines.bulletin.issue import issue
from pipelines.notice.mail import ALL_RECIPIENTS
from pipelines.send.outbox import Outbox
from tests.bulletin.conftest import FIRST, NOW, Office

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture
def asked(office) -> Office:
    """Every school has a mailbox, is sent the bulletins, and is to get the extract of its city."""
    one: Office = office(extracts_to=["school"])
    units = tuple(
        unit.model_copy(update={"email": f"{unit.code.lower()}@example.org"})
        for unit in one.notice.recipients
    )
    mail = one.notice.mail.model_copy(update={"bulletins_to": ("leaders", ALL_RECIPIENTS)})
    one.world.notice = one.notice.model_copy(update={"recipients": units, "mail": mail})
    return one


def messages(one: Office) -> dict[str, EmailMessage]:
    """By whom they are for."""
    with Outbox(one.home.mail) as outbox:
        return {
            row.recipient: message_from_bytes(outbox.message(row.key), policy=default)
            for row in outbox.rows()
        }


def attached(message: EmailMessage) -> dict[str, bytes]:
    return {part.get_filename(): part.get_content() for part in message.iter_attachments()}


def test_each_unit_gets_the_rows_of_its_own_city_and_lists_get_none(asked):
    asked.bulletin(FIRST)
    found = messages(asked)
    assert sorted(found) == ["U000", "U001", "U002", "leaders"]
    for code, own, other in (("U000", "甲", "乙"), ("U001", "甲", "乙"), ("U002", "乙", "甲")):
        text = found[code].get_body(("plain",)).get_content()
        assert f"另附{own}市的逐行摘录" in text
        files = attached(found[code])
        assert [*files][2:] == [f"{own}市摘录（截至2021-05-10 18.00）.xlsx"]
        book = openpyxl.load_workbook(io.BytesIO([*files.values()][2]), read_only=True)
        assert {"目录", "fact_obligations", "fact_rows", "figures"} <= set(book.sheetnames)
        cells = {str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row}
        assert any(f"{own}一校" in cell for cell in cells)
        assert not [cell for cell in cells if f"{other}市" in cell or f"{other}一校" in cell]
    assert len(attached(found["leaders"])) == 2
    assert "摘录" not in found["leaders"].get_body(("plain",)).get_content()
    assert asked.bulletin(FIRST)["new"] == 0, "told again, it writes to nobody twice"
    assert {code: message.as_bytes() for code, message in messages(asked).items()} == {
        code: message.as_bytes() for code, message in found.items()
    }


def test_what_no_server_would_take_is_not_attached_and_said(asked, monkeypatch):
    monkeypatch.setattr(extract, "MOST_BYTES", 10)
    monkeypatch.setattr(
        extract, "write_own_book", lambda *given: given[-1].write_bytes(b"more than ten bytes")
    )
    asked.bulletin(FIRST)
    message = messages(asked)["U000"]
    assert len(attached(message)) == 2
    assert "甲市的逐行摘录有 0 MB，随信寄不下" in message.get_body(("plain",)).get_content()


def test_none_is_made_for_what_is_not_sent_nor_for_a_correction(asked, monkeypatch):
    def refuse(*_):
        raise AssertionError("nobody gets it")

    monkeypatch.setattr(extract, "write_own_book", lambda *given: given[-1].write_bytes(b""))
    asked.bulletin(FIRST)
    asked.world.send("甲一校", "materials", "2021-05-10 08:00:00", "2021-05-10")
    asked.publish()
    monkeypatch.setattr(extract, "write_own_book", refuse)
    assert asked.correction()["new"] == 4
    stem = draft_bulletin(asked.home, asked.notice, FIRST.replace(day=11))
    assert issue(asked.home, asked.notice, stem, NOW, mails=False)["held_back"] == 4


def test_without_a_word_nobody_gets_one(office, monkeypatch):
    monkeypatch.setattr(extract, "write_own_book", None)
    assert office().bulletin(FIRST)["new"] == 2
