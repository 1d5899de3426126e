"""The shared library of small files, one habit each: every case ends as the contract says, through one `notices run`."""

import subprocess
import sys

import pytest

from tests.conftest import NOTICE_ID, SHARED

CASES = SHARED / "cases"
TABLES = ("materials", "plan", "statistics")


@pytest.mark.slow
@pytest.mark.skipif(not (CASES / "inbox.tar.gz").exists(), reason=f"needs the case library in {CASES}")
def test_every_case_is_as_expected(ask, tmp_path):
    subprocess.run(["tar", "xzpf", CASES / "inbox.tar.gz", "-C", tmp_path], check=True)
    ask("run", NOTICE_ID, "--inbox", tmp_path / "inbox", "--now", "2020-12-01T00:00:00")
    printed = {what: ask(what, NOTICE_ID, "--format", "csv") for what in ("files", "notes")}
    for table in TABLES:
        printed[table] = ask("rows", NOTICE_ID, "--deliverable", table, "--format", "csv")
    words = [sys.executable, CASES / "check_cases.py", CASES]
    for what, said in printed.items():
        path = tmp_path / f"{what}.csv"
        path.write_text(said, "utf-8")
        words += ["--rows" if what in TABLES else f"--{what}", path]
    done = subprocess.run(words, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    equal, _, total, *_ = done.stdout.splitlines()[-1].split()
    assert equal == total
    assert int(total) > 600
