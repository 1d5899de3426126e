"""`notices new` writes the folder and says what is left, or prints JSON for programs."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines.cli import main
from pipelines.notice.folder import NOTICES

TEXT = Path(__file__).parent / "texts" / "39.txt"


class Said(NamedTuple):
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `notices new` in this process."""

    def call(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["notices", "new", *map(str, words)])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        return Said(status, *capsys.readouterr())

    return call


def test_the_folder_is_written_and_its_questions_told(run: Run, tmp_path: Path) -> None:
    shutil.copy(NOTICES / "words.yaml", tmp_path)
    done = run(TEXT, "--to", tmp_path / "jc-saving-week")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "jc-saving-week").iterdir()} == {
        "notice.yaml",
        "notice.txt",
        "recipients.csv",
        "regions.csv",
        "questions.md",
    }
    assert (tmp_path / "jc-saving-week" / "notice.txt").read_text("utf-8") == TEXT.read_text("utf-8")
    assert "3 项报送" in done.stdout
    questions = (tmp_path / "jc-saving-week" / "questions.md").read_text("utf-8")
    assert "sources" in questions
    assert all(
        line.split(". ", 1)[1] in questions for line in done.stdout.splitlines() if line.strip()[:1].isdigit()
    )


def test_json_is_all_that_stands_on_standard_output(run: Run) -> None:
    done = run(TEXT, "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["document_number"] == "江发改环资〔2022〕301号"
    assert all(duty["evidence"] for duty in found["obligations"])


def test_without_a_folder_it_says_what_to_add(run: Run) -> None:
    done = run(TEXT)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--to" in done.stderr


def test_a_missing_text_is_bad_usage(run: Run, tmp_path: Path) -> None:
    done = run(tmp_path / "none.txt", "--to", tmp_path / "x")
    assert done.returncode == 2
    assert "none.txt" in done.stderr
    assert not (tmp_path / "x").exists()
