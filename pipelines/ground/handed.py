"""What one loader hands to the next through the store: warehouse, private file, masks, feed, snapshot, bulletins.

DuckDB needs files of its own machine. So whoever lets go of the writer's lock puts what changed of them into the store, each under
its hash, then a list of them, and names that list in the lease; whoever takes the lock makes his home the same first. A loader
that died before it handed over leaves the state before, and its receipts and decisions stand in the journals: they are loaded
once more. Outboxes, alarms and visits are not among them: each change of theirs is in the store by itself (shared_base.py).
"""

import json
import logging
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipelines.ground.chain import JsonLines
from pipelines.ground.errors import KeptFault, StoreFault
from pipelines.ground.home import Home
from pipelines.ground.lease import Lease, read_held
from pipelines.ground.private import share_published
from pipelines.ground.shelf import name_of
from pipelines.ground.store import SETTING, Store, fetch_checked, hash_of, open_store
from pipelines.ground.whole import replace_file

FOLDERS = ("warehouse", "feed", "published", "bulletins")
SAID = "bulletins/"
"""What was said stays, whoever said it."""
_PASSING = (".lock", ".tmp", "-shm")
_REBUILDING = "warehouse/rebuilding/"
_refreshed: dict[Path, tuple[str, list[int]]] = {}
"""Snapshots that this process looked after: the state that they were of, and what of the file tells a change."""
_seen: dict[Path, str] = {}
"""Homes of which this process saw that what tells persons, and what was said, is that of a state."""
_KNOWN = ".handed.json"
"""In the home: which list it was made from, and of each file its state then."""
log = logging.getLogger(__name__)


def take_over(home: Home, store: Store, lease: Lease) -> None:
    """Makes the home's files those of the newest state. Where it is that already, what a killed run added to it stays. Raises
    KeptFault where store and home are not of one another: then nothing of either was touched."""
    known = _read_known(home)
    if not lease.held.state or known["state"] == lease.held.state:
        return
    _require_kin(home, store)
    log.warning("store: 另一台机器写过，先取来它的数据仓库")
    listed = _read_list(store, lease.held.state)
    for path in _files(home):
        if path not in listed and not path.startswith(SAID):
            (home.path / path).unlink()
    for path, name in listed.items():
        if known["files"].get(path) != [*_stamp(home.path / path), name]:
            _fetch(store, home, path, name)
    _note_known(home, lease.held.state, listed)


def hand_over(home: Home, store: Store, lease: Lease) -> None:
    """The store has the home's files as they are now. Raises StoreFault where another machine took the lease meanwhile."""
    known = _read_known(home)
    listed = {}
    for path in _files(home):
        stamp, before = _stamp(home.path / path), known["files"].get(path, [0, 0, ""])
        listed[path] = before[2] if before[:2] == stamp else hash_of(home.path / path)
    content = json.dumps(listed, sort_keys=True, ensure_ascii=False).encode()
    state = sha256(content).hexdigest()
    if state != lease.held.state:
        before = _read_list(store, lease.held.state) if lease.held.state else {}
        for path, name in listed.items():
            if before.get(path) != name:
                store.add_file(_at(name), home.path / path)
        if not store.add(_at(state), content):
            raise store.fault(f"{_at(state)} 的内容与名字不符")
        old = lease.held.state
        lease.hand_over(state)
        for name in {old, *before.values()} - {"", state, *listed.values()}:
            store.remove(_at(name))
    _note_known(home, state, listed)


def remove_left(store: Store, lease: Lease, before: float) -> int:
    """What loaders that died put there and no list names, where it was written before a moment: that many files. Only for whoever
    holds the lease: what another one is about to name is as young as his turn."""
    listed = _read_list(store, lease.held.state) if lease.held.state else {}
    named = {_at(name) for name in (lease.held.state, *listed.values())}
    left = [
        f"handed/{name}"
        for name, written in store.ages("handed").items()
        if written < before and f"handed/{name}" not in named
    ]
    for name in left:
        store.remove(name)
    return len(left)


def refresh_published(path: Path) -> None:
    """The snapshot of a home is the newest that any machine published; without a store, or while it is away, it stays as it is."""
    store, home = open_store(), Home(path.parents[1])
    if store is None or path != home.published:
        return
    try:
        held, _ = read_held(store)
        if held.state in ("", _read_known(home)["state"]) or _refreshed.get(path) == (
            held.state,
            _stamp(path),
        ):
            return
        name = _read_list(store, held.state).get(str(path.relative_to(home.path)))
        if name and (not path.exists() or hash_of(path) != name):
            _fetch(store, home, str(path.relative_to(home.path)), name)
        _refreshed[path] = (held.state, _stamp(path))
    except StoreFault as error:
        log.warning("store: 发布的数据先用本机的：%s", error)


def is_published(path: Path) -> bool:
    """Whether a home has a snapshot: a machine that has none yet has the one of those that share its store then."""
    if not path.exists():
        refresh_published(path)
    return path.exists()


def find_newer(home: Home, store: Store) -> dict[str, str]:
    """What tells persons, and what was said, where another machine has a newer state of it: path -> hash. Raises StoreFault where the
    store cannot be reached: what is older here may lack a person who must not be named."""
    held, _ = read_held(store)
    if held.state in ("", _read_known(home)["state"], _seen.get(home.path)):
        return {}
    private = {str(path.relative_to(home.path)) for path in (home.private, home.masks)}
    newer = {
        path: name
        for path, name in _read_list(store, held.state).items()
        if (path in private or path.startswith(SAID))
        and not ((home.path / path).exists() and hash_of(home.path / path) == name)
    }
    if not newer:
        _seen[home.path] = held.state
    return newer


def fetch_newer(home: Home, store: Store) -> None:
    """They are here. Only for whoever keeps loaders of this machine away."""
    for path, name in find_newer(home, store).items():
        _fetch(store, home, path, name)


def require_set(home: Home) -> None:
    """Raises KeptFault where the home is a copy of a store and none is set: what it received from now on would be a history beside
    the store's, and what only the store has would be missing."""
    if (home.path / _KNOWN).exists():
        raise KeptFault(
            f"{home.path} 一直与存储同步，现在没有设 {SETTING}：没有收，没有写，存储里的都在。请设上它再运行一次；"
            f"确要改回单机，先设着它运行 notices fsck（取全存储里的），再去掉设置、删去 {home.path / _KNOWN}"
        )


def _require_kin(home: Home, store: Store) -> None:
    """Before anything of the home is replaced: its journals began as the store's did."""
    journals = [path for path in sorted(home.archive.glob("*/*.jsonl")) if path.is_file()]
    kin = {path: JsonLines(path).is_kin() for path in journals}
    odd = [path for path, is_kin in kin.items() if is_kin is False]
    if not odd and journals and not any(kin.values()) and store.names("archive/receipts"):
        odd = journals
    if odd:
        raise KeptFault(
            f"存储 {store.url} 里的是另一处的数据：{name_of(odd[0])} 与本机的 {odd[0]} 不是同一份登记。两边都没有动。"
            f"请核对 {SETTING} 和 NOTICES_HOME；各用各的存储，不能并在一处"
        )


def _files(home: Home) -> Iterator[str]:
    """What is handed over, in path order."""
    for folder in FOLDERS:
        for path in sorted((home.path / folder).rglob("*")):
            is_hidden = any(part.startswith(".") for part in path.relative_to(home.path).parts)
            inside = str(path.relative_to(home.path))
            if (
                path.is_file()
                and not is_hidden
                and not inside.endswith(_PASSING)
                and not inside.startswith(_REBUILDING)
            ):
                yield inside


def _fetch(store: Store, home: Home, path: str, name: str) -> None:
    if not fetch_checked(store, _at(name), name, home.path / path):
        raise store.fault(f"{_at(name)} 不在了（{path}）")
    if (home.path / path) == home.published:
        share_published(home.published)


def _read_list(store: Store, state: str) -> dict[str, str]:
    found = store.read(_at(state))
    if found is None or sha256(found.content).hexdigest() != state:
        raise store.fault(f"{_at(state)} 不在了，或内容与名字不符")
    listed: dict[str, str] = json.loads(found.content)
    return listed


def _read_known(home: Home) -> dict[str, Any]:
    try:
        known: dict[str, Any] = json.loads((home.path / _KNOWN).read_bytes())
    except (FileNotFoundError, ValueError):
        return {"state": "", "files": {}}
    return known


def _note_known(home: Home, state: str, listed: dict[str, str]) -> None:
    files = {path: [*_stamp(home.path / path), name] for path, name in listed.items()}
    replace_file(home.path / _KNOWN, json.dumps({"state": state, "files": files}))


def _stamp(path: Path) -> list[int]:
    """What changes with a file's bytes; zeros where there is none."""
    if not path.exists():
        return [0, 0]
    status = path.stat()
    return [status.st_mtime_ns, status.st_size]


def _at(name: str) -> str:
    return f"handed/{name[:2]}/{name[2:]}"
