"""Number, issuers, day of signing, addressees: what stands above and below a circulated text."""

import re

from pipelines.notice.draft.dates import find_days
from pipelines.notice.draft.layout import Layout
from pipelines.notice.draft.numbers import NUMERAL, to_number
from pipelines.notice.draft.records import Found
from pipelines.notice.draft.text import Line
from pipelines.notice.draft.units import is_unit, split_units

_NUMBER = re.compile(
    rf"(?P<word>[\u4e00-\u9fffA-Za-z（）]{{1,24}}?)\s*[〔\[［【（]\s*(?P<year>(?:19|20)\d{{2}}|[一二]{NUMERAL}{{3}})\s*[〕\]］】）]\s*第?\s*(?P<number>\d{{1,5}}|{NUMERAL}{{1,6}})\s*号"
)
_ORG_END = re.compile(
    r"(?:厅|局|委员会|部|办公室|中心|总工会|政府|法院|检察院|协会|联合会|指挥部|办|会|社|院|公司|大学|学院|学校|处|支队|总队|馆|站|所|团|委|组)$"
)
_BEGIN = re.compile(
    r"^(?:省|市|县|区|团[省市县区]委)(?=[\u4e00-\u9fff]{2}|$)|^(?:中共|中国共产党|共青团|中国|国家|国务院|全国|最高)|^[\u4e00-\u9fff]{2,8}?(?:省|市|县|区|自治区|自治州|州|盟|旗)(?!级|直|委员会$)"
)


def find_number(layout: Layout) -> Found[str] | None:
    """The document's own number: it stands in the head, or beside the title; one cited in the body is another's."""
    lines = [*layout.head, Line(layout.title, layout.title_line, 0, False)]
    for line in lines:
        whole = _NUMBER.fullmatch(line.text.strip("（）"))
        text = re.sub(r"《[^》]*》|（(?![^）]*[〔\[]?\d{4}).*?）", "", line.text)
        if line.text == layout.title_line and "（" not in text[-16:]:
            continue
        if found := whole or _NUMBER.search(text):
            word = re.sub(r"^(?:发文字号|文\s*号|发文文号|编号)[：:]?", "", found["word"]).strip("（）")
            bracket = "[]" if "[" in found[0] else "〔〕"
            return Found(
                f"{word}{bracket[0]}{to_number(found['year'])}{bracket[1]}{to_number(found['number'])}号",
                line.text,
            )
    return None


def find_issued(layout: Layout) -> Found[str] | None:
    """The day of signing; without a signature, the day of printing or that below the title."""
    lines = (
        [layout.signed]
        if layout.signed
        else [line for line in layout.head if re.match(r"^（?\d{4}年\d{1,2}月\d{1,2}日）?$", line.text)]
    )
    for line in lines:
        if line and (days := find_days(line.text.replace("○", "〇"), None)):
            return Found(days[-1].last.isoformat(), line.text)
    return None


def find_recipients(layout: Layout) -> list[Found[str]]:
    return [
        Found(unit, layout.recipients_line)
        for unit in split_units(re.sub(r"^主送(?:单位|机关)?[：:]?", "", layout.recipients))
    ]


def find_issuers(layout: Layout) -> list[Found[str]]:
    """The units that signed; without a signature those of the title, then of the letterhead."""
    if signed := [Found(name, line.text) for line in layout.signature for name in _names(line)]:
        return _once(signed)
    if named := _of_title(layout):
        return named
    heads = [Found(name, line.text) for line in layout.head for name in _letterhead(line)]
    return _once(heads)


def _of_title(layout: Layout) -> list[Found[str]]:
    before = re.split(r"关于|转发|印发|等\d*[一二三四五六七八九十]*部门", layout.title, maxsplit=1)[0]
    return [Found(part, layout.title_line) for part in _divide(before) if is_unit(part)]


def _letterhead(line: Line) -> list[str]:
    text = re.sub(r"文件$", "", line.text)
    return [text] if _BEGIN.match(text) and is_unit(text) and not _NUMBER.search(line.text) else []


def _once(found: list[Found[str]]) -> list[Found[str]]:
    return list({one.value: one for one in found}.values())


def _divide(text: str) -> list[str]:
    """Names written without a gap: divided before each further 省 or 市 of the same name."""
    start = re.match(r"^(?:中共)?([\u4e00-\u9fff]{2,6}?(?:省|市|县|区))", text)
    if not start:
        return [text] if text else []
    area = start[1]
    parts = re.split(rf"(?<=[厅局会部办室院处社委队])(?=(?:中共|共青团)?{area})", text)
    return [part for part in parts if part]


def _names(line: Line) -> list[str]:
    """The names in a line of the signature, also where two columns were scanned across."""
    tokens = [re.sub(r"\s", "", token) for token in re.split(r"\s+|、", line.raw) if token.strip()]
    tokens = _join_letters(tokens)
    starts = [index for index, token in enumerate(tokens) if _BEGIN.match(token) or index == 0]
    if len(starts) == 1:
        return _one_start(tokens)
    groups = [tokens[start:end] for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True)]
    if all(len(group) == 1 for group in groups[:-1]) and len(groups[-1]) > 1:
        return _across(groups)
    return [part for group in groups for part in _one_start(group)]


def _join_letters(tokens: list[str]) -> list[str]:
    """南 陵 省 文 明 办 is one name."""
    if len(tokens) > 3 and all(len(token) == 1 for token in tokens):
        return ["".join(tokens)]
    return tokens


def _one_start(tokens: list[str]) -> list[str]:
    """One name in pieces, or a whole one with others behind it that have no area of their own."""
    names = [tokens[0]]
    for token in tokens[1:]:
        is_whole = _ORG_END.search(names[-1]) and not re.search(r"^中共.*委$", names[-1])
        if (
            is_whole
            and len(token) >= 4
            and _ORG_END.search(token)
            and not token.startswith(("办公室", "委员会", "管理"))
        ):
            names.append(token)
        else:
            names[-1] += token
    return [part for name in names for part in _divide(name)]


def _across(groups: list[list[str]]) -> list[str]:
    """Two columns whose second lines were scanned behind both first lines: each name gets its own rest."""
    names = [group[0] for group in groups]
    rests = groups[-1][1:]
    unfinished = [n for n, name in enumerate(names) if not _ORG_END.search(name) or name.endswith("政府")]
    if len(unfinished) == 2 and len(rests) == 1:
        divided = re.match(r"^(.+?(?:厅|局|委员会|部))(.+)$", rests[0])
        rests = [divided[1], divided[2]] if divided else rests
    if len(unfinished) == len(rests):
        for n, rest in zip(unfinished, rests, strict=True):
            names[n] += rest
    elif len(unfinished) == 1:
        names[unfinished[0]] += "".join(rests)
    else:
        names[-1] += "".join(rests)
    return names
