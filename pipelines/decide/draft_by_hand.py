"""Drafts of what came by another way: a report by telephone or on paper, a zero report that somebody confirmed.

What was registered becomes a file of its own in the archive, and is read like any other.
"""

import csv
import hashlib
import io
from collections.abc import Mapping

from pipelines.archive.store import Archive
from pipelines.decide.given import Case, RefusedError
from pipelines.decide.record import Decision
from pipelines.decide.values import read_values
from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Deliverable
from pipelines.notice.sources import BY_HAND_FOLDER


def draft_register(case: Case, archive: Archive) -> Decision:
    given = case.given
    _check_arrival(case)
    recipient, deliverable = case.recipient(), case.check_deliverable()
    item = case.notice.deliverables[deliverable]
    if bool(given.values) == bool(given.file):
        raise RefusedError("请写明报来的内容：逐列写 --set 列=值，或用 --file 指明文件，二者选一")
    if given.file:
        try:
            return _keep(case, archive, given.file.read_bytes(), given.file.name)
        except OSError as error:
            raise RefusedError(f"{given.file} 读不出：{error.strerror}") from None
    if not KINDS[item.kind].is_table:
        raise RefusedError(f"“{item.name}”是文档，请用 --file 指明扫描件或文件")
    values, wrong = read_values(case.notice, item, given.values, case.lookup.counties(recipient))
    for sentence in wrong:
        raise RefusedError(sentence)
    return _keep(case, archive, _as_table(case, item, recipient, values), f"{item.name}.csv", list(values))


def draft_confirm_zero(case: Case, archive: Archive) -> Decision:
    _check_arrival(case)
    recipient, deliverable = case.recipient(), case.check_deliverable()
    item = case.notice.deliverables[deliverable]
    if item.kind != "materials":
        raise RefusedError(f"“{item.name}”不能以零报告完成，请登记报来的内容（register）")
    if len(case.given.periods) != 1:
        raise RefusedError("请写明是哪一期的零报告（--period）")
    content = _as_table(case, item, recipient, {"title": case.notice.words.zero_report[0]})
    return _keep(case, archive, content, "零报告.csv")


def _check_arrival(case: Case) -> None:
    arrived, opens = case.given.arrived, case.notice.opens
    if arrived is None:
        raise RefusedError("没有写何时报来（--arrived）")
    if not (case.given.how or "").strip():
        raise RefusedError("没有写怎么报来的（--how，如 电话、传真、纸质、光盘、现场）")
    if arrived > case.asked.at:
        raise RefusedError(f"报来的时刻 {arrived} 晚于登记的时刻 {case.asked.at}；请核对")
    if arrived.date() < opens:
        raise RefusedError(f"报来的时刻 {arrived} 早于通知开始收件的 {opens}；请核对")


def _as_table(case: Case, item: Deliverable, recipient: str, values: Mapping[str, object]) -> bytes:
    """A table of one row under the notice's own headers; the period and the unit are filled in where a column asks for them."""
    period = case.given.periods[0] if len(case.given.periods) == 1 else ""
    name = next(one.name for one in case.notice.recipients if one.code == recipient)
    known: dict[str, object] = {"activity_date": period, "period_date": period, "unit_name": name}
    row = {
        field: values.get(field, known.get(field, ""))
        for field in item.columns
        if field in values or known.get(field)
    }
    # Columns that the notice requires make the header; an empty cell says that nothing was said.
    for field, column in item.columns.items():
        if column.required:
            row.setdefault(field, "")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    fields = [field for field in item.columns if field in row]
    writer.writerow([item.columns[field].headers[0] for field in fields])
    writer.writerow([_as_written(item, field, row[field]) for field in fields])
    return text.getvalue().encode("utf-8-sig")


def _as_written(item: Deliverable, field: str, value: object) -> object:
    """A kept number with its unit, so that it reads back as just this one."""
    kind = item.number(field)
    return f"{kind.show(value)}{kind.unit}" if kind.type != "count" and isinstance(value, int) else value


def _keep(
    case: Case, archive: Archive, content: bytes, name: str, fields: list[str] | None = None
) -> Decision:
    """The bytes are in the archive before the decision that speaks of them."""
    given, asked = case.given, case.asked
    sha256, size = archive.store([content])
    archive.sync()
    unit = next(one.name for one in case.notice.recipients if one.code == given.recipients[0])
    item = case.notice.deliverables[str(given.deliverable)]
    # What has no date of its own says by its name which period it was registered for.
    named = f"{given.periods[0]}期-" if item.is_undated and len(given.periods) == 1 else ""
    path = f"{BY_HAND_FOLDER}/{unit}/{asked.at:%Y%m%d-%H%M%S}-{sha256[:6]}-{named}{name}"
    identity = f"{case.notice.id}|{path}|{given.deliverable}|{given.periods}|{sha256}"
    return case.make(
        {
            "recipients": list(given.recipients),
            "deliverable": given.deliverable,
            "periods": list(given.periods),
            "path": path,
        },
        {
            "how": (given.how or "").strip(),
            "arrived": given.arrived.isoformat() if given.arrived else "",
            "receipt_id": hashlib.sha256(identity.encode()).hexdigest()[:20],
            "path": path,
            "sha256": sha256,
            "size": size,
            **({"fields": fields} if fields else {}),
        },
    )
