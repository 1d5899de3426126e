"""Parameters that are looked at once are what they were: what does not fit is refused, and a copy is a copy."""

import pytest

from tests.dags.airflow_runs import SETTINGS, Nursery
from tests.dags.conftest import python_environment

pytestmark = pytest.mark.airflow

LOOK = """
import copy
from airflow.sdk import Param
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.exceptions import ParamValidationError
from schemas import check_schemas_once
check_schemas_once()
check_schemas_once()

def refused(work):
    try:
        work()
    except ParamValidationError:
        return True
    return False

moment = Param(None, type=["null", "string"], pattern="^[0-9]{4}")
params = ParamsDict({"now": moment, "times": Param(3, type="integer"), "words": Param(["a"], type="array")})
assert params.dump() == params.dump() == {"now": None, "times": 3, "words": ["a"]}
assert refused(lambda: params.__setitem__("now", "soon"))
params["now"] = "2020"
assert params["now"] == params["now"] == "2020"
assert refused(lambda: Param("3", type="integer").resolve())
wrong = Param(None, type="integer")
assert [refused(wrong.resolve) for _ in range(3)] == [True] * 3
assert wrong.resolve(suppress_exception=True) is None
assert refused(wrong.resolve)
assert refused(Param(True, type="string").resolve)
assert Param(1, type="integer").resolve() == 1
assert refused(lambda: Param(True, type="integer").resolve()), "one is not True"
copied = copy.deepcopy(params)
copied["now"], copied["times"] = "2021", 4
copied["words"].append("b")
assert params.dump() == {"now": "2020", "times": 3, "words": ["a"]}
assert copied.dump() == {"now": "2021", "times": 4, "words": ["a", "b"]}
print("as they were")
"""


def test_looking_once_changes_no_answer(tmp_path, nursery: Nursery):
    env = python_environment(tmp_path / "home")
    assert "as they were" in nursery.run(SETTINGS + LOOK, env=env, log=tmp_path / "log")
