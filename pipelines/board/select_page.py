"""Routes of 遴选: the page with the evening's shortlist, and one click that selects, declines or undoes. For who may decide."""

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from pipelines.board.access import Dag, is_genuine, make_token
from pipelines.board.board import Board
from pipelines.board.deciding import Forms
from pipelines.board.forms import read_form
from pipelines.board.pages import link
from pipelines.board.selecting import find_page
from pipelines.board.uploads import Posted, read_posted
from pipelines.decide.given import Asked, RefusedError
from pipelines.decide.journal import read_decisions
from pipelines.decide.record import KINDS
from pipelines.decide.take import decide
from pipelines.ground.settings import Settings
from pipelines.notice import Notice

_KINDS = ("select", "decline", "undo")


def add_selecting(app: FastAPI, board: Board) -> None:
    """The page, and what its forms lead to."""
    forms = Forms(board)

    @app.get("/n/{dag_id}/select", dependencies=board.selecting)
    def show_selection(request: Request, dag_id: Dag) -> Response:
        return _show(board, request, _selecting(board.notice(dag_id)), request.query_params)

    @app.post("/n/{dag_id}/select", dependencies=board.selecting)
    async def choose(request: Request, dag_id: Dag) -> Response:
        posted = await read_posted(request, Settings.load().max_upload_bytes)
        return await run_in_threadpool(_choose, board, forms, request, dag_id, posted)


def _selecting(notice: Notice) -> Notice:
    if notice.selection is None:
        raise HTTPException(404, "本通知不遴选：notice.yaml 里没有 selection 一节")
    return notice


def _choose(board: Board, forms: Forms, request: Request, dag_id: str, posted: Posted) -> Response:
    notice, access, form = _selecting(board.notice(dag_id)), board.access, posted.fields
    login, kind, token = request.state.login, form.get("kind_of_decision", ""), form.get("token", "")
    if not is_genuine(access.secret, token, login, notice.id):
        raise HTTPException(403, "这张表单不是从本页发出的，没有记下任何决定。请重新打开再填")
    if kind not in _KINDS:
        raise HTTPException(404, "这一页没有这种决定")
    forms.require_role(request, notice, kind, form)
    if kind == "undo":
        _require_chosen(board, notice, form.get("subject", "").strip())
    asked = Asked(kind, form.get("reason", ""), login, access.now(notice), token)
    try:
        decide(access.home(), notice, asked, read_form(notice, kind, form))
    except RefusedError as error:
        asked_for = {"day": form.get("day", ""), "line": form.get("for_line", "")}
        return _show(board, request, notice, asked_for, str(error))
    back = link("select", day=form.get("day", ""), line=form.get("for_line", ""))
    return RedirectResponse(f"{back}#i{quote(form.get('shown', ''))}", 303)


def _require_chosen(board: Board, notice: Notice, subject: str) -> None:
    """Whoever may do no more than select undoes nothing else, either."""
    undone = read_decisions(board.access.home(), notice.id).find(subject)
    if undone is None or undone.kind not in ("select", "decline"):
        raise HTTPException(403, "这一页只取消入选和不选；别的决定请在“决定”页取消")


def _show(
    board: Board, request: Request, notice: Notice, asked: Mapping[str, str], refusal: str = ""
) -> Response:
    """The evening of the day, as of the line, that were asked for."""
    home, now = board.access.home(), board.access.now(notice)
    line = asked.get("line", "")
    with board.look(request, notice) as snapshot:
        page = find_page(snapshot, home, notice, asked.get("day", ""), now)
    assert notice.selection
    return board.page(
        request,
        "select.html",
        notice,
        None,
        page=page,
        refusal=refusal,
        kinds=KINDS,
        line=line if line in notice.lines and line != notice.selection.line else "",
        token=lambda: make_token(board.access.secret, request.state.login, notice.id),
    )
