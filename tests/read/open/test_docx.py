"""docx -> tables as they read once tracked changes are accepted, and the paragraphs above them."""

import pytest

from pipelines.read.grid import Marks, Span
from pipelines.read.open import first_heading
from tests.read.open.files import R, cell, docx, only_sheet, opened, run, table

BOX = '<w:r><w:pict><v:textbox xmlns:v="urn:v"><w:txbxContent><w:p><w:r><w:t>图注</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>'
STYLES = (
    '<w:style w:styleId="a1"><w:name w:val="Title"/></w:style>'
    '<w:style w:styleId="x"><w:name w:val="划掉"/><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:styleId="y"><w:name w:val="也划掉"/><w:basedOn w:val="x"/></w:style>'
)


@pytest.mark.parametrize(
    ("content", "value", "marks"),
    [
        pytest.param(run("900", "<w:strike/>") + run("150"), "150", Marks(left_out={(0, 0): "900150"}), id="struck in part"),
        pytest.param(run("900", "<w:dstrike/>"), "", Marks(struck=frozenset({(0, 0)}), left_out={(0, 0): "900"}), id="struck"),
        pytest.param(run("900", '<w:strike w:val="0"/>'), "900", Marks(), id="not struck after all"),
        pytest.param(run("200") + run("1", '<w:vertAlign w:val="superscript"/>'), "200", Marks(left_out={(0, 0): "2001"}), id="raised"),
        pytest.param(run("200") + run("藏", "<w:vanish/>"), "200", Marks(left_out={(0, 0): "200藏"}), id="hidden"),
        pytest.param('<w:del><w:r><w:delText>5</w:delText></w:r></w:del>' + run("200"), "200", Marks(left_out={(0, 0): "5200"}), id="deleted"),
        pytest.param(f'<w:moveFrom>{run("5")}</w:moveFrom>{run("200")}<w:moveTo>{run("1")}</w:moveTo>', "2001", Marks(left_out={(0, 0): "52001"}), id="moved"),
        pytest.param(f'<w:ins>{run("200")}</w:ins>', "200", Marks(), id="inserted"),
        pytest.param(f'<w:sdt><w:sdtContent>{run("250")}</w:sdtContent></w:sdt>', "250", Marks(), id="content control in a paragraph"),
        pytest.param(f'<w:sdt><w:sdtContent><w:p>{run("250")}</w:p></w:sdtContent></w:sdt>', "250", Marks(), id="content control around a paragraph"),
        pytest.param(run("甲") + BOX, "甲", Marks(), id="text box"),
        pytest.param(f'{run("甲")}<w:r><mc:AlternateContent><mc:Choice>{BOX}</mc:Choice><mc:Fallback>{BOX}</mc:Fallback></mc:AlternateContent></w:r>', "甲", Marks(), id="text box in two versions"),
        pytest.param(run("甲") + "<w:r><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>", "甲\t乙\n丙", Marks(), id="tabs and breaks"),
        pytest.param(f"<w:p>{run('甲')}</w:p><w:p>{run('乙')}</w:p>", "甲\n乙", Marks(), id="two paragraphs"),
        pytest.param(f'<w:hyperlink r:id="rId5">{run("看")}</w:hyperlink>', "看", Marks(links={(0, 0): "http://a.example.cn/1"}), id="link"),
        pytest.param('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> HYPERLINK "http://a.example.cn/2" </w:instrText><w:fldChar w:fldCharType="separate"/><w:t>看</w:t><w:fldChar w:fldCharType="end"/></w:r>', "看", Marks(links={(0, 0): "http://a.example.cn/2"}), id="link as a field"),
        pytest.param(run("甲", '<w:rStyle w:val="y"/>') + run("乙"), "乙", Marks(left_out={(0, 0): "甲乙"}), id="struck by a style"),
    ],
)  # fmt: skip
def test_cells(content, value, marks) -> None:
    rels = (
        f'<Relationship Id="rId5" Type="{R}/hyperlink" Target="http://a.example.cn/1" TargetMode="External"/>'
    )
    sheet = only_sheet(docx(table([content, "尾"]), styles=STYLES, rels=rels), "a.docx")
    assert sheet.rows == [[value, "尾"]]
    assert sheet.marks == marks


def test_merged_cells() -> None:
    down, more, wide = '<w:vMerge w:val="restart"/>', "<w:vMerge/>", '<w:gridSpan w:val="2"/>'
    body = table(
        [cell("日期", down), cell("活动", wide), "尾"],
        [cell("", more), "甲", "乙", "丙"],
        [cell("又一", down), cell("左", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"), "丁"],
        [cell("盖住的字", more), "1", "2", "3"],
    )
    sheet = only_sheet(docx(body), "a.docx")
    assert sheet.rows == [
        ["日期", "活动", "", "尾"],
        ["", "甲", "乙", "丙"],
        ["又一", "左", "", "丁"],
        ["", "1", "2", "3"],
    ]
    assert set(sheet.marks.spans) == {Span(0, 0, 1, 0), Span(0, 1, 0, 2), Span(2, 0, 3, 0), Span(2, 1, 2, 2)}


def test_content_controls_around_rows_and_cells_and_rows_that_were_deleted() -> None:
    body = (
        f"<w:tbl><w:sdt><w:sdtContent><w:tr>{cell('甲')}<w:sdt><w:sdtContent>{cell('乙')}</w:sdtContent></w:sdt></w:tr>"
        f"</w:sdtContent></w:sdt><w:tr><w:trPr><w:del/></w:trPr>{cell('丙')}</w:tr>"
        f"<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>{cell('丁')}</w:tr></w:tbl>"
    )
    sheet = only_sheet(docx(body), "a.docx")
    assert sheet.rows == [["甲", "乙"], [""], ["", "丁"]]
    assert sheet.marks.left_out == {(1, 0): "丙"}


def test_tables_have_numbers_and_the_paragraphs_above_them() -> None:
    nested = f"<w:tc><w:p>{run('外')}</w:p>{table(['内'])}<w:p/></w:tc>"
    body = (
        f'<w:p><w:pPr><w:pStyle w:val="a1"/></w:pPr>{run("总结")}</w:p><w:p>{run("填报单位：甲")}</w:p><w:p>{run("填报单位：甲")}</w:p>'
        + table([nested, "右"])
        + f"<w:p>{run('单位：万人次')}</w:p>"
        + table(["三"])
    )
    content = opened(docx(body, styles=STYLES), "a.docx")
    assert [(sheet.name, sheet.rows, sheet.above) for sheet in content.sheets] == [
        ("表1", [["外\n", "右"]], ["总结", "填报单位：甲"]),
        ("表2", [["内"]], []),
        ("表3", [["三"]], ["单位：万人次"]),
    ]
    assert first_heading(content) == "总结"
    assert not content.sheets[0].is_typed


def test_a_large_document_without_a_table_is_no_table_over_the_limit() -> None:
    assert opened(docx(f"<w:p>{run('字' * 100)}</w:p>"), "a.docx", max_table_bytes=10).sheets == []
