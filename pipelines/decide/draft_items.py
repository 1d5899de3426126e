"""Drafts of decisions about one row: that it is selected, or not. No figure moves by either."""

from pipelines.decide.draft_files import chosen_rows, find_file, named
from pipelines.decide.given import Case, RefusedError
from pipelines.decide.record import ABOUT_ITEMS, Decision

KINDS_SELECTED = ("materials", "list")


def draft_choice(case: Case) -> Decision:
    """One row that counts now, and by whom it was not decided in the same way already. Raises RefusedError."""
    selection, given = case.notice.selection, case.given
    if selection is None:
        raise RefusedError(f"通知 {case.notice.id} 不遴选：notice.yaml 里没有 selection 一节")
    if given.for_line and given.for_line not in case.notice.lines:
        known = "、".join(f"{line}（{name}）" for line, name in case.notice.lines.items())
        raise RefusedError(f"没有条线 {given.for_line}；可用：{known}")
    subject = _subject(case)
    is_other = given.for_line not in (None, selection.line)
    values: dict[str, object] = {
        **({"for_line": given.for_line} if is_other else {}),
        **({"publishable": True} if given.publishable else {}),
    }
    _refuse_repeated(case, subject, values)
    return case.make(subject, values)


def _subject(case: Case) -> dict[str, object]:
    given = case.given
    if given.item:
        if given.path or given.row is not None or given.sheet is not None:
            raise RefusedError("写了有效行编号（--item），就不用再写文件、工作表和行")
        place = case.lookup.find_item(given.item)
        if place is None:
            raise RefusedError(f"到 {case.asked.at} 为止没有有效行 {given.item}，可能已被更正或撤回")
        file, row = place
        rows = [one for one in case.lookup.rows(file) if one.place == row]
    else:
        file = find_file(case)
        rows = [one for one in chosen_rows(case, file) if one.is_valid]
    if len(rows) != 1:
        raise RefusedError(
            "所选的没有算数的行；请核对文件、工作表和行号"
            if not rows
            else f"所选的有 {len(rows)} 行，一次只选一行；请用 --sheet 和 --row 写明"
        )
    (found,) = rows
    item = case.notice.deliverables[found.deliverable]
    if item.kind not in KINDS_SELECTED:
        raise RefusedError(f"“{item.name}”不遴选；能选的是材料和清单的行")
    if not case.lookup.is_current(file, found):
        raise RefusedError(
            f"{file.path} 第 {found.row_number} 行此刻不算数（已被更正，或是零报告）；请选现在算数的那一行"
        )
    return {
        **named(file),
        "deliverable": found.deliverable,
        "sheet": found.sheet,
        "row": found.row_number,
        "rows": [list(found.place)],
    }


def _refuse_repeated(case: Case, subject: dict[str, object], values: dict[str, object]) -> None:
    """A person's word about a row, for a line, is not kept twice while nobody has said otherwise since."""
    said = [
        one
        for one in case.decisions.kind(*ABOUT_ITEMS)
        if case.decisions.holds(one, case.asked.at)
        and (one.subject["submission_id"], one.subject["rows"]) == (subject["submission_id"], subject["rows"])
        and one.values.get("for_line") == values.get("for_line")
    ]
    own = [one for one in said if one.decided_by == case.asked.by.strip()]
    if not own:
        return
    is_more = "publishable" in values and not any(one.values.get("publishable") for one in own)
    since = said[said.index(own[-1]) :]
    if not is_more and all(one.kind == case.asked.kind for one in since):
        raise RefusedError(f"{own[-1].decided_by} 已作过同样的决定（{own[-1].id}），不用再记")
