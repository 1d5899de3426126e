"""Customary names of bureaus: a code for each field of work, and what units of it are called besides."""

import re

FIELDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("人力资源|人社", "hr", ("人力资源和社会保障局", "人力资源社会保障局", "人社局")),
    ("教育工委", "education_committee", ("委教育工委",)),
    ("教育(?!社|工委)|教体", "education", ("教育局", "教育和体育局", "教体局")),
    ("卫生健康|卫健", "health", ("卫生健康委员会", "卫生健康委", "卫健委", "卫生健康局", "卫健局")),
    ("疾控|疾病预防", "disease_control", ("疾病预防控制局", "疾控局")),
    ("工业和信息化|工信|经信", "industry", ("工业和信息化局", "工信局", "经信局")),
    ("农业农村", "agriculture", ("农业农村局", "农业局")),
    ("文化和旅游|文旅|文广旅", "culture", ("文化和旅游局", "文旅局", "文化广电和旅游局", "文广旅局")),
    ("住房和?城乡|住建", "housing", ("住房和城乡建设局", "住房城乡建设局", "住建局")),
    ("市场监督|市场监管", "market", ("市场监督管理局", "市场监管局")),
    ("应急", "emergency", ("应急管理局", "应急局")),
    ("安委", "safety_committee", ("安全生产委员会办公室", "安委会办公室", "安委办")),
    ("发展和?改革|发改", "development", ("发展和改革委员会", "发展改革委", "发改委")),
    ("科学技术|科技", "science", ("科学技术局", "科技局")),
    ("生态环境", "ecology", ("生态环境局", "环保局")),
    ("自然资源", "natural_resources", ("自然资源局", "自然资源和规划局")),
    ("交通", "transport", ("交通运输局", "交通局")),
    ("退役军人", "veterans", ("退役军人事务局", "退役军人局")),
    ("医疗保障|医保", "medical_insurance", ("医疗保障局", "医保局")),
    ("城市管理|城管", "city_management", ("城市管理局", "城管局")),
    ("网信", "cyberspace", ("委网信办", "网信办")),
    ("宣传部", "propaganda", ("委宣传部",)),
    ("国资", "sasac", ("人民政府国有资产监督管理委员会", "国资委")),
    ("总工会|工会", "trade_union", ("总工会",)),
    ("团委|共青团|团", "youth_league", ("团委",)),
    ("妇联|妇女联合", "women", ("妇女联合会", "妇联")),
    ("民政", "civil_affairs", ("民政局",)),
    ("财政", "finance", ("财政局",)),
    ("商务", "commerce", ("商务局",)),
    ("体育", "sports", ("体育局",)),
    ("统计", "statistics_bureau", ("统计局",)),
    ("水利|水务", "water", ("水利局", "水务局")),
    ("林业", "forestry", ("林业局", "林业和草原局")),
    ("公安", "police", ("公安局",)),
    ("司法", "justice", ("司法局",)),
    ("审计", "audit", ("审计局",)),
    ("消防", "fire", ("消防救援支队", "消防救援大队")),
    ("高等职业|高职", "higher_vocational_college", ()),
    ("技工", "technician_college", ()),
    ("高等|高校|大学|学院", "college", ()),
    ("学校|中小学|幼儿园|院校", "school", ()),
    ("医院|医疗机构|卫生院", "hospital", ()),
    ("企业|公司", "enterprise", ()),
    ("部门|单位", "department", ()),
)
_EVERY_AREA = re.compile(
    r"^(?:各)?(?P<level>设区的?市|地级以上市|市(?:（[^）]*）)?|市州|州市|州|盟市|县(?:（[^）]*）)?|县区|区县|区(?:（[^）]*）)?|市、县(?:（[^）]*）)?)(?P<office>.+)$"
)


def field_of(phrase: str) -> tuple[str, tuple[str, ...]]:
    """The code of a phrase's field of work and its units' customary names; 'unit' where none is known."""
    plain = re.sub(r"（[^）]*）", "", phrase)
    for pattern, code, names in FIELDS:
        if re.search(pattern, plain):
            return code, names
    return "unit", ()


def every_area(phrase: str) -> str | None:
    """The office that a phrase asks of every area (各市某某局 is 某某局); None where it names single units or no areas."""
    found = _EVERY_AREA.match(phrase)
    return found["office"] if found else None


def names_in(area: str, office: str) -> list[str]:
    """What an area's office is called: as the notice writes it first, then by custom."""
    plain = re.sub(r"（[^）]*）", "", office)
    customary = field_of(office)[1] if re.search(r"(?:局|委|委员会|办|办公室|部|会|联)$", plain) else ()
    if plain == "团委":
        level = area[-1] if area[-1] in "省市县区" else "市"
        return [f"共青团{area}委", f"{area}团委", f"团{area[:-1]}{level}委"]
    if plain.startswith(("党委", "委")):
        plain = plain.removeprefix("党")
    names = [f"{area}{plain}", *(f"{area}{name}" for name in customary)]
    short = area[:-1] if len(area) > 2 and area[-1] in "市县区" else area
    names += [
        f"{short}{name}" for name in (plain, *customary[:1]) if short != area and not name.startswith("委")
    ]
    return list(dict.fromkeys(names))
