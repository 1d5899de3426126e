"""Two at once: one works, the other waits or says why it does not; nothing breaks."""

import fcntl
import shutil
import subprocess

import pytest

from tests.acceptance.conftest import Inbox, assert_same
from tests.conftest import NOTICE_ID, cli_environment, command


@pytest.mark.slow
@pytest.mark.parametrize("other", ["run", pytest.param("rebuild", marks=pytest.mark.soak)])
def test_two_at_once(other, small: Inbox, undisturbed, home):
    if other == "rebuild":
        shutil.copytree(undisturbed.home.path, home.path)
    both = [
        subprocess.Popen(
            command(home, *words),
            env=cli_environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for words in (small.run, small.run if other == "run" else ("rebuild",))
    ]
    said = [one.communicate() for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert sum("等它结束" in log for _, log in said) == 1, said
    assert_same(home, undisturbed.home)


def test_whoever_may_not_wait_says_so(home, run_cli, tmp_path):
    home.path.mkdir()
    with (home.path / "writer.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("4321")
        file.flush()
        said = run_cli("run", NOTICE_ID, status=1, NOTICES_LOCK_SECONDS="0").stderr
    assert "没有完成：另一个 notices（进程 4321）正在更新" in said
    assert "请等它结束后再运行一次" in said
    assert "Traceback" not in said


def test_a_killed_process_leaves_no_lock(home, run_cli, tmp_path):
    holder = "import sys, time\nfrom pathlib import Path\nfrom pipelines.ground.home import Home\nfrom pipelines.ground.lock import hold\n"
    holder += "with hold(Home(Path(sys.argv[1]))):\n    print('held', flush=True)\n    time.sleep(60)\n"
    words = [*command(home)[:1], "-c", holder, str(home.path)]
    holding = subprocess.Popen(words, env=cli_environment(), text=True, stdout=subprocess.PIPE)
    assert holding.stdout.readline() == "held\n"
    holding.kill()
    holding.wait()
    said = run_cli("run", NOTICE_ID, "--inbox", tmp_path / "nowhere", status=1).stderr
    assert "一个来源都没有" in said, "it went on to its work"
    assert "等它结束" not in said
