"""Drafts of what came by another way: a report by telephone or on paper, a zero report that somebody confirmed.

What was registered becomes a file of its own in the archive, and is read like any other.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from pipelines.archive.objects import CHUNK
from pipelines.archive.store import Archive
from pipelines.decide.given import Case, KeptFile, RefusedError
from pipelines.decide.record import Decision
from pipelines.decide.values import read_values
from pipelines.notice.deliverable import Deliverable
from pipelines.notice.kinds import KINDS
from pipelines.notice.sources import BY_HAND_FOLDER


def draft_register(case: Case, archive: Archive) -> Decision:
    given = case.given
    _check_arrival(case)
    recipient, deliverable = case.recipient(), case.check_deliverable()
    item = case.notice.deliverables[deliverable]
    if not given.values and not given.file:
        raise RefusedError(
            "请写明报来的内容：逐列写 列=值（终端里是 --set），或附上文件（--file）；两样都给，文件是所附的扫描件"
        )
    if given.values and not KINDS[item.kind].is_table:
        raise RefusedError(f"“{item.name}”是文档，请用 --file 指明扫描件或文件，不写各列的值")
    file = _file(given.file, archive) if given.file else None
    if file and not given.values:
        return _register(case, file)
    values, wrong = read_values(case.notice, item, given.values, case.lookup.counties(recipient))
    for sentence in wrong:
        raise RefusedError(sentence)
    table = _store(archive, [_as_table(case, item, recipient, values)], f"{item.name}.csv")
    return _register(case, table, list(values), file)


def draft_confirm_zero(case: Case, archive: Archive) -> Decision:
    _check_arrival(case)
    recipient, deliverable = case.recipient(), case.check_deliverable()
    item = case.notice.deliverables[deliverable]
    if item.kind != "materials" and not item.zero_report:
        raise RefusedError(f"“{item.name}”不能以零报告完成，请登记报来的内容（register）")
    if item.within is not None:
        raise RefusedError(f"“{item.name}”遇事才报，没有事不欠，不用零报告")
    if len(case.given.periods) != 1 and item.periods.every != "once":
        raise RefusedError("请写明是哪一期的零报告（--period）")
    # Where the word stands is the title of a material, what tells a list's rows apart, or any number of a table.
    column = "title" if item.kind == "materials" else (*item.identity, *item.indicators)[0]
    content = _as_table(case, item, recipient, {column: case.notice.words.zero_report[0]})
    return _register(case, _store(archive, [content], "零报告.csv"))


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


def _file(given: Path | KeptFile, archive: Archive) -> KeptFile:
    """What came as a file, in the archive. Raises RefusedError where it cannot be read."""
    if isinstance(given, KeptFile):
        return given
    try:
        with given.open("rb") as file:
            return _store(archive, iter(lambda: file.read(CHUNK), b""), given.name)
    except OSError as error:
        raise RefusedError(f"{given} 读不出：{error.strerror}") from None


def _store(archive: Archive, chunks: Iterable[bytes], name: str) -> KeptFile:
    """The bytes are in the archive before the decision that speaks of them."""
    sha256, size = archive.store(chunks)
    archive.sync()
    return KeptFile(name, sha256, size)


def _register(
    case: Case, file: KeptFile, fields: list[str] | None = None, scan: KeptFile | None = None
) -> Decision:
    """A scan beside values that were written down is kept and shown, and read by nobody."""
    given, asked = case.given, case.asked
    unit = next(one.name for one in case.notice.recipients if one.code == given.recipients[0])
    item = case.notice.deliverables[str(given.deliverable)]
    # What has no date of its own says by its name which period it was registered for.
    named = f"{given.periods[0]}期-" if item.is_undated and len(given.periods) == 1 else ""
    path = f"{BY_HAND_FOLDER}/{unit}/{asked.at:%Y%m%d-%H%M%S}-{file.sha256[:6]}-{named}{file.name}"
    identity = f"{case.notice.id}|{path}|{given.deliverable}|{given.periods}|{file.sha256}"
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
            "sha256": file.sha256,
            "size": file.size,
            **({"fields": fields} if fields else {}),
            **({"scan": asdict(scan)} if scan else {}),
        },
    )
