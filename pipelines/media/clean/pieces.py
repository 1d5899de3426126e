"""What a cleaner answers: which stretches of the original stay, what stands between them, and what was taken out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

State = Literal["removed", "none", "kept", "held"]
"""removed: something was taken out; none: there was nothing to take out; kept: it goes as it is, with what it holds;
held: it stays here."""
UNKNOWN = "程序不认得这种格式，没有去除作者、位置等信息，原样放入，请人看一遍再送"
SIGNED = "有电子签名或签章，改动会使其失效，没有去除作者等信息，原样放入，请人看一遍再送"
SHUT = "加了密码或限制了权限，去不掉里面的作者、位置等信息，没有放入；请解除后另送"
BROKEN = "打不开（损坏、不完整，或太大），去不掉里面的作者、位置等信息，没有放入；请另存一份后另送"
NO_WAY = "这种格式的照片或影片里常有拍摄位置，程序去不掉，没有放入；请另存为 JPEG、PNG 或 MP4 后另送"


class Unclean(Exception):
    """It cannot be cleaned; says in Chinese why, and whether it goes as it is."""

    def __init__(self, why: str, *, is_held: bool = True) -> None:
        super().__init__(why)
        self.why, self.is_held = why, is_held


@dataclass(frozen=True)
class Piece:
    """The original's bytes from `start` to `end`, then `new`."""

    start: int
    end: int
    new: bytes = b""


@dataclass(frozen=True)
class Cleaned:
    """What becomes of an original. `removed`, `why`: in Chinese, for the manifest; without pieces it is the original itself."""

    state: State
    removed: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    why: str = ""


def joined(content: bytes, pieces: Iterable[Piece]) -> bytes:
    """The bytes that pieces stand for."""
    return b"".join(part for one in pieces for part in (content[one.start : one.end], one.new))


class Cut:
    """Pieces in the making: `keep` and `put` in the order of the result, `drop` says what was left out."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.removed: list[str] = []

    def keep(self, start: int, end: int) -> None:
        last = self.pieces[-1] if self.pieces else None
        if last and last.end == start and not last.new:
            self.pieces[-1] = Piece(last.start, end)
        else:
            self.pieces.append(Piece(start, end))

    def put(self, new: bytes) -> None:
        self.pieces.append(Piece(0, 0, new))

    def drop(self, what: str) -> None:
        if what not in self.removed:
            self.removed.append(what)

    def done(self) -> Cleaned:
        return Cleaned("removed", self.removed, self.pieces) if self.removed else Cleaned("none")
