"""What the model refuses, as Chinese sentences: where it stands, what was found, what was expected."""

from collections.abc import Iterable
from typing import Any

from pipelines.notice.files import Place, YamlFile

_EXPECTED = {
    "refused": "{sentence}",
    "extra_forbidden": "不认识的键；请改正拼写或删去",
    "missing": "缺少必填的键 {field}；请补上",
    "literal_error": "写成了 {input}；应为 {expected}",
    "string_pattern_mismatch": "写成了 {input}；应由小写字母、数字和{joiner}组成，以小写字母{or_digit}开头",
    "string_type": "写成了 {input}；应为文字",
    "string_too_short": "是空的；请填写",
    "date_from_datetime_parsing": "写成了 {input}；没有这一天，请核对",
    "datetime_from_date_parsing": "写成了 {input}；没有这一刻，请核对",
    "datetime_parsing": "写成了 {input}；没有这一刻，请核对",
    "time_parsing": "写成了 {input}；没有这个时刻，请核对",
    "int_parsing": "写成了 {input}；应为整数",
    "int_type": "写成了 {input}；应为整数",
    "greater_than_equal": "写成了 {input}；不能小于 {ge}",
    "bool_type": "写成了 {input}；应为 true 或 false",
    "bool_parsing": "写成了 {input}；应为 true 或 false",
    "too_short": "是空的；至少要有一项",
    "tuple_type": "写成了 {input}；应为列表 [甲, 乙]",
    "dict_type": "写成了 {input}；应为“键: 值”的结构",
    "model_type": "写成了 {input}；应为“键: 值”的结构",
    "model_attributes_type": "写成了 {input}；应为“键: 值”的结构",
    "union_tag_invalid": "{discriminator} 写成了 {tag}；应为 {expected_tags}",
    "union_tag_not_found": "缺少必填的键 {discriminator}；请补上",
}


def describe(found: Any, *files: YamlFile) -> str:
    """One of pydantic's errors as a sentence with the file, line and keys it stands on: the first file that holds its place."""
    where = (*found["loc"], *found.get("ctx", {}).get("place", ()))
    file = next((one for one in files if one.holds(*where[:2])), files[0])
    return f"{file.at(*_as_written(where, file))}：{explain(found)}"


def is_at(found: Any, places: Iterable[Place]) -> bool:
    """Whether one of pydantic's errors stands on one of these places, the tags of unions apart."""
    where = [*found["loc"], *found.get("ctx", {}).get("place", ())]
    return any(_leads_to(list(place), where) for place in places)


def _leads_to(place: list[str | int], where: list[str | int]) -> bool:
    """Whether `where` names every part of the place, in order."""
    rest = iter(where)
    return all(part in rest for part in place)


def _as_written(where: tuple[str | int, ...], file: YamlFile) -> tuple[str | int, ...]:
    """The place without the tags of unions and the marks of keys, which pydantic puts in and no file holds."""
    place: tuple[str | int, ...] = ()
    for number, part in enumerate(where):
        is_last = number == len(where) - 1
        if file.holds(*place, part) or (is_last and part != "[key]"):
            place = (*place, part)
    return place


def explain(found: Any) -> str:
    """What was found and what was expected."""
    if found["input"] is None and found["type"].endswith("_type"):
        return "是空的；请填写，不需要就删去这一行"
    template = _EXPECTED.get(found["type"], "写成了 {input}；不合要求（{msg}）")
    context = found.get("ctx", {})
    is_word = "_" in str(context.get("pattern", ""))
    given = {
        "input": _short(found["input"]),
        "field": found["loc"][-1] if found["loc"] else "",
        "msg": found["msg"],
        "joiner": "下划线" if is_word else "连字符",
        "or_digit": "" if is_word else "或数字",
    }
    words = {key: _plain_list(value) for key, value in context.items()}
    return template.format_map({**given, **words})


def _plain_list(value: object) -> object:
    """pydantic's 'a', 'b' or 'c' as a、b、c; anything else as it is."""
    if not isinstance(value, str) or not value.startswith("'"):
        return value
    return value.replace("' or '", "', '").replace("', '", "、").strip("'")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
