"""Rows: a table's grid -> rows in canonical columns, with what was noted on the way."""

from pipelines.read.rows.model import Note, SheetRows

__all__ = ["Note", "SheetRows"]
