"""The alarm of a failed run says what failed, which file, whose fault it is and what to do; and forgets it with the run."""

from email import message_from_bytes
from email.policy import default

from pipelines.alarms import Condition
from pipelines.alarms.failed import describe_failure, end_failed, note_failed, state_failed
from pipelines.alarms.journal import Alarms
from pipelines.read.no_answer import mistaken
from pipelines.read.submission import Job
from pipelines.warehouse.masks import Masks
from tests.alarms.conftest import NOTICE, NOW

FLOW = f"collect__{NOTICE}"
FAILED = Condition("run_failed", NOTICE, FLOW, f"流程“收件入库”（{FLOW}）运行失败")
PAGE = """
| 任务 | 做什么 | 失败了怎么办 |
|---|---|---|
| 2 读表 | 把文件读成行 | 没有判定任何单位；把那句话交维护人员 |
"""
PATH = "教育厅收件/济南市教育局/日报.xlsx"


def note(home, task, sentence, run="run-1"):
    note_failed(home, NOTICE, FLOW, run, task, sentence, NOW)


def fail(home, run="run-1"):
    state_failed(home, FAILED, run, "有任务失败", NOW)
    with Alarms(home.alarms) as journal:
        (one,) = journal.standing()
    return one.sentence


def test_the_alarm_names_task_file_and_what_to_do(home, looks):
    job = Job("r", "education", PATH, "/objects/aa/" + "a" * 62, "a" * 64, 1, NOW.replace(tzinfo=None), {})
    error = mistaken(job, "Traceback\nTypeError: no such thing")
    note(home, "read 3", describe_failure("2 读表", str(error), PAGE))
    said = fail(home)
    for part in ("“2 读表”", PATH, "TypeError", "没有判定", "与报送单位无关", "交维护人员", "run-1", FLOW):
        assert part in said
    looks(0)
    (letter,) = [message_from_bytes(path.read_bytes(), policy=default) for path in home.eml.rglob("*.eml")]
    assert PATH in letter.get_body(("plain",)).get_content().replace("\n", "")


def test_a_run_that_is_tried_again_begins_without_notes(home):
    note(home, "read 3", "任务“2 读表”：甲.xlsx 没有读成")
    assert "甲.xlsx" in fail(home)
    note(home, "load", "任务“4 入库”：磁盘满了")
    said = fail(home)
    assert "磁盘满了" in said
    assert "甲.xlsx" not in said
    note(home, "load", "任务“4 入库”：磁盘满了")
    end_failed(home, FAILED, NOW)
    assert "磁盘" not in fail(home, "run-1"), "it ended well meanwhile"
    with Alarms(home.alarms) as journal:
        assert journal.base.execute("SELECT count(*) FROM failures").fetchone() == (0,)


def test_what_another_run_said_is_not_said_of_this_one(home):
    note(home, "read 0", "任务“2 读表”：甲.xlsx 没有读成", "another")
    assert fail(home) == f"{FAILED.sentence}：有任务失败（run-1）"


def test_of_many_tasks_the_first_are_told_and_the_others_counted(home):
    for number in range(5):
        note(home, f"read {number}", describe_failure("2 读表", f"{number}.xlsx {'长' * 2000}", PAGE))
    said = fail(home)
    assert "0.xlsx" in said
    assert "另有 3 个任务失败" in said
    assert len(said.encode()) < 3500, "a message to a group holds it whole"


def test_no_name_telephone_number_or_address_leaves_in_an_alarm(home):
    with Masks(home.masks)._open() as base:
        base.execute("INSERT INTO names VALUES (?, ?)", [NOTICE, "欧阳某某"])
    note(home, "read 0", "任务“2 读表”：欧阳某某 13800000000 a@example.org.xlsx 没有读成")
    said = fail(home)
    for one in ("欧阳某某", "13800000000", "a@example.org"):
        assert one not in said
    home.masks.write_bytes(b"garbage")
    note(home, "read 0", "13800000000.xlsx 没有读成")
    said = fail(home)
    assert "没有读成" in said
    assert "13800000000" not in said
