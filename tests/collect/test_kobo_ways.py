"""KoboToolbox and 金数据 in ordinary situations: what is deleted, refused or late there."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.collect import http
from tests.collect.form_cases import KINDS, Desk, Kind, desk_for
from tests.collect.form_servers import Service, elsewhere, serve


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)


BOTH = [pytest.param(KINDS[name], id=name) for name in ("kobo", "jinshuju")]


def of(name: str, **settings: Any) -> Kind:
    kind = KINDS[name]
    return Kind(kind.source.model_copy(update=settings), kind.respond, kind.row, kind.first)


def reasons(desk: Desk) -> list[str | None]:
    return [one.reason for one in desk.read()]


def held(desk: Desk) -> list[str]:
    return [one.sentence for one in desk.archive.journal(desk.notice.id).held.values()]


@pytest.mark.parametrize("kind", BOTH)
def test_a_deleted_answer_is_withdrawn_and_counts_again_when_it_is_back(kind: Kind, tmp_path: Path) -> None:
    with desk_for(kind, tmp_path) as (service, desk):
        desk.scan()
        row = service.rows.pop(1)
        desk.scan()
        desk.scan()
        gone = desk.read()[-1]
        assert reasons(desk) == [None] * 5 + ["withdrawn"]
        assert gone.answer_key == desk.read()[1].answer_key
        service.rows.insert(1, row)
        desk.scan()
        desk.scan()
        assert reasons(desk) == [None] * 5 + ["withdrawn", None]
        assert desk.read()[-1].outcome == "read"


@pytest.mark.parametrize("kind", BOTH)
def test_a_form_that_was_emptied_withdraws_nobody(kind: Kind, tmp_path: Path) -> None:
    with desk_for(kind, tmp_path) as (service, desk):
        desk.scan()
        service.rows.clear()
        assert desk.scan() == []
        assert reasons(desk) == [None] * 5
        assert len(held(desk)) == 1


@pytest.mark.parametrize("kind", BOTH)
def test_another_form_under_the_same_source_withdraws_nothing(kind: Kind, tmp_path: Path) -> None:
    with desk_for(kind, tmp_path) as (service, desk):
        desk.scan()
        service.rows = [kind.row(number, f"另{number}") for number in range(21, 24)]
        changed = {"asset": "aOther"} if hasattr(kind.source, "asset") else {"form": "Other"}
        desk.notice = desk.notice.model_copy(update={"sources": (kind.source.model_copy(update=changed),)})
        assert desk.scan() == []
        assert reasons(desk) == [None] * 8


def test_rows_that_are_deleted_while_pages_are_read_withdraw_only_themselves(tmp_path: Path) -> None:
    with desk_for(KINDS["kobo"], tmp_path, count=6) as (service, desk):
        desk.scan()
        service.after = [lambda: service.rows.pop(0)]
        desk.scan()
        desk.scan()
        assert reasons(desk).count("withdrawn") == 1


def test_rows_that_arrive_while_pages_are_read_are_all_received(tmp_path: Path) -> None:
    with desk_for(KINDS["kobo"], tmp_path, count=5) as (service, desk):
        service.after = [lambda: service.rows.append(KINDS["kobo"].row(6, "题6"))]
        assert desk.scan() == []
        assert len(desk.titles()) == 6
        assert len(desk.archive.journal(desk.notice.id).receipts) == 6


STATUS = {"uid": "validation_status_not_approved", "timestamp": 1605142800, "by_whom": "somebody"}
REFUSED = {
    "by a person": ({}, STATUS, True),
    "by a person, where verdicts are written back": ({"write_back": True}, STATUS, True),
    "by ourselves": ({"write_back": True}, {**STATUS, "by_whom": "clerk@example.org"}, False),
    "by nobody knows whom": ({"write_back": True}, {"uid": STATUS["uid"]}, False),
}


@pytest.mark.parametrize(("settings", "status", "is_withdrawn"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_on_kobo(
    settings: dict[str, Any], status: dict[str, Any], is_withdrawn: bool, tmp_path: Path
) -> None:
    with desk_for(of("kobo", **settings), tmp_path, count=1) as (service, desk):
        desk.scan()
        service.rows[0]["_validation_status"] = status
        desk.scan()
        desk.scan()
        gone = [one.received_at for one in desk.read() if one.reason == "withdrawn"]
        assert gone == ([datetime(2020, 11, 12, 9)] if is_withdrawn else [])


def test_an_answer_whose_file_has_not_come_waits_and_is_judged_in_the_end(tmp_path: Path) -> None:
    with desk_for(of("kobo", wait_hours=3), tmp_path, count=2) as (service, desk):
        row = service.rows[0]
        row |= {"group/photo": "1604890000000.jpg", "_submission_time": "2020-11-30T16:30:00"}
        desk.scan()
        assert desk.titles() == ["题2"]
        assert len(held(desk)) == 1
        desk.scan()
        desk.scan()
        desk.scan()
        assert desk.titles() == ["题1", "题2"]
        assert held(desk) == []
        service.files["0001"] = {"1604890000000.jpg": b"\xff\xd8\xff picture"}
        url = f"http://{desk.connection.host}:{desk.connection.port}/attachments/0001/1604890000000.jpg"
        row["_attachments"] = [{"media_file_basename": "1604890000000.jpg", "download_url": url}]
        desk.scan()
        (picture,) = [one for one in desk.read() if one.outcome == "attachment"]
        assert picture.path.endswith("/题1_1604890000000.jpg")
        assert picture.recipient_code is not None


def test_a_service_that_says_more_than_it_lists_withdraws_nothing(tmp_path: Path) -> None:
    with desk_for(KINDS["jinshuju"], tmp_path) as (service, desk):
        desk.scan()
        service.hidden = 1
        del service.rows[0]
        desk.scan()
        assert reasons(desk) == [None] * 5
        assert len(held(desk)) == 1


def test_jinshuju_files_belong_to_the_unit_and_the_row(tmp_path: Path) -> None:
    files = Service(files={"1": {"a.jpg": b"\xff\xd8\xff1"}})
    with serve(files, elsewhere) as cdn, desk_for(KINDS["jinshuju"], tmp_path, count=1) as (service, desk):
        (row,) = service.rows
        away = f"http://{cdn.host}:{cdn.port}/1"
        row["field_9"] = [f"{away}/a.jpg?e=1&token=t", {"name": "现场.jpg", "url": f"{away}/a.jpg"}]
        row["field_8"] = "http://www.example.cn/typed.jpg"
        row["field_7"] = [f"{away}/gone.jpg"]
        assert desk.scan() == []
        answer, *pictures = sorted(desk.read(), key=lambda one: one.outcome != "read")
        assert sorted(one.path for one in pictures) == ["表单/1/题1_a.jpg", "表单/1/题1_现场.jpg"]
        assert {(one.outcome, one.recipient_code) for one in pictures} == {
            ("attachment", answer.recipient_code)
        }
        assert len(held(desk)) == 1
        row["field_7"] = []
        desk.scan()
        assert held(desk) == []
        assert len(desk.read()) == 3
