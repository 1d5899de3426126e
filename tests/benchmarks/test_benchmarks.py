"""Every claim runs on a small load: what it compares is equal (asserted inside), and it prints its ratios."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from benchmarks.__main__ import main
from benchmarks.peers import FEATURES, HAS, PEERS, is_installed
from pipelines.ground.home import ROOT

Said = tuple[str | int | None, str, str]
CLAIMS = {
    "cycle": "wall ÷ floor",
    "incremental": "| ratio |",
    "as-of": "÷ SQL",
    "publish": "copy of the whole",
    "board": "a moment for the first time",
    "many": "open notices with nothing new",
}
SOAKED = {"incremental", "as-of", "publish", "board", "many"}
"""Ten and twenty seconds each to see that they run; what they measure is proved by tests/board, tests/marts (figures as of any moment
recomputed by pandas: test_recomputation.py), tests/warehouse and tests/dags/test_clocks.py. How subjects are started, measured and
told is the same for all, and seen to run with the cycle."""


NEEDS_PEERS = pytest.mark.skipif(
    not is_installed(), reason="the extra `bench` is not installed (make bench installs it)"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("claim", "head"),
    [
        pytest.param(claim, head, id=claim, marks=[pytest.mark.soak] if claim in SOAKED else [])
        for claim, head in CLAIMS.items()
    ]
    + [pytest.param("peers", "CPU ÷ cycle", id="peers", marks=NEEDS_PEERS)],
)
def test_claim_runs_small(claim: str, head: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", claim, "--small"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=3000,
    )
    assert done.returncode == 0, done.stderr
    assert head in done.stdout


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`python -m benchmarks` in this process: its exit status and what it wrote."""

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["benchmarks", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, *capsys.readouterr()

    return run


def test_claims_are_listed(say: Callable[..., Said]) -> None:
    status, out, _ = say("--help")
    assert status == 0
    assert all(f"  {claim}: " in out for claim in CLAIMS)


def test_each_peer_is_told_by_every_feature() -> None:
    assert list(HAS) == ["cycle", *PEERS]
    assert {name: len(told.split()) for name, told in HAS.items()} == dict.fromkeys(HAS, len(FEATURES))


@pytest.mark.skipif(is_installed(), reason="the extra `bench` is installed")
def test_peers_say_what_they_need(say: Callable[..., Said]) -> None:
    status, _, err = say("peers", "--small")
    assert status == 2
    assert "make bench" in err


def test_unknown_claim_is_refused(say: Callable[..., Said]) -> None:
    status, _, err = say("no-such-claim")
    assert status == 2
    assert "no-such-claim" in err
