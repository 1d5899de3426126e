"""The route of a file as the program read it: what it shows may name persons, so it is for those who may decide."""

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import Response
from starlette.datastructures import QueryParams

from pipelines.board.access import Dag
from pipelines.board.board import Board
from pipelines.board.compare import CHANGES
from pipelines.board.roles import ROLES, WAYS
from pipelines.board.sheet import Asked, find_sheet
from pipelines.decide.journal import read_decisions
from pipelines.read.drawing import ROWS
from pipelines.read.rows.sentences import letters


def add_sheet(app: FastAPI, board: Board) -> None:
    @app.get("/n/{dag_id}/sheet", dependencies=board.deciding)
    def show_sheet(request: Request, dag_id: Dag) -> Response:
        """It shows what the file shows, personal columns and all: for those who work with it."""
        notice, asked = board.notice(dag_id), request.query_params
        part = Asked(
            _whole(asked, "sheet"), asked.get("name", ""), _whole(asked, "first"), _whole(asked, "row")
        )
        submission, beside = asked.get("id", ""), asked.get("beside", "")
        home = board.access.home()
        with board.look(request, notice) as snapshot:
            at = board.moment(snapshot, notice, asked.get("t", ""))
            decisions = read_decisions(home, notice.id)
            page = find_sheet(snapshot, home, notice, decisions, at, submission, beside, part)
        if page is None:
            raise HTTPException(404, "没有这个文件")
        words = {"roles": ROLES, "ways": WAYS, "changes": CHANGES, "letters": letters, "step": ROWS}
        return board.page(request, "sheet.html", notice, at, page=page, asked=part, **words)


def _whole(asked: QueryParams, name: str) -> int:
    """A number from the address; 0 where there is none."""
    text = asked.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
