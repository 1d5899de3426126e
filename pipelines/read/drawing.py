"""Draws one file as the reader reads it: the same grid, layout, rows and roles, in a child process like any reading.

What is drawn is bounded, what is counted is not: a sheet's counts are of all its filled cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.notice.sources import FormExportSource
from pipelines.read.account import Account
from pipelines.read.drawn import DrawJob, Drawn, DrawnCell, DrawnRow, DrawnSheet, Way
from pipelines.read.file import FileReader, Page
from pipelines.read.findings import FileRejected
from pipelines.read.grid import Content, Sheet
from pipelines.read.layout.model import Role, SheetLayout, is_filled
from pipelines.read.open import Format
from pipelines.read.piece import Piece, Places
from pipelines.read.reader import Reader
from pipelines.read.recognise import DeliverableNames
from pipelines.read.rows.model import Note
from pipelines.read.submission import Submission
from pipelines.read.values import as_text, normalize

ROWS = 200
"""Rows of a sheet on one page."""
COLUMNS = 60
CELLS = 12_000
"""Cells on one page, all sheets together."""
TEXT = 400
"""Letters of a cell or a paragraph."""
PARAGRAPHS = 300


@dataclass
class Seen:
    """What the reader saw of the piece that is drawn."""

    format: str = ""
    content: Content = field(default_factory=Content)
    page: Page | None = None
    end: Submission | None = None
    only: frozenset[int] | None = None
    """Rows (as people number them) that are this piece; None: all."""


class WatchedReader(FileReader):
    """Reads as ever, and remembers what it saw of one path. `watch` begins anew."""

    def watch(self, path: str) -> None:
        self._path, self.seen = path, Seen()

    def read_content(self, piece: Piece, found: Content, file_format: Format) -> Submission:
        if piece.location.path != self._path:
            return super().read_content(piece, found, file_format)
        self.seen = Seen(str(file_format), found)
        end = super().read_content(piece, found, file_format)
        self.seen.end = end
        return end

    def _read_page(self, found: Content, file_format: Format, only: str | None) -> Page:
        page = super()._read_page(found, file_format, only)
        if found is self.seen.content:
            self.seen.page = page
        return page

    def see_answer(
        self, path: str, laid: SheetLayout, row: int | None, source: FormExportSource | None = None
    ) -> None:
        """Its row (None: all) of the sheet on which the questions are the header; what the service itself writes beside them
        is known by the source."""
        if path != self._path:
            return
        sheet = laid.sheet
        if source and row is not None:
            laid.roles |= _service_roles(laid, row - sheet.first_row, source)
        header = {sheet.first_row + at for table in laid.tables for at in table.header}
        read = [(laid, table, self.rows.read(table, 1, keep_all=True)[0]) for table in laid.tables]
        only = None if row is None else frozenset({row, *header})
        self.seen = Seen("form_answer", Content([sheet]), Page([laid], list(read)), only=only)


def _service_roles(laid: SheetLayout, row: int, source: FormExportSource) -> dict[tuple[int, int], Role]:
    """The roles of what no question asked: an answer's number, when it was sent, and what nobody reads."""
    known: dict[str, Role] = dict.fromkeys(map(normalize, source.metadata), "ignored")
    known |= {normalize(source.answer_number): "number", normalize(source.submitted_at): "value"}
    return {
        (row, at): known[title]
        for table in laid.tables
        for at, cell in enumerate(laid.sheet.rows[table.header[-1]])
        if (title := normalize(as_text(cell))) in known
    }


class Drawer:
    """Draws files of one notice; made once a child process."""

    def __init__(self, notice: Notice, settings: Settings) -> None:
        self._reader = Reader(notice, settings, self._make_files)

    def _make_files(
        self, notice: Notice, settings: Settings, names: DeliverableNames, places: Places
    ) -> WatchedReader:
        self._files = WatchedReader(notice, settings, names, places)
        return self._files

    def read(self, job: DrawJob) -> Drawn:
        """The piece of a receipt that was asked for."""
        self._files.watch(job.piece)
        end = next((one for one in self._reader.read(job) if one.path == job.piece), None)
        return _draw(self._files.seen, self._files.seen.end or end, job)

    def reject(self, job: DrawJob, rejection: FileRejected) -> Drawn:
        return Drawn(job.receipt_id, sentence=rejection.sentence)


def _draw(seen: Seen, end: Submission | None, job: DrawJob) -> Drawn:
    is_attachment = end is not None and end.outcome == "attachment"
    texts = [block.text for block in seen.content.blocks] or seen.content.lines
    texts = [text for text in texts if text.strip()]
    sheets = _Drawing(seen, job, is_attachment=is_attachment).sheets() if seen.page else []
    return Drawn(
        job.receipt_id,
        seen.format,
        sheets,
        _notes(end.notes if end else [], sheets),
        [_bounded(text) for text in texts[:PARAGRAPHS]],
        max(len(texts) - PARAGRAPHS, 0),
        _say(end, has_sheets=bool(sheets), has_text=bool(texts)),
    )


def _say(end: Submission | None, *, has_sheets: bool, has_text: bool) -> str:
    """Why there is nothing to draw, or less than a person expects; '' where all is there."""
    if end and end.outcome == "attachment":
        return (
            "整份算作附件：没有从里面读任何数，下面的颜色只说明看到了什么"
            if has_sheets
            else "整份算作附件（图片、影片、没有表格的文章等），没有可画的表"
        )
    if end and end.outcome == "ignored":
        return end.sentence or "这是系统自带或自动产生的文件，没有读"
    if end and end.outcome == "rejected" and not has_sheets:
        return end.sentence or "整份退回，没有可画的表"
    if has_sheets:
        return ""
    if end and end.document:
        return "整份作为文档收下，不从里面读数"
    return "这种格式只取得出文字，表格读不出" if has_text else "没有可画的表"


def _notes(notes: Sequence[Note], sheets: Sequence[DrawnSheet]) -> list[Note]:
    drawn = {sheet.number: {row.number for row in sheet.rows} for sheet in sheets}
    return [one for one in notes if one.row is None or one.row in drawn.get(one.sheet_number, ())]


class _Drawing:
    """The sheets of a page, bounded."""

    def __init__(self, seen: Seen, job: DrawJob, *, is_attachment: bool) -> None:
        self._seen, self._job, self._is_attachment = seen, job, is_attachment
        self._cells = CELLS

    def sheets(self) -> list[DrawnSheet]:
        page = self._seen.page
        return [self._sheet(page, laid) for laid in page.layouts] if page else []

    def _way(self, laid: SheetLayout) -> Way:
        if self._is_attachment:
            return "attachment"
        if laid.is_instruction or laid.is_returned:
            return "passed_over"
        return "read" if laid.is_recognised else "nothing_recognised"

    def _sheet(self, page: Page, laid: SheetLayout) -> DrawnSheet:
        sheet, only = laid.sheet, self._seen.only
        account = Account(laid, page.of_sheet(laid), by_cell=True)
        width = max(
            (at + 1 for row in sheet.rows for at, cell in enumerate(row) if is_filled(cell)), default=0
        )
        width = max([width, *(span.right + 1 for span in sheet.marks.spans)])
        chosen = [at for at in range(len(sheet.rows)) if only is None or sheet.first_row + at in only]
        counts = account.counts
        if only is not None:
            counts = account.count_rows(chosen)
        shown = self._shown(laid, chosen, min(width, COLUMNS))
        covering = _Merges(sheet, shown, min(width, COLUMNS))
        return DrawnSheet(
            sheet.name,
            laid.number,
            self._way(laid),
            dict(counts),
            [self._row(account, sheet, row, covering) for row in shown],
            [sheet.first_column + at for at in range(min(width, COLUMNS))],
            sheet.first_row if only is None else 1,
            sheet.first_row + len(sheet.rows) - 1 if only is None else len(chosen),
            width,
            [_bounded(text) for text in sheet.above],
        )

    def _shown(self, laid: SheetLayout, chosen: list[int], width: int) -> list[int]:
        """The rows of this page, while there is room on it."""
        job, is_only = self._job, bool(self._seen.page and len(self._seen.page.layouts) == 1)
        if not width or job.sheet not in (0, laid.number) or job.name not in ("", laid.sheet.name):
            return []
        is_paged = self._seen.only is None and (job.sheet or job.name or is_only)
        first = job.first - laid.sheet.first_row if is_paged else 0
        shown = [at for at in chosen if at >= first][: min(ROWS, self._cells // width)]
        self._cells -= len(shown) * width
        return shown

    def _row(self, account: Account, sheet: Sheet, row: int, merges: "_Merges") -> DrawnRow:
        cells = []
        for at in range(merges.width):
            source, rows, columns = merges.of(row, at)
            if source is None:
                continue
            value = sheet.rows[source[0]][source[1]] if source[1] < len(sheet.rows[source[0]]) else ""
            whole = sheet.marks.left_out.get(source, "")
            filled = is_filled(value)
            role = account.role(*source) if filled else "struck" if whole else None
            text = as_text(value) if filled else whole
            cells.append(
                DrawnCell(
                    sheet.first_column + at,
                    _bounded(text),
                    role,
                    rows,
                    columns,
                    _bounded(whole) if filled else "",
                )
            )
        return DrawnRow(sheet.first_row + row, cells)


class _Merges:
    """Merged areas, cut to the rows and columns that are drawn."""

    def __init__(self, sheet: Sheet, shown: Sequence[int], width: int) -> None:
        self.width = width
        self._areas: dict[tuple[int, int], tuple[tuple[int, int] | None, int, int]] = {}
        drawn = set(shown)
        for span in sheet.marks.spans:
            rows = _first_run([row for row in range(span.top, span.bottom + 1) if row in drawn])
            columns = range(span.left, min(span.right + 1, width))
            for row in rows:
                for at in columns:
                    self._areas[row, at] = (None, 1, 1)
            if rows and columns:
                self._areas[rows[0], span.left] = ((span.top, span.left), len(rows), len(columns))

    def of(self, row: int, at: int) -> tuple[tuple[int, int] | None, int, int]:
        """The cell whose value stands here, over so many rows and columns; no cell where a merge covers it."""
        return self._areas.get((row, at), ((row, at), 1, 1))


def _first_run(rows: list[int]) -> list[int]:
    """Rows that follow each other; of a questionnaire's answer alone, its questions stand apart from it."""
    return [row for at, row in enumerate(rows) if row == rows[0] + at]


def _bounded(text: str) -> str:
    return text if len(text) <= TEXT else f"{text[:TEXT]}…（共 {len(text)} 字）"
