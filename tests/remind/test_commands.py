"""The commands as a clerk uses them; a dry run changes nothing."""

import csv
import io
from pathlib import Path

from pipelines.notice import Notice, list_notices, load_notice
from pipelines.sample import write_sample
from tests.cli.conftest import Cli, cli
from tests.conftest import NOTICE_ID

__all__ = ["cli"]


def test_remind_and_registry(cli: Cli, notice: Notice, tmp_path: Path) -> None:
    refused = cli("remind", NOTICE_ID)
    assert refused.status == 1
    assert "先运行 notices run" in refused.err
    made = write_sample(notice, tmp_path / "sample", seed=3, recipients=6, rows=2)
    cli("run", NOTICE_ID, "--inbox", made.inbox, "--now", "2020-11-08T16:20:00")

    moment = ("--now", "2020-11-08T16:30:00")
    tried = cli("remind", NOTICE_ID, *moment, "--dry-run").out
    assert "什么都没有改变" in tried
    assert "退回" in tried
    assert cli("outbox", "--format", "csv").out.count("\n") == 1, "the header alone"

    assert "放进发件箱：" in cli("remind", NOTICE_ID, *moment).out
    queued = list(csv.DictReader(io.StringIO(cli("outbox", "--format", "csv").out)))
    assert f"试列 {len(queued)} 封" in tried
    assert {row["purpose"] for row in queued} >= {"return", "escalation"}
    assert "放进发件箱：没有新的邮件" in cli("remind", NOTICE_ID, *moment).out
    assert "已写成文件" in cli("send", NOTICE_ID, *moment).out

    listed = list(csv.DictReader(io.StringIO(cli("registry", NOTICE_ID, "--format", "csv").out)))
    assert listed
    assert all(row["column_url"].startswith("http") for row in listed)
    assert all("@" in row["contact_email"] and not row["checked_at"] for row in listed)


def test_a_notice_that_does_not_remind(cli: Cli) -> None:
    silent = [one for one in list_notices() if load_notice(one).remind is None]
    assert silent
    done = cli("remind", silent[0])
    assert done.status == 0
    assert "没有 remind 一节" in done.out
