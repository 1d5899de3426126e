"""What holds for every file of a bulletin: same bytes again, nothing from the network, and a workbook and page people can use."""

import os
import pickle
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html
import openpyxl
import pytest
from PIL import Image

from pipelines.ground.home import ROOT
from pipelines.report.bulletin import Amount
from pipelines.report.measure import measure_bulletin
from pipelines.report.pictures import write_pictures
from pipelines.report.wording import word_bulletin
from pipelines.report.workbook import write_workbook
from pipelines.report.write import write_bulletin
from tests.report.conftest import NOTICE
from tests.report.test_wording_of_cases import SECOND_EVENING, some

AGAIN = """
import pickle, sys
from pathlib import Path
from dataclasses import replace
from datetime import datetime
from pipelines.report.write import write_bulletin
from pipelines.report.bulletin import Amount
from pipelines.report.measure import measure_bulletin
from pipelines.report.page import write_page
from pipelines.report.pictures import write_pictures
from pipelines.report.wording import word_bulletin
from pipelines.report.workbook import write_workbook
path, notice, folder = pickle.loads(sys.stdin.buffer.read())
write_bulletin(path, notice, "daily", datetime(2021, 5, 11, 18), Path(folder))
"""


def test_same_inputs_give_the_same_bytes(evening: Any, tmp_path: Path) -> None:
    """In another process, with another hash seed, time zone and umask."""
    made, first = evening
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "America/New_York", "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-c", f"import os; os.umask(0o077)\n{AGAIN}"],
        input=pickle.dumps((made.path, made.notice, str(tmp_path / "two"))),
        env=environment,
        check=True,
        timeout=600,
    )
    assert {path.name for path in (tmp_path / "two").iterdir()} == {path.name for path in first.paths}
    assert len(first.paths) >= 4
    for path in first.paths:
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_later_arrivals_do_not_change_an_earlier_bulletin(world: Any, tmp_path: Path) -> None:
    made = some(world)
    first = write_bulletin(made.path, made.notice, "daily", SECOND_EVENING, tmp_path / "one")
    made.send("西一中", "plan", "2021-05-11 18:00:01")
    second = write_bulletin(made.path, made.notice, "daily", SECOND_EVENING, tmp_path / "two")
    for one, two in zip(first.paths, second.paths, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_what_was_known_changes_the_data_version(world: Any) -> None:
    made = some(world)
    first = measure_bulletin(made.path, made.notice, "daily", SECOND_EVENING)
    made.send("西一中", "plan", "2021-05-11 18:00:00")
    second = measure_bulletin(made.path, made.notice, "daily", SECOND_EVENING)
    assert first.data_version != second.data_version
    assert second.whole.late == first.whole.late + 1


def test_an_hour_that_is_not_collected_yet_is_said(world: Any, tmp_path: Path) -> None:
    made = some(world)
    written = write_bulletin(made.path, made.notice, "final", datetime(2031, 1, 1), tmp_path)
    assert any("2030年1月1日0时" in remark for remark in written.remarks)
    for path in written.paths[2:4]:
        assert "晚于最近一次收件 2030年1月1日0时，其后收到的都不在内" in path.read_text("utf-8")


@pytest.fixture
def page(world: Any, tmp_path: Path) -> Any:
    made = some(world)
    return (
        write_bulletin(made.path, made.notice, "daily", SECOND_EVENING, tmp_path).paths[2].read_text("utf-8")
    )


def test_page_asks_nothing_from_outside(page: str) -> None:
    tree = lxml.html.fromstring(page)
    assert "default-src 'none'" in tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert not tree.xpath(
        "//link | //img | //iframe | //object | //embed | //script[@src] | //base | //form | //*[@srcset]"
    )
    assert list(tree.xpath("//@href")) == ["#main"]
    assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttpRequest|WebSocket|import\(", page)


def test_page_can_be_used_without_a_mouse_or_eyes(page: str) -> None:
    tree = lxml.html.fromstring(page)
    assert tree.get("lang") == "zh-CN"
    assert tree.xpath("count(//main)") == tree.xpath("count(//h1)") == 1
    assert tree.xpath("//meta[@name='viewport']/@content") == ["width=device-width, initial-scale=1"]
    for svg in tree.xpath("//svg"):
        assert svg.get("role") == "img"
        assert len(svg.get("aria-label")) > 10
    assert tree.xpath("//table")
    for table in tree.xpath("//table"):
        assert table.xpath("caption") or table.getparent().get("aria-label")
        assert table.xpath("thead//th[@scope='col']")
        assert len(table.xpath("tbody/tr")) == len(table.xpath("tbody/tr/th[@scope='row']"))
    assert not tree.xpath("//*[@onclick or @onload]")
    assert all(head.xpath("button") for head in tree.xpath("//table[@class='sortable']/thead//th"))
    levels = [int(one.tag[1]) for one in tree.xpath("//h1|//h2|//h3|//h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_page_escapes_what_units_call_themselves(world: Any, tmp_path: Path) -> None:
    made = world({"<b>市": ["<script>alert(1)</script>", "甲&乙"]})
    text = (
        write_bulletin(made.path, made.notice, "daily", SECOND_EVENING, tmp_path).paths[2].read_text("utf-8")
    )
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_workbook_is_ready_to_work_with(evening: Any) -> None:
    book = openpyxl.load_workbook(evening[1].paths[1])
    assert book.sheetnames[:4] == [
        *("说明", "各市报送情况简表", "附件1 各市参与和报送情况", "图 各市参与和报送情况"),
    ]
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B3"
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows
    sheet = book["附件1 各市参与和报送情况"]
    assert sheet["A1"].value == "附件1：各市参与和报送情况", "numbered as in the docx"
    heads = {cell.value: cell.column for cell in sheet[2]}
    assert sheet.cell(3, heads["报送率"]).number_format == "0.0%"
    assert isinstance(sheet.cell(3, heads["应报项"]).value, int)
    assert [len(one._charts) for one in book.chartsheets] == [1] * 5, "a page each, which no page break cuts"
    days = book["每日累计报送情况"]
    assert days["A3"].value == datetime(2021, 5, 1)
    coverage = book["附件2 各市材料和活动覆盖情况"]
    column = next(cell.column for cell in coverage[2] if cell.value == "参与人次")
    assert coverage.cell(3, column).value == 12000
    assert coverage.cell(3, column).number_format == '"约"#,##0'
    assert "数据版本" in "".join(str(row[0]) for row in book["说明"].iter_rows(values_only=True))


def test_what_a_cell_holds_can_be_seen(evening: Any, tmp_path: Path) -> None:
    """No ### where a number is wider than its column, and no row higher than a row can be."""
    written = evening[1]
    huge = Amount(123_456_789, True)
    names = tuple(f"第{number}职业技术学院" for number in range(300))
    first, *others = written.bulletin.deliverables
    latest = replace(first.periods[0], missing_names=names, missing=300)
    bulletin = replace(
        written.bulletin,
        whole=replace(written.bulletin.whole, participants=huge),
        deliverables=(replace(first, periods=(latest,)), *others),
    )
    write_workbook(bulletin, word_bulletin(bulletin), tmp_path / "made.xlsx")
    book = openpyxl.load_workbook(tmp_path / "made.xlsx")
    coverage = book["附件2 各市材料和活动覆盖情况"]
    column = next(cell for cell in coverage[2] if cell.value == "参与人次")
    assert coverage.column_dimensions[column.column_letter].width >= len("约123,456,789") + 2
    assert max(one.height or 0 for sheet in book.worksheets for one in sheet.row_dimensions.values()) <= 409
    listed = [
        row for row in book["附件4 迟报、未报单位名单"].iter_rows(values_only=True) if "未报" in str(row[2])
    ]
    assert "、".join(str(row[4]) for row in listed if row[0] == first.name).split("、") == list(names)
    assert [row[2] for row in listed if row[0] == first.name][:2] == ["未报", "未报（续）"]


def test_a_chart_of_few_goes_by_ones(evening: Any) -> None:
    """Half a return is none."""
    with zipfile.ZipFile(evening[1].paths[1]) as packed:
        charts = [packed.read(name).decode() for name in packed.namelist() if "/charts/chart" in name]
    assert len(charts) == 5
    for chart in charts:
        points = re.findall(r"<c:val>.*?</c:val>", chart, re.DOTALL)
        most = max(float(one) for part in points for one in re.findall(r"<c:v>([\d.]+)</c:v>", part))
        if 1 < most <= 8:
            assert '<c:majorUnit val="1"/>' in chart
    assert any('<c:majorUnit val="1"/>' in one for one in charts)


def test_workbook_never_takes_a_name_for_a_formula(world: Any, tmp_path: Path) -> None:
    made = world({"=1+1": ['=HYPERLINK("x")', "+1"]})
    bulletin = measure_bulletin(made.path, made.notice, "daily", SECOND_EVENING)
    write_workbook(bulletin, word_bulletin(bulletin), tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    cells = [
        cell
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if str(cell.value).startswith("=")
    ]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


def test_pictures_fit_a_mail(evening: Any) -> None:
    written = evening[1]
    pictures = [path for path in written.paths if path.suffix == ".png"]
    if not pictures:
        assert "没有中文字体" in written.remarks[0]
        pytest.skip("no Chinese font on this machine")
    assert [path.stem.rsplit("-", 1)[1] for path in pictures] == ["areas", "days"]
    for path in pictures:
        with Image.open(path) as image:
            assert 600 <= image.width <= 720
        assert path.stat().st_size < 200_000


def test_without_a_chinese_font_it_says_so(
    evening: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.report.pictures.FAMILIES", ("DejaVu Sans", "No Such Font"))
    paths, remark = write_pictures(evening[1].bulletin, tmp_path, "x")
    assert paths == []
    assert "没有中文字体" in str(remark)


def test_command_says_where_the_files_are(tmp_path: Path) -> None:
    """Without data the command fails with a sentence, not a trace."""
    command = [
        sys.executable,
        "-c",
        "from pipelines.cli import main; main()",
        "--home",
        str(tmp_path),
        "report",
        NOTICE,
        "daily",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--as-of", "2020-11-11T08:30:00", "--out", str(tmp_path / "out")],
        env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 1
    assert "还没有数据" in done.stderr
    assert "Traceback" not in done.stderr
