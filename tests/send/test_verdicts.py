"""Verdicts written back to form services, against stand-ins that behave as the real ones were seen to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from pipelines import cycle
from pipelines.ask.figures import open_snapshot
from pipelines.collect import http
from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.send.verdicts import tell_services
from tests.collect.form_cases import KINDS
from tests.collect.form_servers import Service, serve

NOW = datetime(2020, 11, 30)
pytestmark = pytest.mark.slow


class Desk:
    """A notice that writes back to one form service; collecting alone tells nobody."""

    def __init__(self, home: Home, notice: Notice, kind: str, connection: Connection) -> None:
        source = KINDS[kind].source.model_copy(update={"write_back": True})
        self.notice = notice.model_copy(update={"sources": (source,)})
        self.silent = notice.model_copy(update={"sources": (KINDS[kind].source,)})
        self.home, self.connection, self.now = home, connection, NOW

    def collect(self) -> None:
        self.now += timedelta(hours=1)
        cycle.run(self.home, self.silent, now=self.now, connect=lambda _: self.connection)

    def tell(self) -> tuple[int, list[str]]:
        return tell_services(self.home, self.notice, self.now, lambda _: self.connection)


@contextmanager
def desk_for(kind: str, home: Home, notice: Notice) -> Iterator[tuple[Service, Desk]]:
    service = Service()
    service.rows = [KINDS[kind].row(1, "好"), KINDS[kind].row(2, "坏")]
    change(service.rows[1], "day", "2020-11-20")
    with serve(service, KINDS[kind].respond) as connection:
        yield service, Desk(home, notice, kind, connection)


def change(row: dict[str, Any], name: str, value: str) -> None:
    if "group" in row:
        row["group"][name] = value
    else:
        row[f"group/{name}"] = value


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)


def test_odk_shows_the_state_and_the_reasons_once(home: Home, notice: Notice) -> None:
    with desk_for("odk", home, notice) as (service, desk):
        desk.collect()
        assert desk.tell() == (2, [])
        good, bad = service.rows
        assert [row["__system"]["reviewState"] for row in (good, bad)] == ["approved", "hasIssues"]
        assert "comments" not in good or good["comments"] == []
        (comment,) = bad["comments"]
        assert "2020-11-20" in comment["body"] or "日期" in comment["body"]
        assert "行" not in comment["body"], "an answer of one row has none"
        desk.collect()
        assert desk.tell() == (0, [])
        assert len(bad["comments"]) == 1


def test_odk_edit_is_judged_anew(home: Home, notice: Notice) -> None:
    with desk_for("odk", home, notice) as (service, desk):
        desk.collect()
        desk.tell()
        bad = service.rows[1]
        change(bad, "day", "2020-11-10")
        bad["meta"]["instanceID"], bad["edited"] = "uuid:edit", "2020-11-11T01:00:00.000Z"
        bad["__system"] |= {"updatedAt": "2020-11-30T01:00:00Z", "reviewState": "edited"}
        desk.collect()
        assert desk.tell() == (1, [])
        assert bad["__system"]["reviewState"] == "approved"


def test_kobo_shows_the_validation_status(home: Home, notice: Notice) -> None:
    with desk_for("kobo", home, notice) as (service, desk):
        cycle.run(home, desk.notice, now=NOW, connect=lambda _: desk.connection)
        assert [
            row["_validation_status"]["uid"].removeprefix("validation_status_") for row in service.rows
        ] == [
            "approved",
            "not_approved",
        ]


def test_what_could_not_be_told_is_told_the_next_time(home: Home, notice: Notice) -> None:
    with desk_for("odk", home, notice) as (service, desk):
        desk.collect()
        service.faults = [""] * 2 + ["500"] * 40
        told, (error,) = desk.tell()
        assert told < 2
        assert "写回" in error
        service.faults = []
        assert desk.tell() == (2 - told, [])
        assert len(service.rows[1]["comments"]) == 1


def test_what_a_person_decided_stays(home: Home, notice: Notice) -> None:
    with desk_for("odk", home, notice) as (service, desk):
        desk.collect()
        good, bad = service.rows
        good["__system"]["reviewState"] = "hasIssues"
        bad["__system"]["reviewState"] = "approved"
        assert desk.tell() == (0, [])
        assert [row["__system"]["reviewState"] for row in (good, bad)] == ["hasIssues", "approved"]
        assert "comments" not in bad


def test_a_verdict_that_changed_is_told_again_over_our_own_state(home: Home, notice: Notice) -> None:
    with desk_for("odk", home, notice) as (service, desk):
        desk.collect()
        desk.tell()
        bad = service.rows[1]
        assert bad["__system"]["reviewState"] == "hasIssues"
        change(bad, "day", "2020-11-10")
        bad["meta"]["instanceID"], bad["edited"] = "uuid:edit", "2020-11-11T01:00:00.000Z"
        bad["__system"]["updatedAt"] = "2020-11-30T01:00:00Z"
        desk.collect()
        assert desk.tell() == (1, [])
        assert bad["__system"]["reviewState"] == "approved"


def test_an_answer_that_is_gone_stops_no_other(home: Home, notice: Notice) -> None:
    with desk_for("odk", home, notice) as (service, desk):
        desk.collect()
        service.rows[0]["__system"]["deletedAt"] = "2020-11-30T00:00:00Z"
        assert desk.tell() == (1, [])
        assert service.rows[1]["__system"]["reviewState"] == "hasIssues"
        assert desk.tell() == (0, [])


def test_an_answer_that_was_edited_since_is_judged_first(home: Home, notice: Notice) -> None:
    with desk_for("odk", home, notice) as (service, desk):
        desk.collect()
        service.rows[1]["meta"]["instanceID"] = "uuid:newer"
        assert desk.tell() == (1, [])
        assert service.rows[1]["__system"]["reviewState"] is None


def test_kobo_keeps_what_a_person_decided(home: Home, notice: Notice) -> None:
    with desk_for("kobo", home, notice) as (service, desk):
        service.rows[0]["_validation_status"] = {"uid": "validation_status_on_hold", "by_whom": "somebody"}
        cycle.run(home, desk.notice, now=NOW, connect=lambda _: desk.connection)
        found = [row["_validation_status"]["uid"].removeprefix("validation_status_") for row in service.rows]
        assert found == ["on_hold", "not_approved"]


def test_a_deleted_answer_counts_until_then_and_no_longer(home: Home, notice: Notice) -> None:
    with desk_for("odk", home, notice) as (service, desk):
        desk.collect()
        service.rows[0]["__system"]["deletedAt"] = "2020-11-29T00:00:00Z"
        desk.collect()
        with open_snapshot(home.published) as snapshot:
            spans = snapshot.execute("SELECT current_from, current_until FROM core.items").fetchall()
            ends = snapshot.execute(
                "SELECT row_end, replaced_by IS NOT NULL FROM marts.row_ends WHERE row_number IS NOT NULL ORDER BY ALL"
            ).fetchall()
            (gone,) = snapshot.execute(
                "SELECT state, reason, sentence, recipient FROM marts.files WHERE reason = 'withdrawn'"
            ).fetchall()
        assert spans == [(datetime(2020, 11, 9, 9), datetime(2020, 11, 29, 8))]
        assert ends == [("rejected", False), ("replaced", True)]
        assert gone[0] == "ignored"
        assert "删除" in gone[2]
        assert gone[3] == "济南市教育局"
        # Restored, it counts again from then on, and is on time as it was.
        service.rows[0]["__system"]["deletedAt"] = None
        desk.collect()
        with open_snapshot(home.published) as snapshot:
            spans = snapshot.execute(
                "SELECT current_from, first_accepted_at FROM core.items ORDER BY ALL"
            ).fetchall()
        assert spans[-1] == (desk.now, datetime(2020, 11, 9, 9))
