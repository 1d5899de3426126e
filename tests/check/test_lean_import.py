"""Great Expectations imported leanly judges as it does imported plainly, and a package that cannot spare anything is imported all the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.check.lean_import import LATER, LEFT_OUT, import_leanly
from pipelines.ground.home import ROOT

JUDGED = """
import sys, json
if {plainly}:
    import great_expectations
sys.path.insert(0, {tests!r})
from test_validate import NOTICE, _rows, _sheets
from pipelines.check.validate import validate_rows
bad = [
    {{}},
    {{"activity_date": None}},
    {{"category": "别的"}},
    {{"participants_given": "若干", "participants_state": "unreadable"}},
    {{"participants_given": "-3", "participants": -3, "participants_state": "read"}},
    {{"title": None, "title_given": None}},
]
verdicts, results = validate_rows(NOTICE, _rows(*bad), _sheets())
print(json.dumps([verdicts.to_pylist(), [vars(one) for one in results]], default=str))
print(json.dumps(sorted({names!r} & {{name for name in sys.modules if is_loaded(sys.modules[name])}})))
"""
IS_LOADED = """
import importlib.util
def is_loaded(module):
    return type(module) is not importlib.util._LazyModule
"""


def _judge(plainly: bool) -> list[str]:
    program = IS_LOADED + JUDGED.format(
        plainly=plainly, tests=str(Path(__file__).parent), names=set(LATER | LEFT_OUT)
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.slow
def test_results_are_those_of_the_plain_import() -> None:
    lean, plain = _judge(plainly=False), _judge(plainly=True)
    assert '"reason": "missing_required"' in lean[0]
    assert lean[0] == plain[0]
    assert lean[1] == "[]", "not spared"
    assert '"scipy.stats"' in plain[1], "nothing there to spare"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    made = tmp_path / "needs_much"
    made.mkdir()
    (made / "part.py").write_text("times = 0\n")
    return made


def test_a_package_that_needs_what_is_left_out_is_imported_plainly(
    package: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (package / "__init__.py").write_text("from needs_much import part\nimport pyspark\n")
    (package.parent / "pyspark.py").write_text("here = True\n")
    sys.modules.pop("pyspark", None)
    import_leanly("needs_much")
    assert not {"needs_much", "needs_much.part", "pyspark"} & sys.modules.keys()
    assert "照常导入" in caplog.text
    import needs_much  # type: ignore[import-not-found]

    assert needs_much.pyspark.here
    for name in ("needs_much", "needs_much.part", "pyspark"):
        del sys.modules[name]


def test_what_comes_later_comes_when_it_is_used(package: Path) -> None:
    (package / "__init__.py").write_text("import mistune\n")
    (package.parent / "mistune.py").write_text(
        "import needs_much.part\nneeds_much.part.times += 1\nsaid = 5\n"
    )
    kept = sys.modules.pop("mistune", None)
    import_leanly("needs_much")
    import needs_much

    assert "needs_much.part" not in sys.modules
    assert needs_much.mistune.said == 5
    assert sys.modules["needs_much.part"].times == 1
    for name in ("needs_much", "needs_much.part", "mistune"):
        del sys.modules[name]
    if kept:
        sys.modules["mistune"] = kept
