"""Cells -> values: the small grammars of days, counts, words, counties, links and phones as units write them.

Everything takes a cell as a reader gave it (str, int, float, bool, date, datetime) and never raises on bad input.
"""

from pipelines.read.values.addresses import added_scheme, plain_address, read_phone
from pipelines.read.values.amounts import amount_grammar, read_amount
from pipelines.read.values.counties import Counties
from pipelines.read.values.counts import (
    LARGEST_COUNT,
    CountGrammar,
    CountState,
    count_cause,
    plain_whole,
    read_count,
)
from pipelines.read.values.dates import (
    EXCEL_EPOCH,
    SERIALS,
    DateGrammar,
    Window,
    date_cause,
    read_date,
    read_moment,
)
from pipelines.read.values.moments import MomentCause, moment_cause, read_when
from pipelines.read.values.texts import (
    Cell,
    as_text,
    begins_as_is,
    is_error,
    is_formula,
    join_word,
    normalize,
    spellings,
    trim,
)

__all__ = [
    "EXCEL_EPOCH",
    "LARGEST_COUNT",
    "SERIALS",
    "Cell",
    "CountGrammar",
    "CountState",
    "Counties",
    "DateGrammar",
    "MomentCause",
    "Window",
    "added_scheme",
    "amount_grammar",
    "as_text",
    "begins_as_is",
    "count_cause",
    "date_cause",
    "is_error",
    "is_formula",
    "join_word",
    "moment_cause",
    "normalize",
    "plain_address",
    "plain_whole",
    "read_amount",
    "read_count",
    "read_date",
    "read_moment",
    "read_phone",
    "read_when",
    "spellings",
    "trim",
]  # fmt: skip
