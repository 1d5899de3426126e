"""Routes of the desk: what waits, the form of a decision, what it would move, and the decision itself."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, RedirectResponse, Response

from pipelines.archive.objects import verify_object
from pipelines.archive.store import Archive
from pipelines.board.access import Dag, is_genuine, make_token, reserved_from
from pipelines.board.board import Board
from pipelines.board.desk import Desk, find_queues
from pipelines.board.forms import WAYS, fields_of, read_form
from pipelines.board.uploads import Posted, keep_upload, read_kept, read_posted, write_kept
from pipelines.decide.given import TAKES, Asked, RefusedError
from pipelines.decide.journal import read_decisions
from pipelines.decide.record import KINDS
from pipelines.decide.take import decide, foresee
from pipelines.ground.counts import in_mb
from pipelines.ground.settings import Settings
from pipelines.notice import Notice


class Forms:
    """The form of a decision: shown, tried and kept."""

    def __init__(self, board: Board) -> None:
        self._board, self._access = board, board.access

    def take(self, request: Request, dag_id: str, posted: Posted) -> Response:
        """What a form that was sent leads to: what it would move, the decision, or why there is none."""
        notice, login, form = self._board.notice(dag_id), request.state.login, posted.fields
        kind, token = form.get("kind_of_decision", ""), form.get("token", "")
        if not is_genuine(self._access.secret, token, login, notice.id):
            raise HTTPException(403, "这张表单不是从本页发出的，没有记下任何决定。请重新打开再填")
        if kind not in TAKES:
            raise HTTPException(404, "没有这种决定")
        self.require_role(request, notice, kind, form)
        home, asked = (
            self._access.home(),
            Asked(kind, form.get("reason", ""), login, self._access.now(notice), token),
        )
        if "file" in TAKES[kind]:
            form = self._keep_file(notice, login, posted)
        try:
            file = read_kept(self._access.secret, login, notice.id, form) if "file" in TAKES[kind] else None
            given = replace(read_form(notice, kind, form), file=file)
            if form.get("step") != "keep":
                moved = [one.told for one in foresee(home, notice, asked, given).moved]
                return self.show(request, notice, kind, form, moved=moved)
            taken = decide(home, notice, asked, given)
        except RefusedError as error:
            return self.show(request, notice, kind, form, refusal=str(error))
        return RedirectResponse(f"decisions#{taken.decision.id}", 303)

    def require_role(self, request: Request, notice: Notice, kind: str, form: Mapping[str, str]) -> None:
        """What is reserved for a role is undone by that role only, too."""
        if kind == "undo" and notice.decisions:
            undone = read_decisions(self._access.home(), notice.id).find(form.get("subject", "").strip())
            kind = undone.kind if undone else kind
        if kind in reserved_from(self._access, request, notice):
            needed = {str(one): role for one, role in notice.decisions.items()}[kind]
            raise HTTPException(403, f"“{KINDS[kind]}”这种决定，本通知只许 {needed} 以上的角色来作")

    def _keep_file(self, notice: Notice, login: str, posted: Posted) -> dict[str, str]:
        """The fields, with those that name the file that came along; the one that came before goes where it is not wanted."""
        secret, fields = self._access.secret, dict(posted.fields)
        if posted.file:
            kept = keep_upload(Archive(self._access.home().archive), posted.file)
            return fields | write_kept(secret, login, notice.id, kept)
        if fields.get("without_file"):
            return {name: text for name, text in fields.items() if not name.startswith("file_")}
        return fields

    def show(
        self,
        request: Request,
        notice: Notice,
        kind: str,
        written: Mapping[str, str],
        *,
        moved: list[str] | None = None,
        refusal: str = "",
    ) -> Response:
        """The form, filled with what was written; with what it would move once that was asked."""
        return self._board.page(
            request,
            "decide.html",
            notice,
            None,
            kind=kind,
            name=KINDS[kind],
            fields=fields_of(kind),
            written=written,
            ways=WAYS,
            moved=moved,
            refusal=refusal,
            takes_file="file" in TAKES[kind],
            most=in_mb(Settings.load().max_upload_bytes),
            token=written.get("token") or make_token(self._access.secret, request.state.login, notice.id),
        )


def add_deciding(app: FastAPI, board: Board) -> None:
    """The routes of the desk and of decisions."""
    forms, deciding = Forms(board), board.deciding

    @app.get("/n/{dag_id}/desk", dependencies=board.in_city)
    def show_desk(request: Request, dag_id: Dag) -> Response:
        notice = board.asked_notice(request, dag_id)
        with board.look(request, notice) as snapshot:
            at = board.moment(snapshot, notice, request.query_params.get("t", ""))
            decisions = read_decisions(board.access.home(), notice.id)
            queues = find_queues(Desk(snapshot, notice, decisions, at, board.access.home()))
            queues = board.sight(request, notice, at).queues(queues)
        is_now = not request.query_params.get("t")
        if is_now:
            queues = [*board.band(request, notice).queue, *queues]
        return board.page(
            request, "desk.html", notice, at, queues=queues, kinds=KINDS, alarms_are_below=is_now
        )

    @app.get("/n/{dag_id}/decide", dependencies=deciding)
    def show_form(request: Request, dag_id: Dag) -> Response:
        kind = request.query_params.get("kind_of_decision", "")
        if kind not in TAKES:
            raise HTTPException(404, "没有这种决定")
        asked = request.query_params.items()
        written = {name: text for name, text in asked if name != "token" and not name.startswith("file_")}
        notice = board.notice(dag_id)
        forms.require_role(request, notice, kind, written)
        return forms.show(request, notice, kind, written)

    @app.post("/n/{dag_id}/decide", dependencies=deciding)
    async def take(request: Request, dag_id: Dag) -> Response:
        posted = await read_posted(request, Settings.load().max_upload_bytes)
        return await run_in_threadpool(forms.take, request, dag_id, posted)

    @app.get("/n/{dag_id}/scan", dependencies=deciding)
    def send_scan(request: Request, dag_id: Dag) -> Response:
        """What was attached to a report that somebody registered, as a file."""
        notice, wanted = board.notice(dag_id), request.query_params.get("id", "")
        decision = read_decisions(board.access.home(), notice.id).find(wanted)
        scan = decision.values.get("scan") if decision else None
        if not scan:
            raise HTTPException(404, "这个决定没有附扫描件")
        path = Archive(board.access.home().archive).object_path(scan["sha256"])
        verify_object(path)
        safe = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        return FileResponse(path, headers=safe, filename=scan["name"], content_disposition_type="attachment")
