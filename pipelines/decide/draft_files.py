"""Drafts of decisions about files: whose one is, that one is no report, that rows count after all, or no more."""

from datetime import datetime

from pipelines.decide.given import Case, RefusedError
from pipelines.decide.lookup import File, HeldRow
from pipelines.decide.record import Decision
from pipelines.decide.values import call, read_values


def draft_assign(case: Case) -> Decision:
    file, given = find_file(case), case.given
    recipient = case.recipient() if given.recipients else None
    deliverable = case.check_deliverable() if given.deliverable else None
    if not recipient and not deliverable:
        raise RefusedError("没有写认领给哪个单位（--recipient），也没有写是什么事项（--deliverable）")
    if file.is_answer and not recipient:
        raise RefusedError("表单答卷的事项由题目决定，只能认领给单位")
    is_same = recipient in (None, file.recipient_code) and deliverable in (None, file.deliverable)
    if is_same and file.state in ("accepted", "partly accepted"):
        raise RefusedError(f"{file.path} 已经是这样认的，不用再认领")
    subject = {"recipients": [recipient] if recipient else [], "deliverable": deliverable}
    return case.make({**named(file), **subject})


def draft_set_aside(case: Case) -> Decision:
    file = find_file(case)
    if file.state == "ignored":
        raise RefusedError(f"{file.path} 本来就没有当作报送")
    return case.make(named(file))


def draft_accept(case: Case) -> Decision:
    """The rows that a person accepts, each with a value for what the notice asks for and the row has none of."""
    file, given = find_file(case), case.given
    if file.state not in ("rejected", "partly accepted"):
        raise RefusedError(f"{file.path} 没有被退回的行")
    rows = [one for one in chosen_rows(case, file) if one.faulty and not one.is_valid]
    if not rows:
        raise RefusedError("所选的行没有被退回，或已经准予计入；请核对工作表和行号")
    item = case.notice.deliverables[rows[0].deliverable]
    if given.values and any(one.deliverable != rows[0].deliverable for one in rows):
        raise RefusedError("所选各行不是同一个事项，值要一行一行地给")
    values, wrong = read_values(case.notice, item, given.values, case.lookup.counties(file.recipient_code))
    for sentence in wrong:
        raise RefusedError(sentence)
    for row in rows:
        _check_values(case, file, row, values)
    places = [list(one.place) for one in rows]
    return case.make(
        {
            **named(file),
            "deliverable": rows[0].deliverable,
            "sheet": given.sheet,
            "row": given.row,
            "rows": places,
        },
        values,
    )


def _check_values(case: Case, file: File, row: HeldRow, values: dict[str, object]) -> None:
    item = case.notice.deliverables[row.deliverable]
    for name in values:
        if name not in row.faulty:
            raise RefusedError(
                f"第 {row.row_number} 行的“{call(item, name)}”没有问题，不能改；只能补这一行有问题的列："
                + "、".join(call(item, one) for one in row.faulty)
            )
        if item.field(name).personal:
            raise RefusedError(f"“{call(item, name)}”是个人信息，不能写进决定；可以不写值，按原样准予计入")
    for name in row.faulty:
        column = item.columns.get(name)
        if (
            name not in values
            and column
            and column.required
            and not item.field(name).personal
            and case.lookup.is_blank(file, row, name)
        ):
            raise RefusedError(
                f"第 {row.row_number} 行的“{column.headers[0]}”没有可用的值，请写明（{column.headers[0]}=值）"
            )
    for one in case.decisions.kind("accept"):
        same = one.subject["submission_id"] == file.submission_id and list(row.place) in one.subject["rows"]
        if same and dict(one.values) != values:
            raise RefusedError(
                f"第 {row.row_number} 行曾以别的值准予计入（{one.id}）；同一行不能有两种值，请由单位重新报送"
            )


def draft_withdraw(case: Case) -> Decision:
    file, given = find_file(case), case.given
    rows = [one for one in chosen_rows(case, file) if one.is_valid]
    if not rows:
        raise RefusedError("所选的没有算数的行可撤回；请核对文件、工作表和行号")
    is_whole = given.sheet is None and given.row is None
    places = [] if is_whole else [list(one.place) for one in rows]
    return case.make({**named(file), "sheet": given.sheet, "row": given.row, "rows": places})


def find_file(case: Case) -> File:
    """The file that was named. Raises RefusedError."""
    if not case.given.path:
        raise RefusedError("没有写是哪个文件（--path，写法见 notices files）")
    found = case.lookup.find(case.given.path, case.given.received)
    if found is None:
        at: datetime = case.asked.at
        raise RefusedError(f"到 {at} 为止没有收到过 {case.given.path}；写法见 notices files {case.notice.id}")
    return found


def named(file: File) -> dict[str, object]:
    """How a decision's subject names a file."""
    return {"path": file.path, "receipt_id": file.receipt_id, "submission_id": file.submission_id}


def chosen_rows(case: Case, file: File) -> list[HeldRow]:
    """The rows that sheet and row name; all where neither does."""
    given = case.given
    sheet = case.lookup.as_loaded(given.sheet) if given.sheet is not None else None
    rows = [
        one
        for one in case.lookup.rows(file)
        if sheet in (None, one.sheet) and given.row in (None, one.row_number)
    ]
    if given.row is not None and len({one.sheet for one in rows}) > 1:
        raise RefusedError(
            f"几个工作表都有第 {given.row} 行，请用 --sheet 写明：{'、'.join(sorted({one.sheet for one in rows}))}"
        )
    return rows
