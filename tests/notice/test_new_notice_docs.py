"""docs/new-notice.md is right: its example is a notice, its outputs are those of the program, its tables are whole."""

import re
import shutil

import pytest
import yaml
from pydantic import TypeAdapter

from pipelines.cli.notice import summarise
from pipelines.ground.errors import BadNoticeError
from pipelines.ground.home import ROOT
from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES
from pipelines.notice.kinds import KINDS
from pipelines.notice.periods import Schedule
from pipelines.sample import write_sample

TEXT = (ROOT / "docs" / "new-notice.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", TEXT, re.M | re.S))
NOTICE = "hn-reading-month-2021"


@pytest.fixture
def folder(tmp_path):
    """What somebody has who copied the example file by file."""
    home = tmp_path / "notices" / NOTICE
    home.mkdir(parents=True)
    for name in ("notice.yaml", "recipients.csv", "regions.csv"):
        (home / name).write_text(BLOCKS[name], "utf-8")
    (home / "notice.txt").write_text("原文", "utf-8")
    shutil.copy(NOTICES / "words.yaml", home.parent)
    return home.parent


def test_the_example_passes_the_check_and_says_what_the_page_says(folder):
    assert summarise(load_notice(NOTICE, folder)) + "\n" == BLOCKS["check"]


def test_the_mistake_shown_is_named_as_shown(folder):
    path = folder / NOTICE / "notice.yaml"
    path.write_text(
        path.read_text("utf-8").replace("owed_by: [city_bureau]", "owed_by: [city_burea]", 1), "utf-8"
    )
    with pytest.raises(BadNoticeError) as error:
        load_notice(NOTICE, folder)
    assert f"> {error.value.problems[0]}\n" in TEXT


def test_a_sample_of_the_example_can_be_made(folder, tmp_path):
    made = write_sample(load_notice(NOTICE, folder), tmp_path / "sample")
    assert made.states["accepted"] > 0


def test_every_schedule_shown_is_one():
    rows = re.findall(r"^\| `(\{every.*?\})` \|", TEXT, re.M)
    shown = [
        TypeAdapter(Schedule).validate_python(yaml.load(row, Loader=yaml.BaseLoader)).periods()
        for row in rows
    ]
    assert [len(periods) for periods in shown] == [1, 5, 9, 2, 4, 2, 1, 2, 0, 6, 1, 119]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_and_column_is_listed(kind):
    row = next(
        line for line in TEXT.partition("## 附 B")[2].splitlines() if line.startswith(f"| `{kind.name}`")
    )
    assert re.findall(r"`(\w+)`", row) == [kind.name, *(field.name for field in kind.fields)]
