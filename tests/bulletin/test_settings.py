"""What a notice says about approval and corrections: defaults, and mistakes named in Chinese with their place."""

import shutil
from pathlib import Path

import pytest

from pipelines.ground.errors import BadNoticeError
from pipelines.notice import Notice, load_notice
from pipelines.notice.folder import NOTICES

GOOD = Path(__file__).parents[1] / "notice" / "good" / "small-2020"


def load(tmp_path: Path, said: str) -> Notice:
    shutil.copytree(GOOD, tmp_path / GOOD.name)
    shutil.copy(NOTICES / "words.yaml", tmp_path)
    page = tmp_path / GOOD.name / "notice.yaml"
    page.write_text(page.read_text("utf-8") + said, "utf-8")
    return load_notice(GOOD.name, tmp_path)


def test_without_a_word_nobody_is_asked_and_small_changes_are_corrected(tmp_path):
    said = load(tmp_path, "").bulletins
    assert said.approval is None
    assert (said.corrections.counts, said.corrections.rates, said.corrections.sums) == (1, 0.01, 0.05)


def test_what_is_said_counts(tmp_path):
    said = load(
        tmp_path,
        "bulletins:\n"
        "  approval: {asked: [final], wait_hours: 12, otherwise: release}\n"
        "  corrections: {counts: 3, rates: 0.02, sums: 0.1}\n",
    ).bulletins
    assert (said.approval.asked, said.approval.wait_hours, said.approval.otherwise) == (
        ("final",),
        12,
        "release",
    )
    assert (said.corrections.counts, said.corrections.rates, said.corrections.sums) == (3, 0.02, 0.1)


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("approval: {wait_hours: 2}", ["otherwise", "缺少必填的键"]),
        ("approval: {otherwise: maybe}", ["otherwise", "release"]),
        ("approval: {otherwise: release, wait_hours: 0}", ["wait_hours"]),
        ("approval: {otherwise: release, asked: [weekly]}", ["asked", "daily"]),
        ("approval: {otherwise: release, asked: []}", ["asked"]),
        ("corrections: {rates: 0}", ["rates"]),
        ("corrections: {counts: 1.5}", ["counts"]),
        ("corrections: {treshold: 1}", ["treshold", "不认识的键"]),
        ("extracts_to: [collage]", ["extracts_to.0", "collage", "bureau、college、union"]),
        ("extracts_to: [bureau]", ["extracts_to", "mail.bulletins_to", "all_recipients"]),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path, said, places):
    with pytest.raises(BadNoticeError) as caught:
        load(tmp_path, f"bulletins:\n  {said}\n")
    assert "notice.yaml 第" in caught.value.problems[0]
    for place in places:
        assert place in caught.value.problems[0]
