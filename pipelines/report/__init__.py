"""Report: a bulletin from the published snapshot as docx, xlsx, html and png, without sending anything.

measure (marts → one frozen Bulletin) → wording (templates → text) → document, workbook, page, pictures. The same snapshot,
moment and templates give the same bytes.

Nothing is imported here: most of the program wants a word of `phrases`, and the office libraries cost half a second.
"""
