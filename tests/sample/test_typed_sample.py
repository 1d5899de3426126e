"""A sample of lists and of columns of every type: each file and row ends as the sample says, comparisons and zero words too."""

import csv
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ask import figures
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES
from pipelines.sample import write_sample

TYPED, NOTICE = Path(__file__).parents[1] / "notice" / "typed", "zz-projects-2025"
HERE = "    file_words: [月报表]\n"
ASKED = '    zero_report: true\n    checks: [{left: bases, is: "<=", right: enrolled}]\n'


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2])
def test_every_file_of_a_sample_ends_as_it_says(tmp_path: Path, seed: int) -> None:
    shutil.copytree(TYPED / NOTICE, tmp_path / "notices" / NOTICE)
    shutil.copy(NOTICES / "words.yaml", tmp_path / "notices")
    path = tmp_path / "notices" / NOTICE / "notice.yaml"
    text = path.read_text("utf-8")
    assert text.count(HERE) == 1
    path.write_text(text.replace(HERE, HERE + ASKED), "utf-8")
    notice = load_notice(NOTICE, tmp_path / "notices")
    made = write_sample(notice, tmp_path / "sample", seed=seed, recipients=3, rows=3)
    home = Home(tmp_path / "home")
    cycle.run(home, notice, made.inbox, made.now + timedelta(days=1))
    found = {
        (row[0], row[3][:19]): tuple(one or "" for one in (row[1], row[2], *row[4:]))
        for row in figures.ask_files(home.published, NOTICE).rows
    }
    names = ("recipient", "deliverable", "state", "reason", "rejected_rows")
    with (tmp_path / "sample" / "expected-files.csv").open(encoding="utf-8-sig") as file:
        expected = {
            (one["path"], one["received_at"]): tuple(one[name] for name in names)
            for one in csv.DictReader(file)
        }
    assert found == expected
    assert sum(one[1] == "nominations" and one[2] == "accepted" for one in expected.values()) > 0
