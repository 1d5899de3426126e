"""Who is asking, and the token that a form carries: without it, from this program and for this person, nothing is decided."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path as FromPath

from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.notice.reserved import may

PREFIX = "collect__"
"""Stands before a notice's id in the DAG whose viewers see the notice's pages; its other DAGs' tabs lead there too."""
SELECTS = "select__"
"""Stands before a notice's id in the DAG whose starters may select."""
Dag = Annotated[str, FromPath(pattern=r"^(?:collect|bulletin|remind|send|select)__[a-z0-9][a-z0-9-]*$")]
"""A DAG's id in a path."""


LOGIN_PAGE = "/auth/login?next="
"""Airflow's own, with the place to come back to behind it."""


@dataclass(frozen=True)
class Access:
    """What the program that serves the pages knows: dependencies of FastAPI, its secret, and its own runs."""

    may_read: Callable[..., Any]
    """Raises HTTPException where the person may not see the DAG named in the path."""
    may_decide: Callable[..., Any]
    """The same for whoever may start it."""
    login_of: Callable[..., Any]
    """The login of whoever asks."""
    can_decide: Callable[[Any, str], bool]
    """Whether a login's owner (the request, the DAG's id) may decide, or only select, for showing forms or not."""
    secret: str
    role_of: Callable[[Any], str] = lambda request: ""
    """The asker's role, by Airflow's names; '' where it has none of them."""
    cities_of: Callable[[Any], frozenset[str] | None] = lambda request: None
    """The codes of the cities that the asker's roles limit them to; None where nothing does."""
    may_read_own: Callable[..., Any] | None = None
    """As may_read, and lets by whoever is limited to cities: for routes that show them nothing else. None: may_read itself."""
    may_select: Callable[..., Any] | None = None
    """As may_decide, for whoever may do no more than select. None: may_decide itself."""
    home: Callable[[], Home] = Home.default
    runs: Callable[[str], list[dict[str, Any]]] = lambda dag_id: []
    """The last runs of a DAG, the latest first: state, started_at and ended_at (with a zone, or None), extra."""
    now: Callable[[Any], datetime] = lambda notice: notice.local(datetime.now(notice.zone))
    """A notice's present moment, naive in its zone."""
    login_page: str = LOGIN_PAGE


def reserved_from(access: Access, request: Any, notice: Notice) -> frozenset[str]:
    """The kinds of decisions that this notice reserves for others than who asks."""
    role = access.role_of(request) if notice.decisions else ""
    return frozenset(kind for kind, needed in notice.decisions.items() if not may(role, needed))


def make_token(secret: str, login: str, notice_id: str) -> str:
    """A form's token: it names the form too, so that a form sent twice decides once."""
    form = secrets.token_urlsafe(12)
    return f"{form}.{_sign(secret, login, notice_id, form)}"


def is_genuine(secret: str, token: str, login: str, notice_id: str) -> bool:
    form, _, signature = token.partition(".")
    return hmac.compare_digest(signature.encode(), _sign(secret, login, notice_id, form).encode())


def sign_file(secret: str, login: str, notice_id: str, sha256: str, size: int, name: str) -> str:
    """What a form carries of a file that it brought before: nobody can name another object of the archive instead."""
    return _sign(secret, login, notice_id, "\n".join(("file", sha256, str(size), name)))


def _sign(secret: str, login: str, notice_id: str, form: str) -> str:
    said = "\n".join((login, notice_id, form)).encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
