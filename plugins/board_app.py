"""报送看板 and 待办 in Airflow's own page: who may see a notice's collecting DAG sees its board, who may start it may decide, who
may start its selecting DAG may select. Whom a role limits to cities sees those, and needs no DAG for it.

GET /board/, /board/n/<dag id>/…: the pages of pipelines/board, with Airflow's login, its roles and its runs. Imported by board.py
where pages are served, and by nobody else (.airflowignore).
"""

from collections.abc import Callable
from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.base_auth_manager import ResourceMethod
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from airflow.models.asset import AssetEvent
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session
from fastapi import HTTPException, Request
from sqlalchemy import select

from pipelines.board.access import PREFIX, SELECTS, Access
from pipelines.board.app import make_app
from pipelines.board.people import cities_of, rank_of, role_names

SHOWN_RUNS = 8


def login_of(request: Request, user: GetUserDep) -> str:
    request.state.person = user
    return str(user.get_name())


def is_authorized(
    user: Any, method: ResourceMethod, dag_id: str | None, entity: DagAccessEntity | None
) -> bool:
    return bool(
        get_auth_manager().is_authorized_dag(
            method=method, access_entity=entity, details=DagDetails(id=dag_id), user=user
        )
    )


def may_read_own(request: Request, user: GetUserDep) -> None:
    """Whom a role limits to cities needs no right to any DAG, whose runs and logs tell of everybody; anybody else does."""
    if cities_of(role_names(user)) is None:
        requires_access_dag(method="GET")(request, user)


def may_start(prefix: str) -> Callable[[Request, Any], None]:
    """Who may start the notice's DAG of this sort, whichever of its DAGs the address names: a right to one is none to another."""

    def require(request: Request, user: GetUserDep) -> None:
        dag_id = prefix + request.path_params["dag_id"].partition("__")[2]
        if not is_authorized(user, "POST", dag_id, DagAccessEntity.RUN):
            raise HTTPException(403, "Forbidden")

    return require


def can_start(request: Request, dag_id: str) -> bool:
    """Whether forms are shown at all; every answer to one is checked again by the route itself."""
    return is_authorized(request.state.person, "POST", dag_id, DagAccessEntity.RUN)


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
        may_decide=may_start(PREFIX),
        login_of=login_of,
        can_decide=can_start,
        role_of=lambda request: rank_of(role_names(request.state.person)),
        cities_of=lambda request: cities_of(role_names(request.state.person)),
        may_read_own=may_read_own,
        may_select=may_start(SELECTS),
        secret=conf.get_mandatory_value("api", "secret_key"),
        runs=last_runs,
    )
)
