"""Whose a file is and what, from all that speaks for it; and what makes a whole file unacceptable (contract sections 5 and 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.read.findings import FileRejected
from pipelines.read.layout.near_header import NearHeader
from pipelines.read.names import Roster
from pipelines.read.rows.sentences import letters
from pipelines.read.values import normalize

TABLE_WORDS = ("materials", "statistics", "list")
"""Kinds whose file word in a document's name says that it was meant for a table."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for a recipient, the strongest first: the template's id, 填报单位 on its sheets, names in its rows, its place.

    `all_rows` is the recipient that every row names, `some_rows` the only one that any row names."""

    line: str
    folder: str
    by_place: str | None
    by_template: str | None = None
    declared: Sequence[str] = ()
    all_rows: str | None = None
    some_rows: str | None = None


def judge_recipient(roster: Roster, evidence: Evidence) -> tuple[str | None, FileRejected | None]:
    """The recipient, and the finding about the whole file where nobody, or more than one, is named."""
    folder = roster.find(evidence.folder, evidence.line) if evidence.folder else None
    named = [*filter(None, [evidence.by_template]), *evidence.declared]
    if evidence.all_rows and not named:
        named.append(evidence.all_rows)
    conflict = next((code for code in named if folder and code != folder), None)
    if conflict:
        return folder, _conflict(roster, evidence, conflict)
    two = [one for one in dict.fromkeys(evidence.declared) if roster.is_of_line(one, evidence.line)]
    if len(two) > 1 and not folder:
        return evidence.by_place, _several(roster, two)
    own = next((code for code in named if roster.is_of_line(code, evidence.line)), None)
    by_rows = (
        evidence.some_rows
        if evidence.some_rows and roster.is_of_line(evidence.some_rows, evidence.line)
        else None
    )
    recipient = own or folder or by_rows or evidence.by_place
    if recipient is None:
        sentence = "认不出是哪个单位的。请放进本单位的文件夹，或在表上方写明“填报单位：全称”"
        return None, FileRejected("unknown_recipient", sentence)
    return recipient, None


def _several(roster: Roster, units: Sequence[str]) -> FileRejected:
    names = "、".join(f"“{roster.name_of(one)}”" for one in units)
    return FileRejected(
        "recipient_conflict",
        f"一个文件里有 {len(units)} 个填报单位：{names}，分不清哪些是谁的。请每个单位一个文件，分开报送",
    )


def _conflict(roster: Roster, evidence: Evidence, other: str) -> FileRejected:
    place, name = f"文件在“{evidence.folder}”的文件夹里，", roster.name_of(other)
    if other == evidence.by_template:
        return FileRejected(
            "recipient_conflict",
            f"{place}用的却是“{name}”的预填表样。请核对后放进正确的文件夹，或改用本单位的表样填写",
        )
    where = "填报单位写的却是" if other in evidence.declared else "表内各行写的单位却都是"
    return FileRejected(
        "recipient_conflict", f"{place}{where}“{name}”。请核对后放进正确的文件夹，或改正单位名称"
    )


def unknown_deliverable() -> FileRejected:
    return FileRejected("unknown_deliverable", "表头与各报送事项都对不上，不知道报的是什么。请使用规定的表样")


def no_valid_row(
    *, is_header_known: bool, has_example: bool = False, near: NearHeader | None = None
) -> FileRejected:
    """Told by its cause: only an example row, only a header, a header that lacks one column, or none at all."""
    if has_example:
        sentence = "除“示例”一行外，表里没有数据；示例行不计入。请从示例行的下一行填起；当日没有活动的，标题写“零报告”"
    elif is_header_known:
        sentence = "表里只有表头，没有填数据。请填好后重新报送；当日没有活动的，标题写“零报告”"
    elif near:
        sentence = _say_near(near)
    else:
        sentence = "没有认出表头，读不出数据。请按规定的表样填写，表头不要改动"
    return FileRejected("no_valid_row", sentence)


def _say_near(near: NearHeader) -> str:
    row = f"第{near.row}行像是表头，但没有必填的“{near.missing}”一列，整张表没有读取"
    if near.column is None:
        return f"{row}。请补上这一列，表头写“{near.missing}”"
    cell = f"{letters(near.column)}{near.row}"
    return f"{row}。{cell} 写的是“{near.text}”，请把 {cell} 改为“{near.missing}”"


class DeliverableNames:
    """Which deliverable a file's name speaks of: by the longest file word, those of deliverables that the unit owes first."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._kinds = {recipient.code: recipient.kind for recipient in notice.recipients}
        self._words = [
            (normalize(word), name) for name, item in notice.deliverables.items() for word in item.file_words
        ]

    def find(self, name: str, recipient: str | None) -> str | None:
        plain = normalize(name)
        held = [(word, deliverable) for word, deliverable in self._words if word in plain]
        kind = self._kinds.get(recipient or "", "")
        owed = [one for one in held if kind in self._notice.deliverables[one[1]].sent_by]
        return max(owed or held, key=lambda one: len(one[0]))[1] if held else None

    def is_for_table(self, name: str) -> bool:
        """Whether the name holds a file word of a materials, statistics or list deliverable."""
        plain = normalize(name)
        return any(
            word in plain and self._notice.deliverables[deliverable].kind in TABLE_WORDS
            for word, deliverable in self._words
        )

    def document_of(self, name: str, heading: str | None) -> str | None:
        """The document deliverable that a prose document's name, or its first heading, speaks of."""
        for text in filter(None, (name, heading)):
            plain = normalize(text)
            for word, deliverable in self._words:
                if word in plain and not KINDS[self._notice.deliverables[deliverable].kind].is_table:
                    return deliverable
        return None
