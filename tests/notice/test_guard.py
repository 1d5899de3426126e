"""pipelines/ and dags/ know no notice: none of its names, years or headers stands in code (architecture.md, principle 2)."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pipelines.ground.home import ROOT
from pipelines.notice import Notice, list_notices, load_notice

CODE = sorted(path for folder in ("pipelines", "dags", "plugins") for path in (ROOT / folder).rglob("*.py"))
DECIDING = ("notice", "collect", "read", "check", "warehouse", "cycle.py", "kinds.py", "sample")
"""Below pipelines/: where a row's meaning is decided. Elsewhere a header may be printed to people, but not be compared with."""
EXAMPLES = (
    "2020-11-14 20:00:00",
    "2020-11-05T23:59:59",
    "2020-12-01T00:00:00",
    "2020-11-14T20:00:00",
    "2020-11-08",
)
"""How a day and a moment are written, in what people are told."""


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All of a file's code, read once for the tests of this file."""
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


@pytest.fixture(scope="module", autouse=True)
def _forgotten() -> Iterator[None]:
    """Half a million objects slow down whatever comes after."""
    yield
    nodes.cache_clear()


@cache
def texts(path: Path) -> list[tuple[int, str]]:
    """Every text in a file's code with its line, docstrings apart, which are for programmers."""
    docs = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
    return [(node.lineno, node.value) for node in nodes(path) if _is_text(node) and id(node) not in docs]


def said(path: Path) -> set[tuple[int, str]]:
    """Parts of f-strings: pieces of a sentence that is composed for people."""
    parts = [part for node in nodes(path) if isinstance(node, ast.JoinedStr) for part in node.values]
    return {(part.lineno, part.value) for part in parts if isinstance(part, ast.Constant)}


@cache
def compared(path: Path) -> list[tuple[int, str]]:
    """Texts that something is compared with or looked up by."""
    found: list[ast.AST] = []
    for node in nodes(path):
        if isinstance(node, ast.Compare):
            found += [one for side in (node.left, *node.comparators) for one in ast.walk(side)]
        elif isinstance(node, ast.Dict):
            found += [key for key in node.keys if key]
        elif isinstance(node, ast.Subscript):
            found += ast.walk(node.slice)
        elif isinstance(node, ast.MatchValue):
            found += ast.walk(node.value)
    return [(node.lineno, node.value) for node in found if _is_text(node)]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def names_of(notice: Notice) -> set[str]:
    """What must stand nowhere in code: the notice's id, number and title, its places, units and folders."""
    found = {notice.id, notice.title, notice.document_number, notice.issuer}
    found |= {one.name for one in notice.regions} | {one.name for one in notice.recipients}
    found |= {city.name.removesuffix("市") for city in notice.cities}
    return found | {source.path for source in notice.sources if getattr(source, "path", "")}


def words_of(notice: Notice) -> set[str]:
    """What nothing in code may hang on: headers, words of lists and of file names."""
    found = {word for words in notice.lists.values() for word in words.values()}
    for item in notice.deliverables.values():
        found |= {item.name, *item.file_words, *item.ignored_headers}
        found |= {header for column in item.columns.values() for header in column.headers}
    return found


def years(path: Path) -> list[int]:
    """Lines whose code holds a year of our time, as a number or in a text that is no example."""
    examples = re.compile("|".join(map(re.escape, EXAMPLES)))
    return [
        node.lineno
        for node in nodes(path)
        if isinstance(node, ast.Constant) and type(node.value) is int and 2019 <= node.value <= 2035
    ] + [line for line, text in texts(path) if re.search(r"(?<!\d)20[123]\d(?!\d)", examples.sub("", text))]


def decides(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[0] == "dags" or parts[1] in DECIDING


@cache
def _hanging(path: Path) -> set[tuple[int, str]]:
    """Texts of this file that a meaning may hang on."""
    return set(texts(path)) - said(path) if decides(path) else set(compared(path))


def test_there_is_something_to_guard():
    assert len(list_notices()) >= 2
    assert len([path for path in CODE if decides(path)]) > 30
    assert sum(len(texts(path)) for path in CODE) > 1000
    assert sum(len(compared(path)) for path in CODE) > 100
    notice = load_notice("sd-vocational-week-2020")
    assert {"济南", "济南市教育局", "教育厅收件", notice.id} <= names_of(notice)
    assert {"活动日期", "典型案例", "日报"} <= words_of(notice)
    # They do stand where they belong.
    assert "济南" in (ROOT / "notices" / notice.id / "recipients.csv").read_text("utf-8")


def test_the_guard_finds_what_it_looks_for(tmp_path):
    code = tmp_path / "code.py"
    code.write_text(
        '"""济南."""\nYEAR = 2020\nname = "济南市"\nif row["活动日期"] == "日报":\n    pass\n', "utf-8"
    )
    assert (3, "济南市") in texts(code)
    assert (1, "济南.") not in texts(code)
    assert {word for _, word in compared(code)} == {"活动日期", "日报"}
    assert years(code) == [2]


@pytest.mark.parametrize("notice_id", list_notices())
def test_no_name_of_a_notice_stands_in_code(notice_id):
    names = re.compile("|".join(map(re.escape, names_of(load_notice(notice_id)))))
    assert [
        _place(path, line, text) for path in CODE for line, text in texts(path) if names.search(text)
    ] == []


@pytest.mark.parametrize("notice_id", list_notices())
def test_nothing_in_code_hangs_on_a_word_of_a_notice(notice_id):
    words = words_of(load_notice(notice_id))
    found = [(path, *one) for path in CODE for one in _hanging(path)]
    assert [_place(*one) for one in found if one[2].strip() in words] == []


def test_no_year_stands_in_code():
    assert [_place(path, line, "") for path in CODE for line in years(path)] == []


def _place(path: Path, line: int, text: str) -> str:
    return f"{path.relative_to(ROOT)}:{line} {text[:60]}"
