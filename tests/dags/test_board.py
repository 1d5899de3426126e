"""The board inside Airflow's own page: its login, its roles, its menu, and what a run in it brought."""

import json
import os
import urllib.error
import urllib.request

import pytest

from tests.dags.conftest import NOTICE, ROOT
from tests.dags.page import airflow_page, call, wait_for

pytestmark = [pytest.mark.airflow, pytest.mark.slow]
DAG = f"collect__{NOTICE}"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def get(url: str, token: str = "", accept: str = "text/html") -> tuple[int, str, str]:
    """Status, text and where it leads."""
    headers = {"Accept": accept} | ({"Cookie": f"_token={token}"} if token else {})
    try:
        with urllib.request.build_opener(NoRedirect).open(
            urllib.request.Request(url, headers=headers)
        ) as answer:
            return answer.status, answer.read().decode(), ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers.get("location") or ""


def test_the_board_is_in_the_page_for_those_who_may_see_it(notices, tmp_path, port):
    notices("sample", NOTICE, "--to", tmp_path / "sample", "--recipients", "8", "--rows", "3")
    now = (tmp_path / "sample" / "now.txt").read_text().strip()
    env = os.environ | {
        "NOTICES_HOME": str(tmp_path / "home"),
        "PYTHONUNBUFFERED": "1",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer",
    }
    with airflow_page(ROOT, env, port) as (page, token):
        board = f"{page}/board/n/{DAG}/"
        assert get(board)[::2] == (302, f"/auth/login?next=/board/n/{DAG}/")
        assert get(board, accept="application/json")[0] == 401
        assert get(f"{page}/bulletins/")[0] == 302

        dag = f"{page}/api/v2/dags/{DAG}"
        wait_for(lambda: call(dag, token)["dag_display_name"].startswith("收件"))
        conf = {"inbox": str(tmp_path / "sample" / "inbox"), "now": now}
        run = call(f"{dag}/dagRuns", token, logical_date=None, conf=conf)["dag_run_id"]
        wait_for(lambda: call(f"{dag}/dagRuns/{run}", token)["state"] in ("success", "failed"))
        assert call(f"{dag}/dagRuns/{run}", token)["state"] == "success"

        status, text, _ = get(board, token)
        assert status == 200
        assert 'id="matrix"' in text
        assert "收下" in text, "the last run and what it brought"
        assert get(f"{page}/board/n/bulletin__{NOTICE}/", token)[0] == 200, (
            "the tab on the notice's other DAGs"
        )
        assert "看板" in json.dumps(call(f"{page}/api/v2/plugins", token), ensure_ascii=False)

        word = json.loads((tmp_path / "home" / "airflow" / "passwords.json").read_text())["viewer"]
        viewer = call(f"{page}/auth/token", username="viewer", password=word)["access_token"]
        assert get(board, viewer)[0] == 200
        assert get(f"{board}return?id=x", viewer)[0] == 403
        assert get(f"{board}return?id=x", token)[0] == 404
