"""Names of units in running text: lists of them, where one ends, and whom a sentence speaks of."""

import re

SUFFIX = (
    r"(?:局|厅|司|署|妇联|工商联|残联|文联|科协|侨联|社科联|学联|作协|协作组|委|办|部|处|科|室|院|校|所|站|馆|中心|单位|部门|机构|企业|公司|集团|大学|学院|中学|小学|幼儿园|医院|班主任|辅导员|市|县|区|州|盟|旗|地|镇|乡|街道|会|社|团|政府|组"
    r"|大队|支队|总队|指挥部|防指|机关|协会|联盟|党委|党组织|支部|总支|园|园区|新区|系统|银行|分行|支行|基地|(?:党|团|社会|群团|工会|妇联|慈善|行业)组织|方面|高校|平台|银行|团体|媒体|工委|书院|农场|林场|兵团|监狱|法院|检察院|军分区|团县委|股|志愿者|队|站点|股室|窗口|车间|班子|小组|课题组|承办方|主体|项目部)"
)
_AREA = re.compile(
    r"^(?:各有关|各|有关|相关|全省)?(?:省|自治区|直辖市|(?:地级以上|设区的?|地级)?市|州|盟|地区|计划单列市|县|区|旗)(?:（[^）]*）)?$"
)
_SURE = re.compile(
    r"^(?:各|有关|相关|省|市|区|县|厅|局).*(?:局|厅|委|委员会|部门|单位|学校|高校|院校|企业|公司|医院|中心|政府)$"
)
_SURELY_NOT = re.compile(
    r"纸质|盖章|要求|通知|以下|如下|方案|总结|[。；：]|[交报]送?局|情况|工作的|是|对象|名单|材料"
)
_PLACE = re.compile(r"^(?!省|市)(?:直管市|[\u4e00-\u9fff]{2,6}(?:市|县|州|旗|盟|林区))$")
_PLACE_OFFICE = re.compile(
    r"^[\u4e00-\u9fff]{2,6}?(?:市|县|州|旗|盟|林区)(?:[\u4e00-\u9fff]{2,}(?:局|委|厅|办|部)|$)"
)
_ENDS = re.compile(rf"{SUFFIX}(?:（[^（）]*）)?$")
_NO_UNIT = re.compile(
    r"形成|^会同|^连同|^[在由从再]|^经(?!济|开|贸|信|发|营)|牵头|"
    r"^于|\d[月日时]|[日月底]前|对象|是|精心|纸质|电子|签字|盖章|期间|实行|[交报]送?局|稿|工作(?!委|局|部|站|处|办|科|领导|协会|组|室|委员会)|活动(?!中心|组委会|办公室|组织)|方案|情况|总结|材料|报告(?!单位)|名单|要求|通知|时间|内容|以下|我们|精神|全会|大会|会议|同时|机会|社会(?!保障|组织|科学|事务|工作|保险|福利|治安|体育)|地$(?<!各地)(?<!有关地)|因地|就地|当地$|实地|市场$|人人|本人|一会|负责人$|联系人$|联络人$|联络员$|申报人$|参加人|人选$|专人|信息(?!化|中心|局|科|处|产业|技术|安全|工程)|数据(?!局|管理|中心|资源|发展)|预案|计划|案例|日常|宣传(?!部|科|处|股).{0,3}$|培训会|推进会|认真|应当|按照|根据|围绕|结合|加强|通过|以上$|[。；：]"
)
_LEAD = re.compile(
    r"^(?:[自从]?[\d年月日]{2,11}(?:起|前|之前)|每[周月天日]|[\d年月日]{4,11}|请|望|并|由|对|另外|同时|此外|其中|要求|其他|其余|以上|凡|如|若|但|而|报请|希望|务请|烦请|敬请|也|还|均|以及|及|和|与|，|、)+(?=[各有市省县区\u4e00-\u9fff])"
)
_STOPS = re.compile(
    r"要(?!求)|应(?!急|用)|须|需(?!求)|请|于(?!都|田|洪)|将(?!军|乐)|把|每(?!家)|务必|务于|可(?!研)|按(?!察)|自(?!治|然|贡|主|愿参加)|负责(?!人)|通过|会同|牵头|汇总|对(?!外|口|接|台)|结合|根据|及时|认真|分别|统一(?!战)|在|组织(?!部|$|、|，|处|科|人事)"
    r"|随时|立即|必须|不得|报送|报(?!社|业|关|刊|告单位|名)|以(?!上|下)|同时|从|向|至少|的|发现|发生|接到|收到|遇|填报|填写|开展|形成|指定|安排|明确|确定|切实|高度|进一步|按|严格|选派|推荐|参照|依托|充分|积极|广泛|尽快|除|均|也|未|无|\d|第|上报|提交|反馈|因|若|如|审核|完成|登录|利用|围绕|加强|做好|继续|定期|逐|有意|自愿|初审|准备|提供|派|选|先|共同|联合(?!会|国|社)|并|核实|确保|制定|总结"
)


def is_unit(text: str) -> bool:
    """Whether a text looks like one unit, or one group of units."""
    text = text.strip("“”\"'")
    plain = re.sub(r"（[^（）]*）", "", text)
    if not 1 < len(text) <= 36 or (_SURELY_NOT if _SURE.match(plain) else _NO_UNIT).search(plain):
        return False
    return bool(_ENDS.search(text))


def split_units(text: str) -> list[str]:
    """The units of a list, brackets kept whole: 各市、县（区）财政局 is one, 各市、各单位 are two."""
    pieces = [piece.strip("“”。：: ") for piece in split_outside_brackets(text, "、，,；")]
    found: list[str] = []
    carry = ""
    for index, piece in enumerate(pieces):
        if not piece:
            continue
        following = pieces[index + 1] if index + 1 < len(pieces) else ""
        if _leads_on(piece, following):
            carry += piece + "、"
            continue
        found += _split_and(carry + piece)
        carry = ""
    return found


def _leads_on(piece: str, following: str) -> bool:
    """各市、县教育局 and 甲市、乙市教育局 are one: an area without an office, before what begins with an area."""
    if following.startswith(("各", "有关", "相关", "厅", "局", "委", "驻", "中央")):
        return False
    if _AREA.match(piece):
        return bool(
            re.match(
                r"^(?:自治|直辖|直管|省直管|计划|州|县|区|旗|盟|市(?!直)|地|新疆|省(?!属|直|级)|林区|（)",
                following,
            )
        )
    return bool(_PLACE.match(piece) and _PLACE_OFFICE.match(following))


def _split_and(piece: str) -> list[str]:
    """甲和各乙 are two; 工业和信息化局 is one."""
    parts = re.split(r"(?:以及|及|和|与)(?=各|有关|相关|省直|市直|省属|市属|所属|厅直|局直|委直)", piece)
    if len(parts) > 1 and all(is_unit(part) or _AREA.match(part) for part in parts):
        return parts
    return [piece]


def split_outside_brackets(text: str, marks: str) -> list[str]:
    """Parts between any of the marks; those in brackets, quotations and titles divide nothing."""
    found, depth = [""], 0
    for letter in text:
        depth += (letter in "（“《〔") - (letter in "）”》〕")
        if letter in marks and depth <= 0:
            found.append("")
        else:
            found[-1] += letter
    return found


def find_subject(clause: str) -> tuple[tuple[str, ...], int]:
    """The units that a clause begins with, and where the rest begins; nothing and 0 where it begins with none."""
    lead = _LEAD.match(clause)
    start = lead.end() if lead else 0
    rest = clause[start:]
    for stop in (*_STOPS.finditer(rest), None):
        head = rest[: stop.start()] if stop else rest
        head = head.rstrip("，、")
        if len(head) > 120:
            break
        if not head or _depth(head):
            continue
        units = split_units(head)
        if (
            len(units) > 1
            and is_unit(units[-1])
            and not any(is_unit(unit) or _AREA.match(unit) or len(unit) > 10 for unit in units[:-1])
            and re.search(r"以上|以下|类|级", head)
        ):
            units = [head]
        if units and (
            (units == [head] and "、" in head)
            or (
                all(is_unit(unit) or _AREA.match(unit) or _is_likely(unit) for unit in units)
                and is_unit(units[-1])
            )
            or all(_AREA.match(unit) for unit in units)
        ):
            return tuple(units), start + len(head)
        if stop and stop[0] in ("要", "应", "须", "需", "请", "于", "将", "每", "按", "的", "报送"):
            break
    return (), 0


def _is_likely(text: str) -> bool:
    """Among units, what begins like one and holds nothing that a unit's name never holds."""
    return (
        2 < len(text) <= 12
        and bool(re.match(r"^(?:各|省|市|县|区|有关|中央)", text))
        and not _NO_UNIT.search(text)
    )


def _depth(text: str) -> int:
    return sum(text.count(mark) for mark in "（“《") - sum(text.count(mark) for mark in "）”》")
