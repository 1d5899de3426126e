"""Whose a file is: what its sheets say, the folder's name, the file's own; each inside the line it reports on."""

from tests.read.habits.case import (
    EDUCATION,
    HUMAN_RESOURCES,
    JINAN,
    Case,
    Content,
    End,
    accepted,
    attachment,
    material,
    materials,
    one,
    plan,
    rejected,
    statistics,
)
from tests.read.habits.write import photo, text, zipped
from tests.read.habits.write import xlsx_later as xlsx

QINGDAO, STRANGE = "EDU-3702", "新建文件夹"
_NOBODY = rejected("unknown_recipient", recipient=None)


def _declared(line: str, *rows: list[object]) -> Content:
    return xlsx([[line], *materials(*rows)])


def _in_folder(id: str, folder: str, recipient: str | None = JINAN, source: str = EDUCATION) -> Case:
    end = accepted(1, recipient=recipient) if recipient else _NOBODY
    return one(
        f"folder-{id}", "日报.xlsx", xlsx(materials(material(county=None))), end, unit=folder, source=source
    )


def _named(id: str, name: str, recipient: str | None = QINGDAO, source: str = EDUCATION) -> Case:
    end = accepted(1, recipient=recipient) if recipient else _NOBODY
    return one(f"name-{id}", name, xlsx(materials(material(county=None))), end, unit=STRANGE, source=source)


def _says(id: str, line: str, recipient: str | None = QINGDAO, unit: str = STRANGE) -> Case:
    end = accepted(1, recipient=recipient) if recipient else _NOBODY
    return one(f"says-{id}", "日报.xlsx", _declared(line, material(county=None)), end, unit=unit)


def _conflict(id: str, content: Content, deliverable: str = "materials", **more: str) -> Case:
    return one(
        f"conflict-{id}",
        "报送.xlsx",
        content,
        rejected("recipient_conflict", deliverable=deliverable),
        **more,
    )


def _units(*names: str | None) -> Content:
    """Materials with a column that names a unit in each row."""
    header, *rows = materials(*(material(county=None) for _ in names))
    return xlsx([[*header, "单位名称"], *([*row, name] for row, name in zip(rows, names, strict=True))])


_BESIDE = f"{EDUCATION}/青岛市教育局活动日报.xlsx"
_MEMBER = f"{EDUCATION}/{STRANGE}/member-of-a-named-archive/青岛市教育局报送.zip"
_RETURNED = f"{EDUCATION}/济南市教育局/退回/日报.xlsx"
_RETURNED_DEEPER = f"{EDUCATION}/济南市教育局/1109/退回/说明/日报.xlsx"

CASES = [
    _in_folder("full-name", "青岛市教育局", QINGDAO),
    _in_folder("alias", "济南市教体局"),
    _in_folder("bare-city", "济南"),
    _in_folder("numbered", "03-济南市教育局"),
    _in_folder("numbered-with-dot", "3.济南市教育局"),
    _in_folder("numbered-with-space", "03 济南市教育局"),
    _in_folder("attachment-mark-with-two-numbers", "附件2-1：济南市教育局"),
    _in_folder("bracketed", "【已收】济南市教育局"),
    _in_folder("trailing-brackets", "济南市教育局（报送）"),
    _in_folder("attachment-mark", "附件2：济南市教育局"),
    _in_folder("everything", "03-【职教周】附件1：济南市教育局（第二次）"),
    _in_folder("with-spaces", "济南市 教育局"),
    _in_folder("more-words", "济南市教育局材料", None),
    _in_folder("of-the-other-line", "济南市人力资源和社会保障局", None),
    _in_folder("same-city-on-the-other-line", "济南", "HR-3701", HUMAN_RESOURCES),
    _in_folder("unit-without-a-line", "济南市总工会", None),
    _named("full-name", "青岛市教育局活动日报.xlsx"),
    _named("alias", "青岛教体局1109日报.xlsx"),
    _named("numbered", "03-青岛市教育局日报.xlsx"),
    _named("attachment-mark", "附件2：青岛市教育局日报.xlsx"),
    _named("bracketed", "【日报】青岛市教育局.xlsx"),
    _named("longest", "青岛职业技术学院日报.xlsx", "HVC-007"),
    _named("bare-city", "青岛日报.xlsx", None),
    _named("bare-city-shi", "青岛市日报.xlsx", None),
    _named("not-at-its-start", "日报青岛市教育局.xlsx", None),
    _named("nobody", "日报.xlsx", None),
    _says("in-a-strange-folder", "填报单位：青岛市教育局"),
    _says("half-width-colon", "填报单位:青岛市教育局"),
    _says("alias", "填报单位：青岛"),
    _says("with-spaces", "填报单位：　青岛市 教育局 "),
    _says("with-seal", "填报单位（盖章）：青岛市教育局"),
    _says("another-label-after", "填报单位：青岛市教育局 填报日期：2020年11月9日"),
    _says("numbered", "填报单位：03-青岛市教育局（盖章）"),
    _says("more-words", "填报单位：青岛市教育局职教处", None),
    _says("nobody-in-a-strange-folder", "填报单位：某某公司", None),
    _says("nobody-in-a-known-folder", "填报单位：某某公司", JINAN, "济南市教育局"),
    _says("blank", "填报单位：", JINAN, "济南市教育局"),
    _says("own-alias", "填报单位：济南市教体局", JINAN, "济南市教育局"),
    one("says-in-the-next-cell", "日报.xlsx", xlsx([["填报单位：", "青岛市教育局"], *materials(material(county=None))]),
        accepted(1, recipient=QINGDAO), unit=STRANGE),
    one("says-in-csv", "日报.csv", text([["填报单位：青岛市教育局"], *materials(material(county=None))]),
        accepted(1, recipient=QINGDAO), unit=STRANGE),
    one("says-more-than-the-name", "青岛职业技术学院日报.xlsx", _declared("填报单位：青岛市教育局", material(county=None)),
        accepted(1, recipient=QINGDAO), unit=STRANGE),
    one("says-of-the-other-line-in-a-strange-folder", "日报.xlsx", _declared("填报单位：青岛市人社局", material(county=None)),
        _NOBODY, unit=STRANGE),
    _conflict("same-line", _declared("填报单位：青岛市教育局")),
    _conflict("other-line", _declared("填报单位：济南市人力资源和社会保障局")),
    _conflict("without-a-line", _declared("填报单位：济南市总工会")),
    _conflict("second-sheet", xlsx(materials(), [["填报单位：青岛市教育局"], *materials()])),
    one("conflict-without-rows", "日报.xlsx", xlsx([["填报单位：青岛市教育局"], materials()[0]]), rejected("no_valid_row")),
    one("nobody-without-rows", "报送.xlsx", xlsx([materials()[0], ["备注：某某公司"]]),
        rejected("no_valid_row", recipient=None), unit=STRANGE),
    one("nobody-without-a-deliverable", "附表.xlsx", xlsx([["甲", "乙"], [9, 10]]),
        rejected("unknown_deliverable", recipient=None, deliverable=None), unit=STRANGE),
    _conflict("in-the-rows", xlsx(plan(unit="青岛市教育局")), "plan"),
    one("rows-name-one", "报送.xlsx", _units("青岛市教育局", "青岛"), accepted(2, recipient=QINGDAO), unit=STRANGE),
    one("rows-name-several", "报送.xlsx", _units("青岛市教育局", "济南市教育局"), _NOBODY, unit=STRANGE),
    one("rows-name-some", "报送.xlsx", _units("青岛市教育局", None),
        accepted(2, recipient=QINGDAO), unit=STRANGE),
    one("rows-name-several-in-a-known-folder", "报送.xlsx", _units("青岛市教育局", "济南市教育局"), accepted(2)),
    one("rows-name-nobody", "报送.xlsx", xlsx(statistics(unit="某某公司")), accepted(1, deliverable="statistics")),
    one("sheets-name-several", "报送.xlsx", xlsx(statistics(unit="青岛市教育局"), statistics(unit="济南市教育局")),
        rejected("unknown_recipient", recipient=None, deliverable="statistics"), unit=STRANGE),
    one("plan-names-its-unit", "方案.xlsx", xlsx(plan(unit="青岛市教育局")),
        accepted(1, recipient=QINGDAO, deliverable="plan"), unit=STRANGE),
    one("photo-of-nobody", "现场.jpg", photo("nobody"), attachment(recipient=None), unit=STRANGE),
    one("photo-by-its-name", "青岛市教育局现场.jpg", photo("named"), attachment(recipient=QINGDAO), unit=STRANGE),
    one("unreadable-of-nobody", "日报.xlsx", b"", rejected("unreadable", recipient=None), unit=STRANGE),
    one("county-is-of-the-named-city", "日报.xlsx", _declared("填报单位：青岛市教育局", material(county="市南区")),
        accepted(1, recipient=QINGDAO), unit=STRANGE),
    one("county-is-of-a-college's-city", "日报.xlsx", xlsx(materials(material(county="市南区"))),
        accepted(1, recipient="HVC-007"), unit="青岛职业技术学院"),
    Case("beside-the-folders", [(_BESIDE, xlsx(materials(material(county=None))), 0)],
         {_BESIDE: accepted(1, recipient=QINGDAO)}),
    Case("member-of-a-named-archive", [(_MEMBER, zipped(("日报.xlsx", xlsx(materials(material(county=None)))())), 0)],
         {f"{_MEMBER}!日报.xlsx": accepted(1, recipient=QINGDAO)}),
    Case("folder-of-returns", [(_RETURNED, xlsx(materials()), 0), (_RETURNED_DEEPER, xlsx(materials()), 0)]),
    one("mark-in-a-name", "喜报!活动日报.xlsx", xlsx([["甲", "乙"], [9, 10]]), rejected("no_valid_row")),
    one("mark-in-a-folder", "日报!/1109.xlsx", xlsx(materials()), accepted(1)),
    one("dot-in-a-name", "日报11.9", text([["甲", "乙"], [11, 12]]), rejected("no_valid_row")),
    one("bytes-of-another-unit", "日报.xlsx", _SAME := xlsx(materials(material(county=None))), accepted(1)),
    one("bytes-of-another-unit-again", "日报.xlsx", _SAME, accepted(1, recipient=QINGDAO), unit="青岛市教育局"),
]  # fmt: skip

_AGAIN = f"{EDUCATION}/济南市教育局/same-bytes"
_BAD = xlsx(materials(material(type="横幅")))
CASES += [
    Case("same-bytes", [(f"{_AGAIN}/1.xlsx", _SAME_TWICE := xlsx(materials()), 0), (f"{_AGAIN}/2.xlsx", _SAME_TWICE, 9),
                        (f"{_AGAIN}/0.xlsx", _SAME_TWICE, 5)],
         {f"{_AGAIN}/1.xlsx": accepted(1), f"{_AGAIN}/2.xlsx": End("duplicate"), f"{_AGAIN}/0.xlsx": End("duplicate")}),
    Case("same-bytes-rejected", [(f"{_AGAIN}/a.xlsx", _BAD, 0), (f"{_AGAIN}/b.xlsx", _BAD, 9)],
         {f"{_AGAIN}/a.xlsx": rejected("no_valid_row", rejected_rows="not_in_list"), f"{_AGAIN}/b.xlsx": End("duplicate")}),
    Case("same-photo", [(f"{_AGAIN}/a.jpg", photo("same"), 0), (f"{_AGAIN}/b.jpg", photo("same"), 0)],
         {f"{_AGAIN}/a.jpg": attachment(), f"{_AGAIN}/b.jpg": End("duplicate", deliverable=None)}),
    Case("same-junk", [(f"{_AGAIN}/Thumbs.db", b"same", 0), (f"{_AGAIN}/x/Thumbs.db", b"same", 0)],
         dict.fromkeys((f"{_AGAIN}/Thumbs.db", f"{_AGAIN}/x/Thumbs.db"), End("ignored", recipient=None, deliverable=None))),
]  # fmt: skip
