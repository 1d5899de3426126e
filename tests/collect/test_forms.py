"""Form services, against stand-ins that behave as the real ones were seen to do."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.archive.store import Archive
from pipelines.collect import http
from pipelines.collect.forms import FormSource, Meaning
from pipelines.collect.intake import Intake, ScanResult
from pipelines.collect.service import Answer, Upload
from pipelines.collect.source import ANSWER_MARK
from pipelines.ground.connections import Connection
from pipelines.ground.errors import RefusedError
from pipelines.ground.settings import Settings
from pipelines.notice import load_notice
from pipelines.notice.sources import (
    JinshujuFilesSource,
)
from tests.collect.form_cases import KINDS, NOW, Desk, Kind, desk_for, jinshuju_row, kobo_row
from tests.collect.form_servers import LOGIN, PASSWORD, jinshuju, kobo


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_every_answer_on_every_page_becomes_a_row(kind: Kind, tmp_path: Path) -> None:
    with desk_for(kind, tmp_path) as (_, desk):
        assert desk.scan() == []
        found = desk.read()
        assert desk.titles() == [f"题{number}" for number in range(1, 6)]
        assert {one.deliverable for one in found} == {"materials"}
        assert {one.outcome for one in found} == {"read"}
        columns = next(one for one in found if one.path.endswith("1")).sheets[0].columns
        assert (columns["material_type"][0], str(columns["activity_date"][0])) == ("稿件", "2020-11-09")
        assert min(one.received_at for one in found) == kind.first
        assert all(one.path.startswith(f"表单/{ANSWER_MARK}") for one in found)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_scanning_again_receives_nothing_again(kind: Kind, tmp_path: Path) -> None:
    with desk_for(kind, tmp_path) as (_, desk):
        desk.scan()
        desk.scan()
        assert len(desk.archive.journal(desk.notice.id).receipts) == 5


@pytest.mark.parametrize("fault", ["drop", "busy", "500", "503", "cut"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_passing_fault_costs_a_retry_only(kind: Kind, fault: str, tmp_path: Path) -> None:
    with desk_for(kind, tmp_path) as (service, desk):
        service.faults = ["", fault, "", fault]
        assert desk.scan() == []
        assert len(desk.titles()) == 5


@pytest.mark.parametrize("fault", ["drop", "500", "login page", "schema", "cut"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_lasting_fault_is_an_error_and_the_next_scan_catches_up(
    kind: Kind, fault: str, tmp_path: Path
) -> None:
    with desk_for(kind, tmp_path) as (service, desk):
        service.faults = [fault] * 40
        (error,) = desk.scan()
        assert "test_form" in error or "接口可能变了" in error
        assert PASSWORD not in error
        journal = desk.archive.journal(desk.notice.id)
        assert journal.scanned == {}
        assert journal.failed == {kind.source.id: (desk.now, error)}
        service.faults = []
        assert desk.scan() == []
        assert len(desk.titles()) == 5
        assert len(desk.archive.journal(desk.notice.id).receipts) == 5


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_wrong_password_is_said_without_it(kind: Kind, tmp_path: Path) -> None:
    with desk_for(kind, tmp_path) as (_, desk):
        known = desk.connection
        desk.connection = Connection(
            known.id, known.scheme, known.host, known.port, LOGIN, "not-the-password"
        )
        (error,) = desk.scan()
        assert "账号" in error
        assert "not-the-password" not in error


def test_odk_session_that_expires_is_renewed(tmp_path: Path) -> None:
    with desk_for(KINDS["odk"], tmp_path) as (service, desk):
        service.faults = ["", "", "expired"]
        assert desk.scan() == []
        assert len(desk.titles()) == 5


def test_odk_asks_only_for_what_was_touched_since(tmp_path: Path) -> None:
    with desk_for(KINDS["odk"], tmp_path) as (service, desk):
        desk.scan()
        service.asked.clear()
        desk.scan()
        (asked,) = [line for line in service.asked if "submissionDate" in line]
        assert "submissionDate ge 2020-11-09T04:55" in asked.replace("+", " ")


def test_odk_edit_is_a_correction_received_when_it_was_sent_and_a_review_is_none(tmp_path: Path) -> None:
    with desk_for(KINDS["odk"], tmp_path, count=1) as (service, desk):
        desk.scan()
        (row,) = service.rows
        row["__system"] |= {"reviewState": "hasIssues", "updatedAt": "2020-11-10T00:00:00Z"}
        desk.scan()
        assert len(desk.archive.journal(desk.notice.id).receipts) == 1
        row["meta"]["instanceID"], row["edited"] = "uuid:edit", "2020-11-11T01:00:00.000Z"
        row["group"]["title"] = "改过"
        row["__system"]["updatedAt"] = "2020-11-12T00:00:00Z"
        desk.scan()
        first, second = desk.read()
        assert first.answer_key == second.answer_key
        assert second.received_at == datetime(2020, 11, 11, 9)


def test_odk_answer_whose_files_are_still_coming_waits(tmp_path: Path) -> None:
    with desk_for(KINDS["odk"], tmp_path, count=3) as (service, desk):
        waiting = service.rows[0]
        waiting["__system"] |= {"attachmentsExpected": 1}
        desk.scan()
        assert desk.titles() == ["题2", "题3"]
        waiting["__system"] |= {"attachmentsPresent": 1, "updatedAt": None}
        service.files[waiting["__id"]] = {"图 1.jpg": b"\xff\xd8\xff picture"}
        desk.scan()
        found = desk.read()
        assert desk.titles() == ["题1", "题2", "题3"]
        picture = next(one for one in found if one.path.endswith("图 1.jpg"))
        assert picture.outcome == "attachment"
        assert picture.recipient_code == found[0].recipient_code is not None


def test_kobo_validation_makes_no_new_version_and_an_edit_does(tmp_path: Path) -> None:
    with desk_for(KINDS["kobo"], tmp_path, count=1) as (service, desk):
        desk.scan()
        (row,) = service.rows
        row["_validation_status"] = {"uid": "validation_status_approved"}
        desk.scan()
        assert len(desk.archive.journal(desk.notice.id).receipts) == 1
        row |= {"meta/instanceID": "uuid:edit", "meta/deprecatedID": "uuid:0001", "group/title": "改过"}
        desk.scan()
        first, second = desk.read()
        assert first.answer_key == second.answer_key
        assert second.received_at == desk.now


def test_repeated_groups_are_rows(tmp_path: Path) -> None:
    source = KINDS["kobo"].source.model_copy(update={"rows_at": "acts"})
    kind = Kind(source, kobo, kobo_row, NOW)
    with desk_for(kind, tmp_path, count=1) as (service, desk):
        row = service.rows[0]
        del row["group/title"]
        row["acts"] = [{"acts/title": "甲"}, {"acts/title": "乙"}]
        desk.scan()
        assert desk.titles() == ["乙", "甲"]


def test_an_unknown_unit_is_returned_with_a_reason(tmp_path: Path) -> None:
    with desk_for(KINDS["kobo"], tmp_path, count=1) as (service, desk):
        service.rows[0]["group/school"] = "没有这个单位"
        desk.scan()
        (one,) = desk.read()
        assert (one.outcome, one.reason) == ("rejected", "unknown_recipient")


def test_jinshuju_pushes_saved_as_files(tmp_path: Path) -> None:
    fields = {
        "field_1": "单位名称",
        "field_2": "活动日期",
        "field_3": "材料类型",
        "name_of_it": "标题",
        "field_5": "活动类别",
    }
    source = JinshujuFilesSource(
        id="push", kind="jinshuju_files", path="推送", line="education", fields=fields
    )
    folder = tmp_path / "推送"
    folder.mkdir()
    for number, title in enumerate(["甲", "乙"], 1):
        pushed = {"form": "Oet50U", "form_name": "week", "entry": jinshuju_row(number, title)}
        (folder / f"{number}.json").write_text(json.dumps(pushed))
    desk = Desk(Kind(source, jinshuju, jinshuju_row, NOW), Connection("none"), tmp_path)
    assert desk.scan() == []
    assert desk.titles() == ["乙", "甲"]
    (folder / "x.json").write_text("{")
    assert desk.scan() == [], "what is no answer waits alone"
    (held,) = desk.archive.journal(desk.notice.id).held.values()
    assert held.path == "推送/x.json"
    assert "不是金数据推送的答卷" in held.sentence
    assert len(desk.titles()) == 2


def test_an_upload_that_the_service_will_not_give_waits_alone(tmp_path: Path) -> None:
    """The answer itself and everything else of the form is taken in; the upload is asked for again each time."""

    def refuse() -> Iterator[bytes]:
        raise RefusedError("找不到（HTTP 404）")
        yield b""

    class Given:
        cursor = "later"
        questions = None
        is_hashed = False

        def ask_again(self, answer: str) -> bool:
            return False

        def pull(self, cursor: str | None, known: object, now: object) -> Iterator[Answer]:
            for number in (1, 2):
                fetch = refuse if number == 1 else lambda: iter([b"picture"])
                yield Answer(str(number), "1", None, {"title": "题"}, uploads=(Upload("a.jpg", fetch),))

    notice = load_notice("sd-vocational-week-2020")
    archive = Archive(tmp_path)
    journal = archive.journal(notice.id)
    result = ScanResult(journal)
    (tmp_path / "receipts").mkdir()
    scan = Intake(archive, journal, notice, NOW, Settings(), False, result, {})
    scan.take_in("form", FormSource(Given(), "表单", Meaning({}, frozenset()), "form"))
    assert [one.path for one in journal.receipts] == ["表单/答卷#1", "表单/答卷#2", "表单/2/a.jpg"]
    assert [(one.path, one.sentence) for one in result.held] == [("表单/1/a.jpg", "找不到（HTTP 404）")]
    assert journal.scanned == {"form": NOW}
    assert journal.cursors == {"form": None}, "the next listing begins where this one did"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_one_answer_that_makes_no_sense_waits_alone(kind: Kind, tmp_path: Path) -> None:
    with desk_for(kind, tmp_path) as (service, desk):
        good, service.page = service.rows[1], 50
        service.rows[1] = {**good, "__system": {**good.get("__system", {}), "attachmentsExpected": "x"},
                           "_attachments": "x", "serial_number": 2.5, "no": None}  # fmt: skip
        assert desk.scan() == []
        (held,) = [one for one in desk.held if "没有收" in one.sentence]
        assert "其余照收" in held.sentence
        assert desk.titles() == ["题1", "题3", "题4", "题5"]
        assert len(desk.archive.journal(desk.notice.id).scanned) == 1

        assert desk.scan() == []
        assert held.path in [one.path for one in desk.held]
        service.rows[1] = good
        assert desk.scan() == []
        assert desk.held == []
        assert len(desk.titles()) == 5


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_half_a_character_spoils_nothing(kind: Kind, tmp_path: Path) -> None:
    with desk_for(kind, tmp_path) as (service, desk):
        service.rows[1]["note"] = "\ud83d cut in two"
        assert desk.scan() == []
        assert len(desk.titles()) == 5


def test_a_moment_that_no_calendar_holds_counts_as_now(tmp_path: Path) -> None:
    with desk_for(KINDS["jinshuju"], tmp_path, count=1) as (service, desk):
        service.rows[0]["updated_at"] = "9999-12-31T23:00:00+00:00"
        assert desk.scan() == []
        assert [one.received_at for one in desk.read()] == [desk.now]


SAID = {
    "30": (30, 30), "1.5": (1.5, 1.5), "0": (0, 0), "-3": (0, 0), "Wed, 21 Oct 2015 07:28:00 GMT": (0, 0),
    "Fri, 31 Dec 9999 23:59:59 GMT": (1e9, 1e12),
}  # fmt: skip


@pytest.mark.parametrize(("said", "limits"), SAID.items(), ids=SAID)
def test_a_service_says_when_to_come_again_in_seconds_or_as_a_moment(
    said: str, limits: tuple[float, float]
) -> None:
    found = http._seconds(said)
    assert found is not None
    assert limits[0] <= found <= limits[1]
    assert http._seconds("soon") is None is http._seconds(None)


ROUND = {
    "odk": {"value": [], "@odata.nextLink": "https://example.org/again", "@odata.count": 0},
    "kobo": {"count": 0, "results": [], "next": "https://example.org/again"},
    "jinshuju": {"total": 0, "data": [], "fields": [], "next": 2},
}


@pytest.mark.parametrize(("name", "page"), ROUND.items(), ids=ROUND)
def test_pages_that_lead_back_to_one_that_was_read_end(
    name: str, page: dict[str, object], tmp_path: Path
) -> None:
    kind = KINDS[name]
    token = {"token": "t"}
    around = Kind(kind.source, lambda service, request: (200, page | token), kind.row, kind.first)
    with desk_for(around, tmp_path) as (_, desk):
        (error,) = desk.scan()
        assert "转回" in error
