"""What the pages of one home share: the notices, the snapshot, the moment asked for, and who may see what."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from pipelines.board import freshness, matrix
from pipelines.board.access import PREFIX, SELECTS, Access, reserved_from
from pipelines.board.alarms import Band, find_band
from pipelines.board.asking import Snapshot, look, stamp
from pipelines.board.own_city import Sight, concerns
from pipelines.board.pages import link, render
from pipelines.ground.errors import BadNoticeError, NoticesError
from pipelines.notice import Notice, load_notice
from pipelines.notice.folder import NOTICES
from pipelines.warehouse.masks import Masks

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
        """The notice of a DAG. Raises HTTPException where its folder is wrong."""
        try:
            return self.load(dag_id.partition("__")[2])
        except BadNoticeError as error:
            raise HTTPException(404, str(error)) from None

    def load(self, notice_id: str) -> Notice:
        """The notice, read again only where a file of it changed: checking one takes as long as a whole page. Raises BadNoticeError."""
        state = tuple(
            (path.name, found.st_mtime_ns, found.st_size)
            for path in sorted([*(NOTICES / notice_id).glob("*"), NOTICES / "words.yaml"])
            for found in [path.stat()]
        )
        known = self._notices.get(notice_id)
        if known and known[0] == state:
            return known[1]
        notice = load_notice(notice_id)
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


def is_limited(request: Request) -> bool:
    """Whether the asker is known to see some cities only."""
    return getattr(request.state, "cities", None) is not None


def refuse_limited(request: Request) -> None:
    """Raises HTTPException for whoever may see some cities only: of a route that shows more than one city's."""
    if is_limited(request):
        raise HTTPException(403)
