"""Addresses of units from a spreadsheet that an office keeps: imported into the registry, never into the notice's folder."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from pipelines.ground.errors import NoticesError
from pipelines.notice.model import Notice
from pipelines.send.mailbox import parse_mailbox

UNIT_HEADERS = ("单位名称", "单位", "名称", "单位代码", "代码")
MAIL_HEADERS = ("邮箱", "电子邮箱", "邮箱地址", "电子邮件", "email", "e-mail")
LOOKED_AT = 10
"""Rows at the top in which the headers may stand."""
Cells = tuple[object, ...]


@dataclass
class Contacts:
    """What a spreadsheet says. `problems` are sentences, each with its row; nothing of it is an address."""

    addresses: dict[str, str] = field(default_factory=dict)
    """By unit code."""
    problems: list[str] = field(default_factory=list)


def read_contacts(notice: Notice, path: Path) -> Contacts:
    """The addresses of a workbook's or csv file's first table. Raises NoticesError where it has no such columns."""
    rows = [tuple(row) for row in _read(path)]
    for number, row in enumerate(rows[:LOOKED_AT], 1):
        names = [str(cell or "").strip().lower() for cell in row]
        unit, mail = _find(names, UNIT_HEADERS), _find(names, MAIL_HEADERS)
        if unit is not None and mail is not None:
            return _collect(notice, rows[number:], number + 1, unit, mail)
    raise NoticesError(
        f"{path.name}：前 {LOOKED_AT} 行里没有找到表头；要有一列“单位名称”（或“单位代码”）和一列“邮箱”"
    )


def _collect(notice: Notice, rows: Iterable[Cells], start: int, unit: int, mail: int) -> Contacts:
    known: dict[str, set[str]] = {}
    for one in notice.recipients:
        for name in {one.code, one.name, *one.aliases}:
            known.setdefault(_plain(name), set()).add(one.code)
    found = Contacts()
    for number, row in enumerate(rows, start):
        name, address = (str(row[at] or "").strip() if at < len(row) else "" for at in (unit, mail))
        if not name and not address:
            continue
        codes = known.get(_plain(name), set())
        mailbox = parse_mailbox(address)
        if len(codes) != 1:
            why = "几个单位都叫这个名字，请改写单位代码" if codes else "名册里没有这个单位"
            found.problems.append(f"第 {number} 行“{name}”：{why}")
        elif not address:
            continue
        elif mailbox is None:
            found.problems.append(f"第 {number} 行“{name}”：邮箱写得不对")
        else:
            found.addresses[next(iter(codes))] = mailbox.address
    return found


def _read(path: Path) -> Iterable[Iterable[object]]:
    if path.suffix.lower() == ".csv":
        return _read_csv(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, ValueError, KeyError, openpyxl.utils.exceptions.InvalidFileException) as error:
        raise NoticesError(f"{path} 打不开（{error}）；请另存为 xlsx 或 csv") from error
    return [*book.worksheets[0].iter_rows(values_only=True)]


def _read_csv(path: Path) -> Iterable[list[str]]:
    import csv

    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    return [*csv.reader(text.splitlines())]


def _find(names: list[str], wanted: Iterable[str]) -> int | None:
    return next((names.index(one) for one in wanted if one in names), None)


def _plain(name: str) -> str:
    return "".join(name.split())
