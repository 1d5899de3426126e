"""The pages as a FastAPI app; every route asks first who may see the notice's DAG.

/                       the notices
/n/DAG/                 the board of one        /n/DAG/cell, unit, city, trace, file, return    what lies behind it
/n/DAG/sheet            a file as the program read it, for who may decide
/n/DAG/desk, decisions  what waits for a person, and what was decided
/n/DAG/select           the evening's shortlist, for who may decide
/n/DAG/stamp            which snapshot this is: a page asks, and loads itself anew when it changes

Whoever may see some cities only is refused by every route but those `in_city`, which show them what is their own (own_city.py).
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from pipelines.board import details, freshness, matrix, words
from pipelines.board.access import PREFIX, SELECTS, Access, Dag, reserved_from
from pipelines.board.alarms import Band, count_alarms, find_band
from pipelines.board.asking import Snapshot, look, stamp
from pipelines.board.deciding import add_deciding
from pipelines.board.desk import Desk, find_queues
from pipelines.board.own_city import Sight, concerns
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

FAULT = "现在看不到数据：还没有收过件，或者正在修复。请问数据人员"
"""What is told whoever is limited to cities: the error itself may name anybody's file."""
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
            request.state.cities = access.cities_of(request)

        self.waiting: dict[tuple[str, str, frozenset[str] | None], int] = {}
        """How many things wait for a person, by snapshot, notice and cities seen; of the last snapshot and notice asked about."""
        whole = [Depends(remember), Depends(refuse_limited)]
        self.in_city = [Depends(remember), Depends(access.may_read_own or access.may_read)]
        """Of a route that shows whoever is limited to cities nothing but their own; every other one refuses them."""
        self.reading = [*whole, Depends(access.may_read)]
        self.deciding = [*whole, Depends(access.may_decide)]
        self.selecting = [*whole, Depends(access.may_select or access.may_decide)]

    @property
    def published(self) -> Path:
        return self.access.home().published

    def asked_notice(self, request: Request, dag_id: str) -> Notice:
        """The notice of a DAG. Raises HTTPException where the asker is limited to cities and none of them is in it."""
        notice = self.notice(dag_id)
        if is_limited(request) and not concerns(notice, request.state.cities):
            raise HTTPException(404)
        return notice

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

    def sight(self, request: Request, notice: Notice, at: datetime) -> Sight:
        """What of the notice the asker sees."""
        return Sight(notice, request.state.cities, at)

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
            except (ValueError, OverflowError):  # of the year 1, in another zone
                raise HTTPException(400, f"“{text}”不是时刻；应写成 2020-11-14T20:00:00") from None
        moment = freshness.last_moment(snapshot)
        if moment is None:
            raise NoticesError("还没有一次完整的收件；第一轮收完后这里就有内容")
        return moment

    def band(self, request: Request, notice: Notice) -> Band:
        """The alarms, which may name anybody: nothing for whoever is limited to cities."""
        if getattr(request.state, "cities", frozenset()) is not None:
            return Band(())
        return find_band(self.access.home(), notice, self.access.now(notice))

    def page(
        self, request: Request, template: str, notice: Notice, at: datetime | None, **values: Any
    ) -> Response:
        """A page of a notice, with what stands on all of them."""
        home, is_limited = self.access.home(), request.state.cities is not None
        band = self.band(request, notice)
        can_decide = not is_limited and self.access.can_decide(request, f"{PREFIX}{notice.id}")
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
            is_limited=is_limited,
            can_decide=can_decide,
            can_select=not is_limited and self.access.can_decide(request, f"{SELECTS}{notice.id}"),
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
            known = {"notice": notice, "band": board.band(request, notice)}
        sentence = FAULT if is_limited(request) else str(error)
        content, sent_with = render("fault.html", sentence=sentence, can_decide=False, **known)
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


def is_limited(request: Request) -> bool:
    """Whether the asker is known to see some cities only."""
    return getattr(request.state, "cities", None) is not None


def refuse_limited(request: Request) -> None:
    """Raises HTTPException for whoever may see some cities only: of a route that shows more than one city's."""
    if is_limited(request):
        raise HTTPException(403)


def _tell_run(notice: Notice, run: dict[str, Any]) -> dict[str, Any]:
    """A run in the notice's zone, and what it brought in words."""
    moments = {name: run[name] and notice.local(run[name]) for name in ("started_at", "ended_at")}
    return {"state": run["state"], **moments, "brought": words.say_counts(run["extra"])}


def _add_board(app: FastAPI, board: Board) -> None:
    access = board.access

    @app.get("/", dependencies=board.in_city)
    def list_all(request: Request) -> Response:
        if is_limited(request):
            return list_own(request.state.cities)
        found: list[tuple[Notice | str, str]] = []
        for notice_id in list_notices():
            try:
                found.append((load_notice(notice_id), ""))
            except BadNoticeError as error:
                found.append((notice_id, str(error)))
        alarms, band = count_alarms(access.home())
        content, sent_with = render("notices.html", notices=found, prefix=PREFIX, alarms=alarms, band=band)
        return HTMLResponse(content, headers=sent_with)

    def list_own(cities: frozenset[str]) -> Response:
        """The notices that one of these cities answers, and nothing of what is wrong with others."""
        found = []
        for notice_id in list_notices():
            with suppress(BadNoticeError):
                if concerns(notice := load_notice(notice_id), cities):
                    found.append((notice, ""))
        content, sent_with = render(
            "notices.html", notices=found, prefix=PREFIX, alarms=Counter(), band=Band(())
        )
        return HTMLResponse(content, headers=sent_with)

    @app.get("/n/{dag_id}/", dependencies=board.in_city)
    @app.get("/n/{dag_id}", dependencies=board.in_city)
    def show_board(request: Request, dag_id: Dag) -> Response:
        if not request.url.path.endswith("/"):
            return RedirectResponse(f"{request.url.path}/", 307)  # links on it are relative
        notice, asked = board.asked_notice(request, dag_id), request.query_params
        choice = matrix.Choice(
            *(asked.get(name, "") for name in ("city", "line", "kind", "state", "words", "order"))
        )
        with board.look(request, notice) as snapshot:
            at = board.moment(snapshot, notice, asked.get("t", ""))
            sight = board.sight(request, notice, at)
            standing = sight.standing(board.standing(snapshot, notice, at))
            fresh = freshness.find_freshness(snapshot, notice, access.now(notice))
            moments = sight.due_moments(standing, freshness.due_moments(snapshot))
        runs = [] if sight.is_limited else access.runs(f"{PREFIX}{notice.id}")
        tiles = {} if sight.is_limited else {code: (row, column) for code, row, column in read_tiles(notice)}
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
            areas=sight.areas,
            due=standing.due,
            moments=moments,
            tiles=tiles,
            runs=[_tell_run(notice, run) for run in runs],
        )

    @app.get("/n/{dag_id}/stamp", dependencies=board.in_city)
    def tell_stamp(request: Request, dag_id: Dag) -> Response:
        """Which snapshot this is, and how many things wait for a person."""
        notice, cities = board.asked_notice(request, dag_id), request.state.cities
        now = stamp(board.published)
        waiting = board.waiting.get((now, notice.id, cities), 0)
        if now and (now, notice.id, cities) not in board.waiting:
            with look(board.published, notice.id) as snapshot:
                at = board.moment(snapshot, notice, "")
                decisions, home = read_decisions(access.home(), notice.id), access.home()
                queues = find_queues(Desk(snapshot, notice, decisions, at, home))
                queues = board.sight(request, notice, at).queues(queues)
            waiting = sum(len(queue.entries) for queue in queues)
            others = {
                key: one for key, one in board.waiting.items() if key[:2] == (snapshot.stamp, notice.id)
            }
            board.waiting = others | {(snapshot.stamp, notice.id, cities): waiting}
        band = board.band(request, notice)
        told = {"stamp": f"{now}{band.stamp}", "waiting": waiting + len(band.alarms)}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _add_details(app: FastAPI, board: Board) -> None:
    Find = Callable[[Snapshot, Notice, datetime, Request, Sight], dict[str, Any]]

    def show(name: str) -> Callable[[Find], None]:
        """A page NAME.html of what the function finds of a moment, within the asker's sight; 404 where it finds nothing."""

        def add(find: Find) -> None:
            @app.get(f"/n/{{dag_id}}/{name}", dependencies=board.in_city)
            def answer(request: Request, dag_id: Dag) -> Response:
                notice = board.asked_notice(request, dag_id)
                with board.look(request, notice) as snapshot:
                    at = board.moment(snapshot, notice, request.query_params.get("t", ""))
                    found = find(snapshot, notice, at, request, board.sight(request, notice, at))
                if any(value is None for value in found.values()):
                    raise HTTPException(404, "没有这一项")
                return board.page(request, f"{name}.html", notice, at, **found)

        return add

    @show("cell")
    def find_cell(
        snapshot: Snapshot, notice: Notice, at: datetime, request: Request, sight: Sight
    ) -> dict[str, Any]:
        asked = request.query_params
        cell = details.find_cell(
            snapshot, asked.get("unit", ""), asked.get("deliverable", ""), asked.get("period", ""), at
        )
        return {"cell": sight.cell(snapshot, cell)}

    @show("unit")
    def find_unit(
        snapshot: Snapshot, notice: Notice, at: datetime, request: Request, sight: Sight
    ) -> dict[str, Any]:
        code = request.query_params.get("unit", "")
        recipient = next(
            (one for one in notice.recipients if one.code == code and sight.has_unit(code)), None
        )
        return {"recipient": recipient, "unit": sight.unit(snapshot, details.find_unit(snapshot, code, at))}

    @show("city")
    def find_city(
        snapshot: Snapshot, notice: Notice, at: datetime, request: Request, sight: Sight
    ) -> dict[str, Any]:
        code = request.query_params.get("city", "")
        city = next((one for one in sight.areas if one.code == code), None)
        return {"city": city, "figures": details.find_figures(snapshot, code, at)}

    @show("trace")
    def find_trace(
        snapshot: Snapshot, notice: Notice, at: datetime, request: Request, sight: Sight
    ) -> dict[str, Any]:
        code, figure = request.query_params.get("city", ""), request.query_params.get("figure", "")
        city = next((one for one in sight.areas if one.code == code), None)
        values = {row["figure"]: row["value"] for row in details.find_figures(snapshot, code, at)}
        known = figure if figure in values else None
        return {
            "city": city,
            "figure": known,
            "shown": (values.get(figure),),
            "rows": sight.tell(details.find_trace(snapshot, code, figure, at)) if known else None,
            "limit": details.TRACED,
        }

    @show("decisions")
    def find_decisions(
        snapshot: Snapshot, notice: Notice, at: datetime, request: Request, sight: Sight
    ) -> dict[str, Any]:
        return {"rows": sight.decisions(snapshot, details.decisions(snapshot, at))}

    @show("file")
    def find_file(
        snapshot: Snapshot, notice: Notice, at: datetime, request: Request, sight: Sight
    ) -> dict[str, Any]:
        submission = request.query_params.get("id", "")
        returned = Ledger(board.access.home().returns(notice.id)).returns.get(submission)
        return {
            "found": sight.file(snapshot, details.find_file(snapshot, submission, at)),
            "returned": (returned and replace(returned, summary=sight.say(returned.summary)),),
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
