"""Limits and waiting times, each one settable by an environment variable of its name."""

import os
from dataclasses import dataclass, fields

MIB = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """What a file may cost. `NOTICES_<NAME>` in the environment replaces a default."""

    quiet_seconds: int = 30
    """A live scan leaves a file alone that changed within this time: it may still be written."""
    max_table_bytes: int = 100 * MIB
    max_inflated_bytes: int = 512 * MIB
    """What an archive, or an office file, may unpack to in all."""
    max_inflation: int = 200
    """What it may unpack to, as a multiple of its own size, where that is more than `small_inflated_bytes`."""
    small_inflated_bytes: int = 64 * MIB
    max_members: int = 2000
    max_archive_depth: int = 2
    """An archive inside an archive is read; one more level is not."""
    header_rows: int = 20
    """The header is looked for within this many first rows of a sheet."""
    file_seconds: int = 30
    """Wall time after which one file's child is stopped."""
    child_memory_bytes: int = 2048 * MIB
    """Address space of a reading child."""
    lock_seconds: int = 600
    """How long a run waits for another one that writes to the same home."""
    max_return_bytes: int = 20 * MIB
    """A larger workbook goes back as a letter: marking one takes a hundred times its size in memory."""
    readers: int = os.cpu_count() or 2
    batch_files: int = 500
    """Receipts read by one mapped task at the least; never more than `max_batches` tasks."""
    max_batches: int = 8

    @classmethod
    def load(cls) -> "Settings":
        """Defaults, with what the environment says instead."""
        given = {
            field.name: int(os.environ[name])
            for field in fields(cls)
            if (name := f"NOTICES_{field.name.upper()}") in os.environ
        }
        return cls(**given)
