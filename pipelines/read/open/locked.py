"""Office files locked with a password: opened where it is the one that Excel itself supplies."""

import io

import msoffcrypto
import olefile
from msoffcrypto import exceptions

from pipelines.read.findings import encrypted
from pipelines.read.opening import opening

_REFUSALS = (
    exceptions.FileFormatError,
    exceptions.ParseError,
    exceptions.DecryptionError,
    exceptions.InvalidKeyError,
)
"""What the library says of another password and of a lock that it does not know."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SUPPLIED = "VelvetSweatshop"
"""What Excel locks a workbook with that is only protected against changes; it opens without asking."""


def is_locked(content: bytes) -> bool:
    """Whether an OLE file's content is encrypted. Raises whatever olefile raises on broken structures."""
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        if ole.exists("EncryptedPackage"):
            return True
        return any(
            ole.exists(name) and _has_password(ole.openstream(name).read(4096))
            for name in ("Workbook", "Book")
        )


def _has_password(head: bytes) -> bool:
    """Whether a binary workbook's first records say that the rest is encrypted (FILEPASS, [MS-XLS] 2.4.117)."""
    place = 0
    for _ in range(8):
        record, length = int.from_bytes(head[place : place + 2], "little"), head[place + 2 : place + 4]
        if record == 0x2F:
            return True
        place += 4 + int.from_bytes(length, "little")
    return False


def unlock(content: bytes) -> bytes:
    """The same file without its lock; as it is where it has none. Raises FileRejected where another password is needed."""
    if not is_locked(content):
        return content
    plain = io.BytesIO()
    with opening(encrypted(), _REFUSALS):
        locked = msoffcrypto.OfficeFile(io.BytesIO(content))
        locked.load_key(password=SUPPLIED)
        locked.decrypt(plain)
    return plain.getvalue()
