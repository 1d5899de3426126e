"""Form services when they err, shift or lie: nothing is lost or received twice, and what waits says why."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.collect import http
from pipelines.ground.connections import Connection
from pipelines.notice.sources import JinshujuFilesSource
from tests.collect.form_cases import KINDS, NOW, Desk, Kind, desk_for, jinshuju_row
from tests.collect.form_servers import Service, elsewhere, serve
from tests.collect.test_odk_ways import delete, edit

PICTURE = b"\xff\xd8\xff picture"
Change = Callable[[Service, Kind], None]


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)


def of(name: str, **settings: Any) -> Kind:
    kind = KINDS[name]
    return Kind(kind.source.model_copy(update=settings), kind.respond, kind.row, kind.first)


def waiting(desk: Desk) -> list[str]:
    return [one.sentence for one in desk.held]


def with_picture(service: Service) -> None:
    row = service.rows[0]
    row["__system"] |= {"attachmentsExpected": 1, "attachmentsPresent": 1}
    service.files[row["__id"]] = {"图 1.jpg": PICTURE}


def pictures(desk: Desk) -> list[str]:
    return [one.path.rpartition("/")[2] for one in desk.read() if one.outcome == "attachment"]


def test_a_file_with_another_checksum_waits_alone_and_is_asked_for_again(tmp_path: Path) -> None:
    with desk_for(KINDS["odk"], tmp_path, count=2) as (service, desk):
        with_picture(service)
        service.damaged = {"图 1.jpg"}
        assert desk.scan() == []
        assert (desk.titles(), pictures(desk)) == (["题1", "题2"], [])
        (sentence,) = waiting(desk)
        assert "校验码" in sentence
        service.damaged = set()
        assert desk.scan() == []
        assert (pictures(desk), waiting(desk)) == (["图 1.jpg"], [])


def test_a_file_that_the_service_keeps_elsewhere_is_fetched_without_the_login(tmp_path: Path) -> None:
    store = Service()
    with serve(store, elsewhere) as there, desk_for(KINDS["odk"], tmp_path, count=1) as (service, desk):
        with_picture(service)
        store.files = service.files
        service.elsewhere = f"http://{there.host}:{there.port}"
        assert desk.scan() == []
        assert (pictures(desk), waiting(desk)) == (["图 1.jpg"], [])


def test_a_file_that_is_always_somewhere_else_waits_alone(tmp_path: Path) -> None:
    odk = KINDS["odk"]

    def around(service: Service, request: Any) -> Any:
        is_file = "/attachments/" in request.path
        return (302, {}, {"Location": request.path}) if is_file else odk.respond(service, request)

    with desk_for(Kind(odk.source, around, odk.row, odk.first), tmp_path, count=1) as (service, desk):
        with_picture(service)
        assert desk.scan() == []
        assert any("转来转去" in one for one in waiting(desk))
        assert desk.titles() == ["题1"]


def test_a_file_on_a_server_that_is_down_waits_alone(tmp_path: Path) -> None:
    with serve(Service(), elsewhere) as closed:
        pass
    with desk_for(KINDS["odk"], tmp_path, count=1) as (service, desk):
        with_picture(service)
        service.elsewhere = f"http://{closed.host}:{closed.port}"
        assert desk.scan() == []
        assert any("没有取到" in one for one in waiting(desk))
        assert desk.titles() == ["题1"]
        assert desk.archive.journal(desk.notice.id).scanned, "the service itself was read"


def test_a_service_that_has_moved_says_where_to(tmp_path: Path) -> None:
    moved = Kind(KINDS["kobo"].source, lambda *_: (301, {}, {"Location": "https://new.example.org/api"}),
                 KINDS["kobo"].row, KINDS["kobo"].first)  # fmt: skip
    with desk_for(moved, tmp_path) as (_, desk):
        (error,) = desk.scan()
        assert "请核对连接里的地址" in error
        assert "https://new.example.org" in error


def insert(service: Service, kind: Kind) -> None:
    service.rows.append(kind.row(19, "新19"))


def insert_first(service: Service, kind: Kind) -> None:
    service.rows[:0] = [kind.row(number, f"新{number}") for number in (18, 19)]


def remove_read(service: Service, kind: Kind) -> None:
    """One that was read already: another slips over the edge of the page in a list by numbers."""
    service.rows.pop(0)


def delete_read(service: Service, kind: Kind) -> None:
    delete(service.rows[-1], "2020-11-30T17:00:00.000Z")


def edit_read(service: Service, kind: Kind) -> None:
    edit(service.rows[-1], "uuid:second", "2020-11-30T16:30:00.000Z", title="题5改")


FIVE = [f"题{number}" for number in range(1, 6)]
SHIFTS: dict[str, tuple[str, Change, list[str]]] = {
    "odk, one more": ("odk", insert, FIVE),
    "odk, one is deleted": ("odk", delete_read, FIVE),
    "odk, one is edited": ("odk", edit_read, FIVE),
    "kobo, one more": ("kobo", insert, [*FIVE, "新19"]),
    "kobo, one that was never received slips away": ("kobo", remove_read, FIVE),
    "jinshuju, one more": ("jinshuju", insert, [*FIVE, "新19"]),
    "jinshuju, one is deleted": ("jinshuju", remove_read, FIVE),
    "records, a page of new ones in front": ("records", insert_first, FIVE),
}


@pytest.mark.parametrize(("name", "change", "at_once"), SHIFTS.values(), ids=SHIFTS)
def test_rows_that_shift_between_pages_are_received_once_each(
    name: str, change: Change, at_once: list[str], tmp_path: Path
) -> None:
    with desk_for(KINDS[name], tmp_path) as (service, desk):
        service.after = [lambda: change(service, KINDS[name])]
        assert desk.scan() == []
        assert set(at_once) <= set(desk.titles())
        for _ in range(2):
            assert desk.scan() == []
        keys = [(one.path, one.sha256) for one in desk.read()]
        assert len(keys) == len(set(keys))
        there = {str(title) for row in service.rows for title in _texts(row)} & {
            *FIVE,
            "题5改",
            "新18",
            "新19",
        }
        assert there <= set(desk.titles())
        assert waiting(desk) == []


def _texts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    return [value]


@pytest.mark.parametrize("name", ["odk", "kobo", "jinshuju"])
def test_a_page_that_is_cut_short_is_said_and_made_up_for(name: str, tmp_path: Path) -> None:
    with desk_for(KINDS[name], tmp_path) as (service, desk):
        service.faults = ["", "short"] if name != "odk" else ["", "", "short"]
        desk.scan()
        assert len(desk.titles()) < 5
        assert "列出来的" in "".join(waiting(desk))
        desk.scan()
        assert (desk.titles(), waiting(desk)) == (FIVE, [])
        assert "withdrawn" not in {one.reason for one in desk.read()}


def test_an_edit_of_which_nobody_says_when_it_was_made_is_received_when_it_is_seen(tmp_path: Path) -> None:
    with desk_for(KINDS["records"], tmp_path, count=1) as (service, desk):
        desk.scan()
        service.rows[0]["answers"] = service.rows[0]["answers"] | {"title": "改过"}
        desk.scan()
        first, second = desk.read()
        assert (first.received_at, second.received_at) == (KINDS["records"].first, desk.now)
        assert first.answer_key == second.answer_key


def test_a_version_that_the_server_no_longer_gives_keeps_the_present_one_from_nobody(tmp_path: Path) -> None:
    with desk_for(KINDS["odk"], tmp_path, count=1) as (service, desk):
        edit(service.rows[0], "uuid:second", "2020-11-10T01:00:00.000Z", title="二")
        service.forgotten = {"uuid:0001"}
        assert desk.scan() == []
        assert desk.titles() == ["二"]
        assert "以前的一版" in waiting(desk)[0]
        service.forgotten = set()
        assert desk.scan() == []
        assert (desk.titles(), waiting(desk)) == (["二", "题1"], [])


def test_an_answer_that_is_edited_while_it_is_listed_is_received_once_a_version(tmp_path: Path) -> None:
    with desk_for(KINDS["odk"], tmp_path, count=1) as (service, desk):
        (row,) = service.rows
        edit(row, "uuid:second", "2020-11-10T01:00:00.000Z", title="二")
        listed = copy.deepcopy(row)
        edit(row, "uuid:third", "2020-11-11T01:00:00.000Z", title="三")
        present = service.rows
        service.rows = [listed]
        service.after = [lambda: setattr(service, "rows", present)]
        desk.scan()
        desk.scan()
        assert desk.titles() == sorted(["题1", "二", "三"])
        assert len(desk.archive.journal(desk.notice.id).receipts) == 3


def test_a_server_whose_clock_is_ahead_is_said_and_hides_nothing_once_it_is_right(tmp_path: Path) -> None:
    with desk_for(KINDS["odk"], tmp_path, count=1) as (service, desk):
        service.rows.append(KINDS["odk"].row(2, "题2", submissionDate="2020-12-02T00:00:00.000Z"))
        assert desk.scan() == []
        assert max(one.received_at for one in desk.read()) == desk.now
        assert "时钟不准" in waiting(desk)[0]
        edit(service.rows[0], "uuid:second", "2020-11-30T17:30:00.000Z", title="改过")
        assert desk.scan() == []
        assert "改过" in desk.titles()
        desk.now += timedelta(days=2)
        assert desk.scan() == []
        assert waiting(desk) == []


ACTS = [{"title": "甲"}, {"title": "乙"}]
NESTED: dict[str, tuple[str, str | None, Callable[[dict[str, Any]], None]]] = {
    "a group in a group": ("odk", "group.inner.acts", lambda row: row["group"].update(inner={"acts": ACTS})),
    "named by its own name": ("odk", "acts", lambda row: row["group"].update(inner={"acts": ACTS})),
    "named by nobody": ("odk", None, lambda row: row["group"].update(inner={"acts": ACTS})),
    "groups inside each time": (
        "odk", "acts", lambda row: row["group"].update(acts=[{"what": one, "photos": [{"p": "a.jpg"}]} for one in ACTS])
    ),
    "repeated inside repeated": (
        "odk", "days.acts", lambda row: row["group"].update(days=[{"acts": [one]} for one in ACTS])
    ),
    "repeated inside repeated, named by nobody": (
        "odk", None, lambda row: row["group"].update(days=[{"acts": ACTS, "photos": []}])
    ),
    "with whole names": ("kobo", "acts", lambda row: row.update({"group/acts": [
        {"group/acts/inner/title": one["title"], "group/acts/photos": [{"group/acts/photos/p": "x"}]} for one in ACTS]})),
    "with whole names, repeated inside repeated": ("kobo", "group/days/acts", lambda row: row.update({"group/days": [
        {"group/days/acts": [{"group/days/acts/title": one["title"]} for one in ACTS]}]})),
}  # fmt: skip


@pytest.mark.parametrize(("name", "rows_at", "put"), NESTED.values(), ids=NESTED)
def test_repeated_groups_are_rows_however_deep_they_lie(
    name: str, rows_at: str | None, put: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    with desk_for(of(name, rows_at=rows_at), tmp_path, count=1) as (service, desk):
        (row,) = service.rows
        row.get("group", {}).pop("title", None)
        row.pop("group/title", None)
        put(row)
        assert desk.scan() == []
        assert desk.titles() == ["乙", "甲"]
        assert {one.outcome for one in desk.read()} == {"read"}


@pytest.mark.parametrize("name", ["odk", "kobo"])
def test_what_the_phone_wrote_down_itself_is_nobodys_report(name: str, tmp_path: Path) -> None:
    with desk_for(KINDS[name], tmp_path, count=1) as (service, desk):
        (row,) = service.rows
        log = {"audit.csv": b"event,node,start,end\nform start,,1604890000000,\n"}
        service.files = {row.get("__id", "0001"): log}
        if name == "odk":
            row["meta"]["audit"] = "audit.csv"
            row["__system"] |= {"attachmentsExpected": 1, "attachmentsPresent": 1}
        else:
            url = f"http://{desk.connection.host}:{desk.connection.port}/attachments/0001/audit.csv"
            row |= {"meta/audit": "audit.csv"}
            row["_attachments"] = [{"media_file_basename": "audit.csv", "download_url": url}]
        assert desk.scan() == []
        assert [(one.path.rpartition("/")[2], one.outcome) for one in desk.read()][1:] == [
            ("audit.csv", "ignored")
        ]


FIELDS = {
    "field_1": "单位名称",
    "field_2": "活动日期",
    "field_3": "材料类型",
    "name_of_it": "标题",
    "field_5": "活动类别",
}


@pytest.mark.parametrize(
    "named", ["", "127.0.0.1", "files.example.org"], ids=["nowhere", "there", "elsewhere"]
)
def test_files_of_a_push_are_fetched_from_where_the_notice_says_and_said_where_it_does_not(
    named: str, tmp_path: Path
) -> None:
    store = Service(files={"1": {"a.jpg": PICTURE}})
    (tmp_path / "推送").mkdir()
    with serve(store, elsewhere) as there:
        base = f"http://{there.host}:{there.port}"
        hosts = (named.replace("127.0.0.1", base),) if named else ()
        source = JinshujuFilesSource(
            id="push", kind="jinshuju_files", path="推送", line="education", fields=FIELDS, files_from=hosts
        )
        entry = jinshuju_row(1, "甲") | {"field_9": [f"{base}/1/a.jpg?e=1"]}
        (tmp_path / "推送" / "1.json").write_text(json.dumps({"form": "Oet50U", "entry": entry}))
        desk = Desk(Kind(source, elsewhere, jinshuju_row, NOW), Connection("none"), tmp_path)
        assert desk.scan() == []
        assert desk.titles() == ["甲"]
        assert pictures(desk) == (["甲_a.jpg"] if named == "127.0.0.1" else [])
        assert [("files_from" in one) for one in waiting(desk)] == ([] if pictures(desk) else [True])
        assert len(store.asked) == len(pictures(desk))
