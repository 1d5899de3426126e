"""A template: the workbook that one unit fills in for one deliverable. Values in, bytes out; the same input, the same bytes."""

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell  # type: ignore[import-untyped]

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.fields import say_length
from pipelines.notice.model import Notice, Recipient
from pipelines.notice.period_names import name_of
from pipelines.read.identity import MARK, TemplateId
from pipelines.templates.rules import ColumnRule, column_rules
from pipelines.templates.styles import Styles, width

HEADER_ROW = 3
"""From 0, as are all rows and columns here: title, unit and hint stand above it, the example below."""
FIRST_ROW = HEADER_ROW + 2
HINT_LETTERS = 42
"""Chinese characters in a line of the instructions' second column."""
ROWS = 200
"""Rows to fill in where a unit reports as many as it has."""
_OPEN = dict.fromkeys(
    ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter"),
    True,
)
"""What the protection still allows; it keeps headers from being changed, and has no password."""


def make_template(notice: Notice, deliverable: str, recipient: Recipient) -> bytes:
    """The xlsx file of one unit's template for a deliverable that is a table."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_urls": False})
    book.set_properties(
        {"title": notice.deliverables[deliverable].name, "created": datetime(notice.opens.year, 1, 1)}
    )
    _Template(book, notice, deliverable, recipient).write()
    book.close()
    return target.getvalue()


def rows_to_fill(item: Deliverable) -> int:
    """As many as there are periods, where a row says which one it is for; else one."""
    if item.kind in ("materials", "list") or item.within is not None:
        return ROWS
    return 1 if item.is_undated else len(item.periods.periods())


class _Template:
    """Where the parts of one template stand."""

    def __init__(
        self, book: xlsxwriter.Workbook, notice: Notice, deliverable: str, recipient: Recipient
    ) -> None:
        self.book, self.notice, self.deliverable, self.recipient = book, notice, deliverable, recipient
        self.item = notice.deliverables[deliverable]
        self.rules = column_rules(notice, deliverable, recipient)
        self.ignored = self.item.ignored_headers[:1]
        self.last_column = len(self.rules) + len(self.ignored)
        self.rows = rows_to_fill(self.item)
        self.styles = Styles(book)

    def write(self) -> None:
        self._write_table()
        self._write_instructions()
        self._write_identity()

    def _write_table(self) -> None:
        sheet = self.book.add_worksheet("填报表")
        sheet.set_default_row(20)
        self._write_head(sheet)
        lists = self._write_lists()
        last_row = FIRST_ROW + self.rows - 1
        sheet.set_column(0, 0, 6, self.styles.open)
        for column, rule in enumerate(self.rules, 1):
            sheet.set_column(column, column, width(rule.header, rule.kind), self.styles.of(rule.kind))
            sheet.write(HEADER_ROW, column, rule.header, self.styles.header(required=rule.required))
            self._write_example(sheet, column, rule.example)
            cell = xl_rowcol_to_cell(FIRST_ROW, column)
            options = rule.validation(cell) | _messages(rule)
            if options["validate"] == "list":
                options["source"] = f"={lists[rule.name]}"
            sheet.data_validation(FIRST_ROW, column, last_row, column, options)
            if rule.required:
                self._mark_blank(sheet, column, last_row)
        for column, header in enumerate(self.ignored, len(self.rules) + 1):
            sheet.set_column(column, column, 16, self.styles.open)
            sheet.write(HEADER_ROW, column, header, self.styles.header(required=False))
            self._write_example(sheet, column, "")
        self._write_rows(sheet)
        sheet.protect("", _OPEN)
        _set_page(sheet, self.last_column)

    def _write_head(self, sheet: Any) -> None:
        words, styles, last = self.notice.words, self.styles, self.last_column
        sheet.merge_range(0, 0, 0, last, self.item.name, styles.title)
        sheet.merge_range(1, 0, 1, last, f"{words.reporting_unit[0]}：{self.recipient.name}", styles.unit)
        sheet.merge_range(2, 0, 2, last, self._sentence(), styles.hint)
        sheet.set_row(0, 30)
        sheet.set_row(2, 34)
        sheet.set_row(HEADER_ROW, 32)
        sheet.write(HEADER_ROW, 0, words.row_number[0], styles.header(required=False))
        sheet.write(HEADER_ROW + 1, 0, words.example[0], styles.example)

    def _sentence(self) -> str:
        said = self.notice.said_of_sending(self.deliverable)
        if self.item.within is not None:
            until = f"发生后 {say_length(self.item.within)}内报，一件事一行；没有发生的不用报。"
            return f"{until}{said}{self._how()}"
        periods = self.item.periods.periods()
        due = f"{periods[0].due_at:%Y-%m-%d %H:%M}"
        until = (
            f"截止 {due}。"
            if len(periods) == 1
            else f"共 {len(periods)} 期，第一期截止 {due}，最后一期截止 {periods[-1].due_at:%Y-%m-%d %H:%M}。"
        )
        if self.item.is_undated:
            until += f"每期报一份，文件名写明是哪一期（如 {name_of(periods[0], self.item.periods.every)}）。"
        until += said
        return f"{until}{self._how()}"

    def _how(self) -> str:
        return f"深色表头为必填；从“{self.notice.words.example[0]}”行的下一行填起，示例行不计入，不必删去；表头不要改动。"

    def _write_example(self, sheet: Any, column: int, value: Any) -> None:
        style = self.styles.example_day if isinstance(value, date) else self.styles.example
        sheet.write(HEADER_ROW + 1, column, value, style)

    def _write_rows(self, sheet: Any) -> None:
        """Row numbers, and the unit's name in the first row: only what a row that stays blank may hold."""
        for number in range(self.rows):
            sheet.write_number(FIRST_ROW + number, 0, number + 1, self.styles.number)
        looks = [
            *(self.styles.of(rule.kind) for rule in self.rules),
            *(self.styles.of("text") for _ in self.ignored),
        ]
        for column, look in enumerate(looks, 1):
            for number in range(self.rows):
                sheet.write_blank(FIRST_ROW + number, column, None, look)
        for column, rule in enumerate(self.rules, 1):
            if rule.words == (self.recipient.name,):
                sheet.write(FIRST_ROW, column, self.recipient.name, self.styles.of(rule.kind))

    def _mark_blank(self, sheet: Any, column: int, last_row: int) -> None:
        """A required cell that is blank turns pink once another cell of its row is filled in, a zero report's apart."""
        first, last, own = xl_col_to_name(1), xl_col_to_name(self.last_column), xl_col_to_name(column)
        row = FIRST_ROW + 1
        sheet.conditional_format(
            FIRST_ROW,
            column,
            last_row,
            column,
            {
                "type": "formula",
                "criteria": f"=AND(COUNTA(${first}{row}:${last}{row})>1,LEN({own}{row})=0{self._unless_zero(row, own)})",
                "format": self.styles.blank,
            },
        )

    def _unless_zero(self, row: int, own: str) -> str:
        """The rest of the condition of all but the day: not where the title, or the only text beside the day, is a zero word."""
        columns = {rule.name: xl_col_to_name(at) for at, rule in enumerate(self.rules, 1)}
        if self.item.zero_report and own not in {columns.get(name) for name in ("unit_name", "period_date")}:
            area = f"${xl_col_to_name(1)}{row}:${xl_col_to_name(self.last_column)}{row}"
            told = "+".join(f'COUNTIF({area},"{word}")' for word in self.notice.words.zero_report)
            return f",{told}=0"
        if self.item.kind != "materials" or "title" not in columns or own == columns.get("activity_date"):
            return ""
        words, title = self.notice.words.zero_report, f"${columns['title']}{row}"
        area = f"${xl_col_to_name(1)}{row}:${xl_col_to_name(self.last_column)}{row}"
        told = ",".join(f'TRIM({title})="{word}"' for word in words)
        alone = "+".join(f'COUNTIF({area},"{word}")' for word in words)
        return f",NOT(OR({told},AND(COUNTA({area})=2,{alone}=1)))"

    def _write_lists(self) -> dict[str, str]:
        """The drop-downs' words in a hidden sheet, each a named range, which old formats take too."""
        sheet = self.book.add_worksheet("清单")
        sheet.hide()
        names: dict[str, str] = {}
        for rule in self.rules:
            if rule.words:
                column = len(names)
                names[rule.name] = f"list_{rule.name}"
                sheet.write_column(0, column, rule.words)
                letter = xl_col_to_name(column)
                self.book.define_name(names[rule.name], f"='清单'!${letter}$1:${letter}${len(rule.words)}")
        return names

    def _write_instructions(self) -> None:
        sheet = self.book.add_worksheet("填写说明")
        styles = self.styles
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 92)
        sheet.merge_range(0, 0, 0, 1, f"{self.item.name}：填写说明", styles.title)
        lines = [("怎么填", self._sentence()), *((rule.header, rule.hint) for rule in self.rules)]
        sheet.set_row(0, 30)
        for row, (head, text) in enumerate(lines, 1):
            sheet.set_row(row, 18 * -(-len(text) // HINT_LETTERS) + 4)
            sheet.write(row, 0, head, styles.label)
            sheet.write(row, 1, text, styles.wrapped)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _write_identity(self) -> None:
        sheet = self.book.add_worksheet(MARK)
        sheet.very_hidden()
        for row, pair in enumerate(TemplateId(self.notice.id, self.recipient.code, self.deliverable).rows()):
            sheet.write_row(row, 0, pair)


def _messages(rule: ColumnRule) -> dict[str, Any]:
    """What is shown where the cell is chosen, and where something else is entered."""
    return {
        "input_title": rule.header[:32],
        "input_message": rule.hint,
        "error_title": f"{rule.header}不合要求"[:32],
        "error_message": rule.hint,
        "ignore_blank": True,
    }


def _set_page(sheet: Any, last_column: int) -> None:
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.set_selection(FIRST_ROW, 1, FIRST_ROW, 1)
