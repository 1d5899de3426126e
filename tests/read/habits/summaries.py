"""The summary is a prose document known by its name or its first heading; what else lies about is attached."""

from pipelines.sample.documents import write_pdf
from tests.read.habits.case import (
    EDUCATION,
    Case,
    End,
    accepted,
    attachment,
    material,
    materials,
    one,
    rejected,
    statistics,
)
from tests.read.habits.word_binary import write_doc
from tests.read.habits.write import photo, text
from tests.read.habits.write import word_later as word
from tests.read.habits.write import xlsx_later as xlsx

_SUMMARY = accepted(0, deliverable="summary")
_STATISTICS = statistics(77)
_PROSE = ["活动周期间，各校开展了形式多样的活动。", "特此报告。"]


def _linked() -> Case:
    row, folder = material(title="走进实训基地"), f"{EDUCATION}/济南市教育局/linked"
    table, picture = f"{folder}/日报.xlsx", f"{folder}/1109走进实训基地（3）.jpg"
    return Case(
        "linked",
        [(table, xlsx(materials(row)), 0), (picture, photo("linked"), 0)],
        {table: accepted(1), picture: attachment()},
    )


CASES = [
    one("summary-docx-by-name", "活动周总结.docx", word(paragraphs=["各校：", *_PROSE]), _SUMMARY),
    one("summary-docx-by-heading", "材料1.docx", word(heading="2020年活动周总结报告", paragraphs=_PROSE), _SUMMARY),
    one("summary-docx-by-title-style", "材料2.docx", word(heading="活动周总结", style="Title", paragraphs=_PROSE), _SUMMARY),
    one("summary-docx-by-unstyled-first-line", "材料3.docx", word(paragraphs=["济南市活动周总结", *_PROSE]), _SUMMARY),
    one("summary-heading-after-a-line", "材料4.docx", word(heading=None, paragraphs=["（征求意见稿）", "活动周总结"]), attachment()),
    one("prose-that-mentions-it", "材料5.docx",
        word(paragraphs=["为认真总结职业教育的成就，我市于11月9日举办了活动周启动仪式，各校师生代表参加。"]), attachment()),
    one("second-heading-is-not-the-first", "材料6.docx", word(heading="新闻稿", paragraphs=["活动周总结"]), attachment()),
    one("summary-docx-empty", "总结.docx", word(), _SUMMARY),
    one("summary-doc", "活动周总结.doc", write_doc("各校：\r开展了活动。\r"), _SUMMARY),
    one("summary-wps", "活动周总结.wps", write_doc("各单位：\r开展了活动。\r"), _SUMMARY),
    one("summary-doc-by-heading", "材料7.doc", write_doc("活动周总结报告\r开展了活动。\r"), _SUMMARY),
    one("doc-of-another-heading", "材料8.doc", write_doc("新闻稿\r开展了活动周总结。\r"), attachment()),
    one("doc-encrypted", "活动周总结.doc", write_doc("密", is_encrypted=True), rejected("encrypted", deliverable="summary")),
    one("summary-rtf-named-doc", "活动周总结.doc", rb"{\rtf1\ansi All went well, and more.\par}", _SUMMARY),
    one("summary-pdf-by-name", "活动周总结.pdf", write_pdf("Report"), _SUMMARY),
    one("summary-with-statistics", "总结.docx", word(_STATISTICS, paragraphs=_PROSE),
        accepted(1, deliverable="summary", values=[{"events": 77}])),
    one("summary-with-bad-statistics", "总结.docx", word(statistics("若干"), paragraphs=_PROSE),
        End("partly accepted", deliverable="summary", rejected_rows="bad_number")),
    one("summary-with-another-table", "总结.docx", word([["姓名", "职务"], ["甲", "乙"]], paragraphs=_PROSE), _SUMMARY),
    one("statistics-under-a-summary's-heading", "附件.docx", word(statistics(78), heading="活动周总结附表"),
        accepted(1, deliverable="statistics", values=[{"events": 78}])),
    one("table-named-summary", "总结.xlsx", xlsx([["甲", "乙"], [21, 22]]), rejected("no_valid_row", deliverable="summary")),
    one("text-named-summary", "总结.txt", "活动周总结，全文。".encode(), attachment()),
    one("summary-mark-in-its-name", "圆满!总结!.docx", word(paragraphs=["甲", *_PROSE]), _SUMMARY),
    one("summary-of-nobody", "总结.docx", word(paragraphs=["乙", *_PROSE]),
        rejected("unknown_recipient", recipient=None, deliverable="summary"), unit="新建文件夹"),
    one("summary-by-file-name", "青岛市教育局总结.docx", word(paragraphs=["丙", *_PROSE]),
        accepted(deliverable="summary", recipient="EDU-3702"), unit="新建文件夹"),
    one("statistics-not-applicable", "统计表.xlsx", xlsx(statistics(5, "-", "—", "/", "无", 0)),
        accepted(1, deliverable="statistics", values=[
            {"events": 5, "schools": None, "enterprises": None, "students": None, "teachers": None, "public": 0}])),
    one("statistics-csv", "统计表.csv", text(statistics("1.2万"), "gb18030"),
        accepted(1, deliverable="statistics", values=[{"events": 12_000}])),
    _linked(),
]  # fmt: skip
