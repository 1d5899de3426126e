"""A circulated text -> clean lines and paragraphs: one width for punctuation, no blanks inside Chinese, broken lines joined."""

import re
from dataclasses import dataclass

_WIDTH = {
    code: chr(code - 0xFEE0)
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_FULL = {"(": "（", ")": "）", ";": "；", "?": "？", "!": "！"}
_CJK = r"[\u3400-\u9fff，。；：、！？（）《》“”‘’〔〕【】—…·〇]"
_MARKS = re.compile(r"^\s*(?:[-*•·]\s+(?=[（(一二三四五六七八九十\d—])|#{1,6}\s*|>\s*)")
_WEB = re.compile(
    r"^(?:发布(?:时间|日期|机构|人)|浏览(?:次数|量)?|点击(?:数|量)?|作者|来源|信息来源|字号|字体|【?打印|索\s*引\s*号|信息分类|主题分类|当前位置|您(?:现在)?的?(?:当前)?位置|扫一扫|分享|相关附件|阅读)[：:\s]"
)
_PAGE = re.compile(r"^[\s—\-–·.第页共/\d]*$")
_NUMERAL = r"[一二三四五六七八九十]{1,3}"
HEADING = re.compile(
    rf"^(?:(?P<one>{_NUMERAL})[、.．]|（(?P<two>{_NUMERAL})）|(?P<three>\d{{1,2}})[、.．](?!\d)|（(?P<four>\d{{1,2}})）"
    r"|(?P<five>[①-⑳])|第[一二三四五六七八九十]+[章条部分]|——|一一(?=[\u4e00-\u9fff]))"
)
_LABEL = re.compile(
    r"^(?:附件?[：:\d一二三四五六七八九十（]|附：|联\s*系\s*(?:人|方式|电话|地址)|电\s*话|传\s*真|(?:电子)?邮\s*箱|地\s*址|主题[：:]|时间[：:]|抄送|主送|[（(](?:联系|此件|信息公开)|\|)"
)
_ENDED = re.compile(r"[。！？；：:…|](?:[”’）】]?)$|^（.*）$|[。][”』）]$")
DATE_LINE = re.compile(
    r"^(?:\d{4}|[一二][〇○零Oo0一二三四五六七八九]{3})年(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})日$"
)


@dataclass(frozen=True)
class Line:
    """One line: `raw` keeps its inner blanks, `text` has none; `level` tells a heading's depth, 0 is none."""

    raw: str
    text: str
    number: int
    after_blank: bool

    @property
    def level(self) -> int:
        found = HEADING.match(self.text)
        if not found:
            return 0
        return next(
            (n for n, name in enumerate(("one", "two", "three", "four", "five"), 1) if found[name]), 6
        )


def same_width(text: str) -> str:
    """Digits and letters of half width, Chinese punctuation of full width, straight quotes paired."""
    text = (
        text.replace("\u3000", "  ")
        .replace("\u00a0", " ")
        .replace("\ufeff", "")
        .replace("\t", "  ")
        .translate(_WIDTH)
    )
    text = re.sub(r"[\u200b-\u200f]", "", text)
    text = "".join(_FULL.get(letter, letter) for letter in text)
    text = text.replace("﹝", "〔").replace("﹞", "〕").replace("＠", "@").replace("﹕", "：")
    text = re.sub(r"(?<!\d)[,，]|[,，](?!\d)", "，", text)
    text = re.sub(r"(?<=\d)[:：](?=\d\d(?!\d))", ":", text)
    text = re.sub(r"(?<!\d):(?!//)|:(?!\d|//)", "：", text)
    return _pair_quotes(text)


def _pair_quotes(text: str) -> str:
    parts = text.split('"')
    return "".join(part + ("“" if n % 2 == 0 else "”") * (n < len(parts) - 1) for n, part in enumerate(parts))


def without_blanks(text: str) -> str:
    """No blank beside a Chinese letter or mark, or between digits and Chinese; English words keep theirs."""
    text = re.sub(r"\s+", " ", text.strip())
    text = re.sub(rf"(?<={_CJK}) | (?={_CJK})", "", text)
    return re.sub(r"(?<=\d) (?=\d)|(?<=[\d—－-]) (?=[—－-])", "", text)


def read_lines(text: str) -> list[Line]:
    """Lines that say something, without page numbers and list marks."""
    found: list[Line] = []
    after_blank = True
    for number, raw in enumerate(text.splitlines(), 1):
        raw = _MARKS.sub("", same_width(raw)).strip()
        if not raw or _WEB.match(raw) or (_PAGE.match(raw) and len(raw) < 12):
            after_blank = True
            continue
        found.append(Line(raw, without_blanks(raw), number, after_blank))
        after_blank = False
    return found


def join_paragraphs(lines: list[Line]) -> list[Line]:
    """Lines that a page or a column broke are one again. A heading, a label, a date or a table row begins anew."""
    joined: list[Line] = []
    for line in lines:
        if joined and _goes_on(joined[-1], line):
            last = joined[-1]
            raw = f"{last.raw} {line.raw}"
            joined[-1] = Line(
                raw,
                without_blanks(last.text + _bridge(last.text, line.text) + line.text),
                last.number,
                last.after_blank,
            )
        else:
            joined.append(line)
    return joined


def _bridge(before: str, after: str) -> str:
    return (
        " "
        if before[-1].isascii() and after[0].isascii() and before[-1].isalpha() and after[0].isalpha()
        else ""
    )


def _goes_on(last: Line, line: Line) -> bool:
    before, text = last.text, line.text
    if text.startswith("|") or before.startswith("|"):
        return False
    if line.level in (1, 2) or DATE_LINE.match(text):
        return False
    if _is_open(before):
        return True
    if line.level or _LABEL.match(text) or DATE_LINE.match(text) or DATE_LINE.match(before):
        return False
    if before[-1] in "，、" or text[0] in "，。、；）":
        return True
    # A line that fills the page's width and does not end is broken; a short one is a heading or a line of its own.
    return not _ENDED.search(before) and len(before) >= 20


def _is_open(text: str) -> bool:
    """Whether a bracket or title mark near the end was not closed."""
    return any(text[-60:].rfind(a) > text[-60:].rfind(b) for a, b in ("（）", "《》", "〔〕"))


def split_sentences(text: str) -> list[str]:
    """Sentences with their full stops; a stop inside a bracket or quotation ends none."""
    found, start, depth = [], 0, 0
    for position, letter in enumerate(text):
        if letter in "（“《":
            depth += 1
        elif letter in "）”》":
            depth = max(0, depth - 1)
        if letter in "。！？" and depth == 0:
            found.append(text[start : position + 1])
            start = position + 1
    if text[start:].strip():
        found.append(text[start:])
    return found


def without_brackets(text: str) -> str:
    """The text without what stands in round brackets, nested ones too."""
    before = None
    while before != text:
        before, text = text, re.sub(r"（[^（）]*）", "", text)
    return text


def is_in(sentence: str, text: str) -> bool:
    """Whether a sentence stands in a text: width, blanks and line breaks apart."""
    return _plain(sentence) in _plain(text)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", same_width(text))
