"""What a notice reserves for a role is offered to nobody below it, refused to them, and undone by none of them."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pipelines.board import board as board_module
from pipelines.board.access import Access, make_token
from pipelines.board.app import make_app
from pipelines.decide.journal import read_decisions, write_decisions
from pipelines.decide.record import Decision
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.notice.reserved import may
from tests.board.conftest import NOW

NOTICE = "sd-vocational-week-2020"
BOARD = f"/board/n/collect__{NOTICE}/"
RESERVED = {"waive": "Op", "select": "Op", "decline": "Admin"}


@pytest.fixture
def client(shown, monkeypatch):
    """A client by Airflow's role, of a notice that reserves waivers and selecting for Op, declining for Admin."""
    notice = load_notice(NOTICE).model_copy(update={"decisions": RESERVED})
    monkeypatch.setattr(board_module, "load_notice", lambda notice_id: notice)

    def make(role: str, at: Home = shown) -> TestClient:
        access = Access(
            may_read=lambda: None,
            may_decide=lambda: None,
            login_of=lambda: "li",
            can_decide=lambda request, dag_id: True,
            secret="for tests",
            role_of=lambda request: role,
            home=lambda: at,
            now=lambda notice: NOW,
        )
        outer = FastAPI()
        outer.mount("/board", make_app(access))
        return TestClient(
            outer, base_url="http://localhost", headers={"accept": "text/html"}, follow_redirects=False
        )

    return make


@pytest.mark.parametrize(
    ("role", "is_offered"), [("User", False), ("", False), ("Op", True), ("Admin", True)]
)
def test_only_who_may_is_offered_it(client, role, is_offered):
    page = client(role).get(BOARD + "desk").text
    assert ("kind_of_decision=waive" in page) is is_offered
    assert "kind_of_decision=extend" in page
    assert client(role).get(BOARD + "decide?kind_of_decision=waive").status_code == (
        200 if is_offered else 403
    )


def test_a_form_that_is_sent_all_the_same_decides_nothing_and_says_why(client, shown):
    form = {
        "kind_of_decision": "waive",
        "recipients": "济南市教育局",
        "deliverable": "plan",
        "reason": "x",
        "step": "keep",
    }
    answer = client("User").post(
        BOARD + "decide", data=form | {"token": make_token("for tests", "li", NOTICE)}
    )
    assert answer.status_code == 403
    assert "只许 Op 以上的角色" in answer.text
    assert read_decisions(shown, NOTICE).all == ()


@pytest.mark.parametrize(("kind", "status"), [("waive", 403), ("select", 403), ("extend", 200)])
def test_what_is_reserved_is_undone_by_that_role_only(client, tmp_path, kind, status):
    home = Home(tmp_path)
    with write_decisions(home, NOTICE) as journal:
        kept = journal.keep(Decision(NOTICE, kind, {}, {}, "停电", "wang", NOW))
    place = f"{BOARD}decide?kind_of_decision=undo&subject={kept.id}"
    assert client("User", home).get(place).status_code == status
    assert client("Op", home).get(place).status_code == 200


@pytest.mark.parametrize(
    ("role", "kind", "status"),
    [("User", "select", 403), ("User", "decline", 403), ("Op", "decline", 403), ("Op", "select", 200)],
)
def test_choosing_can_be_reserved_as_well(client, shown, role, kind, status):
    form = {"kind_of_decision": kind, "item": "0" * 32, "reason": "好"}
    answer = client(role).post(
        BOARD.replace("collect__", "select__") + "select",
        data=form | {"token": make_token("for tests", "li", NOTICE)},
    )
    assert answer.status_code == status
    assert ("以上的角色来作" in answer.text) is (status == 403)
    assert ("没有有效行" in answer.text) is (status == 200), "whoever may is heard: there is no such item"
    assert read_decisions(shown, NOTICE).all == ()


@pytest.mark.parametrize(
    ("role", "needed", "is_enough"),
    [("User", None, True), ("", None, True), ("admin", "Op", True), ("op", "Op", True), ("user", "Op", False),
     ("Viewer", "User", False), ("", "User", False), ("Chief", "User", False)],
)  # fmt: skip
def test_roles_stand_above_each_other(role, needed, is_enough):
    assert may(role, needed) is is_enough
