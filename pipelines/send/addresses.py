"""Who is written to where: units from their newest accepted plan, else as data staff imported it, else from the roster;
lists from the notice.

Reads the published snapshot (which plan counts), the private file (whose liaison it names) and the registry. Writes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipelines.ask.figures import open_snapshot
from pipelines.ground.durable import has_base
from pipelines.ground.handed import is_published
from pipelines.ground.home import Home
from pipelines.ground.lock import refresh_handed
from pipelines.notice.mail import ALL_RECIPIENTS
from pipelines.notice.model import Notice
from pipelines.registry.journal import Registry
from pipelines.send.mailbox import Mailbox, parse_mailbox
from pipelines.send.records import mail_settings
from pipelines.warehouse.files import open_file

# One row a unit: where its newest valid plan row stands, as of $as_of.
_PLANS = """
SELECT recipient_code, submission_id, table_number, items.row_number
FROM core.items
WHERE notice_id = $notice AND kind = 'plan' AND current_from <= $as_of AND current_until > $as_of
QUALIFY row_number() OVER (
    PARTITION BY recipient_code ORDER BY received_at DESC, submission_id, table_number, items.row_number
) = 1
"""
_CONTACTS = "SELECT submission_id, table_number, row_number, contact_email FROM contacts WHERE notice_id = $1"


Source = Literal["plan", "imported", "roster"]


@dataclass(frozen=True)
class Addressee:
    """Somebody a mail is made for: `recipient` and `member` go into the mail as they are."""

    recipient: str
    mailbox: Mailbox
    member: str = ""


def unit_mailboxes(home: Home, notice: Notice, as_of: datetime) -> dict[str, Mailbox]:
    """The mailbox of every unit that has one, by its code, in the roster's order. A unit without one is not in it."""
    return {code: mailbox for code, (mailbox, _) in find_mailboxes(home, notice, as_of).items()}


def find_mailboxes(home: Home, notice: Notice, as_of: datetime) -> dict[str, tuple[Mailbox, Source]]:
    """As `unit_mailboxes`, with where each address comes from."""
    plans, imported = _plan_addresses(home, notice, as_of), _imported(home, notice)
    found: dict[str, tuple[Mailbox, Source]] = {}
    for one in notice.recipients:
        if mailbox := parse_mailbox(plans.get(one.code), one.name):
            found[one.code] = (mailbox, "plan")
        elif mailbox := parse_mailbox(imported.get(one.code), one.name):
            found[one.code] = (mailbox, "imported")
        elif mailbox := parse_mailbox(one.email, one.name):
            found[one.code] = (mailbox, "roster")
    return found


def addressees(notice: Notice, names: Iterable[str], units: dict[str, Mailbox]) -> list[Addressee]:
    """The members of these lists (`all_recipients`: every unit with a mailbox), each address once, in the lists' order."""
    settings = mail_settings(notice)
    found: dict[str, Addressee] = {}
    for name in names:
        if name == ALL_RECIPIENTS:
            members = [Addressee(code, mailbox) for code, mailbox in units.items()]
        else:
            members = [Addressee(name, Mailbox("", one), one) for one in settings.lists[name]]
        for member in members:
            found.setdefault(member.mailbox.address.lower(), member)
    return list(found.values())


def _imported(home: Home, notice: Notice) -> dict[str, str]:
    if not has_base(home.registry / "registry.sqlite"):
        return {}
    with Registry(home.registry) as registry:
        return registry.addresses(notice.id)


def _plan_addresses(home: Home, notice: Notice, as_of: datetime) -> dict[str, str]:
    if not is_published(home.published):
        return {}
    with open_snapshot(home.published) as snapshot:
        plans = snapshot.execute(_PLANS, {"notice": notice.id, "as_of": notice.local(as_of)}).fetchall()
    if not plans:
        return {}
    refresh_handed(home)
    if not home.private.exists():
        return {}
    with open_file(home.private, read_only=True) as private:
        contacts = {row[:3]: row[3] for row in private.execute(_CONTACTS, [notice.id]).fetchall()}
    return {code: contacts.get(tuple(place)) or "" for code, *place in plans}
