"""Decisions about files and rows: what they make count, from when on, and that their undoing ends just that."""

import shutil
from datetime import datetime, timedelta

import pytest

from pipelines import cycle
from pipelines.ask.figures import ask_files, ask_status
from pipelines.ask.tracing import ask_changes
from pipelines.decide.given import Asked, Given, RefusedError
from pipelines.decide.journal import read_decisions
from pipelines.decide.take import decide
from pipelines.ground.home import Home
from tests.decide.conftest import all_at_once
from tests.decide.inbox import FAULTY, HEADERS, JINAN, NOBODY, NOW

EDU, QINGDAO, ZIBO, ZAOZHUANG = "EDU-3701", "EDU-3702", "EDU-3703", "EDU-3704"
HOUR = timedelta(hours=1)
LATER = NOW + HOUR
AFTER = LATER + HOUR


@pytest.fixture(scope="module")
def settled(collected, notice, make_once):
    """A home in which decisions about three units were published together, one at LATER and two after it; nobody writes to it."""

    def run(folder):
        home, scan = Home(shutil.copytree(collected, folder / "home")), folder / "扫描件.txt"
        scan.write_text(HEADERS + "11月10日,照片,合影,宣传活动,9,\n", "utf-8")
        paper = {"deliverable": "materials", "arrived": NOW, "how": "光盘", "file": scan}
        zero = {"deliverable": "materials", "arrived": datetime(2020, 11, 12, 20), "how": "电话"}
        zero["periods"] = ("2020-11-12",)
        with all_at_once(home, notice):
            for kind, at, given in (
                ("assign", LATER, {"path": NOBODY, "recipients": (QINGDAO,)}),
                ("register", AFTER, {"recipients": (ZIBO,)} | paper),
                ("confirm_zero", AFTER, {"recipients": (ZAOZHUANG,)} | zero),
            ):
                decide(home, notice, Asked(kind, "说明", "wang", at), Given(**given))

    return Home(make_once("settled", run) / "home")


def file_of(home, notice, path):
    found = ask_files(home.published, notice.id)
    (row,) = [
        row
        for row in (dict(zip(found.columns, one, strict=True)) for one in found.rows)
        if row["path"] == path
    ]
    return row


def status_of(home, notice, at, recipient, period, deliverable="materials"):
    found = ask_status(home.published, notice.id, at)
    rows = (dict(zip(found.columns, row, strict=True)) for row in found.rows)
    (status,) = [
        row["status"]
        for row in rows
        if (row["recipient_code"], row["deliverable"], row["period"]) == (recipient, deliverable, period)
    ]
    return status


def test_a_file_of_nobody_is_assigned_and_counts_from_the_decision_on(take, metrics, home, notice):
    before = metrics(LATER)["青岛市"]
    taken = take("assign", LATER, path=NOBODY, recipients=(QINGDAO,))
    after = metrics(LATER)["青岛市"]
    assert after["participants"] == before["participants"] + 40
    assert after["on_time"] == before["on_time"] + (
        status_of(home, notice, LATER, QINGDAO, "2020-11-11") == "on_time"
    )
    assert metrics(NOW)["青岛市"]["participants"] == before["participants"]
    assert file_of(home, notice, NOBODY)["recipient"] == QINGDAO
    assert file_of(home, notice, NOBODY)["state"] == "accepted"
    assert str(file_of(home, notice, NOBODY)["received_at"]) == "2020-11-12 09:30:00", (
        "it arrived when it arrived"
    )
    take("undo", LATER + HOUR, subject=taken.decision.id)
    assert metrics(LATER + HOUR)["青岛市"] == before
    assert metrics(LATER)["青岛市"] == after
    assert file_of(home, notice, NOBODY)["reason"] == "unknown_recipient"


def test_the_last_assignment_holds_and_the_one_before_comes_back(take, metrics, at_once):
    with at_once():
        take("assign", LATER, path=NOBODY, recipients=(QINGDAO,))
        second = take("assign", LATER + HOUR, path=NOBODY, recipients=(EDU,)).decision
    assert [metrics(LATER + HOUR)[city]["participants"] for city in ("青岛市", "济南市")] == [20, 460]
    take("undo", LATER + 2 * HOUR, subject=second.id)
    assert [metrics(LATER + 2 * HOUR)[city]["participants"] for city in ("青岛市", "济南市")] == [60, 420]
    assert [metrics(LATER + HOUR)[city]["participants"] for city in ("青岛市", "济南市")] == [20, 460]


def test_what_is_set_aside_is_ignored_with_the_reason(take, metrics, home, notice):
    before = metrics(LATER)["济南市"]
    taken = take("set_aside", LATER, reason="是草稿", path=JINAN)
    assert metrics(LATER)["济南市"]["participants"] == before["participants"] - 300
    assert metrics(NOW)["济南市"]["participants"] == before["participants"]
    assert status_of(home, notice, LATER, EDU, "2020-11-09") == "missing"
    assert file_of(home, notice, JINAN)["state"] == "ignored"
    take("undo", LATER + HOUR, subject=taken.decision.id)
    assert metrics(LATER + HOUR)["济南市"] == before


def test_a_rejected_row_is_accepted_with_a_value_for_what_it_lacks(take, metrics, home, notice):
    before = metrics(LATER)["济南市"]
    with pytest.raises(RefusedError, match="没有可用的值"):
        take("accept", LATER, path=FAULTY, row=4)
    with pytest.raises(RefusedError, match="“活动类别”没有问题，不能改"):
        take("accept", LATER, path=FAULTY, row=3, values={"category": "主题推介"})
    with pytest.raises(RefusedError, match="只能写"):
        take("accept", LATER, path=FAULTY, row=3, values={"material_type": "海报"})
    first = take("accept", LATER, path=FAULTY, row=3, values={"材料类型": "照片"}).decision
    after = metrics(LATER)["济南市"]
    assert (after["photos"], after["participants"]) == (before["photos"] + 1, before["participants"] + 20)
    assert status_of(home, notice, LATER, EDU, "2020-11-11") == "on_time", (
        "received_at tells, not the decision"
    )
    assert status_of(home, notice, NOW, EDU, "2020-11-11") == "missing"
    assert file_of(home, notice, FAULTY)["rejected_rows"] == "bad_date"
    take(
        "accept",
        LATER + HOUR,
        path=FAULTY,
        row=4,
        values={"activity_date": "2020-11-12", "participants": "5"},
    )
    assert file_of(home, notice, FAULTY)["state"] == "accepted"
    assert metrics(LATER + HOUR)["济南市"]["participants"] == before["participants"] + 25
    take("undo", LATER + 2 * HOUR, subject=first.id)
    assert metrics(LATER + 2 * HOUR)["济南市"]["participants"] == before["participants"] + 5
    assert status_of(home, notice, LATER + 2 * HOUR, EDU, "2020-11-11") == "missing"


def test_a_later_file_speaks_against_an_accepted_row_and_an_earlier_one_does_not(take, metrics, home, notice):
    accept = {"path": FAULTY, "row": 3, "values": {"material_type": "照片"}}
    take("accept", LATER, **accept)
    inbox = home.inbox(notice.id) / "教育厅收件/济南市教育局/日报三.csv"
    inbox.write_text(HEADERS + "11月11日,照片,展板,宣传活动,33,\n", "utf-8")
    cycle.run(home, notice, now=LATER + HOUR)
    assert metrics(LATER + HOUR)["济南市"]["participants"] == 453
    assert metrics(LATER)["济南市"]["participants"] == 440


def test_an_acceptance_after_a_later_file_speaks_again(take, metrics, home, notice):
    inbox = home.inbox(notice.id) / "教育厅收件/济南市教育局/日报三.csv"
    inbox.write_text(HEADERS + "11月11日,照片,展板,宣传活动,33,\n", "utf-8")
    cycle.run(home, notice, now=LATER)
    assert metrics(LATER)["济南市"]["participants"] == 453
    assert status_of(home, notice, LATER, EDU, "2020-11-11") == "late"
    take("accept", LATER + HOUR, path=FAULTY, row=3, values={"material_type": "照片"})
    assert metrics(LATER + HOUR)["济南市"]["participants"] == 440, "the later of arrival and decision wins"
    assert status_of(home, notice, LATER + HOUR, EDU, "2020-11-11") == "on_time"
    assert status_of(home, notice, LATER, EDU, "2020-11-11") == "late", "a past figure stays"


@pytest.mark.parametrize("given", [{"path": JINAN}, {"path": JINAN, "row": 2}], ids=["file", "row"])
def test_what_is_withdrawn_meets_nothing_any_more(take, metrics, home, notice, given):
    before = metrics(LATER)["济南市"]
    taken = take("withdraw", LATER, **given)
    assert metrics(LATER)["济南市"]["participants"] == before["participants"] - 300
    assert status_of(home, notice, LATER, EDU, "2020-11-09") == "missing"
    with pytest.raises(RefusedError, match="没有算数的行可撤回"):
        take("withdraw", LATER + HOUR, **given)
    take("undo", LATER + HOUR, subject=taken.decision.id)
    assert metrics(LATER + HOUR)["济南市"] == before
    assert metrics(LATER)["济南市"]["participants"] == before["participants"] - 300


def test_of_accepting_and_withdrawing_the_last_that_is_in_force_holds(take, metrics, home, notice):
    """Accepted, withdrawn, accepted again, and each of these undone: at most one span of a row at a time, so all can be published."""
    before = metrics(NOW)["济南市"]["participants"]
    values = {"material_type": "照片"}
    steps = [
        ("accept", {"path": FAULTY, "row": 3, "values": values}, 20),
        ("withdraw", {"path": FAULTY, "row": 3}, 0),
        ("accept", {"path": FAULTY, "row": 3, "values": values}, 20),
        ("undo", {"subject": "D0002"}, 20),
        ("undo", {"subject": "D0003"}, 20),
        ("undo", {"subject": "D0001"}, 0),
        ("undo", {"subject": "D0005"}, 20),
    ]
    for hour, (kind, given, _) in enumerate(steps):
        take(kind, LATER + hour * HOUR, **given)
    for hour, (_, _, more) in enumerate(steps):
        assert metrics(LATER + hour * HOUR)["济南市"]["participants"] == before + more
    assert metrics(NOW)["济南市"]["participants"] == before


def test_who_registers_hears_at_once_what_is_not_taken_in(take):
    whom = {"recipients": (QINGDAO,), "deliverable": "materials", "periods": ("2020-11-10",)}
    given = {"arrived": datetime(2020, 11, 10, 9), "how": "电话"}
    taken = take("register", LATER, values={"material_type": "稿件", "title": "电话报来的"}, **given, **whom)
    (fault,) = taken.faults
    assert fault.startswith("第2行缺少“活动类别”，请补填")
    values = {"material_type": "稿件", "title": "电话报来的", "category": "宣传活动"}
    assert take("register", LATER + HOUR, values=values, **given, **whom).faults == ()


def test_a_report_by_telephone_is_a_receipt_like_any_other(take, metrics, home, notice):
    arrived = datetime(2020, 11, 10, 9)
    values = {"material_type": "稿件", "title": "电话报来的", "category": "宣传活动", "participants": "77"}
    whom = {"recipients": (QINGDAO,), "deliverable": "materials", "periods": ("2020-11-10",)}
    taken = take("register", LATER, arrived=arrived, how="电话", values=values, **whom)
    assert status_of(home, notice, LATER, QINGDAO, "2020-11-10") == "on_time"
    assert status_of(home, notice, NOW, QINGDAO, "2020-11-10") == "missing"
    assert metrics(LATER)["青岛市"]["participants"] == metrics(NOW)["青岛市"]["participants"] + 77
    path = taken.decision.values["path"]
    assert path.startswith("代登记/青岛市教育局/")
    row = file_of(home, notice, path)
    assert (row["state"], str(row["received_at"])) == ("accepted", "2020-11-10 09:00:00")
    take("undo", LATER + HOUR, subject=taken.decision.id)
    assert status_of(home, notice, LATER + HOUR, QINGDAO, "2020-11-10") == "missing"


def test_a_scan_of_a_paper_report_meets_the_summary(settled, notice):
    assert status_of(settled, notice, AFTER, ZIBO, "2020-11-10") == "late"


def test_a_confirmed_zero_report_meets_its_day(settled, notice):
    assert status_of(settled, notice, AFTER, ZAOZHUANG, "2020-11-12") == "on_time"
    found = ask_status(settled.published, notice.id, AFTER)
    zero = [row for row in found.rows if row[found.columns.index("is_zero_report")]]
    assert len(zero) == 1


def test_a_name_that_was_learnt_settles_what_nobody_owned_and_what_comes(take, metrics, home, notice):
    take("know_as", LATER, alias="无名", recipients=(QINGDAO,))
    assert metrics(LATER)["青岛市"]["participants"] == 60
    assert metrics(NOW)["青岛市"]["participants"] == 20
    path = home.inbox(notice.id) / "教育厅收件/无名/日报六.csv"
    path.write_text(HEADERS + "11月12日,视频,短片三,宣传活动,7,\n", "utf-8")
    cycle.run(home, notice, now=LATER + HOUR)
    assert metrics(LATER + HOUR)["青岛市"]["participants"] == 67
    with pytest.raises(RefusedError, match="已认作"):
        take("know_as", LATER + HOUR, alias="无名", recipients=(EDU,))


REFUSED = {
    "no such file": ("assign", {"path": "教育厅收件/无/有.csv", "recipients": (EDU,)}, "没有收到过"),
    "not received yet": ("set_aside", {"path": JINAN, "at": datetime(2020, 11, 9, 9)}, "没有收到过"),
    "unknown unit": ("assign", {"path": NOBODY, "recipients": ("nobody",)}, "名册里没有 nobody"),
    "a unit that sends nothing": ("assign", {"path": NOBODY, "recipients": ("PRO-3701",)}, "不报送任何事项|名册里没有"),
    "nothing to accept": ("accept", {"path": JINAN}, "没有被退回的行"),
    "arrived after it was registered": (
        "register",
        {"recipients": (EDU,), "deliverable": "materials", "arrived": LATER, "how": "电话", "values": {"title": "x"}},
        "晚于登记的时刻",
    ),
    "before the notice opened": (
        "register",
        {"recipients": (EDU,), "deliverable": "materials", "arrived": datetime(2020, 1, 1), "how": "电话", "values": {"title": "x"}},
        "早于通知开始收件",
    ),
    "neither rows nor a file": (
        "register",
        {"recipients": (EDU,), "deliverable": "materials", "arrived": NOW, "how": "电话"},
        "两样都给",
    ),
    "a zero report of a table that takes none": (
        "confirm_zero",
        {"recipients": (EDU,), "deliverable": "statistics", "arrived": NOW, "how": "电话"},
        "不能以零报告完成",
    ),
    "a name that somebody has": ("know_as", {"alias": "青岛市教育局", "recipients": (EDU,)}, "已经是 EDU-3702 的名称"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_decided_is_refused(take, kind, given, sentence):
    with pytest.raises(RefusedError, match=sentence):
        take(kind, given.get("at", NOW), **{name: value for name, value in given.items() if name != "at"})


def test_a_version_that_is_withdrawn_lets_the_one_before_it_stand_until_the_next(take, metrics, home, notice):
    path = home.inbox(notice.id) / JINAN
    path.write_text(HEADERS + "11月9日,稿件,开幕式,宣传活动,31,\n", "utf-8")
    cycle.run(home, notice, now=LATER)
    taken = take("withdraw", LATER + HOUR, path=JINAN).decision
    path.write_text(HEADERS + "11月9日,稿件,开幕式改名,宣传活动,37,\n", "utf-8")
    cycle.run(home, notice, now=LATER + 2 * HOUR)
    take("undo", LATER + 3 * HOUR, subject=taken.id)
    others = 120
    told = [metrics(LATER + hours * HOUR)["济南市"]["participants"] - others for hours in range(-1, 4)]
    assert told == [300, 31, 300, 37, 37]


def test_what_a_decision_moved_is_told_with_the_decision(settled, notice):
    (taken,) = [one for one in read_decisions(settled, notice.id).all if one.kind == "assign"]
    found = ask_changes(settled.published, notice.id, NOW, LATER)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    (moved,) = [row for row in rows if (row["city"], row["figure"]) == ("青岛市", "participants")]
    assert (moved["difference"], moved["decision_change"], moved["decisions"]) == (40, 40, taken.id)
    for row in rows:
        if row["decision_change"] is not None:
            assert row["difference"] == row["decision_change"] + row["time_change"], row["figure"]
