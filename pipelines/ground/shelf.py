"""A journal in the store: each batch is an object of its own, <journal>/<number>, which is put only where there is none.

So two machines never both have batch N; the one that came second stops, and begins anew from what the other one wrote. The home's
file is a copy of all batches, one behind the other: the same bytes as without a store, and the same chain.
"""

import fcntl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from pipelines.ground.errors import KeptFault, StoreFault
from pipelines.ground.store import SETTING, Store, open_store

AT_ONCE = 8
"""Requests under way."""
FILL = "第一次用存储的，先运行 notices fill-store 把本机已有的搬上去"


def shelf_of(path: Path) -> "Shelf | None":
    """Where the journal at a path of a home really lies; None where no store is set."""
    store = open_store()
    return Shelf(store, path) if store else None


def name_of(path: Path) -> str:
    """What the store calls a journal: its path in the home, where all lie two folders deep."""
    return "/".join(path.parts[-3:])


class Shelf:
    """Of one journal. Raises StoreFault where the store cannot be reached or another machine was quicker, KeptFault where it
    does not hold what this machine knows that it held."""

    def __init__(self, store: Store, path: Path) -> None:
        self._store, self._path, self._name = store, path, name_of(path)
        self._count = 0

    def read(self, mark: bytes, *, is_anew: bool = False) -> bytes:
        """The whole journal; the home's copy says the same afterwards, and is made anew where that is asked. Lines that begin
        with `mark` begin a batch."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            copy = self._path.read_bytes() if self._path.exists() else b""
            pieces = split(copy[: copy.rfind(b"\n") + 1], mark)
            whole = self._all() if is_anew or not pieces else self._further(pieces)
            content = b"".join(whole)
            if content != copy:
                self._write(0, content)
        self._count = len(whole)
        return content

    def add(self, batch: bytes, before: int) -> None:
        """The batch is the next one, in the store and then, behind `before` bytes, in the copy."""
        if not self._store.add(self._number(self._count), batch):
            raise StoreFault(
                f"另一台机器先往登记 {self._name} 里写了一批，本轮到此为止，没有写进任何东西。再运行一次即可接着它的做"
            )
        self._count += 1
        with self._alone():
            self._write(before, batch)

    def is_kin(self, copy: bytes, mark: bytes) -> bool | None:
        """Whether the store's journal began as this copy did; None where one of them has nothing."""
        pieces = split(copy[: copy.rfind(b"\n") + 1], mark)
        first = self._store.read(self._number(0)) if pieces else None
        return first.content.startswith(pieces[0]) if first else None

    def fill(self, copy: bytes, mark: bytes) -> None:
        """The store has the home's own journal, batch by batch. Raises KeptFault where it has another one."""
        for number, batch in enumerate(split(copy, mark)):
            if not self._store.add(self._number(number), batch):
                raise KeptFault(
                    f"存储 {self._store.url} 里已有另一份登记 {self._name}，与本机的 {self._path} 不同，没有搬。请换一个空的地方"
                )

    def _write(self, start: int, content: bytes) -> None:
        with self._path.open("r+b" if self._path.exists() else "xb") as file:
            file.seek(start)
            file.write(content)
            file.truncate()

    def _all(self) -> list[bytes]:
        """Every batch: the numbers tell whether one is missing."""
        numbers = self._store.names(self._name)
        for place, number in enumerate(numbers):
            if number != f"{place:012d}":
                raise KeptFault(
                    f"存储 {self._store.url} 里的登记 {self._name} 缺第 {place} 批。请从存储的备份或旧版本恢复它"
                )
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._batch, range(len(numbers))))

    def _further(self, pieces: list[bytes]) -> list[bytes]:
        """The copy, and what came behind it. Its own first and last batch must be there: else this is not the store that it is
        a copy of."""
        number = len(pieces) - 1
        first, last = (self._store.read(self._number(one)) for one in (0, number))
        if first is None or last is None or not first.content.startswith(pieces[0]):
            raise KeptFault(
                f"存储 {self._store.url} 里的登记 {self._name} 与本机的 {self._path} 对不上（本机有 {len(pieces)} 批）：存储被清空、"
                f"换成了旧的，或 {SETTING} 写错了地方；确是本机的坏了，删去它。{FILL}"
            )
        if not last.content.startswith(pieces[-1]):
            return self._all()
        # The copy's last one may have been cut off by a kill.
        whole = [*pieces[:-1], last.content]
        while found := self._store.read(self._number(len(whole))):
            whole.append(found.content)
        return whole

    def _batch(self, number: int) -> bytes:
        found = self._store.read(self._number(number))
        if found is None:
            raise self._store.fault(f"登记 {self._name} 的第 {number} 批刚才还在，现在读不到")
        return found.content

    def _number(self, number: int) -> str:
        return f"{self._name}/{number:012d}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Among the processes of this machine, whoever only reads too: reading may renew the copy."""
        with self._path.with_name(f".{self._path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def split(content: bytes, mark: bytes) -> list[bytes]:
    """A journal's batches; lines in front of the first one, of a format that had none, are one as well."""
    if not content:
        return []
    starts, place = [0], content.find(b"\n" + mark)
    while place >= 0:
        starts.append(place + 1)
        place = content.find(b"\n" + mark, place + 1)
    return [content[start:end] for start, end in zip(starts, [*starts[1:], len(content)], strict=True)]
