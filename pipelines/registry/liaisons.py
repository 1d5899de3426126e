"""The current liaison and column of each unit, for data staff: names, phones and addresses come from the private file."""

from dataclasses import dataclass
from datetime import datetime

from pipelines.ask.figures import open_snapshot
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.registry.answered import Visit
from pipelines.registry.journal import Registry
from pipelines.warehouse.files import open_file
from pipelines.warehouse.masks import Masks

# One row a unit: its newest valid plan as of $now, and where it stands.
_PLANS = """
SELECT
    items.recipient_code, items.submission_id, items.table_number, items.row_number, plans.column_url, items.received_at
FROM core.items
INNER JOIN raw.plans
    ON
        items.submission_id = plans.submission_id
        AND items.table_number = plans.table_number AND items.row_number = plans.row_number
WHERE
    items.notice_id = $notice AND items.kind = 'plan' AND items.current_from <= $now AND items.current_until > $now
QUALIFY row_number() OVER (
    PARTITION BY items.recipient_code
    ORDER BY items.received_at DESC, items.submission_id, items.table_number, items.row_number
) = 1
"""
_CONTACTS = """
SELECT submission_id, table_number, row_number, contact_name, contact_phone, contact_email
FROM contacts WHERE notice_id = $1
"""


@dataclass(frozen=True)
class Liaison:
    """What the newest accepted plan of a unit says. Personal: never published, never logged."""

    recipient_code: str
    recipient: str
    name: str | None
    phone: str | None
    email: str | None
    column_url: str | None
    submitted_at: datetime
    checked_at: datetime | None
    visit: Visit | None
    """The newest visit to this URL; None where it was not visited yet."""


def find_liaisons(home: Home, notice: Notice, now: datetime) -> list[Liaison]:
    """One for each unit whose plan counts at `now`, in roster order."""
    now = notice.local(now)
    with open_snapshot(home.published) as snapshot:
        plans = snapshot.execute(_PLANS, {"notice": notice.id, "now": now}).fetchall()
    if not plans:
        return []
    contacts, reveal = {}, Masks.newest(home).revealer().reveal
    if home.private.exists():
        with open_file(home.private, read_only=True) as private:
            contacts = {row[:3]: row[3:] for row in private.execute(_CONTACTS, [notice.id]).fetchall()}
    with Registry(home.registry) as registry:
        checks = registry.latest(notice.id)
    by_code = {code: rest for code, *rest in plans}
    found = []
    for one in notice.recipients:
        if one.code not in by_code:
            continue
        *place, masked, submitted_at = by_code[one.code]
        url = reveal(masked)
        name, phone, email = contacts.get(tuple(place), (None, None, None))
        check = checks.get((one.code, url or ""))
        found.append(
            Liaison(
                one.code,
                one.name,
                name,
                phone,
                email,
                url,
                submitted_at,
                check.checked_at if check else None,
                check.visit if check else None,
            )
        )
    return found
