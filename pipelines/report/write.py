"""All files of one bulletin into one folder."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.notice import Notice
from pipelines.notice.bulletins import Cadence
from pipelines.notice.folder import NOTICES
from pipelines.report.bulletin import Bulletin
from pipelines.report.document import write_document
from pipelines.report.measure import measure_bulletin
from pipelines.report.page import write_page
from pipelines.report.pictures import write_pictures
from pipelines.report.wording import Text, word_bulletin
from pipelines.report.workbook import write_workbook


@dataclass(frozen=True)
class Written:
    """What was made. `paths` in the order docx, xlsx, html, txt, then pictures. `remarks`: what a person should know."""

    bulletin: Bulletin
    text: Text
    paths: tuple[Path, ...]
    remarks: tuple[str, ...]


def write_bulletin(
    published: Path,
    notice: Notice,
    cadence: Cadence,
    as_of: datetime,
    folder: Path,
    notices: Path = NOTICES,
) -> Written:
    """Measures and writes one bulletin. Names: <notice>-<cadence>-<moment>.<suffix>; what is there is replaced."""
    bulletin = measure_bulletin(published, notice, cadence, as_of, notices)
    text = word_bulletin(bulletin, notices)
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{notice.id}-{cadence}-{as_of:%Y-%m-%dT%H%M%S}"
    docx, xlsx, html, txt = (folder / f"{stem}.{suffix}" for suffix in ("docx", "xlsx", "html", "txt"))
    write_document(bulletin, text, docx)
    write_workbook(bulletin, text, xlsx)
    write_page(bulletin, text, html)
    txt.write_text(text.plain, "utf-8")
    pictures, missing = write_pictures(bulletin, folder, stem)
    remarks = [missing] if missing else []
    remarks += bulletin.freshness
    return Written(bulletin, text, (docx, xlsx, html, txt, *pictures), tuple(remarks))
