"""Verbs of handing in, whom something goes to, and by which way."""

import re
from dataclasses import dataclass

from pipelines.notice.draft.text import without_brackets

_NOUN_AFTER = r"(?!情况(?:进行|纳入|作为|予以|将|的通报)|工作(?!总结|方案|情况|计划|报告|台账|简报|信息|进展|动态|开展|联系|联络|专班|小结|汇报|预案|措施)|要求|时间|时限|渠道|方式|内容|范围|对象|途径|信息员(?!名单|信息|及)|单位(?!统一|名单|基本)|制度|人员(?!名单|信息|情况|名册|花名)|人(?![数次选员])|质量(?!安全|监督|管理|技术|发展|检|强)|机制|流程|系统|平台|任务(?!清单|完成)|程序|数量(?!表|情况)|名额|格式|截止|日期|期限|口径|周期|频次|次数|主体|责任|网址|邮箱|地址|条件|率|原则|标准(?!化)|类别|项目类|指南|地点|点)"
VERB = re.compile(
    rf"(?P<long>(?:报送|上报|呈报|补报|续报|申报|填报|直报|反馈|提交|递交|上交|报名|上传|报备|回传|回复|推送|投稿|报告|填写|录入|推荐上报|推荐报送){_NOUN_AFTER}(?!书(?!面)|表(?!示)|单|回执|材料的?要求)(?:至|到|给|于|入)?)"
    r"|(?P<send>(?<![分下印颁开转核激研签])(?:发送|发|送|寄送|寄|邮寄|传真|传|交|汇交|抄送|抄报|拷贝|打包发送?)(?:至|到|给|往|交|达|回))"
    r"|(?P<both>[寄报]（送）(?:至|到)?|送（寄）(?:至|到)?)"
    r"|(?P<post>(?<![分下印颁开转核激研签启出电])发(?=[\u4e00-\u9fff]{2,14}?(?:邮箱|信箱)))"
    r"|(?P<mail>寄送(?!的)|发送(?!的)|邮寄(?!的|地址))"
    r"|(?P<short>(?<![日周月季年通简情填上申呈补续直举汇预警播海画书黑快小电墙壁月])报(?=[我省市县区州厅局教州所属当各项国自团组大部中科人全教省委会办平东西南北镇乡街社村园][^，。；]{0,24})(?!告|名|表|纸|刊|社|到|道|业|送|备|酬|废|案|账|销))"
    r"|(?P<any>(?<![日周月季年通简情填上申呈补续直举汇预警播海画书黑快小电墙壁月申])报(?=(?!告|名|表|纸|刊|社|到|道|业|送|备|酬|废|案|账|销|请|批|经|考)[^，。；、“《的]{2,18}(?:处|科|室|办|厅|局|委|中心|办公室|委员会|组|股|支队|指挥部|部门|部|院)(?:$|[，。；（、备]))(?<!信息报)(?<!专报))"
    r"|(?P<news>(?<=[群台前天统内，后])报(?=[\u4e00-\u9fff]{2,14}(?:情况|信息|数据|名单|人数|总结|方案)))"
    r"|(?P<give>(?<![提递上移])[交送](?=[省市县区州厅局我教组安][^，。；流]{1,18}(?:处|科|室|办|厅|局|委|中心|股|院|部)))"
)
_REPORT_VERB = re.compile(
    r"(?:内|前|时|及时|立即|随时|第一时间|电话|书面|应|须|要|日|，|并|逐级|向[^，。；]{2,20})$"
)
_NO_REPORT = re.compile(
    r"(?:零|自查|总结|绩效|监控|分析|评估|工作|调研|研判|形势|监测|检测|推荐|可行性|检查|整改|专题|调查|年度|情况|审计|日|周|月|季|年|半年|《)$"
)
RECEIVER_END = r"(?:镇|乡|街道|妇联|工商联|残联|文联|科协|侨联|学联|司|处|科|室|办|办公室|厅|局|委|委员会|中心|总站|站|部|会|院|所|校|股|支队|大队|总队|指挥部|政府|组|公司|社|园区|防指|秘书处|单位|部门|学会|协会|基地|馆)"
_RECEIVER = re.compile(
    rf"^(?P<unit>[^，。；：@]{{1,40}}?{RECEIVER_END}(?:（[^（）@：]{{2,16}}）)?)(?=$|[，。；：（、]|备案|汇总|审核|审批|审定|统一|并|各?一式|各|的?(?:电子)?邮箱|电子信箱|，|\d|[\u4e00-\u9fff])"
)
CHANNELS = (
    (
        "email",
        r"(?:电子)?邮箱|电子邮件|电子信箱|邮件(?:的)?(?:形式|方式|发|报)|@|电子[版稿档文](?![^，。；]{0,22}(?:群|系统|平台|光盘))[^，。；]{0,22}(?:发|报|传|送)|(?:发|报)送?电子[版稿]|E-?mail",
    ),
    (
        "system",
        r"(?:系统|平台|官网|网站|小程序|公众号|App|APP|网页|程序)[”》]?(?:（[^）]*）)?(?:在线|及时|统一|进行|上|内|中|网上|如实|完成)?(?:填报|报送|提交|上传|申报|上报|填写|报名|录入|登记|注册|反馈|报)|(?:登录|登陆|通过|在|从|用)[“《]?[^，。；]{2,34}(?:系统|平台|官网|网站|信息网”?|小程序|网络?|内网|外网|OA)|网上(?:填报|申报|报名|报送|提交|直报)|在线(?:填报|填写|提交|申报|报名)|网络直报|扫码|扫描二维码|问卷星",
    ),
    ("fax", r"传真"),
    ("phone", r"电话(?:报告|报送|报|上报|告知|反馈)|以?电话(?:的)?(?:形式|方式)"),
    (
        "paper",
        r"纸质|书面(?:报送|上报|反馈)|以书面|书面（加盖|书面[\u4e00-\u9fff]{0,4}材料|书面(?:意见|报告)[^。；]{0,30}电子[版稿]|一式\d*[一二两三四五六七八九十]*份|书面材料|纸介质|以?正式(?:文件|公文|行文|函)(?:形式)?[^，。；]{0,8}报|各[一二两三1-9]份|打印(?:件|稿)|打印[^，。；]{0,6}表(?!格)",
    ),
    ("post", r"邮寄|寄至|寄送|寄到|快递|EMS|挂号"),
)


@dataclass(frozen=True)
class Verb:
    start: int
    end: int
    word: str


def find_verbs(text: str) -> list[Verb]:
    """Every place where something is handed in; nouns (报送要求, 零报告, 自查报告) are none."""
    found: list[Verb] = []
    for match in VERB.finditer(text):
        before = text[: match.start()]
        if (
            match["long"]
            and match[0].startswith("报告")
            and (not _REPORT_VERB.search(before) or _NO_REPORT.search(before))
        ):
            continue
        if match[0].startswith("填写") and not re.search(r"前|，", before[-12:]):
            continue
        if re.search(r"(?:信息|情况|数据|材料)$", before) and re.match(
            r"^(?:联络|工作|要求|员)", text[match.end() :]
        ):
            continue
        if re.search(r"[“《（][^”》）]*$", before) and re.match(r"^[^“《（]*[”》]", text[match.end() :]):
            continue
        found.append(Verb(match.start(), match.end(), match[0]))
    return found


def find_receiver(text: str, verbs: list[Verb]) -> str:
    """The unit that the first of the verbs brings something to: 报T, 向T报送, 报送至T; blank where none is said."""
    for verb in verbs:
        clause = re.split(r"[，。；]", text[: verb.start])[-1]
        if (
            toward := re.search(
                r"向(?P<unit>[^，。；、]{2,26}?)(?:及时|如实|书面|电话|统一|逐级|随时|每[日天周月])?$", clause
            )
        ) and not re.search(r"^(?:全?社会(?:各界)?|群众|公众|家长|学生|师生|.{0,4}媒体)$", toward["unit"]):
            return _clean(toward["unit"])
        if unit := _behind(text[verb.end :], verb.word):
            return unit
    return ""


def _behind(rest: str, word: str) -> str:
    rest = re.sub(r"^(?:至|到|给|于|送)", "", rest)
    found = re.match(r"^(?P<unit>[^，。；：@“]{1,40})", rest)
    if not found:
        return ""
    head = re.split(
        r"(?:的)?(?:指定|专用|公务)?(?:电子)?(?:邮箱|信箱|邮件)|备案|审核|审批|审定|汇总|统一|并(?!购)|一式|各[一二两1-9]份|（(?:邮箱|电子|联系|地址|传真|E)",
        found["unit"],
    )[0]
    unit = _longest(head)
    if (
        word
        in ("报送", "上报", "上交", "递交", "录入", "上传", "回复", "提交", "反馈", "填报", "报告", "报名")
        and unit
        and unit != head.rstrip("、（）")
        and not rest.startswith(("省", "市", "县", "区", "我", "厅", "局", "各", "所", "属"))
    ):
        return ""
    if unit and re.search(
        r"情况|总结|方案|材料|名单|信息|数据|报表|方式|版|件|《|表$|打印|盖章|传真|完整|汇总表|将|上述|指定|以下|下列|本部门|本单位",
        unit,
    ):
        return ""
    return _clean(unit)


def _longest(head: str) -> str:
    """The longest beginning that ends like a unit, its bracket kept."""
    found = ""
    for match in re.finditer(rf"{RECEIVER_END}(?:（[^（）@：]{{2,16}}）)?", head):
        following = head[match.end() :]
        if not following or re.match(r"^(?:[、（]|[\d“]|[\u4e00-\u9fff])", following):
            found = head[: match.end()]
    return found


def _clean(unit: str) -> str:
    if (bracket := re.search(r"（([^）]*)）$", unit)) and not re.search(rf"{RECEIVER_END}$", bracket[1]):
        unit = unit[: bracket.start()]
    unit = re.sub(r"（[^）]*(?:邮箱|@|电话|地址|附件)[^）]*）", "", unit)
    unit = re.sub(r"(?:电子)?(?:邮箱|信箱)$", "", unit)
    return unit.strip("“”、，（ ") if without_brackets(unit) else ""


def find_system(text: str) -> str:
    """The system or site that something is handed in by, as its name."""
    found = re.search(
        r"(?:通过|登录|登陆|在|利用|从)(?:[“《])?(?P<name>[^，。；《》]{2,30}?(?:系统|平台|官网|网站|信息网|小程序))",
        text,
    )
    return re.sub(r"[“”]", "", found["name"]) if found else ""


def find_channels(text: str) -> list[str]:
    """The ways that a text names, in a fixed order. What is sent on paper by post is paper."""
    found = [name for name, pattern in CHANNELS if re.search(pattern, text)]
    if {"email", "system"} <= set(found) and not re.search(r"邮箱|邮件|信箱|@", text):
        found.remove("email")
    if "paper" in found and "post" in found:
        found.remove("post")
    if (
        "fax" in found
        and re.search(r"传真(?:电话|：|号)", text)
        and not re.search(r"传真(?:至|到|件|形式|方式|报|发)|以?传真(?:形式|方式)", text)
    ):
        found.remove("fax")
    return found
