"""Lists of addressees and the units that a clause speaks of."""

import pytest

from pipelines.notice.draft.units import find_subject, split_units

LISTS = {
    "各市教育（教体）局，市党委宣传部、网信办": ["各市教育（教体）局", "市党委宣传部", "网信办"],
    "各市、县（区）财政局、科技局": ["各市、县（区）财政局", "科技局"],
    "各市、州、直管市、神农架林区教育局": ["各市、州、直管市、神农架林区教育局"],
    "各设区市、省直管县（市）教育局": ["各设区市、省直管县（市）教育局"],
    "各市、市直各单位": ["各市", "市直各单位"],
    "昆山市、沭阳县教育局，各高职院校": ["昆山市、沭阳县教育局", "各高职院校"],
    "厅机关各处室、厅属各单位": ["厅机关各处室", "厅属各单位"],
    "各高等学校、各市教育局及有关单位": ["各高等学校", "各市教育局", "有关单位"],
    "各市工业和信息化局": ["各市工业和信息化局"],
}
SUBJECTS = {
    "请各设区市发展改革委、联盟各成员单位于8月31日前将": ("各设区市发展改革委", "联盟各成员单位"),
    "各县（市、区）退役军人事务局会同宣传部门于5月20日前": ("各县（市、区）退役军人事务局",),
    "各市安委会办公室、省安委会各成员单位于每周五": ("各市安委会办公室", "省安委会各成员单位"),
    "规模以上工业、限额以上批发零售住宿餐饮企业于次年": ("规模以上工业、限额以上批发零售住宿餐饮企业",),
    "8月25日起各校每天上午9点前": ("各校",),
    "活动方案和联络员名单于5月25日前": (),
    "展示项目清单于10月28日前": (),
    "春节期间实行24小时值班": (),
    "在教育系统关工委组织开展评选": (),
}


@pytest.mark.parametrize("text", LISTS, ids=list(LISTS))
def test_a_list_is_parted_where_a_new_unit_begins(text: str) -> None:
    assert split_units(text) == LISTS[text]


@pytest.mark.parametrize("text", SUBJECTS, ids=list(SUBJECTS))
def test_a_clause_speaks_of_the_units_it_begins_with(text: str) -> None:
    assert find_subject(text)[0] == SUBJECTS[text]
