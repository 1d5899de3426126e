"""No mistake of ours waits for a strange file: whatever a grid holds ends in a submission, and whatever bytes hold at least in a verdict.

What crosses from here as an exception would end a cycle (docs/decisions/0010-whose-fault.md), and no unit's file may do that.
"""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipelines.collect.source import ANSWER_MARK
from pipelines.ground.settings import Settings
from pipelines.notice import list_notices, load_notice
from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.notice.sources import JinshujuFilesSource
from pipelines.read.drawing import Drawer
from pipelines.read.drawn import DrawJob
from pipelines.read.open import open_grid
from pipelines.read.wire import decode, encode
from pipelines.templates.workbook import make_template
from tests.conftest import SAMPLES, SHARED
from tests.read.habits.tables import ALL
from tests.read.odd_bytes import odd_bytes
from tests.read.odd_grids import odd_content
from tests.read.strangers import MOST_BYTES, RECEIVED, Given, Stranger, files_of

NOTICE = "sd-vocational-week-2020"
CASES = SHARED / "cases" / "inbox.tar.gz"
FEW, MANY = 250, int(os.environ.get("NOTICES_SOAK") or 200) * 250
"""Seeds in the suite, and in `make soak`."""
SAMPLED = 12
"""Of a whole world every so manieth file is taken."""


def _habits() -> Iterator[Given]:
    for case in ALL:
        for path, content, _ in case.written():
            if len(content) <= MOST_BYTES:
                yield Given(path, content)


@pytest.fixture(scope="module")
def habits() -> list[Given]:
    return list(_habits())


@pytest.fixture(scope="module")
def all_files(habits: list[Given]) -> list[Given]:
    """Those of the shared cases and of a few worlds too."""
    if not (CASES.exists() and SAMPLES):
        pytest.skip(f"needs the case library and the samples in {SHARED}")
    sampled = [one for world in SAMPLES[:2] for one in list(files_of(world))[::SAMPLED]]
    return [*habits, *files_of(CASES), *sampled]


def _read_odd_grids(stranger: Stranger, given: list[Given], seeds: range) -> None:
    for seed in seeds:
        stranger.read_as(given[seed * 7919 % len(given)], partial(odd_content, seed))
        if seed % 500 == 0:
            stranger.write()
    stranger.write()


def _read_odd_bytes(stranger: Stranger, given: list[Given], seeds: range) -> None:
    contents = [one.content for one in given]
    for seed in seeds:
        one = given[seed * 7919 % len(given)]
        stranger.read(Given(one.path, odd_bytes(seed, one.content, contents)))
        if seed % 500 == 0:
            stranger.write()
    stranger.write()


def test_whatever_stands_in_a_grid_ends_in_a_submission(habits: list[Given], tmp_path: Path) -> None:
    _read_odd_grids(Stranger.of(NOTICE, tmp_path), habits, range(FEW))


def test_whatever_bytes_hold_ends_in_a_submission(habits: list[Given], tmp_path: Path) -> None:
    _read_odd_bytes(Stranger.of(NOTICE, tmp_path), habits, range(FEW))


def test_half_a_character_goes_over_the_wire() -> None:
    told = {"甲\ud800": ["乙\udfff", 1, None, ("丙", b"\xff")]}
    assert decode(encode(told), dict[str, Any]) == {"甲?": ["乙?", 1, None, ["丙", b"\xff"]]}


ANSWERS = [
    pytest.param('{"answer": 1, "labels": {"a": [1], "标题": {}}, "record": {"a": "甲", "标题": "乙"}}', id="labels that are none"),
    pytest.param('{"answer": [], "labels": {}, "record": {"标题": {"b": [[1], {"c": null}]}}, "options": {"标题": {"x": 1}}}', id="groups in lists"),
    pytest.param('{"answer": "1", "labels": {}, "record": {"标题": "\\ud800", "": NaN, "参与人数": 1e999}}', id="half a character"),
    pytest.param('{"answer": "1", "labels": {}, "record": [["a", 1]], "was": {"a": null}}', id="a list of pairs"),
    pytest.param('{"answer": "1", "labels": {}, "record": "x"}', id="a text"),
    pytest.param('{"answer": "1", "labels": 1, "record": {}}', id="a number of labels"),
    pytest.param('{"answer": "1", "labels": {}, "record": ' + '{"a": ' * 5000 + "1" + "}" * 5000 + "}", id="deep"),
    pytest.param('{"answer": "1", "labels": {}, "record": {"a": ' + "1" * 5000 + "}}", id="a number without end"),
    pytest.param("[]", id="no answer"),
]  # fmt: skip


@pytest.mark.parametrize("content", ANSWERS)
def test_whatever_a_form_service_answered_ends_in_a_submission(content: str, tmp_path: Path) -> None:
    source = JinshujuFilesSource(id="it", kind="jinshuju_files", path="答卷", line="education")
    notice = load_notice(NOTICE)
    stranger = Stranger(notice.model_copy(update={"sources": (*notice.sources, source)}), tmp_path)
    (said,) = stranger.read(Given(f"答卷/{ANSWER_MARK}1", content.encode()))
    assert said.outcome == "rejected"


def _templates(notice: Notice) -> list[Given]:
    """What the notice itself asks for, in the form in which it gives it out."""
    source = next(one for one in notice.sources if one.kind == "folder")
    unit = next(one for one in notice.recipients if one.line == source.line)
    tables = [name for name, item in notice.deliverables.items() if KINDS[item.kind].is_table]
    return [
        Given(f"{source.path}/{unit.name}/{name}.xlsx", make_template(notice, name, unit)) for name in tables
    ]


@pytest.mark.parametrize("notice_id", list_notices())
def test_every_notice_s_own_tables_may_hold_anything(notice_id: str, tmp_path: Path) -> None:
    """Amounts, moments, lists and nominations are read by grammars that the first notice does not ask for."""
    stranger = Stranger.of(notice_id, tmp_path)
    given = _templates(stranger.notice)
    assert given
    _read_odd_grids(stranger, given, range(60))


@pytest.mark.soak
def test_odd_grids_of_all_files(all_files: list[Given], tmp_path: Path) -> None:
    for notice_id in list_notices():
        _read_odd_grids(Stranger.of(notice_id, tmp_path), all_files, range(FEW, FEW + MANY // 5))


@pytest.mark.soak
def test_odd_bytes_of_all_files(all_files: list[Given], tmp_path: Path) -> None:
    _read_odd_bytes(Stranger.of(NOTICE, tmp_path), all_files, range(FEW, FEW + MANY))


def test_whatever_stands_in_a_grid_can_be_drawn(habits: list[Given], tmp_path: Path, monkeypatch) -> None:
    notice, path = load_notice(NOTICE), tmp_path / "object"
    drawer, tables = Drawer(notice, Settings()), [one for one in habits if one.path.endswith(".xlsx")]
    for seed in range(100):
        one = tables[seed * 7919 % len(tables)]
        path.write_bytes(one.content)
        source = next(each.id for each in notice.sources if one.path.startswith(f"{each.path}/"))
        job = DrawJob("r", source, one.path, str(path), "0", len(one.content), RECEIVED, piece=one.path)
        monkeypatch.setattr(
            "pipelines.read.file.open_grid",
            lambda content, kind, settings, seed=seed: odd_content(seed, open_grid(content, kind, settings)),
        )
        assert drawer.read(job).receipt_id == "r"
