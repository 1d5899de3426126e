"""Questions that name nothing are errors: every table macro of marts is asked through a guard. Part of the load stage.

A file of sql/marts defines `marts.NAME(notice, t)` as if every question were sound. It is made as `core.NAME`, which the
relations of sql/ ask, and `marts.NAME` is made in front of it, where NULL, a moment with a zone, reversed moments and an
unknown notice, city or figure are errors, as they are on the command line.
"""

import re
from collections.abc import Collection, Iterable

GUARDS = ("given_notice", "given_moment", "given_later_moment", "given_figure", "is_asked")
"""The macros of core that a guard asks; a guarded relation comes after them."""
_MACRO = re.compile(r"CREATE OR REPLACE MACRO marts\.(\w+)\(([^)]*)\) AS TABLE")
_MOMENT = re.compile(r"t\d?")


def macro_names(texts: Iterable[str]) -> set[str]:
    """The table macros that these texts define in marts."""
    return {name for text in texts for name, _ in _MACRO.findall(text)}


def ask_core(statement: str, names: Collection[str]) -> str:
    """The statement with what it asks, or defines, of marts' macros asked, or defined, in core."""
    return re.sub(
        r"\bmarts\.(\w+)\(",
        lambda found: found[0].replace("marts.", "core.") if found[1] in names else found[0],
        statement,
    )


def guard_of(statement: str) -> tuple[str, ...]:
    """What defines the guarded macro of a statement that defines a macro of marts; nothing for any other."""
    found = _MACRO.search(statement)
    if not found:
        return ()
    parameters = [one.strip() for one in found[2].split(",")]
    given = ", ".join(_given(one, parameters) for one in parameters)
    city = "for_city" if "for_city" in parameters else "NULL"
    # What is given as argument alone is not looked at where the relation is empty.
    moments = "".join(
        f" AND {_given(one, parameters)} IS NOT NULL" for one in parameters if _MOMENT.fullmatch(one)
    )
    asked = f" WHERE (SELECT core.is_asked(notice, {city}){moments})" if "notice" in parameters else ""
    return (
        f"CREATE OR REPLACE MACRO marts.{found[1]}({found[2]}) AS TABLE SELECT * FROM core.{found[1]}({given}){asked}",
        f"COMMENT ON MACRO TABLE core.{found[1]} IS '供 sql/ 内部用，不核对所问；请用 marts.{found[1]}'",
    )


def _given(parameter: str, parameters: list[str]) -> str:
    if parameter == "notice":
        return "core.given_notice(notice)"
    if parameter == "for_figure":
        return "core.given_figure(for_figure)"
    if parameter == "t2" and "t1" in parameters:
        return "core.given_later_moment(t1, t2)"
    return f"core.given_moment({parameter})" if _MOMENT.fullmatch(parameter) else parameter
