"""The duties of a text: in each sentence, a timing with a verb of handing in, and what, who, to whom, by which way."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from pipelines.notice.draft.agenda import read_agenda
from pipelines.notice.draft.context import Context
from pipelines.notice.draft.layout import heading_of
from pipelines.notice.draft.owners import OUR_OWN, is_own, short_name
from pipelines.notice.draft.records import Duty
from pipelines.notice.draft.reporting import find_channels, find_receiver, find_system, find_verbs
from pipelines.notice.draft.segments import LABEL, Segment, find_segments
from pipelines.notice.draft.text import Line, split_sentences, without_brackets
from pipelines.notice.draft.units import find_subject, split_outside_brackets
from pipelines.notice.draft.ways import apply_to_all, apply_way, supplement
from pipelines.notice.draft.wording import find_wording, with_titles

_SUPPLEMENT = re.compile(
    r"电子[版稿档文件邮]|纸质|同时|一并|盖章|加盖|扫描|一式|寄送|邮寄|寄至|发送?至|邮箱|传真|文件名|并(?:抄|发|寄)|同步|光盘"
)
_ELSEWHERE = re.compile(
    r"(?:报|向)[^，。；]{0,14}(?:学校|公安|当地|属地|本单位|党委|政府|街道|社区|主管部门)[^，。；]{0,8}备案|报学校备案"
)
_RULERS = re.compile(
    r"^(?:当地|本级|同级)?(?:党委|政府|党委、政府)|.{0,4}领导$|(?:省|市|县|区)委(?:省|市|县|区)?政府$"
)
_NOT_OWED = re.compile(
    r"免报|可?延(?:期|长)?至|推迟至|不再报送|无需报送|不需报送|不必报送|停止报送|不得|严禁|逾期|不按时|未按时(?=报|上报|提交)|迟报|漏报|瞒报|已(?:上报|报送)的"
)


def find_duties(
    body: list[Line],
    issued: date | None,
    issuers: list[str],
    recipients: list[str],
    attachments: dict[int, str],
    title: str,
) -> list[Duty]:
    """Every duty, in the text's order; equal ones once."""
    context = Context(
        issued,
        short_name(issuers[0]) if issuers else "",
        tuple(recipients),
        title=title,
        attachments=attachments,
    )
    stack: list[tuple[int, str]] = []
    for number, line in enumerate(body):
        level = line.level
        if level:
            stack = [one for one in stack if one[0] < level]
        context.headings = tuple(text for _, text in stack)
        context.paragraph, context.before = number, ""
        if line.text.startswith("|"):
            _read_table(body, number, context)
            continue
        _read_paragraph(line, context, issuers)
        if level:
            stack.append((level, heading_of(line)))
    return _once(
        [_with_receiver(duty, at, context) for duty, at in zip(context.found, context.places, strict=True)]
    )


def _read_table(body: list[Line], number: int, context: Context) -> None:
    """The duties of a table in the body, when its first row is reached."""
    if number and body[number - 1].text.startswith("|"):
        return
    rows = [
        line
        for line in itertools.takewhile(lambda line: line.text.startswith("|"), body[number:])
        if not re.match(r"^[|\s:：—-]+$", line.raw)
    ]
    for duty in read_agenda(rows, context.issued):
        context.found.append(replace(duty, who=duty.who or context.subjects or context.recipients))
        context.places.append(number)


def _read_paragraph(line: Line, context: Context, issuers: list[str]) -> None:
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
    if apply_to_all(sentence, context) or apply_way(sentence, context):
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
    for part in _parts(sentence):
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


def _parts(sentence: str) -> Iterator[str]:
    """Between semicolons; 甲于某日前、乙于某日前将W报送 are two with one ending."""
    for part in split_outside_brackets(sentence, "；"):
        shared = re.match(
            r"^(?P<one>.*?前)、(?P<two>[^，。；、]{2,14}(?:于|在)[^，。；、]{2,16}?前)(?P<rest>(?:将|把).+)$",
            part,
        )
        if shared and find_subject(shared["two"])[0]:
            yield shared["one"] + shared["rest"]
            yield shared["two"] + shared["rest"]
        else:
            yield part


def _subject_of(part: str, issuers: list[str]) -> tuple[tuple[str, ...], bool]:
    """The last units that a clause of this part begins with, up to its first verb; and whether it is the issuer itself."""
    found: tuple[str, ...] = ()
    own = False
    for clause in split_outside_brackets(_unlabelled(part), "，"):
        if OUR_OWN.match(clause) or is_own(clause, issuers):
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


def _read_part(
    part: str,
    sentence: str,
    subjects: tuple[str, ...],
    context: Context,
    issuers: list[str],
    last: Duty | None,
) -> Duty | None:
    """Adds the part's duties; a part without a timing of its own adds ways and receiver to the duty before it."""
    segments = list(find_segments(part, context.issued))
    if not segments:
        if last and _SUPPLEMENT.search(part) and find_verbs(part):
            return supplement(last, part, context)
        return last
    for segment in segments:
        for duty in _make(segment, sentence, subjects, context, issuers):
            context.found.append(duty)
            context.places.append(context.paragraph)
            last = duty
    return last


def _make(
    segment: Segment, sentence: str, subjects: tuple[str, ...], context: Context, issuers: list[str]
) -> Iterator[Duty]:
    """The duties of a segment, one for each listed day; none where it asks nothing of the units."""
    if not _asks(segment, sentence, context, issuers):
        return
    timing = segment.timings[0]
    verbs = [verb for verb in segment.verbs if not _NOT_OWED.search(_clause_before(segment.text, verb.start))]
    receiver = find_receiver(segment.text, verbs)
    if (not verbs and not LABEL.search(segment.text)) or _RULERS.match(receiver):
        return
    who = _who(segment, subjects)
    after = [verb for verb in verbs if verb.start >= timing.start] or verbs
    what = find_wording(segment, after, receiver, context)
    if not what:
        return
    is_said = bool(receiver)
    if not is_said and not re.search(r"邮箱|@", segment.text):
        receiver = find_system(segment.text)
    repeat, relative = _repeat(segment, context, sentence)
    for one in segment.timings:
        yield Duty(
            what=with_titles(what, context),
            who=who or context.recipients,
            to=receiver,
            due=one.due if repeat == "once" or (one.due and timing.repeat == "once") else None,
            relative_due=None if one.due else relative,
            repeat="once" if one.due and timing.repeat == "once" else repeat,
            channel=tuple(find_channels(segment.text if verbs else context.before + segment.text)),
            sentence=sentence,
            is_receiver_said=is_said,
            are_senders_said=bool(who),
        )


def _asks(segment: Segment, sentence: str, context: Context, issuers: list[str]) -> bool:
    """Not: filing elsewhere, what the issuer does, a waiver, 时间如下, the days of a repeat that was just read."""
    plain = without_brackets(segment.text).lstrip("，")
    timing = segment.timings[0]
    if _ELSEWHERE.search(plain) or is_own(plain, issuers) or OUR_OWN.match(plain):
        return False
    if timing.is_loose and re.search(r"时间(?:安排)?如下|时间为|以下要求|前", segment.text):
        return False
    is_here = bool(context.places) and context.places[-1] == context.paragraph
    if is_here and re.match(r"^具体(?:报送|上报)?时间", sentence) and context.found[-1].repeat != "once":
        return False
    return not _NOT_OWED.search(_clause_before(segment.text, timing.start))


def _clause_before(text: str, end: int) -> str:
    """What stands before a place in its own clause, brackets apart."""
    return re.split(r"[，。；]", without_brackets(text[:end]))[-1]


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
    for number in range(len(clauses) - 1, -1, -1):
        units, _ = find_subject(clauses[number])
        if units:
            return (*_listed_before(clauses[:number]), *units)
    named = re.match(
        r"^(?:请)?(?P<unit>各(?:单位|市州?|县|校|部门|地|高校|学校|镇|区))(?=[\u4e00-\u9fff])", clauses[-1]
    )
    if named and not any(unit.startswith(named["unit"]) for unit in subjects):
        return (named["unit"],)
    return subjects


def _listed_before(clauses: list[str]) -> tuple[str, ...]:
    """各中小学，幼儿园于……: a whole clause of units belongs to the subject behind it."""
    if not clauses or not clauses[-1]:
        return ()
    units, end = find_subject(clauses[-1])
    return units if units and end == len(clauses[-1]) else ()


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
        if 2 < len(clause) < 26
        and re.search(r"(?:期间|起|以来|阶段|后|时|止|日|月)$", clause)
        and not find_verbs(clause)
    ]
    if scopes:
        words = f"{scopes[-1]}{words}"
    if zero := re.search(r"零报告|免报|顺延[^，。；）]*", segment.text + sentence):
        words = f"{words}，{zero[0]}"
    return repeat, words


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
    """Those that repeat another's matter and day are one with it, their ways added."""
    found: list[Duty] = []
    for duty in duties:
        same = next((n for n, other in enumerate(found) if _is_same(duty, other)), None)
        if same is None:
            found.append(duty)
        else:
            ways = tuple(dict.fromkeys([*found[same].channel, *duty.channel]))
            found[same] = replace(found[same], what=max(found[same].what, duty.what, key=len), channel=ways)
    return found


def _is_same(duty: Duty, other: Duty) -> bool:
    is_part = duty.what in other.what or other.what in duty.what
    return bool(duty.due) and duty.due == other.due and duty.repeat == other.repeat and is_part
