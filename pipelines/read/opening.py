"""Where bytes that nobody vouches for are opened: whose an error is depends on whether it comes from in here.

Inside `opening`, parsers of others and our own walking of what they find meet whatever a broken file holds: what goes wrong
there says that of the file. Everything beyond it is given well-formed values, and an error there is a mistake of ours
(docs/decisions/0010-whose-fault.md).
"""

import errno
import logging
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import lxml.etree

from pipelines.read.findings import FileRejected, unreadable

OURS = frozenset(
    {errno.ENOSPC, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EROFS, errno.EDQUOT}
)
"""What the machine says of itself; no file makes it say so."""
_SAID_OF_BYTES = (zipfile.BadZipFile, zlib.error, lxml.etree.LxmlError, EOFError, UnicodeError)
"""What is said of broken bytes and of nothing else: the log needs no traceback of it."""
log = logging.getLogger(__name__)


@contextmanager
def opening(
    rejection: FileRejected | None = None, ordinary: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """What goes wrong inside is the file's: it ends as `rejection`, `unreadable` unless another one is given. `ordinary`: what
    this parser, too, says of broken bytes, and no mistake of ours would.

    Passes on what was found out about the file already, and what is no word about it: see `is_of_the_machine`.
    """
    try:
        yield
    except FileRejected:
        raise
    except BaseException as error:
        # A panic inside python-calamine is no Exception.
        if is_of_the_machine(error) or not (
            isinstance(error, Exception) or type(error).__name__ == "PanicException"
        ):
            raise
        if not isinstance(error, (*_SAID_OF_BYTES, *ordinary)):
            # Most likely a broken file, but it may be a mistake in our own walking of it: the log tells which.
            log.warning("打开文件时出错，按文件有问题处理", exc_info=error)
        raise rejection or unreadable() from error


def is_of_the_machine(error: BaseException) -> bool:
    """Whether it says something of the machine, or of how this program is installed, and nothing of a file."""
    is_disk = isinstance(error, OSError) and error.errno in OURS
    return is_disk or isinstance(error, MemoryError | ImportError | PermissionError)
