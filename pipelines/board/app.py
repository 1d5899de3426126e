"""The pages as a FastAPI app; every route asks first who may see the notice's DAG.

/                       the notices
/n/DAG/                 the board of one        /n/DAG/cell, unit, city, trace, file, return    what lies behind it
/n/DAG/sheet            a file as the program read it, for who may decide
/n/DAG/desk, decisions  what waits for a person, and what was decided
/n/DAG/select           the evening's shortlist, for who may decide
/n/DAG/stamp            which snapshot this is: a page asks, and loads itself anew when it changes

Whoever may see some cities only is refused by every route but those `in_city`, which show them what is their own (own_city.py).
"""

from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from pipelines.board.access import Access
from pipelines.board.board import Board, is_limited
from pipelines.board.board_page import add_board
from pipelines.board.deciding import add_deciding
from pipelines.board.detail_pages import add_details
from pipelines.board.pages import render
from pipelines.board.select_page import add_selecting
from pipelines.board.sheet_page import add_sheet
from pipelines.ground.errors import NoticesError

FAULT = "现在看不到数据：还没有收过件，或者正在修复。请问数据人员"
"""What is told whoever is limited to cities: the error itself may name anybody's file."""
REFUSALS = {401: "请先登录", 403: "你没有查看或办理的权限", 404: "没有这个页面"}


def make_app(access: Access) -> FastAPI:
    """The app, to be mounted at /board."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    board = Board(access)
    answer_faults(app, access.login_page)

    @app.exception_handler(NoticesError)
    async def tell(request: Request, error: NoticesError) -> Response:
        """With the alarms of the notice: that nothing was collected yet may be one."""
        dag_id = request.path_params.get("dag_id")
        known: dict[str, Any] = {}
        if dag_id:
            notice = board.notice(dag_id)
            known = {"notice": notice, "band": board.band(request, notice)}
        sentence = FAULT if is_limited(request) else str(error)
        content, sent_with = render("fault.html", sentence=sentence, can_decide=False, **known)
        return HTMLResponse(content, 503, headers=sent_with)

    add_board(app, board)
    add_details(app, board)
    add_sheet(app, board)
    add_deciding(app, board)
    add_selecting(app, board)
    return app


def answer_faults(app: FastAPI, login_page: str) -> None:
    """Errors as sentences for people, as JSON for programs; who is not logged in is led to `login_page`."""

    @app.exception_handler(StarletteHTTPException)
    async def refuse(request: Request, error: StarletteHTTPException) -> Response:
        """Without a login a person is led to it, and a program is told; anything else is a sentence."""
        wants_page = "text/html" in request.headers.get("accept", "")
        if is_limited(request):
            error.detail = REFUSALS.get(error.status_code, "这个请求不能办")
        if error.status_code == 401 and wants_page and request.method == "GET":
            return RedirectResponse(login_page + quote(str(request.url.path)), 302)
        if not wants_page:
            return JSONResponse({"detail": error.detail}, error.status_code)
        said = str(error.detail)
        if said.isascii():  # Airflow's own refusals, and FastAPI's, are English
            said = REFUSALS.get(error.status_code, f"这个请求不能办（{error.status_code}）")
        content, sent_with = render("fault.html", sentence=said)
        return HTMLResponse(content, error.status_code, headers=sent_with)

    @app.exception_handler(NoticesError)
    async def tell(request: Request, error: NoticesError) -> Response:
        content, sent_with = render("fault.html", sentence=str(error))
        return HTMLResponse(content, 503, headers=sent_with)
