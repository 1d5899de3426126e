"""What goes with mails: the returned files of the ledger, and the templates of what is owed."""

from collections.abc import Collection, Iterator
from pathlib import Path

from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.returns.shared import find_return
from pipelines.returns.write import list_returns
from pipelines.send.compose import File


class Returned:
    """The returns that were written: why each submission went back, and the file that says so to its unit."""

    def __init__(self, home: Home, notice: Notice) -> None:
        self._folder: Path = home.returns(notice.id)
        self._returns = {one.submission_id: one for one in list_returns(home, notice)}

    def is_written(self, submission_id: str) -> bool:
        """False as long as the stage `returns` has not done its part: then nothing is mailed yet."""
        return submission_id in self._returns

    def summary(self, submission_id: str) -> str:
        """A Chinese sentence: which file it was, and what to change. Blank where it is not written yet."""
        found = self._returns.get(submission_id)
        return found.summary if found else ""

    def file(self, submission_id: str) -> File | None:
        """What goes back to the unit; None where there is no such file any more."""
        found = self._returns.get(submission_id)
        path = find_return(self._folder, found.file) if found else None
        return File(path.name, path.read_bytes()) if path and path.is_file() else None


def make_templates(notice: Notice, recipient: str, wanted: Collection[str]) -> Iterator[File]:
    """A pre-filled workbook for each of these deliverables that the unit owes as a table."""
    from pipelines.templates.workbook import make_template
    from pipelines.templates.write import owed_tables, template_name

    unit = next(one for one in notice.recipients if one.code == recipient)
    for name in owed_tables(notice, unit):
        if name in wanted:
            yield File(f"{template_name(notice, unit, name)}.xlsx", make_template(notice, name, unit))
