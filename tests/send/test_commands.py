"""The commands as a clerk uses them, against a home and a server that are really there."""

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.cli.app import State
from pipelines.cli.mail import WORDS
from pipelines.notice import Notice
from pipelines.send.outbox import Outbox
from tests.send.letters import NOON, letter
from tests.send.post_office import DROP, PostOffice, times

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    returncode: object
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """What `notices` with this home prints and returns; `connection` is what AIRFLOW_CONN_SMTP_DEFAULT says."""
    monkeypatch.setattr(State, "home", State.home)

    def call(*arguments: str, connection: str = "") -> Done:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", connection)
        monkeypatch.setattr(sys, "argv", ["notices", "--home", str(tmp_path), *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        shown = capsys.readouterr()
        return Done(caught.value.code or 0, shown.out, shown.err)

    return call


@pytest.fixture
def filled(notice: Notice, tmp_path: Path) -> Path:
    with Outbox(tmp_path / "mail") as outbox:
        outbox.queue(notice, [letter(1), letter(2)], NOON)
    return tmp_path


def test_without_a_connection(run: Run, notice: Notice, filled: Path) -> None:
    tried = run("send", notice.id, "--now", NOON.isoformat(), "--dry-run")
    assert "试写 2 封" in tried.stdout
    done = run("send", notice.id, "--now", NOON.isoformat())
    assert done.returncode == 0, done.stderr
    assert "已写成文件 2" in done.stdout
    assert "smtp_default" in done.stdout
    assert len(list((filled / "outbox" / notice.id).glob("*.eml"))) == 2
    assert "没有到时的邮件" in run("send", notice.id, "--now", NOON.isoformat()).stdout


def test_a_whole_story(run: Run, notice: Notice, filled: Path, office: PostOffice) -> None:
    uri = f"smtp://127.0.0.1:{office.port}/?disable_ssl=true&disable_tls=true"
    office.answers["ACCEPTED"] = times(1, DROP)
    done = run("send", notice.id, "--now", NOON.isoformat(), connection=uri)
    assert "收下与否不明 1、已发 1" in done.stdout
    assert "--state unsure" in done.stdout

    (unsure,) = json.loads(run("outbox", "--state", "unsure", "--format", "json").stdout)
    assert (unsure["state"], unsure["recipient"], unsure["message_id"]) == (
        "unsure",
        "EDU-0001",
        office.ids[0],
    )
    rows = list(csv.DictReader(io.StringIO(run("outbox", "--format", "csv").stdout)))
    assert [row["state"] for row in rows] == ["unsure", "sent"]
    assert "@example.org" not in run("outbox").stdout.replace(unsure["message_id"], "").replace(
        rows[1]["message_id"], ""
    )
    assert "unit1@example.org" in run("outbox", "show", unsure["key"][:8]).stdout

    assert "记为已发" in run("outbox", "mark-sent", unsure["message_id"]).stdout
    refused = run("outbox", "mark-sent", unsure["key"])
    assert refused.returncode == 1
    assert "不能这样做" in refused.stderr
    assert run("outbox", "bounced", unsure["key"][:8], "--because", "查无此人").returncode == 0
    assert "放回待发" in run("outbox", "resend", unsure["key"][:8], "--now", NOON.isoformat()).stdout
    run("send", notice.id, "--now", NOON.isoformat(), connection=uri)
    assert office.ids.count(unsure["message_id"]) == 2, "a person asked for it"


def test_mistakes_are_told(run: Run, notice: Notice, filled: Path) -> None:
    for arguments, connection, status, words in [
        (("send", notice.id), "smtp.example.org", 1, "不是有效的连接"),
        (("send", notice.id), "smtp:///", 1, "没有写主机"),
        (("outbox", "resend", "abcdef12"), "", 1, "没有这一封"),
        (("outbox", "--state", "gone"), "", 2, "queued"),
    ]:
        done = run(*arguments, connection=connection)
        assert done.returncode == status
        assert words in done.stderr


def test_the_page_names_every_state_and_command(run: Run) -> None:
    page = (ROOT / "docs" / "mail.md").read_text("utf-8")
    for state, words in WORDS.items():
        assert state == "retry" or (f"`{state}`" in page and words in page), state
    commands = re.findall(r"^  ([a-z][a-z-]+) ", run("outbox", "--help").stdout, re.MULTILINE)
    assert len(commands) == 6
    for command in commands:
        assert f"notices outbox {command}" in page
