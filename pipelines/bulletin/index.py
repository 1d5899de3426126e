"""The index page of a notice's bulletins: static, opens from a share without any network, newest first."""

from pathlib import Path

from pipelines.bulletin.shelf import Record, Shelf
from pipelines.ground.whole import replace_file
from pipelines.notice import Notice
from pipelines.report.page import html_environment

TEMPLATES = Path(__file__).parent / "templates"
_NAMES = {".html": "网页", ".docx": "公文稿", ".xlsx": "数据表", ".txt": "文字"}


def write_index(shelf: Shelf, notice: Notice) -> Path:
    """Replaces the page whole."""
    records = shelf.published()
    corrected: dict[str, list[Record]] = {}
    for record in records:
        if record.kind == "correction":
            for stem in record.states:
                corrected.setdefault(stem, []).append(record)
    page = (
        html_environment(TEMPLATES)
        .get_template("index.html")
        .render(
            notice=notice,
            records=sorted(records, key=lambda one: (one.as_of, one.stem), reverse=True),
            corrected=corrected,
            links=_links,
        )
    )
    path = shelf.root / "index.html"
    replace_file(path, page)
    return path


def _links(record: Record) -> list[tuple[str, str]]:
    """Where each document is, from the index, and what it is called; the page first."""
    places = {Path(name).suffix: f"{record.stem}/{name}" for name in record.files}
    return [(places[suffix], words) for suffix, words in _NAMES.items() if suffix in places]
