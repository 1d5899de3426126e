"""The `decisions:` section of a notice: which decisions are reserved for whom, by Airflow's roles."""

from typing import Literal

Reserved = Literal["accept", "withdraw", "waive", "select", "decline"]
Role = Literal["User", "Op", "Admin"]
RANKS = ("Viewer", "User", "Op", "Admin")
"""Airflow's roles, each of which may do what those before it may."""


def may(role: str, needed: str | None) -> bool:
    """Whether somebody of a role may do what is reserved for another; a role that is none of Airflow's may not."""
    if needed is None:
        return True
    ranks = {name.lower(): rank for rank, name in enumerate(RANKS)}
    return ranks.get(role.lower(), -1) >= ranks[needed.lower()]
