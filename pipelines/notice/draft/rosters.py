"""The units of a draft as kinds of recipients with their rosters, for confirmation."""

import re
from dataclasses import dataclass, field

from pipelines.notice.draft.bureaus import every_area, field_of, names_in
from pipelines.notice.draft.places import Realm, shorten
from pipelines.notice.draft.records import Draft

_ONLY_AREA = re.compile(r"^各(?:地|设区的?市|地级以上市|市州?|县区?|区县?|市县|镇|盟市)(?:（[^）]*）)?$")


@dataclass
class UnitKind:
    """A group that the text addresses. `units` are (name, area code, aliases); none where the text gives no roster."""

    code: str
    phrase: str
    sentence: str
    units: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    is_group: bool = True


def find_kinds(draft: Draft, realm: Realm | None) -> list[UnitKind]:
    """One kind for each addressee; a duty's other units are matched with these by owners_of."""
    kinds: list[UnitKind] = []
    taken: set[str] = set()
    names: set[str] = set()
    area = ""
    for found in draft.recipients:
        phrase = found.value
        if head := re.match(r"^(?:各)?((?:设区的?|地级以上)?(?:市|州|县|区)(?:（[^）]*）)?)(?=.)", phrase):
            area = head[0] if every_area(phrase) else ""
        elif area and not phrase.startswith(("各", "有关", "省", "厅", "委", "中央", "驻", "市", "县", "区")):
            phrase = f"{area}{phrase}"
        kinds.append(
            UnitKind(
                _code(phrase, taken), phrase, found.sentence, _distinct(_roster(phrase, realm, kinds), names)
            )
        )
        kinds[-1].is_group = bool(every_area(phrase)) or bool(re.match(r"^(?:各|有关|全)|.*各", phrase))
    return kinds


def _code(phrase: str, taken: set[str]) -> str:
    prefix = "city" if every_area(phrase) else "provincial" if phrase.startswith("省") else ""
    stem = "_".join(part for part in (prefix, field_of(phrase)[0]) if part)
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}_{number}", number + 1
    taken.add(code)
    return code


def _roster(
    phrase: str, realm: Realm | None, before: list[UnitKind]
) -> list[tuple[str, str, tuple[str, ...]]]:
    """A bureau of every area by its customary names; a unit that is named by itself alone; else none."""
    office = every_area(phrase)
    if office and realm:
        bare = not any(kind.units and every_area(kind.phrase) for kind in before)
        return [
            (names_in(area.name, office)[0], area.code, _aliases(area.name, office, bare))
            for area in realm.cities
        ]
    if (
        not office
        and not re.match(r"^(?:各|有关|全|所|相关)|.*(?:各|有关)", phrase)
        and not phrase.endswith(("单位", "部门", "机构", "企业"))
    ):
        return [(phrase, "", (phrase,))]
    return []


def _distinct(
    roster: list[tuple[str, str, tuple[str, ...]]], taken: set[str]
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Without aliases that an earlier kind's units have: a name belongs to one unit."""
    found = [
        (name, area, tuple(alias for alias in aliases if alias not in taken) or (name,))
        for name, area, aliases in roster
    ]
    taken.update(alias for _, _, aliases in found for alias in aliases)
    return found


def _aliases(area: str, office: str, bare: bool) -> tuple[str, ...]:
    """The bare area's name serves one kind only: two units of a line may not share a name."""
    names = names_in(area, office)
    if bare:
        names += [area, *([short] if len(short := shorten(area)) > 1 else [])]
    return tuple(dict.fromkeys(names))


def owners_of(who: tuple[str, ...], kinds: list[UnitKind], receiver: str) -> tuple[list[UnitKind], bool]:
    """The kinds that a duty's units mean, and whether that is sure: named alike, not only in part.

    各市, where several bureaus of each are addressed, means the one of the receiver's own field.
    """
    found: list[UnitKind] = []
    sure = True
    for phrase in who:
        same = [kind for kind in kinds if _plain(kind.phrase) == _plain(phrase)]
        if not same:
            sure = False
            same = [kind for kind in kinds if _is_like(phrase, kind.phrase)]
            own = [kind for kind in same if field_of(kind.phrase)[0] == field_of(receiver)[0]]
            same = own if own and _ONLY_AREA.match(phrase) else same
        found += [kind for kind in same if kind not in found]
    return (found, sure) if found else (list(kinds), False)


def _plain(phrase: str) -> str:
    return re.sub(r"（[^）]*）|^各|设区的?|地级以上|和", "", phrase)


def _is_like(phrase: str, other: str) -> bool:
    one, two = _plain(phrase), _plain(other)
    if phrase in ("各单位", "各地各单位", "有关单位", "各有关单位", "各部门"):
        return True
    if _ONLY_AREA.match(phrase):
        return every_area(other) is not None
    if field_of(phrase)[0] not in ("unit", "department") and field_of(phrase)[0] == field_of(other)[0]:
        return True
    return one in two or two in one
