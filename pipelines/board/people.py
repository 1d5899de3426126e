"""Who a person is to the pages, by the names of their roles: what they rank as, and which cities alone they may see.

The names are the only place where that is kept: whoever gives somebody the role 市级查看：济南市（370100） has said it all.
"""

import re
from collections.abc import Iterable

from pipelines.notice.reserved import RANKS

DATA_STAFF, EDITOR, VIEWER = "数据员", "编辑", "查看"
_RANKS = {DATA_STAFF: "Op", EDITOR: "User", VIEWER: "Viewer"}
"""What each ranks as where a notice reserves decisions for one of Airflow's own roles."""
CITY_VIEWER = "市级查看"
"""Stands before the city in the roles of those who see one city."""
_CODE = re.compile(r"（([0-9]+)）$")


def city_role(name: str, code: str) -> str:
    """The role of whoever sees this city alone."""
    return f"{CITY_VIEWER}：{name}（{code}）"


def role_names(person: object) -> list[str]:
    """The names of a person's roles, whichever program keeps the users: one `role`, or several `roles` with names."""
    found = [
        getattr(person, "role", None),
        *(getattr(one, "name", None) for one in getattr(person, "roles", None) or ()),
    ]
    return [str(one) for one in found if one]


def cities_of(roles: Iterable[str]) -> frozenset[str] | None:
    """The codes of the cities that these roles limit a person to; None where none of them limits.

    A role that limits and names no city's code leaves nothing to see, and one that limits is not widened by another: a slip in a
    name must not show a city everybody's figures.
    """
    limits = [one for one in roles if one.strip().startswith(CITY_VIEWER)]
    if not limits:
        return None
    return frozenset(code[1] for one in limits if (code := _CODE.search(one.strip())))


def rank_of(roles: Iterable[str]) -> str:
    """The highest of Airflow's own roles that these amount to; '' where they amount to none."""
    ranks = {name.lower(): rank for rank, name in enumerate(RANKS)}
    known = [rank for one in roles if (rank := ranks.get(_RANKS.get(one, one).lower())) is not None]
    return RANKS[max(known)] if known else ""
