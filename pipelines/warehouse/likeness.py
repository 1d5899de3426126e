"""What looks like a telephone number, a mail address or an identity number; light to import, for logs are masked everywhere."""

import logging
import re
from pathlib import Path

import yaml

WORDS = yaml.safe_load((Path(__file__).parent / "masks.yaml").read_text("utf-8"))
PATTERNS = tuple((one["is"], one["like"]) for one in WORDS["patterns"])
CONTACT = re.compile("|".join([WORDS["digests"], *(f"({like})" for _, like in PATTERNS)]), re.ASCII)
"""A match without a group is a digest, which stays as it is."""


def mask_plainly(text: str) -> str:
    """For logs: the kinds alone stand for telephone numbers, mail addresses and identity numbers."""
    return CONTACT.sub(
        lambda found: f"〔{PATTERNS[found.lastindex - 1][0]}〕" if found.lastindex else found[0], text
    )


def mask_record(record: logging.LogRecord) -> bool:
    """A handler's filter: the line is written, masked plainly."""
    said = record.getMessage()
    if (masked := mask_plainly(said)) != said:
        record.msg, record.args = masked, None
    return True
