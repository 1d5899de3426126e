"""Every claim runs on a small load: what it compares is equal (asserted inside), and it prints its ratios."""

import subprocess
import sys

import pytest

from benchmarks.peers import FEATURES, HAS, PEERS, is_installed
from pipelines.ground.home import ROOT

CLAIMS = {
    "cycle": "wall ÷ floor",
    "incremental": "| ratio |",
    "as-of": "÷ SQL",
    "board": "a moment for the first time",
    "many": "open notices with nothing new",
}


NEEDS_PEERS = pytest.mark.skipif(
    not is_installed(), reason="the extra `bench` is not installed (make bench installs it)"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("claim", "head"),
    [
        pytest.param(claim, head, id=claim, marks=[pytest.mark.soak] if claim == "incremental" else [])
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
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert head in done.stdout


def test_claims_are_listed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert all(f"  {claim}: " in done.stdout for claim in CLAIMS)


def test_each_peer_is_told_by_every_feature() -> None:
    assert list(HAS) == ["cycle", *PEERS]
    assert {name: len(told.split()) for name, told in HAS.items()} == dict.fromkeys(HAS, len(FEATURES))


@pytest.mark.skipif(is_installed(), reason="the extra `bench` is installed")
def test_peers_say_what_they_need() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "peers", "--small"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "make bench" in done.stderr


def test_unknown_claim_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "no-such-claim"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "no-such-claim" in done.stderr
