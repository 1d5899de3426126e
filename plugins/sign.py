"""审签: a person releases or withholds a draft, in Airflow's human-in-the-loop way, and what the answer means."""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowFailException

from pipelines.ground.home import Home
from pipelines.notice.cards import Card

RELEASE, WITHHOLD = "发出", "不发"
CHOICES = {"release": RELEASE, "withhold": WITHHOLD}


class Sign(HITLOperator):
    """Asks about what the task `drafted_by` drafted; asks nothing where there is nothing to decide. Make it with `ask`."""

    def __init__(self, *, drafted_by: str, card: Card, **more: Any) -> None:
        super().__init__(**more)
        self.drafted_by, self.card = drafted_by, card

    def execute(self, context: Any) -> Any:
        from pipelines.bulletin.letter import describe_draft
        from pipelines.bulletin.shelf import Shelf
        from pipelines.ground.lock import refresh_handed

        drafted = context["ti"].xcom_pull(task_ids=self.drafted_by)
        if not drafted or not drafted["asks"]:
            return None
        refresh_handed(Home.default())  # another machine may have made the draft
        record = Shelf(Home.default(), self.card.id).read(drafted["stem"])
        self.subject = f"审签：{record.title}{record.subtitle}"
        self.body = (
            f"{describe_draft(record, f'/bulletins/{self.dag_id}/drafts/{record.stem}')}\n\n"
            f"{self.card.approval_hours} 小时内没有答复，按通知的规定：**{CHOICES[self.card.approval_otherwise]}**。"
        )
        return super().execute(context)


def ask(task_id: str, name: str, drafted_by: str, card: Card) -> Sign:
    return Sign(
        task_id=task_id,
        task_display_name=name,
        subject="审签",
        options=[RELEASE, WITHHOLD],
        defaults=CHOICES[card.approval_otherwise],
        params={
            "words": Param(None, type=["null", "string"], title="意见", description="可不填；随决定一起存档")
        },
        response_timeout=timedelta(hours=card.approval_hours),
        execution_timeout=None,
        drafted_by=drafted_by,
        card=card,
    )


def read_answer(drafted: dict[str, Any], answer: dict[str, Any] | None) -> tuple[Any, dict[str, Any] | None]:
    """The choice, and what is kept of it, from what a Sign task returned. `by` is "" where nobody answered in time."""
    if not drafted["asks"]:
        return "release", None
    if not answer:
        raise AirflowFailException("这一期要审签，但没有审签结果。请清除审签任务，重新送审")
    by = answer.get("responded_by_user") or {}
    choice = "release" if answer["chosen_options"] == [RELEASE] else "withhold"
    return choice, {
        "choice": choice,
        "words": (answer.get("params_input") or {}).get("words") or "",
        "by": by.get("name") or by.get("id") or "",
        "at": str(answer.get("responded_at") or ""),
    }
