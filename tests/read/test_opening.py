"""Every opener has one way to say whose an error is: the file's, with a traceback unless its parser said it; or the machine's."""

import errno
import logging
from collections.abc import Callable
from typing import Any

import pytest

from pipelines.read.findings import FileRejected
from pipelines.read.open.formats import detect_format
from pipelines.read.open.locked import OLE, unlock
from pipelines.read.pack.wrapped import unwrap


def rejected(call: Callable[[], Any]) -> str:
    with pytest.raises(FileRejected) as raised:
        call()
    return raised.value.reason


OPENERS: dict[str, tuple[str, Callable[[], str], str]] = {
    "format": ("pipelines.read.open.formats.is_locked", lambda: detect_format(OLE + b"x", "a.xls"), "broken_office"),
    "lock": ("msoffcrypto.OfficeFile", lambda: rejected(lambda: unlock(b"any")), "encrypted"),
    "winmail": ("tnefparse.TNEF", lambda: rejected(lambda: unwrap(b"any", "winmail.dat")), "unreadable"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _locked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.read.open.locked.is_locked", lambda content: True)


def fail(monkeypatch: pytest.MonkeyPatch, place: str, error: Exception) -> None:
    def raises(*_: object) -> None:
        raise error

    monkeypatch.setattr(place, raises)


@pytest.mark.parametrize(("place", "call", "end"), OPENERS.values(), ids=OPENERS)
def test_broken_bytes_are_the_file_s_without_a_traceback(
    place: str, call: Callable[[], str], end: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert call() == end
    assert [one for one in caplog.records if one.exc_info] == []


@pytest.mark.parametrize(("place", "call", "end"), OPENERS.values(), ids=OPENERS)
def test_what_may_be_a_mistake_of_ours_is_the_file_s_with_a_traceback(
    place: str,
    call: Callable[[], str],
    end: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fail(monkeypatch, place, TypeError("ours"))
    with caplog.at_level(logging.WARNING):
        assert call() == end
    assert [str(one.exc_info[1]) for one in caplog.records if one.exc_info] == ["ours"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), MemoryError(), ImportError("x")], ids=repr)
@pytest.mark.parametrize(("place", "call", "end"), OPENERS.values(), ids=OPENERS)
def test_what_the_machine_says_of_itself_passes(
    place: str, call: Callable[[], str], end: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, place, error)
    with pytest.raises(type(error)):
        call()
