"""Report, step 2: the wording templates turn a Bulletin into text, and the text into blocks that docx and html set.

Templates are Jinja in a sandbox: those in the notice's bulletin/ folder come first, the defaults of templates/ fill in.
The text is marked line by line: `# ` title (| breaks its lines), `#- ` line under it, `@ ` addressees, `## ` and `### `
headings (numbered here), `[key]` a table, `+ key` an attachment with a table, `+ = title` one with the text that follows,
附件[key] its number.
"""

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipelines.ground.errors import BadNoticeError
from pipelines.notice.folder import NOTICES
from pipelines.report import phrases
from pipelines.report.bulletin import Bulletin
from pipelines.report.tables import Table, make_tables

TEMPLATES = Path(__file__).parent / "templates"
_DIGITS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Block:
    """One paragraph or table. kind: title, subtitle, addressees, heading1, heading2, text, table."""

    kind: str
    text: str
    table: Table | None = None


@dataclass(frozen=True)
class Attachment:
    number: int
    """0 where it is the only one: then 附件 carries no number."""
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Text:
    """The bulletin as a person reads it, top to bottom."""

    title: tuple[str, ...]
    subtitle: str
    body: tuple[Block, ...]
    attachments: tuple[Attachment, ...]

    def mark(self, title: str) -> str:
        """附件3： before the title of a table that is one, so that every format numbers it alike; else nothing."""
        found = next((one for one in self.attachments if one.title == title), None)
        return f"附件{found.number or ''}：" if found else ""

    @property
    def plain(self) -> str:
        """The body as plain text, for mails."""
        lines = ["".join(self.title), self.subtitle, *(block.text for block in self.body)]
        return "\n".join(line for line in lines if line) + "\n"


class _Compiled(BytecodeCache):
    """Templates compiled once in a process: a bulletin's are a quarter of a second. What a changed text was compiled to is not
    taken, for a bucket checks its source."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def environment(notice_id: str, folder: Path = NOTICES) -> ImmutableSandboxedEnvironment:
    """Jinja for a notice's wording: its own templates before the defaults, nothing undefined, no way out."""
    found = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder / notice_id / "bulletin"), FileSystemLoader(TEMPLATES)]),
        undefined=StrictUndefined,
        bytecode_cache=_COMPILED,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in (
        "share",
        "number",
        "amount",
        "day",
        "moment",
        "full_moment",
        "full_day",
        "names",
        "ranking",
        "standing",
        "indicator",
    ):
        found.filters[name] = getattr(phrases, name)
    found.globals |= {"share": phrases.share, "pieces": phrases.pieces, "together": phrases.TOGETHER}
    return found


def word_bulletin(bulletin: Bulletin, folder: Path = NOTICES) -> Text:
    """The bulletin in words. Raises BadNoticeError, with template and line, where a template is wrong."""
    return word_template(bulletin, f"{bulletin.cadence}.txt", make_tables(bulletin), folder)


def word_template(
    bulletin: Bulletin, name: str, tables: dict[str, Table], folder: Path = NOTICES, **values: Any
) -> Text:
    """A template in words; `tables` are those it may set, `values` what it knows beside the bulletin `b`."""
    try:
        found = environment(bulletin.notice_id, folder)
        # Beside a day of another year a day says its own.
        found.filters |= {
            "day": partial(phrases.day, beside=bulletin.as_of.date()),
            "moment": partial(phrases.moment, beside=bulletin.as_of.date()),
        }
        rendered = found.get_template(name).render(b=bulletin, **values)
    except (TemplateError, SecurityError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise BadNoticeError(bulletin.notice_id, [_describe(name, error)]) from error
    return parse_text(bulletin, rendered, tables, name)


def _describe(name: str, error: Exception) -> str:
    if isinstance(error, TemplateSyntaxError):
        return f"bulletin/{error.name or name} 第 {error.lineno} 行：{error.message}；请对照 docs/bulletins.md 改正"
    place, trace = name, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename.endswith(".txt"):
            place = f"{Path(trace.tb_frame.f_code.co_filename).name} 第 {trace.tb_lineno} 行"
        trace = trace.tb_next
    return f"bulletin/{place}：{error}；请对照 docs/bulletins.md 改正"


def parse_text(bulletin: Bulletin, rendered: str, tables: dict[str, Table], name: str) -> Text:
    """Marked text as blocks. Lines of one paragraph join without a space; a blank line ends it."""
    title: tuple[str, ...] = ()
    subtitle, body = "", list[Block]()
    parts: list[tuple[str, list[Block]]] = []
    level1 = level2 = 0
    for paragraph in _paragraphs(rendered):
        current = parts[-1][1] if parts else body
        mark, _, rest = paragraph.partition(" ")
        if mark == "#":
            title = tuple(line.strip() for line in rest.split("|"))
        elif mark == "#-":
            subtitle = rest
        elif mark == "@":
            current.append(Block("addressees", rest))
        elif mark == "##":
            level1, level2 = level1 + 1, 0
            current.append(Block("heading1", f"{_ordinal(level1)}、{rest}"))
        elif mark == "###":
            level2 += 1
            current.append(Block("heading2", f"（{_ordinal(level2)}）{rest}"))
        elif mark == "+" and rest.startswith("= "):
            parts.append((rest[2:], []))
        elif mark == "+":
            table = _table(bulletin, tables, rest, name)
            if table.rows:
                parts.append((table.title, [Block("table", table.title, table)]))
        elif key := re.fullmatch(r"\[(\S+)\]", paragraph):
            table = _table(bulletin, tables, key[1], name)
            current.append(Block("table", table.title, table))
        else:
            current.append(Block("text", paragraph))
    if not title:
        raise BadNoticeError(bulletin.notice_id, [f"bulletin/{name}：没有以“# ”开头的标题行；请补上"])
    numbers = {part: str(number) if len(parts) > 1 else "" for number, (part, _) in enumerate(parts, 1)}

    def refer(blocks: list[Block]) -> tuple[Block, ...]:
        return tuple(replace(block, text=_refer(block.text, tables, numbers)) for block in blocks)

    attachments = tuple(
        Attachment(number if len(parts) > 1 else 0, part, refer(blocks))
        for number, (part, blocks) in enumerate(parts, 1)
    )
    return Text(title, subtitle, refer(body), attachments)


def _refer(text: str, tables: dict[str, Table], numbers: dict[str, str]) -> str:
    """附件[blamed] and 附件[数据说明] become 附件7 and 附件8; one that is left out leaves 附件 alone."""

    def number(found: re.Match[str]) -> str:
        key = found[1]
        return "附件" + numbers.get(tables[key].title if key in tables else key, "")

    return re.sub(r"附件\[([^\]]+)\]", number, text)


def _paragraphs(rendered: str) -> list[str]:
    """Marked lines stand alone; other lines join until a blank or marked one."""
    found: list[str] = []
    joins = False
    for line in map(str.strip, rendered.splitlines()):
        if re.match(r"(#{1,3}|#-|@|\+) |\[\S+\]$", line):
            found.append(line)
            joins = False
        elif not line:
            joins = False
        elif joins:
            found[-1] += line
        else:
            found.append(line)
            joins = True
    return found


def _table(bulletin: Bulletin, tables: dict[str, Table], key: str, name: str) -> Table:
    if key not in tables:
        have = "、".join(tables)
        raise BadNoticeError(bulletin.notice_id, [f"bulletin/{name}：没有表 {key}；可用：{have}"])
    return tables[key]


def _ordinal(value: int) -> str:
    """1 to 99 in Chinese numerals."""
    if value <= 10:
        return _DIGITS[value - 1]
    tens, ones = divmod(value, 10)
    return (_DIGITS[tens - 1] if tens > 1 else "") + "十" + (_DIGITS[ones - 1] if ones else "")
