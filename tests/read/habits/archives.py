"""Archives: their members count each for itself; one that breaks a limit is rejected whole under its own path."""

import io
import stat
import zipfile

from pipelines.sample.broken import write_noise
from tests.read.habits.case import (
    EDUCATION,
    IGNORED,
    Case,
    End,
    accepted,
    attachment,
    materials,
    packed,
    rejected,
)
from tests.read.habits.write import photo, word, xlsx, zipped

_UNSAFE = rejected("unsafe_archive", deliverable=None)


def _table() -> tuple[str, bytes]:
    return "活动日报.xlsx", xlsx(materials())


def _library(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive as Python's own library writes it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("活动日报.xlsx")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def _damaged(letter: bytes) -> bytes:
    content = bytearray(_library(("活动日报.csv", letter * 300), method=zipfile.ZIP_STORED))
    content[200] ^= 0xFF
    return bytes(content)


def _locked() -> bytes:
    return zipped(_table(), is_encrypted=True)


def _third_level() -> bytes:
    return zipped(("内.zip", zipped(("再内.zip", zipped(_table())), ("活动日报.xlsx", xlsx(materials())))),
                  ("现场.jpg", photo("third")))  # fmt: skip


def _folders() -> bytes:
    return _library(
        ("照片/", b""), ("照片/现场.jpg", photo("folders")), ("日报/活动日报.xlsx", xlsx(materials()))
    )


_TWICE = xlsx(materials())
_TWICE_PATH = f"{EDUCATION}/济南市教育局/zip-member-sent-before"

CASES = [
    packed("zip-utf8", zipped(_table()), {"!活动日报.xlsx": accepted(1)}),
    packed("zip-gbk", zipped(_table(), encoding="gb18030"), {"!活动日报.xlsx": accepted(1)}),
    packed("zip-by-library", _library(_table()), {"!活动日报.xlsx": accepted(1)}),
    packed("zip-stored", _library(_table(), method=zipfile.ZIP_STORED), {"!活动日报.xlsx": accepted(1)}),
    packed("zip-bzip2", _library(_table(), method=zipfile.ZIP_BZIP2), {"!活动日报.xlsx": accepted(1)}),
    packed("zip-named-rar", zipped(_table()), {"!活动日报.xlsx": accepted(1)}, name="报送.rar"),
    packed("zip-named-xlsx", zipped(_table()), {"!活动日报.xlsx": accepted(1)}, name="报送.xlsx"),
    packed("zip-folders-inside", _folders(),
           {"!照片/现场.jpg": attachment(), "!日报/活动日报.xlsx": accepted(1)}),
    packed("zip-backslashes", zipped(("日报\\活动日报.xlsx", xlsx(materials())), ("旧\\Thumbs.db", b"backslash")),
           {"!日报\\活动日报.xlsx": accepted(1), "!旧\\Thumbs.db": IGNORED}),
    packed("zip-in-zip", zipped(("内.zip", zipped(_table(), encoding="gb18030")), ("现场.jpg", photo("in-zip"))),
           {"!内.zip!活动日报.xlsx": accepted(1), "!现场.jpg": attachment()}),
    packed("zip-third-level", _third_level(),
           {"!内.zip!再内.zip": _UNSAFE, "!内.zip!活动日报.xlsx": accepted(1), "!现场.jpg": attachment()}),
    packed("zip-with-junk", zipped(
        ("__MACOSX/._活动日报.xlsx", b"\0mac"), ("Thumbs.db", b"in zip"), ("~$活动日报.xlsx", b"lock"), ("a.tmp", b"t"),
        ("照片/desktop.ini", b"ini"), _table()),
        {"!__MACOSX/._活动日报.xlsx": IGNORED, "!Thumbs.db": IGNORED, "!~$活动日报.xlsx": IGNORED, "!a.tmp": IGNORED,
         "!照片/desktop.ini": IGNORED, "!活动日报.xlsx": accepted(1)}),
    packed("zip-with-empty-member", zipped(("活动日报.xlsx", b""), ("补.xlsx", xlsx(materials()))),
           {"!活动日报.xlsx": End("duplicate"), "!补.xlsx": accepted(1)}),
    packed("zip-with-unreadable-member", zipped(("活动日报.xlsx", write_noise("zip")), ("补.xlsx", xlsx(materials()))),
           {"!活动日报.xlsx": rejected("unreadable"), "!补.xlsx": accepted(1)}),
    packed("zip-encrypted", _locked(), {"": rejected("encrypted", deliverable=None)}),
    packed("zip-encrypted-inside", zipped(("内.zip", _locked()), ("补.xlsx", xlsx(materials()))),
           {"!内.zip": rejected("encrypted", deliverable=None), "!补.xlsx": accepted(1)}),
    packed("zip-damaged", _damaged(b"a"), {"": rejected("unreadable", deliverable=None)}),
    packed("zip-damaged-inside", zipped(("内.zip", _damaged(b"b")), ("补.xlsx", xlsx(materials()))),
           {"!内.zip": rejected("unreadable", deliverable=None), "!补.xlsx": accepted(1)}),
    packed("zip-cut", zipped(_table())[:-30], {"": rejected("unreadable", deliverable=None)}),
    packed("zip-named-daily", zipped(_table())[:-30], {"": rejected("unreadable")}, name="活动日报.zip"),
    packed("zip-without-members", _library(), {"": rejected("unreadable", deliverable=None)}),
    packed("zip-of-empty-folders", _library(("日报/", b"")), {"": rejected("unreadable", deliverable=None)}),
    packed("zip-bomb", lambda: zipped(("活动日报.csv", b"0" * 70_000_000), level=9), {"": _UNSAFE}),
    packed("zip-bomb-inside", lambda: zipped(("内.zip", zipped(("a.csv", b"1" * 70_000_000), level=9)), ("补.xlsx", xlsx(materials()))),
           {"!内.zip": _UNSAFE, "!补.xlsx": accepted(1)}),
    packed("zip-2001-members", lambda: zipped(*((f"{n}.txt", b"%d" % n) for n in range(2001))), {"": _UNSAFE}),
    packed("zip-leaving-the-folder", zipped(_table(), ("../../活动日报.xlsx", b"a")), {"": _UNSAFE}),
    packed("zip-leaving-by-backslashes", zipped(_table(), ("..\\活动日报.xlsx", b"b")), {"": _UNSAFE}),
    packed("zip-absolute-name", zipped(_table(), ("/etc/活动日报.xlsx", b"c")), {"": _UNSAFE}),
    packed("zip-drive-name", zipped(_table(), ("C:\\活动日报.xlsx", b"d")), {"": _UNSAFE}),
    packed("zip-link", _library((_link(), b"/etc/passwd")), {"": _UNSAFE}),
    packed("zip-marked-name", zipped(("成功!活动周总结.docx", word(paragraphs=["丁"])), ("喜讯!现场.jpg", photo("mark"))),
           {"!成功!活动周总结.docx": accepted(deliverable="summary"), "!喜讯!现场.jpg": attachment()}),
    Case("zip-member-sent-before",
         [(f"{_TWICE_PATH}/先.xlsx", _TWICE, 0), (f"{_TWICE_PATH}/后.zip", zipped(("活动日报.xlsx", _TWICE)), 5)],
         {f"{_TWICE_PATH}/先.xlsx": accepted(1), f"{_TWICE_PATH}/后.zip!活动日报.xlsx": End("duplicate")}),
]  # fmt: skip
