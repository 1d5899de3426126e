"""The office of tests/bulletin with units that owe a column, one of which writes markup wherever it can."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.bulletin.shelf import Record, make_stem, write_record
from pipelines.ground.home import Home
from pipelines.site.make import Made, make_site
from tests.bulletin.conftest import FIRST, MAIL, SECOND, THIRD, Office
from tests.report.conftest import MATERIALS, PLAN, World, empty, make_notice

__all__ = ["empty"]

MARKUP = '</script><script>document.title="ran"</script><img src=x onerror=alert(1)>"\'&{{7*7}}'
BAD_UNIT = f"丙校{MARKUP}"
UNITS = {"甲市": ["甲一校", "甲二校"], "乙市": ["乙一校", BAD_UNIT]}
COLUMN = {**PLAN, "columns": {**PLAN["columns"], "column_url": {"headers": ["专栏网址"]}}}  # type: ignore[dict-item]
LINKED = {**MATERIALS, "columns": {**MATERIALS["columns"], "link": {"headers": ["链接"]}}}  # type: ignore[dict-item]


@dataclass
class Stand(Office):
    """An office with a place for its site."""

    to: Path
    waiting: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def publish(self) -> None:
        """Every submission came in some receipt."""
        self._add(
            "INSERT INTO raw.receipts BY NAME SELECT notice_id, receipt_id, 'folder' AS source, path, size, "
            "received_at AS modified_at, sha256, received_at, received_at AS scanned_at FROM core.submissions WHERE notice_id = $notice "
            "AND receipt_id NOT IN (SELECT receipt_id FROM raw.receipts)"
        )
        with duckdb.connect(self.world.path) as connection:
            for query, bound in self.waiting:
                connection.execute(query, bound)
        self.waiting.clear()
        super().publish()

    def make(self, as_of: datetime | None = None) -> Made:
        return make_site(self.home, self.notice, self.to, as_of)

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.to)): path.read_bytes()
            for path in sorted(self.to.rglob("*"))
            if path.is_file()
        }

    def shelve(self, where: str, as_of: datetime) -> None:
        """A bulletin on the shelf, without the pains of making its documents."""
        stem = make_stem(as_of, "daily")
        record = Record(
            stem=stem,
            kind="daily",
            as_of=as_of,
            title=f"{as_of:%d}日的情况",
            subtitle="第1期",
            label="第1期",
            publisher="试验厅",
            signed="2021年5月10日",
            summary=("摘要",),
            names={},
            states={},
            units={"U000": "只给本单位看"},
            files=tuple(f"通报.{suffix}" for suffix in ("docx", "xlsx", "html", "txt", "png")),
        )
        folder = self.shelf.root / (stem if where == "published" else f"{where}/{stem}")
        folder.mkdir(parents=True)
        write_record(record, folder)
        for name in record.files:
            (folder / name).write_text(name, "utf-8")

    def pages(self) -> dict[str, bytes]:
        """The site's own pages; a bulletin is shown as it was published."""
        return {
            name: data
            for name, data in self.files().items()
            if name.endswith(".html") and (name.count("/") < 2 or not name.startswith("bulletins/"))
        }

    def text(self, name: str) -> str:
        return (self.to / name).read_text("utf-8")

    def material(self, unit: str, at: str, day: str, title: str, link: str | None = None) -> None:
        self.world.send(
            unit,
            "materials",
            at,
            day,
            title=title,
            link=link,
            category="讲座",
            category_code="talk",
            county="某区",
        )

    def column(self, unit: str, url: str) -> None:
        """A plan that names this column."""
        self.world.send(unit, "plan", "2021-05-07 09:00:00", plan_title="方案")
        row = self.world._rows["core.items"][-1]
        self._add(
            "INSERT INTO raw.plans BY NAME SELECT $notice AS notice_id, $id AS submission_id, 'plan' AS deliverable, "
            "'' AS sheet, 1 AS table_number, 1 AS row_number, '方案' AS plan_title, $url AS column_url",
            id=row["submission_id"],
            url=url,
        )

    def visit(self, unit: str, url: str, at: str, status: int | None, **given: Any) -> None:
        code = next(one.code for one in self.notice.recipients if one.name == unit)
        self._add(
            "INSERT INTO raw.column_checks BY NAME SELECT $notice AS notice_id, $code AS recipient_code, $url AS url, "
            "$at::TIMESTAMP AS checked_at, $status AS status, $final AS final_url, $failure AS failure, $ok AS is_ok",
            code=code,
            url=url,
            at=at,
            status=status,
            final=given.get("final_url", url),
            failure=given.get("failure"),
            ok=status == 200,
        )

    def watch(self, event: str, url: str, at: str, status: int | None, failure: str | None = None) -> None:
        """A visit to an event's channel."""
        self._add(
            "INSERT INTO raw.event_checks BY NAME SELECT $notice AS notice_id, $event AS event, $url AS url, "
            "$at::TIMESTAMP AS checked_at, $status AS status, $url AS final_url, $failure AS failure, $ok AS is_ok",
            event=event,
            url=url,
            at=at,
            status=status,
            failure=failure,
            ok=status == 200,
        )

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(self.home.published, read_only=True) as snapshot:
            return snapshot.execute(query).fetchall()

    def _add(self, query: str, **bound: Any) -> None:
        self.waiting.append((query, {"notice": self.notice.id, **bound}))


def _stand(empty: Path, folder: Path, **more: Any) -> Stand:
    notice = make_notice(UNITS, {"plan": COLUMN, "materials": LINKED}, mail=MAIL, **more)
    found = Stand(
        Home(folder / "home"), World(empty, folder / "notices.duckdb", notice), folder / "public" / "site"
    )
    found.material("甲一校", "2021-05-10 09:00:00", "2021-05-10", "开幕", "https://example.org/a?b=1&c=2")
    found.material(
        "甲二校", "2021-05-11 09:00:00", "2021-05-11", "讲座〔电话1a2b3c4d5e6f〕", "javascript:alert(1)"
    )
    found.material(BAD_UNIT, "2021-05-12 09:00:00", "2021-05-12", MARKUP, f"https://example.org/{MARKUP}")
    found.publish()
    return found


@pytest.fixture
def stand(empty: Path, tmp_path: Path) -> Stand:
    return _stand(empty, tmp_path)


@pytest.fixture
def make_stand(empty: Path, tmp_path: Path) -> Callable[..., Stand]:
    """One whose notice says more."""
    return lambda **more: _stand(empty, tmp_path, **more)


@pytest.fixture(scope="session")
def shown(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Stand:
    """One with a released bulletin, whose site is made once for all who only read it."""
    found = _stand(empty, tmp_path_factory.mktemp("shown"))
    found.shelve("published", FIRST)
    found.shelve("withheld", SECOND)
    found.shelve("drafts", THIRD)
    found.make()
    return found
