"""The parts of a decision as a form or a command line gives them, and which of them each kind takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipelines.decide.lookup import Lookup
from pipelines.decide.record import Decision, Decisions
from pipelines.ground.errors import NoticesError
from pipelines.notice.kinds import OCCURRED
from pipelines.notice.model import Notice


class RefusedError(NoticesError):
    """A decision that cannot be kept; the message says what to put right."""


@dataclass(frozen=True)
class KeptFile:
    """A file that a form brought: its bytes are in the archive already."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Given:
    """What was written; nothing where nothing was."""

    recipients: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    everybody: bool = False
    deliverable: str | None = None
    periods: tuple[str, ...] = ()
    due: datetime | None = None
    path: str | None = None
    received: datetime | None = None
    sheet: str | None = None
    row: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    arrived: datetime | None = None
    how: str | None = None
    file: Path | KeptFile | None = None
    alias: str | None = None
    since: datetime | None = None
    subject: str | None = None
    item: str | None = None
    for_line: str | None = None
    publishable: bool = False


@dataclass(frozen=True)
class Asked:
    """Who decides, when, why, and by which form."""

    kind: str
    reason: str
    by: str
    at: datetime
    token: str = ""


_WHOM = frozenset({"recipients", "kinds", "cities", "everybody", "deliverable", "periods"})
_FILE = frozenset({"path", "received"})
_ROWS = _FILE | {"sheet", "row"}
_ARRIVAL = frozenset({"recipients", "deliverable", "periods", "arrived", "how"})
TAKES = {
    "assign": _FILE | {"recipients", "deliverable"},
    "set_aside": _FILE,
    "accept": _ROWS | {"values"},
    "withdraw": _ROWS,
    "waive": _WHOM,
    "extend": _WHOM | {"due"},
    "register": _ARRIVAL | {"values", "file"},
    "confirm_zero": _ARRIVAL,
    "know_as": frozenset({"alias", "recipients", "since"}),
    "settle": frozenset({"subject"}),
    "select": _ROWS | {"item", "for_line", "publishable"},
    "decline": _ROWS | {"item", "for_line"},
    "undo": frozenset({"subject"}),
}
"""Kind -> what may be given with it."""
OPTIONS = {
    "recipients": "--recipient（单位）",
    "kinds": "--kind（类别）",
    "cities": "--city（市）",
    "everybody": "--all（全部）",
    "deliverable": "--deliverable（事项）",
    "periods": "--period（期）",
    "due": "--due（新的截止）",
    "path": "--path（文件）",
    "received": "--received-at（收到时间）",
    "sheet": "--sheet（工作表）",
    "row": "--row（行）",
    "values": "--set（值）",
    "arrived": "--arrived（何时报来）",
    "how": "--how（怎么报来）",
    "file": "--file（文件）",
    "alias": "--alias（名称）",
    "since": "--from（从哪天起）",
    "subject": "--subject（编号）",
    "item": "--item（有效行编号）",
    "for_line": "--as-line（条线）",
    "publishable": "--publishable（可公开）",
}


@dataclass(frozen=True)
class Case:
    """All that a draft is made from."""

    notice: Notice
    decisions: Decisions
    asked: Asked
    given: Given
    lookup: Lookup

    def make(
        self,
        subject: Mapping[str, object],
        values: Mapping[str, object] | None = None,
        undoes: str | None = None,
    ) -> Decision:
        return Decision(
            notice=self.notice.id,
            kind=self.asked.kind,
            subject={
                name: value for name, value in subject.items() if value not in (None, (), [], False, "")
            },
            values=values or {},
            reason=self.asked.reason.strip(),
            decided_by=self.asked.by.strip(),
            decided_at=self.asked.at,
            undoes=undoes,
            token=self.asked.token,
        )

    def recipient(self) -> str:
        """The one unit that was named. Raises RefusedError where none or several were, or an unknown one."""
        if len(self.given.recipients) != 1:
            raise RefusedError("请写明一个单位（--recipient 单位代码）")
        (code,) = self.given.recipients
        known = next((one for one in self.notice.recipients if one.code == code), None)
        if known is None:
            raise RefusedError(f"名册里没有 {code}；请写 recipients.csv 里的单位代码")
        if not known.line:
            raise RefusedError(f"{known.name}不报送任何事项，不能认领或登记到它名下")
        return code

    def check_deliverable(self) -> str:
        """The deliverable, which must be one of the notice, with periods that it has."""
        name = self.given.deliverable or ""
        item = self.notice.deliverables.get(name)
        if item is None:
            raise RefusedError(
                f"没有报送事项 {name or '（空）'}；可用：{'、'.join(self.notice.deliverables)}"
            )
        if item.within is not None and self.asked.kind in ("waive", "extend"):
            raise RefusedError(f"“{item.name}”遇事才报，没有预先欠的，不用免报或延期")
        if item.within is not None and self.given.periods:
            raise RefusedError(f"“{item.name}”遇事才报，没有期；何时发生用 --set {OCCURRED}=日期和时刻 写明")
        keys = [one.key for one in item.periods.periods()]
        for period in self.given.periods:
            if period not in keys:
                listed = "、".join(key for key in keys if key) or "只报一次，不写期"
                raise RefusedError(f"{name} 没有 {period} 这一期；可用：{listed}")
        return name
