"""Office files to the letter: the same parts give the same bytes, whenever and wherever they are zipped."""

import io
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold."""


def write_packed(content: bytes, path: Path) -> None:
    """Writes an office file with every member's time and attributes fixed, order kept."""
    beside = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(beside, "w") as target:
        for member in source.infolist():
            fixed = zipfile.ZipInfo(member.filename, EPOCH)
            fixed.compress_type, fixed.create_system, fixed.external_attr = (
                zipfile.ZIP_DEFLATED,
                3,
                0o644 << 16,
            )
            target.writestr(fixed, source.read(member), compresslevel=9)
    beside.replace(path)
