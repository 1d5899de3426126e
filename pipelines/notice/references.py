"""What single values of a notice cannot show: names that must exist elsewhere, or must not exist twice, and times out of order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.notice.check_attachments import check_attachments
from pipelines.notice.check_channels import check_channels
from pipelines.notice.columns import check_columns
from pipelines.notice.conditions import check_conditions
from pipelines.notice.files import OPEN, YamlFile, has_separator, label
from pipelines.notice.grants import check_grants
from pipelines.notice.mail import ALL_RECIPIENTS
from pipelines.notice.membership import Known, Stay, UnitChange, check_changes, find_stays, member_days
from pipelines.notice.model import Notice, Recipient, Region
from pipelines.notice.periods import Explicit, Schedule
from pipelines.notice.programme import check_programme
from pipelines.notice.remind import check_remind
from pipelines.notice.selection import check_selection
from pipelines.notice.slips import check_slips, plain_name

FAR = 366
"""Days after closing from which on a due moment is a slip of its own, not a reason to close later."""


@dataclass(frozen=True)
class Folder:
    """A notice whose values are right one by one, and where each stands."""

    home: Path
    notice: Notice
    definition: YamlFile
    recipients: Mapping[int, Recipient]
    """By their line."""
    regions: Mapping[int, Region]
    changes: Mapping[int, UnitChange]

    def row(self, name: str, line: int) -> str:
        return f"{label(self.home / name)} 第 {line} 行"


def check_references(folder: Folder) -> Iterator[str]:
    """Every problem, in the order of the files: notice.yaml, regions.csv, recipients.csv."""
    yield from check_definition(folder)
    yield from _check_owners(folder)
    yield from check_channels(folder.notice, folder.definition)
    yield from check_grants(folder.notice, folder.definition)
    yield from check_remind(folder.notice, folder.definition)
    yield from _check_recommend(folder)
    yield from check_selection(folder.notice, folder.definition)
    yield from _check_contacts(folder)
    yield from _check_extracts(folder)
    yield from _check_regions(folder)
    yield from _check_recipients(folder)
    yield from _check_names(folder)
    for line, sentence in check_changes(folder.changes, _known(folder.notice)):
        yield f"{folder.row('units_changes.csv', line)} {sentence}"


def _known(notice: Notice) -> Known:
    """What units_changes.csv may name."""
    return Known(
        {one.code: _at_first(one) for one in notice.recipients},
        {area.code: area.name for area in notice.areas},
        notice.lines,
        frozenset(source.line for source in notice.sources),
    )


def _at_first(one: Recipient) -> Stay:
    names = tuple(dict.fromkeys((one.name, *one.aliases)))
    return Stay(date.min, date.max, names, one.city_code, one.line)


def check_definition(folder: Folder) -> Iterator[str]:
    """The problems of notice.yaml that do not hang on the rows of the tables."""
    yield from _check_head(folder)
    yield from _check_sources(folder)
    yield from check_conditions(folder.notice, folder.definition)
    yield from check_columns(folder.notice, folder.definition)
    yield from check_attachments(folder.notice, folder.definition)
    yield from check_slips(folder.notice, folder.definition)
    yield from check_programme(folder.notice, folder.definition)


def _check_head(folder: Folder) -> Iterator[str]:
    notice, at = folder.notice, folder.definition.at
    if notice.id != folder.home.name:
        yield f"{at('id')}：写成了 {notice.id}；应与文件夹同名：{folder.home.name}"
    if notice.closes < notice.opens:
        yield f"{at('closes')}：{notice.closes} 早于 opens {notice.opens}；请核对这两天"
    for name, item in notice.deliverables.items():
        dues = [notice.local(period.due_at) for period in item.periods.periods()]
        if not dues:
            continue
        last = max(dues)
        if (last.date() - notice.closes).days > FAR:
            place = at("deliverables", name, "periods", *_last_due(item.periods, notice))
            yield f"{place}：最后截止 {last}，比 closes {notice.closes} 晚了一年以上；请核对年份"
        elif last.date() > notice.closes:
            yield f"{at('closes')}：{notice.closes} 早于 {name} 的最后截止 {last}；到那时已不收件，请推后 closes"
        if item.periods.every == "once" and last.date() < notice.opens:
            yield f"{at('deliverables', name, 'periods', 'due')}：{last} 早于 opens {notice.opens}；请核对年月日"
        if item.kind == "materials" and notice.event is None:
            yield f"{at('deliverables', name)}：有 materials 而没有 event；请写上活动的首尾两天，否则算不出活动日覆盖率"


def _last_due(schedule: Schedule, notice: Notice) -> tuple[str | int, ...]:
    """Where the last due moment of a schedule is written."""
    if isinstance(schedule, Explicit):
        last = max(range(len(schedule.dates)), key=lambda index: notice.local(schedule.dates[index].due))
        return "dates", last, "due"
    return ("due",) if schedule.every == "once" else ("last",)


def _check_sources(folder: Folder) -> Iterator[str]:
    notice, at = folder.notice, folder.definition.at
    ids: set[str] = set()
    paths: set[str] = set()
    for index, source in enumerate(notice.sources):
        if source.line not in notice.lines:
            yield f"{at('sources', index, 'line')}：没有 {source.line} 这条线；可用：{_list(notice.lines)}"
        for key, value, seen in (("id", source.id, ids), ("path", source.path, paths)):
            if value in seen:
                yield f"{at('sources', index, key)}：{value} 前面已经用过；各来源必须不同，请改一个"
            seen.add(value)


def _check_recommend(folder: Folder) -> Iterator[str]:
    """It goes one way, and its lists are those of `mail`."""
    notice, at = folder.notice, folder.definition.at
    if notice.recommend is None:
        return
    if notice.recommend.mail_to and notice.recommend.connection:
        yield f"{at('recommend', 'connection')}：已经写了 mail_to；寄信和上传只能选一种，请删去一个"
    lists = dict.fromkeys(notice.mail.lists if notice.mail else (), "")
    for index, name in enumerate(notice.recommend.mail_to):
        if name not in lists:
            yield f"{at('recommend', 'mail_to', index)}：mail.lists 里没有 {name}；可用：{_list(lists) or '没有'}"


def _check_owners(folder: Folder) -> Iterator[str]:
    notice, at = folder.notice, folder.definition.at
    kinds = {recipient.kind for recipient in notice.recipients}
    for name, item in notice.deliverables.items():
        if item.line and item.line not in notice.lines:
            yield f"{at('deliverables', name, 'line')}：没有 {item.line} 这条线；可用：{_list(notice.lines)}"
        key = "open_to" if item.optional else "owed_by"
        for index, owner in enumerate(item.sent_by):
            place = at("deliverables", name, key, index)
            if owner not in notice.recipient_kinds:
                yield f"{place}：没有 {owner} 这类单位；可用：{_list(notice.recipient_kinds)}"
            elif owner not in kinds:
                yield f"{place}：名册里没有一个 {owner}；请在 recipients.csv 补上，或从这里删去"


def _check_regions(folder: Folder) -> Iterator[str]:
    cities = {region.code for region in folder.regions.values() if region.level == "city"}
    codes: dict[str, int] = {}
    names: dict[tuple[str, str], int] = {}
    provinces = [line for line, region in folder.regions.items() if region.level == "province"]
    for line in provinces[1:]:
        place = folder.row("regions.csv", line)
        yield f"{place} level：第 {provinces[0]} 行已经是 province；只能有一行，请删去"
    above = folder.regions[provinces[0]].code if provinces else ""
    for line, region in folder.regions.items():
        place = folder.row("regions.csv", line)
        if region.level == "county" and region.parent_code not in cities:
            yield f"{place} parent_code：{region.name} 的上级 {region.parent_code} 不是本表里的市；请改正"
        if above and region.level == "city" and region.parent_code != above:
            yield f"{place} parent_code：{region.name} 的上级 {region.parent_code} 不是本表里的省 {above}；请改正"
        if (first := codes.setdefault(region.code, line)) != line:
            yield f"{place} code：{region.code} 第 {first} 行已经有了；每个代码只能有一行"
        if (first := names.setdefault((region.parent_code, region.name), line)) != line:
            yield f"{place} name：{region.name} 第 {first} 行已经有了；同一上级之下不能重名"
    for line, region in folder.regions.items():
        for alias in region.aliases:
            if (first := names.setdefault((region.parent_code, alias), line)) != line:
                place = folder.row("regions.csv", line)
                yield f"{place} aliases：{alias} 是第 {first} 行的；同一上级之下，一个叫法只能是一个地方"


def _check_contacts(folder: Folder) -> Iterator[str]:
    notice, at = folder.notice, folder.definition.at
    for index, one in enumerate(notice.mail.contacts if notice.mail else ()):
        if one.line and one.line not in notice.lines:
            yield f"{at('mail', 'contacts', index, 'line')}：没有 {one.line} 这条线；可用：{_list(notice.lines)}"


def _check_extracts(folder: Folder) -> Iterator[str]:
    """Who is to get an extract of its city must be written to at all."""
    notice, at = folder.notice, folder.definition.at
    for index, kind in enumerate(notice.bulletins.extracts_to):
        if kind not in notice.recipient_kinds:
            place = at("bulletins", "extracts_to", index)
            yield f"{place}：没有 {kind} 这类单位；可用：{_list(notice.recipient_kinds)}"
    if notice.bulletins.extracts_to and not (notice.mail and ALL_RECIPIENTS in notice.mail.bulletins_to):
        yield (
            f"{at('bulletins', 'extracts_to')}：通报不寄给各单位，摘录寄不出去；"
            f"请在 mail.bulletins_to 里写上 {ALL_RECIPIENTS}，或删去这一项"
        )


def _check_recipients(folder: Folder) -> Iterator[str]:
    notice = folder.notice
    cities = {area.code for area in notice.areas}
    owners = {owner for item in notice.deliverables.values() for owner in item.sent_by}
    heard = {source.line for source in notice.sources}
    codes: dict[str, int] = {}
    for line, one in folder.recipients.items():
        place = folder.row("recipients.csv", line)
        if (first := codes.setdefault(one.code, line)) != line:
            yield f"{place} code：{one.code} 第 {first} 行已经有了；每个单位一个代码"
        if one.city_code == OPEN:
            yield f"{place} city_code：还没有回答（{OPEN}）；请写上 {one.name} 所在的市"
        elif one.city_code not in cities:
            yield f"{place} city_code：{one.city_code} 不在 regions.csv 的市里；请改正，或在 regions.csv 补上这个市"
        if one.kind not in notice.recipient_kinds:
            yield f"{place} kind：没有 {one.kind} 这类单位；可用：{_list(notice.recipient_kinds)}"
        if one.line and one.line not in notice.lines:
            yield f"{place} line：没有 {one.line} 这条线；可用：{_list(notice.lines)}"
        elif one.kind in owners and one.line not in heard:
            yield (
                f"{place} line：{one.name} 要报送，而{f'条线 {one.line} 没有来源' if one.line else '没有写条线'}；"
                "请写上条线，并在 sources 里给它一个来源"
            )


def _check_names(folder: Folder) -> Iterator[str]:
    """One name belongs to one unit of a line at a time; units without a line send nothing and may share names."""
    owners: dict[tuple[str, str], list[_Bearer]] = {}
    for one in _bearers(folder):
        place = f"{one.place} {'into' if one.is_new else 'aliases'}"
        for name in one.stay.names if one.stay.line else ():
            if len(plain_name(name)) < 2:
                yield f"{place}：别名“{name}”只有一个字，会认错单位；请写两个字以上的叫法"
            if has_separator(name):
                yield f"{place}：“{name}”里有“，”“、”或“；”，整个成了一个别名；别名之间请用 | 隔开"
            known = owners.setdefault((one.stay.line, plain_name(name)), [])
            other = next((before for before in known if before.code != one.code and before.meets(one)), None)
            if other:
                written = next(each for each in other.stay.names if plain_name(each) == plain_name(name))
                like = "" if written == name else f"（写作“{written}”，不计空格和全半角是一个名字）"
                yield (
                    f"{place}：“{name}”第 {other.line} 行的 {other.code} 也有{like}；"
                    "同一条线里一个名字同时只能属于一个单位，请删去一处"
                )
            known.append(one)


@dataclass(frozen=True)
class _Bearer:
    """A unit under its names while it has them and belongs to the notice; `line` is where its row in recipients.csv stands."""

    code: str
    line: int
    place: str
    is_new: bool
    stay: Stay

    def meets(self, other: "_Bearer") -> bool:
        """Whether there is a day on which both stand."""
        first, after = self.stay, other.stay
        return max(first.first_day, after.first_day) < min(first.next_day, after.next_day)


def _bearers(folder: Folder) -> Iterator[_Bearer]:
    """Every unit under every set of its names, in the roster's order; `place` is where the names are written."""
    renames = {(one.code, one.day): line for line, one in folder.changes.items() if one.change == "renamed"}
    for line, one in folder.recipients.items():
        own = tuple(change for change in folder.changes.values() if change.code == one.code)
        came, gone = member_days(own)
        place, is_new = folder.row("recipients.csv", line), False
        for stay in find_stays(own, _at_first(one)):
            if renamed := renames.get((one.code, stay.first_day)):
                place, is_new = folder.row("units_changes.csv", renamed), True
            first, after = max(stay.first_day, came), min(stay.next_day, gone)
            if first < after:
                kept = Stay(first, after, stay.names, stay.city_code, stay.line)
                yield _Bearer(one.code, line, place, is_new, kept)


def _list(names: Mapping[str, str]) -> str:
    return "、".join(names)
