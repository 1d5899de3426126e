"""Zip archives -> members: names, limits, and what stands beside an archive that cannot be opened."""

import io
import struct
import zipfile

import pytest

from pipelines.ground.settings import Settings
from pipelines.read.pack import Member, unpack
from tests.read.open.files import zipped


def members(content: bytes, **limits: int) -> list[Member]:
    return list(unpack(content, Settings(**limits)))


def ends(content: bytes, **limits: int) -> dict[str, str]:
    """Path -> reason, or the content as text."""
    return {
        "!".join(one.names): one.rejection.reason if one.rejection else one.content.decode("latin-1")
        for one in members(content, **limits)
    }


def _gbk(name: str) -> bytes:
    """As Windows writes a name: GBK bytes, and no word of it."""
    plain = zipped({"x" * len(name.encode("gbk")): "1"})
    return plain.replace(b"x" * len(name.encode("gbk")), name.encode("gbk"))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(_gbk("十一月九日.txt"), "十一月九日.txt", id="GBK"),
        pytest.param(zipped({"十一月九日.txt": "1"}), "十一月九日.txt", id="UTF-8"),
        pytest.param(_gbk("a\\b.txt"), "a\\b.txt", id="backslash"),
    ],
)
def test_names(content, name) -> None:
    assert ends(content) == {name: "1"}


def test_archives_inside_archives() -> None:
    third = zipped({"c.txt": "3"})
    second = zipped({"third.zip": third, "b.txt": "2"})
    found = ends(zipped({"second.zip": second, "a.txt": "1"}))
    assert list(found) == ["a.txt", "second.zip!b.txt", "second.zip!third.zip"]
    assert found["second.zip!third.zip"] == "unsafe_archive"


def _linked() -> bytes:
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def _locked() -> bytes:
    content = bytearray(zipped({"a.txt": "1", "b.txt": "2"}))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def _damaged() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.txt", "right")
        archive.writestr("b.txt", "wrong")
    return file.getvalue().replace(b"wrong", b"wrung")


def _lying() -> bytes:
    """A member that says it has one byte, and holds more."""
    content = bytearray(zipped({"a.txt": "x" * 100}))
    struct.pack_into("<L", content, content.index(b"PK\x01\x02") + 24, 1)
    return bytes(content)


def _overlapping() -> bytes:
    """Many members that are all the same bytes."""
    content = zipped({"a.txt": b"x" * 1000})
    place, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entries = content[place:end] * 50
    tail = bytearray(content[end:])
    struct.pack_into("<HHLL", tail, 8, 50, 50, len(entries), place)
    return content[:place] + entries + bytes(tail)


BROKEN = [
    pytest.param(zipped({"../a.txt": "1"}), "unsafe_archive", id="leaves the folder"),
    pytest.param(zipped({"a/..\\..\\b.txt": "1"}), "unsafe_archive", id="leaves it with backslashes"),
    pytest.param(zipped({"/etc/a": "1"}), "unsafe_archive", id="absolute"),
    pytest.param(zipped({"C:\\a": "1"}), "unsafe_archive", id="a drive"),
    pytest.param(_linked(), "unsafe_archive", id="link"),
    pytest.param(_locked(), "encrypted", id="encrypted member"),
    pytest.param(_damaged(), "unreadable", id="damaged member"),
    pytest.param(_lying(), "unreadable", id="lying header"),
    pytest.param(_overlapping(), "unreadable", id="overlapping members"),
    pytest.param(zipped({"a.txt": "1"})[:-10], "unreadable", id="cut off"),
    pytest.param(zipped({}), "unreadable", id="nothing in it"),
    pytest.param(zipped({"a/": ""}), "unreadable", id="folders only"),
]


@pytest.mark.parametrize(("content", "reason"), BROKEN)
def test_an_archive_is_taken_whole_or_not_at_all(content, reason) -> None:
    (whole,) = members(content)
    assert (whole.names, whole.content) == ((), content)
    assert whole.rejection is not None
    assert whole.rejection.reason == reason


@pytest.mark.parametrize(("content", "reason"), BROKEN)
def test_what_stands_beside_it_counts(content, reason) -> None:
    assert ends(zipped({"bad.zip": content, "good.txt": "1"})) == {"bad.zip": reason, "good.txt": "1"}


def test_limits() -> None:
    many = zipped({"folder/": "", **{f"{number}.txt": "1" for number in range(10)}})
    assert len(members(many, max_members=10)) == 10
    assert ends(many, max_members=9) == {"": "unsafe_archive"}
    large = zipped({"a.txt": b"x" * 100_000})
    assert ends(large, max_inflated_bytes=99_999) == {"": "unsafe_archive"}
    assert ends(large, max_inflation=200, small_inflated_bytes=50_000) == {"": "unsafe_archive"}
    assert len(members(large, max_inflation=200, small_inflated_bytes=100_000)) == 1


def test_archives_side_by_side_have_one_limit_together() -> None:
    inner = zipped({"a.txt": b"x" * 60_000})
    found = ends(zipped({"1.zip": inner, "2.zip": inner, "z.txt": "1"}), max_inflated_bytes=100_000)
    assert list(found) == ["1.zip!a.txt", "2.zip", "z.txt"]
    assert found["2.zip"] == "unsafe_archive"


def test_two_members_of_one_name_are_both_kept() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.txt", "2")
    assert ends(file.getvalue()) == {"a.txt": "1", "a（2）.txt": "2"}


def test_junk_is_not_opened() -> None:
    inner = zipped({"a.txt": "1"})
    assert list(ends(zipped({"__MACOSX/b.zip": inner, "~$c.zip": inner}))) == ["__MACOSX/b.zip", "~$c.zip"]
