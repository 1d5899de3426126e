"""The remind DAG, run by Airflow itself against a real mail server, sends what `notices remind` queues, once."""

import json
from collections import Counter

import pytest

from tests.dags.conftest import NOTICE, ROOT
from tests.send.post_office import PostOffice

pytestmark = pytest.mark.airflow
SCANNED, NOW = "2020-11-08T16:20:00", "2020-11-08T16:30:00"


def test_the_dag_sends_what_the_command_queues(python, notices, tmp_path, monkeypatch):
    notices("sample", NOTICE, "--to", tmp_path / "sample", "--recipients", "12", "--rows", "3")
    for home in ("home", "other"):
        notices("run", NOTICE, "--inbox", tmp_path / "sample" / "inbox", "--now", SCANNED, home=home)
    notices("remind", NOTICE, "--now", NOW, home="other")
    rows = json.loads(notices("outbox", "--format", "json", home="other"))
    assert {"escalation", "return"} <= {row["purpose"] for row in rows}

    def run(**box):
        conf = json.dumps({"now": NOW, "columns": False, **box})
        done = python(ROOT / "tools" / "run_dag.py", f"remind__{NOTICE}", "--conf", conf)
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]

    with PostOffice() as office:
        extra = {"disable_ssl": True, "disable_tls": True}
        server = {"conn_type": "smtp", "host": "127.0.0.1", "port": office.port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(server))
        run()
        assert not office.ids, "a trial writes to nobody"
        assert json.loads(notices("outbox", "--format", "json")) == []
        run(send=True)
        first = Counter(office.ids)
        run(send=True)
        assert Counter(office.ids) == first, "a run at the same moment sends nothing more"
    limit = 20  # a minute, in notice.yaml
    assert sorted(first) == sorted(row["message_id"] for row in rows)
    assert max(first.values()) == 1
    assert len(first) < 3 * limit, "or the test would wait for minutes"
