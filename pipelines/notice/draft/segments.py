"""A sentence cut where a further timing with a verb of its own begins: one segment is one duty, or one for each listed day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from pipelines.notice.draft.reporting import Verb, find_verbs
from pipelines.notice.draft.timings import Timing, find_timings

LABEL = re.compile(
    r"(?:交报|报送|申报|报名|征集|推荐|提交|上报|投稿|接收|作品|材料|填报)[^，。：]{0,6}(?:时间|期限|日期|截止)|截(?:止|稿)(?:时间|日期|日)"
)


_TO_LOCAL_RULERS = re.compile(r"向(?:当地|本级|同级)?(?:党委|政府|党委、政府|党政|社会|家长)")


@dataclass(frozen=True)
class Segment:
    """Part of a sentence that one timing governs; `lead` is what stands before it in the sentence."""

    text: str
    lead: str
    timings: tuple[Timing, ...]
    """Several where days are listed: one duty each. Their spans are those in `text`."""
    verbs: tuple[Verb, ...]


def find_segments(part: str, issued: date | None) -> Iterator[Segment]:
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
        if here or LABEL.search(text):
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
                LABEL.search(between)
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
