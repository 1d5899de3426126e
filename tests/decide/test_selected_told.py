"""What is selected is told by the bulletin, and traced to its cells and back."""

from datetime import timedelta

import pytest

from pipelines.ask.item_trace import selections_of_file, trace_item
from pipelines.ground.errors import NoticesError
from pipelines.report.measure import measure_bulletin
from pipelines.report.wording import word_bulletin
from pipelines.select.chosen import read_chosen
from tests.decide.inbox import JINAN, NOW

HOUR = timedelta(hours=1)
LATER = NOW + HOUR
QINGDAO = "人社厅收件/青岛市人力资源和社会保障局/日报.csv"


def test_a_bulletin_says_by_unit_what_was_selected_and_nothing_where_nothing_was(take, home, notice, at_once):
    def word(of, at):
        return str(word_bulletin(measure_bulletin(home.published, of, "daily", at)))

    before = word(notice, LATER)
    assert "遴选" not in before
    with at_once():
        take("select", LATER, path=JINAN, row=2)
        take("select", LATER, path=QINGDAO, row=2)
        take("decline", LATER, path="教育厅收件/济南市教育局/日报二.csv", row=2)
    told = word(notice, LATER)
    assert "入选2条，来自2个单位：济南市教育局1条、青岛市人力资源和社会保障局1条。" in told
    assert "遴选" not in word(notice.model_copy(update={"selection": None}), LATER)
    assert "遴选" not in word(notice, NOW), "a past bulletin does not change by a later decision"


def test_a_selected_item_is_traced_to_its_cells_and_a_file_to_what_was_selected_of_it(
    take, home, notice, at_once
):
    with at_once():
        decided = take("select", LATER, path=JINAN, row=2).decision
        take("undo", LATER + HOUR, subject=decided.id)
        take("select", LATER + 2 * HOUR, path=JINAN, row=2, publishable=True)
    (one,) = read_chosen(home, notice, LATER + 2 * HOUR)
    found = trace_item(home.published, notice.id, one.item_id, LATER + 2 * HOUR)
    cells = {row[2]: (row[3], row[4], row[5]) for row in found.cells.rows}
    assert cells["A2"][:2] == ("活动日期", "11月9日")
    assert cells["C2"] == ("标题", "开幕式", "开幕式")
    assert cells["E2"] == ("参与人数", "300", 300)
    assert {row[0] for row in found.cells.rows} == {JINAN}
    assert [row[0] for row in found.decisions.rows] == ["D0001", "D0003"]
    assert [row[0] for row in found.state.rows] == ["入选"]
    back = selections_of_file(home.published, notice.id, JINAN, LATER + 2 * HOUR)
    assert [(row[0], row[5]) for row in back.rows] == [(one.item_id, 2)]
    assert selections_of_file(home.published, notice.id, JINAN, NOW).rows == []
    with pytest.raises(NoticesError, match="没有过有效行"):
        trace_item(home.published, notice.id, "0" * 32, LATER)
