"""The child's work: a picture -> a small one, and a hash that other pictures of the same thing have too. Runs in a child process."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import imagehash
from PIL import Image, ImageOps

from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read.findings import FileRejected
from pipelines.read.open import detect_format
from pipelines.read.opening import opening
from pipelines.read.pack import PACKED, unpack

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")
"""What is decoded at all; drawings that hold programs (svg) are not."""
MOST_PIXELS = 80_000_000
SMALL = (320, 240)
QUALITY = 70
FLAT = 4
"""A hash with fewer bits set, or fewer unset, is of a picture without anything on it, and like every other such."""


@dataclass(frozen=True)
class LookJob:
    """A picture: the object that it is or lies in, and its own hash."""

    path: str
    object_path: str
    object_sha256: str
    sha256: str


@dataclass(frozen=True)
class Look:
    """What was seen. `small`: a JPEG without anything of the original but its pixels; `why` says why there is none."""

    sha256: str
    small: bytes = b""
    width: int = 0
    height: int = 0
    likeness: str = ""
    """Hexadecimal; '' where the picture cannot be compared."""
    why: str = ""


class Looker:
    """Looks at pictures; made once for all children."""

    def __init__(self, notice: Notice, settings: Settings) -> None:
        self._settings = settings

    def read(self, job: LookJob) -> Look:
        """The small picture; a sentence where it is none that can be opened."""
        content = self._bytes(job)
        if content is None:
            return Look(job.sha256, why="压缩包里找不到这张图片")
        try:
            with opening(), warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                picture, width, height = _open(content)
        except FileRejected as rejection:
            return Look(job.sha256, why=f"这张图片打不开（{type(rejection.__cause__).__name__}）")
        if picture is None:
            return Look(job.sha256, width=width, height=height, why=f"图片太大（{width}×{height}），没有打开")
        return _look(job.sha256, picture, width, height)

    def reject(self, job: LookJob, rejection: FileRejected) -> Look:
        return Look(job.sha256, why=rejection.sentence)

    def _bytes(self, job: LookJob) -> bytes | None:
        content = Path(job.object_path).read_bytes()
        if job.object_sha256 == job.sha256:
            return content
        kind = detect_format(content, job.path.split("!")[0])
        members = unpack(content, self._settings, kind if kind in PACKED else "mail")
        return next(
            (one.content for one in members if hashlib.sha256(one.content).hexdigest() == job.sha256), None
        )


def _open(content: bytes) -> tuple[Image.Image | None, int, int]:
    """The small picture, none where it is too large, and the size of the whole."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            return None, width, height
        opened.draft("RGB", (SMALL[0] * 2, SMALL[1] * 2))
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail(SMALL)
    return picture, width, height


def _look(sha256: str, picture: Image.Image, width: int, height: int) -> Look:
    found = imagehash.dhash(picture)
    bits = int(found.hash.sum())
    said = "" if bits < FLAT or bits > found.hash.size - FLAT else str(found)
    clean, written = Image.new("RGB", picture.size), io.BytesIO()
    clean.paste(picture)  # without EXIF: where and by whom it was taken is nobody's business
    clean.save(written, "JPEG", quality=QUALITY, optimize=True)
    return Look(sha256, written.getvalue(), width, height, said)
