"""Routes of the notices, the board of one, and what tells a page that it is out of date."""

from collections import Counter
from contextlib import suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from pipelines.board import freshness, matrix, words
from pipelines.board.access import PREFIX, Dag
from pipelines.board.alarms import Band, count_alarms
from pipelines.board.asking import look, stamp
from pipelines.board.board import Board, is_limited
from pipelines.board.desk import Desk, find_queues
from pipelines.board.own_city import concerns
from pipelines.board.pages import render
from pipelines.decide.journal import read_decisions
from pipelines.ground.errors import BadNoticeError
from pipelines.notice import Notice, list_notices
from pipelines.report.tiles import read_tiles


def add_board(app: FastAPI, board: Board) -> None:
    access = board.access

    @app.get("/", dependencies=board.in_city)
    def list_all(request: Request) -> Response:
        if is_limited(request):
            return list_own(request.state.cities)
        found: list[tuple[Notice | str, str]] = []
        for notice_id in list_notices():
            try:
                found.append((board.load(notice_id), ""))
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
                if concerns(notice := board.load(notice_id), cities):
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


def _tell_run(notice: Notice, run: dict[str, Any]) -> dict[str, Any]:
    """A run in the notice's zone, and what it brought in words."""
    moments = {name: run[name] and notice.local(run[name]) for name in ("started_at", "ended_at")}
    return {"state": run["state"], **moments, "brought": words.say_counts(run["extra"])}
