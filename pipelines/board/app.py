"""The pages as a FastAPI app; every route asks first who may see the notice's DAG.

/                       the notices
/n/DAG/                 the board of one        /n/DAG/cell, unit, city, trace, file, return    what lies behind it
/n/DAG/sheet            a file as the program read it, for who may decide
/n/DAG/desk, decisions  what waits for a person, and what was decided
/n/DAG/select           the evening's shortlist, for who may decide
/n/DAG/stamp            which snapshot this is: a page asks, and loads itself anew when it changes
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from pipelines.board import details, freshness, matrix, words
from pipelines.board.access import PREFIX, Access, Dag, reserved_from
from pipelines.board.alarms import count_alarms, find_band
from pipelines.board.asking import Snapshot, look, stamp
from pipelines.board.deciding import add_deciding
from pipelines.board.desk import Desk, find_queues
from pipelines.board.pages import link, render
from pipelines.board.select_page import add_selecting
from pipelines.board.sheet_page import add_sheet
from pipelines.decide.journal import read_decisions
from pipelines.ground.errors import BadNoticeError, NoticesError
from pipelines.notice import Notice, list_notices, load_notice
from pipelines.notice.folder import NOTICES
from pipelines.report.tiles import read_tiles
from pipelines.returns.ledger import Ledger
from pipelines.returns.shared import find_return
from pipelines.warehouse.masks import Masks

REFUSALS = {401: "请先登录", 403: "你没有查看或办理的权限", 404: "没有这个页面"}
KEPT = 12
"""Moments whose standing is remembered until something new is published."""


class Board:
    """The pages of one home."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._kept: OrderedDict[tuple[str, str, datetime], matrix.Standing] = OrderedDict()
        self._lock = Lock()
        self._notices: dict[str, tuple[tuple[tuple[str, int, int], ...], Notice]] = {}

        def remember(request: Request, login: str = Depends(access.login_of)) -> None:
            request.state.login = login

        self.waiting: dict[tuple[str, str], int] = {}
        """How many things wait for a person, by snapshot and notice; the last one asked about."""
        self.reading = [Depends(access.may_read), Depends(remember)]
        self.deciding = [Depends(access.may_decide), Depends(remember)]

    @property
    def published(self) -> Path:
        return self.access.home().published

    def notice(self, dag_id: str) -> Notice:
        """The notice of a DAG, read again only where a file of it changed: checking one takes as long as a whole page."""
        notice_id = dag_id.partition("__")[2]
        state = tuple(
            (path.name, found.st_mtime_ns, found.st_size)
            for path in sorted([*(NOTICES / notice_id).glob("*"), NOTICES / "words.yaml"])
            for found in [path.stat()]
        )
        known = self._notices.get(notice_id)
        if known and known[0] == state:
            return known[1]
        try:
            notice = load_notice(notice_id)
        except BadNoticeError as error:
            raise HTTPException(404, str(error)) from None
        self._notices[notice_id] = (state, notice)
        return notice

    @contextmanager
    def look(self, request: Request, notice: Notice) -> Iterator[Snapshot]:
        """The snapshot for one request; the page that it makes tells which one it shows."""
        with look(self.published, notice.id) as snapshot:
            request.state.stamp = snapshot.stamp
            yield snapshot

    def standing(self, snapshot: Snapshot, notice: Notice, at: datetime) -> matrix.Standing:
        key = (snapshot.stamp, notice.id, at)
        with self._lock:
            if known := self._kept.get(key):
                self._kept.move_to_end(key)
                return known
        found = matrix.find_standing(snapshot, notice, at)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def moment(self, snapshot: Snapshot, notice: Notice, text: str) -> datetime:
        """What was asked for, else the latest that anything is known of."""
        if text:
            try:
                return notice.local(datetime.fromisoformat(text))
            except ValueError:
                raise HTTPException(400, f"“{text}”不是时刻；应写成 2020-11-14T20:00:00") from None
        moment = freshness.last_moment(snapshot)
        if moment is None:
            raise NoticesError("还没有一次完整的收件；第一轮收完后这里就有内容")
        return moment

    def page(
        self, request: Request, template: str, notice: Notice, at: datetime | None, **values: Any
    ) -> Response:
        """A page of a notice, with what stands on all of them."""
        home = self.access.home()
        band = find_band(home, notice, self.access.now(notice))
        can_decide = self.access.can_decide(request, f"{PREFIX}{notice.id}")
        content, sent_with = render(
            template,
            Masks(home.masks) if can_decide else None,
            notice=notice,
            at=at,
            t=at.isoformat() if at and request.query_params.get("t") else "",
            latest=link("", **{name: one for name, one in request.query_params.items() if name != "t"}),
            stamp=f"{getattr(request.state, 'stamp', '') or stamp(self.published)}{band.stamp}",
            band=band,
            now=self.access.now(notice),
            can_decide=can_decide,
            reserved=reserved_from(self.access, request, notice),
            **values,
        )
        return HTMLResponse(content, headers=sent_with)


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
            known = {"notice": notice, "band": find_band(access.home(), notice, access.now(notice))}
        content, sent_with = render("fault.html", sentence=str(error), can_decide=False, **known)
        return HTMLResponse(content, 503, headers=sent_with)

    _add_board(app, board)
    _add_details(app, board)
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


def _tell_run(notice: Notice, run: dict[str, Any]) -> dict[str, Any]:
    """A run in the notice's zone, and what it brought in words."""
    moments = {name: run[name] and notice.local(run[name]) for name in ("started_at", "ended_at")}
    return {"state": run["state"], **moments, "brought": words.say_counts(run["extra"])}


def _add_board(app: FastAPI, board: Board) -> None:
    access = board.access

    @app.get("/", dependencies=board.reading)
    def list_all(request: Request) -> Response:
        found: list[tuple[Notice | str, str]] = []
        for notice_id in list_notices():
            try:
                found.append((load_notice(notice_id), ""))
            except BadNoticeError as error:
                found.append((notice_id, str(error)))
        alarms, band = count_alarms(access.home())
        content, sent_with = render("notices.html", notices=found, prefix=PREFIX, alarms=alarms, band=band)
        return HTMLResponse(content, headers=sent_with)

    @app.get("/n/{dag_id}/", dependencies=board.reading)
    @app.get("/n/{dag_id}", dependencies=board.reading)
    def show_board(request: Request, dag_id: Dag) -> Response:
        if not request.url.path.endswith("/"):
            return RedirectResponse(f"{request.url.path}/", 307)  # links on it are relative
        notice, asked = board.notice(dag_id), request.query_params
        choice = matrix.Choice(
            *(asked.get(name, "") for name in ("city", "line", "kind", "state", "words", "order"))
        )
        with board.look(request, notice) as snapshot:
            at = board.moment(snapshot, notice, asked.get("t", ""))
            standing = board.standing(snapshot, notice, at)
            fresh = freshness.find_freshness(snapshot, notice, access.now(notice))
            moments = freshness.due_moments(snapshot)
        groups = matrix.choose(standing, choice)
        units = [unit for group in groups for unit in group.units]
        return board.page(
            request,
            "board.html",
            notice,
            at,
            standing=standing,
            groups=groups,
            sums=matrix.sum_signs(units),
            legend=matrix.find_legend(notice),
            columns=matrix.sum_columns(standing, units),
            choice=choice,
            orders=matrix.ORDERS,
            fresh=fresh,
            due=standing.due,
            moments=moments,
            tiles={code: (row, column) for code, row, column in read_tiles(notice)},
            runs=[_tell_run(notice, run) for run in access.runs(f"{PREFIX}{notice.id}")],
        )

    @app.get("/n/{dag_id}/stamp", dependencies=board.reading)
    def tell_stamp(dag_id: Dag) -> Response:
        """Which snapshot this is, and how many things wait for a person."""
        notice, now = board.notice(dag_id), stamp(board.published)
        waiting = board.waiting.get((now, notice.id), 0)
        if now and (now, notice.id) not in board.waiting:
            with look(board.published, notice.id) as snapshot:
                at = board.moment(snapshot, notice, "")
                decisions, home = read_decisions(access.home(), notice.id), access.home()
                queues = find_queues(Desk(snapshot, notice, decisions, at, home))
            waiting = sum(len(queue.entries) for queue in queues)
            board.waiting = {(snapshot.stamp, notice.id): waiting}
        band = find_band(access.home(), notice, access.now(notice))
        told = {"stamp": f"{now}{band.stamp}", "waiting": waiting + len(band.alarms)}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _add_details(app: FastAPI, board: Board) -> None:
    def show(name: str) -> Callable[[Callable[[Snapshot, Notice, datetime, Request], dict[str, Any]]], None]:
        """A page NAME.html of what the function finds of a moment; 404 where it finds nothing."""

        def add(find: Callable[[Snapshot, Notice, datetime, Request], dict[str, Any]]) -> None:
            @app.get(
                f"/n/{{dag_id}}/{name}",
                dependencies=board.reading,
            )
            def answer(request: Request, dag_id: Dag) -> Response:
                notice = board.notice(dag_id)
                with board.look(request, notice) as snapshot:
                    at = board.moment(snapshot, notice, request.query_params.get("t", ""))
                    found = find(snapshot, notice, at, request)
                if any(value is None for value in found.values()):
                    raise HTTPException(404, "没有这一项")
                return board.page(request, f"{name}.html", notice, at, **found)

        return add

    @show("cell")
    def find_cell(snapshot: Snapshot, notice: Notice, at: datetime, request: Request) -> dict[str, Any]:
        asked = request.query_params
        return {
            "cell": details.find_cell(
                snapshot, asked.get("unit", ""), asked.get("deliverable", ""), asked.get("period", ""), at
            )
        }

    @show("unit")
    def find_unit(snapshot: Snapshot, notice: Notice, at: datetime, request: Request) -> dict[str, Any]:
        code = request.query_params.get("unit", "")
        recipient = next((one for one in notice.recipients if one.code == code), None)
        return {"recipient": recipient, "unit": details.find_unit(snapshot, code, at)}

    @show("city")
    def find_city(snapshot: Snapshot, notice: Notice, at: datetime, request: Request) -> dict[str, Any]:
        code = request.query_params.get("city", "")
        city = next((one for one in notice.areas if one.code == code), None)
        return {"city": city, "figures": details.find_figures(snapshot, code, at)}

    @show("trace")
    def find_trace(snapshot: Snapshot, notice: Notice, at: datetime, request: Request) -> dict[str, Any]:
        code, figure = request.query_params.get("city", ""), request.query_params.get("figure", "")
        city = next((one for one in notice.areas if one.code == code), None)
        values = {row["figure"]: row["value"] for row in details.find_figures(snapshot, code, at)}
        known = figure if figure in values else None
        return {
            "city": city,
            "figure": known,
            "shown": (values.get(figure),),
            "rows": details.find_trace(snapshot, code, figure, at) if known else None,
            "limit": details.TRACED,
        }

    @show("decisions")
    def find_decisions(snapshot: Snapshot, notice: Notice, at: datetime, request: Request) -> dict[str, Any]:
        return {"rows": details.decisions(snapshot, at)}

    @show("file")
    def find_file(snapshot: Snapshot, notice: Notice, at: datetime, request: Request) -> dict[str, Any]:
        submission = request.query_params.get("id", "")
        returned = Ledger(board.access.home().returns(notice.id)).returns.get(submission)
        return {
            "found": details.find_file(snapshot, submission, at),
            "returned": (returned,),
            "submission": submission,
        }

    @app.get("/n/{dag_id}/return", dependencies=board.deciding)
    def send_return(request: Request, dag_id: Dag) -> Response:
        """The marked return as a file. It is the unit's own sheet, personal columns and all: for those who work with it."""
        root = board.access.home().returns(board.notice(dag_id).id)
        returned = Ledger(root).returns.get(request.query_params.get("id", ""))
        path = find_return(root, returned.file).resolve() if returned else root
        if not path.is_file() or not path.is_relative_to(root.resolve()):
            raise HTTPException(404, "没有这份退回件")
        safe = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        return FileResponse(path, headers=safe, filename=path.name, content_disposition_type="attachment")
