"""A proposed folder: evidence beside each value, real areas by their codes, every open value named by the check."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.ground.errors import BadNoticeError, NoticesError
from pipelines.notice import load_notice
from pipelines.notice.draft import draft_notice
from pipelines.notice.draft.folder import write_folder
from pipelines.notice.draft.places import divisions, find_realm
from pipelines.notice.files import OPEN
from pipelines.notice.folder import NOTICES

TEXT = """河南省应急管理厅关于开展冬季安全检查的通知

豫应急〔2024〕99号

各省辖市应急管理局：

定于2024年11月4日至15日在全省开展冬季安全检查，现通知如下：

一、各省辖市应急管理局于11月1日18:00前将检查方案报省应急管理厅综合处。

二、检查期间，每日17时前报送《检查情况统计表》（附件）。

三、检查结束后10日内报送总结。

附件：检查情况统计表

河南省应急管理厅
2024年10月20日

附件
检查情况统计表
填报单位（盖章）：
| 单位名称 | 检查企业数 | 发现隐患数 | 整改隐患数 |
| --- | --- | --- | --- |
"""
"""All that a definition needs is said, but for the roster's kind of area and where files come in."""


@pytest.fixture
def notices(tmp_path: Path) -> Path:
    shutil.copy(NOTICES / "words.yaml", tmp_path)
    return tmp_path


def test_a_whole_text_gives_a_folder_that_loads(notices: Path) -> None:
    text = TEXT.replace("各省辖市", "各市")
    questions = write_folder(draft_notice(text), notices / "ha-winter")
    notice = load_notice("ha-winter", notices)
    assert (notice.title, notice.document_number) == (
        "河南省应急管理厅关于开展冬季安全检查的通知",
        "豫应急〔2024〕99号",
    )
    assert {region.name for region in notice.cities} >= {"郑州市", "洛阳市", "济源市"}
    assert "郑州市应急局" in next(one for one in notice.recipients if one.city_code == "410100").aliases
    dues = {name: item.periods.periods() for name, item in notice.deliverables.items()}
    assert dues["plan"][0].due_at.isoformat() == "2024-11-01T18:00:00"
    assert [len(periods) for periods in dues.values()] == [1, 12, 1]
    assert dues["summary"][0].due_at.isoformat() == "2024-11-25T23:59:59"
    columns = notice.deliverables["daily_statistics"].columns
    assert [column.headers[0] for column in columns.values()][-3:] == [
        "检查企业数",
        "发现隐患数",
        "整改隐患数",
    ]
    assert any("sources" in question for question in questions)


def test_each_value_stands_below_its_sentence(notices: Path) -> None:
    write_folder(draft_notice(TEXT), notices / "ha-winter")
    lines = (notices / "ha-winter" / "notice.yaml").read_text("utf-8").splitlines()
    for key in ("title:", "document_number:", "opens:"):
        at = next(number for number, line in enumerate(lines) if line.startswith(key))
        assert lines[at - 1].startswith("# 原文：")
    assert any("# 原文：一" not in line and "11月1日18:00前将检查方案" in line for line in lines)


def test_what_the_text_does_not_say_is_named_line_by_line(notices: Path) -> None:
    text = TEXT.replace("河南", "云溪").replace("| 单位名称", "| 序号").split("附件\n检查")[0]
    questions = write_folder(draft_notice(text), notices / "open")
    with pytest.raises(BadNoticeError) as error:
        load_notice("open", notices)
    lines = (notices / "open" / "notice.yaml").read_text("utf-8").splitlines()
    left = [
        number for number, line in enumerate(lines, 1) if OPEN in line and not line.lstrip().startswith("#")
    ]
    assert left
    for number in left:
        assert any(
            f"notice.yaml 第 {number} 行" in one and "还没有回答" in one for one in error.value.problems
        )
    assert any("regions.csv" in one for one in questions)
    assert any("regions.csv" in one for one in error.value.problems)


TEXTS = sorted((Path(__file__).parent / "texts").glob("*.txt"))


@pytest.mark.parametrize("path", TEXTS, ids=[path.stem for path in TEXTS])
def test_whatever_is_left_is_an_answer_or_a_roster(notices: Path, path: Path) -> None:
    """These provinces are made up, so areas and rosters are always left; nothing else may be wrong with what was written."""
    write_folder(draft_notice(path.read_text("utf-8")), notices / "drafted")
    with pytest.raises(BadNoticeError) as error:
        load_notice("drafted", notices)
    allowed = ("还没有回答", "一行也没有", "名册里没有", "没有日期列")
    assert [one for one in error.value.problems if not any(word in one for word in allowed)] == []


def test_the_same_numbers_on_several_days_are_one_deliverable(notices: Path) -> None:
    text = TEXT.replace("二、检查期间，每日17时前报送", "二、分别于11月8日、11月15日报送").replace(
        "各省辖市", "各市"
    )
    write_folder(draft_notice(text), notices / "ha-winter")
    periods = load_notice("ha-winter", notices).deliverables["statistics"].periods.periods()
    assert [period.key for period in periods] == ["2024-11-08", "2024-11-15"]


def test_what_is_there_is_never_written_over(notices: Path) -> None:
    (notices / "taken").mkdir()
    (notices / "taken" / "notice.yaml").write_text("id: taken\n", "utf-8")
    with pytest.raises(NoticesError, match="不覆盖"):
        write_folder(draft_notice(TEXT), notices / "taken")
    assert (notices / "taken" / "notice.yaml").read_text("utf-8") == "id: taken\n"


def test_a_folder_that_can_be_no_id_is_refused(notices: Path) -> None:
    with pytest.raises(NoticesError, match="小写字母"):
        write_folder(draft_notice(TEXT), notices / "冬季检查")
    assert not (notices / "冬季检查").exists()


def test_division_codes_are_whole() -> None:
    codes = divisions()
    assert len(codes) > 3000
    assert len([code for code in codes if code.endswith("0000")]) == 34
    assert all(len(code) == 6 and code.isdigit() for code in codes)


@pytest.mark.parametrize(
    ("issuer", "cities", "counties"),
    [
        ("山东省教育厅", 16, 136),
        ("海南省教育厅", 19, 13),
        ("北京市教育委员会", 16, 0),
        ("重庆市教育委员会", 38, 0),
        ("新疆维吾尔自治区教育厅", 26, 98),
        ("广东省教育厅", 21, 122),
        ("苏州市教育局", 9, 0),
        ("共青团山东省委", 16, 136),
    ],
)
def test_an_issuers_realm_is_what_reports_to_it(issuer: str, cities: int, counties: int) -> None:
    realm = find_realm(issuer)
    assert realm is not None
    assert (len(realm.cities), len(realm.counties)) == (cities, counties)


def test_a_made_up_province_has_no_realm() -> None:
    assert find_realm("云溪省教育厅", "某省教育厅") is None


def test_what_happens_is_reported_within_its_hours(notices: Path) -> None:
    text = TEXT.replace("各省辖市", "各市").replace(
        "三、检查结束",
        "三、发现重大事故隐患的，各市应急管理局应在2小时内报送事故隐患情况统计表。\n\n四、检查结束",
    )
    questions = write_folder(draft_notice(text), notices / "ha-winter")
    path = notices / "ha-winter" / "notice.yaml"
    path.write_text(path.read_text("utf-8").replace(f"[{OPEN}]", "[涉及人数]"), "utf-8")
    notice = load_notice("ha-winter", notices)
    (found,) = [item for item in notice.deliverables.values() if item.within is not None]
    assert found.within == timedelta(hours=2)
    assert found.columns["occurred_at"].required
    assert any("发生时算起" in question for question in questions)


LISTED = """三、各市应急管理局于11月20日前报送《先进单位推荐表》（附件2）。

四、检查结束后10日内报送总结。

附件：1.检查情况统计表
2.先进单位推荐表
"""
TABLE = """
附件2
先进单位推荐表
| 序号 | 企业名称 | 成立时间 | 职工人数 | 隐患整改率 | 投入资金 | 联系电话 |
| --- | --- | --- | --- | --- | --- | --- |
"""


def test_what_a_table_names_one_by_one_is_a_list_with_typed_columns(notices: Path) -> None:
    text = TEXT.replace("各省辖市", "各市").replace(
        "三、检查结束后10日内报送总结。\n\n附件：检查情况统计表\n", LISTED
    )
    write_folder(draft_notice(text + TABLE), notices / "ha-winter")
    notice = load_notice("ha-winter", notices)
    (found,) = [item for item in notice.deliverables.values() if item.kind == "list"]
    assert found.identity == ("name",)
    assert {column.headers[0]: column.type for column in found.columns.values()} == {
        "企业名称": "text",
        "成立时间": "date",
        "职工人数": "count",
        "隐患整改率": "percent",
        "投入资金": "money",
        "联系电话": "phone",
    }
