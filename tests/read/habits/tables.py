"""All tables of habits, in the order of the contract's section 4, then 5 and 6."""

from tests.read.habits import (
    archives,
    corrections,
    counts,
    dates,
    formats,
    forms,
    headers,
    names,
    rows,
    summaries,
    texts,
)
from tests.read.habits.case import Case

ALL: list[Case] = [
    case
    for table in (
        formats,
        headers,
        dates,
        counts,
        texts,
        archives,
        names,
        rows,
        corrections,
        summaries,
        forms,
    )
    for case in table.CASES
]
