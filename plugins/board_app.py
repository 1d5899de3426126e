"""报送看板 and 待办 in Airflow's own page: who may see a notice's collecting DAG sees its board, who may start it may decide.

GET /board/, /board/n/<dag id>/…: the pages of pipelines/board, with Airflow's login, its roles and its runs. Imported by board.py
where pages are served, and by nobody else (.airflowignore).
"""

from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from airflow.models.asset import AssetEvent
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session
from fastapi import Request
from sqlalchemy import select

from pipelines.board.access import Access
from pipelines.board.app import make_app
from pipelines.notice.reserved import RANKS

SHOWN_RUNS = 8


def login_of(request: Request, user: GetUserDep) -> str:
    request.state.person = user
    return str(user.get_name())


def can_decide(request: Request, dag_id: str) -> bool:
    """Whether forms are shown at all; every answer to one is checked again by the route itself."""
    return bool(
        get_auth_manager().is_authorized_dag(
            method="POST",
            access_entity=DagAccessEntity.RUN,
            details=DagDetails(id=dag_id),
            user=request.state.person,
        )
    )


def role_of(request: Request) -> str:
    """The highest of Airflow's roles that the person has, whichever program keeps the users."""
    person = request.state.person
    found = [
        getattr(person, "role", None),
        *(getattr(one, "name", None) for one in getattr(person, "roles", ())),
    ]
    ranks = {name.lower(): rank for rank, name in enumerate(RANKS)}
    return (
        RANKS[max(known)]
        if (known := [ranks[one.lower()] for one in found if one and one.lower() in ranks])
        else ""
    )


def last_runs(dag_id: str) -> list[dict[str, Any]]:
    """The last runs of a DAG with what each published."""
    with create_session() as session:
        runs = session.scalars(
            select(DagRun)
            .where(DagRun.dag_id == dag_id)
            .order_by(DagRun.run_after.desc(), DagRun.id.desc())
            .limit(SHOWN_RUNS)
        ).all()
        events = session.scalars(
            select(AssetEvent).where(
                AssetEvent.source_dag_id == dag_id,
                AssetEvent.source_run_id.in_([run.run_id for run in runs]),
            )
        ).all()
        brought = {event.source_run_id: event.extra or {} for event in events}
        return [
            {
                "started_at": run.start_date,
                "ended_at": run.end_date,
                "state": str(run.state),
                "extra": brought.get(run.run_id, {}),
            }
            for run in runs
        ]


app = make_app(
    Access(
        may_read=requires_access_dag(method="GET"),
        may_decide=requires_access_dag(method="POST", access_entity=DagAccessEntity.RUN),
        login_of=login_of,
        can_decide=can_decide,
        role_of=role_of,
        secret=conf.get_mandatory_value("api", "secret_key"),
        runs=last_runs,
    )
)
