"""What goes with a bulletin to the units that the notice names (`bulletins.extracts_to`): the rows of their own city as a workbook."""

from datetime import datetime

from pipelines.ask.export import write_own_book
from pipelines.ground.counts import in_mb
from pipelines.ground.home import Home
from pipelines.ground.scratch import scratch
from pipelines.ground.settings import MIB
from pipelines.notice import Notice
from pipelines.send.compose import File

MOST_BYTES = 10 * MIB
"""A mail with more is turned back by common servers, and the bulletin with it."""


class Extracts:
    """The extracts of one bulletin's moment, each city's made once, when the first of its units is written to."""

    def __init__(self, home: Home, notice: Notice, as_of: datetime) -> None:
        self._published, self._notice, self._as_of = home.published, notice, as_of
        names = {city.code: city.name for city in notice.cities}
        self._cities = {
            one.code: (one.city_code, names[one.city_code])
            for one in notice.recipients
            if one.kind in notice.bulletins.extracts_to and one.city_code in names
        }
        self._made: dict[str, bytes] = {}

    def for_unit(self, code: str) -> tuple[File | None, str]:
        """What is attached for the unit with this code, and the sentence that says so; (None, '') for one that gets none."""
        if code not in self._cities:
            return None, ""
        city, name = self._cities[code]
        content = self._made[city] if city in self._made else self._make(city)
        if len(content) > MOST_BYTES:
            return (
                None,
                f"{name}的逐行摘录有 {in_mb(len(content))}，随信寄不下，没有附上；需要的请与我们联系。",
            )
        file = File(f"{name}摘录（截至{self._as_of:%Y-%m-%d %H.%M}）.xlsx", content)
        return file, f"另附{name}的逐行摘录：应报、文件、每一行的去向和退回原因，只有本市的。"

    def _make(self, city: str) -> bytes:
        with scratch("extract") as folder:
            path = folder / "extract.xlsx"
            write_own_book(self._published, self._notice, self._as_of, city, path)
            self._made[city] = path.read_bytes()
        return self._made[city]
