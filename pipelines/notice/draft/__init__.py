"""From a circulated text to a proposed notice: what was read, each value beside the sentence it comes from.

Reads a text, docx or PDF; writes a folder (folder.py) or answers as JSON (answers.py). Nothing is invented: what the
text does not say stays empty and becomes a question.
"""

from pipelines.notice.draft.read import draft_notice
from pipelines.notice.draft.records import Draft, Duty, Found, Table

__all__ = ["Draft", "Duty", "Found", "Table", "draft_notice"]
