"""Reads a notice's folder into the model; every mistake is named with its file, line and what to do.

Reads notice.yaml, recipients.csv, regions.csv (and notices/words.yaml); writes nothing.
"""

import hashlib
import re
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.ground.errors import BadNoticeError
from pipelines.notice.cards import FILES, NOTICES, list_notices
from pipelines.notice.files import OPEN, YamlFile, label, read_rows, read_text
from pipelines.notice.membership import CHANGE_COLUMNS, UnitChange
from pipelines.notice.model import Notice, Recipient, Region
from pipelines.notice.problems import describe, explain, is_at
from pipelines.notice.references import Folder, check_definition, check_references

__all__ = ["FILES", "NOTICES", "list_notices", "load_notice"]
RECIPIENT_COLUMNS = ("code", "name", "kind", "line", "city_code", "aliases")
OPTIONAL_COLUMNS = ("email",)
"""May follow the roster's columns; nothing in one is the same as no such column."""
REGION_COLUMNS = ("level", "code", "name", "parent_code")
OPTIONAL_REGION_COLUMNS = ("aliases", "people", "colleges", "students")
MANGLED = re.compile(r"\d+(?:\.\d+)?[Ee]\+?\d+|\d{4,}\.0+")
"""A code that a spreadsheet took for a number: 9.901E+05, 990100.0."""
FROM_FILES = ("recipients", "regions", "units_changes", "fingerprint")
Row = TypeVar("Row", bound=BaseModel)


def load_notice(notice_id: str, folder: Path = NOTICES) -> Notice:
    """The notice of this id. Raises BadNoticeError with every problem that was found."""
    home = folder / notice_id
    if not (home / "notice.yaml").is_file():
        have = "、".join(list_notices(folder)) or "（一个也没有）"
        raise BadNoticeError(
            notice_id,
            [f"{notice_id}/notice.yaml 不存在；现有通知：{have}。请核对代号，或按 docs/new-notice.md 建立"],
        )
    definition, words = YamlFile(home / "notice.yaml"), YamlFile(folder / "words.yaml")
    problems = [*definition.problems, *words.problems]
    recipients = _read_table(
        home / "recipients.csv", RECIPIENT_COLUMNS, Recipient, problems, OPTIONAL_COLUMNS
    )
    regions = _read_table(home / "regions.csv", REGION_COLUMNS, Region, problems, OPTIONAL_REGION_COLUMNS)
    changes = _read_changes(home / "units_changes.csv", problems)
    problems_of_rows = len(problems) > len(definition.problems) + len(words.problems)
    problems += _check_text(home / "notice.txt", notice_id)
    if definition.problems or words.problems:
        raise BadNoticeError(notice_id, problems)
    if not isinstance(definition.data, dict):
        problems.append(f"{definition.label} 第 1 行：没有“键: 值”；请从 id: {notice_id} 写起")
        raise BadNoticeError(notice_id, problems)
    problems += [
        f"{definition.at(key)}：不写在这里，来自同名的文件；请删去"
        for key in FROM_FILES
        if key in definition.data
    ]
    unanswered = definition.unanswered()
    problems += [
        f"{definition.at(*place)}：还没有回答（{OPEN}）；请按 questions.md 问清后写上" for place in unanswered
    ]
    try:
        notice = Notice.model_validate(
            _compose(definition.data, words.data, recipients, regions, changes, home)
        )
    except ValidationError as error:
        problems += [
            describe(found, definition, words)
            for found in error.errors(include_url=False)
            if not {*found["loc"][:1]} & {*FROM_FILES} and not is_at(found, unanswered)
        ]
        raise BadNoticeError(notice_id, problems or [f"{notice_id}：名册或区划表是空的；请补上"]) from None
    folder_read = Folder(home, notice, definition, recipients, regions, changes)
    # Where rows could not be read, what refers to them would be named again, elsewhere.
    problems += check_definition(folder_read) if problems_of_rows else check_references(folder_read)
    if problems:
        raise BadNoticeError(notice_id, problems)
    return notice


def _check_text(path: Path, notice_id: str) -> list[str]:
    """The circulated text must be there, readable and not empty: figures are held against it later."""
    if not path.is_file():
        return [f"{notice_id}/notice.txt 不存在；请把通知原文存在这里，以便日后核对"]
    text, problem = read_text(path)
    if text is None:
        return [problem]
    return (
        []
        if text.strip()
        else [f"{notice_id}/notice.txt 第 1 行：是空的；请把通知原文存在这里，以便日后核对"]
    )


def _read_changes(path: Path, problems: list[str]) -> dict[int, UnitChange]:
    """Units that come and go, by line; most notices have no such file."""
    return _read_table(path, CHANGE_COLUMNS, UnitChange, problems) if path.is_file() else {}


def _compose(
    given: dict[str, Any],
    words: Any,
    recipients: dict[int, Recipient],
    regions: dict[int, Region],
    changes: dict[int, UnitChange],
    home: Path,
) -> dict[str, Any]:
    own = given.get("words") or {}
    return {
        **given,
        "words": {**(words or {}), **own} if isinstance(own, dict) else own,
        "recipients": tuple(recipients.values()),
        "regions": tuple(regions.values()),
        "units_changes": tuple(changes.values()),
        "fingerprint": _fingerprint([*(home / name for name in FILES), home.parent / "words.yaml"]),
    }


def _fingerprint(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.name}:{len(content)}\n".encode() + content)
    return digest.hexdigest()


def _read_table(
    path: Path,
    columns: tuple[str, ...],
    model: type[Row],
    problems: list[str],
    optional: tuple[str, ...] = (),
) -> dict[int, Row]:
    """The rows of a CSV file by their line; `aliases` is a list joined by |, the name where it is blank."""
    rows: dict[int, Row] = {}
    before = len(problems)
    for line, cells in read_rows(path, columns, problems, optional):
        given: dict[str, Any] = {name: cell for name, cell in cells.items() if cell or name not in optional}
        if mangled := next(
            (
                name
                for name in ("code", "city_code", "parent_code")
                if MANGLED.fullmatch(given.get(name, "").strip())
            ),
            None,
        ):
            problems.append(
                f"{label(path)} 第 {line} 行 {mangled}：{given[mangled]} 被表格软件改成了科学记数或小数；请把这一列设为文本，重新填上代码"
            )
            continue
        if "aliases" in given:
            given["aliases"] = tuple(one for one in given["aliases"].split("|") if one) or (given["name"],)
        try:
            rows[line] = model.model_validate(given)
        except ValidationError as error:
            problems += [
                f"{label(path)} 第 {line} 行 {found['loc'][0]}：{explain(found)}"
                for found in error.errors(include_url=False)
            ]
    if not rows and len(problems) == before:
        problems.append(f"{label(path)} 第 2 行：一行也没有；请从第 2 行起每行写一个")
    return rows
