"""Cards: what DAG files need of each notice, made once from its whole folder and kept until that changes."""

from pathlib import Path

import pytest

import pipelines.notice as notices
from pipelines.ground.home import Home
from pipelines.notice import cards, list_notices, load_notice
from pipelines.notice.bulletins import planned_moments


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which notices were read whole, in order."""
    asked: list[str] = []

    def load(notice_id: str):
        asked.append(notice_id)
        return load_notice(notice_id)

    monkeypatch.setattr(notices, "load_notice", load, raising=False)
    return asked


@pytest.mark.parametrize("notice_id", list_notices())
def test_a_card_says_what_its_notice_says(notice_id: str, home: Home):
    notice = load_notice(notice_id)
    for _ in ("made", "kept"):
        card = cards.read_card(home, notice_id)
        assert (card.id, card.title, card.timezone) == (notice.id, notice.title, notice.timezone)
        assert (card.opens, card.closes) == (notice.opens, notice.closes)
        assert card.moments == tuple(one.isoformat() for one in planned_moments(notice))
        assert card.mails == (notice.mail is not None)
        assert card.reminds == (notice.remind is not None)
        assert card.problems == ()


def test_what_did_not_change_is_not_read_again(home: Home, read: list[str]):
    first = cards.list_cards(home)
    assert read == list_notices()
    assert cards.list_cards(home) == first
    assert read == list_notices()


@pytest.mark.parametrize("state", ["another program", "damaged", "other columns"])
def test_a_card_of_something_else_is_made_anew(state: str, home: Home, read: list[str]):
    notice_id = list_notices()[0]
    first = cards.read_card(home, notice_id)
    path = home.path / "cache" / "cards" / f"{notice_id}.json"
    text = path.read_text("utf-8")
    spoilt = {
        "another program": text.replace('["cards.py", ', '["cards.py", 1'),
        "damaged": text[:-20],
        "other columns": text.replace('"mails"', '"males"'),
    }[state]
    assert spoilt != text
    path.write_text(spoilt, "utf-8")
    assert cards.read_card(home, notice_id) == first
    assert read == [notice_id, notice_id]


def test_out_of_time_what_changed_is_as_it_was_and_what_is_new_waits(home: Home, read: list[str]):
    assert cards.list_cards(home, seconds=-1) == []
    first = cards.list_cards(home)
    for path in (home.path / "cache" / "cards").iterdir():
        path.write_text(path.read_text("utf-8").replace('["cards.py", ', '["cards.py", 1'), "utf-8")
    read.clear()
    assert cards.list_cards(home, seconds=-1) == first
    assert read == []


def test_a_folder_that_is_wrong_is_a_card_with_its_problems(home: Home):
    card = cards.read_card(home, "nowhere")
    assert "nowhere/notice.yaml 不存在" in card.problems[0]
    assert not cards.Card("nowhere").mails
