"""What the questions of a generated form are called, beside those named after columns and documents of the notice."""

UNIT = "unit"
"""Whose answer it is; answered with a recipient's code."""
ROWS = "report_rows"
"""The group that is repeated: each time is a row."""
ZERO = "zero_report"
"""Says in the notice's own word, as a title, that there was nothing to report."""


def zero_of(deliverable: str) -> str:
    """What says so of a list, whose rows have no title."""
    return f"{ZERO}_of_{deliverable}"


TITLE = "title"
"""What a row is called, as the column is."""
