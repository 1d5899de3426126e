"""`notices alarms`: what stands, what was, and a look where no Airflow looks."""

import csv
import io
import json

from typer.testing import CliRunner

from pipelines.alarms import Condition, state
from pipelines.cli.app import State, app
from pipelines.ground.home import Home
from tests.alarms.conftest import NOTICE, NOW


def say(home: Home, *words: str) -> tuple[int, str]:
    State.home = home
    done = CliRunner().invoke(app, ["--home", str(home.path), "alarms", *words])
    return done.exit_code, done.output


def test_nothing_is_listed_and_nothing_is_made(home: Home):
    status, said = say(home, "--format", "csv")
    assert (status, len(said.splitlines())) == (0, 1)
    assert not home.alarms.exists()


def test_a_look_raises_and_the_list_tells(home: Home):
    state(home, Condition("run_failed", NOTICE, "collect__x", "流程“收件入库”运行失败"), NOW)
    state(home, Condition("disk", "", "", "只剩 1 GiB"), NOW)
    status, said = say(home, "check", "--now", "2020-11-10T12:00:00+08:00")
    assert status == 0, said
    assert f"notices send {NOTICE}" in said
    rows = list(csv.DictReader(io.StringIO(say(home, "--format", "csv")[1])))
    assert [(one["alarm_id"], one["kind"], one["state"], one["raised_at"]) for one in rows] == [
        ("A0001", "run_failed", "standing", "2020-11-10 12:00:00"),
        ("A0002", "disk", "standing", "2020-11-10 12:00:00"),
    ]
    assert rows[0]["told"] == "mail 发生：已放入发件箱"
    assert "清除" in rows[0]["remedy"]
    (own,) = json.loads(say(home, "--notice", NOTICE, "--format", "json")[1])
    assert own["alarm_id"] == "A0001"
    say(home, "check", "--now", "2020-11-10T12:10:00+08:00")
    say(home, "check", "--now", "2020-11-10T12:40:00+08:00")
    assert [one["kind"] for one in json.loads(say(home, "--format", "json")[1])] == ["run_failed"]
    every = json.loads(say(home, "--all", "--format", "json")[1])
    assert [one["state"] for one in every] == ["standing", "over"]
    assert "运行失败" in say(home)[1]


def test_a_moment_without_a_zone_is_refused(home: Home):
    status, said = say(home, "check", "--now", "2020-11-10T12:00:00")
    assert status == 2
    assert "时区" in said
