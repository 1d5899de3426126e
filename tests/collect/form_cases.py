"""Forms of each service with a few answers, and a desk that scans and reads them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.archive.held import Held
from pipelines.archive.store import Archive
from pipelines.collect.scan import scan_sources
from pipelines.ground.connections import Connection
from pipelines.ground.settings import Settings
from pipelines.notice import Notice, load_notice
from pipelines.notice.sources import (
    JinshujuSource,
    JsonRecordsSource,
    KoboSource,
    OdkSource,
)
from pipelines.read.reader import Reader
from pipelines.read.submission import Job, Submission
from tests.collect.form_servers import Service, jinshuju, kobo, odk, records, serve

NOW = datetime(2020, 12, 1)
UNIT = "济南市教育局"
MAPPED = {
    "school": "单位名称",
    "day": "活动日期",
    "type": "材料类型",
    "title": "标题",
    "category": "活动类别",
}
COMMON: dict[str, Any] = {"connection": "test_form", "path": "表单", "line": "education"}
VALUES = {"school": UNIT, "day": "2020-11-09", "type": "article", "category": "宣传活动"}


def odk_row(number: int, title: str, **system: Any) -> dict[str, Any]:
    name = f"uuid:{number:04}"
    sent = f"2020-11-09T{number % 20:02}:00:00.000Z"
    return {
        "__id": name,
        "meta": {"instanceID": name},
        "group": {**VALUES, "title": title},
        "edited": None,
        "__system": {
            "submissionDate": sent,
            "updatedAt": None,
            "status": None,
            "reviewState": None,
            "attachmentsPresent": 0,
            "attachmentsExpected": 0,
            **system,
        },
    }


def kobo_row(number: int, title: str) -> dict[str, Any]:
    given = {f"group/{name}": value for name, value in {**VALUES, "title": title}.items()}
    name = f"uuid:{number:04}"
    return {
        "_id": number,
        "_uuid": f"{number:04}",
        "meta/rootUuid": name,
        "meta/instanceID": name,
        "_submission_time": f"2020-11-09T{number % 20:02}:00:00",
        "_validation_status": {},
        "_attachments": [],
        **given,
    }


LABELS = [{"field_1": {"label": "单位名称"}}, {"field_2": {"label": "1、活动日期"}}, {"field_3": {"label": "材料类型"}},
          {"field_4": {"label": "标题", "api_code_alias": "name_of_it"}}, {"field_5": {"label": "活动类别"}}]  # fmt: skip


def jinshuju_row(number: int, title: str) -> dict[str, Any]:
    at = f"2020-11-09T{number % 20:02}:00:00.000Z"
    values = {
        "field_1": UNIT,
        "field_2": "2020-11-09",
        "field_3": "稿件",
        "name_of_it": title,
        "field_5": "宣传活动",
    }
    return {"serial_number": number, **values, "created_at": at, "updated_at": at}


def record_row(number: int, title: str) -> dict[str, Any]:
    return {
        "no": number,
        "sent": f"2020-11-09 {8 + number % 12:02}:00:00",
        "answers": {**VALUES, "title": title},
    }


@dataclass(frozen=True)
class Kind:
    source: Any
    respond: Callable[..., Any]
    row: Callable[[int, str], dict[str, Any]]
    first: datetime
    """When answer 1 arrived, in the notice's zone."""


KINDS = {
    "odk": Kind(
        OdkSource(id="odk", kind="odk_central", project=7, form="week form", fields=MAPPED, **COMMON),
        odk, odk_row, datetime(2020, 11, 9, 9),
    ),
    "kobo": Kind(
        KoboSource(id="kobo", kind="kobo", asset="aXY", fields=MAPPED, **COMMON), kobo, kobo_row, datetime(2020, 11, 9, 9)
    ),
    "jinshuju": Kind(
        JinshujuSource(id="jin", kind="jinshuju", form="Oet50U", **COMMON), jinshuju, jinshuju_row, datetime(2020, 11, 9, 9)
    ),
    "records": Kind(
        JsonRecordsSource(
            id="any", kind="json_records", url="/list", records_at="data.items", id_at="no", submitted_at="sent",
            page_parameter="page", fields=MAPPED, **COMMON,
        ),
        records, record_row, datetime(2020, 11, 9, 9),
    ),
}  # fmt: skip


@cache
def _notice() -> Notice:
    return load_notice("sd-vocational-week-2020")


class Desk:
    """A notice with one form source, its archive, and what reading it gives."""

    def __init__(self, kind: Kind, connection: Connection, path: Path) -> None:
        self.notice: Notice = load_notice("sd-vocational-week-2020").model_copy(
            update={"sources": (kind.source,)}
        )
        self.connection, self.archive, self.now = connection, Archive(path / "archive"), NOW
        self.path = path

    def scan(self) -> list[str]:
        """The errors of one scan, an hour after the one before."""
        self.now += timedelta(hours=1)
        return scan_sources(
            self.archive,
            self.notice,
            self.path,
            self.now,
            Settings(),
            lambda _: self.connection,
            is_live=True,
        ).errors

    @property
    def held(self) -> list[Held]:
        """What could not be taken in."""
        return list(self.archive.journal(self.notice.id).held.values())

    def read(self) -> list[Submission]:
        reader = Reader(self.notice, Settings())
        return [
            submission
            for one in self.archive.journal(self.notice.id).receipts
            for submission in reader.read(
                Job(one.id, one.source, one.path, str(self.archive.object_path(one.sha256)), one.sha256, one.size,
                    one.received_at, one.evidence)
            )
        ]  # fmt: skip

    def titles(self) -> list[str]:
        return sorted(
            str(title) for one in self.read() for sheet in one.sheets for title in sheet.columns["title"]
        )


@contextmanager
def desk_for(kind: Kind, path: Path, count: int = 5) -> Iterator[tuple[Service, Desk]]:
    service = Service(files={"labels": LABELS})  # type: ignore[dict-item]
    service.rows = [kind.row(number, f"题{number}") for number in range(1, count + 1)]
    with serve(service, kind.respond) as connection:
        yield service, Desk(kind, connection, path)
