"""What comes out of an archive or a mail, and what both may cost."""

from dataclasses import dataclass, field

from pipelines.ground.settings import MIB, Settings
from pipelines.read.findings import FileRejected, unsafe_archive
from pipelines.read.open.package import is_over


@dataclass(frozen=True)
class Member:
    """A file inside an archive or a mail, or an archive that could not be opened (`rejection`)."""

    names: tuple[str, ...]
    """From outside in: the archives and mails within the receipt, then the file; none where it is the receipt itself."""
    content: bytes
    rejection: FileRejected | None = None
    senders: tuple[str, ...] = ()
    """Addresses that the mails around it came from, the innermost first."""
    is_body: bool = False
    """The tables in a mail's own text, as a page (`html`, whatever its bytes look like); `names` are those of the mail."""
    is_automatic: bool = False
    """A mail that a machine wrote, as itself: it submits nothing."""


@dataclass
class Room:
    """What may still be unpacked at each depth: archives side by side have one limit together."""

    settings: Settings
    taken: dict[int, int] = field(default_factory=dict)

    def check_count(self, members: int) -> None:
        if members > self.settings.max_members:
            raise unsafe_archive(f"压缩包里超过 {self.settings.max_members} 个文件。请分成几个压缩包报送")

    def check_size(self, inflated: int, packed: int, depth: int) -> None:
        """Raises FileRejected where an archive at this depth unpacks to too much, with those beside it."""
        if is_over(inflated, packed, self.settings) or (
            inflated + self.taken.get(depth, 0) > self.settings.max_inflated_bytes
        ):
            limit = self.settings.max_inflated_bytes // MIB
            raise unsafe_archive(
                f"压缩包展开后超过 {limit} MB 或自身的 {self.settings.max_inflation} 倍。请分成几个压缩包报送"
            )

    def take(self, inflated: int, depth: int) -> None:
        self.taken[depth] = self.taken.get(depth, 0) + inflated


def unused(name: str, taken: set[str]) -> str:
    """A name not taken in this archive or mail yet: two members may be called the same."""
    stem, dot, suffix = name.rpartition(".")
    candidate, number = name, 2
    while candidate in taken:
        candidate = f"{stem or suffix}（{number}）{dot}{suffix if stem else ''}"
        number += 1
    taken.add(candidate)
    return candidate
