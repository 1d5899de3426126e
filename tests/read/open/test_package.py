"""Parts of an office file are what zipfile makes of them, however they are unpacked."""

import io
import zipfile
from collections.abc import Callable

import pytest

from pipelines.read.open.package import BROKEN, Package

NAME = "xl/worksheets/sheet1.xml"
TEXT = b"<worksheet/>" * 40


def _packed(content: bytes = TEXT, method: int = zipfile.ZIP_DEFLATED, name: str = NAME) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def _with(place: int, value: bytes) -> bytes:
    content = bytearray(_packed())
    content[place : place + len(value)] = value
    return bytes(content)


def _said_in_directory(place: int, value: bytes) -> bytes:
    content = _packed()
    return _with(content.rindex(b"PK\1\2") + place, value)


@pytest.mark.parametrize(
    "content",
    [
        _packed(),
        _packed(b""),
        _packed(b"x" * 100_000),
        _packed(method=zipfile.ZIP_STORED),
        _packed(name="xl/表.xml"),
        b"before " + _packed(),
        _with(0, b"PK\5\6"),
        _with(30, b"zl"),
        _with(60, b"\xff\xff\xff"),
        _said_in_directory(8, b"\x01\x00"),
        _said_in_directory(8, b"\x20\x00"),
        _said_in_directory(10, b"\x63\x00"),
        _said_in_directory(16, b"\0\0\0\0"),
        _said_in_directory(20, b"\x02\0\0\0"),
        _said_in_directory(24, b"\x02\0\0\0"),
        _said_in_directory(24, b"\xff\xff\0\0"),
        _said_in_directory(42, b"\xff\0\0\0"),
    ],
    ids=[
        "usual", "empty", "large", "stored", "another alphabet", "something in front", "another mark", "another name",
        "broken data", "locked", "patched", "another method", "another checksum", "packed shorter", "shorter", "longer",
        "beyond the end",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "unpack", [Package.read, lambda package, name: package.open(name).read()], ids=["read", "open"]
)
def test_a_part_is_what_zipfile_makes_of_it(content: bytes, unpack: Callable[[Package, str], bytes]) -> None:
    archive = zipfile.ZipFile(io.BytesIO(content))
    name = archive.namelist()[0]
    try:
        expected = archive.read(name)
    except BROKEN as error:
        with Package.of(content) as package, pytest.raises(type(error)):
            unpack(package, name)
    else:
        with Package.of(content) as package:
            assert unpack(package, name) == expected
