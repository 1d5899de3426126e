"""The remind DAG, run by Airflow itself against a real mail server, sends what `notices remind` queues, once."""

import json
import shutil
from collections import Counter

import pytest

from tests.dags.airflow_runs import Nursery, standing
from tests.dags.conftest import NOTICE, GiveAirflow, python_environment
from tests.send.post_office import PostOffice

pytestmark = pytest.mark.airflow
AT_ONCE = """
import pipelines.notice as module
load = module.load_notice
def load_notice(notice_id):
    notice = load(notice_id)
    mail = notice.mail and notice.mail.model_copy(update={"per_minute": 60000})
    return notice.model_copy(update={"mail": mail})
module.load_notice = load_notice
"""
"""As it is, the notice pauses for three seconds after each mail: tests/send/test_sender.py shows that."""
SCANNED, NOW = "2020-11-08T16:20:00", "2020-11-08T16:30:00"


def test_the_dag_sends_what_the_command_queues(
    give_airflow: GiveAirflow, nursery: Nursery, notices, tmp_path, monkeypatch
):
    notices("sample", NOTICE, "--to", tmp_path / "sample", "--recipients", "6", "--rows", "3")
    notices("run", NOTICE, "--inbox", tmp_path / "sample" / "inbox", "--now", SCANNED)
    shutil.copytree(tmp_path / "home", tmp_path / "other")
    notices("remind", NOTICE, "--now", NOW, home="other")
    rows = json.loads(notices("outbox", "--format", "json", home="other"))
    assert {"escalation", "return"} <= {row["purpose"] for row in rows}

    def run(*boxes):
        states = airflow.run(*((None, {"now": NOW, "columns": False, **box}) for box in boxes))
        assert [one["run"] for one in states] == ["success"] * len(boxes), airflow.said[-5000:]

    give_airflow(tmp_path / "home")
    with PostOffice() as office:
        extra = {"disable_ssl": True, "disable_tls": True}
        server = {"conn_type": "smtp", "host": "127.0.0.1", "port": office.port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(server))
        env = python_environment(tmp_path / "home", "remind.py")
        with standing(nursery, f"remind__{NOTICE}", env, tmp_path / "log", first=AT_ONCE) as airflow:
            run({})
            assert not office.ids, "a trial writes to nobody"
            assert json.loads(notices("outbox", "--format", "json")) == []
            run({"send": True}, {"send": True})
        sent = Counter(office.ids)
    assert sorted(sent) == sorted(row["message_id"] for row in rows)
    assert max(sent.values()) == 1, "a run at the same moment sends nothing more"
