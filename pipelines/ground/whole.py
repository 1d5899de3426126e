"""A small file, put in its place whole: whoever reads meanwhile has the old one or the new one, never a piece."""

import os
from pathlib import Path


def replace_file(path: Path, content: str | bytes) -> None:
    """The file says this from now on. Not synced: for what can be made again."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content.encode() if isinstance(content, str) else content)
    beside.replace(path)
