"""Correction 更正通报: published figures against what the marts say of the same moments now; old → new for each area.

Figures of a past moment change only where something received before it became known later (an exported questionnaire's
earlier answers, a corrected answer) or where notice, rules or program were changed.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pipelines.ask.figures import last_scan
from pipelines.bulletin.shelf import Record, Shelf, Statement, make_stem, write_record
from pipelines.bulletin.stated import WHOLE, Change, find_changes, measure_moment
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.notice.bulletins import cadence_of
from pipelines.notice.folder import NOTICES
from pipelines.report.bulletin import Bulletin
from pipelines.report.document import write_document
from pipelines.report.measure import measure_bulletin
from pipelines.report.phrases import full_day
from pipelines.report.tables import Column, Table
from pipelines.report.wording import Text, word_template
from pipelines.report.workbook import write_workbook
from pipelines.send.letter import Letter, Picture
from pipelines.send.letter import Table as LetterTable

TEMPLATE = "correction.txt"
_NOTE = "全部在前，各{area}按行政区划代码排列，同一{area}按报送、材料的次序。"
_NEWEST = ("participating", "on_time", "late", "missing", "materials")
"""What is repeated of the newest bulletin, where it is anything."""


@dataclass(frozen=True)
class Correction:
    """One published bulletin whose figures are no longer what was said."""

    record: Record
    old: Statement
    new: Statement
    changes: tuple[Change, ...]

    @property
    def label(self) -> str:
        return self.record.label

    @property
    def key(self) -> str:
        """Its table's."""
        return self.record.stem

    @property
    def whole(self) -> list[Change]:
        return [one for one in self.changes if one.area == self.record.names[WHOLE]]

    @property
    def areas(self) -> list[str]:
        return list(dict.fromkeys(one.area for one in self.changes if one.area != self.record.names[WHOLE]))

    @property
    def new_data(self) -> bool:
        return self.old.data_version != self.new.data_version

    @property
    def new_rules(self) -> bool:
        return self.old.rules_version != self.new.rules_version

    @property
    def old_version(self) -> str:
        return f"{self.old.data_version}（口径{self.old.rules_version}）"

    @property
    def new_version(self) -> str:
        return f"{self.new.data_version}（口径{self.new.rules_version}）"


@dataclass(frozen=True)
class Newest:
    """The newest published bulletin and what it says, corrections applied."""

    label: str
    facts: tuple[str, ...]


def find_corrections(published: Path, notice: Notice, shelf: Shelf) -> list[Correction]:
    """Every published bulletin with a change that the notice wants corrected, the oldest first, each with all its changes."""
    stated, found = shelf.statements(), []
    for record in shelf.published():
        if record.kind == "correction":
            continue
        old, now = stated[record.stem], measure_moment(published, notice, record.as_of)
        new = Statement(figures=now.figures, data_version=now.data_version, rules_version=now.rules_version)
        changes = tuple(find_changes(old.figures, new.figures, record.names))
        if any(one.is_worth(notice.bulletins.corrections) for one in changes):
            found.append(Correction(record, old, new, changes))
    return found


def draft_correction(home: Home, notice: Notice, notices: Path = NOTICES) -> str | None:
    """The stem of a drafted correction; None where no published figure changed enough, or this very one was withheld."""
    shelf = Shelf(home, notice.id)
    corrections = find_corrections(home.published, notice, shelf)
    digest = _digest(corrections)
    if not corrections or digest in {one.digest for one in shelf.withheld()}:
        return None
    as_of = last_scan(home.published, notice.id)
    bulletin = measure_bulletin(home.published, notice, cadence_of(notice, as_of), as_of, notices)
    tables = {one.key: _table(one, bulletin) for one in corrections}
    newest = _newest(shelf, corrections)
    text = word_template(bulletin, TEMPLATE, tables, notices, corrections=corrections, newest=newest)
    stem = _free_stem(shelf, make_stem(as_of, "correction"))
    record = _describe(stem, bulletin, text, corrections, tables, digest)
    with shelf.drafting(stem) as folder:
        docx, xlsx, html, txt = (folder / name for name in record.files)
        write_document(bulletin, text, docx)
        write_workbook(bulletin, text, xlsx, tables.values())
        html.write_text(_page(record, bulletin.addressees, tables), "utf-8")
        txt.write_text(text.plain, "utf-8")
        write_record(record, folder)
    return stem


def _free_stem(shelf: Shelf, base: str) -> str:
    """The moment's own, or with the next number: rules can change more than once between two scans."""
    stem, number = base, 1
    while shelf.find(stem) in ("published", "withheld"):
        number += 1
        stem = f"{base}-{number}"
    return stem


def _digest(corrections: list[Correction]) -> str:
    said = repr(
        [(one.key, [(c.area, c.figure.name, c.old, c.new) for c in one.changes]) for one in corrections]
    )
    return hashlib.sha256(said.encode()).hexdigest()


def _table(correction: Correction, bulletin: Bulletin) -> Table:
    columns = (
        Column(bulletin.area_word, "text", 2.2),
        Column("数据", "text", 3),
        Column("原通报", "text", 2.4),
        Column("更正为", "text", 2.4),
    )
    rows = tuple((one.area, one.figure.words, one.old_shown, one.new_shown) for one in correction.changes)
    note = _NOTE.format(area=bulletin.area_word)
    return Table(correction.key, f"{correction.label}更正", columns, rows, None, note)


def _newest(shelf: Shelf, corrections: list[Correction]) -> Newest:
    record = [one for one in shelf.published() if one.kind != "correction"][-1]
    stated = shelf.statements() | {one.record.stem: one.new for one in corrections}
    whole = stated[record.stem].figures[WHOLE]
    words = {"participating": "参与单位{}个", "on_time": "按时{}项", "late": "迟报{}项", "missing": "未报{}项",
             "materials": "有效材料{}件"}  # fmt: skip
    return Newest(record.label, tuple(words[name].format(whole[name]) for name in _NEWEST if name in whole))


def _describe(
    stem: str,
    bulletin: Bulletin,
    text: Text,
    corrections: list[Correction],
    tables: dict[str, Table],
    digest: str,
) -> Record:
    title = "".join(text.title)
    several = len(corrections) > 1
    rows = [
        (*((one.label,) if several else ()), *map(str, row))
        for one in corrections
        for row in tables[one.key].rows
    ]
    return Record(
        stem=stem,
        kind="correction",
        as_of=bulletin.as_of,
        title=title,
        subtitle=text.subtitle,
        label=title + text.subtitle,
        publisher=bulletin.publisher,
        signed=full_day(bulletin.as_of.date()),
        summary=tuple(block.text for block in text.body if block.kind in ("heading1", "text")),
        headers=(*(("通报",) if several else ()), bulletin.area_word, "数据", "原通报", "更正为"),
        rows=tuple(rows),
        names=corrections[0].record.names,
        states={one.record.stem: one.new for one in corrections},
        files=tuple(f"{bulletin.notice_id}-{stem}.{suffix}" for suffix in ("docx", "xlsx", "html", "txt")),
        digest=digest,
    )


def _page(record: Record, addressees: str, tables: dict[str, Table]) -> str:
    """The correction as one page that opens offline."""
    found = [
        LetterTable(
            tuple(column.header for column in table.columns),
            tuple(tuple(map(str, row)) for row in table.rows),
            table.title,
        )
        for table in tables.values()
    ]
    blocks: list[str | LetterTable | Picture] = [*record.summary, *found]
    return Letter(record.label, addressees, tuple(blocks), (record.publisher, record.signed)).html
