"""Reads a notice's folder into the model; every mistake is named with its file, line and what to do.

Reads notice.yaml, recipients.csv, regions.csv (and notices/words.yaml); writes nothing.
"""

import csv
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from pipelines.errors import BadNoticeError
from pipelines.home import ROOT
from pipelines.notice.model import Exemption, Extension, Notice, Recipient, Region

NOTICES = ROOT / "notices"
FILES = ("notice.yaml", "recipients.csv", "regions.csv", "notice.txt")
RECIPIENT_COLUMNS = ("code", "name", "kind", "line", "city_code", "aliases")
REGION_COLUMNS = ("level", "code", "name", "parent_code")

_MESSAGES = {
    "extra_forbidden": "不认识的键；请删去或改正拼写",
    "missing": "缺少必填的键 {field}；请补上",
    "literal_error": "写成了 {input!r}；应为 {expected}",
    "date_from_datetime_parsing": "写成了 {input!r}；日期应写成 2020-11-08",
    "date_parsing": "写成了 {input!r}；日期应写成 2020-11-08",
    "datetime_from_date_parsing": "写成了 {input!r}；时刻应写成 2020-11-05T23:59:59",
    "datetime_parsing": "写成了 {input!r}；时刻应写成 2020-11-05T23:59:59",
    "string_pattern_mismatch": "写成了 {input!r}；应符合 {pattern}（小写字母、数字）",
    "string_type": "写成了 {input!r}；应为文字，必要时加引号",
    "tuple_type": "写成了 {input!r}；应为列表 [..., ...]",
    "too_short": "是空的；至少要有一项",
    "union_tag_invalid": "写成了 {tag!r}；应为 {expected_tags}",
    "bool_type": "写成了 {input!r}；应为 true 或 false",
    "bool_parsing": "写成了 {input!r}；应为 true 或 false",
}


def list_notices(folder: Path = NOTICES) -> list[str]:
    """The ids of all notices there are, sorted."""
    return sorted(path.parent.name for path in folder.glob("*/notice.yaml"))


def load_notice(notice_id: str, folder: Path = NOTICES) -> Notice:
    """The notice of this id. Raises BadNoticeError with every problem that was found."""
    home = folder / notice_id
    if not (home / "notice.yaml").is_file():
        have = "、".join(list_notices(folder)) or "（一个也没有）"
        raise BadNoticeError(notice_id, [f"{folder.name}/{notice_id}/notice.yaml 不存在；现有通知：{have}"])
    problems: list[str] = []
    lines: dict[tuple[Any, ...], int] = {}
    data = _read_yaml(home / "notice.yaml", lines, problems)
    words = _read_yaml(folder / "words.yaml", {}, problems)
    recipients = _read_csv(home / "recipients.csv", RECIPIENT_COLUMNS, Recipient, problems)
    regions = _read_csv(home / "regions.csv", REGION_COLUMNS, Region, problems)
    if not isinstance(data, dict):
        raise BadNoticeError(notice_id, problems or [f"{notice_id}/notice.yaml 第 1 行：应为“键: 值”的结构"])
    for key in ("recipients", "regions", "fingerprint"):
        if key in data:
            problems.append(
                f"{notice_id}/notice.yaml 第 {lines[(key,)]} 行：{key} 不写在这里，来自同名的文件；请删去"
            )
    try:
        given_words = data.get("words") or {}
        notice = Notice.model_validate(
            {
                **data,
                "words": {**words, **given_words} if isinstance(given_words, dict) else given_words,
                "recipients": tuple(recipients.values()),
                "regions": tuple(regions.values()),
                "fingerprint": _fingerprint([*(home / name for name in FILES), folder / "words.yaml"]),
            }
        )
    except ValidationError as error:
        problems += [_describe(notice_id, found, lines) for found in error.errors(include_url=False)]
        raise BadNoticeError(notice_id, problems) from None
    problems += _check_references(notice, recipients, regions, lines)
    if problems:
        raise BadNoticeError(notice_id, problems)
    return notice


def _fingerprint(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.name}:{len(content)}\n".encode() + content)
    return digest.hexdigest()


def _read_yaml(path: Path, lines: dict[tuple[Any, ...], int], problems: list[str]) -> Any:
    """The data of a YAML file, with the line of each key collected in `lines`."""
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" 第 {mark.line + 1} 行" if mark else ""
        problems.append(
            f"{path.parent.name}/{path.name}{where}：不是合法的 YAML（{getattr(error, 'problem', error)}）；请检查缩进、冒号和引号"
        )
        return None
    if node is None:
        return None
    _collect_lines(node, (), lines, problems, path)
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _collect_lines(
    node: yaml.Node,
    where: tuple[Any, ...],
    lines: dict[tuple[Any, ...], int],
    problems: list[str],
    path: Path,
) -> None:
    lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                problems.append(
                    f"{path.parent.name}/{path.name} 第 {key.start_mark.line + 1} 行：{key.value} 写了两次；请留一个"
                )
            seen.add(key.value)
            lines[(*where, key.value)] = key.start_mark.line + 1
            _collect_lines(value, (*where, key.value), lines, problems, path)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _collect_lines(value, (*where, index), lines, problems, path)


def _read_csv(
    path: Path, columns: tuple[str, ...], model: type[BaseModel], problems: list[str]
) -> dict[int, Any]:
    """Rows of a CSV file by their line; `aliases` is a list joined by |."""
    label = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        problems.append(f"{label} 不存在；请建立，表头为 {','.join(columns)}")
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != columns:
                heads = ",".join(reader.fieldnames or ())
                problems.append(f"{label} 第 1 行：表头是 {heads}；应为 {','.join(columns)}")
                return {}
            rows: dict[int, Any] = {}
            for values in reader:
                if None in values or None in values.values():
                    problems.append(
                        f"{label} 第 {reader.line_num} 行：列数与表头不符；应有 {len(columns)} 列"
                    )
                    continue
                row: dict[str, Any] = dict(values)
                if "aliases" in row:
                    row["aliases"] = tuple(alias for alias in row["aliases"].split("|") if alias) or (
                        row["name"],
                    )
                try:
                    rows[reader.line_num] = model.model_validate(row)
                except ValidationError as error:
                    for found in error.errors(include_url=False):
                        problems.append(
                            f"{label} 第 {reader.line_num} 行 {found['loc'][0]}：{_explain(found)}"
                        )
            return rows
    except UnicodeDecodeError:
        problems.append(f"{label} 不是 UTF-8 编码；请另存为“CSV UTF-8”")
        return {}


def _describe(notice_id: str, found: Any, lines: dict[tuple[Any, ...], int]) -> str:
    """One pydantic error as a sentence with the line it stands on."""
    where = tuple(found["loc"])
    # A discriminated union puts its tag into the location; the file does not hold it.
    place = tuple(
        part
        for part in where
        if part not in ("folder", "form_export", "once", "day", "week", "month", "date")
    )
    probe = place
    while probe and probe not in lines:
        probe = probe[:-1]
    line = lines.get(probe, 1)
    return f"{notice_id}/notice.yaml 第 {line} 行 {'.'.join(map(str, place))}：{_explain(found)}"


def _explain(found: Any) -> str:
    context = found.get("ctx", {})
    template = _MESSAGES.get(found["type"])
    if template is None:
        message = str(context.get("error") or found["msg"])
        return (
            f"{message}（写的是 {_short(found['input'])}）"
            if not isinstance(found["input"], dict)
            else message
        )
    expected = {"input": found["input"], "field": found["loc"][-1], **context}
    return template.format_map({"expected": "", "pattern": "", "tag": "", "expected_tags": "", **expected})


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _check_references(
    notice: Notice,
    recipients: dict[int, Recipient],
    regions: dict[int, Region],
    lines: dict[tuple[Any, ...], int],
) -> list[str]:
    """What single values cannot show: names that must exist elsewhere, and names that must not exist twice."""
    found: list[str] = []
    yaml_name, roster, areas = (
        f"{notice.id}/{name}" for name in ("notice.yaml", "recipients.csv", "regions.csv")
    )

    def at(*where: Any) -> str:
        return f"{yaml_name} 第 {lines.get(where, 1)} 行 {'.'.join(map(str, where))}"

    cities = {region.code for region in regions.values() if region.level == "city"}
    for line, region in regions.items():
        if region.level == "county" and region.parent_code not in cities:
            found.append(
                f"{areas} 第 {line} 行：{region.name} 的上级 {region.parent_code} 不是本表里的市；请改正"
            )
    for code, count in Counter(region.code for region in regions.values()).items():
        if count > 1:
            found.append(f"{areas}：代码 {code} 出现 {count} 次；每个代码只能有一行")
    for code, count in Counter(recipient.code for recipient in recipients.values()).items():
        if count > 1:
            found.append(f"{roster}：代码 {code} 出现 {count} 次；每个代码只能有一行")
    aliases: dict[tuple[str, str], tuple[str, int]] = {}
    for line, recipient in recipients.items():
        if recipient.city_code not in cities:
            found.append(
                f"{roster} 第 {line} 行：city_code {recipient.city_code} 不在 regions.csv 的市里；请改正"
            )
        if recipient.kind not in notice.recipient_kinds:
            found.append(
                f"{roster} 第 {line} 行：kind {recipient.kind} 不在 notice.yaml 的 recipient_kinds 里；请补上或改正"
            )
        if recipient.line and recipient.line not in notice.lines:
            found.append(
                f"{roster} 第 {line} 行：line {recipient.line} 不在 notice.yaml 的 lines 里；请补上或改正"
            )
        for alias in dict.fromkeys((recipient.name, *recipient.aliases)) if recipient.line else ():
            other, first = aliases.setdefault((recipient.line, alias), (recipient.code, line))
            if other != recipient.code:
                found.append(
                    f"{roster} 第 {line} 行：别名“{alias}”第 {first} 行的 {other} 也有；同一条线里一个名字只能属于一个单位"
                )
    for index, source in enumerate(notice.sources):
        if source.line not in notice.lines:
            found.append(
                f"{at('sources', index, 'line')}：没有 {source.line} 这条线；可用：{'、'.join(notice.lines)}"
            )
    for label, counts in (
        ("id", Counter(source.id for source in notice.sources)),
        ("path", Counter(source.path for source in notice.sources)),
    ):
        found += [
            f"{at('sources')}：{label} {value} 用了 {n} 次；各来源必须不同"
            for value, n in counts.items()
            if n > 1
        ]
    kinds = {recipient.kind for recipient in notice.recipients}
    for name, deliverable in notice.deliverables.items():
        for index, owner in enumerate(deliverable.owed_by):
            if owner not in kinds:
                found.append(
                    f"{at('deliverables', name, 'owed_by', index)}：名册里没有 {owner} 这类单位；请改正"
                )
        for column, definition in deliverable.columns.items():
            if definition.list and definition.list not in notice.lists:
                where = at("deliverables", name, "columns", column, "list")
                found.append(
                    f"{where}：lists 里没有 {definition.list}；可用：{'、'.join(notice.lists) or '（无）'}"
                )
    codes = {recipient.code for recipient in notice.recipients}
    granted: list[tuple[str, tuple[Exemption | Extension, ...]]] = [
        ("exemptions", notice.exemptions),
        ("extensions", notice.extensions),
    ]
    for label, grants in granted:
        for index, grant in enumerate(grants):
            where = at(label, index)
            if grant.recipient not in codes:
                found.append(f"{where}：名册里没有 {grant.recipient}；请写单位代码")
            if grant.deliverable not in notice.deliverables:
                found.append(
                    f"{where}：没有报送事项 {grant.deliverable}；可用：{'、'.join(notice.deliverables)}"
                )
            elif grant.period is not None:
                keys = [period.key for period in notice.deliverables[grant.deliverable].periods.periods()]
                if grant.period not in keys:
                    found.append(
                        f"{where}：{grant.deliverable} 没有 {grant.period} 这一期；可用：{'、'.join(map(repr, keys))}"
                    )
    if notice.closes < notice.opens:
        found.append(f"{at('closes')}：早于 opens；请改正")
    if any(item.kind == "materials" for item in notice.deliverables.values()) and notice.event is None:
        found.append(
            f"{at('deliverables')}：有 materials 就要写 event 的首尾两天，否则算不出活动日覆盖率；请补上"
        )
    return found
