"""What the peers know of the notice's tables: its headers, its words, and the days on which things may have happened."""

import re

HEADERS = {
    "activity_date": ["活动日期", "日期", "活动时间"],
    "material_type": ["材料类型", "类型", "素材类型"],
    "title": ["标题", "题目", "名称"],
    "category": ["活动类别", "类别"],
    "theme": ["宣传主题", "主题"],
    "county": ["县（市、区）", "县区", "所在县区"],
    "participants": ["参与人数", "参加人数", "线下参与人数"],
    "online_views": ["线上观看人次", "观看人次", "线上观看量"],
    "link": ["链接", "网址", "链接地址"],
}
BY_HEADER = {header: column for column, headers in HEADERS.items() for header in headers}
LISTS = {
    "material_type": ["典型案例", "稿件", "照片", "视频"],
    "category": ["线上宣传展示", "主题推介", "技术技能服务", "宣传活动"],
    "theme": ["方针政策", "发展成果", "抗疫事迹", "职教故事"],
}
COUNTS = ("participants", "online_views")
REQUIRED = ("activity_date", "material_type", "title", "category")
MULTIPLIERS = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
NOTHING = ["-", "—", "——", "–", "/", "\\", "无"]
FIRST_DAY, LAST_DAY = "2020-11-08", "2020-11-14"
LINK = r"^https?://\S+$"


def column_of(cell: object) -> str:
    """The column that a header names; its own text where it names none."""
    text = re.sub(r"\s", "", str(cell))
    return BY_HEADER.get(text) or BY_HEADER.get(re.sub(r"（[^（）]*）$", "", text), text)
