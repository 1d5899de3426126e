"""The child's work: an original -> its lines of text, or the picture in the sizes of the web, without what a camera wrote into it;
and, where the original itself is to leave, what of it stays behind (clean/).

Runs in a child process with limits (read/pool.py): nobody vouches for what units send.
"""

import hashlib
import io
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from PIL import Image, ImageOps

from pipelines.archive.store import Archive
from pipelines.ground.settings import MIB, Settings
from pipelines.media.clean.kinds import clean
from pipelines.media.clean.pieces import BROKEN, Cleaned
from pipelines.notice.model import Notice
from pipelines.read.findings import FileRejected
from pipelines.read.open import detect_format, open_grid
from pipelines.read.opening import opening
from pipelines.read.pack import PACKED, unpack
from pipelines.read.pool import Pool
from pipelines.select.originals import Original

Image.init()  # a child may open no file, and so import no plugin later
WIDTHS = (320, 800, 1600)
"""Of the longer side, in pixels; a smaller picture is not made larger."""
QUALITY = 85
_MARGIN = re.compile(r"word/(?:header|footer|footnotes|endnotes|comments)\d*\.xml")
MOST_MARGIN = 4 * MIB
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Raw:
    """An original to be opened: the object that it is, or lies in."""

    path: str
    object_path: str
    sha256: str
    receipt_path: str
    media: str
    is_leaving: bool = False
    """Whether the file itself leaves: then it is cleaned, and a picture is not made smaller."""


@dataclass(frozen=True)
class Scaled:
    """A picture in one size, as JPEG."""

    longest: int
    width: int
    height: int
    content: bytes


@dataclass(frozen=True)
class Reworked:
    """What could be got out of an original; `why` says why nothing could."""

    sha256: str
    lines: list[str]
    pictures: list[Scaled]
    why: str
    margins: tuple[str, ...] = ()
    """What a document says in headers, footers, notes and comments: nobody is told it, yet it goes with the original."""
    cleaned: Cleaned | None = None
    """What becomes of an original that leaves; None where it was not asked for."""


class Reworker:
    """Opens originals; made once for all children."""

    def __init__(self, notice: Notice, settings: Settings) -> None:
        self.settings = settings

    def read(self, job: Raw) -> Reworked:
        content = self._bytes(job)
        if job.is_leaving:
            return self._clean(job, content)
        if job.media == "picture":
            return _scale(job.sha256, content)
        return Reworked(job.sha256, self._lines(job, content), [], "", _margins(content))

    def _lines(self, job: Raw, content: bytes) -> list[str]:
        found = open_grid(content, detect_format(content, job.path), self.settings)
        lines = [block.text.strip() for block in found.blocks] or found.lines
        return [line for line in lines if line.strip()]

    def _clean(self, job: Raw, content: bytes) -> Reworked:
        """A document whose text cannot be got out may leave, unread; one that cannot be cleaned may not."""
        with opening():
            cleaned = clean(content, job.path, self.settings)
        if job.media != "document" or cleaned.state == "held":
            return Reworked(job.sha256, [], [], "", cleaned=cleaned)
        try:
            lines = self._lines(job, content)
        except FileRejected as rejection:
            log.info("media: %s 的文字读不出来：%s", job.path, rejection.sentence)
            lines = []
        return Reworked(job.sha256, lines, [], "", _margins(content), cleaned)

    def reject(self, job: Raw, rejection: FileRejected) -> Reworked:
        return Reworked(job.sha256, [], [], "打不开", cleaned=Cleaned("held", why=BROKEN))

    def _bytes(self, job: Raw) -> bytes:
        """The receipt's own, or those of the archive's or mail's member that it was."""
        content = Path(job.object_path).read_bytes()
        if hashlib.sha256(content).hexdigest() == job.sha256:
            return content
        kind = detect_format(content, job.receipt_path)
        for one in unpack(content, self.settings, kind if kind in PACKED else "mail"):
            if hashlib.sha256(one.content).hexdigest() == job.sha256:
                return one.content
        raise ValueError(f"{job.path} is not in its receipt any more")


def _margins(content: bytes) -> tuple[str, ...]:
    with opening():
        return tuple(_margins_in(content))


def _margins_in(content: bytes) -> Iterator[str]:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in filter(_MARGIN.fullmatch, packed.namelist()):
            with packed.open(name) as member:
                yield re.sub(r"<[^>]*>", "", member.read(MOST_MARGIN).decode("utf-8", "ignore"))


def _scale(sha256: str, content: bytes) -> Reworked:
    """In each size, upright, and nothing but the picture: no EXIF, no place, no thumbnail of before it was cut."""
    try:
        with opening():  # to the last size: the colour profile that goes into each is the file's
            return Reworked(sha256, [], _sizes(*_open(content)), "")
    except FileRejected:
        return Reworked(sha256, [], [], "图片打不开，或格式不支持")


def _sizes(whole: Image.Image, profile: bytes | None) -> list[Scaled]:
    made: list[Scaled] = []
    for longest in WIDTHS:
        one = whole.copy()
        one.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        if made and (one.width, one.height) == (made[-1].width, made[-1].height):
            break
        buffer = io.BytesIO()
        one.info = {}
        one.save(buffer, "JPEG", quality=QUALITY, progressive=True, optimize=True, icc_profile=profile)
        made.append(Scaled(longest, one.width, one.height, buffer.getvalue()))
    return made


def _open(content: bytes) -> tuple[Image.Image, bytes | None]:
    """The picture, upright and without anything that shines through, and its colour profile."""
    with Image.open(io.BytesIO(content)) as opened:
        profile = opened.info.get("icc_profile") if opened.mode == "RGB" else None
        upright = ImageOps.exif_transpose(opened)
        if "transparency" in upright.info or upright.mode in ("RGBA", "LA", "PA"):
            upright = upright.convert("RGBA")
            white = Image.new("RGBA", upright.size, "white")
            return Image.alpha_composite(white, upright).convert("RGB"), profile
        return upright.convert("RGB"), profile


class Workshop:
    """Opens originals in children that stay for all of them. Use it in a `with`; nothing is started before it is needed."""

    def __init__(self, notice: Notice, archive: Archive) -> None:
        self._archive = archive
        self._pool = Pool[Raw, Reworked](Reworker, notice, Settings.load())

    def __enter__(self) -> "Workshop":
        self._pool.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.__exit__(kind, error, trace)

    def rework(self, originals: Iterable[Original]) -> dict[str, Reworked]:
        """Of pictures and documents, by the sha256 of the original. Raises ArchiveFault, ReadingFault."""
        jobs = {
            one.sha256: self._raw(one, False) for one in originals if one.media in ("picture", "document")
        }
        return {one.sha256: one for one in self._pool.run(jobs.values())}

    def clean(self, originals: Iterable[Original]) -> dict[str, Reworked]:
        """Of originals that are to leave, films too: their lines, and what of them stays behind. Raises as `rework` does."""
        jobs = {one.sha256: self._raw(one, True) for one in originals if one.media != "workbook"}
        return {one.sha256: one for one in self._pool.run(jobs.values())}

    def _raw(self, one: Original, is_leaving: bool) -> Raw:
        path = str(self._archive.object_path(one.object_sha256))
        return Raw(one.path, path, one.sha256, one.receipt_path, one.media, is_leaving)
