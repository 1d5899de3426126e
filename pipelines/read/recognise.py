"""Whose a table is, from all that speaks for a unit, and what makes a whole file unacceptable (contract sections 5 and 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.read.findings import FileRejected
from pipelines.read.headers import Header
from pipelines.read.names import Roster
from pipelines.read.rows import SheetRows
from pipelines.read.sheets import Sheet
from pipelines.read.tables import TableReader

Headed = Sequence[tuple[Sheet, Header]]


@dataclass(frozen=True)
class Evidence:
    """What speaks for a recipient: the folder it lay in, its place as a whole, the template's id, what its sheets say."""

    line: str
    folder: str
    by_place: str | None
    by_template: str | None
    declared: Sequence[str]


def judge(
    roster: Roster, evidence: Evidence, deliverable: str | None, *, has_rows: bool
) -> tuple[str | None, FileRejected | None]:
    """The recipient, and the finding about the whole file where there is one."""
    folder = roster.find(evidence.folder, evidence.line) if evidence.folder else None
    named = [*filter(None, [evidence.by_template]), *evidence.declared]
    conflict = next((code for code in named if folder and code != folder), None)
    own = next((code for code in named if roster.is_of_line(code, evidence.line)), None)
    recipient = folder if conflict else own or evidence.by_place
    if recipient is None:
        sentence = "认不出是哪个单位的。请放进本单位的文件夹，或在表上方写明“填报单位：全称”"
        return None, FileRejected("unknown_recipient", sentence)
    if conflict:
        return recipient, _conflict(evidence, is_template=conflict == evidence.by_template)
    if deliverable is None:
        sentence = "表头与各报送事项都对不上，不知道报的是什么。请使用规定的表样"
        return recipient, FileRejected("unknown_deliverable", sentence)
    if not has_rows:
        sentence = "没有可用的数据行。请按规定的表样填写，表头不要改动"
        return recipient, FileRejected("no_valid_row", sentence)
    return recipient, None


def _conflict(evidence: Evidence, *, is_template: bool) -> FileRejected:
    place = f"文件在“{evidence.folder}”的文件夹里，"
    if is_template:
        sentence = f"{place}用的却是另一个单位的预填表样。请核对后放进正确的文件夹，或改用本单位的表样填写"
    else:
        sentence = f"{place}表内写的却是另一个单位。请核对后放进正确的文件夹，或改正填报单位"
    return FileRejected("recipient_conflict", sentence)


def declared_units(
    roster: Roster,
    tables: TableReader,
    line: str,
    sheets: Sequence[Sheet],
    headed: Headed,
    read: Sequence[SheetRows],
) -> list[str]:
    """Recipients that the sheets themselves name, of any line; names that nobody has are passed over."""
    found: list[str] = []
    places: list[tuple[Sheet, Header | None]] = [*headed] or [(sheet, None) for sheet in sheets]
    for sheet, header in places:
        if code := roster.find_declared(tables.declared_unit(sheet, header), line):
            found.append(code)
    names = {name for part in read for name in part.unit_names}
    named = {roster.find_declared(name, line) for name in names}
    if not found and len(named) == 1 and (only := named.pop()):
        found.append(only)
    return found
