"""Queues of the desk about the selection: shortlists with items that nobody decided, and what was chosen and is so no more."""

from collections.abc import Iterator

from pipelines.board.entries import Desk, Entry, settle
from pipelines.board.selecting import find_standing
from pipelines.select.evening import read_evenings

_CHOSEN = "SELECT * FROM marts.selections_as_of($notice, $t)"


def find_shortlists(desk: Desk) -> Iterator[Entry]:
    """Each evening's list, while something on it can be decided and is not."""
    if desk.notice.selection is None:
        return
    made = {at: one for at, one in read_evenings(desk.home, desk.notice.id).items() if at <= desk.at}
    if not made:
        return
    chosen = {
        name
        for one in desk.snapshot.ask(_CHOSEN, t=desk.at)
        if one["state"] != "recommended"
        for name in (one["item_id"], one["current_item_id"])
    }
    listed = [one["item_id"] for evening in made.values() for one in evening.listed]
    standing = find_standing(desk.snapshot, listed, desk.at)
    for at, evening in sorted(made.items(), reverse=True):
        open_items = [
            item
            for item in (one["item_id"] for one in evening.listed)
            if item not in chosen and standing.get(item) and standing[item] not in chosen
        ]
        if open_items:
            entry = f"shortlist:{at.date()}"
            said = f"列上 {len(evening.listed)} 条，还有 {len(open_items)} 条没有定"
            what = f"{at.month}月{at.day}日的初选名单"
            yield Entry(entry, what, said, at, offers=(settle(entry),), link=f"select?day={at.date()}")


def find_lost(desk: Desk) -> Iterator[Entry]:
    """What was chosen and whose row was corrected or withdrawn since."""
    if desk.notice.selection is None:
        return
    for one in desk.snapshot.ask(_CHOSEN, t=desk.at):
        if one["state"] in ("corrected", "withdrawn"):
            entry = f"lost:{one['item_id']}:{one['decision_id']}:{one['state']}"
            said = f"{one['decided_by']} 选的；{one['state_name']}，不再入选"
            yield Entry(
                entry,
                one["title"] or one["path"],
                said,
                one["decided_at"],
                unit=one["recipient"] or "",
                unit_code=one["recipient_code"] or "",
                file=one["submission_id"],
                offers=(settle(entry),),
            )
