"""Which cleaner a file is for, told from its bytes."""

from functools import partial

from pipelines.ground.settings import Settings
from pipelines.media.clean.binary import clean_binary
from pipelines.media.clean.films import clean_film
from pipelines.media.clean.office import clean_office
from pipelines.media.clean.pdf import clean_pdf
from pipelines.media.clean.pictures import JPEG, PNG, clean_gif, clean_jpeg, clean_png, clean_webp
from pipelines.media.clean.pieces import BROKEN, NO_WAY, SHUT, UNKNOWN, Cleaned, Unclean
from pipelines.media.clean.rtf import clean_rtf
from pipelines.read.open import detect_format
from pipelines.read.open.locked import OLE
from pipelines.read.open.package import BROKEN as BROKEN_ZIP

_DEEPEST = 2
"""An office file inside an office file is opened; one more level is not."""


def clean(content: bytes, name: str, settings: Settings, depth: int = 0) -> Cleaned:
    """What becomes of a file. Never raises for what it holds, but MemoryError."""
    try:
        return _clean(content, name, settings, depth)
    except Unclean as unclean:
        return Cleaned("held" if unclean.is_held else "kept", why=unclean.why)
    except BROKEN_ZIP:
        return Cleaned("held", why=BROKEN)


def _clean(content: bytes, name: str, settings: Settings, depth: int) -> Cleaned:
    if content.startswith(JPEG):
        return clean_jpeg(content)
    if content.startswith(PNG):
        return clean_png(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return clean_webp(content)
    if content.startswith((b"GIF87a", b"GIF89a")):
        return clean_gif(content)
    if content[4:8] in (b"ftyp", b"moov", b"wide") or (content[4:8] == b"mdat" and b"moov" in content):
        return clean_film(content)
    if content.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        raise Unclean(NO_WAY)
    return _clean_document(content, name, settings, depth)


def _clean_document(content: bytes, name: str, settings: Settings, depth: int) -> Cleaned:
    if content.startswith(OLE):
        return clean_binary(content)
    match detect_format(content, name):
        case "pdf":
            return clean_pdf(content)
        case "rtf":
            return clean_rtf(content)
        case "text" | "prose_text" if b"<svg" not in content:
            return Cleaned("none")
        case "encrypted":
            raise Unclean(SHUT)
        case "empty" | "broken_office":
            raise Unclean(BROKEN)
        case "docx" | "workbook" | "odt" | "media" if content.startswith(b"PK") and depth < _DEEPEST:
            return clean_office(content, settings, partial(clean, settings=settings, depth=depth + 1))
        case "media" if content.startswith(b"BM"):
            return Cleaned("none")
        case _:
            return Cleaned("kept", why=UNKNOWN)
