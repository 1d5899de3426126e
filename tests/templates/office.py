"""LibreOffice without a window: converts many files in one call."""

import shutil
import subprocess
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="soffice (LibreOffice Calc) is not installed")


def convert(files: list[Path], suffix: str, folder: Path, profile: Path) -> list[Path]:
    """The converted files, in the order given; a filter may follow the suffix after a colon."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [
            str(SOFFICE),
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            suffix,
            "--outdir",
            str(folder),
            *map(str, files),
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    made = [folder / f"{file.stem}.{suffix.partition(':')[0]}" for file in files]
    assert all(one.is_file() for one in made), done.stdout + done.stderr
    return made
