"""What a unit is told about a reading that took judgement: one sentence a note, which a clerk understands."""

from pipelines.read.rows.model import Note

SENTENCES = {
    "unread_sheet": "工作表“{sheet}”没有认出表头，整张没有读取；如其中有要报的数据，请改用规定的表样",
    "unread_table": "{place}起有一块内容没有认得的表头，没有读取；如其中有要报的数据，请补上规定的表头",
    "unread_column": "第{column}列“{value}”不是要报的列，没有读取；如是要报的内容，请把表头改成规定的名称",
    "unread_column_blank": "第{column}列没有表头，其中的内容没有读取；如是要报的内容，请补上规定的表头",
    "unread_column_lost": "第{column}列“{value}”与另一列报的是同一项，以另一列为准，这一列没有读取",
    "unread_row": "第{row}行“{value}”不像一条数据，没有读取；如是要报的数据，请把该行填完整",
    "unread_row_above": "第{row}行“{value}”在表头上面，没有读取；如是要报的数据，请移到表头下面",
    "unread_document": "文件名像是报表，里面却没有表格，按附件保存；如要报数据，请用规定的表样填写",
    "part_row": "表中各分项（县区、学校、部门等）的行只作参考，以本单位的一行为准",
    "weak_header": "第{column}列的表头“{value}”按“{field}”读取；如不是这一项，请改表头",
    "filled_down": "第{row}行没有填日期，按上一行的 {value} 读取；如不对，请补填",
    "continued_table": "“{sheet}”没有表头，按接着上一张表读取",
    "summed_rows": "表中没有本单位合计的一行，已把各行相加作为本单位的数",
    "total_row_taken": "表中没有写明本单位的一行，以合计行（第{row}行）作为本单位的数",
    "total_differs": "第{row}行“{header}”的合计写的是 {value}，各行相加是 {sum}；计入的是各行的数，请核对",
    "struck_row": "第{row}行已划去，没有读取",
    "left_out_text": "第{row}行“{header}”中划去、上下标或隐藏的文字没有读取：原文“{value}”",
    "other_unit_named": "第{row}行写的单位是“{value}”，按报送单位（贵单位）计入",
    "scaled_by_header": "第{column}列的表头“{value}”带有倍数，数已按倍数换算",
    "scheme_added": "第{row}行的网址“{value}”没有写 http://，已补上",
}


def note(
    code: str,
    sheet: str,
    number: int,
    *,
    row: int | None = None,
    column: int | None = None,
    value: str | None = None,
    variant: str = "",
    **words: object,
) -> Note:
    """A note with its sentence; `variant` names another sentence of the same code."""
    given = {
        "sheet": sheet or "表",
        "row": row,
        "column": letters(column) if column else "",
        "value": " ".join((value or "").split())[:60],
        **words,
    }
    return Note(sheet, number, code, SENTENCES[variant or code].format_map(given), row, column, value)


def of_answer(sentence: str, row: int | None, place: int, count: int) -> str:
    """The sentence as whoever answered a questionnaire can understand it: they know of no row, and of several that they added
    the `place`-th."""
    before = f"第{row}行"
    if not sentence.startswith(before):
        return sentence
    rest = sentence.removeprefix(before)
    return f"第{place}件{rest}" if count > 1 else rest.removeprefix("的")


def letters(column: int) -> str:
    """A column's number as Excel's letters: 1 is A, 27 is AA."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
