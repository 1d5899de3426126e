"""Every figure in docx, xlsx and html, read back without this program's code, equals the truth of the shared worlds."""

import csv
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import lxml.html
import openpyxl
import pytest
from docx import Document

from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.report.write import write_bulletin
from tests.report.conftest import NOTICE

pytestmark = pytest.mark.slow

REPORTING = {
    "主送单位": "circulated", "应报单位": "obligated", "参与单位": "participating", "参与率": "participation_rate",
    "应报项": "expected", "到期项": "due", "按时": "on_time", "迟报": "late", "未报": "missing", "未到期": "pending",
    "零报告": "zero_reports", "报送率": "reporting_rate", "按时率": "on_time_rate",
}  # fmt: skip
COVERAGE = {
    "材料合计": "materials", "典型案例": "typical_cases", "稿件": "articles", "照片": "photos", "视频": "videos",
    "活动日覆盖率": "day_coverage", "县区覆盖率": "county_coverage", "活动类别覆盖率": "category_coverage",
    "参与人次": "participants", "线上观看人次": "online_views",
}  # fmt: skip
TABLES = {"各市参与和报送情况": REPORTING, "各市材料和活动覆盖情况": COVERAGE}
LAST = "2020-11-30T000000"
MOMENTS = (
    "2020-11-05T120000",
    pytest.param("2020-11-08T200000", marks=pytest.mark.soak),
    "2020-11-11T083000",
    pytest.param("2020-11-14T235959", marks=pytest.mark.soak),
    pytest.param("2020-11-20T180000", marks=pytest.mark.soak),
    LAST,
)
"""Before the first day, amid the days, and the final one, each in three formats. Another evening is written by the same hand:
2.5 seconds for other numbers, which tests/acceptance compares with the truth at all moments."""


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_format_equals_the_truth(shared_world: tuple[Home, Path], moment: str, tmp_path: Path) -> None:
    home, truths = shared_world
    as_of = datetime.strptime(moment, "%Y-%m-%dT%H%M%S")
    kind: Any = "final" if moment == LAST else "daily"
    written = write_bulletin(home.published, load_notice(NOTICE), kind, as_of, tmp_path)
    docx, xlsx, html, txt, *_ = written.paths
    with (truths / f"metrics-{moment}.csv").open(encoding="utf-8") as file:
        truth = {row["city"]: row for row in csv.DictReader(file)}
    assert len(truth) == 16
    for found in (read_docx(docx), read_xlsx(xlsx), read_html(html)):
        assert set(TABLES) <= set(found)
        for title, columns in TABLES.items():
            check_table(found[title], columns, truth)
    check_prose(txt.read_text("utf-8"), truth)
    heat = read_html(html).get("各市每个活动日材料数")
    assert (heat is None) == (as_of.date() < load_notice(NOTICE).event.first_day), (
        "shown from the first day on"
    )
    if heat:
        check_heat(heat, truth)


def check_table(rows: list[list[Any]], columns: dict[str, str], truth: dict[str, dict[str, str]]) -> None:
    head, *body = rows
    assert head[0] == "市"
    assert head[1:] == list(columns)
    assert [row[0] for row in body] == [*truth, "全省"]
    for row in body[:-1]:
        for header, cell in zip(head[1:], row[1:], strict=True):
            assert same(cell, truth[row[0]][columns[header]]), (row[0], header, cell)
    for header, cell in zip(head[1:], body[-1][1:], strict=True):
        name = columns[header]
        if not name.endswith(("_rate", "_coverage")):
            assert same(cell, str(sum(int(one[name]) for one in truth.values()))), ("全省", header)


def same(cell: Any, wanted: str) -> bool:
    """Equal at the precision that is printed: exact counts, percentages to one decimal, numbers of a workbook to six."""
    if wanted == "":
        return cell == "—"
    if isinstance(cell, int | float):
        return abs(cell - float(wanted)) < 1e-6
    if cell.endswith("%"):
        return abs(float(cell[:-1]) - float(wanted) * 100) <= 0.05 + 1e-4
    return cell.removeprefix("约") == wanted


def check_prose(text: str, truth: dict[str, dict[str, str]]) -> None:
    """The paragraph of totals, from the sums of the truth."""
    total = {
        name: sum(int(float(row[name] or 0)) for row in truth.values())
        for name in truth["济南市"]
        if name not in ("city", "city_code")
    }
    for pattern, value in (
        (r"通知主送(\d+)个单位", total["circulated"]),
        (r"其中(\d+)个单位有报送任务", total["obligated"]),
        (r"有(\d+)个单位参与", total["participating"]),
        (r"应报(\d+)项", total["expected"]),
    ):
        assert re.search(pattern, text)[1] == str(value), pattern  # type: ignore[index]
    if total["due"]:
        (totals,) = re.findall(r"(?m)应报\d+项，.*?。", text)[:1]
        for word, name in (("按时报送", "on_time"), ("迟报", "late"), ("未报", "missing")):
            found = re.search(rf"{word}(\d+)项", totals)
            assert int(found[1] if found else 0) == total[name], word
        rate = 100 * (total["due"] - total["missing"]) / total["due"]
        assert float(re.search(r"报送率([\d.]+)%", text)[1]) == pytest.approx(rate, abs=0.051)  # type: ignore[index]
    if total["materials"]:
        assert re.search(r"有效材料(\d+)件", text)[1] == str(total["materials"])  # type: ignore[index]
        for word, name in (("活动参与", "participants"), ("线上观看", "online_views")):
            about, unit = re.search(rf"{word}约?([\d.]+)(万|亿|)人次", text).groups()  # type: ignore[union-attr]
            size = {"": 1, "万": 10**4, "亿": 10**8}[unit]
            assert float(about) * size == pytest.approx(total[name], abs=0.005 * size + 0.5)


def check_heat(rows: list[list[str]], truth: dict[str, dict[str, str]]) -> None:
    """Days add up to the materials, and the days that have any are the day coverage."""
    for row in rows[1:-1]:
        counts = [int(cell) for cell in row[1:]]
        assert sum(counts) == int(truth[row[0]]["materials"])
        assert sum(count > 0 for count in counts) / 7 == pytest.approx(
            float(truth[row[0]]["day_coverage"]), abs=1e-6
        )


def bare(title: Any) -> str:
    """Without its number among the attachments."""
    return re.sub(r"^附件\d*：", "", str(title))


def read_docx(path: Path) -> dict[str, list[list[Any]]]:
    """Tables by the paragraph of style Title or Table Title that stands before them."""
    document, title, found = Document(str(path)), "", {}
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            found[title] = [[cell.text.replace("\n", "") for cell in row.cells] for row in block.rows]
        elif block.style.name in ("Title", "Table Title"):
            title = bare(block.text)
    return found


def read_xlsx(path: Path) -> dict[str, list[list[Any]]]:
    """Tables by the title in A1; from the header in row 2 to the note."""
    found = {}
    for sheet in openpyxl.load_workbook(path).worksheets[1:]:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        end = next(place for place, row in enumerate(rows) if str(row[0]).startswith("注："))
        found[bare(rows[0][0])] = [row for row in rows[1:end] if row[0] is not None]
    return found


def read_html(path: Path) -> dict[str, list[list[Any]]]:
    tree = lxml.html.parse(str(path))
    found = {}
    for table in tree.iter("table"):
        rows = [[" ".join(cell.text_content().split()) for cell in row] for row in table.iter("tr")]
        title = table.findtext("caption") or table.getparent().get("aria-label")
        found[bare(title)] = rows
    return found
