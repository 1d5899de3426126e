"""Forms for decisions: which fields each kind has on the page, and what was written made into what `decide` takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipelines.decide.given import TAKES, Given, RefusedError
from pipelines.notice.model import Notice

WAYS = ("电话", "传真", "纸质", "光盘", "现场")
"""How a report came that somebody registers."""
LONGEST_NUMBER = 9


@dataclass(frozen=True)
class Field:
    """A field on the page: its name there, what it is called, how it is asked for, and a word of help."""

    name: str
    label: str
    kind: str = "text"
    help: str = ""


_FIELDS = {
    "item": Field("item", "有效行编号", help="写了它就不用写文件、工作表和行"),
    "path": Field("path", "文件", help="写法同看板上的文件路径"),
    "received": Field("received", "收到时间", "moment", "同一路径收过几次的才要写"),
    "sheet": Field("sheet", "工作表", help="不写为各工作表"),
    "row": Field("row", "行", "number", "不写为整个文件"),
    "recipients": Field("recipients", "单位", "units", "单位代码或全称；几个以顿号隔开"),
    "kinds": Field("kinds", "或按类别", "kinds"),
    "cities": Field("cities", "或按市", "cities"),
    "everybody": Field("everybody", "或全部单位", "check"),
    "deliverable": Field("deliverable", "事项", "deliverables"),
    "periods": Field("periods", "期", help="写该期的第一天（年-月-日），几期以顿号隔开；不写为各期"),
    "due": Field("due", "延到", "moment"),
    "arrived": Field("arrived", "何时报来", "moment"),
    "how": Field("how", "怎么报来", "ways"),
    "values": Field("values", "各列的值", "lines", "每行一个：列=值，如 activity_date=某日（年-月-日）"),
    "alias": Field("alias", "名称", help="单位自己写的名称"),
    "since": Field("since", "从哪天起收到的文件", "day", "不写为从现在起，和至今没有认出的"),
    "subject": Field("subject", "编号"),
    "for_line": Field("for_line", "替哪条线选", help="条线代码；不写为遴选的那条线"),
    "publishable": Field("publishable", "已核对：不含个人信息，未成年人影像已获同意，可公开", "check"),
}


def fields_of(kind: str) -> list[Field]:
    """The fields of a kind, in the order of the form."""
    return [field for name, field in _FIELDS.items() if name in TAKES[kind]]


def read_form(notice: Notice, kind: str, written: Mapping[str, str]) -> Given:
    """What was written. Raises RefusedError where something is no moment or no number."""
    given = {name: text.strip() for name, text in written.items() if name in TAKES[kind] and text.strip()}
    return Given(
        recipients=tuple(_code_of(notice, word) for word in _split(given.get("recipients", ""))),
        kinds=_split(given.get("kinds", "")),
        cities=_split(given.get("cities", "")),
        everybody=bool(given.get("everybody")),
        deliverable=given.get("deliverable"),
        periods=_split(given.get("periods", "")),
        due=_moment(notice, given.get("due")),
        path=given.get("path"),
        received=_moment(notice, given.get("received")),
        sheet=given.get("sheet"),
        row=_number(given.get("row")),
        values=_pairs(given.get("values", "")),
        arrived=_moment(notice, given.get("arrived")),
        how=given.get("how"),
        alias=given.get("alias"),
        since=_moment(notice, given.get("since")),
        subject=given.get("subject"),
        item=given.get("item"),
        for_line=given.get("for_line"),
        publishable=bool(given.get("publishable")),
    )


def _code_of(notice: Notice, word: str) -> str:
    """A unit's code, also by its whole name."""
    return next((one.code for one in notice.recipients if word in (one.code, one.name)), word)


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in re.split(r"[,，、;；\s]+", text) if part))


def _moment(notice: Notice, text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return notice.local(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise RefusedError(f"“{text}”不是时刻；应写成 2020-11-14T20:00:00") from None


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_NUMBER:
        raise RefusedError(f"“{text}”不是行号")
    return int(text)


def _pairs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals or name.strip() in found:
            raise RefusedError(f"“{line}”应写成 列=值，每列一次")
        found[name.strip()] = value
    return found
