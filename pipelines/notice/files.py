"""The files of a notice's folder as data that knows its lines. What cannot be read is a problem, never an exception."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Place = tuple[str | int, ...]
OPEN = "待答"
"""Stands in a drafted notice where the circulated text says nothing (`notices new`); no notice with one is complete."""


class _TextLoader(yaml.SafeLoader):
    """YAML in which every scalar is text, but for true, false and null: 18:00 stays 18:00, and 2020-02-30 is seen as written."""


class _QuickLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same in C, where PyYAML was built with it: six times quicker, and other words for what is wrong."""


for _loader in (_TextLoader, _QuickLoader):
    _loader.yaml_implicit_resolvers = {}
    _loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])
    _loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(?:~|null|)$"), ["~", "n", ""])

_SYNTAX = {
    "could not find expected ':'": "这一行不成“键: 值”；冒号要用半角的“:”，后面空一格",
    "mapping values are not allowed": "一行里有两个冒号；值里有冒号的要用引号括起来，并检查上一行的缩进",
    "found character '\\t'": "用了制表符缩进；请改成空格",
    "expected <block end>": "缩进没有对齐；同一级的键要上下对齐",
    "expected ',' or": "花括号或方括号里少了逗号，或没有关上",
    "found unexpected end": "引号没有关上",
    "found duplicate anchor": "不能用 & 锚点；请照写一遍",
    "found undefined alias": "不能用 * 引用；以 * 开头的文字要用引号括起来",
}


def label(path: Path) -> str:
    """A file as problems name it: its folder and its name."""
    return f"{path.parent.name}/{path.name}"


class YamlFile:
    """A YAML file's data, the line of every key and item, and what is wrong with it as YAML."""

    def __init__(self, path: Path) -> None:
        self.label = label(path)
        self.data: Any = None
        self.problems: list[str] = []
        self._lines: dict[Place, int] = {}
        self._nodes: set[int] = set()
        text, problem = read_text(path)
        if text is None:
            self.problems.append(problem)
            return
        try:
            self._take(text, _QuickLoader)
        except yaml.YAMLError:
            self.problems, self._lines, self._nodes = [], {}, set()
            try:
                self._take(text, _TextLoader)
            except yaml.YAMLError as error:
                self.problems.append(self._explain(error, text))

    def _take(self, text: str, kind: Any) -> None:
        """Raises YAMLError."""
        loader = kind(text)
        try:
            node = loader.get_single_node()
            if node is not None and self._is_plain(node, ()):
                self.data = loader.construct_document(node)
        finally:
            loader.dispose()

    def line(self, *place: str | int) -> int:
        """The line of this place, or of the nearest one around it that the file holds."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)

    def unanswered(self) -> list[Place]:
        """Where a drafted notice still says 待答, in the file's order."""
        return sorted(_find(self.data, OPEN), key=lambda place: self.line(*place))

    def holds(self, *place: str | int) -> bool:
        return place in self._lines

    def at(self, *place: str | int) -> str:
        """A place as problems name it: file, line and keys."""
        return f"{self.label} 第 {self.line(*place)} 行 {'.'.join(map(str, place))}".rstrip()

    def _is_plain(self, node: yaml.Node, place: Place) -> bool:
        """Notes the lines; false where something is used that a notice has no need of."""
        if isinstance(node, yaml.ScalarNode) and self._is_unclosed(node):
            return False
        if id(node) in self._nodes:
            self.problems.append(f"{self.at(*place)}：用 * 引用了别处；请照写一遍")
            return False
        self._nodes.add(id(node))
        self._lines.setdefault(place, node.start_mark.line + 1)
        found: list[bool] = []
        if isinstance(node, yaml.MappingNode):
            found = [self._is_plain_pair(key, value, place) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            found = [self._is_plain(value, (*place, index)) for index, value in enumerate(node.value)]
            found += [
                self._is_one_item(value, (*place, index))
                for index, value in enumerate(node.value)
                if node.flow_style
            ]
        return all(found)

    def _is_unclosed(self, node: yaml.ScalarNode) -> bool:
        """A quotation that ends on another line was hardly meant: everything between has become one value."""
        if node.style not in ("'", '"') or node.start_mark.line == node.end_mark.line:
            return False
        self.problems.append(
            f"{self.label} 第 {node.start_mark.line + 1} 行：引号没有关上，到第 {node.end_mark.line + 1} 行的引号才算完；请在这一行补上后引号"
        )
        return True

    def _is_one_item(self, node: yaml.Node, place: Place) -> bool:
        """[甲，乙] and [甲、乙] are lists of one; a comma or 、 that is truly part of a value stands in quotation marks."""
        if not isinstance(node, yaml.ScalarNode) or node.style or not has_separator(str(node.value)):
            return True
        self.problems.append(
            f"{self.at(*place)}：“{node.value}”里有“，”或“、”，整个成了一项；列表里用半角逗号隔开，真是一项的用引号括起来"
        )
        return False

    def _is_plain_pair(self, key: yaml.Node, value: yaml.Node, place: Place) -> bool:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            self.problems.append(f"{self.label} 第 {line} 行：键是一个结构；键应为一个词")
            return False
        here = (*place, str(key.value))
        if here in self._lines:
            self.problems.append(
                f"{self.label} 第 {line} 行：{key.value} 写了两次（另一处在第 {self._lines[here]} 行）；请留一个"
            )
            return False
        self._lines[here] = line
        return self._is_plain(value, here)

    def _explain(self, error: yaml.YAMLError, text: str) -> str:
        problem = str(getattr(error, "problem", None) or error)
        # What was begun and not finished stands where the context began.
        unfinished = any(
            part in problem for part in ("could not find expected", "unexpected end", "expected ',' or")
        )
        mark = getattr(error, "context_mark" if unfinished else "problem_mark", None) or getattr(
            error, "problem_mark", None
        )
        line = min(mark.line + 1, text.count("\n") + 1) if mark else 1
        if quoted := _open_quote(text, line):
            return f"{self.label} 第 {quoted} 行：不是合法的 YAML；引号没有关上，请在这一行补上后引号"
        advice = next((said for start, said in _SYNTAX.items() if problem.startswith(start)), None)
        return (
            f"{self.label} 第 {line} 行：不是合法的 YAML；{advice or f'请检查缩进、冒号和引号（{problem}）'}"
        )


def has_separator(text: str) -> bool:
    """Whether a Chinese separator stands in a text outside its brackets and quotations."""
    return bool(re.search("[，、；]", re.sub("（[^（）]*）|\\([^()]*\\)|“[^”]*”|《[^》]*》", "", text)))


def _open_quote(text: str, last: int) -> int | None:
    """The first line up to `last` whose double quotation marks are not in pairs; remarks apart."""
    for number, line in enumerate(text.splitlines()[:last], 1):
        if not line.lstrip().startswith("#") and line.replace('\\"', "").count('"') % 2:
            return number
    return None


def _find(data: Any, word: str, place: Place = ()) -> Iterator[Place]:
    """Every place below here where this very word is the value."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _find(value, word, (*place, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _find(value, word, (*place, index))
    elif data == word:
        yield place


def read_text(path: Path) -> tuple[str | None, str]:
    """A file's text (UTF-8, with or without BOM), or None and the problem."""
    if not path.is_file():
        return None, f"{label(path)} 不存在；请建立这个文件"
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return (
            None,
            f"{label(path)} 第 {line} 行：不是 UTF-8 编码；请另存为 UTF-8（Excel 里选“CSV UTF-8（逗号分隔）”）",
        )
    for number, written in enumerate(text.split("\n"), 1):
        if bad := next(
            (letter for letter in written if not letter.isprintable() and letter not in "\t\r"), None
        ):
            # Spaces of every width are unprintable to Python, and harmless.
            if bad.isspace():
                continue
            return None, f"{label(path)} 第 {number} 行：有看不见的字符 {bad!r}；请删去后重新键入这一行"
    return text, ""


def read_rows(
    path: Path, columns: tuple[str, ...], problems: list[str], optional: tuple[str, ...] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with these columns, which any of the `optional` ones may follow, each with its line; what is no such
    row is a problem."""
    text, problem = read_text(path)
    if text is None:
        problems.append(problem.replace("请建立这个文件", f"请建立，表头为 {','.join(columns)}"))
        return
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = tuple(next(reader, ()))
        if header in _with_optional(columns, optional):
            columns = header
        if header != columns:
            problems.append(
                f"{label(path)} 第 1 行：表头是 {','.join(header) or '空的'}；应为 {','.join(columns)}"
            )
            return
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                problems.append(
                    f"{label(path)} 第 {reader.line_num} 行：有 {len(cells)} 列；应有 {len(columns)} 列"
                    f"（{','.join(columns)}），别名之间用 | 隔开，不用逗号"
                )
                continue
            yield reader.line_num, dict(zip(columns, cells, strict=True))
    except csv.Error:
        problems.append(f"{label(path)} 第 {reader.line_num} 行：引号没有成对；请改正或删去引号")


def _with_optional(columns: tuple[str, ...], optional: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The headers that there may be: optional columns stand in their order, and each may be left out."""
    found = [columns]
    for name in optional:
        found += [(*one, name) for one in found]
    return found
