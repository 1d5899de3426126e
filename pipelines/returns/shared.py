"""Returns on the machine at hand: where machines share a store, it has each return's file before the ledger names it."""

from collections.abc import Iterable
from pathlib import Path

from pipelines.ground.store import fetch_checked, hash_of, open_store


def put_returns(folder: Path, files: Iterable[str]) -> None:
    """The store has these files of a notice's returns, each under its hash."""
    if store := open_store():
        for file in files:
            store.add_file(f"{_name(folder, file)}/{hash_of(folder / file)}", folder / file)


def find_return(folder: Path, file: str) -> Path:
    """Where a return's file lies, fetched where another machine wrote it; nothing lies there where nobody has it any more."""
    path = folder / file
    if not path.exists() and (store := open_store()):
        for sha256 in store.names(_name(folder, file))[-1:]:
            fetch_checked(store, f"{_name(folder, file)}/{sha256}", sha256, path)
    return path


def _name(folder: Path, file: str) -> str:
    return "/".join([*folder.parts[-2:], file])
