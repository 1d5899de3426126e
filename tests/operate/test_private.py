"""The home is its owner's alone whatever the umask; published/ may be opened to a group; what lies outside stays as it is."""

import grp
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipelines import cycle
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.returns.place import place_return
from tests.conftest import cli_environment
from tests.operate.conftest import NOW, Cli, fill

NOBODY = 65534
LIST = """
import os, sys
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(65534)
seen = []
for folder, folders, files in os.walk(sys.argv[1]):
    seen += [os.path.join(folder, name) for name in (*folders, *files)]
for path in sys.argv[3:]:  # who knows a name may try it
    try:
        seen.append(f"{path}:{len(open(path, 'rb').read())}")
    except OSError:
        pass
print("\\n".join(seen))
"""
IN_TURN = """
import json, os, sys
from pipelines.cli import main
home = sys.argv[1]
for words in json.loads(sys.argv.pop()):
    os.umask(0)
    sys.argv[1:] = ["--home", home, *words]
    try:
        main()
    except SystemExit as end:
        assert not end.code
"""
"""Several commands in one process of their own, each of which begins under a umask that closes nothing."""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as another user")


@pytest.fixture(scope="module")
def place(notice: Notice) -> Iterator[Path]:
    """A folder that everybody may enter, with a home after a cycle, reminders and a rebuild, made under a umask that closes
    nothing."""
    with TemporaryDirectory() as opened:
        folder = Path(opened)
        folder.chmod(0o755)
        inbox = fill(notice, folder / "inbox")
        commands = (
            ("run", notice.id, "--inbox", str(inbox), "--now", NOW.isoformat()),
            ("remind", notice.id, "--now", "2020-11-20T09:00:00"),
            ("rebuild",),
        )
        words = [sys.executable, "-c", IN_TURN, str(folder / "home"), json.dumps(commands)]
        done = subprocess.run(words, env=cli_environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        yield folder


def look(path: Path, group: int = NOBODY) -> list[str]:
    """What another user sees below a path, or can open by its name."""
    names = [str(one) for one in path.rglob("*") if one.is_file()]
    done = subprocess.run(
        [sys.executable, "-c", LIST, path, str(group), *names], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_nothing_below_the_home_is_open_to_anybody_else(place: Path):
    kinds = {one.relative_to(place / "home").parts[0] for one in (place / "home").rglob("*")}
    assert {"archive", "mail", "published", "registry", "returns", "warehouse"} <= kinds
    loose = [
        path
        for path in (place / "home", *(place / "home").rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert loose == []


@needs_root
def test_listed_as_another_user_the_home_shows_nothing(place: Path):
    assert look(place / "home") == []
    assert look(place / "inbox"), "the look itself works"


def test_a_home_that_an_older_version_left_open_is_closed_and_the_inbox_in_it_left_alone(
    finished: Home, notice: Notice
):
    inbox = fill(notice, finished.inbox(notice.id))
    for path in (finished.path, *finished.path.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    cycle.run(finished, notice, inbox, NOW)
    for path in (finished.path, *finished.path.rglob("*")):
        is_theirs = path.is_relative_to(finished.path / "inbox")
        assert bool(stat.S_IMODE(path.stat().st_mode) & 0o077) == is_theirs, path


@needs_root
def test_published_alone_may_be_opened_to_a_group(
    place: Path, notice: Notice, monkeypatch: pytest.MonkeyPatch
):
    home, group = Home(place / "home"), grp.getgrgid(NOBODY)
    monkeypatch.setenv("NOTICES_PUBLISHED_GROUP", group.gr_name)
    cycle.run(home, notice, place / "inbox", NOW)
    assert look(home.path, group=1) == []
    (seen,) = look(home.path, group=NOBODY)
    assert seen == f"{home.published}:{home.published.stat().st_size}"
    assert stat.S_IMODE(home.published.stat().st_mode) == 0o440
    monkeypatch.delenv("NOTICES_PUBLISHED_GROUP")
    cycle.run(home, notice, place / "inbox", NOW)
    assert look(home.path, group=NOBODY) == []


def test_a_group_that_does_not_exist_is_said_before_anything_is_made(
    home: Home, notice: Notice, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NOTICES_PUBLISHED_GROUP", "nobody-made-it")
    with pytest.raises(NoticesError, match=r"nobody-made-it.*不存在"):
        cycle.run(home, notice, None, NOW)


@pytest.mark.parametrize(("folder", "file"), [(0o755, 0o644), (0o775, 0o664), (0o700, 0o600)])
def test_a_return_is_as_open_as_the_units_own_folder(folder: int, file: int, tmp_path: Path):
    (tmp_path / "收件" / "某局").mkdir(parents=True)
    (tmp_path / "收件" / "某局").chmod(folder)
    mask = os.umask(0o077)
    try:
        where = place_return(tmp_path, "收件/某局", "退回", "a.xlsx", b"1")
    finally:
        os.umask(mask)
    assert where == "收件/某局/退回/a.xlsx"
    assert stat.S_IMODE((tmp_path / "收件/某局/退回").stat().st_mode) == folder
    assert stat.S_IMODE((tmp_path / where).stat().st_mode) == file


def test_what_is_written_outside_has_the_users_own_rights(
    once: Path, notice: Notice, cli: Cli, tmp_path: Path
):
    os.umask(0o022)
    assert cli("export", notice.id, "--to", tmp_path / "away", at=Home(once / "home")).status == 0
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "away").iterdir()}
    assert modes == {0o644}
