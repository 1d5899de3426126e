"""The roles of an office, made in Airflow's own user database (FAB) and kept as they are meant: 数据员, 编辑, 查看, and 市级查看 for each city.

`.venv/bin/python tools/roles.py`, as often as one likes: after the first start, and whenever a notice came or a roster changed. What
somebody else added to these roles is taken away again; users and other roles are left alone.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from airflow_env import environment, has_office_logins, initialise

from pipelines.board.access import SELECTS
from pipelines.board.accounts import find_accounts, read_groups, unknown_roles
from pipelines.board.people import CITY_VIEWER, DATA_STAFF, EDITOR, VIEWER, cities_of, city_role
from pipelines.ground.errors import BadNoticeError
from pipelines.notice import Notice, list_notices, load_notice

Rights = frozenset[tuple[str, str]]
"""Pairs of FAB: an action and what it is done to."""
BULLETINS = "bulletin__"
OWN: Rights = frozenset(
    {
        ("can_read", "Website"),
        # What a page calls its plugins: their names in the menu, no data.
        ("can_read", "Plugins"),
        *((action, thing) for action in ("can_read", "can_edit") for thing in ("My Password", "My Profile")),
    }
)
"""Logging in, the menu, and one's own password."""
LOOKING: Rights = OWN | {
    *(("can_read", thing) for thing in ("DAGs", "DAG Runs", "DAG Versions", "DAG Dependencies", "Task Instances", "HITL Detail")),
    *(("menu_access", thing) for thing in ("DAGs", "DAG Runs", "Task Instances")),
}  # fmt: skip
"""Neither logs nor XComs nor the audit log: what tasks say is for who runs them."""
EDITING: Rights = LOOKING | {
    ("can_create", "DAG Runs"),
    ("can_edit", "HITL Detail"),
    ("menu_access", "HITL Detail"),
}
"""Of the DAGs that editors may edit, and of no other: a right to runs is one only together with a right to their DAG."""
WORKING: Rights = EDITING | {
    *((action, "DAG Runs") for action in ("can_edit", "can_delete")),
    *((action, "Task Instances") for action in ("can_create", "can_edit", "can_delete")),
    *((action, "Backfills") for action in ("can_read", "can_create", "can_edit")),
    *(
        ("can_read", thing)
        for thing in ("Task Logs", "XComs", "Assets", "DAG Warnings", "ImportError", "Jobs")
    ),
    *(("menu_access", thing) for thing in ("Assets", "XComs")),
    ("can_edit", "DAGs"),
    ("can_create", "Assets"),
}
"""All of the work. Connections hold passwords, and users are the administrator's."""


def find_roles(notices: list[Notice]) -> dict[str, Rights]:
    """Every role of the office with its rights; a city by its code once, however many notices it answers."""
    edited = {("can_edit", f"DAG:{prefix}{one.id}") for one in notices for prefix in (BULLETINS, SELECTS)}
    cities = {city.code: city.name for notice in notices for city in notice.cities}
    return {
        DATA_STAFF: WORKING,
        EDITOR: EDITING | edited,
        VIEWER: LOOKING,
        **{city_role(name, code): OWN for code, name in sorted(cities.items())},
    }


def read_notices() -> Iterator[Notice]:
    """Those that are right; of the others a line says so, and their cities' roles stay as they were."""
    for notice_id in list_notices():
        try:
            yield load_notice(notice_id)
        except BadNoticeError as error:
            print(f"通知 {notice_id} 有误，先不看它的名册：{error}", file=sys.stderr)


def keep_roles(manager: Any, roles: Mapping[str, Rights]) -> Iterator[str]:
    """Gives every role its rights and no more; a sentence for each that was not so."""
    for name, rights in roles.items():
        is_new = manager.find_role(name) is None
        role = manager.add_role(name)
        had = {(one.action.name, one.resource.name): one for one in role.permissions}
        for right in sorted(rights - had.keys()):
            manager.add_permission_to_role(role, manager.create_permission(*right))
        for right in sorted(had.keys() - rights):
            manager.remove_permission_from_role(role, had[right])
        if is_new or had.keys() != rights:
            yield f"{'新建' if is_new else '改正'} {name}"


def main() -> None:
    if not has_office_logins():
        sys.exit("这里没有开多人登录：先设 NOTICES_LOGINS=office（docs/logins.md）")
    env = environment()
    initialise(env)
    # Of each right that FAB gives it would say a line.
    os.environ.update(env | {"AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"})
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    roles = find_roles(list(read_notices()))
    with get_application_builder() as builder:
        said = list(keep_roles(builder.sm, roles))
        known = {one.name for one in builder.sm.get_all_roles()}
    print("\n".join(said) if said else "各角色都已是应有的样子")
    for sentence in strangers(known, roles):
        print(sentence)
    if find_accounts(os.environ):
        for sentence in unknown_roles(read_groups(os.environ), known):
            print(sentence)


def strangers(known: Iterable[str], roles: Mapping[str, Rights]) -> Iterator[str]:
    """A sentence for each role that limits to a city and is none of these: somebody wrote it by hand, or its notice is gone."""
    written = {code: role for role in roles for code in cities_of([role]) or ()}
    for name in sorted(one for one in known if one.startswith(CITY_VIEWER) and one not in roles):
        shown = [written[code] for code in sorted(cities_of([name]) or ()) if code in written]
        if shown:
            yield f"名称和代码对不上：{name}。它按代码给人看的是 {shown[0]}，请在网页上改正或删去"
        else:
            yield f"没有哪个通知再有这个市，可在网页上删去：{name}"


if __name__ == "__main__":
    main()
