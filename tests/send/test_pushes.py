"""The outbox of pushes: what is queued, what takes whose place, and what becomes of a push that nobody knows the end of."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.archive.check import check_home
from pipelines.archive.kept import Kind, list_kept
from pipelines.archive.store import Archive
from pipelines.ground.connections import Connection, MissingConnectionError
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.send.push_records import NEWER, Purpose, Push, Target
from pipelines.send.pusher import Pushed, push_due
from pipelines.send.pushes import Noted, Pushes
from pipelines.send.records import OutboxBusyError
from tests.send.web_place import HANG_UP, WebPlace, web_place

NOON = datetime(2020, 11, 9, 12)
DAY = timedelta(days=1)
NOTICE = "a-notice"
SHELF = Target("shelf", "shelf_fs", "in/coming")


def push(content: bytes = b"one", purpose: Purpose = "package", subject: str = "item-1") -> Push:
    name, removes = (f"{subject}.zip", f"{subject}.withdrawn.json")
    if purpose == "withdrawal":
        name, removes = removes, name
    return Push(purpose, subject, name, "application/zip", content, (removes,))


@pytest.fixture
def pushes(tmp_path: Path) -> Iterator[Pushes]:
    with Pushes(tmp_path / "pushes") as opened:
        yield opened


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    made = tmp_path / "shelf"
    made.mkdir()
    return made


@pytest.fixture
def web() -> Iterator[WebPlace]:
    with web_place() as opened:
        yield opened


def queue(pushes: Pushes, *made: Push, target: Target = SHELF, now: datetime = NOON) -> int:
    return pushes.queue(NOTICE, [(target, one) for one in made], now, DAY).new


def serve(pushes: Pushes, connection: Connection, now: datetime = NOON) -> Pushed:
    return push_due(pushes, NOTICE, lambda: now, lambda _: connection)


def at_shelf(shelf: Path) -> Connection:
    return Connection("shelf_fs", "fs", extra={"path": str(shelf)})


def states(pushes: Pushes) -> list[str]:
    return [row.state for row in pushes.rows()]


def lying(shelf: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (shelf / "in/coming").iterdir()}


def test_pushed_once_with_a_receipt(pushes: Pushes, shelf: Path) -> None:
    assert (queue(pushes, push()), queue(pushes, push())) == (1, 0)
    assert serve(pushes, at_shelf(shelf)).counts["sent"] == 1
    assert serve(pushes, at_shelf(shelf)).counts["sent"] == 0
    assert queue(pushes, push()) == 0
    assert lying(shelf) == {"item-1.zip": b"one"}
    (row,) = pushes.rows()
    assert row.receipt == f"读回核对一致：3 字节，sha256 {hashlib.sha256(b'one').hexdigest()[:16]}…"
    assert [state for _, state, _ in pushes.changes(row.key)] == ["queued", "handing_over", "sent"]


def test_a_newer_one_takes_the_place_of_what_has_not_left(pushes: Pushes, shelf: Path) -> None:
    queue(pushes, push(b"one"))
    queue(pushes, push(b"two"))
    assert states(pushes) == ["withdrawn", "queued"]
    assert pushes.rows()[0].error == NEWER
    assert not pushes.resend(pushes.rows()[0].key, NOON, DAY)
    serve(pushes, at_shelf(shelf))
    assert lying(shelf) == {"item-1.zip": b"two"}


def test_a_withdrawal_takes_away_what_lies_there(pushes: Pushes, shelf: Path) -> None:
    queue(pushes, push())
    serve(pushes, at_shelf(shelf))
    assert queue(pushes, push(b"gone", "withdrawal")) == 1
    assert queue(pushes, push(b"gone, said in other words", "withdrawal")) == 0
    serve(pushes, at_shelf(shelf))
    assert lying(shelf) == {"item-1.withdrawn.json": b"gone"}
    assert queue(pushes, push()) == 1, "chosen again, it is pushed again"
    serve(pushes, at_shelf(shelf))
    assert lying(shelf) == {"item-1.zip": b"one"}
    assert len({row.key for row in pushes.rows()}) == 3


def test_what_never_left_is_taken_back_and_nobody_is_told(pushes: Pushes) -> None:
    queue(pushes, push())
    assert queue(pushes, push(b"gone", "withdrawal")) == 0
    assert states(pushes) == ["withdrawn"]


def test_what_is_noted_beside_stands_or_falls_with_the_pushes(pushes: Pushes) -> None:
    noted = Noted(
        "INSERT INTO recommendations VALUES (?, 'r', 't', 't', 's', NULL, NULL)", ((NOTICE,), (NOTICE,))
    )
    with pytest.raises(Exception, match="UNIQUE"):
        pushes.queue(NOTICE, [(SHELF, push())], NOON, DAY, [noted])
    assert (pushes.rows(), pushes.ask("SELECT * FROM recommendations")) == ([], [])


@pytest.mark.parametrize(("lies_there", "pushed"), [(True, 0), (False, 1)], ids=["there", "not_there"])
def test_a_dead_pusher_s_push_is_settled_by_reading_back(
    pushes: Pushes, shelf: Path, lies_there: bool, pushed: int
) -> None:
    queue(pushes, push())
    pushes.note_handing_over(pushes.rows()[0].key, NOON)
    if lies_there:
        (shelf / "in/coming").mkdir(parents=True)
        (shelf / "in/coming/item-1.zip").write_bytes(b"one")
    serve(pushes, at_shelf(shelf))
    assert states(pushes) == ["sent"]
    told = [state for _, state, _ in pushes.changes(pushes.rows()[0].key)]
    assert told.count("handing_over") == 1 + pushed
    assert lying(shelf) == {"item-1.zip": b"one"}


def test_one_in_doubt_does_not_undo_a_newer_one(pushes: Pushes, shelf: Path) -> None:
    queue(pushes, push(b"one"))
    pushes.note_handing_over(pushes.rows()[0].key, NOON)
    queue(pushes, push(b"two"))
    serve(pushes, at_shelf(shelf))
    serve(pushes, at_shelf(shelf), NOON + DAY / 2)
    assert states(pushes) == ["withdrawn", "sent"]
    assert lying(shelf) == {"item-1.zip": b"two"}


# answer -> state, and by PUT or with a server that honours the key
ANSWERS = {
    "taken": (201, "sent", "sent"),
    "no_answer": (HANG_UP, "unsure", "queued"),
    "broke": (500, "unsure", "queued"),
    "busy": (503, "queued", "queued"),
    "same_key_is_being_served": (409, "queued", "queued"),
    "refused": (422, "failed", "failed"),
    "moved": (302, "failed", "failed"),
    "not_let_in": (401, "queued", "queued"),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize(
    "extra", [{}, {"method": "PUT"}, {"idempotent": True}], ids=["POST", "PUT", "idempotent"]
)
def test_answers_over_http(pushes: Pushes, web: WebPlace, answer: str, extra: dict[str, object]) -> None:
    status, once, again = ANSWERS[answer]
    web.answers = [status]
    queue(pushes, push(), target=Target("web", "test_web", "drop"))
    serve(pushes, web.connection(**extra))
    expected = again if extra else once
    assert states(pushes) == [expected]
    serve(pushes, web.connection(**extra), NOON + DAY / 2)
    assert states(pushes) == [{"queued": "sent"}.get(expected, expected)]
    assert web.taken == [b"one"]


def test_one_in_doubt_over_http_is_over_once_a_newer_one_went(pushes: Pushes, web: WebPlace) -> None:
    web.answers = [HANG_UP]
    target = Target("web", "test_web")
    queue(pushes, push(b"one"), target=target)
    serve(pushes, web.connection())
    queue(pushes, push(b"two"), target=target)
    serve(pushes, web.connection())
    assert states(pushes) == ["withdrawn", "sent"]
    assert len(web.came) == 2


def test_what_may_lie_there_is_told_of_though_a_newer_one_never_left(pushes: Pushes, web: WebPlace) -> None:
    web.answers = [HANG_UP]
    target = Target("web", "test_web")
    queue(pushes, push(b"one"), target=target)
    serve(pushes, web.connection())
    queue(pushes, push(b"two"), target=target)
    assert queue(pushes, push(b"gone", "withdrawal"), target=target) == 1
    serve(pushes, web.connection())
    assert states(pushes) == ["withdrawn", "withdrawn", "sent"]


def test_what_travels_over_http(pushes: Pushes, web: WebPlace) -> None:
    made = Push("withdrawal", "item 一", "被撤.json", "application/json", b"{}", ("原件.zip",))
    queue(pushes, push(b"one", subject="item 一"), target=Target("web", "test_web", "落点"))
    serve(pushes, web.connection(method="PUT"))
    queue(pushes, made, target=Target("web", "test_web", "落点"))
    web.answers = [200, 404]
    serve(pushes, web.connection(method="PUT"))
    assert states(pushes) == ["sent", "sent"]
    method, path, headers, body = web.came[-2]
    assert (method, path, body) == ("PUT", "/%E8%90%BD%E7%82%B9/%E8%A2%AB%E6%92%A4.json", b"{}")
    assert headers["Authorization"] == "Bearer only-for-tests"
    assert headers["Idempotency-Key"] == f'"{pushes.rows()[-1].key}"'
    assert headers["Content-Digest"] == "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:"
    assert web.came[-1][:2] == ("DELETE", "/%E8%90%BD%E7%82%B9/%E5%8E%9F%E4%BB%B6.zip")
    assert pushes.rows()[0].receipt == "HTTP 201 no. 1"


def test_a_server_that_is_away_is_left_alone_for_longer_each_time(pushes: Pushes) -> None:
    queue(pushes, push(), target=Target("web", "test_web"))
    nowhere = Connection("test_web", "http", "http://127.0.0.1:9")
    waits = []
    now = NOON
    for _ in range(3):
        serve(pushes, nowhere, now)
        failures, again = pushes.server_wait("test_web")
        assert again
        waits.append((failures, again - now))
        assert serve(pushes, nowhere, again - timedelta(seconds=1)).reasons[0].startswith("web：连不上（连续")
        now = again
    assert waits == [(1, timedelta(minutes=5)), (2, timedelta(minutes=10)), (3, timedelta(minutes=20))]


def test_without_a_connection_it_waits_and_says_so_until_it_fails(pushes: Pushes) -> None:
    def nobody(connection_id: str) -> Connection:
        raise MissingConnectionError(f"没有配置连接 {connection_id}")

    queue(pushes, push())
    done = push_due(pushes, NOTICE, lambda: NOON, nobody)
    assert (done.waiting, done.reasons) == (1, ["shelf：没有配置连接 shelf_fs"])
    push_due(pushes, NOTICE, lambda: NOON + DAY, nobody)
    assert [(row.state, row.error) for row in pushes.rows()] == [("failed", "超过时限没有推出，不再推送")]
    assert pushes.resend(pushes.rows()[0].key, NOON + DAY, DAY)
    assert states(pushes) == ["queued"]


def test_what_is_kept_of_pushes_is_backed_up_and_checked(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with Pushes(home.pushes) as pushes:
        queue(pushes, push(b"one"), push(b"two", subject="item-2"))
        gone = pushes.rows()[0].sha256
    kinds = {kept.kind for kept in list_kept(home) if kept.path.startswith("pushes/")}
    assert kinds >= {Kind.object, Kind.base}
    assert check_home(home).findings == []
    Archive(home.pushes).object_path(gone).unlink()
    assert [(one.place, one.what) for one in check_home(home).findings] == [(f"pushes/{gone}", "对象不在了")]


def test_one_pushes_at_a_time(pushes: Pushes, shelf: Path) -> None:
    with (
        Pushes(pushes.path) as other,
        other.sending(),
        pytest.raises(OutboxBusyError, match="另一个推送程序"),
    ):
        serve(pushes, at_shelf(shelf))


def test_find(pushes: Pushes) -> None:
    queue(pushes, push())
    key = pushes.rows()[0].key
    assert pushes.find(key[:6]).key == key
    for bad in (key[:5], "%", "nothing-like-it"):
        with pytest.raises(NoticesError, match="没有这一件"):
            pushes.find(bad)
