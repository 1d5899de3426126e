"""The parts of a circulated document (GB/T 9704): head, title, addressees, body, signature, attachments."""

import re
from dataclasses import dataclass, field

from pipelines.notice.draft.text import DATE_LINE, Line, join_paragraphs, split_sentences, without_brackets
from pipelines.notice.draft.units import is_unit, split_units

KINDS_OF_TEXT = r"(?:通知|通报|函|意见|公告|通告|方案|决定|办法|启事|请示|规定|细则|要点|计划|预案|倡议书?|的信|指南|制度|邀请函|补充通知|提示|说明)"
_TITLE_END = re.compile(rf"{KINDS_OF_TEXT}(?:（[^）]*）)?$")
_TITLE_BEGIN = re.compile(r"关于|转发|印发|征集|举办")
_NO_TITLE = re.compile(
    r"^(?:索引号|发布|来源|标题|文号|发文|成文|主题词|主题分类|浏览|字号|作者|当前位置|您|首页|信息|打印|时间|日期|密级|紧急)"
)
_BODY_BEGIN = re.compile(
    r"^(?:为|根据|按照|近期|日前|现将|经|依据|今年|目前|当前|随着|一、|1、|定于|兹|遵照|自|由|接|在)"
)
_NUMBERED = re.compile(
    r"[〔\[（【]\s*(?:\d{4}|[一二][〇○零Oo\d一二三四五六七八九]{3})\s*[〕\]）】].{1,8}号[）)]?$"
)
ATTACHMENT = re.compile(r"^附\s*(?:件|表)\s*(?:[\d一二三四五六七八九十]{0,2})\s*[：:—-]*\s*(?P<rest>.*)$")
_CONTACT = re.compile(
    r"^[（(]?(?:联\s*系\s*(?:人|方\s*式|电\s*话)|电\s*话|传\s*真|手\s*机|(?:电子)?\s*邮\s*箱|地\s*址|通讯地址|邮\s*编|值班电话|工作联系人|技术支持|咨询电话)"
)
_FORM = re.compile(r"填\s*报\s*(?:单位|人)|填表人|（盖章）|（公章）|年月日$|_{3,}|审\s*核\s*人|^\|")
_CC = re.compile(r"^(?:抄\s*[送报]|主\s*送|分\s*送)[：:]|印发$|^（(?:此件|信息公开|公开|共印)")


@dataclass
class Layout:
    """The document's parts as paragraphs; `headings[n]` are the headings that paragraph n of the body stands under."""

    head: list[Line] = field(default_factory=list)
    title: str = ""
    title_line: str = ""
    recipients: str = ""
    recipients_line: str = ""
    body: list[Line] = field(default_factory=list)
    signature: list[Line] = field(default_factory=list)
    signed: Line | None = None
    """The line with the day of signing."""
    contacts: list[Line] = field(default_factory=list)
    attachments: dict[int, str] = field(default_factory=dict)
    """Their titles by their numbers, as the list above the signature has them."""
    forms: list[list[Line]] = field(default_factory=list)
    """Attachments that are forms: their deadlines repeat those of the body."""


def lay_out(lines: list[Line]) -> Layout:
    """The parts of a text; what has no part of its own is body."""
    layout = Layout()
    start = _find_recipients(lines, layout)
    _find_title(lines[: start[0]], layout)
    rest = lines[start[1] :]
    signed = _find_signed(rest)
    main, after = (rest, []) if signed is None else (rest[:signed], rest[signed + 1 :])
    if signed is not None:
        layout.signed = rest[signed]
        main = _take_signature(main, layout)
    _sort_main(main, layout)
    _sort_after(after, layout)
    return layout


def _find_recipients(lines: list[Line], layout: Layout) -> tuple[int, int]:
    """Where the line of addressees begins and ends; without one, where the body begins, twice."""
    for index in range(min(len(lines), 60)):
        text = ""
        for end in range(index, min(index + 8, len(lines))):
            if _NUMBERED.search(lines[end].text):
                break
            text += lines[end].text
            if _BODY_BEGIN.match(text) or re.search(r"[。；]", text) or _TITLE_END.search(text):
                break
            head, colon, more = text.partition("：")
            if colon and not more and _are_recipients(head):
                layout.recipients, layout.recipients_line = head, text
                return index, end + 1
    for index in range(min(len(lines), 60)):
        head, colon, more = lines[index].text.partition("：")
        if colon and len(more) > 15 and _are_recipients(head) and not _BODY_BEGIN.match(head):
            line = lines[index]
            layout.recipients, layout.recipients_line = head, head + "："
            lines[index] = Line(more, more, line.number, False)
            return index, index
    titled = next(
        (
            n
            for n, line in enumerate(lines[:30])
            if _TITLE_END.search(line.text) and len(line.text) > 4 and not line.level
        ),
        -1,
    )
    return titled + 1, titled + 1


def _are_recipients(text: str) -> bool:
    text = re.sub(r"^主送(?:单位|机关)?[：:]?", "", text)
    if len(text) > 600 or re.search(r"^联系|如下$|附件|电话|时间|地点|主题|注意|要求|内容$|通知$|^附", text):
        return False
    units = split_units(text)
    good = sum(is_unit(unit) for unit in units)
    return (
        bool(units)
        and good >= max(1, 0.6 * len(units))
        and (
            len(units) > 1
            or re.match(
                r"^(?:各|全|有关|相关|省|市|区|县|厅|局|委|机关|校|院)|.*(?:各|局|厅|委|部门|单位)", text
            )
            is not None
        )
    )


def _find_title(lines: list[Line], layout: Layout) -> None:
    layout.head = lines
    for end in range(len(lines) - 1, -1, -1):
        if not _TITLE_END.search(lines[end].text) or _NO_TITLE.match(lines[end].text):
            continue
        start = end
        while start > 0 and not _TITLE_BEGIN.search("".join(line.text for line in lines[start : end + 1])):
            start -= 1
        text = "".join(line.text for line in lines[start : end + 1])
        if not _TITLE_BEGIN.search(text) and end - start > 2:
            start, text = end, lines[end].text
        is_led = False
        while (
            start > 0
            and (text.startswith(("关于", "转发", "印发")) or is_led)
            and not lines[start].after_blank
            and _is_issuer(lines[start - 1].text)
        ):
            start -= 1
            text, is_led = lines[start].text + text, True
        if len(text) >= 6:
            layout.title, layout.title_line = text, text
            layout.head = lines[:start] + lines[end + 1 :]
            return


def _is_issuer(text: str) -> bool:
    return (
        not text.endswith("文件")
        and "号" not in text
        and all(is_unit(part) for part in re.split(r"[、，]", text))
    )


def _find_signed(lines: list[Line]) -> int | None:
    """The first line that is nothing but a day, or ends in one behind a unit's name."""
    for index, line in enumerate(lines):
        if DATE_LINE.match(line.text.strip("（）")):
            return index
    for index, line in enumerate(lines):
        found = re.match(
            r"^(?P<unit>[\u4e00-\u9fff（）]{4,40}?)(?P<day>(?:\d{4}|二[〇○零Oo0一二三四五六七八九]{3})年.{1,3}月.{1,3}日)$",
            line.text,
        )
        if found and is_unit(found["unit"]):
            return index
    return None


def _take_signature(main: list[Line], layout: Layout) -> list[Line]:
    """Moves the units that stand above the day of signing to the signature."""
    assert layout.signed is not None
    found = re.match(
        r"^(?P<unit>[\u4e00-\u9fff（）]{4,40}?)(?:\d{4}|二[〇○零Oo0一二三四五六七八九]{3})年",
        layout.signed.text,
    )
    if found:
        layout.signature = [Line(found["unit"], found["unit"], layout.signed.number, True)]
    end = len(main)
    while end > 0 and _is_signing(main[end - 1]):
        end -= 1
    layout.signature = main[end:] + layout.signature
    return main[:end]


def _is_signing(line: Line) -> bool:
    text = line.text
    if (
        len(text) > 90
        or line.level
        or re.search(r"[。；：，]|\d", text)
        or ATTACHMENT.match(text)
        or re.search(r"(?:表|名单|方案|回执|通知)$", text)
    ):
        return False
    parts = [part for part in re.split(r"\s{1,}|、", line.raw) if part]
    joined = re.sub(r"（代）$", "", "".join(parts))
    return (
        bool(re.search(r"(?:办公室|委员会|组委会|领导小组|指挥部|专班|秘书处)$", joined))
        or is_unit(joined[-30:])
        or any(is_unit(part) for part in parts)
        or text.endswith(("会", "社", "部", "委"))
    )


def _sort_main(lines: list[Line], layout: Layout) -> None:
    """Body, contacts and the list of attachments, in the lines above the signature."""
    in_list = in_contacts = False
    for line in join_paragraphs(lines):
        if ATTACHMENT.match(line.text) and not line.text.endswith("。"):
            in_list, in_contacts = True, False
            _note_attachment(line.text, layout)
        elif (
            in_list
            and re.match(r"^\d{1,2}[.．、]", line.text)
            and len(line.text) < 60
            and not re.search(r"。", line.text)
        ):
            _note_attachment(line.text, layout)
        elif _CONTACT.match(line.text) or re.match(
            rf"^{'[一二三四五六七八九十]、'}联系(?:人|方式)", line.text
        ):
            in_list, in_contacts = False, True
            layout.contacts.append(line)
            if line.level:
                layout.body.append(line)
        elif (
            in_contacts
            and not line.level
            and re.search(r"电话|手机|\d{4,}|传真|邮箱|邮编|QQ|微信", line.text)
            and len(line.text) < 80
        ) or (in_contacts and not line.level and len(line.text) < 25 and not re.search(r"[。，]", line.text)):
            layout.contacts.append(line)
        elif not _CC.search(line.text) and not (
            in_list and len(line.text) < 40 and not re.search(r"[，。]", line.text)
        ):
            in_list = in_contacts = False
            layout.body.append(line)


def _note_attachment(text: str, layout: Layout) -> None:
    """附件：1.甲 2.乙, 附件2：乙 and a further line 2.乙 each give titles their numbers."""
    text = re.sub(r"^附\s*件\s*[：:]?", "", text)
    found = re.findall(r"(\d{1,2})[.．、：:](?!\d)(.+?)(?=\s*\d{1,2}[.．、：:](?!\d)|$)", text) or (
        [("1", text)] if text else []
    )
    for number, title in found:
        title = re.sub(r"[.．](?:docx?|xlsx?|pdf|zip|rar|wps|et)$", "", title.strip("：: "))
        layout.attachments.setdefault(int(number), title)


def _sort_after(lines: list[Line], layout: Layout) -> None:
    """What follows the signature: attachments in prose (a plan that the notice issues) are body, forms are forms."""
    blocks: list[list[Line]] = [[]]
    for line in lines:
        if _CC.search(line.text):
            continue
        if ATTACHMENT.match(line.text) and len(line.text) < 40 and blocks[-1]:
            blocks.append([])
        blocks[-1].append(line)
    for block in blocks:
        if not block:
            continue
        if _is_form(block):
            layout.forms.append(block)
        else:
            _sort_main(
                [line for line in block if not re.match(r"^附件[\d一二三四五]*[：:]?$", line.text)], layout
            )


def _is_form(block: list[Line]) -> bool:
    sentences = sum(
        len(split_sentences(line.text))
        for line in block
        if re.search(r"。", line.text) and len(line.text) > 30
    )
    marks = sum(bool(_FORM.search(line.text)) for line in block)
    return marks > 0 and sentences < 4 + marks


def heading_of(line: Line) -> str:
    """What a numbered paragraph is about: its first sentence or label, when that is short."""
    text = re.sub(
        r"^(?:[一二三四五六七八九十]{1,3}[、.．]|（[^）]{1,3}）|\d{1,2}[、.．]|[①-⑳])", "", line.text
    )
    head = re.split(r"[。：；]", text, maxsplit=1)[0]
    return without_brackets(head) if len(head) <= 30 else ""
