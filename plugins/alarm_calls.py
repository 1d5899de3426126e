"""What Airflow calls when something of ours ended: a run that failed raises an alarm, the next success of the same DAG ends it.

That is called in the DAG processor, also for a run that was killed or overran its time, and is told no error. So each task that fails
notes its own, where it ran: the alarm says which task it was, which file, and what to do. The DAG `alarms` tells it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from airflow.sdk.exceptions import AirflowException, AirflowTaskTimeout

from pipelines.ground.home import Home

REASONS = {
    "task_failure": "有任务失败，没有留下原因",
    "timed_out": "超过了时限",
    "all_tasks_deadlocked": "任务互相等待，无法继续",
}
KILLED = "运行它的进程没有了声息（被终止、内存用尽，或机器重启），没有留下原因，日志到那一刻为止"


def note_task(context: Mapping[str, Any]) -> None:
    """Notes what a task failed with, once it is not tried again."""
    from pipelines.alarms.failed import describe_failure, note_failed

    one, dag = context["ti"], context["dag"]
    name = str(getattr(context["task"], "task_display_name", "") or one.task_id)
    mapped = getattr(one, "map_index", -1)
    task = one.task_id if mapped is None or mapped < 0 else f"{one.task_id} {mapped}"
    sentence = describe_failure(name, in_words(context.get("exception")), str(dag.doc_md or ""))
    note_failed(
        Home.default(), _notice_of(dag), dag.dag_id, context["run_id"], task, sentence, datetime.now(UTC)
    )


def note_failure(context: Mapping[str, Any]) -> None:
    """States the alarm of this DAG; one that stands already is the same."""
    from pipelines.alarms.failed import state_failed

    reason = str(context.get("reason") or "")
    known = REASONS.get(reason, reason or "原因不明")
    state_failed(Home.default(), describe(context), context["run_id"], known, datetime.now(UTC))


def note_success(context: Mapping[str, Any]) -> None:
    from pipelines.alarms.failed import end_failed

    end_failed(Home.default(), describe(context), datetime.now(UTC))


def describe(context: Mapping[str, Any]) -> Any:
    """The condition that a failed run of this DAG is; its sentence goes on with why."""
    from pipelines.alarms import Condition

    dag = context["dag"]
    name = str(dag.dag_display_name).split("：")[0]
    return Condition("run_failed", _notice_of(dag), dag.dag_id, f"流程“{name}”（{dag.dag_id}）运行失败")


def in_words(error: Any) -> str:
    """What a task failed with: our own sentence where we raised it, else what a command would say of it."""
    from pipelines.cli.trouble import explain

    if error is None:
        return KILLED
    if isinstance(error, AirflowTaskTimeout):
        return "超过了这一步的时限"
    if isinstance(error, AirflowException) and str(error):
        return str(error)
    return explain(error)


def _notice_of(dag: Any) -> str:
    return str(dag.dag_id).partition("__")[2]


def with_alarms(defaults: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What every DAG of ours is told; `defaults` are those of its tasks."""
    return {
        "default_args": {**(defaults or {}), "on_failure_callback": note_task},
        "on_failure_callback": note_failure,
        "on_success_callback": note_success,
    }
