"""The site is no part of the store: whichever machine of those that share one makes it next makes the same."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.ground.home import Home
from pipelines.ground.lock import hold
from pipelines.site.make import make_site
from tests.site.conftest import Stand
from tests.stores import make_store

AT = datetime(2021, 5, 11, 17)


def test_the_next_machine_makes_the_same_site(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_store("folder", tmp_path / "shared", monkeypatch)
    stand.shelve("published", datetime(2021, 5, 10, 17))
    stand.publish()
    with hold(stand.home):
        pass
    other = Home(tmp_path / "other")
    assert make_site(other, stand.notice, tmp_path / "before", AT).files
    stand.shelve("published", datetime(2021, 5, 11, 9))
    with hold(stand.home):
        pass
    stand.make(AT)
    wanted = stand.files()
    shutil.rmtree(stand.home.path)
    made = make_site(other, stand.notice, stand.to, AT)
    assert (made.is_changed, made.left) == (False, ())
    assert stand.files() == wanted
    assert {name.split("/")[1] for name in wanted if name.endswith(".docx")} == {
        "2021-05-10T170000-daily",
        "2021-05-11T090000-daily",
    }
