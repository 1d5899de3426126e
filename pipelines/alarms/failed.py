"""What failed tasks said: noted by each as it fails, and taken by the alarm of their run, which is raised where no error is known.

A note lives from its task's failure to the end of its run: a run that is tried again begins without any.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from pipelines.alarms.journal import FILE, Alarms, to_text
from pipelines.alarms.record import Condition
from pipelines.ground.durable import has_base
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.warehouse.likeness import mask_plainly
from pipelines.warehouse.masks import Masks

MOST_TOLD = 2
"""Tasks whose words an alarm holds: a message to a group has little room."""
LONGEST = 360
"""Characters that each may say, and that are said of what to do."""


def note_failed(
    home: Home, notice_id: str, flow: str, run_id: str, task: str, sentence: str, now: datetime
) -> None:
    """Keeps what a task of a flow's run failed with, for `state_failed`; once for each task."""
    said = mask(home, notice_id, sentence)
    with Alarms(home.alarms) as journal, journal.writing():
        journal.base.execute(
            "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?)", [flow, run_id, task, said, to_text(now)]
        )


def state_failed(home: Home, failed: Condition, run_id: str, known: str, now: datetime) -> None:
    """States the alarm of a run that failed, with what its tasks said, or else what is `known` of it. `failed.sentence` begins it."""
    flow = failed.subject
    with Alarms(home.alarms) as journal:
        query = "SELECT sentence FROM failures WHERE flow = ? AND run_id = ? ORDER BY failed_at, task"
        said = [row[0] for row in journal.base.execute(query, [flow, run_id])]
        sentence = f"{failed.sentence}：{_together(said) or known}（{run_id}）"
        journal.state(Condition(failed.kind, failed.notice_id, flow, sentence), now)
        with journal.writing():
            journal.base.execute("DELETE FROM failures WHERE flow = ? AND run_id = ?", [flow, run_id])


def end_failed(home: Home, failed: Condition, now: datetime) -> None:
    """Says that a run of the flow ended well: its alarm is over, and no note of it is left."""
    if has_base(home.alarms / FILE):
        with Alarms(home.alarms) as journal:
            journal.end(failed.key, now)
            with journal.writing():
                journal.base.execute("DELETE FROM failures WHERE flow = ?", [failed.subject])


def describe_failure(task: str, said: str, page: str) -> str:
    """A failed task in a sentence: which, what it said, and what its flow's page (doc_md) says to do then."""
    sentence = f"任务“{task}”：{_short(said)}"
    remedy = remedy_of(page, task)
    return f"{sentence}。这一步失败了怎么办：{_short(remedy)}" if remedy else sentence


def remedy_of(page: str, task: str) -> str:
    """The last cell of the task's row in the page's table; '' where it has none."""
    cells = ([one.strip() for one in line.strip().strip("|").split("|")] for line in page.splitlines())
    return next((row[-1] for row in cells if len(row) > 1 and row[0] == task), "")


def mask(home: Home, notice_id: str, text: str) -> str:
    """A text that goes to groups: as what is published. Where the names that are masked cannot be read, what looks like a telephone
    number, an address or an identity number is masked all the same."""
    masks = Masks(home.masks)
    with suppress(NoticesError):
        text = masks.masker(notice_id).mask(text) if masks.is_open() else text
    return mask_plainly(text)


def _together(said: Sequence[str]) -> str:
    more = f"；另有 {len(said) - MOST_TOLD} 个任务失败" if len(said) > MOST_TOLD else ""
    return "；".join(one.rstrip("。") for one in said[:MOST_TOLD]) + more


def _short(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip().rstrip("。")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"
