"""The duties of a text: in each sentence, a timing with a verb of handing in, and what, who, to whom, by which way."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from pipelines.notice.draft import matters
from pipelines.notice.draft.layout import heading_of
from pipelines.notice.draft.records import Duty
from pipelines.notice.draft.reporting import Verb, find_channels, find_receiver, find_system, find_verbs
from pipelines.notice.draft.text import Line, split_sentences, without_brackets
from pipelines.notice.draft.timings import Timing, find_timings
from pipelines.notice.draft.units import find_subject, split_outside_brackets

_OUR_OWN = re.compile(
    r"^(?:并)?(?:由)?(?:我(?:厅|局|委|办|部|省|市|会|处|中心)|(?:评审|评选)?专家|组委会(?!办公室[^，。]{0,4}报)|活动结束后我)"
)
_PLAN_OF_ISSUER = re.compile(r"将(?:择优|适时|组织|对|根据|会同|视|按照|汇总|统一组织|在|从|予以|向|定期)")
_SUPPLEMENT = re.compile(
    r"电子[版稿档文件邮]|纸质|同时|一并|盖章|加盖|扫描|一式|寄送|邮寄|寄至|发送?至|邮箱|传真|文件名|并(?:抄|发|寄)|同步|光盘"
)
_LABEL = re.compile(
    r"(?:交报|报送|申报|报名|征集|推荐|提交|上报|投稿|接收|作品|材料|填报)[^，。：]{0,6}(?:时间|期限|日期|截止)|截止(?:时间|日期|日)"
)
_ELSEWHERE = re.compile(
    r"(?:报|向)[^，。；]{0,14}(?:学校|公安|当地|属地|本单位|党委|政府|街道|社区|主管部门)[^，。；]{0,8}备案|报学校备案"
)
_TO_LOCAL_RULERS = re.compile(r"向(?:当地|本级|同级)?(?:党委|政府|党委、政府|党政|社会|家长)")
_NOT_OWED = re.compile(
    r"免报|不再报送|无需报送|不需报送|不必报送|停止报送|不得|严禁|逾期|不按时|未按时(?=报|上报|提交)|迟报|漏报|瞒报|已(?:上报|报送)的"
)
_ABOVE = re.compile(
    r"^(?:请)?(?:以上|上述|所有|各项|有关)[^，。；]{0,10}(?:材料|报表|数据|表格|资料|信息|报告)"
)


@dataclass
class Context:
    """What is known when a sentence is read: its headings, the units spoken of last, and the notice's own facts."""

    issued: date | None
    issuer: str
    recipients: tuple[str, ...]
    headings: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    """Whom the opening asks to hand in what the sections then list."""
    sentence: str = ""
    before: str = ""
    """The sentence before, in the same paragraph."""
    scope: str = ""
    """活动期间, 6月1日至9月30日: what repeats run through."""
    found: list[Duty] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """The paragraph of each duty found."""
    paragraph: int = 0
    attachments: dict[int, str] = field(default_factory=dict)
    forms: list[str] = field(default_factory=list)
    """Forms that the text has named so far by their titles."""


@dataclass(frozen=True)
class Segment:
    """Part of a sentence that one timing governs; `lead` is what stands before it in the sentence."""

    text: str
    lead: str
    timings: tuple[Timing, ...]
    """Several where days are listed: one duty each. Their spans are those in `text`."""
    verbs: tuple[Verb, ...]


def find_duties(
    body: list[Line],
    issued: date | None,
    issuers: list[str],
    recipients: list[str],
    attachments: dict[int, str],
) -> list[Duty]:
    """Every duty, in the text's order; equal ones once."""
    context = Context(
        issued, short_name(issuers[0]) if issuers else "", tuple(recipients), attachments=attachments
    )
    stack: list[tuple[int, str]] = []
    for number, line in enumerate(body):
        level = line.level
        if level:
            stack = [one for one in stack if one[0] < level]
        context.headings = tuple(text for _, text in stack)
        context.paragraph, context.before = number, ""
        _read_paragraph(line, context, issuers)
        if level:
            stack.append((level, heading_of(line)))
    return _once(
        [_with_receiver(duty, at, context) for duty, at in zip(context.found, context.places, strict=True)]
    )


def _read_paragraph(line: Line, context: Context, issuers: list[str]) -> None:
    context.scope = ""
    text = re.sub(
        r"^(?:[一二三四五六七八九十]{1,3}[、.．]|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[、.．](?!\d)|[①-⑳])",
        "",
        line.text,
    )
    own = heading_of(line)
    inherited = context.subjects
    context.subjects = context.base if line.level == 1 else inherited
    outer = context.headings
    for index, sentence in enumerate(split_sentences(text)):
        if index == 0 and line.level and len(sentence) <= 10 and sentence.rstrip("。：") == own:
            continue
        if index == 0:
            context.headings = outer
        else:
            context.headings = (*outer, own)
        _read_sentence(sentence, context, issuers)
        context.before = sentence
        context.forms += re.findall(r"《[^》]*(?:表|书|单|台账|报告|总结)》", sentence)


def _read_sentence(sentence: str, context: Context, issuers: list[str]) -> None:
    if _apply_to_all(sentence, context) or _apply_way(sentence, context):
        return
    context.sentence = sentence
    spoken: list[str] = []
    part_subjects: tuple[str, ...] = context.subjects
    is_further = (
        context.before
        and re.match(
            r"^(?:同时|另|另外|并)?[，]?[^，。]{0,12}(?:电子|纸质|邮寄|寄送|发送|盖章|扫描|光盘)", sentence
        )
        and context.places
        and context.places[-1] == context.paragraph
    )
    last = context.found[-1] if is_further else None
    for part in split_outside_brackets(sentence, "；"):
        subject, own = _subject_of(part, issuers)
        if subject:
            part_subjects = subject
            spoken += [unit for unit in subject if unit not in spoken]
        if own and not subject:
            continue
        last = _read_part(part, sentence, part_subjects, context, issuers, last)
    lasting = [
        unit
        for unit in spoken
        if not re.match(r"^(?:事发地|事故|责任报告|发生|当事|入围|获奖|申请|有意|其他)", unit)
    ]
    if lasting:
        context.subjects = tuple(lasting)
        if not context.headings and re.search(r"请.*(?:报送|上报|填报|提交)", sentence):
            context.base = tuple(lasting)


def _subject_of(part: str, issuers: list[str]) -> tuple[tuple[str, ...], bool]:
    """The last units that a clause of this part begins with, up to its first verb; and whether it is the issuer itself."""
    found: tuple[str, ...] = ()
    own = False
    for clause in split_outside_brackets(_unlabelled(part), "，"):
        if _OUR_OWN.match(clause) or _is_own(clause, issuers):
            own = not found
            break
        units, _ = find_subject(clause)
        if units:
            found = units
        if find_verbs(clause) and found:
            break
    return found, own


def _unlabelled(part: str) -> str:
    """A part without its label: 能源消费情况（205-1表）：重点耗能企业，每月……"""
    head, colon, rest = part.partition("：")
    return rest if colon and len(head) < 30 and rest and not find_verbs(head) else part


def _is_own(clause: str, issuers: list[str]) -> bool:
    """Whether the clause speaks of what an issuer will do."""
    starts = [
        name
        for name in issuers
        for short in (name, short_name(name))
        if clause.startswith(short)
        and re.match(r"^(?:将|拟|定期|组织|统筹|适时|会同|按(?!要求)|对|根据)(?!军)", clause[len(short) :])
    ]
    if starts:
        return True
    if not _PLAN_OF_ISSUER.search(clause) and not re.search(
        r"(?:报|向)(?:省委|省政府|市委|市政府|国家|教育部|中央|国务院|上级)|将[^，。]{0,12}报(?:省|市)(?:政府|委)",
        clause,
    ):
        return False
    return any(
        clause.startswith((short_name(name), name))
        or re.match(rf"^(?:并|由)?{re.escape(short_name(name))}", clause)
        for name in issuers
    )


def _read_part(
    part: str,
    sentence: str,
    subjects: tuple[str, ...],
    context: Context,
    issuers: list[str],
    last: Duty | None,
) -> Duty | None:
    """Adds the part's duties; a part without a timing of its own adds ways and receiver to the duty before it."""
    segments = list(_segments(part, context.issued))
    if not segments:
        if last and _SUPPLEMENT.search(part) and find_verbs(part):
            return _supplement(last, part, context)
        return last
    for segment in segments:
        for duty in _make(segment, sentence, subjects, context, issuers):
            context.found.append(duty)
            context.places.append(context.paragraph)
            last = duty
    return last


def _segments(part: str, issued: date | None) -> Iterator[Segment]:
    """The part cut where a further timing with a verb of its own begins."""
    timings = [timing for timing in find_timings(part, issued) if not _is_scope(part, timing)]
    verbs = find_verbs(part)
    groups = _group(part, timings, verbs)
    begin = 0
    for index, group in enumerate(groups):
        end = _cut(part, groups[index + 1], group, verbs) if index + 1 < len(groups) else len(part)
        text = part[begin:end]
        here = tuple(Verb(v.start - begin, v.end - begin, v.word) for v in verbs if begin <= v.start < end)
        moved = tuple(replace(t, start=t.start - begin, end=t.end - begin) for t in group)
        if (
            not here
            and index + 1 < len(groups)
            and (shared := re.search(r"(?:将|把)[^，。；]{2,40}?(?=[、，和]?$)", text))
        ):
            here = (Verb(shared.end(), shared.end(), "报送"),)
        if here or _LABEL.search(text):
            yield Segment(text, part[:begin], moved, here)
            begin = end
        elif index + 1 == len(groups):
            return


def _group(part: str, timings: list[Timing], verbs: list[Verb]) -> list[list[Timing]]:
    """Timings that share a verb: listed days together; one that says more beside a looser one (每月25日前及时) alone."""
    groups: list[list[Timing]] = []
    for timing in timings:
        if groups:
            last = groups[-1][-1]
            between = part[last.end : timing.start]
            has_verb = any(last.start <= verb.start < timing.start for verb in verbs) or bool(
                _LABEL.search(between)
            )
            if timing.is_loose and not _is_own_loose(part, timing, verbs, has_verb):
                continue
            if not has_verb:
                if timing.due and re.match(r"^(?:将|把)[^，。；]{2,40}[、，和]$", between):
                    groups.append([timing])
                elif last.due and timing.due and re.match(r"^[、和及，]?(?:以及)?$", between):
                    groups[-1].append(timing)
                elif _says_more(last, timing):
                    groups[-1] = [timing]
                continue
        elif timing.is_loose and not _is_own_loose(part, timing, verbs, True):
            continue
        groups.append([timing])
    return groups


def _says_more(last: Timing, timing: Timing) -> bool:
    return (
        last.is_loose
        or (last.words.startswith("每半年") and timing.due is not None)
        or (timing.due is not None and last.due is None and last.repeat == "once")
        or (last.due is not None and timing.repeat != "once")
        or (last.due is not None and timing.due is not None)
    )


def _is_own_loose(part: str, timing: Timing, verbs: list[Verb], has_verb: bool) -> bool:
    """及时 counts where a verb of handing in follows it in the same clause: not in 及时总结经验，……报送."""
    rest = re.split(r"[，。；]", part[timing.end :])[0]
    near = [verb for verb in verbs if timing.end <= verb.start <= timing.end + min(len(rest), 24)]
    clause_before = re.split(r"[，。；]", part[: timing.start])[-1]
    return (
        has_verb
        and bool(near)
        and not _TO_LOCAL_RULERS.search(clause_before + rest)
        and not re.match(
            r"^(?:总结|了解|掌握|发现|组织|做好|排查|整改|处置|学习|宣传|梳理|沟通|调整|更新|研究)", rest
        )
    )


def _cut(part: str, following: list[Timing], group: list[Timing], verbs: list[Verb]) -> int:
    """Where the next timing's clause begins; inside one clause, right behind the mark before it."""
    start = following[0].start
    last_verb = max(
        (verb.end for verb in verbs if group[-1].start <= verb.start < start), default=group[-1].end
    )
    comma = max(part.rfind(mark, last_verb, start) for mark in "，；、")
    first = part.find("，", last_verb, start)
    return (first if first > 0 else comma) + 1 if comma > 0 else start


def _is_scope(part: str, timing: Timing) -> bool:
    """自3月1日起 and the like run through, they end nothing."""
    return bool(
        re.match(r"^(?:起|以来|期间|至(?!少|\d{1,2}[时点]))", part[timing.end :])
    ) and not timing.words.endswith(("前", "内"))


def _make(
    segment: Segment, sentence: str, subjects: tuple[str, ...], context: Context, issuers: list[str]
) -> Iterator[Duty]:
    plain = without_brackets(segment.text)
    if _ELSEWHERE.search(plain) or _is_own(plain.lstrip("，"), issuers) or _OUR_OWN.match(plain.lstrip("，")):
        return
    if segment.timings[0].is_loose and re.search(r"时间(?:安排)?如下|时间为|以下要求|前", segment.text):
        return
    if (
        re.match(r"^具体(?:报送|上报)?时间", sentence)
        and context.places
        and context.places[-1] == context.paragraph
        and context.found[-1].repeat != "once"
    ):
        return
    if _NOT_OWED.search(
        re.split(r"[，。；]", without_brackets(segment.text[: segment.timings[0].start]))[-1]
    ):
        return
    verbs = [
        verb
        for verb in segment.verbs
        if not _NOT_OWED.search(re.split(r"[，。；]", without_brackets(segment.text[: verb.start]))[-1])
    ]
    if not verbs and not _LABEL.search(segment.text):
        return
    timing = segment.timings[0]
    after = [verb for verb in verbs if verb.start >= timing.start] or verbs
    receiver = find_receiver(segment.text, verbs)
    if receiver and re.search(r"^(?:当地|本级|同级)?(?:党委|政府|党委、政府)", receiver):
        return
    who = _who(segment, subjects)
    what = _what(segment, after, receiver, context, who)
    if not what:
        return
    what = _named(what, context)
    is_said = bool(receiver)
    if not is_said and not re.search(r"邮箱|@", segment.text):
        receiver = find_system(segment.text)
    repeat, relative = _repeat(segment, context, sentence)
    for one in segment.timings:
        yield Duty(
            what=what,
            who=who or context.recipients,
            to=receiver,
            due=one.due if repeat == "once" or (one.due and timing.repeat == "once") else None,
            relative_due=None if one.due else relative,
            repeat="once" if one.due and timing.repeat == "once" else repeat,
            channel=tuple(find_channels(segment.text)),
            sentence=sentence,
            is_receiver_said=is_said,
            are_senders_said=bool(who),
        )


def _who(segment: Segment, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """由X于, X的W于, the subject of the clause that holds the timing, else the one before."""
    timing = segment.timings[0]
    by = re.search(r"(?<!自)由(?P<unit>[^，。；将由]{2,24}?)(?:于|统一|汇总|每|收齐|分别)", segment.text)
    if by and (
        by.start() < timing.start or re.search(r"汇总|收齐", segment.text[by.end() - 2 : by.end() + 6])
    ):
        units, _ = find_subject(by["unit"])
        if units:
            return units
    clauses = split_outside_brackets(_unlabelled(segment.text[: timing.end]), "，")
    for clause in reversed(clauses):
        units, _ = find_subject(clause)
        if units:
            return units
    named = re.match(
        r"^(?:请)?(?P<unit>各(?:单位|市州?|县|校|部门|地|高校|学校|镇|区))(?=[\u4e00-\u9fff])", clauses[-1]
    )
    if named and not any(unit.startswith(named["unit"]) for unit in subjects):
        return (named["unit"],)
    return subjects


def _what(segment: Segment, verbs: list[Verb], receiver: str, context: Context, who: tuple[str, ...]) -> str:
    timing = segment.timings[0]
    text = segment.text
    start = 0
    label, colon, _rest = text.partition("：")
    if colon and len(label) < 30 and timing.start > len(label):
        start = len(label) + 1
    shifted = [Verb(verb.start - start, verb.end - start, verb.word) for verb in verbs if verb.start >= start]
    body = text[start:]
    clause_start = _clause_start(body, max(timing.start - start, 0))
    _, consumed = find_subject(body[clause_start:])
    body_cut = clause_start + consumed
    inner = body[body_cut:]
    inner_verbs = [
        Verb(verb.start - body_cut, verb.end - body_cut, verb.word)
        for verb in shifted
        if verb.start >= body_cut
    ]
    span = (max(timing.start - start - body_cut, 0), max(timing.end - start - body_cut, 0))
    is_event = bool(verbs) and bool(
        re.search(r"电话|书面", text[max(0, verbs[0].start - 4) : verbs[0].start + 2])
    )
    if is_event and (event := _event_of(segment.lead + text)):
        return event
    found = matters.find_matter(inner, inner_verbs, span, receiver)
    if found and inner.startswith("的"):
        return body[clause_start:body_cut] + "的" + found
    if found and not matters.STANDING_FOR.match(found) and not _is_no_matter(found):
        return found
    if (
        colon
        and timing.start > len(label)
        and not _LABEL.search(label)
        and not re.search(r"要求|事项|报告$|时间|方式|阶段", label)
        and len(without_brackets(label)) > 3
    ):
        return matters.tidy(label)
    if given := re.search(
        r"(?<!即)(?:将|把)(?P<what>[^，。；]{2,60})，[^。；]*$", segment.lead + text[: timing.start]
    ):
        return matters.tidy(given["what"])
    upto = max((verb.start for verb in verbs if verb.start > timing.end), default=timing.start)
    back = matters.look_back(segment.lead + text[: timing.start]) or matters.look_back(text[:upto])
    if back:
        return matters.tidy(back)
    if verbs and verbs[0].word.startswith(("报告", "补报", "上报")):
        if event := _event_of(segment.lead + text):
            return event
    if context.found and context.found[-1].sentence == context.sentence and re.search(r"汇总|审核", text):
        return f"{context.found[-1].what}汇总"
    if standing := _stood_for(context, found):
        return standing
    names = [
        name
        for name in (label if colon else "", *reversed(context.headings))
        if name and not re.search(r"要求|时间|方式|事项|保障", name)
    ]
    return found or (matters.tidy(names[0]) if names else "")


def _clause_start(text: str, end: int) -> int:
    """Where the clause begins that holds this position; marks in brackets divide nothing."""
    before = split_outside_brackets(text[:end], "，；")
    return end - len(before[-1])


def _named(what: str, context: Context) -> str:
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
    way = re.findall(r"电话|书面", text)
    return f"{event['event']}{way[-1] if way else ''}报告" if event else ""


def _stood_for(context: Context, found: str) -> str:
    """以上材料, 电子版: what the duty or the list before named."""
    if not found:
        return ""
    if listed := re.search(r"(?:以下|下列|如下)[^：。]{0,8}：(?P<items>.+)$", context.before):
        return "、".join(
            matters.tidy(item.lstrip("①②③④⑤⑥⑦⑧⑨⑩"))
            for item in re.split(r"[；。、]", without_brackets(listed["items"]))
            if item
        )
    titled = re.findall(r"《[^》]+》", context.before) or list(dict.fromkeys(context.forms))[-3:]
    return "、".join(titled) if titled else found


def _repeat(segment: Segment, context: Context, sentence: str) -> tuple[str, str]:
    """How often, and in which words; 按此要求及时 repeats what was asked for before."""
    timing = segment.timings[0]
    repeat, words = timing.repeat, timing.words
    if timing.is_loose and re.search(r"按(?:此|上述|以上)要求", segment.text) and context.found:
        repeat = context.found[-1].repeat
    if timing.is_loose and (as_said := re.search(r"按[^，。；]{0,6}要求", segment.text[: timing.start])):
        words = as_said[0] + words
    if timing.is_loose and re.search(r"每[天日]|逐日", segment.text):
        repeat = "daily"
    lead = re.split(r"[，。；]", segment.lead + segment.text[: timing.start])
    scopes = [
        clause
        for clause in lead[:-1]
        if 1 < len(clause) < 26
        and re.search(r"(?:期间|起|以来|阶段|后|时|止|日|月)$", clause)
        and not find_verbs(clause)
    ]
    if scopes:
        words = f"{scopes[-1]}{words}"
    if zero := re.search(r"零报告|免报|顺延[^，。；）]*", segment.text + sentence):
        words = f"{words}，{zero[0]}"
    return repeat, words


def _supplement(last: Duty, part: str, context: Context) -> Duty:
    """纸质版同时寄送T: one more way of the duty before, and its receiver where that named none."""
    receiver = find_receiver(part, find_verbs(part))
    channel = tuple(dict.fromkeys([*last.channel, *find_channels(part)]))
    duty = replace(last, channel=channel)
    if receiver and not last.is_receiver_said:
        duty = replace(duty, to=receiver, is_receiver_said=True)
    context.found[-1] = duty
    return duty


def _apply_to_all(sentence: str, context: Context) -> bool:
    """以上材料电子版均发送至……: one more way of every duty before; true where the sentence says no more than that."""
    if (
        not context.found
        or not _ABOVE.match(without_brackets(sentence))
        or any(t.due or t.repeat != "once" for t in find_timings(sentence, context.issued) if not t.is_loose)
    ):
        return False
    channels = find_channels(sentence)
    verbs = find_verbs(sentence)
    receiver = find_receiver(sentence, verbs)
    here = [at == context.paragraph for at in context.places]
    chosen = here if any(here) and context.before else [True] * len(here)
    context.found = [
        replace(
            duty,
            channel=tuple(dict.fromkeys([*duty.channel, *channels])),
            to=duty.to or receiver,
            is_receiver_said=duty.is_receiver_said or bool(receiver),
        )
        if is_chosen and (duty.repeat != "irregular" or not duty.channel)
        else duty
        for duty, is_chosen in zip(context.found, chosen, strict=True)
    ]
    return True


def _apply_way(sentence: str, context: Context) -> bool:
    """Under 报送方式: 月报表通过系统填报，情况以传真报送. Each clause speaks of the duties that it names, or of all."""
    if (
        not context.found
        or not re.search(r"方式|渠道|途径", "".join(context.headings[-2:]))
        or any(t.due or t.repeat != "once" for t in find_timings(sentence, context.issued) if not t.is_loose)
    ):
        return False
    for clause in re.split(r"[，；。]", sentence):
        channels = find_channels(clause)
        if not channels or re.search(r"故障|无法|紧急|涉密", clause):
            continue
        named = [matters.share_words(duty.what, clause.split("通过")[0]) for duty in context.found]
        for index, duty in enumerate(context.found):
            if named[index] if any(named) else duty.repeat != "irregular":
                context.found[index] = replace(duty, channel=tuple(dict.fromkeys([*duty.channel, *channels])))
    return True


def _with_receiver(duty: Duty, place: int, context: Context) -> Duty:
    """A duty that names no receiver goes where its paragraph's others go, else where most go, else to the issuer."""
    if duty.to:
        return duty
    said = [
        (other.to, at)
        for other, at in zip(context.found, context.places, strict=True)
        if other.is_receiver_said
    ]
    near = Counter(to for to, at in said if at == place)
    everywhere = Counter(next((longer for longer, _ in said if longer.endswith(to)), to) for to, _ in said)
    receiver = context.issuer
    if near:
        receiver = near.most_common(1)[0][0]
    elif everywhere and (len(everywhere) == 1 or everywhere.most_common(1)[0][1] > 1):
        receiver = everywhere.most_common(1)[0][0]
    return replace(duty, to=receiver, is_receiver_said=False)


def _once(duties: list[Duty]) -> list[Duty]:
    """Without those that repeat another's matter and day."""
    found: list[Duty] = []
    for duty in duties:
        if not any(
            duty.due == other.due
            and duty.repeat == other.repeat
            and duty.due
            and (duty.what in other.what or other.what in duty.what)
            for other in found
        ):
            found.append(duty)
    return found


def short_name(name: str) -> str:
    """A unit as its own texts call it: 山东省教育厅 is 省教育厅, 委员会 is 委."""
    if league := re.match(
        r"^共青团[\u4e00-\u9fff]{1,7}?(?P<level>省|市|县|区)委(?:员会)?(?P<rest>.*)$", name
    ):
        return f"团{league['level']}委{league['rest']}"
    name = re.sub(r"办公室$", "", name) if re.search(r"(?:厅|局)办公室$", name) else name
    found = re.match(
        r"^(?:中共|共青团)?[\u4e00-\u9fff]{1,7}?(?P<rest>(?:省|市|县|区|自治区|州)[\u4e00-\u9fff].*)$", name
    )
    short = found["rest"] if found else name
    return re.sub(r"(?<=.{3})委员会$", "委", short)
