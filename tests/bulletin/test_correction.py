"""A correction says once, of every published bulletin, which figures are no longer what was said."""

import pytest

from pipelines.bulletin.stated import FIGURES, Change
from pipelines.notice.bulletins import Corrections
from pipelines.send.outbox import Outbox
from tests.bulletin.conftest import FIRST, SECOND, THIRD

pytestmark = pytest.mark.usefixtures("undrawn")
STEM = "2030-01-01T000000-correction"


def late_answer(one, day=10, **given):
    """Something received on a day that is known only now, as an exported questionnaire's answer is."""
    one.world.send("乙一校", "materials", f"2021-05-{day} 08:00:00", f"2021-05-{day}", **given)
    one.publish()


def test_nothing_changed_is_nothing_to_correct(office):
    one = office()
    assert one.correction() is None
    one.bulletin(FIRST)
    assert one.correction() is None


def test_what_came_after_the_moment_corrects_nothing(office):
    one = office()
    one.bulletin(FIRST)
    one.world.send("乙一校", "materials", "2021-05-10 18:00:01", "2021-05-10")
    one.publish()
    assert one.correction() is None


def test_a_late_answer_is_corrected_once_in_every_bulletin_it_touches(office):
    one = office()
    for moment in (FIRST, SECOND, THIRD):
        one.bulletin(moment)
    late_answer(one, day=11)
    said = one.correction()
    assert said == {"stem": STEM, "is_published": True, "new": 2, "known": 0}
    text = one.text(STEM)
    assert "2期的数据有变化" in text
    assert "第2期" not in text, "the first evening was before the answer"
    assert "第3期（截至2021年5月11日18时）\n全部：" in text
    assert "有效材料由3件更正为4件" in text
    assert "涉及乙市" in text
    assert "第4期（截至2021年5月12日18时）：" in text
    assert "截至时刻以前的报送有变化" in text
    assert "口径" not in text.split("更正的原因")[1].split("最近一期")[0]
    assert one.correction() is None
    with Outbox(one.home.mail) as outbox:
        assert [row.what for row in outbox.rows() if row.purpose == "correction"] == [STEM, STEM]
    page = (one.shelf.root / "index.html").read_text("utf-8")
    assert page.count(f'href="#{STEM}"') == 2, "both corrected bulletins point at it"


def test_a_second_change_is_measured_from_the_first_correction(office):
    one = office()
    one.bulletin(FIRST)
    late_answer(one)
    one.correction()
    late_answer(one)
    said = one.correction()
    assert said["stem"] == f"{STEM}-2"
    assert "有效材料由3件更正为4件" in one.text(said["stem"])


def test_changed_rules_are_named_as_the_reason(office):
    one = office()
    one.bulletin(FIRST)
    from pipelines.warehouse.files import open_file

    one.world.send("乙一校", "materials", "2021-05-10 08:00:00", "2021-05-10")
    with open_file(one.world.path) as connection:
        connection.execute("UPDATE raw.versions SET fingerprint = 'another'")
    one.publish()
    one.correction()
    assert "规则或程序有调整" in one.text(STEM)


def test_a_change_below_the_threshold_is_left(office):
    one = office(corrections={"counts": 2, "rates": 1.0, "sums": 9.0})
    one.bulletin(THIRD)
    late_answer(one)
    assert one.correction() is None
    late_answer(one)
    said = one.correction()
    assert "有效材料由4件更正为6件" in one.text(said["stem"]), "small changes add up"


def test_a_withheld_correction_is_not_brought_up_again_but_a_further_change_is(office):
    one = office()
    one.bulletin(FIRST)
    late_answer(one)
    assert one.correction("withhold")["is_published"] is False
    assert one.correction() is None
    late_answer(one)
    assert "有效材料由2件更正为4件" in one.text(one.correction()["stem"])


@pytest.mark.parametrize(
    ("name", "old", "new", "is_worth"),
    [
        ("materials", 100, 101, True),
        ("materials", 100, 100, False),
        ("reporting_rate", 0.5, 0.51, True),
        ("reporting_rate", 0.5, 0.509, False),
        ("reporting_rate", None, 0.0, True),
        ("reporting_rate", 0.3, None, True),
        ("participants", 1000, 1050, True),
        ("participants", 1000, 1049, False),
        ("participants", 1000, 950, True),
        ("participants", 0, 1, True),
    ],
)
def test_thresholds(name, old, new, is_worth):
    figure = next(one for one in FIGURES if one.name == name)
    assert Change("甲市", figure, old, new, "", "").is_worth(Corrections()) is is_worth
