"""What a duty asks for, in the words of its segment; else of what stands before and around it."""

import re

from pipelines.notice.draft import matters
from pipelines.notice.draft.context import Context
from pipelines.notice.draft.reporting import Verb
from pipelines.notice.draft.segments import LABEL, Segment
from pipelines.notice.draft.text import without_brackets
from pipelines.notice.draft.units import find_subject, split_outside_brackets


def find_wording(segment: Segment, verbs: list[Verb], receiver: str, context: Context) -> str:
    """The first that says something: the clause itself, its label, clauses before it, the duty before, a heading."""
    text, timing = segment.text, segment.timings[0]
    label, colon, _ = text.partition("：")
    label = label if colon and len(label) < 30 and timing.start > len(label) else ""
    is_by_voice = verbs and re.search(r"电话|书面", text[max(0, verbs[0].start - 4) : verbs[0].start + 2])
    if is_by_voice and (event := _event_of(segment.lead + text)):
        return event
    found = _in_clause(segment, len(label) + 1 if label else 0, verbs, receiver)
    if found and not matters.STANDING_FOR.match(found) and not _is_no_matter(found):
        return _in_full(found, segment)
    return (
        _of_label(label)
        or _before(segment, verbs)
        or _of_event_or_duty(segment, verbs, context)
        or _stood_for(context, found)
        or found
        or _of_headings(label, context)
        or _of_title(context)
        or _of_sentence_before(segment, context)
    )


def _in_clause(segment: Segment, start: int, verbs: list[Verb], receiver: str) -> str:
    """The object in the clause that holds the timing, its label and its subject cut off (X的W keeps both)."""
    timing, body = segment.timings[0], segment.text[start:]
    clause_start = _clause_start(body, max(timing.start - start, 0))
    _, consumed = find_subject(body[clause_start:])
    cut = clause_start + consumed
    inner = body[cut:]
    moved = [
        Verb(verb.start - start - cut, verb.end - start - cut, verb.word)
        for verb in verbs
        if verb.start >= start + cut
    ]
    span = (max(timing.start - start - cut, 0), max(timing.end - start - cut, 0))
    found = matters.find_matter(inner, moved, span, receiver)
    return body[clause_start:cut] + "的" + found if found and inner.startswith("的") else found


def _in_full(found: str, segment: Segment) -> str:
    """明确分管负责人和联络员，于某日前将名单报送: a bare 名单 is theirs."""
    if not re.fullmatch(r"名单|信息|联系方式|方案|材料", found):
        return found
    before = re.search(
        r"(?:明确|确定|指定|安排|选派)(?:\d+名|一名|1名)?(?P<whom>[^，。；]{2,16})，",
        segment.lead + segment.text,
    )
    return f"{before['whom']}{found}" if before else found


def _of_label(label: str) -> str:
    """春季作业进度表：报送时间为…… names it; 报送时间：…… does not."""
    if (
        len(without_brackets(label)) <= 3
        or LABEL.search(label)
        or re.search(r"要求|事项|报告$|时间|方式|阶段", label)
    ):
        return ""
    return matters.tidy(label)


def _before(segment: Segment, verbs: list[Verb]) -> str:
    """将W加盖公章，于某日前报送; 形成W，于某日前报送."""
    timing = segment.timings[0]
    lead = segment.lead + segment.text[: timing.start]
    if given := re.search(r"(?<!即)(?:将|把)(?P<what>[^，。；]{2,60})，[^。；]*$", lead):
        return matters.tidy(given["what"])
    upto = max((verb.start for verb in verbs if verb.start > timing.end), default=timing.start)
    back = matters.tidy(matters.look_back(lead) or matters.look_back(segment.text[:upto]))
    return "" if matters.STANDING_FOR.match(back) else back


def _of_event_or_duty(segment: Segment, verbs: list[Verb], context: Context) -> str:
    """发生X的……报告 is X; ……汇总后报送, right behind a duty, is that duty's matter brought together."""
    if (
        verbs
        and verbs[0].word.startswith(("报", "补报", "上报"))
        and (event := _event_of(segment.lead + segment.text))
    ):
        return event
    if (
        context.found
        and context.found[-1].sentence == context.sentence
        and re.search(r"汇总|审核", segment.text)
    ):
        return f"{context.found[-1].what}汇总"
    return ""


def _of_headings(label: str, context: Context) -> str:
    if signing_up := re.search(r"报名(?:截止)?(?:时间|日期)", label or context.sentence):
        return signing_up[0][:2]
    if re.search(r"截稿|投稿", label or context.sentence):
        return "征文" if "征文" in context.title else "稿件作品"
    names = [
        name
        for name in (label, *reversed(context.headings))
        if name and not re.search(r"要求|时间|方式|事项|保障", name)
    ]
    return matters.tidy(names[0]) if names else ""


def _of_sentence_before(segment: Segment, context: Context) -> str:
    """以上两份材料: what the sentence before speaks of."""
    if not re.search(r"以上|上述", segment.text):
        return ""
    return matters.tidy(matters.look_back(context.before))


def _of_title(context: Context) -> str:
    """关于报送某情况的通知 says what is handed in where no sentence does."""
    if regular := re.search(
        r"关于(?:建立|实行|完善)(?P<what>.+?)(?:月度|季度|定期)?(?:报送|报告)(?:工作)?制度", context.title
    ):
        return matters.tidy(regular["what"])
    found = re.search(
        r"(?:报送|征集|申报|推荐|填报|上报|提交|评选)(?P<what>.{2,40}?)(?:工作|活动)?的(?:紧急|补充)?(?:通知|函|公告)",
        context.title,
    )
    return matters.tidy(found["what"]) if found else ""


def _clause_start(text: str, end: int) -> int:
    """Where the clause begins that holds this position; marks in brackets divide nothing."""
    before = split_outside_brackets(text[:end], "，；")
    return end - len(before[-1])


def with_titles(what: str, context: Context) -> str:
    """附件2 by its title."""
    return (
        re.sub(r"附件(\d{1,2})", lambda found: context.attachments.get(int(found[1]), found[0]), what)
        if re.match(r"^附件\d", what)
        else what
    )


def _is_no_matter(found: str) -> bool:
    return (
        len(found) < 2
        or bool(
            re.match(
                r"^(?:报送|上报|填报|提交|时间|日期|截止|申报|报名)(?:起止|截止)?(?:时间|日期|期限|为|方式)",
                found,
            )
        )
        or bool(re.match(r"^(?:遇有?|发现|发生|如遇|出现)", found))
        or bool(re.match(r"^[\d:年月日时点前内\s，]+$", found))
    )


def _event_of(text: str) -> str:
    """发生X的，应在1小时内报告: what is reported is X."""
    event = re.search(
        r"(?:发现|发生|出现|遇有|遇|如遇|接到)(?P<event>[^，。；]{2,24}?)(?:的|后|及?时|，|情况|要|应|须|按|立即|第一)",
        text,
    )
    event = event or re.search(
        r"(?:^|[。；，])(?P<event>[^，。；]{2,12}(?:变动|变更|调整|异常))(?:的|后|，)", text
    )
    event = event or re.search(
        r"对(?P<event>重大[^，。]{1,14}|[^，。]{2,14}(?:隐患|事故|问题|线索|险情))，", text
    )
    way = re.findall(r"电话|书面", text)
    return f"{event['event']}{way[-1] if way else ''}报告" if event else ""


def _stood_for(context: Context, found: str) -> str:
    """以上材料, 电子版: what the duty or the list before named."""
    titled = re.findall(r"《[^》]*(?:表|书|单|台账|报告|总结|方案|计划|回执)》", context.before)
    if not found:
        return "、".join(titled) if titled and re.search(r"填写|填报|形成", context.before) else ""
    if listed := re.search(r"(?:以下|下列|如下)[^：。]{0,8}：(?P<items>.+)$", context.before):
        return "、".join(
            matters.tidy(item.lstrip("①②③④⑤⑥⑦⑧⑨⑩"))
            for item in re.split(r"[；。、]", without_brackets(listed["items"]))
            if item
        )
    titled = titled or list(dict.fromkeys(context.forms))[-3:]
    return "、".join(titled) if titled else found
