"""A draft -> a proposed notice folder: notice.yaml with the evidence beside each value, rosters, areas, open questions.

Writes notice.txt, notice.yaml, regions.csv, recipients.csv and questions.md; never over what is there. What the text
does not say stands as 待答, which `notices check` refuses by its line.
"""

import csv
import io
import re
import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from pipelines.ground.errors import NoticesError
from pipelines.notice.draft import deliverables
from pipelines.notice.draft.defaults import defaults
from pipelines.notice.draft.places import Realm, find_realm
from pipelines.notice.draft.records import Draft, Duty, Table
from pipelines.notice.draft.rosters import UnitKind, find_kinds, owners_of
from pipelines.notice.draft.schedules import Plan, plan, plan_days
from pipelines.notice.draft.written import evidence, listed, scalar
from pipelines.notice.files import OPEN
from pipelines.notice.folder import NOTICES, RECIPIENT_COLUMNS, REGION_COLUMNS

LEEWAY = timedelta(days=10)
"""How long after the last due day late submissions are still taken, as proposed."""
_ID = re.compile(r"^[a-z0-9][a-z0-9-]*$")


@dataclass
class Proposal:
    """A notice.yaml in the making, and what to ask about it."""

    draft: Draft
    kinds: list[UnitKind]
    realm: Realm | None
    questions: list[str] = field(default_factory=list)
    last_due: date | None = None
    lines: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        if question not in self.questions:
            self.questions.append(question)


def write_folder(draft: Draft, home: Path) -> list[str]:
    """Writes the folder and returns its open questions. Raises NoticesError where something stands there already."""
    if not _ID.match(home.name):
        raise NoticesError(
            f"文件夹名 {home.name} 要作通知代号：只能用小写字母、数字和连字符，如 --to notices/xx-reading-week"
        )
    if home.exists() and any(home.iterdir()):
        raise NoticesError(f"{home} 里已有文件，不覆盖；请换一个文件夹，或先移走它们")
    files, questions = propose(draft, home.name)
    home.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (home / name).write_text(text, "utf-8")
    if not (home.parent / "words.yaml").exists() and home.parent.resolve() != NOTICES.resolve():
        shutil.copy(NOTICES / "words.yaml", home.parent / "words.yaml")
    return questions


def propose(draft: Draft, notice_id: str) -> tuple[dict[str, str], list[str]]:
    """The files of the folder by their names, and the open questions."""
    realm = find_realm(*(one.value for one in draft.issuers), *([draft.title.value] if draft.title else []))
    proposal = Proposal(draft, find_kinds(draft, realm), realm)
    items = _deliverables(proposal)
    yaml = [
        *_head(proposal, notice_id),
        *_kinds(proposal),
        *_sources(proposal),
        *_event(proposal),
        "",
        "deliverables:",
        *items,
    ]
    files = {
        "notice.txt": draft.text if draft.text.endswith("\n") else draft.text + "\n",
        "notice.yaml": "\n".join(yaml) + "\n",
        "regions.csv": _regions(proposal),
        "recipients.csv": _recipients(proposal),
    }
    files["questions.md"] = _questions(proposal)
    return files, proposal.questions


def _head(proposal: Proposal, notice_id: str) -> list[str]:
    draft = proposal.draft
    lines = [
        "# yaml-language-server: $schema=../notice.schema.json",
        "# 由 notices new 从通知原文起草：每个值上面是它所依据的原句；“待答”处见 questions.md，答完用 notices check 核对。",
        f"id: {scalar(notice_id)}",
    ]
    for key, found, question in (
        ("title", draft.title, "没有认出标题：照原文写。"),
        ("document_number", draft.document_number, "原文没有文号：有就照写；没有就写“无”。"),
        ("issuer", draft.issuers[0] if draft.issuers else None, "没有认出发文机关：写落款第一个单位。"),
    ):
        if found is None:
            proposal.ask(f"{key}：{question}")
        lines += [
            *(evidence(found.sentence) if found else []),
            f"{key}: {scalar(found.value if found else OPEN)}",
        ]
    if len(draft.issuers) > 1:
        lines.append(f"# 联合发文：{'、'.join(one.value for one in draft.issuers)}")
    lines += ["timezone: Asia/Shanghai"]
    if draft.issued_on:
        lines += [*evidence(draft.issued_on.sentence), f"opens: {draft.issued_on.value}"]
    else:
        proposal.ask("opens：原文没有成文日期：从哪天起收件？")
        lines.append(f"opens: {OPEN}")
    closes = (proposal.last_due + LEEWAY).isoformat() if proposal.last_due else OPEN
    proposal.ask(
        f"closes：收件到哪天为止？原文不会写；现在写的是 {closes}（最后一次截止之后 {LEEWAY.days} 天，给迟报留时间）。"
    )
    return [*lines, f"# 待确认：最后一次截止之后再收 {LEEWAY.days} 天", f"closes: {closes}"]


def _kinds(proposal: Proposal) -> list[str]:
    receiver = next((duty.to for duty in proposal.draft.duties if duty.is_receiver_said), "") or (
        proposal.draft.issuers[0].value if proposal.draft.issuers else OPEN
    )
    told = sorted({duty.to for duty in proposal.draft.duties if duty.is_receiver_said})
    lines = ["", "lines:"]
    if len(told) > 1:
        proposal.ask(
            f"lines：原文里有几个收件处：{'、'.join(told)}。各单位是都报到一处（一条线，现在这样写），还是分开收（每处写一条线，并改 recipients.csv 的 line）？"
        )
        lines.append(f"  # 原文里的收件处：{'、'.join(told)}")
    lines += [f"  main: {scalar(receiver)}", "", "recipient_kinds:"]
    for kind in proposal.kinds:
        lines += (
            [*evidence(kind.sentence, "  "), f"  {kind.code}: {scalar(kind.phrase)}"]
            if kind is proposal.kinds[0]
            else [f"  {kind.code}: {scalar(kind.phrase)}"]
        )
    if not proposal.kinds:
        proposal.ask("recipient_kinds：没有认出主送单位：通知发给哪几类单位？")
        lines.append(f"  unit: {OPEN}")
    return lines


def _sources(proposal: Proposal) -> list[str]:
    ways = sorted({way for duty in proposal.draft.duties for way in duty.channel})
    said = "、".join(defaults()["ways"][way] for way in ways)
    proposal.ask(
        f"sources：各单位报送的文件存到哪里？原文说的方式：{said or '没有写'}。可选：共享文件夹 folder（现在这样写）、收件邮箱 mailbox、"
        "问卷导出 form_export、远程文件夹 remote_folder（写法见 docs/sources.md）。纸质、电话、传真要由人代登记。"
    )
    return [
        "",
        "sources:",
        f"  # 待确认：原文说的报送方式是{said or '（没有写）'}",
        "  - {id: folder, kind: folder, path: 收件, line: main}",
    ]


def _event(proposal: Proposal) -> list[str]:
    start, end = proposal.draft.event_start, proposal.draft.event_end
    if not start or not end:
        return []
    return ["", *evidence(start.sentence), f"event: {{first_day: {start.value}, last_day: {end.value}}}"]


def _deliverables(proposal: Proposal) -> list[str]:
    lines: list[str] = []
    taken = deliverables.Taken()
    for duties in deliverables.group_days(
        deliverables.split_duties(proposal.draft.duties), proposal.draft.tables
    ):
        periods = plan_days(duties) if len(duties) > 1 else plan(duties[0], proposal.draft)
        if periods is None:
            lines += _not_yet(duties[0], proposal)
        else:
            lines += _deliverable(duties[0], periods, proposal, taken)
    if not any(line.startswith("    kind:") for line in lines):
        proposal.ask("deliverables：没有认出能写成定义的报送事项：这份通知要各单位报什么？")
        lines += [f"  item: {OPEN}"]
    return [*lines, *_lists(proposal)] if taken.has_materials else lines


def _deliverable(duty: Duty, periods: Plan, proposal: Proposal, taken: deliverables.Taken) -> list[str]:
    if periods.last_due:
        proposal.last_due = max(periods.last_due, proposal.last_due or periods.last_due)
    table = deliverables.table_of(duty, proposal.draft.tables)
    kind = deliverables.kind_of(duty, table)
    if kind == "materials" and not proposal.draft.event_start:
        kind = "summary"
    if periods.keys["every"] == "event":
        # Only numbers say when what they report happened.
        kind = "statistics"
    taken.has_materials |= kind == "materials"
    code = deliverables.code_of(duty, taken.codes)
    lines = [
        "",
        *evidence(duty.sentence, "  "),
        f"  {code}:",
        f"    kind: {kind}",
        f"    name: {scalar(duty.what)}",
    ]
    lines.append(f"    file_words: {listed(deliverables.file_words(duty, taken.words))}")
    lines += [*_owed_by(duty, proposal, code), *_notes(duty)]
    if periods.doubt:
        proposal.ask(f"deliverables.{code}.periods：{periods.doubt}。")
        lines.append(f"    # 待确认：{periods.doubt}")
    keys = ", ".join(f"{key}: {_period_value(key, value)}" for key, value in periods.keys.items())
    lines.append(f"    periods: {{{keys}}}")
    if kind == "list":
        lines += ["    # 待确认：按这一列认是哪一条，同名的两条要再加一列", "    identity: [name]"]
        proposal.ask(f"deliverables.{code}.identity：清单里凭哪几列认得出是哪一条？现在只凭名称。")
    return lines + _columns(kind, table, periods.keys["every"], proposal, code)


def _lists(proposal: Proposal) -> list[str]:
    """The lists that daily materials choose from, as far as the text names their words."""
    proposal.ask("lists：每日材料的类型和活动类别各有哪几个词？现在只写了原文提到的。")
    said = "".join(duty.what for duty in proposal.draft.duties)
    known = defaults()["material_types"].items()
    pairs = ", ".join(f"{code}: {word}" for word, code in known if word in said) or f"article: {OPEN}"
    return [
        "",
        "lists:",
        f"  types: {{{pairs}}}",
        "  # 待答：活动类别",
        f"  categories: {{activity: {OPEN}}}",
    ]


def _period_value(key: str, value: str) -> str:
    if key == "due_time":
        return f'"{value}"'
    return value


def _owed_by(duty: Duty, proposal: Proposal, code: str) -> list[str]:
    owners, is_sure = owners_of(duty.who, proposal.kinds, duty.to)
    said = "、".join(duty.who) if duty.are_senders_said else "（没有写）"
    lines = []
    if not is_sure or not duty.are_senders_said:
        choices = "、".join(f"{kind.code}（{kind.phrase}）" for kind in proposal.kinds)
        proposal.ask(f"deliverables.{code}.owed_by：原文写的是“{said}”，是哪几类单位？可选：{choices}。")
        lines.append(f"    # 待确认：原文写的是“{said}”")
    return [*lines, f"    owed_by: {listed([kind.code for kind in owners] or ['unit'])}"]


def _notes(duty: Duty) -> list[str]:
    """Receiver and ways, which today's keys do not hold for a deliverable of its own."""
    to = duty.to if duty.is_receiver_said else f"{duty.to}（原文这一句没有写，按上下文）"
    ways = "、".join(defaults()["ways"][way] for way in duty.channel)
    return [f"    # 报给：{to}" + (f"；方式：{ways}" if ways else "")]


def _not_yet(duty: Duty, proposal: Proposal) -> list[str]:
    often = {"yearly": "按年", "irregular": "随时、遇事"}[duty.repeat]
    proposal.ask(
        f"“{duty.what}”是{often}报送（{duty.relative_due or ''}），没有写成事项：要收的话改成指定的几天 {{every: date, dates: […]}}，或由人代登记。"
    )
    return [
        "",
        *evidence(duty.sentence, "  "),
        f"  # 没有写成事项（{often}）：{duty.what}；{'、'.join(duty.who)} 报 {duty.to}；{duty.relative_due or ''}",
    ]


def _columns(kind: str, table: Table | None, every: str, proposal: Proposal, code: str) -> list[str]:
    columns = deliverables.columns_of(kind, table, every)
    if not columns:
        return []
    lines = [
        *(evidence(table.sentence, "    ", f"附表“{table.title}”的表头") if table else []),
        "    columns:",
    ]
    for column in columns:
        note = f"   # {column.note}" if column.note else ""
        extra = {"material_type": ", list: types", "category": ", list: categories"}.get(column.code, "")
        extra += ", required: true" if column.is_required else ""
        extra += f", type: {column.type}" if column.type else ""
        lines.append(f"      {column.code}: {{headers: {listed([column.header])}{extra}}}{note}")
        if column.note:
            proposal.ask(f"deliverables.{code}.columns.{column.code}：{column.note}。")
    return lines


def _regions(proposal: Proposal) -> str:
    rows: list[tuple[str, ...]] = []
    realm = proposal.realm
    if realm is None:
        proposal.ask("regions.csv：认不出是哪个省、市的通知，一行也没有写：有哪些市（及县）？")
    else:
        proposal.ask(
            f"regions.csv：{realm.seat.name}的 {len(realm.cities)} 个地区取自 {defaults()['divisions_year']} 年的行政区划；请对照通知当年的区划增删。"
        )
        rows = [("city", area.code, area.name, realm.seat.code) for area in realm.cities]
        rows += [("county", area.code, area.name, city) for area, city in realm.counties]
    return _csv(REGION_COLUMNS, rows)


def _recipients(proposal: Proposal) -> str:
    rows: list[tuple[str, ...]] = []
    owing = {
        kind.code
        for duty in proposal.draft.duties
        for kind in owners_of(duty.who, proposal.kinds, duty.to)[0]
    }
    for kind in proposal.kinds:
        line = "main" if kind.code in owing else ""
        if not kind.units:
            proposal.ask(
                f"recipients.csv：“{kind.phrase}”（{kind.code}）的名单原文没有：请逐行补上，或从 recipient_kinds 和 owed_by 删去。"
            )
        for number, (name, area, aliases) in enumerate(kind.units, 1):
            rows.append(
                (
                    f"{kind.code.upper().replace('_', '-')}-{area or number}",
                    name,
                    kind.code,
                    line,
                    area or OPEN,
                    "|".join(aliases),
                )
            )
        if kind.units and not kind.units[0][1]:
            proposal.ask(
                f"recipients.csv：“{kind.phrase}”的 city_code：它归在哪个市？现在每个单位都要写一个。"
            )
        elif kind.units:
            proposal.ask(
                f"recipients.csv：“{kind.phrase}”按各地惯用名称写了 {len(kind.units)} 行：请核对各地的实际名称和叫法。"
            )
    return _csv(RECIPIENT_COLUMNS, rows)


def _csv(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _questions(proposal: Proposal) -> str:
    title = proposal.draft.title.value if proposal.draft.title else "（没有认出标题）"
    numbered = "\n".join(f"{number}. {question}" for number, question in enumerate(proposal.questions, 1))
    return f"# 还要由人回答的\n\n{title}\n\n原文没有写、或者程序拿不准的，都在这里；答完改 notice.yaml 等文件里对应的地方，再执行 notices check。\n\n{numbered}\n"
