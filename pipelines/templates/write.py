"""Writes templates and form definitions for units into a folder. Reads the notice, writes DIR/<unit>/<deliverable>.xlsx."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipelines.ground.errors import NoticesError
from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice, Recipient
from pipelines.templates.forms import form_lines, make_form
from pipelines.templates.workbook import make_template

FORMS = "表单定义"
"""The folder of form definitions, one for all units."""
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def write_templates(notice: Notice, folder: Path, recipient_code: str | None = None) -> list[Path]:
    """All templates, or those of one unit, and the forms. Raises NoticesError where the unit owes no table."""
    recipients = [one for one in notice.recipients if recipient_code in (None, one.code)]
    wanted = [(one, name) for one in recipients for name in owed_tables(notice, one)]
    if not wanted:
        raise NoticesError(
            f"没有可写的表样：{recipient_code or notice.id} 不在名册里，或没有要报的表。请核对单位代码（recipients.csv）"
        )
    written = [
        _write(
            folder / safe_name(one.name) / f"{template_name(notice, one, name)}.xlsx",
            make_template(notice, name, one),
        )
        for one, name in wanted
    ]
    return written + write_forms(notice, folder, dict.fromkeys(name for _, name in wanted))


def write_forms(notice: Notice, folder: Path, tables: Iterable[str]) -> list[Path]:
    """A form for each of `tables` and each document, and where units of several lines owe it, one for each line."""
    documents = (name for name, item in notice.deliverables.items() if not item.columns)
    written = []
    for name in (*tables, *documents):
        title, lines = notice.deliverables[name].name, form_lines(notice, name)
        for line in lines:
            shown = f"{title}（{notice.lines[line]}）" if len(lines) > 1 else title
            path = folder / FORMS / f"{safe_name(shown)}.xlsx"
            written.append(_write(path, make_form(notice, name, line if len(lines) > 1 else None)))
    return written


def owed_tables(notice: Notice, recipient: Recipient) -> Iterator[str]:
    """The deliverables that a unit owes as a table."""
    for name, item in notice.deliverables.items():
        if recipient.kind in item.sent_by and KINDS[item.kind].is_table:
            yield name


def template_name(notice: Notice, recipient: Recipient, deliverable: str) -> str:
    """The file's name without its suffix: unit and deliverable, so that it is recognised by its name too."""
    item = notice.deliverables[deliverable]
    return safe_name(f"{recipient.name}{item.file_words[0]}-{item.name}")


def safe_name(name: str) -> str:
    """A name that every file system takes."""
    return _UNSAFE.sub("_", name).strip(" .") or "_"


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
