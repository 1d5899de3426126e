"""Small worlds for bulletins: a roster and what each unit sent, put straight into a real warehouse; and the shared worlds."""

import shutil
from collections.abc import Callable
from copy import copy
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.ground.home import ROOT, Home
from pipelines.notice import Notice
from pipelines.notice.files import YamlFile
from pipelines.report.write import Written, write_bulletin
from pipelines.warehouse.blank import lay_blank
from pipelines.warehouse.definition import load_definition
from pipelines.warehouse.files import create_warehouse, open_file
from pipelines.warehouse.relations import fill_report_spans

NOTICE = "sd-vocational-week-2020"
SCANNED = datetime(2030, 1, 1)
COLUMNS: dict[str, list[str]] = {}
MATERIALS = {
    "kind": "materials",
    "name": "材料",
    "file_words": ["日报"],
    "owed_by": ["school"],
    "periods": {"every": "day", "first": "2021-05-10", "last": "2021-05-12"},
    "columns": {
        "activity_date": {"headers": ["日期"], "required": True},
        "material_type": {"headers": ["类型"], "required": True, "list": "types"},
        "title": {"headers": ["标题"], "required": True},
        "category": {"headers": ["类别"], "list": "categories"},
        "county": {"headers": ["县区"]},
        "participants": {"headers": ["人数"]},
    },
}
PLAN = {
    "kind": "plan",
    "name": "方案",
    "file_words": ["方案"],
    "owed_by": ["school"],
    "periods": {"every": "once", "due": "2021-05-08T18:00:00"},
    "columns": {"plan_title": {"headers": ["方案标题"], "required": True}},
}


def make_notice(
    units: dict[str, list[str]], deliverables: dict[str, Any] | None = None, **more: Any
) -> Notice:
    """A notice over cities and their units, by name."""
    cities = list(units)
    names = [(city, unit) for city in cities for unit in units[city]]
    deliverables = deliverables or {"plan": PLAN, "materials": MATERIALS}
    has_materials = any(item["kind"] == "materials" for item in deliverables.values())
    regions = [
        {"level": "city", "code": f"{37 + place}0000", "name": city, "parent_code": "00"}
        for place, city in enumerate(cities)
    ]
    regions += [
        {
            "level": "county",
            "code": f"{37 + place}0101",
            "name": f"{city}甲区",
            "parent_code": f"{37 + place}0000",
        }
        for place, city in enumerate(cities)
    ]
    return Notice.model_validate(
        {
            "id": "small-week",
            "title": "关于报送2021年读书周情况的通知",
            "document_number": "试〔2021〕1号",
            "issuer": "试验厅",
            "timezone": "Asia/Shanghai",
            "opens": "2021-05-01",
            "closes": "2021-06-01",
            "lines": {"main": "厅"},
            "recipient_kinds": {"school": "学校"},
            "sources": [{"id": "folder", "kind": "folder", "path": "收件", "line": "main"}],
            "event": {"first_day": "2021-05-10", "last_day": "2021-05-12"} if has_materials else None,
            "lists": {
                "types": {"article": "稿件", "photo": "照片"},
                "categories": {"talk": "讲座", "show": "展览"},
            },
            "deliverables": deliverables,
            "words": YamlFile(ROOT / "notices" / "words.yaml").data,
            "recipients": [
                {
                    "code": f"U{place:03}",
                    "name": unit,
                    "kind": "school",
                    "line": "main",
                    "city_code": f"{37 + cities.index(city)}0000",
                    "aliases": (unit,),
                }
                for place, (city, unit) in enumerate(names)
            ],
            "regions": regions,
            "fingerprint": "0" * 64,
            **more,
        }
    )


class World:
    """A warehouse with a notice in it; `send` puts accepted rows into it, `returned` a rejected file."""

    def __init__(self, empty: Path, path: Path, notice: Notice) -> None:
        self.notice, self._path, self._numbers = notice, path, count(1)
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._is_filled = False
        shutil.copyfile(empty, path)
        with open_file(path) as connection:
            load_definition(connection, notice)
            connection.execute(
                "INSERT INTO raw.scans (notice_id, source, scanned_at) VALUES (?, 'folder', ?)",
                [notice.id, SCANNED],
            )

    @property
    def path(self) -> Path:
        """The file, with everything sent so far in it."""
        if self._is_filled and not self._rows:
            return self._path
        with open_file(self._path) as connection:
            for relation, rows in self._rows.items():
                incoming = pa.Table.from_pylist(rows)
                connection.register("incoming", incoming)
                connection.execute(f"INSERT INTO {relation} BY NAME SELECT * FROM incoming")
                connection.unregister("incoming")
            fill_report_spans(connection)
        self._rows, self._is_filled = {}, True
        return self._path

    def copy(self, path: Path) -> "World":
        """The same world in a file of its own."""
        shutil.copyfile(self.path, path)
        made, number = copy(self), next(self._numbers)
        self._numbers, made._numbers = count(number), count(number)
        made._path, made._rows = path, {}
        return made

    def send(self, unit: str, deliverable: str, at: str, day: str | None = None, **given: Any) -> None:
        """One accepted row; `day` and `material_type` for materials. `approximate` marks participants as read from 约."""
        recipient = next(one for one in self.notice.recipients if one.name == unit)
        kind = self.notice.deliverables[deliverable].kind
        number, moment = next(self._numbers), datetime.fromisoformat(at)
        approximate = given.pop("approximate", False)
        row = {
            "notice_id": self.notice.id,
            "submission_id": f"s{number}",
            "sheet": "",
            "table_number": 1,
            "row_number": 1,
            "deliverable": deliverable,
            "is_zero_report": False,
            "activity_date": date.fromisoformat(day) if day else None,
            "material_type": "稿件" if kind == "materials" else None,
            "title": f"标题{number}",
            **given,
        }
        item = {
            **row,
            "item_id": f"i{number}",
            "recipient_code": recipient.code,
            "city_code": recipient.city_code,
            "kind": kind,
            "period": day or "",
            "item_key": f"k{number}",
            "received_at": moment,
            "first_accepted_at": moment,
            "current_from": moment,
            "current_until": datetime(9999, 12, 31),
            "material_type_code": {"稿件": "article", "照片": "photo"}.get(row["material_type"]),
        }
        self._file(number, recipient.code, deliverable, moment, "accepted", 0, None)
        self._insert("core.items", item)
        if kind == "materials":
            state = "approximate" if approximate else "number"
            self._insert("raw.materials", {**row, "participants_state": state, "online_views_state": "blank"})

    def count(
        self, unit: str, deliverable: str, at: str, period: str = "", **values: int | str | None
    ) -> None:
        """One accepted row of statistics; a value such as 约300 is approximate, None is not applicable."""
        self.send(unit, deliverable, at, period or None)
        number = self._rows["core.items"][-1]["submission_id"]
        for indicator, given in values.items():
            state = (
                "not_applicable" if given is None else "approximate" if isinstance(given, str) else "number"
            )
            row = {
                "notice_id": self.notice.id, "submission_id": number, "deliverable": deliverable, "sheet": "",
                "table_number": 1, "row_number": 1, "indicator": indicator, "value_state": state, "value_given": str(given),
                "value": None if given is None else int(str(given).removeprefix("约")),
            }  # fmt: skip
            self._insert("raw.statistics", row)

    def returned(self, unit: str, at: str, reason: str) -> None:
        recipient = next(one for one in self.notice.recipients if one.name == unit)
        number = next(self._numbers)
        self._file(number, recipient.code, None, datetime.fromisoformat(at), "rejected", 0, reason)

    def _file(
        self,
        number: int,
        code: str,
        deliverable: str | None,
        moment: datetime,
        state: str,
        rows: int,
        reason: str | None,
    ) -> None:
        name = f"收件/{number}.xlsx"
        self._insert(
            "core.submissions",
            {
                "notice_id": self.notice.id, "submission_id": f"s{number}", "receipt_id": f"r{number}", "path": name,
                "row_order": 0, "recipient_code": code, "deliverable": deliverable, "received_at": moment, "state": state,
                "reason": reason, "row_count": 1, "rejected_row_count": rows, "size": 1, "sha256": f"{number:064}",
            },
        )  # fmt: skip

    def _insert(self, relation: str, row: dict[str, Any]) -> None:
        self._rows.setdefault(relation, []).append({name: row.get(name) for name in COLUMNS[relation]})


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with all relations and nothing in them."""
    path = tmp_path_factory.mktemp("empty") / "notices.duckdb"
    lay_blank(path)
    with open_file(path) as connection:
        create_warehouse(connection)  # where there is no cache
        for relation in ("core.items", "core.submissions", "raw.materials", "raw.statistics"):
            COLUMNS[relation] = [found[0] for found in connection.execute(f"DESCRIBE {relation}").fetchall()]
        connection.execute("CHECKPOINT")
    return path


@pytest.fixture
def world(empty: Path, tmp_path: Path) -> Callable[..., World]:
    def make(units: dict[str, list[str]], **more: Any) -> World:
        return World(empty, tmp_path / "notices.duckdb", make_notice(units, **more))

    return make


@pytest.fixture(scope="session")
def evening(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Written]:
    """The world of some reports and its bulletin of the second evening, written once for all who only read it."""
    from tests.report.test_wording_of_cases import SECOND_EVENING, some

    folder = tmp_path_factory.mktemp("evening")
    made = some(lambda units: World(empty, folder / "notices.duckdb", make_notice(units)))
    return made, write_bulletin(made.path, made.notice, "daily", SECOND_EVENING, folder / "out")


@pytest.fixture(
    scope="session",
    # The second is collected for these tests alone: most of a minute for the same proof.
    params=[pytest.param(0, id="first"), pytest.param(1, id="second", marks=pytest.mark.soak)],
)
def shared_world(
    request: pytest.FixtureRequest, worlds: list[Any], collected_world: Callable[[int], Home]
) -> tuple[Home, Path]:
    """One of the shared worlds after a whole cycle: its home, and the folder with its truths."""
    return collected_world(request.param), worlds[request.param].truth
