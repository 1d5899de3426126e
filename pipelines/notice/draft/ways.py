"""Ways of sending that are told apart from the duties they belong to: in a further sentence, in a section of their own."""

import re
from dataclasses import replace

from pipelines.notice.draft import matters
from pipelines.notice.draft.context import Context
from pipelines.notice.draft.records import Duty
from pipelines.notice.draft.reporting import find_channels, find_receiver, find_verbs
from pipelines.notice.draft.text import without_brackets
from pipelines.notice.draft.timings import find_timings

_ABOVE = re.compile(
    r"^(?:请)?(?:(?:以上|上述|所有|各项|有关)[^，。；]{0,10}(?:材料|报表|数据|表格|资料|信息|报告)|(?:材料|报表)(?=[^，。；]{0,24}(?:报送|发送|提交)))"
)


def supplement(last: Duty, part: str, context: Context) -> Duty:
    """纸质版同时寄送T: one more way of the duty before, and its receiver where that named none."""
    receiver = find_receiver(part, find_verbs(part))
    channel = tuple(dict.fromkeys([*last.channel, *find_channels(part)]))
    duty = replace(last, channel=channel)
    if receiver and not last.is_receiver_said:
        duty = replace(duty, to=receiver, is_receiver_said=True)
    context.found[-1] = duty
    return duty


def apply_to_all(sentence: str, context: Context) -> bool:
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


def apply_way(sentence: str, context: Context) -> bool:
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
