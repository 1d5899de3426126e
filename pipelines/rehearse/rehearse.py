"""Rehearse, step 2: the trials through read, check and load, in memory; what did not end as it must, as sentences."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ground.scratch import scratch
from pipelines.ground.settings import Settings
from pipelines.notice.files import YamlFile, label
from pipelines.notice.folder import NOTICES
from pipelines.notice.model import Notice
from pipelines.read.reader import Reader
from pipelines.rehearse.through import read_trial, take_in
from pipelines.rehearse.trials import Trial, make_alias_trials, make_trials

_ENDS = """
SELECT
    ended.receipt_id, ended.recipient_code, ended.deliverable, ended.state,
    coalesce(ended.sentence, faults.sentence, ended.rejected_rows) AS sentence
FROM core.submissions AS ended
LEFT JOIN (
    SELECT submission_id, min(sentence) AS sentence FROM raw.verdicts WHERE severity = 'error' GROUP BY ALL
) AS faults ON ended.submission_id = faults.submission_id
WHERE ended.notice_id = $notice
"""
_MET = """
SELECT recipient_code, deliverable, period FROM core.report_spans
WHERE notice_id = $notice AND first_accepted_at <= $at
"""


def rehearse(notice: Notice, folder: Path = NOTICES) -> list[str]:
    """What a notice would refuse, or take for something else, of what it asks for itself; nothing where all is right.

    `folder` is where the notice lies, for the lines. Sources that ask a service are not rehearsed: they need its answers.
    """
    with scratch("rehearsal") as place:
        problems = [*judge_aliases(notice, place, folder)]
        return [*_judge_trials(notice, place, Places(notice, folder)), *problems]


class Places:
    """Where in the notice's folder a problem stands."""

    def __init__(self, notice: Notice, folder: Path) -> None:
        home = folder / notice.id
        self._definition = YamlFile(home / "notice.yaml")
        self._roster, self._lines = label(home / "recipients.csv"), _lines(home / "recipients.csv")

    def deliverable(self, name: str) -> str:
        return self._definition.at("deliverables", name)

    def unit(self, code: str) -> str:
        return f"{self._roster} 第 {self._lines.get(code, 1)} 行 aliases"


def _lines(path: Path) -> dict[str, int]:
    """The line of each unit, by its code."""
    lines = path.read_text("utf-8-sig").splitlines()
    return {line.split(",", 1)[0].strip(): number for number, line in enumerate(lines, 1)}


def judge_aliases(notice: Notice, place: Path, folder: Path = NOTICES) -> Iterator[str]:
    """The names that do not lead to their own unit; `place` is a folder for what is tried."""
    reader, places = Reader(notice, Settings.load()), Places(notice, folder)
    names = {one.code: one.name for one in notice.recipients}
    for trial in make_alias_trials(notice):
        (found,) = read_trial(reader, trial, place)
        alias = trial.path.split("/")[-2]
        if found.recipient_code != trial.unit.code:
            other = names.get(found.recipient_code or "")
            taken = f"会记到 {other} 名下" if other else "认不出是哪个单位"
            yield f"{places.unit(trial.unit.code)}：用“{alias}”作文件夹名试报，{taken}；请改这个叫法"


def _judge_trials(notice: Notice, place: Path, places: Places) -> Iterator[str]:
    trials = list(make_trials(notice))
    with take_in(notice, trials, place) as connection:
        ends = {end[0]: end[1:] for end in _ask(connection, _ENDS, notice=notice.id)}
        for trial in trials:
            met = _ask(connection, _MET, notice=notice.id, at=trial.arrived_at)
            if said := _fault(notice, trial, ends.get(trial.receipt_id), met):
                name = trial.path.rpartition("/")[2]
                yield (
                    f"{places.deliverable(trial.deliverable)}：试报没有通过（{trial.unit.name} 在 {trial.arrived_at} "
                    f"把“{name}”放进 {trial.source.path}）：{said}；请核对这一项的表头、文件词和截止"
                )


def _fault(
    notice: Notice, trial: Trial, end: tuple[Any, ...] | None, met: list[tuple[Any, ...]]
) -> str | None:
    """What became of a trial that did not end accepted, as its unit's and deliverable's, on time; else None."""
    if end is None:
        return "没有读出任何报送"
    code, deliverable, state, sentence = end
    if state == "attachment":
        return "只当作附件收下"
    if state != "accepted":
        return f"没有收下，因为：{sentence}"
    if code != trial.unit.code:
        return f"记到了 {code or '（认不出）'} 名下"
    if deliverable != trial.deliverable:
        return f"当作了“{notice.deliverables[deliverable].name}”"
    if (trial.unit.code, trial.deliverable, trial.period) not in met:
        return f"不算 {trial.period or '这一项'} 按时报送"
    return None


def _ask(connection: duckdb.DuckDBPyConnection, query: str, **values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, values).fetchall()
