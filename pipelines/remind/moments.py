"""Which moment of a schedule stands for an obligation at `now`: the newest that has come, as long as it makes sense."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pipelines.notice.mail import Mail as MailSettings
from pipelines.notice.remind import Offset


def list_moments(offsets: Iterable[Offset], due: datetime) -> list[datetime]:
    """The moments of a schedule for one due moment, in order."""
    return sorted(offset.moment(due) for offset in offsets)


def current_moment(
    offsets: Iterable[Offset], due: datetime, now: datetime, settings: MailSettings
) -> datetime | None:
    """The newest moment that has come by now. None where none has, or where a mail that says what will be due would
    leave only once it is due. An older moment that was missed is never made up for: one mail says it all."""
    found = max((one for one in list_moments(offsets, due) if one <= now), default=None)
    if found is None or (found < due <= settings.allowed_from(now)):
        return None
    return found


def is_fresh(moment: datetime, now: datetime, settings: MailSettings) -> bool:
    """Whether a mail of this moment may still be made: nobody wants last week's reminder."""
    return now < moment + timedelta(hours=settings.give_up_after_hours)
