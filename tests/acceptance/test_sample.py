"""A sample comes to the ends that it names beforehand, whatever the notice and the seed."""

import csv
import io
import re

import pytest

from pipelines.notice import list_notices, load_notice
from pipelines.sample import write_sample
from tests.conftest import NOTICE_ID

pytestmark = pytest.mark.slow
LOG_LINE = re.compile(r"\d\d:\d\d:\d\d (?P<stage>\w+): .+")


def lines(text: str) -> list[tuple[str, ...]]:
    return sorted(tuple(line.values()) for line in csv.DictReader(io.StringIO(text)))


def test_what_a_run_logs_names_its_stages(undisturbed):
    """That one ran in a process of its own: what a library writes beside it would be seen here."""
    logged = [LOG_LINE.fullmatch(line) for line in undisturbed.logged.splitlines()]
    assert all(logged), f"a line that names no stage of ours: {undisturbed.logged}"
    assert list(dict.fromkeys(line["stage"] for line in logged)) == [
        "scan",
        "read",
        "check",
        "load",
        "publish",
        "returns",
    ]


@pytest.mark.parametrize(
    ("notice_id", "seed", "recipients"),
    [
        (NOTICE_ID, 11, 10),
        # Larger samples of the same: tests/notice/test_second_notice.py plays a small one of every notice.
        *(pytest.param(one, 11, 25, marks=pytest.mark.soak) for one in list_notices()),
        pytest.param(NOTICE_ID, 12, 25, marks=pytest.mark.soak),
    ],
)
def test_every_file_ends_as_expected(notice_id, seed, recipients, ask, tmp_path):
    made = write_sample(load_notice(notice_id), tmp_path / "sample", seed=seed, recipients=recipients, rows=4)
    ask("run", notice_id, "--inbox", made.inbox, "--now", made.now.isoformat())
    expected = lines((tmp_path / "sample" / "expected-files.csv").read_text("utf-8"))
    found = lines(ask("files", notice_id, "--format", "csv"))
    assert len(expected) > 50
    assert set(expected) - set(found) == set()
    assert set(found) - set(expected) == set()
    assert found == expected
