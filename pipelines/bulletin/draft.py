"""Draft: the documents of one bulletin, and the record of what they state."""

from datetime import datetime
from pathlib import Path

from pipelines.bulletin.shelf import Record, Shelf, Statement, make_stem, write_record
from pipelines.bulletin.stated import figures_of, names_of
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.notice.bulletins import cadence_of
from pipelines.notice.folder import NOTICES
from pipelines.report.bulletin import Unit
from pipelines.report.phrases import full_day, full_moment
from pipelines.report.wording import Text
from pipelines.report.write import Written, write_bulletin

SECTIONS = 2
"""Of the text, the first so many go into the mail: how things stand, and what stands out."""


def draft_bulletin(
    home: Home, notice: Notice, as_of: datetime, again: bool = False, notices: Path = NOTICES
) -> str:
    """The stem of the bulletin as of this moment; drafted unless it was published or withheld. `again` reopens what was withheld."""
    cadence = cadence_of(notice, as_of)
    shelf, stem = Shelf(home, notice.id), make_stem(as_of, cadence)
    if again:
        shelf.reopen(stem)
    if shelf.find(stem) in ("published", "withheld"):
        return stem
    with shelf.drafting(stem) as folder:
        written = write_bulletin(home.published, notice, cadence, as_of, folder, notices)
        write_record(_describe(written, stem), folder)
    return stem


def _describe(written: Written, stem: str) -> Record:
    bulletin, text = written.bulletin, written.text
    state = Statement(
        figures=figures_of(bulletin),
        data_version=bulletin.data_version,
        rules_version=bulletin.rules_version,
    )
    number = f"第{bulletin.issue}期" if bulletin.issue else "".join(text.title)
    return Record(
        stem=stem,
        kind=bulletin.cadence,
        as_of=bulletin.as_of,
        title="".join(text.title),
        subtitle=text.subtitle,
        label=f"{number}（截至{full_moment(bulletin.as_of)}）",
        publisher=bulletin.publisher,
        signed=full_day(bulletin.as_of.date()),
        summary=summarise(text),
        names=names_of(bulletin),
        units={unit.code: say_unit(unit, bulletin.has_materials) for unit in bulletin.units},
        states={stem: state},
        files=tuple(path.name for path in written.paths),
    )


def say_unit(unit: Unit, has_materials: bool) -> str:
    """应报16项：按时报送4项、迟报1项、未报2项、未到期9项；有效材料3件。"""
    ends = (("按时报送", unit.on_time), ("迟报", unit.late), ("未报", unit.missing), ("未到期", unit.pending))
    counts = "、".join(f"{word}{count}项" for word, count in ends if count)
    materials = f"；有效材料{unit.materials}件" if has_materials else ""
    return f"应报{unit.expected}项：{counts}{materials}。"


def summarise(text: Text, sections: int = SECTIONS) -> tuple[str, ...]:
    """The paragraphs of the first sections, without headings and tables."""
    found, seen = [], 0
    for block in text.body:
        seen += block.kind == "heading1"
        if seen > sections:
            break
        if block.kind == "text":
            found.append(block.text)
    return tuple(found)
