"""Fault -> what was kept, what was said, how it ended. Whatever is broken while nothing runs, the next cycle either makes
it anew or stops with a sentence; it never publishes less, and after the repair everything is as if nothing had been.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines import cycle
from pipelines.archive.objects import sha256_of
from pipelines.archive.store import Archive
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.registry.journal import Registry
from pipelines.returns.write import list_returns
from pipelines.send.outbox import Outbox
from tests.acceptance.conftest import dump
from tests.conftest import NOTICE_ID
from tests.read.habits.case import material, materials
from tests.read.habits.write import text, xlsx

pytestmark = pytest.mark.slow
NOW = datetime(2020, 12, 1)
LATER = datetime(2020, 12, 2)
UNIT = "教育厅收件/济南市教育局"


def journal(home: Home) -> Path:
    return Archive(home.archive).journal(NOTICE_ID).path


def an_object(home: Home) -> Path:
    return Archive(home.archive).object_path(Archive(home.archive).journal(NOTICE_ID).receipts[0].sha256)


def ledger(home: Home) -> Path:
    return home.returns(NOTICE_ID) / "ledger.jsonl"


def outbox(home: Home) -> Path:
    return home.mail / "outbox.sqlite"


def registry(home: Home) -> Path:
    return home.registry / "registry.sqlite"


def _force(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def gone(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    _force(path, b"")


def half_made(path: Path) -> None:
    _force(path, path.read_bytes()[:4096])


def garbage(path: Path) -> None:
    _force(path, b"not at all what it was\n" * 400)


def one_byte_changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    place = content.index(b"sha256") if b"sha256" in content else len(content) // 2
    content[place + 12] ^= 1
    _force(path, bytes(content))


def end_cut_off(path: Path) -> None:
    _force(path, b"".join(path.read_bytes().splitlines(keepends=True)[:-3]))


def middle_taken_out(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    _force(path, b"".join(lines[:2] + lines[3:]))


def lines_swapped(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1], lines[2] = lines[2], lines[1]
    _force(path, b"".join(lines))


def newer_lines(path: Path) -> None:
    _force(path, path.read_bytes().replace(b'{"chain":2', b'{"chain":99'))


def newer_base(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA user_version = 99")
    base.close()


Break = Callable[[Path], None]
Where = Callable[[Home], Path]
STOPS: dict[str, tuple[Where, Break, str]] = {
    "journal gone": (journal, gone, "不见了"),
    "journal empty": (journal, empty, "少了"),
    "journal garbage": (journal, garbage, "不是 JSON"),
    "journal one byte": (journal, one_byte_changed, "有改动或缺失"),
    "journal end": (journal, end_cut_off, "少了"),
    "journal middle": (journal, middle_taken_out, "有改动或缺失"),
    "journal order": (journal, lines_swapped, "有改动或缺失"),
    "journal newer": (journal, newer_lines, "更新版本的程序"),
    "outbox gone": (outbox, gone, "不见了"),
    "outbox empty": (outbox, empty, "是空的"),
    "outbox garbage": (outbox, garbage, "损坏"),
    "outbox newer": (outbox, newer_base, "更新版本的程序"),
    "registry garbage": (registry, garbage, "损坏"),
    "registry gone": (registry, gone, "不见了"),
    "ledger of returns gone": (ledger, gone, "不见了"),
    "ledger of returns one byte": (ledger, one_byte_changed, "有改动或缺失"),
}
FILES: dict[str, Where] = {
    "warehouse": lambda home: home.warehouse,
    "private": lambda home: home.private,
    "published": lambda home: home.published,
}
OFTEN = {("warehouse", half_made), ("warehouse", gone), ("private", empty), ("published", garbage)}
"""What stands for the others where time is short; `make soak` breaks everything in every way."""
HEALS = {
    f"{name} {break_.__name__}": pytest.param(
        where, break_, marks=[] if (name, break_) in OFTEN else [pytest.mark.soak]
    )
    for name, where in FILES.items()
    for break_ in (gone, empty, half_made, garbage)
}


@dataclass(frozen=True)
class Finished:
    home: Home
    rows: dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def finished(notice: Notice, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A home after a run: one file that was taken, one partly, one that went back; an outbox and a registry."""
    home = Home(tmp_path_factory.mktemp("finished") / "home")
    files = {
        "a.xlsx": xlsx(materials()),
        "b.csv": text(materials(material(title="乙"), material(type="新闻"))),
        "c.xlsx": b"PK broken",
    }
    for name, content in files.items():
        place = home.inbox(NOTICE_ID) / UNIT / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    with Outbox(home.mail), Registry(home.registry):
        pass
    done = cycle.run(home, notice, now=NOW)
    assert done["states"] == {"accepted": 1, "partly accepted": 1, "rejected": 1}
    assert done["returned"] == 2
    cycle.run(home, notice, now=LATER)
    return Finished(home, dump(home.published))


@pytest.fixture
def broken(finished: Finished, tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    shutil.copytree(finished.home.path, home.path)
    return home


@pytest.mark.parametrize(("where", "break_", "said"), STOPS.values(), ids=STOPS)
def test_what_is_made_from_nothing_else_stops_the_cycle(
    where: Where, break_: Break, said: str, finished: Finished, broken: Home, notice: Notice
) -> None:
    place, whole = where(broken), where(broken).read_bytes()
    break_(place)
    returned = sorted(broken.returns(NOTICE_ID).rglob("*_*"))
    with pytest.raises(NoticesError, match=said) as raised:
        cycle.run(broken, notice, now=LATER)
    assert str(place) in str(raised.value)
    if "更新版本" not in said:
        assert "notices restore" in str(raised.value)
    is_untouched = broken.published.read_bytes() == finished.home.published.read_bytes()
    assert is_untouched or dump(broken.published) == finished.rows, "nothing smaller was published"
    assert sorted(broken.returns(NOTICE_ID).rglob("*_*")) == returned
    if said == "少了":
        _force(place, whole) if place.exists() else place.write_bytes(whole)
        cycle.run(broken, notice, now=LATER)
        assert dump(broken.published) == finished.rows, "brought back, it is as if nothing had been"


@pytest.mark.parametrize(("where", "break_"), HEALS.values(), ids=HEALS)
def test_what_is_derived_is_made_anew_by_the_next_cycle(
    where: Where, break_: Break, finished: Finished, broken: Home, notice: Notice, caplog
) -> None:
    break_(where(broken))
    done = cycle.run(broken, notice, now=LATER)
    assert dump(broken.published) == finished.rows
    assert done["returned"] == 0
    assert len(list_returns(broken, notice)) == 2
    assert "从档案全部重算" in caplog.text or "重新发布" in caplog.text


@pytest.mark.parametrize("break_", [gone, garbage])
def test_an_object_that_is_not_itself_fails_the_cycle_and_nobody_is_told(
    break_: Break, finished: Finished, broken: Home, notice: Notice
) -> None:
    place = an_object(broken)
    name, whole = sha256_of(place), place.read_bytes()
    break_(place)
    broken.warehouse.unlink()
    with pytest.raises(NoticesError, match=name):
        cycle.run(broken, notice, now=LATER)
    assert dump(broken.published) == finished.rows
    assert len(list_returns(broken, notice)) == 2
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(whole)
    cycle.run(broken, notice, now=LATER)
    assert dump(broken.published) == finished.rows


def test_a_file_that_a_killed_first_run_half_made(notice: Notice, home: Home) -> None:
    """Before anything was received there is nothing to make it from: it is taken away."""
    home.warehouse.parent.mkdir(parents=True)
    home.warehouse.write_bytes(b"\0" * 4096)
    home.inbox(NOTICE_ID).joinpath(UNIT).mkdir(parents=True)
    home.inbox(NOTICE_ID).joinpath(UNIT, "a.xlsx").write_bytes(xlsx(materials()))
    assert cycle.run(home, notice, now=NOW)["states"] == {"accepted": 1}


def test_a_return_that_somebody_deleted_jams_nothing(notice: Notice, broken: Home, caplog) -> None:
    """Not placed yet and gone: it is named once, and the next cycle goes on."""
    lines = ledger(broken)
    one = list_returns(broken, notice)[0]
    (broken.returns(NOTICE_ID) / one.file).unlink()
    lines.unlink()
    lines.with_name(f".{lines.name}.kept").unlink()
    shutil.rmtree(broken.inbox(NOTICE_ID) / UNIT / "退回")
    lines.write_text("".join(f"{line}\n" for line in _returns_only(broken, notice, one)), "utf-8")
    cycle.run(broken, notice, now=LATER)
    assert "被人删去" in caplog.text
    caplog.clear()
    assert cycle.run(broken, notice, now=LATER)["placed"] == 0
    assert "被人删去" not in caplog.text


def _returns_only(home: Home, notice: Notice, gone_one: Any) -> list[str]:
    """A ledger of format 1, without its chain and without places: older homes have those."""
    return [
        json.dumps({"record": "return", **asdict(gone_one)}, default=datetime.isoformat, ensure_ascii=False)
    ]


def test_a_journal_of_format_1_is_taken_over(finished: Finished, broken: Home, notice: Notice) -> None:
    place = journal(broken)
    old = [line for line in place.read_bytes().splitlines(keepends=True) if not line.startswith(b'{"chain"')]
    passing = place.with_name(f"{place.stem}.scans.json")
    for source, scan in json.loads(passing.read_bytes())[
        "scans"
    ].items():  # format 1 noted each scan in the journal
        old.append(json.dumps({"record": "scan", "source": source, **scan}).encode() + b"\n")
    passing.unlink()
    _force(place, b"".join(old))
    place.with_name(f".{place.name}.kept").unlink()
    cycle.run(broken, notice, now=LATER)
    assert dump(broken.published) == finished.rows
    (broken.inbox(NOTICE_ID) / UNIT / "d.csv").write_bytes(text(materials(material(title="丁"))))
    cycle.run(broken, notice, now=LATER)
    lines = place.read_bytes().splitlines(keepends=True)
    assert lines[: len(old)] == old
    assert lines[len(old)].startswith(b'{"chain":2')
    middle_taken_out(place)
    with pytest.raises(NoticesError, match="有改动或缺失"):
        cycle.run(broken, notice, now=LATER)
