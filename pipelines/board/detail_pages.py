"""Routes of what lies behind the board: a cell, a unit, a city, a figure's trace, the decisions, a file and its return."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, Response

from pipelines.board import details
from pipelines.board.access import Dag
from pipelines.board.asking import Snapshot
from pipelines.board.board import Board
from pipelines.board.own_city import Sight
from pipelines.notice import Notice
from pipelines.returns.ledger import Ledger
from pipelines.returns.shared import find_return


def add_details(app: FastAPI, board: Board) -> None:
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
