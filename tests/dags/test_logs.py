"""What our tasks log in Airflow names no person, however it is logged."""

import json

import pytest

from tests.dags.conftest import ROOT, run_python

pytestmark = pytest.mark.airflow
PHONE = "13812345678"
LOG = """
import io, logging, os, sys
from airflow_env import environment
os.environ.update(environment())
import structlog
from airflow.sdk.log import configure_logging
out = io.BytesIO()
configure_logging(json_output=True, output=out, sending_to_supervisor=True)  # as a task's process begins
log = structlog.get_logger("task")
log.info("used before {phone}")
sys.path.insert(0, "{plugins}")
import notice_dags
log.info("file", path="日报{phone}.xlsx", held=[{{"what": "{phone}"}}])
logging.getLogger("pipelines.cycle").warning("scan: %s", "日报{phone}.xlsx")
for again in (log, logging.getLogger("pipelines.cycle")):
    try:
        raise ValueError("日报{phone}.xlsx 打不开")
    except ValueError:
        again.exception("failed")
sys.stdout.buffer.write(out.getvalue())
"""


def test_telephone_numbers_are_masked_in_messages_values_and_tracebacks(tmp_path):
    done = run_python(tmp_path / "home", "-c", LOG.format(phone=PHONE, plugins=ROOT / "plugins"))
    assert done.returncode == 0, done.stderr
    before, *lines = [line for line in done.stdout.splitlines() if '"event"' in line]
    assert PHONE in before
    assert [json.loads(line)["event"] for line in lines] == [
        "file",
        "scan: 日报〔电话〕.xlsx",
        "failed",
        "failed",
    ]
    for line in lines:
        assert PHONE not in line
        assert "〔电话〕" in line
