"""What Airflow calls when a run of ours ended: a failure raises an alarm, the next success of the same DAG ends it.

Called in the DAG processor, also for a run that was killed or overran its time. The DAG `alarms` tells it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipelines.ground.home import Home

REASONS = {
    "task_failure": "有任务失败",
    "timed_out": "超过了时限",
    "all_tasks_deadlocked": "任务互相等待，无法继续",
}


def note_failure(context: Mapping[str, Any]) -> None:
    """States the alarm of this DAG; one that stands already is the same."""
    from pipelines.alarms import state

    state(Home.default(), describe(context), datetime.now(UTC))


def note_success(context: Mapping[str, Any]) -> None:
    from pipelines.alarms import end

    end(Home.default(), describe(context).key, datetime.now(UTC))


def describe(context: Mapping[str, Any]) -> Any:
    """The condition that a failed run of this DAG is."""
    from pipelines.alarms import Condition

    dag = context["dag"]
    reason = str(context.get("reason") or "")
    name = str(dag.dag_display_name).split("：")[0]
    sentence = f"流程“{name}”（{dag.dag_id}）运行失败：{REASONS.get(reason, reason or '原因不明')}（{context['run_id']}）"
    return Condition("run_failed", dag.dag_id.partition("__")[2], dag.dag_id, sentence)


WITH_ALARMS: dict[str, Any] = {"on_failure_callback": note_failure, "on_success_callback": note_success}
"""What every DAG of ours is told."""
