"""Stages that go on side by side: the check beside the load, and imports beside reading. What goes wrong in one stops both."""

import sys
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from pipelines import cycle, loading
from pipelines.ground import ahead
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.warehouse.files import open_file
from tests.operate.conftest import NOW
from tests.read.habits.case import material, materials
from tests.read.habits.write import text


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """One report with a row that counts and one that goes back."""
    folder = tmp_path / "share" / "教育厅收件" / "济南市教育局"
    folder.mkdir(parents=True)
    rows = materials(material(), material(title="另一条", participants="-3"))
    (folder / "日报.csv").write_bytes(text(rows))
    return tmp_path / "share"


def test_a_run_is_loaded_while_it_is_being_checked(
    home: Home, notice: Notice, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    waited, check, load_run = Event(), cycle.check, loading.load_run

    def check_late(*given: Any) -> dict[str, Any]:
        assert waited.wait(60), "the load begins only after the check"
        return check(*given)

    def load_and_tell(*given: Any) -> dict[str, Any]:
        *others, wait = given
        return load_run(*others, lambda: (waited.set(), wait()))

    monkeypatch.setattr(cycle, "check", check_late)
    monkeypatch.setattr(loading, "load_run", load_and_tell)
    found = cycle.run(home, notice, inbox, NOW)
    assert found["states"] == {"partly accepted": 1}
    assert found["reasons"] == {"negative_number": 1}


def test_nothing_is_loaded_of_a_run_whose_check_failed(
    home: Home, notice: Notice, inbox: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise NoticesError("规则自己出错了，本轮作废")

    with monkeypatch.context() as broken:
        broken.setattr(cycle, "check", fail)
        with pytest.raises(NoticesError, match="规则自己出错了"):
            cycle.run(home, notice, inbox, NOW)
    with open_file(home.warehouse, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM raw.submissions").fetchone() == (0,)
    assert not home.published.exists()
    assert cycle.run(home, notice, inbox, NOW)["states"] == {"partly accepted": 1}


def test_what_is_made_anew_waits_for_the_check_that_goes_on(
    home: Home, notice: Notice, monkeypatch: pytest.MonkeyPatch
):
    done: list[str] = []
    monkeypatch.setattr(loading, "loaded_receipts", lambda known, notice: None)
    monkeypatch.setattr(loading, "rebuild", lambda home: done.append("rebuilt") or {notice.id: COUNTS})
    cycle.load(home, notice, "r", lambda: done.append("checked"))
    assert done == ["checked", "rebuilt"]


COUNTS: dict[str, Any] = {"submissions": 0, "states": {}, "reasons": {}, "notes": {}}


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that nobody has imported yet."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "needed_soon.py").write_text("import threading\nWHO = threading.current_thread().name\n")
    monkeypatch.setattr(ahead, "_begun", {})
    monkeypatch.delitem(sys.modules, "needed_soon", raising=False)
    return "needed_soon"


def test_a_module_is_imported_beside(module: str):
    ahead.import_ahead(module)
    ahead.import_ahead(module)
    ahead._begun[module].join()
    assert ahead._begun[module].name == import_module(module).WHO
    assert len(ahead._begun) == 1


def test_what_cannot_be_imported_is_raised_where_it_is_needed(
    module: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    (tmp_path / f"{module}.py").write_text("raise OSError('磁盘')")
    ahead.import_ahead(module)
    ahead._begun[module].join()
    assert "提前导入 needed_soon 没有成功" in caplog.text
    with pytest.raises(OSError, match="磁盘"):
        import_module(module)
