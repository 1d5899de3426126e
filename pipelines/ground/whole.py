"""A small file, put in its place whole: whoever reads meanwhile has the old one or the new one, never a piece."""

import os
from pathlib import Path


def replace_file(path: Path, content: str | bytes, *, is_synced: bool = False) -> None:
    """The file says this from now on. Not synced unless that is asked: for what can be made again."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        if is_synced:
            file.flush()
            os.fsync(file.fileno())
    beside.replace(path)
