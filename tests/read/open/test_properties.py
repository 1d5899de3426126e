"""Nothing vanishes: every filled cell that openpyxl sees is in the grid, or among what was left out of it."""

import io

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from pipelines.read.values import as_text
from tests.read.open.files import only_sheet

TEXTS = st.text(alphabet="标题甲乙12 万#REF!\n", min_size=1, max_size=8)
VALUES = st.one_of(
    TEXTS, st.integers(-9, 10**7), st.floats(-1e6, 1e6, allow_nan=False), st.just("=SUM(A1:B2)")
)
STYLES = st.sampled_from(["plain", "struck", "raised", "percent"])
CELLS = st.dictionaries(
    st.tuples(st.integers(1, 8), st.integers(1, 6)), st.tuples(VALUES, STYLES), min_size=1, max_size=20
)
FONTS = {"struck": Font(strike=True), "raised": Font(vertAlign="superscript")}


@settings(max_examples=40, deadline=None)
@given(CELLS)
def test_every_filled_cell_is_accounted_for(cells) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for (row, column), (value, style) in cells.items():
        cell = sheet.cell(row, column, value)
        cell.font = FONTS.get(style, Font())
        cell.number_format = "0%" if style == "percent" else "General"
    file = io.BytesIO()
    book.save(file)
    grid = only_sheet(file.getvalue(), "a.xlsx")
    seen = openpyxl.load_workbook(io.BytesIO(file.getvalue())).active
    for row in seen.iter_rows():
        for cell in row:
            if cell.value is None or not str(cell.value).strip():
                continue
            place = (cell.row - grid.first_row, cell.column - grid.first_column)
            shown = grid.marks.left_out.get(place) or as_text(grid.rows[place[0]][place[1]])
            expected = str(cell.value) if isinstance(cell.value, str) else as_text(float(cell.value))
            assert shown.strip() == expected.strip()
            assert (place in grid.marks.errors) == (cell.data_type in ("f", "e"))
            assert (place in grid.marks.scaled) == (cell.number_format == "0%" and cell.data_type == "n")
