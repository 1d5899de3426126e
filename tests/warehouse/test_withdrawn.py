"""An answer that was taken back on its service reports nothing any more; there again, it is as punctual as it was at first."""

import pandas as pd
import pytest

from pipelines.notice import Notice
from tests.warehouse.empty import empty_warehouse
from tests.warehouse.received import START, UNIT, Line, Sent, load

ANSWER = {"path": "答卷#1", "answer_key": "odk|1"}
EDITED = Sent(hour=2, lines=(Line("甲", participants=11),), **ANSWER)
"""Due at the end of the first day, twelve hours after START."""
FIRST = Sent(hour=1, lines=(Line("甲"),), **ANSWER)
LATE = Sent("别的.xlsx", 20, (Line("乙"),))
GONE = Sent(hour=30, lines=(), outcome="ignored", **ANSWER)
AGAIN = Sent(hour=50, lines=(Line("甲", participants=11),), content=EDITED.id, **ANSWER)
CASES = {
    "beside a late one": ([FIRST, LATE, GONE], {10: "on_time", 25: "on_time", 31: "late"}),
    "there again": ([FIRST, EDITED, LATE, GONE, AGAIN], {25: "on_time", 31: "late", 51: "on_time"}),
    "there again, alone": ([FIRST, GONE, AGAIN], {25: "on_time", 31: "missing", 51: "on_time"}),
}


@pytest.mark.parametrize(("sent", "expected"), CASES.values(), ids=CASES)
def test_what_an_obligation_is_at_each_moment(
    sent: list[Sent], expected: dict[int, str], notice: Notice
) -> None:
    """Asked after each arrival of the moments before the next: what comes later changes nothing of them."""
    with empty_warehouse() as (connection, private, folder):
        for number, one in enumerate(sent):
            load(connection, private, notice, [one], folder / str(number))
            until = sent[number + 1].hour if number + 1 < len(sent) else max(expected) + 1
            for hour in [hour for hour in expected if hour < until]:
                found = connection.execute(
                    """
                    SELECT status FROM marts.obligation_status_as_of($1, $2)
                    WHERE recipient_code = $3 AND deliverable = 'materials' AND period = '2020-11-09'
                    """,
                    [notice.id, START + pd.Timedelta(hours=hour), UNIT],
                ).fetchall()
                assert found == [(expected[hour],)], f"at hour {hour}, after {one.id}"
