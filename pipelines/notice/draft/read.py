"""A circulated text -> a draft: every part by its own grammar, nothing that the text does not say."""

import re
from datetime import date

from pipelines.notice.draft.duties import find_duties
from pipelines.notice.draft.facts import count_contacts, find_event, find_theme
from pipelines.notice.draft.head import find_issued, find_issuers, find_number, find_recipients
from pipelines.notice.draft.layout import lay_out
from pipelines.notice.draft.records import Draft, Found
from pipelines.notice.draft.tables import find_tables
from pipelines.notice.draft.text import read_lines


def draft_notice(text: str) -> Draft:
    """What a careful clerk reads out of a text, offline and the same every time."""
    layout = lay_out(read_lines(text))
    issued = find_issued(layout)
    number = find_number(layout)
    day = date.fromisoformat(issued.value) if issued else _new_year(number, layout.title)
    issuers, recipients = find_issuers(layout), find_recipients(layout)
    start, end = find_event(layout, day)
    return Draft(
        title=Found(layout.title, layout.title_line) if layout.title else None,
        document_number=number,
        issuers=issuers,
        issued_on=issued,
        recipients=recipients,
        event_start=start,
        event_end=end,
        theme=find_theme(layout),
        contacts=count_contacts(layout),
        duties=find_duties(
            layout.body,
            day,
            [one.value for one in issuers],
            [one.value for one in recipients],
            layout.attachments,
            layout.title,
        ),
        tables=find_tables(layout.forms),
        text=text,
    )


def _new_year(number: Found[str] | None, title: str) -> date | None:
    """Without a day of signing, the first day of the year that number or title names: days have that year, 即日 has none."""
    found = re.search(r"(?:19|20)\d\d", f"{number.value if number else ''} {title}")
    return date(int(found[0]), 1, 1) if found else None
