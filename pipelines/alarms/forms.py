"""Forms and questionnaires that somebody changed while they ran: one alarm a source and moment, which a person settles."""

from itertools import groupby

from pipelines.alarms.journal import state
from pipelines.alarms.record import Condition
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.warehouse.snapshot import open_snapshot

NAMED = 3
"""Changes that an alarm names; all of them stand in marts.source_changes."""
_CHANGES = """
SELECT source, changed_at, sentence FROM marts.source_changes WHERE notice_id = $1
ORDER BY source, changed_at, field IS NULL, kind, before, after
"""


def state_form_changes(home: Home, notice: Notice) -> int:
    """States what the published snapshot knows of changes; how many alarms are new. Each is raised once, whatever is rebuilt."""
    with open_snapshot(home.published) as snapshot:
        rows = snapshot.execute(_CHANGES, [notice.id]).fetchall()
    paths = {one.id: one.path for one in notice.sources}
    new = 0
    for (source, changed_at), group in groupby(rows, key=lambda row: row[:2]):
        said = [sentence for *_, sentence in group]
        more = f"；共 {len(said)} 处，见 marts.source_changes" if len(said) > NAMED else ""
        subject = f"{source}:{changed_at.isoformat()}"
        sentence = f"来源 {paths.get(source, source)} 的表单改了：{'；'.join(said[:NAMED])}{more}"
        condition = Condition("form_columns", notice.id, subject, sentence)
        new += state(home, condition, changed_at.replace(tzinfo=notice.zone))
    return new
