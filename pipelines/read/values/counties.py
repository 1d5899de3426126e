"""Which county of the recipient's own city a cell names."""

from pipelines.notice.model import Notice
from pipelines.read.values.texts import join_word, normalize

_CITY = "市"
LONGEST_NAME = 40
"""What is longer is not remembered."""


class Counties:
    """The counties of a notice by their names and aliases, city by city."""

    def __init__(self, notice: Notice) -> None:
        self._cities = {region.code: normalize(region.name) for region in notice.cities}
        self._nowhere = frozenset(map(normalize, notice.words.no_county))
        self._counties: dict[str, dict[str, str]] = {}
        for region in notice.regions:
            if region.level == "county":
                names = self._counties.setdefault(region.parent_code, {})
                names.update(
                    {
                        normalize(alias): region.name
                        for alias in region.aliases
                        if normalize(alias) not in names
                    }
                )
                names[normalize(region.name)] = region.name
        self._known: dict[tuple[str, str], tuple[str | None, bool]] = {}

    def county_of(self, text: str | None, city_code: str) -> tuple[str | None, bool]:
        """(the county's name, whether that is known). A word for no county is (None, True); what no county of the city
        is called is (the text, False), though another city may have one of that name."""
        if not text:
            return None, True
        if len(text) > LONGEST_NAME:
            return self._find(text, city_code)
        key = (text, city_code)
        if key not in self._known:
            if len(self._known) > 8192:
                self._known.clear()
            self._known[key] = self._find(text, city_code)
        return self._known[key]

    def city_of(self, text: str, city_code: str) -> str | None:
        """Another city that has a county of this name, for the sentence that a unit is told."""
        others = (code for code in self._counties if code != city_code)
        return next(
            (
                self._cities.get(code)
                for code in others
                if self._find(text, code) not in ((None, True), (join_word(text), False))
            ),
            None,
        )

    def _find(self, text: str, city_code: str) -> tuple[str | None, bool]:
        plain = normalize(text)
        if not plain:
            return None, True
        known = self._counties.get(city_code, {})
        for name in self._without_city(plain, city_code):
            if name in known:
                return known[name], True
            if name in self._nowhere:
                return None, True
        return join_word(text), False

    def _without_city(self, plain: str, city_code: str) -> list[str]:
        """The text, and what is left behind the own city's name: 济南市中区 is 市中区 of 济南."""
        city = self._cities.get(city_code, "")
        fronts = [front for front in (city, city.removesuffix(_CITY)) if front]
        return [
            plain,
            *(plain[len(front) :] for front in fronts if plain.startswith(front) and plain != front),
        ]
