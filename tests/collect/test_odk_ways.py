"""ODK Central in ordinary situations: edits, deletions, files that come late, corrected settings, older phones."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.collect import http
from pipelines.ground.connections import Connection
from pipelines.read.submission import Submission
from tests.collect.form_cases import KINDS, MAPPED, UNIT, VALUES, Desk, Kind, desk_for


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)


ODK = KINDS["odk"]


def of(**settings: Any) -> Kind:
    source = ODK.source.model_copy(update=settings)
    return Kind(source, ODK.respond, ODK.row, ODK.first)


def edit(row: dict[str, Any], instance: str, sent: str, **answers: str) -> None:
    """An edit as the server keeps it: the former version stays, under its own name and moment."""
    former = row["edited"] or row["__system"]["submissionDate"]
    row.setdefault("past", {})[row["meta"]["instanceID"]] = (former, dict(row["group"]))
    row["group"] |= answers
    row["meta"]["instanceID"], row["edited"] = instance, sent
    edits = (row["__system"].get("edits") or 0) + 1
    row["__system"] |= {"updatedAt": sent, "edits": edits, "reviewState": "edited"}


def delete(row: dict[str, Any], at: str) -> None:
    row["__system"]["deletedAt"] = at


def restore(row: dict[str, Any]) -> None:
    """Touches nothing else, as on the real server."""
    row["__system"]["deletedAt"] = None


def told(found: list[Submission]) -> list[tuple[str, str | None, datetime]]:
    return [(one.outcome, one.reason, one.received_at) for one in found]


def held(desk: Desk) -> list[str]:
    return [one.sentence for one in desk.archive.journal(desk.notice.id).held.values()]


def test_every_version_that_the_server_keeps_is_received_at_its_own_moment(tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path, count=1) as (service, desk):
        (row,) = service.rows
        edit(row, "uuid:second", "2020-11-10T01:00:00.000Z", title="二")
        edit(row, "uuid:third", "2020-11-11T01:00:00.000Z", title="三")
        assert desk.scan() == []
        found = sorted(desk.read(), key=lambda one: one.received_at)
        assert [one.sheets[0].columns["title"][0] for one in found] == ["题1", "二", "三"]
        assert [one.received_at.day for one in found] == [9, 10, 11]
        assert len({one.answer_key for one in found}) == 1
        assert {one.recipient_code for one in found} == {found[0].recipient_code}
        desk.scan()
        assert len(desk.read()) == 3


def test_repeats_of_an_earlier_version_are_rows(tmp_path: Path) -> None:
    with desk_for(of(rows_at="group.acts"), tmp_path, count=1) as (service, desk):
        (row,) = service.rows
        del row["group"]["title"]
        row["group"]["acts"] = [{"title": "甲"}]
        edit(row, "uuid:second", "2020-11-10T01:00:00.000Z")
        row["group"]["acts"] = [{"title": "甲"}, {"title": "乙"}]
        desk.scan()
        assert desk.titles() == ["乙", "甲", "甲"]


@pytest.mark.parametrize("change", [{"form": "the right one"}, {"project": 8}], ids=["form", "project"])
def test_a_corrected_source_begins_anew(change: dict[str, Any], tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path, count=3) as (service, desk):
        right = [ODK.row(number, f"对{number}") for number in range(11, 14)]
        for row in right:
            row["__system"]["submissionDate"] = "2020-11-01T01:00:00.000Z"
        desk.scan()
        service.rows = right
        source = ODK.source.model_copy(update=change)
        desk.notice = desk.notice.model_copy(update={"sources": (source,)})
        assert desk.scan() == []
        assert desk.titles() == ["对11", "对12", "对13", "题1", "题2", "题3"]
        assert "withdrawn" not in {one.reason for one in desk.read()}, "the other form's answers are not gone"


def test_a_deleted_answer_is_withdrawn_and_a_restored_one_counts_again(tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path, count=3) as (service, desk):
        desk.scan()
        row = service.rows[0]
        delete(row, "2020-11-30T17:30:00.000Z")
        desk.scan()
        (gone,) = [one for one in desk.read() if one.reason == "withdrawn"]
        assert (gone.outcome, gone.received_at) == ("ignored", datetime(2020, 12, 1, 1, 30))
        assert gone.answer_key is not None
        assert "删除" in (gone.sentence or "")
        desk.scan()
        assert len(desk.read()) == 4, "once"
        restore(row)
        desk.scan()
        again = desk.read()[-1]
        assert (again.outcome, again.received_at) == ("read", desk.now)
        assert again.answer_key == gone.answer_key
        desk.scan()
        assert len(desk.read()) == 5
        delete(row, "2020-12-02T01:30:00.000Z")
        desk.now += timedelta(days=1)
        desk.scan()
        assert [one.reason for one in desk.read()].count("withdrawn") == 2


def test_an_answer_that_was_deleted_before_the_first_scan_is_received_and_withdrawn(tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path, count=1) as (service, desk):
        delete(service.rows[0], "2020-11-10T01:00:00.000Z")
        desk.scan()
        assert told(desk.read()) == [
            ("read", None, datetime(2020, 11, 9, 9)),
            ("ignored", "withdrawn", datetime(2020, 11, 10, 9)),
        ]


def test_what_a_person_rejected_is_withdrawn_until_they_think_better_of_it(tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path, count=1) as (service, desk):
        desk.scan()
        system = service.rows[0]["__system"]
        system |= {"reviewState": "rejected", "updatedAt": "2020-11-12T01:00:00.000Z"}
        desk.scan()
        desk.scan()
        assert told(desk.read())[1:] == [("ignored", "withdrawn", datetime(2020, 11, 12, 9))]
        system |= {"reviewState": "approved", "updatedAt": "2020-11-13T01:00:00.000Z"}
        desk.scan()
        desk.scan()
        assert told(desk.read())[2:] == [("read", None, desk.now - timedelta(hours=1))]


def test_a_notice_may_keep_what_was_deleted(tmp_path: Path) -> None:
    with desk_for(of(withdraw=False), tmp_path, count=1) as (service, desk):
        desk.scan()
        delete(service.rows[0], "2020-12-01T01:30:00.000Z")
        desk.scan()
        gone = desk.read()[-1]
        assert (gone.outcome, gone.reason, gone.answer_key) == ("ignored", "withdrawn", None)
        assert "仍然计入" in (gone.sentence or "")


def test_what_vanished_without_a_trace_is_found_by_comparing(tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path, count=5) as (service, desk):
        desk.scan()
        del service.rows[0]
        assert desk.scan() == []
        assert [one.reason for one in desk.read()].count("withdrawn") == 1


def test_a_form_that_was_emptied_withdraws_nobody_and_says_so(tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path, count=5) as (service, desk):
        desk.scan()
        kept, service.rows = service.rows, []
        desk.scan()
        assert "withdrawn" not in [one.reason for one in desk.read()]
        (sentence,) = held(desk)
        assert "5 份" in sentence
        service.rows = kept
        desk.scan()
        assert held(desk) == []


def test_an_answer_whose_file_never_comes_is_listed_and_holds_nobody_up(tmp_path: Path) -> None:
    with desk_for(of(wait_hours=2), tmp_path, count=2) as (service, desk):
        late = service.rows[0]
        late["__system"] |= {"attachmentsExpected": 1, "submissionDate": "2020-11-30T16:30:00.000Z"}
        desk.scan()
        assert desk.titles() == ["题2"]
        (sentence,) = held(desk)
        assert "2 小时" in sentence
        service.rows.append(ODK.row(3, "题3", submissionDate="2020-11-30T18:00:00.000Z"))
        service.asked.clear()
        desk.scan()
        assert desk.titles() == ["题2", "题3"]
        assert any("submissionDate ge 2020" in one.replace("+", " ") for one in service.asked), (
            "the cursor moves on"
        )
        desk.scan()
        assert desk.titles() == ["题1", "题2", "题3"], "judged with what is there"
        assert held(desk) == []
        late["__system"] |= {"attachmentsPresent": 1}
        service.files[late["__id"]] = {"图.jpg": b"\xff\xd8\xff picture"}
        desk.scan()
        assert [one.path.rpartition("/")[2] for one in desk.read() if one.outcome == "attachment"] == [
            "图.jpg"
        ]


def test_a_file_that_the_server_will_not_give_keeps_only_itself_waiting(tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path, count=2) as (service, desk):
        row = service.rows[0]
        row["__system"] |= {"attachmentsExpected": 1, "attachmentsPresent": 1}
        service.files[row["__id"]] = {"图.jpg": b""}
        assert desk.scan() == []
        assert desk.titles() == ["题1", "题2"]
        assert len(held(desk)) == 1
        service.files[row["__id"]] = {"图.jpg": b"\xff\xd8\xff picture"}
        desk.now += timedelta(days=30)
        desk.scan()
        assert held(desk) == []


def test_an_encrypted_answer_is_listed(tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path, count=2) as (service, desk):
        service.rows[0]["__system"]["status"] = "notDecrypted"
        desk.scan()
        desk.scan()
        assert desk.titles() == ["题2"]
        assert ["加密" in one for one in held(desk)] == [True]


def test_an_older_phone_is_read_by_the_questions_that_it_asked(tmp_path: Path) -> None:
    with desk_for(of(fields={**MAPPED, "old_title": "标题"}), tmp_path, count=2) as (service, desk):
        service.version, service.questions = "2", frozenset({*VALUES, "title"})
        old, new = service.rows
        old["__system"]["formVersion"], new["__system"]["formVersion"] = "1", "2"
        old["group"]["old_title"] = old["group"].pop("title")
        desk.scan()
        assert desk.titles() == ["题1", "题2"]


SENT_BY = {
    "a unit's own key, and no unit in the answer": ("济南市教育局", None, "read", None),
    "a clerk's": ("收发员", UNIT, "read", None),
    "another unit's key": ("青岛市教育局", UNIT, "rejected", "recipient_conflict"),
}


@pytest.mark.parametrize(("by", "named", "outcome", "reason"), SENT_BY.values(), ids=SENT_BY)
def test_who_sent_it_is_evidence_of_the_unit(
    by: str, named: str | None, outcome: str, reason: str | None, tmp_path: Path
) -> None:
    with desk_for(ODK, tmp_path, count=1) as (service, desk):
        row = service.rows[0]
        row["__system"]["submitterName"] = by
        row["group"]["school"] = named
        desk.scan()
        (one,) = desk.read()
        assert (one.outcome, one.reason) == (outcome, reason)
        assert one.recipient_code is not None


def test_sources_with_one_server_log_in_once(tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path) as (service, desk):
        others = [
            ODK.source.model_copy(update={"id": f"odk{number}", "path": f"表{number}"}) for number in range(3)
        ]
        desk.notice = desk.notice.model_copy(update={"sources": tuple(others)})
        assert desk.scan() == []
        assert service.logins == 1


def test_a_busy_login_is_asked_again_when_it_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(http.time, "sleep", waited.append)
    with desk_for(ODK, tmp_path, count=1) as (service, desk):
        service.retry_after, service.faults = "7", ["busy"]
        assert desk.scan() == []
        assert waited == [7.0]


REFUSED = {"a wrong password": ([], "401"), "a fault of the server": (["500"] * 9, "500")}


@pytest.mark.parametrize(("faults", "status"), REFUSED.values(), ids=REFUSED)
def test_a_login_that_fails_says_the_status(faults: list[str], status: str, tmp_path: Path) -> None:
    with desk_for(ODK, tmp_path, count=1) as (service, desk):
        known = desk.connection
        desk.connection = Connection(known.id, known.scheme, known.host, known.port, known.login, "wrong")
        service.faults = faults
        (error,) = desk.scan()
        assert f"HTTP {status}" in error
