"""What a unit is told fits the cause: one sentence each, with what to change."""

import io
from datetime import datetime

import docx
import duckdb
import openpyxl
import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.returns.write import list_returns
from pipelines.templates.workbook import make_template
from tests.read.habits.case import MATERIALS, PLAN, material, materials
from tests.read.habits.write import text, xlsx

NOTICE, UNIT = "sd-vocational-week-2020", "教育厅收件/济南市教育局"


def template(*, filled: bool) -> bytes:
    """The unit's own template; what was typed in stands in the example's row."""
    notice = load_notice(NOTICE)
    unit = next(one for one in notice.recipients if one.code == "EDU-3701")
    book = openpyxl.load_workbook(io.BytesIO(make_template(notice, "materials", unit)))
    if filled:
        for column, value in enumerate((datetime(2020, 11, 9), "稿件", "开放日", "宣传活动"), 2):
            book.worksheets[0].cell(5, column).value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def renamed(header: str, other: str) -> list[list[object]]:
    rows = materials(material(), material())
    return [[other if cell == header else cell for cell in rows[0]], *rows[1:]]


def export() -> bytes:
    """One answer of the questionnaire, with a wrong type."""
    asked = ["序号", "提交答卷时间", "1、单位名称", "2、活动日期", "3、材料类型", "4、标题", "5、活动类别"]
    answer = [12, "2020/11/09 10:00:00", "济南市教育局", "2020-11-09", "新闻", "社区体验日", "宣传活动"]
    return xlsx(("Sheet1", [asked, answer]))


NEAR = "第1行像是表头，但没有必填的“活动日期”一列，整张表没有读取"
CASES = {
    "empty": (f"{UNIT}/empty/日报.xlsx", xlsx([MATERIALS]), "表里只有表头，没有填数据。请填好后重新报送；当日没有活动的，标题写“零报告”"),
    "example": (f"{UNIT}/example/日报.xlsx", template(filled=True), "除“示例”一行外，表里没有数据；示例行不计入。请从示例行的下一行填起；当日没有活动的，标题写“零报告”"),
    "blank_template": (f"{UNIT}/blank_template/日报.xlsx", template(filled=False), "除“示例”一行外，表里没有数据；示例行不计入。请从示例行的下一行填起；当日没有活动的，标题写“零报告”"),
    "no_day": (f"{UNIT}/no_day/日报.csv", text([row[1:] for row in materials(material())]), f"{NEAR}。请补上这一列，表头写“活动日期”"),
    "day_renamed": (f"{UNIT}/day_renamed/日报.xlsx", xlsx(renamed("活动日期", "活动开展日期")), f"{NEAR}。A1 写的是“活动开展日期”，请把 A1 改为“活动日期”"),
    "no_header": (f"{UNIT}/no_header/日报.xlsx", xlsx([["甲", "乙"], ["丙", "丁"]]), "没有认出表头，读不出数据。请按规定的表样填写，表头不要改动"),
    "format": (f"{UNIT}/format/日报.rtf", b"{\\rtf1\\ansi x}", "这份报表是RTF 格式，其中的表格读不了。请另存为 xlsx 或 docx 后重新报送；如已另报电子表格，可不理会"),
    "conflict": (f"{UNIT}/conflict/日报.xlsx", xlsx([["填报单位：青岛市教育局"], *materials(material())]), "文件在“济南市教育局”的文件夹里，填报单位写的却是“青岛市教育局”。请核对后放进正确的文件夹，或改正单位名称"),
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Home:
    notice, home = load_notice(NOTICE), Home(tmp_path_factory.mktemp("sentences"))
    files = {path: content for path, content, _ in CASES.values()}
    files[f"{UNIT}/column/日报.xlsx"] = xlsx(renamed("标题", "活动的标题"))
    files[f"{UNIT}/doubt/方案.xlsx"] = xlsx(
        [
            [*PLAN[:3], "负责同志", *PLAN[4:]],
            ["济南市教育局", "方案", "http://a.example.cn", "某某", "13800000000", "a@example.cn"],
        ]
    )
    files["表单导出/export_20201110.xlsx"] = export()
    for path, content in files.items():
        target = home.inbox(NOTICE) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    cycle.run(home, notice, now=datetime(2020, 12, 1))
    return home


@pytest.mark.parametrize("case", CASES)
def test_a_whole_file_is_refused_by_its_cause(world, case):
    path, _, sentence = CASES[case]
    with duckdb.connect(world.published, read_only=True) as connection:
        found = connection.execute("SELECT sentence FROM core.submissions WHERE path = $1", [path]).fetchall()
    assert found == [(sentence,)]


@pytest.mark.parametrize(
    ("case", "sentences"),
    [
        pytest.param("column", {f"第{row}行没有读到“标题”：C1 的表头写的是“活动的标题”，认不出，请把 C1 改为“标题”" for row in (2, 3)}, id="sure"),
        pytest.param("doubt", {"第2行没有读到“联络员”：表里没有这个表头，只有 D1“负责同志”一列没有读；如果就是它，请把 D1 改为“联络员”，否则请补上“联络员”一列"}, id="only one"),
    ],
)  # fmt: skip
def test_a_renamed_header_is_named(world, case, sentences):
    with duckdb.connect(world.published, read_only=True) as connection:
        found = connection.execute(
            "SELECT verdicts.sentence FROM raw.verdicts INNER JOIN core.submissions USING (submission_id) WHERE path LIKE $1",
            [f"%/{case}/%"],
        ).fetchall()
    assert {sentence for (sentence,) in found} == sentences


def test_an_answer_is_told_by_its_title(world):
    (one,) = [one for one in list_returns(world, load_notice(NOTICE)) if "#" in one.path]
    assert one.summary.startswith("《答卷 12（社区体验日）》答卷有问题，没有计入。“3、材料类型”写的“新闻”")
    document = docx.Document(io.BytesIO((world.returns(NOTICE) / one.file).read_bytes()))
    assert any("答卷 12（社区体验日）" in paragraph.text for paragraph in document.paragraphs)
