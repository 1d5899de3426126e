"""Commands of the selection: shortlist (an evening's, as it was made), selections (what is chosen as of a moment)."""

from datetime import date, datetime
from typing import Annotated

import typer

from pipelines.ask.figures import Figures, last_known
from pipelines.ask.printing import print_figures
from pipelines.cli.app import AsOf, Format, NoticeId, OutputFormat, State, app, parse_moment
from pipelines.ground.errors import NoticesError
from pipelines.notice import load_notice
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.snapshot import open_snapshot

_SHORT = ("place", "recipient", "title", "score", "pictures", "videos", "why")
_WHOLE = (
    *("place", "item_id", "recipient_code", "recipient", "city", "activity_date", "title", "material_type"),
    *("category", "pictures", "videos", "documents", "score_complete", "score_media", "score_link"),
    *("score_new_category", "score_new_county", "score_reach", "score", "recommended_by", "why"),
    *("path", "sheet", "row_number"),
)
_CHOSEN_SHORT = (
    "state_name",
    "recipient",
    "title",
    "day",
    "is_publishable",
    "decided_by",
    "decided_at",
    "reason",
)
_CHOSEN = """
SELECT * FROM marts.selections_as_of($notice, $t)
"""


@app.command("shortlist")
def shortlist_command(
    notice_id: NoticeId,
    day: Annotated[str, typer.Option("--day", metavar="D", help="哪一天的，如 2020-11-08")],
    everything: Annotated[bool, typer.Option("--all", help="没有列上的也列出，各写明为什么")] = False,
    now: Annotated[
        str | None, typer.Option("--now", metavar="T", help="把这一刻当作现在；省略为此刻")
    ] = None,
    output: OutputFormat = Format.table,
) -> None:
    """某一天的初选名单：谁的哪一条、各项得分、为什么列上或没有列上。出过的名单照当时的样子，不再变。"""
    from pipelines.select.evening import make_evening, moment_of_day

    notice = load_notice(notice_id)
    try:
        moment = moment_of_day(notice, date.fromisoformat(day))
    except ValueError:
        raise typer.BadParameter(f"“{day}”不是日期；应写成 2020-11-08") from None
    except NoticesError as error:
        raise typer.BadParameter(str(error)) from None
    at = parse_moment(notice, now) if now else notice.local(datetime.now(notice.zone))
    found = make_evening(State.home, notice, moment, at)
    rows = list(found.rows) if everything else found.listed
    columns = _SHORT if output is Format.table else _WHOLE
    reveal = Masks.newest(State.home).revealer().reveal
    if output is Format.table:
        rows = [one | {"score": f"{one['score']:g}"} for one in rows]
    shown = Figures(list(columns), [tuple(reveal(one[name]) for name in columns) for one in rows])
    title = f"{moment} 的初选名单：{len(found.rows)} 条里列上 {len(found.listed)} 条，{found.made_at} 出"
    print_figures(shown, output, title)


@app.command("selections")
def selections_command(notice_id: NoticeId, as_of: AsOf = None, output: OutputFormat = Format.table) -> None:
    """入选、条线推荐、待复核、不选和入选后更正、撤回的每一条，截至某一时刻。"""
    notice = load_notice(notice_id)
    moment = parse_moment(notice, as_of) if as_of else last_known(State.home.published, notice.id)
    reveal = Masks.newest(State.home).revealer().reveal
    with open_snapshot(State.home.published) as snapshot:
        found = snapshot.execute(_CHOSEN, {"notice": notice.id, "t": moment})
        names = [column[0] for column in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    columns = list(_CHOSEN_SHORT if output is Format.table else names)
    count = sum(one["is_selected"] for one in rows)
    shown = Figures(columns, [tuple(reveal(one[name]) for name in columns) for one in rows])
    print_figures(shown, output, f"截至 {moment}，入选 {count} 条")
