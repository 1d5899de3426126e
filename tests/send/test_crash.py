"""The sender dies: at each step of one message, and at many random moments. Nothing is lost and nothing sent twice,
save what the server had accepted and the sender could not know: that is `unsure`, and waits for a person."""

import os
import queue
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.notice import Notice
from pipelines.send.outbox import Outbox
from tests.send.letters import NOON, letter
from tests.send.post_office import DROP, PostOffice

COUNT = 400
ROOT = Path(__file__).parents[2]


@contextmanager
def sender(folder: Path, office: PostOffice) -> Iterator[subprocess.Popen[str]]:
    """A running sender that has opened the outbox; killed at the end if it still runs."""
    command = [sys.executable, "-m", "tests.send.sender_child", str(folder), str(office.port)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        try:
            yield child
        finally:
            child.kill()


def send_all(folder: Path, office: PostOffice) -> None:
    with sender(folder, office) as child:
        assert child.wait(600) == 0


# step at which the sender is killed -> state after the next sender, and whether the server had the message before it
STEPS = {
    "MAIL": ("sent", 0),
    "RCPT": ("sent", 0),
    "DATA": ("sent", 0),
    "CONTENT": ("unsure", 0),
    "ACCEPTED": ("unsure", 1),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step(step: str, outbox: Outbox, notice: Notice, office: PostOffice) -> None:
    state, has = STEPS[step]
    outbox.queue(notice, [letter()], NOON)
    born: queue.Queue[subprocess.Popen[str]] = queue.Queue()

    def kill(_: str) -> str:
        child = born.get()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        return DROP

    office.answers[step] = kill
    with sender(outbox.path, office) as child:
        born.put(child)
        assert child.wait(600) == -signal.SIGKILL
    office.answers.clear()
    assert len(office.accepted) == has
    assert outbox.rows()[0].state == {"sent": "queued", "unsure": "handing_over"}[state]
    send_all(outbox.path, office)
    assert outbox.rows()[0].state == state
    assert len(office.accepted) == (1 if state == "sent" else has), (
        "an unsure message is never sent by itself"
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.soak)])
def test_killed_many_times(kills: int, outbox: Outbox, notice: Notice, office: PostOffice) -> None:
    chance, count = random.Random(5), 40 + kills * COUNT // 50
    outbox.queue(notice, [letter(number) for number in range(count)], NOON)
    office.delay = lambda: chance.uniform(0, 0.012)
    for _ in range(kills):
        with sender(outbox.path, office) as child:
            # Up to nine messages' worth of steps, then anywhere in the next ones: neither depends on the machine's speed.
            last = office.steps + chance.randrange(45)
            while office.steps < last and child.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.012))
            assert child.poll() is None, "all mail was sent before the last kill: the test needs more of it"
            os.kill(child.pid, signal.SIGKILL)
    send_all(outbox.path, office)

    accepted, rows = Counter(office.ids), outbox.rows()
    by_state = {state: {row.message_id for row in rows if row.state == state} for state in ("sent", "unsure")}
    assert len(rows) == count
    assert by_state["sent"] | by_state["unsure"] == {row.message_id for row in rows}, (
        "none is lost or forgotten"
    )
    assert set(accepted.values()) == {1}, "none is doubled"
    assert by_state["sent"] <= set(accepted)
    unknown = set(accepted) - by_state["sent"]
    assert unknown <= by_state["unsure"], "accepted without the sender knowing"
    assert kills // 50 <= len(by_state["unsure"]) <= kills
    print(
        f"killed {kills}, unsure {len(by_state['unsure'])}, of them accepted {len(unknown)}, doubled 0, lost 0"
    )

    # What a person then does with the server's log leaves each message delivered exactly once.
    for row in rows:
        if row.state == "unsure":
            assert (
                outbox.mark_sent(row.key, NOON)
                if row.message_id in accepted
                else outbox.resend(row.key, NOON, notice)
            )
    send_all(outbox.path, office)
    assert Counter(office.ids) == Counter(row.message_id for row in rows)
    assert {row.state for row in outbox.rows()} == {"sent"}
