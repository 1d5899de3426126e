"""The commands as a clerk uses them; a dry run changes nothing."""

import csv
import io

from pipelines.home import Home
from pipelines.sample import write_sample
from tests.conftest import NOTICE_ID, RunCli


def test_remind_and_registry(run_cli: RunCli, notice, home: Home, tmp_path) -> None:
    assert "先运行 notices run" in run_cli("remind", NOTICE_ID, status=1).stderr
    made = write_sample(notice, tmp_path / "sample", seed=3, recipients=6, rows=2)
    run_cli("run", NOTICE_ID, "--inbox", made.inbox, "--now", made.now.isoformat())

    moment = ("--now", "2020-11-08T16:30:00")
    tried = run_cli("remind", NOTICE_ID, *moment, "--dry-run").stdout
    assert "什么都没有改变" in tried
    assert "退回信" in tried
    assert run_cli("outbox", "--format", "csv").stdout.count("\n") == 1, "the header alone"

    assert "放进发件箱：" in run_cli("remind", NOTICE_ID, *moment).stdout
    queued = list(csv.DictReader(io.StringIO(run_cli("outbox", "--format", "csv").stdout)))
    assert tried.count("退回信") == sum(row["purpose"] == "return" for row in queued)
    assert "放进发件箱：没有新的邮件" in run_cli("remind", NOTICE_ID, *moment).stdout
    assert "已写成文件" in run_cli("send", NOTICE_ID, *moment).stdout

    listed = list(csv.DictReader(io.StringIO(run_cli("registry", NOTICE_ID, "--format", "csv").stdout)))
    assert listed
    assert all(row["column_url"].startswith("http") for row in listed)
    assert all("@" in row["contact_email"] and not row["checked_at"] for row in listed)
