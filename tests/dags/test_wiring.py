"""The DAGs load, there is one for each notice, and each is what its notice says."""

import json
from functools import cache

import pytest

from pipelines.alarms.failed import remedy_of
from pipelines.notice import list_notices, load_notice
from pipelines.notice.bulletins import planned_moments
from tests.dags.airflow_runs import SETTINGS, Forked, Nursery
from tests.dags.conftest import python_environment

pytestmark = pytest.mark.airflow

LOAD = """
import json, os, sys
from airflow.dag_processing.dagbag import DagBag
def told(task, name):
    mapped = getattr(task, "partial_kwargs", {})
    found = mapped.get(name) if mapped else getattr(task, name)
    return [found] if callable(found) else found
def look():
    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    dags = {
        dag.dag_id: {
            "tasks": [task.task_id for task in dag.topological_sort()],
            "pools": {task.task_id: task.pool for task in dag.tasks},
            "schedule": dag.schedule and str(dag.schedule),
            "dates": [str(date)[:10] for date in (dag.start_date, dag.end_date) if date],
            "name": dag.dag_display_name,
            "doc": dag.doc_md,
            "calls": [dag.has_on_failure_callback, dag.has_on_success_callback],
            "noted": [[call.__name__ for call in told(task, "on_failure_callback")] for task in dag.tasks],
            "shown": [told(task, "task_display_name") for task in dag.tasks],
            "outlets": [asset.name for task in dag.tasks for asset in task.outlets],
            "params": {name: dag.params.get_param(name).schema.get("title") for name in dag.params},
            "copies": [task.task_id for task in dag.tasks if set(task.params) & set(dag.params)],
            "heavy": sorted({"pandas", "great_expectations", "duckdb"} & sys.modules.keys()),
        }
        for dag in bag.dags.values()
    }
    return {"dags": dags, "errors": list(bag.import_errors.values())}
for line in sys.stdin:
    os.environ["NOTICES_HOME"], patch = json.loads(line)
    child = os.fork()
    if child == 0:
        exec(patch)
        print("found", json.dumps(look()), flush=True)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(1)
"""
"""What the folder's DAGs are under each patch that comes in, in a process of its own that has imported nothing of ours yet."""
OPEN_TODAY = """
import datetime, pipelines.notice as module
today, load = datetime.date.today(), module.load_notice
days = {"opens": today - datetime.timedelta(1), "closes": today + datetime.timedelta(1)}
module.load_notice = lambda notice_id: load(notice_id).model_copy(update=days)
"""
APPROVED = """
import pipelines.notice as module
from pipelines.notice.bulletins import Approval, Bulletins
load = module.load_notice
said = {"bulletins": Bulletins(approval=Approval(otherwise="release"))}
module.load_notice = lambda notice_id: load(notice_id).model_copy(update=said)
"""
ONE_BROKEN = """
import pipelines.notice as module
from pipelines.ground.errors import BadNoticeError
ids, load = module.list_notices(), module.load_notice
def load_notice(notice_id):
    if notice_id == "broken":
        raise BadNoticeError("broken", ["broken/notice.yaml 第 3 行：opens 写成了 'soon'"])
    return load(notice_id)
module.list_notices, module.load_notice = lambda: [*ids, "broken"], load_notice
"""


@pytest.fixture(scope="module")
def load(tmp_path_factory, nursery: Nursery):
    """What the folder's DAGs are under a patch; loaded once for all tests that ask with the same one. Airflow is imported once."""
    folder = tmp_path_factory.mktemp("wiring")
    env = python_environment(folder / "home")
    process = Forked(nursery, SETTINGS + LOAD, env=env, log=folder / "said")

    @cache
    def run(patch=""):
        process.tell(json.dumps([str(tmp_path_factory.mktemp("home")), patch]))
        while not (line := process.hear()).startswith("found "):
            pass
        found = json.loads(line.removeprefix("found "))
        assert found["errors"] == []
        return found["dags"]

    yield run
    process.end()


def test_every_notice_has_its_dag(load):
    ids = list_notices()
    assert ids
    dags = load()
    mailing = [f"send__{one}" for one in ids if load_notice(one).mail]
    reminding = [f"remind__{one}" for one in ids if load_notice(one).remind]
    selecting = [f"select__{one}" for one in ids if load_notice(one).selection]
    assert mailing
    assert selecting
    assert sorted(dags) == sorted(
        [
            *("alarms", "collect", "remind", "send", "tidy"),
            *(f"{name}__{one}" for name in ("bulletin", "collect") for one in ids),
            *mailing,
            *reminding,
            *selecting,
            *(f"site__{one}" for one in ids if load_notice(one).selection),
        ]
    )
    for name in selecting:
        assert dags[name]["tasks"] == ["wait", "shortlist"]
        assert dags[name]["schedule"] == "7 份初选名单"
        assert dags[name]["heavy"] == []
        assert "失败" in dags[name]["doc"]
    for notice_id in ids:
        dag = dags[f"collect__{notice_id}"]
        assert dag["tasks"] == ["scan", "read", "check", "load", "publish", "returns", "finish"]
        assert {name for name, pool in dag["pools"].items() if pool == "warehouse"} == {
            "load",
            "publish",
            "returns",
        }
        assert dag["outlets"] == [f"warehouse/{notice_id}"]
        assert "⚠" not in dag["name"]
        assert "失败" in dag["doc"]
        assert dag["heavy"] == [], "a DAG file is parsed every half minute: no heavy imports"


def test_parameters_are_the_flow_s_and_no_task_has_copies(load):
    """What a person fills in where they start a flow; each task's copies would be made and written down with it."""
    dags = load(APPROVED)
    asked = {name.partition("__")[0]: dag["params"] for name, dag in dags.items() if dag["params"]}
    assert {flow: list(params) for flow, params in asked.items()} == {
        "bulletin": ["as_of", "wait_hours", "send", "again"],
        "collect": ["inbox", "now", "replay"],
        "remind": ["now", "send", "columns"],
        "select": ["day", "wait_hours"],
    }
    assert all(title for params in asked.values() for title in params.values())
    assert [name for name, dag in dags.items() if dag["copies"]] == []


def test_every_notice_has_its_bulletins(load):
    dags = load()
    for notice_id in list_notices():
        dag = dags[f"bulletin__{notice_id}"]
        notice = load_notice(notice_id)
        assert dag["schedule"] == f"{len(planned_moments(notice))} 期通报"
        assert dag["dates"] == [], "past moments can be made again at any time"
        sends = {"send", "send_correction"} if notice.mail else set()
        steps = {"wait", "draft", "publish", "compare", "publish_correction"}
        assert set(dag["tasks"]) == steps | sends, "nobody is asked where the notice does not ask for it"
        assert {name for name, pool in dag["pools"].items() if pool == "mail"} == sends
        assert "不经人审签" in dag["doc"]
        assert dag["heavy"] == []


BOUNCES = """
import pipelines.notice as module
from pipelines.notice.mail import Bounces
load = module.load_notice
def load_notice(notice_id):
    notice = load(notice_id)
    mail = notice.mail and notice.mail.model_copy(update={"bounces": Bounces(connection="week_mail")})
    return notice.model_copy(update={"mail": mail})
module.load_notice = load_notice
"""
ONLY_MAIL = """
import pipelines.notice as module
load = module.load_notice
module.load_notice = lambda notice_id: load(notice_id).model_copy(update={"feeds": None, "recommend": None})
"""


def test_bounces_are_read_beside_sending_where_the_notice_says_from_where(load):
    assert load(ONLY_MAIL)["send__sd-vocational-week-2020"]["tasks"] == ["send_due"]
    dag = load(BOUNCES)["send__sd-vocational-week-2020"]
    assert sorted(dag["tasks"]) == ["push_due", "send_due", "settle_bounces"], (
        "and pushes where it feeds the media"
    )
    for slow in ("settle_bounces", "push_due"):
        assert dag["pools"][slow] != "mail", "a server that hangs keeps no mail waiting"


def test_a_notice_that_asks_for_approval_has_it_before_anything_goes_out(load):
    dag = load(APPROVED)["bulletin__sd-vocational-week-2020"]
    order = {name: place for place, name in enumerate(dag["tasks"])}
    assert order["draft"] < order["approve"] < order["publish"] < order["send"]
    assert order["compare"] < order["approve_correction"] < order["publish_correction"]
    assert "2 小时没有答复则发出" in dag["doc"]


@pytest.mark.parametrize("name", ["collect", "remind", "send"])
def test_a_notices_own_flow_runs_when_its_clock_or_a_person_starts_it(load, name):
    for dags in (load(), load(OPEN_TODAY)):
        dag = dags[f"{name}__sd-vocational-week-2020"]
        assert (dag["schedule"], dag["dates"]) == (None, [])


@pytest.mark.parametrize(
    ("name", "schedule"), {"collect": "*/10 * * * *", "send": "*/10 * * * *", "remind": "5 * * * *"}.items()
)
def test_a_clock_looks_over_all_notices_and_starts_the_flows_of_those_with_something_to_do(
    load, name, schedule
):
    dag = load()[name]
    assert dag["tasks"] == ["look_over", "start"]
    assert dag["schedule"] == schedule
    assert f"{name}__" in dag["doc"]
    assert "失败" in dag["doc"]
    assert dag["heavy"] == []


def test_a_notice_that_reminds_has_a_dag_for_it(load):
    dags = load()
    reminding = [one for one in list_notices() if load_notice(one).remind]
    assert reminding
    assert [one for one in sorted(dags) if one.startswith("remind__")] == [
        f"remind__{one}" for one in reminding
    ]
    for notice_id in reminding:
        dag = dags[f"remind__{notice_id}"]
        assert set(dag["tasks"]) == {"queue", "send", "columns"}
        assert dag["tasks"].index("queue") < dag["tasks"].index("send")
        assert {name for name, pool in dag["pools"].items() if pool == "mail"} == {"send"}
        assert "催报" in dag["name"]
        assert "失败" in dag["doc"]
        assert dag["heavy"] == []


def test_a_notice_that_selects_has_a_site(load):
    dag = load()["site__sd-vocational-week-2020"]
    assert (dag["tasks"], dag["pools"]["publish"]) == (["publish"], "warehouse")
    assert "失败" in dag["doc"]
    assert dag["heavy"] == []


def test_one_dag_looks_after_the_home_every_week(load):
    dag = load()["tidy"]
    assert set(dag["tasks"]) == {"fsck", "backup", "logs", "history", "lake"}
    assert dag["schedule"] == "0 3 * * 0"
    assert "失败" in dag["doc"]
    assert dag["heavy"] == []


def test_one_dag_looks_for_alarms_whatever_is_collected_and_every_other_one_tells_it_how_it_ended(load):
    dags = load()
    assert set(dags["alarms"]["tasks"]) == {"watch", "send"}
    assert dags["alarms"]["schedule"] == "5-59/10 * * * *"
    assert dags["alarms"]["pools"]["send"] == "mail"
    assert "失败" in dags["alarms"]["doc"]
    assert dags["alarms"]["heavy"] == []
    assert {tuple(dag["calls"]) for dag in dags.values()} == {(True, True)}
    assert {tuple(calls) for dag in dags.values() for calls in dag["noted"]} == {("note_task",)}


def test_every_task_has_a_line_of_its_own_on_what_to_do_when_it_failed(load):
    """The alarm of a failed run takes it from there: what the line above says is not beside it."""
    asked = {name: (dag["doc"], dag["shown"]) for name, dag in (load() | load(APPROVED)).items()}
    lines = {(name, task): remedy_of(doc, task) for name, (doc, tasks) in asked.items() for task in tasks}
    assert len(lines) > len(asked) > 10
    assert [place for place, remedy in lines.items() if not remedy or remedy.startswith("同")] == []


def test_a_broken_notice_is_shown_and_leaves_the_others_alone(load):
    dags = load(ONE_BROKEN)
    assert set(dags) - set(load()) == {"collect__broken"}
    assert set(load()) <= set(dags)
    assert "⚠" in dags["collect__broken"]["name"]
    assert "第 3 行" in dags["collect__broken"]["doc"]
    assert dags["collect__broken"]["schedule"], "it fails by itself, in red"


AGAIN = """
import pipelines.notice as module
def load_notice(notice_id):
    raise AssertionError(f"{notice_id} is read whole once more")
from pipelines.notice.cards import list_cards
from pipelines.ground.home import Home
list_cards(Home.default())
module.load_notice = load_notice
"""
ONE_TASK = """
os.environ["_AIRFLOW_PARSING_CONTEXT_DAG_ID"] = "collect__sd-vocational-week-2020"
"""


def test_a_folder_that_did_not_change_is_not_read_again(load):
    assert set(load(AGAIN)) == set(load())


def test_a_tasks_process_makes_no_other_notices_dags(load):
    dags = set(load(ONE_TASK))
    assert "collect__sd-vocational-week-2020" in dags
    assert {one for one in dags if "__" in one} == {"collect__sd-vocational-week-2020"}
