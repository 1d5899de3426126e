"""Bulletins in Airflow's own page: whoever may see a notice's bulletin DAG may open what it published, and its drafts.

GET /bulletins/ lists the notices that published any; GET /bulletins/<dag id>/<place below the notice's bulletin folder> opens
a document. Read-only. Imported by bulletin_pages.py where pages are served, and by nobody else (.airflowignore).
"""

from pathlib import Path
from typing import Annotated

from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import Depends, FastAPI, HTTPException
from fastapi import Path as FromPath
from fastapi.responses import FileResponse, HTMLResponse
from notice_dags import good_notices

from pipelines.board.access import LOGIN_PAGE
from pipelines.board.app import answer_faults
from pipelines.board.pages import render
from pipelines.board.people import cities_of, role_names
from pipelines.ground.home import Home
from pipelines.ground.lock import show_newest

PREFIX = "bulletin__"
SHOWN = {".html", ".txt", ".png", ".docx", ".xlsx"}
SAFE = {
    # No scripts with the reader's rights: the page holds what units wrote, and Airflow's token is near.
    "Content-Security-Policy": "sandbox allow-scripts allow-popups allow-downloads",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def refuse_limited(user: GetUserDep) -> None:
    """A bulletin compares the cities: whom a role limits to some of them gets it by mail or notice like everybody, not here."""
    if cities_of(role_names(user)) is not None:
        raise HTTPException(403, "Forbidden")


READING = [Depends(refuse_limited), Depends(requires_access_dag(method="GET"))]
app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
answer_faults(app, LOGIN_PAGE)


@app.get("/", dependencies=READING)
def list_notices_with_bulletins() -> HTMLResponse:
    show_newest(Home.default())
    found = [
        notice for notice in good_notices() if (Home.default().bulletins(notice.id) / "index.html").is_file()
    ]
    content, headers = render("bulletins.html", notices=found, prefix=PREFIX)
    return HTMLResponse(content, headers=headers)


@app.get("/{dag_id}/{place:path}", dependencies=READING)
def open_document(
    dag_id: Annotated[str, FromPath(pattern=f"^{PREFIX}[a-z0-9][a-z0-9-]*$")], place: str
) -> FileResponse:
    show_newest(Home.default())
    root = Home.default().bulletins(dag_id.removeprefix(PREFIX)).resolve()
    path = (root / place).resolve()
    if not path.is_relative_to(root) or path.suffix not in SHOWN or not path.is_file():
        raise HTTPException(404, "没有这个文件")
    return FileResponse(path, headers=SAFE, filename=path.name, content_disposition_type=_disposition(path))


def _disposition(path: Path) -> str:
    return "attachment" if path.suffix in (".docx", ".xlsx") else "inline"
