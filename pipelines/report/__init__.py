"""Report: a bulletin from the published snapshot as docx, xlsx, html and png, without sending anything.

measure (marts → one frozen Bulletin) → wording (templates → text) → document, workbook, page, pictures. The same snapshot,
moment and templates give the same bytes.
"""

from pipelines.report.write import write_bulletin

__all__ = ["write_bulletin"]
