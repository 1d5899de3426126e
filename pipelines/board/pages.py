"""The pages' Jinja, and what every answer is sent with: nothing from a network, no script but our own, no cache."""

import secrets
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from jinja2 import Environment
from markupsafe import Markup, escape

from pipelines.board import words
from pipelines.board.signs import SIGNS
from pipelines.board.told import tell_about, tell_given
from pipelines.report.page import html_environment
from pipelines.warehouse.masker import TOKEN
from pipelines.warehouse.masks import Masks

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """What units wrote is escaped everywhere; a name that nobody gave is an error."""
    made = html_environment(TEMPLATES)
    made.filters.update(
        say=words.say,
        figure=words.show_figure,
        figure_name=words.name_figure,
        moment=words.show_moment,
        keep_tokens=keep_tokens,
        about=tell_about,
        given=tell_given,
    )
    made.globals.update(signs=SIGNS, link=link)
    return made


def link(place: str, **parameters: Any) -> str:
    """A link inside the notice's pages, with what is not empty behind it."""
    given = [_quoted(name, str(value)) for name, value in parameters.items() if value not in (None, "")]
    return f"{place}?{'&'.join(given)}" if given else place


@lru_cache(maxsize=4096)
def _quoted(name: str, value: str) -> str:
    """A board has some thousand links, and in all of them the same moment, units and periods."""
    return f"{quote_plus(name)}={quote_plus(value)}"


def render(template: str, masks: Masks | None = None, **values: Any) -> tuple[str, dict[str, str]]:
    """A page, and the headers without which it must not be sent.

    What is masked in the snapshot is shown as it was written to whoever is given `masks`, and shortened to everybody else.
    Addresses in links keep the tokens: they are told to proxies and logs.
    """
    nonce = secrets.token_urlsafe(12)
    content = environment().get_template(template).render(nonce=nonce, **values)
    return _unmask(content, masks), headers(nonce)


def _unmask(content: str, masks: Masks | None) -> str:
    tokens = {found[0]: f"〔{found[1]} {found[2]}〕" for found in TOKEN.finditer(content)}
    known = masks.values_of(tokens) if masks else {}
    return TOKEN.sub(lambda found: str(escape(known.get(found[0], tokens[found[0]]))), content)


def keep_tokens(text: str) -> Markup:
    """A text that goes back to the program as it is: its tokens are not put into words."""
    return Markup(str(escape(text)).replace("〔", "&#12308;"))


def headers(nonce: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; "
            "connect-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
