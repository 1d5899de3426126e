"""fsck: whether everything that is kept is whole, and says the same as everything else. Changes nothing.

Objects against their names, journals against the objects they name, the warehouse against the journals, the outbox, the
returns and the bulletins against their files. What is derived can be rebuilt; what is not must come from a backup.
"""

import hashlib
import json
import re
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipelines.archive.fill import fetch_kept
from pipelines.archive.kept import FOLDERS, Kept, Kind, is_whole_base, list_kept
from pipelines.archive.store import Archive, Journal
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import hold
from pipelines.returns.ledger import Ledger
from pipelines.returns.shared import find_return
from pipelines.send.pushes import Pushes
from pipelines.warehouse.files import CONFIG
from pipelines.warehouse.ledger import require_decisions

CHUNK = 1 << 20
FROM_BACKUP = "从备份恢复：notices restore --from 备份"
REBUILD = "运行 notices rebuild"
_BLOB = re.compile(rb"notices-blob:([0-9a-f]{64})")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, what, and what to do (Chinese)."""

    place: str
    what: str
    remedy: str


@dataclass
class Checked:
    """What was looked at, and what is wrong. `notes` are no faults: they are said, and pass by themselves."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    objects: int = 0
    bytes: int = 0
    receipts: int = 0
    mails: int = 0
    returns: int = 0
    bulletins: int = 0

    def found(self, place: str, what: str, remedy: str) -> None:
        self.findings.append(Finding(place, what, remedy))


def check_home(home: Home) -> Checked:
    """Everything. Journals, warehouse and outbox are looked at while nobody writes; objects, which never change, after."""
    checked = Checked()
    with hold(home):
        fetch_kept(home)
        wanted = dict(_check_journals(home, checked))
        for sha256, size in _check_mail(home, checked):
            wanted[f"mail/{sha256}"] = size
        wanted |= dict(_check_pushes(home, checked))
        _check_returns(home, checked)
        _check_bulletins(home, checked)
        _check_rights(home, checked)
    _check_objects(home, wanted, checked)
    return checked


def _check_objects(home: Home, wanted: dict[str, int | None], checked: Checked) -> None:
    """Each object against its name, and what is named against what is there: (folder/sha256) -> size."""
    missing = dict(wanted)
    strays = 0
    for kept in list_kept(home):
        if kept.kind is not Kind.object:
            continue
        name = f"{kept.path.partition('/')[0]}/{kept.sha256}"
        size = _check_object(home, kept, checked)
        expected = missing.pop(name, -1)
        if expected == -1:
            strays += 1
        elif size is not None and expected not in (None, size):
            checked.found(kept.path, f"大小是 {size}，收件记录写的是 {expected}", FROM_BACKUP)
    for name in missing:
        checked.found(name, "对象不在了", FROM_BACKUP)
    if strays:
        checked.notes.append(f"有 {strays} 个对象没有记录提到（被中断的收件留下的），不影响任何数")


def _check_object(home: Home, kept: Kept, checked: Checked) -> int | None:
    """Its size; None where it cannot be read or is not what its name says."""
    digest, size = hashlib.sha256(), 0
    try:
        with (home.path / kept.path).open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        checked.found(kept.path, f"读不出来：{error.strerror}", f"检查磁盘；{FROM_BACKUP}")
        return None
    checked.objects, checked.bytes = checked.objects + 1, checked.bytes + size
    if digest.hexdigest() != kept.sha256:
        checked.found(kept.path, f"内容与名字不符（内容的 sha256 是 {digest.hexdigest()}）", FROM_BACKUP)
        return None
    return size


def _check_journals(home: Home, checked: Checked) -> Iterator[tuple[str, int | None]]:
    """What the receipts name: archive/sha256 and its size. The warehouse is compared on the way."""
    known: dict[str, set[str]] = {}
    folder = home.archive / "receipts"
    lost = (path.with_name(path.name[1:].removesuffix(".kept")) for path in folder.glob(".*.jsonl.kept"))
    for path in sorted({*folder.glob("*.jsonl"), *lost}):
        journal = _open_journal(home, path, checked)
        if journal is None:
            continue
        checked.receipts += len(journal.receipts)
        known[path.stem] = {one.id for one in journal.receipts}
        if len(known[path.stem]) < len(journal.receipts):
            checked.found(f"archive/receipts/{path.name}", "同一收件记了两次", FROM_BACKUP)
        for one in journal.receipts:
            yield f"archive/{one.sha256}", one.size
    for path in (home.warehouse, home.published):
        _check_warehouse(home, path, known, checked)
    _check_decisions(home, known, checked)


def _check_decisions(home: Home, notices: Iterable[str], checked: Checked) -> None:
    """Every journal of decisions, and that none is missing which figures rest on."""
    named = {path.name.removesuffix(".jsonl") for path in (home.archive / "decisions").glob("*.jsonl")}
    for notice_id in sorted({*named, *notices}):
        try:
            require_decisions(home, notice_id)
        except NoticesError as error:
            checked.found(f"archive/decisions/{notice_id}.jsonl", str(error).rstrip("。"), FROM_BACKUP)


def _open_journal(home: Home, path: Path, checked: Checked) -> Journal | None:
    place = str(path.relative_to(home.path))
    try:
        return Archive(home.archive).journal(path.stem)
    except NoticesError as error:
        checked.found(place, str(error).rstrip("。"), FROM_BACKUP)
    except (ValueError, KeyError, TypeError, OSError) as error:
        checked.found(place, f"读不懂（{type(error).__name__}: {error}）", FROM_BACKUP)
    return None


def _check_warehouse(home: Home, path: Path, known: dict[str, set[str]], checked: Checked) -> None:
    place = str(path.relative_to(home.path))
    if not path.exists():
        if known:
            checked.notes.append(f"{place} 还没有，下一轮会建")
        return
    try:
        loaded = _loaded(path)
    except duckdb.Error as error:
        checked.found(place, f"打不开：{str(error).splitlines()[0]}", REBUILD)
        return
    for notice_id, receipts in loaded.items():
        if lost := receipts - known.get(notice_id, set()):
            checked.found(
                f"archive/receipts/{notice_id}.jsonl",
                f"{place} 里有 {len(lost)} 件收件，收件日志里没有：日志缺了一段",
                FROM_BACKUP,
            )
    for notice_id, receipts in known.items():
        if waiting := receipts - loaded.get(notice_id, set()):
            checked.notes.append(f"{notice_id} 有 {len(waiting)} 件已收而还不在 {place} 里，下一轮会补上")


def _loaded(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    with duckdb.connect(path, read_only=True, config=CONFIG) as connection:
        rows = connection.execute("SELECT notice_id, receipt_id FROM raw.receipts").fetchall()
    for notice_id, receipt_id in rows:
        found.setdefault(notice_id, set()).add(receipt_id)
    return found


def _check_mail(home: Home, checked: Checked) -> Iterator[tuple[str, int | None]]:
    """The attachments that mails name."""
    for kept in list_kept(home):
        if kept.kind is Kind.base and not is_whole_base(home.path / kept.path):
            checked.found(kept.path, "数据库损坏", FROM_BACKUP)
    path = home.mail / "outbox.sqlite"
    if not path.exists() or not is_whole_base(path):
        return
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)
    try:
        for (skeleton,) in base.execute("SELECT skeleton FROM mails"):
            checked.mails += 1
            for sha256 in _BLOB.findall(bytes(skeleton)):
                yield sha256.decode("ascii"), None
    except sqlite3.Error as error:
        checked.found("mail/outbox.sqlite", f"读不懂：{error}", FROM_BACKUP)
    finally:
        base.close()


def _check_pushes(home: Home, checked: Checked) -> Iterator[tuple[str, int | None]]:
    """The contents that pushes name, and their sizes."""
    path = home.pushes / Pushes.file
    if not path.exists() or not is_whole_base(path):
        return
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)
    try:
        for sha256, size in base.execute("SELECT sha256, size FROM pushes"):
            yield f"pushes/{sha256}", size
    except sqlite3.Error as error:
        checked.found("pushes/pushes.sqlite", f"读不懂：{error}", FROM_BACKUP)
    finally:
        base.close()


def _check_returns(home: Home, checked: Checked) -> None:
    for path in sorted((home.path / "returns").glob("*/ledger.jsonl")):
        place = str(path.relative_to(home.path))
        try:
            ledger = Ledger(path.parent)
        except (NoticesError, ValueError, KeyError, TypeError) as error:
            checked.found(place, f"读不懂（{error}）", FROM_BACKUP)
            continue
        checked.returns += len(ledger.returns)
        for one in ledger.returns.values():
            if not find_return(path.parent, one.file).is_file():
                checked.found(f"{path.parent.relative_to(home.path)}/{one.file}", "退回件不在了", FROM_BACKUP)


def _check_bulletins(home: Home, checked: Checked) -> None:
    from pipelines.bulletin.shelf import RECORD  # it imports what bulletins are made with

    for path in sorted((home.path / "bulletins").glob(f"*/*/{RECORD}")):
        place = str(path.parent.relative_to(home.path))
        checked.bulletins += 1
        try:
            record: dict[str, Any] = json.loads(path.read_text("utf-8"))
            missing = [name for name in record["files"] if not (path.parent / name).is_file()]
        except (ValueError, KeyError, OSError) as error:
            checked.found(f"{place}/{RECORD}", f"读不懂（{error}）", FROM_BACKUP)
            continue
        for name in missing:
            checked.found(f"{place}/{name}", "已发布的通报缺了这个文件", FROM_BACKUP)


def _check_rights(home: Home, checked: Checked) -> None:
    """Nothing that is kept may be open to everybody else."""
    places: Iterable[Path] = (home.path / name for name in (*FOLDERS, "warehouse"))
    for place in (home.path, *(path for path in places if path.exists())):
        if stat.S_IMODE(place.stat().st_mode) & 0o007:
            checked.found(str(place), "对本机其他用户开放", f"chmod -R o= {place}")
