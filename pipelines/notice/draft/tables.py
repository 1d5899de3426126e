"""Tables of the attachments as columns: what a form asks for, header by header."""

import re

from pipelines.notice.draft.records import Table
from pipelines.notice.draft.text import Line

_RULE = re.compile(r"^[\s|:—\-+]+$")
_NO_COLUMN = re.compile(r"^(?:序号|编号|No\.?|备注|合计|\d*)$")


def find_tables(forms: list[list[Line]]) -> list[Table]:
    """One table for each form whose header can be seen: rows with bars, or a line of words set wide apart."""
    return [table for form in forms if (table := _read(form))]


def _read(form: list[Line]) -> Table | None:
    for index, line in enumerate(form):
        cells = _cells(line)
        if len(cells) >= 3 and not _RULE.match(line.raw):
            columns = tuple(cell for cell in cells if cell and not _NO_COLUMN.match(cell))
            if len(columns) >= 2:
                return Table(_title(form[:index]), columns, line.raw)
    return None


def _cells(line: Line) -> list[str]:
    if line.raw.count("|") >= 2:
        return [re.sub(r"\s", "", cell) for cell in line.raw.strip("| ").split("|")]
    cells = [cell for cell in re.split(r"\s{2,}", line.raw) if cell]
    is_header = len(cells) >= 3 and all(
        len(cell) <= 16 and not re.search(r"[：。，]|填表|审核|电话", cell) for cell in cells
    )
    return cells if is_header else []


def _title(lines: list[Line]) -> str:
    for line in reversed(lines):
        if re.search(r"(?:表|名单|清单|台账|回执|汇总)(?:（[^）]*）)?$", line.text) and not re.match(
            r"^附件", line.text
        ):
            return line.text
    return next(
        (line.text for line in lines if not re.match(r"^附件", line.text) and "：" not in line.text), ""
    )
