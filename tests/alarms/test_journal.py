"""An alarm is raised once, stands until its cause has been gone for a while, and is over once; in whatever pieces it is told."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.alarms import Condition, end, state
from pipelines.alarms.journal import FILE, Alarms, read_alarms
from pipelines.ground.errors import KeptFault
from pipelines.ground.home import Home
from tests.alarms.conftest import NOTICE, NOW

PATIENCE = timedelta(minutes=20)
STEP = timedelta(minutes=10)
DISK = Condition("disk", "", "", "只剩 1 GiB")
FAILED = Condition("run_failed", NOTICE, "collect__x", "流程“收件入库”运行失败")
FORM = Condition("form_columns", NOTICE, "form:before-after", "表单少了“标题”一列")


def take(journal, found, now, settled=lambda alarm: None):
    journal.take(found, lambda alarm: True, settled, now, PATIENCE)


def spans(journal):
    return [(one.raised_at, one.over_at) for one in journal.all()]


def expected(presence):
    """Raised where it is first seen, over at the first look that finds it gone for PATIENCE."""
    found, raised, gone = [], None, None
    for place, is_there in enumerate(presence):
        now = NOW + place * STEP
        if is_there:
            raised, gone = raised or now, None
        elif raised:
            gone = gone or now
            if now - gone >= PATIENCE:
                found.append((raised, now))
                raised = gone = None
    return [*found, *([(raised, None)] if raised else [])]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(presence=st.lists(st.booleans(), min_size=1, max_size=8), repeats=st.integers(1, 2))
def test_any_course_of_a_cause_gives_its_alarms_whoever_dies_and_looks_again(
    tmp_path_factory, presence, repeats
):
    folder = tmp_path_factory.mktemp("alarms")
    for place, is_there in enumerate(presence):
        for _ in range(repeats):
            with Alarms(folder) as journal:
                take(journal, [DISK] if is_there else [], NOW + place * STEP)
    with Alarms(folder) as journal:
        assert spans(journal) == expected(presence)


def test_what_could_not_be_looked_at_stays_as_it_was(tmp_path):
    with Alarms(tmp_path) as journal:
        take(journal, [DISK], NOW)
        for minutes in (10, 60, 600):
            journal.take(
                [], lambda alarm: False, lambda alarm: None, NOW + timedelta(minutes=minutes), PATIENCE
            )
        assert [one.gone_at for one in journal.standing()] == [None]


def test_a_run_that_fails_again_is_the_same_alarm_and_its_success_ends_it(home: Home):
    assert state(home, FAILED, NOW)
    assert not state(home, FAILED, NOW + STEP)
    end(home, FAILED.key, NOW + 2 * STEP)
    end(home, FAILED.key, NOW + 3 * STEP)
    with Alarms(home.alarms) as journal:
        for step in (3, 4, 5):
            journal.take([], lambda alarm: False, lambda alarm: None, NOW + step * STEP, PATIENCE)
        ((raised, over),) = spans(journal)
        assert (raised, over) == (NOW, NOW + 4 * STEP)
        assert journal.all()[0].gone_at == NOW + 2 * STEP


def test_one_that_comes_and_goes_is_one(home: Home):
    for step in range(0, 8, 2):
        state(home, FAILED, NOW + step * STEP)
        end(home, FAILED.key, NOW + (step + 1) * STEP)
        with Alarms(home.alarms) as journal:
            journal.take([], lambda alarm: False, lambda alarm: None, NOW + (step + 1) * STEP, PATIENCE)
    with Alarms(home.alarms) as journal:
        assert spans(journal) == [(NOW, None)]


def test_nothing_ends_what_never_was_and_no_journal_is_made_for_it(home: Home):
    end(home, FAILED.key, NOW)
    assert read_alarms(home) == ([], None)
    assert not home.alarms.exists()


@pytest.mark.parametrize("condition", [FAILED, FORM], ids=["a run", "a form"])
def test_what_no_look_finds_is_over_when_a_person_settles_it(home: Home, condition: Condition):
    state(home, condition, NOW)
    with Alarms(home.alarms) as journal:
        take_nothing = (lambda alarm: False, lambda alarm: "li：已改", NOW + STEP, PATIENCE)
        journal.take([], *take_nothing)
        assert spans(journal) == [(NOW, NOW + STEP)]
        assert journal.all()[0].settled_by == "li：已改"


def test_a_change_of_a_form_is_said_once_however_often_it_is_stated(home: Home):
    state(home, FORM, NOW)
    with Alarms(home.alarms) as journal:
        journal.take([], lambda alarm: False, lambda alarm: "li：知道了", NOW + STEP, PATIENCE)
    assert not state(home, FORM, NOW + 2 * STEP)
    assert read_alarms(home)[0] == []


def test_what_is_in_hand_still_stands_and_a_person_can_take_that_back(tmp_path):
    with Alarms(tmp_path) as journal:
        take(journal, [DISK], NOW)
        take(journal, [DISK], NOW + STEP, lambda alarm: "li：在换磁盘")
        assert [one.settled_by for one in journal.standing()] == ["li：在换磁盘"]
        take(journal, [DISK], NOW + 2 * STEP)
        assert [one.settled_by for one in journal.standing()] == [None]


def test_a_journal_that_is_gone_or_damaged_is_said(home: Home):
    state(home, FAILED, NOW)
    path = home.alarms / FILE
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(KeptFault, match="恢复"):
        read_alarms(home)
    path.unlink()
    with pytest.raises(KeptFault, match="不见了"):
        read_alarms(home)


def test_moments_keep_their_zone(home: Home):
    local = datetime.fromisoformat("2020-11-10T12:00:00+08:00")
    state(home, FAILED, local)
    assert read_alarms(home)[0][0].raised_at == NOW == local
