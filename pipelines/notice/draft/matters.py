"""What is handed in: the object of a clause, or what stands for it before and around it."""

import re

from pipelines.notice.draft.reporting import Verb
from pipelines.notice.draft.text import without_brackets

_TITLED = re.compile(r"《[^》]+》")
_NOUN = re.compile(
    r"(?:[\u4e00-\u9fff“”\d]{0,14}?(?:总结(?:报告|材料)?|方案|报告|名单|清单|材料|回执|报表|统计表|汇总表|申报[书表]|推荐表|登记表|报名表|申请[书表]|自评表|调查表|一览表|计划表|审批表|台账|意见|案例|计划|视频|照片|周报|月报|季报|日报|表格|预案|信息|进展情况|开展情况|承诺书|作品|论文))"
)
_TOPIC_END = re.compile(
    r"(?:请|务|应|须|需|要|统一|一并|同时|均|由[^，。；]{2,20})?(?:于|在|按|务于|请于|自|并于)?(?:分别于)?$"
)
_EMPTY = re.compile(
    r"^(?:并|且|请|应|须|要|需|同时|另|其中|统一|于|务|均|的|等|分别|每|也|以|按时|按要求|在|自|由|各|时|后|还|将|和|及|与|为|即)*$"
)
_STRIP_FRONT = re.compile(
    r"^(?:其中|的|具体|并|且|请|应|须|要|需|同时|另|均|将|把|一次|下列|如下|以下|本单位的?|等|对|有关的?|了|其|按要求|完成)+"
)
_STRIP_END = re.compile(
    r"(?:等)?(?:的?(?:报送|上报|提交|填报|送交|交报|投稿|接收)(?:截止)?(?:时间|日期|期限)(?:分别)?(?:调整)?(?:为|是)?|(?:并|经)?(?:加盖|签字)[^，。；《]{0,10}?章后?|打包后?(?:一起)?|盖章后|一起|及时|统一|一并|按时|汇总后?|审核后?|盖章后?|签字后?|分别|以[^，。；]{1,10}(?:形式|方式)|通过[^，。；]{2,30}|电子版同?时?|于|请|[，、])+$"
)
STANDING_FOR = re.compile(
    r"^(?:上述|以上|前述)|^(?:有关|相关|该|此|所有|全部)(?:[\u4e00-\u9fff]{0,4})(?:材料|报表|表格|数据|资料|内容|信息|情况)?$|^(?:电子版|纸质版|材料|资料|报表|数据|电子稿|纸质稿|电子文档|有关情况|书面材料)$"
)


def find_matter(segment: str, verbs: list[Verb], timing: tuple[int, int], receiver: str) -> str:
    """The object in a clause: 将W报, 报送W, or W于某日前报; blank where the clause names none."""
    given = _given(segment, verbs, timing)
    if given:
        return tidy(_without_time(given))
    if made := _between(segment, verbs, timing):
        return tidy(made)
    behind = _behind(segment, verbs, receiver)
    before = _topic(segment, timing)
    if behind and not STANDING_FOR.match(behind):
        return tidy(behind)
    return tidy(before or behind)


def _without_time(given: str) -> str:
    """将W于某日前形成X报T: W and X."""
    found = re.match(r"^(?P<what>.+?)(?:于|在)[^，。；]{2,14}?前(?:形成|填写|汇总成?)?(?P<made>.*)$", given)
    return f"{found['what']}{found['made']}" if found else given


def _given(segment: str, verbs: list[Verb], timing: tuple[int, int]) -> str:
    """将W报T: W ends at the last verb, since W itself may hold one (信息报送联络员名单); not 提交V，同时将W发至."""
    first = next((verb.start for verb in verbs if verb.start >= timing[1]), len(segment))
    for word in re.finditer(r"(?<!即)(?<!必)(?:将|把)(?!于|在|对|择|组织|会|适时|根据|按)", segment):
        if word.start() > first:
            break
        after = [verb for verb in verbs if verb.start > word.end()]
        if after:
            end = _end_of_given(segment, word.end(), after)
            if matter := segment[word.end() : end].strip("，、"):
                return re.split(r"，(?=(?:并|经|由|以|通过|统一|汇总|加盖|于))", matter)[0]
    return ""


def _end_of_given(segment: str, start: int, verbs: list[Verb]) -> int:
    """The first verb that the object reaches without another clause's end between."""
    stop = re.search(r"[。；]", segment[start:])
    limit = start + stop.start() if stop else len(segment)
    inside = [verb for verb in verbs if verb.start < limit]
    return inside[0].start if inside else verbs[0].start


def _between(segment: str, verbs: list[Verb], timing: tuple[int, int]) -> str:
    """于某日前汇总形成W报T, 在某系统中完成W录入: what is made between the time and the verb."""
    for verb in verbs:
        found = verb.start >= timing[1] and re.match(
            r"^[，]?(?P<where>(?:在|通过|登录)[^，。；]{2,30}?(?:中|上|内)?)?(?:汇总|形成|完成|整理|填写|撰写|编制|制作|梳理|填好)+(?P<what>[^，。；]{2,40})$",
            segment[timing[1] : verb.start],
        )
        if found:
            done = verb.word if found["where"] else ""
            return re.sub(r"(?:后|并)$", "", found["what"]) + done
    return ""


def _behind(segment: str, verbs: list[Verb], receiver: str) -> str:
    """报送W, 报送至T的W apart."""
    for verb in verbs:
        rest = segment[verb.end :]
        rest = re.sub(r"^(?:一次|送|至|到)", "", re.sub(r"（[^（）]*[：，。；][^（）]*）", "", rest))
        if receiver and rest.startswith(receiver):
            rest = rest[len(receiver) :]
            if not re.match(r"^《|^[\u4e00-\u9fff“]{0,12}(?:总结|方案|报告|名单|表|情况)", rest) or re.match(
                r"^(?:备案|汇总|审核|电子|邮箱|并|统一)", rest
            ):
                continue
        object_ = re.split(
            r"[，。；：]|至(?=[省市县区厅局我]|[\u4e00-\u9fff]{2,14}(?:处|科|室|办|邮箱))|到(?=[省市县区厅局我])",
            rest,
            maxsplit=1,
        )[0]
        object_ = re.sub(r"^(?:（[^）]*）)", "", object_)
        if len(without_brackets(object_)) >= 2 and not re.match(
            r"^(?:省|市|厅|局|我|邮箱|指定|电子邮箱|[a-zA-Z\d.]+@|备案|逾期|同时|同上|一份|各)", object_
        ):
            return object_
    return ""


def _topic(segment: str, timing: tuple[int, int]) -> str:
    """W于某日前报: what stands before the time."""
    clauses = re.split(r"[，。；：]", without_brackets(segment[: timing[0]]))
    head = _TOPIC_END.sub("", clauses[-1])
    if not head and len(clauses) > 1 and not clauses[-1]:
        head = _TOPIC_END.sub("", clauses[-2])
    return "" if _EMPTY.match(head) or head.startswith("会同") else head


def look_back(text: str) -> str:
    """The documents that earlier clauses of the sentence name: 形成书面总结，连同《…表》，于某日前报送."""
    clauses = re.split(r"[，；]", text)
    for_now: list[str] = []
    for clause in clauses[-3:]:
        if made := re.search(r"(?:形成|填写|建立|撰写|编制)(?P<what>“[^”]{2,16}”|《[^》]+》)", clause):
            for_now.append(made["what"])
            continue
        plain = without_brackets(clause)
        titled = _TITLED.findall(plain)
        nouns = [noun for noun in _NOUN.findall(re.sub(r"《[^》]+》", "", plain)) if len(noun) <= 18]
        for_now += titled or [
            re.sub(
                r"^.*(?:要|应|将|把|对|及时|认真|形成|撰写|填写|制定|做好|填报|汇总|完成|确定|建立|梳理|准备)",
                "",
                noun,
            )
            for noun in nouns[-1:]
        ]
    return "、".join(dict.fromkeys(one for one in for_now if one))


def tidy(matter: str) -> str:
    """The matter without brackets that name attachments or manners, and without words that lead to or from it."""
    plain = re.sub(
        r"（(?:[^（）]*(?:附件|盖章|公章|一式|另发|模板|见|字|格式|PDF|份|注明|张|电话|邮箱|@|不少于|不超过|Word|WORD)[^（）]*)）",
        "",
        matter,
    )
    plain = _STRIP_FRONT.sub("", plain.strip("，。；：、 "))
    plain = _STRIP_END.sub("", plain).strip("，。；：、 ")
    return plain[:90]


def share_words(matter: str, clause: str) -> bool:
    """Whether a clause speaks of a matter: three letters in a row of it, or two where it has no more."""
    plain = re.sub(r"[《》“”、和及]", "", matter)
    size = 3 if len(plain) > 3 else 2
    return any(plain[n : n + size] in clause for n in range(len(plain) - size + 1))
