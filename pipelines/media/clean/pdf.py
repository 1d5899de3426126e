"""A PDF: /Info, XMP, private data of programs and authors of comments go; pages, fonts and pictures stay packed as they are."""

import io
import re
from dataclasses import replace
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NullObject, StreamObject

from pipelines.media.clean.office import AUTHORS, INSIDE, PROPERTIES, left_inside
from pipelines.media.clean.pictures import clean_jpeg
from pipelines.media.clean.pieces import BROKEN, SHUT, SIGNED, Cleaned, Cut, Unclean, joined

_SIGNED = re.compile(rb"/ByteRange\s*\[")
_OWN = ("/Metadata", "/PieceInfo", "/LastModified")
"""What pages, pictures and the whole say of who made them."""


def clean_pdf(content: bytes) -> Cleaned:
    """Written anew from what the last version of it leads to: earlier versions, which a PDF may keep, are in none of it."""
    if _SIGNED.search(content):
        raise Unclean(SIGNED, is_held=False)
    cut = Cut()
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Unclean(SHUT)
        if reader.metadata:
            cut.drop(PROPERTIES)
        writer = PdfWriter(clone_from=reader)
        left = _clean_objects(writer, cut)
        if not cut.removed and content.count(b"startxref") == 1:
            return Cleaned("none", why=left_inside(left))
        cut.drop(PROPERTIES)
        if writer._info is not None:
            writer._info.clear()
        written = io.BytesIO()
        writer.write(written)
    except Unclean:
        raise
    except Exception as error:  # pypdf raises many kinds on odd files
        raise Unclean(BROKEN) from error
    cut.put(written.getvalue())
    return replace(cut.done(), why=left_inside(left))


def _clean_objects(writer: PdfWriter, cut: Cut) -> int:
    """How many pictures could not be cleaned."""
    left = 0
    for place, one in enumerate(writer._objects):
        if not isinstance(one, DictionaryObject):
            continue
        if one.get("/Type") == "/Metadata" and isinstance(one, StreamObject):
            writer._objects[place] = NullObject()
            cut.drop(PROPERTIES)
            continue
        for name in _OWN:
            if name in one:
                del one[NameObject(name)]
                cut.drop(PROPERTIES)
        if "/Rect" in one and "/T" in one and one.get("/Subtype") != "/Widget":
            del one[NameObject("/T")]
            cut.drop(AUTHORS)
        if isinstance(one, StreamObject) and one.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            left += not _clean_picture(one, cut)
    return left


def _clean_picture(one: Any, cut: Cut) -> bool:
    """False where it is broken."""
    try:
        found = clean_jpeg(one._data)
    except Unclean:
        return False
    if found.removed:
        one._data = joined(one._data, found.pieces)
        cut.drop(INSIDE)
    return True
