"""`sources` of a notice are changed after files came: what was received reads as it did, or the run says what to write back."""

import shutil
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines import cycle
from pipelines.archive.origins import SourcesChangedError, require_origins
from pipelines.archive.store import Archive, Receipt
from pipelines.ask.figures import ask
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.notice.sources import FolderSource, JinshujuFilesSource, MailboxSource
from pipelines.rebuild import rebuild
from tests.conftest import NOTICE_ID
from tests.faults.test_matrix import NOW, UNIT
from tests.read.habits.case import material, materials
from tests.read.habits.write import text, xlsx

pytestmark = pytest.mark.slow
OWN, OTHER = "education_folder", "human_resources_folder"
WAS = UNIT.partition("/")[0]
LATER = NOW + timedelta(hours=1)
Play = Callable[[Notice], Home]


@pytest.fixture(scope="module")
def received(notice: Notice, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home after a run: files in a unit's folder and below it, and one beside the folders, named after its unit."""
    home = Home(tmp_path_factory.mktemp("received") / "home")
    files = {
        f"{UNIT}/a.xlsx": xlsx(materials()),
        f"{UNIT}/旧/b.csv": text(materials(material(title="乙"), material(type="新闻"))),
        f"{UNIT}/c.xlsx": b"PK broken",
        f"{WAS}/青岛市教育局材料.xlsx": xlsx(materials(material(title="丙", county="市南区"))),
    }
    for path, content in files.items():
        place = home.inbox(NOTICE_ID) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    done = cycle.run(home, notice, now=NOW)
    assert done["states"]["accepted"] >= 2
    return home


@pytest.fixture
def play(received: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """All made anew from a copy of the home's archive, by a changed notice; then a cycle."""

    def run(changed: Notice) -> Home:
        home = Home(tmp_path / "home")
        shutil.copytree(received.path, home.path)
        shutil.rmtree(home.inbox(NOTICE_ID))
        for one in changed.sources:
            (home.inbox(NOTICE_ID) / one.path).mkdir(parents=True)
        monkeypatch.setattr("pipelines.rebuild.load_notice", lambda _: changed)
        rebuild(home)
        cycle.run(home, changed, now=LATER)
        return home

    return run


def with_paths(notice: Notice, **paths: str) -> Notice:
    sources = (
        one.model_copy(update={"path": paths[one.id]} if one.id in paths else {}) for one in notice.sources
    )
    return notice.model_copy(update={"sources": tuple(sources)})


def in_place_of(notice: Notice, source: Any) -> Notice:
    return notice.model_copy(
        update={"sources": tuple(source if one.id == OWN else one for one in notice.sources)}
    )


@pytest.mark.parametrize("path", ["教育厅来件", "收/件/教育", "教育厅收件2020"])
def test_a_source_that_was_renamed_reads_what_came_before(
    path: str, play: Play, received: Home, notice: Notice
) -> None:
    home = play(with_paths(notice, **{OWN: path}))
    assert states(home) == states(received)


def test_a_path_that_became_shorter_reads_what_came_before(
    notice: Notice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep, home = with_paths(notice, **{OWN: "收/件/教育"}), Home(tmp_path / "home")
    place = home.inbox(NOTICE_ID) / "收/件/教育" / UNIT.partition("/")[2] / "a.xlsx"
    place.parent.mkdir(parents=True)
    place.write_bytes(xlsx(materials()))
    cycle.run(home, deep, now=NOW)
    before = states(home)
    monkeypatch.setattr("pipelines.rebuild.load_notice", lambda _: notice)
    rebuild(home)
    assert states(home) == before
    assert [row[1] for row in before] == ["EDU-3701"]


def states(home: Home) -> list[tuple[Any, ...]]:
    query = "SELECT path, recipient_code, outcome, reason FROM raw.submissions WHERE notice_id = $notice ORDER BY ALL"
    rows = ask(home.published, query, NOTICE_ID).rows
    assert rows
    return list(rows)


def test_files_stay_files_in_what_is_a_mailbox_now(
    play: Play, received: Home, notice: Notice, tmp_path: Path
) -> None:
    box = MailboxSource(id=OWN, kind="mailbox", path=WAS, line="education", connection="nowhere")
    with pytest.raises(NoticesError, match="没有配置连接 nowhere"):
        play(in_place_of(notice, box))
    assert states(Home(tmp_path / "home")) == states(received)


GONE: dict[str, Callable[[Notice], Notice]] = {
    "taken out": lambda notice: notice.model_copy(
        update={"sources": tuple(one for one in notice.sources if one.id != OWN)}
    ),
    "renamed by its id": lambda notice: in_place_of(
        notice, FolderSource(id="another", kind="folder", path=WAS, line="education")
    ),
    "exchanged paths": lambda notice: with_paths(
        notice, **{OWN: next(one.path for one in notice.sources if one.id == OTHER), OTHER: WAS}
    ),
}


@pytest.mark.parametrize("change", GONE.values(), ids=GONE)
def test_what_cannot_be_read_any_more_is_said_before_anything_is_taken_in(
    change: Callable[[Notice], Notice],
    received: Home,
    notice: Notice,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, changed = Home(tmp_path / "home"), change(notice)
    shutil.copytree(received.path, home.path)
    new = home.inbox(NOTICE_ID) / f"{UNIT}/d.xlsx"
    new.write_bytes(xlsx(materials(material(title="丁"))))
    monkeypatch.setattr("pipelines.rebuild.load_notice", lambda _: changed)
    for run in (lambda: cycle.run(home, changed, now=LATER), lambda: rebuild(home)):
        with pytest.raises(SourcesChangedError, match="没有判定任何单位") as raised:
            run()
        assert OWN in str(raised.value)
        assert "请" in str(raised.value)
    assert len(Archive(home.archive).journal(NOTICE_ID).receipts) == 4
    assert states(home) == states(received)
    cycle.run(home, notice, now=LATER)
    assert len(states(home)) == 5, "written back, it goes on"


def receipts(*given: tuple[str, str, dict[str, str]]) -> Iterable[Receipt]:
    return [
        Receipt(str(number), source, path, path, 1, 0, "0", NOW, NOW, "", evidence)
        for number, (source, path, evidence) in enumerate(given)
    ]


def test_answers_are_no_files_of_a_folder(notice: Notice) -> None:
    answers = receipts((OWN, f"{WAS}/答卷#1", {"answer": "1"}))
    with pytest.raises(SourcesChangedError, match="kind"):
        require_origins(notice, answers)
    form = JinshujuFilesSource(id=OWN, kind="jinshuju_files", path="新", line="education")
    require_origins(in_place_of(notice, form), answers)
