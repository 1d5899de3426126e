"""Writes docs/marts.md, the analysts' dictionary, from sql/marts: `python tools/dictionary.py`.

Relations and columns come from their COMMENTs; what a figure means, its denominator and NULL rule, and the example queries
from the header of the relation's file, which states them in this form:

    -- 指标 NAME：definition | 分母：denominator | 空值：NULL rule
    -- 示例 what is asked
    --   SELECT ... $notice ... $t ...

`$notice` and `$t` (`$t1`, `$t2`) stand for a notice's id and moments. A figure that is asked as of a moment is a macro
NAME_as_of beside a view NAME of its latest state: they share a section, and the view's COMMENTs are its columns.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path

import duckdb

from pipelines.ground.home import ROOT
from pipelines.notice import list_notices, load_notice
from pipelines.warehouse.contract import Contract, title_of
from pipelines.warehouse.relations import SQL, create_relations, load_relations

PAGE = ROOT / "docs" / "marts.md"
AS_OF = "_as_of"
_FIGURE = re.compile(r"-- 指标 (\w+)：(.*?) \| 分母：(.*?) \| 空值：(.*)")
_EXAMPLE = re.compile(r"-- 示例 (.*)")
_QUERY = re.compile(r"--   (.*)")
_INTRO = """\
# 数据字典

<!-- 由 tools/dictionary.py 从 sql/marts 生成，不要手改：改 sql/marts 里的注释，再运行 python tools/dictionary.py。 -->

分析用的数据都在 `published/notices.duckdb` 的 `marts` 里，只读打开就能查，装载不会挡住查询。

- **截至某一时刻**：名字以 `_as_of` 结尾的是表宏，写成 `marts.名字_as_of(通知代号, 时刻)`，给出那一刻所知的数：只算那一刻以前收到的东西。时刻按通知所在时区，写到秒。
- **最新**：同名而没有 `_as_of` 的是视图，截至最近一次完整扫描，前面多 `notice_id` 和 `as_of` 两列。
- **率**在 0 到 1 之间。分母为 0 的率为空，不是 0 也不是 1。全省、条线、类别的率由同样的数相除，不是各市的率平均。
- **空值**：未填和不适用的数为空，不加进合计；0 就是 0。
- **键**：哪几列合起来不重复；截至某一刻的宏没有 `notice_id`。一列会不会为空看它的说明：没有写“为空”的，从不为空。每次导出都按这些核对，结果在 `manifest.json` 和 `datapackage.json` 里。
- 没有个人信息：联络员的姓名、电话、邮箱只在装载端。

下面的例子以 `{notice}`、{moment:%Y年%-m月%-d日 %H:%M} 为例，可直接运行。
"""


@dataclass
class Entry:
    """One section: a figure with its macro and latest view, or a plain view."""

    name: str
    macro: str | None = None
    view: str | None = None
    title: str = ""
    contract: Contract = field(default_factory=lambda: Contract((), {}, ()))
    parameters: list[str] = field(default_factory=list)
    """Of the macro."""
    columns: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, type, comment; the comment is '' where only a macro has the column."""
    figures: list[tuple[str, str, str, str]] = field(default_factory=list)
    examples: list[tuple[str, str]] = field(default_factory=list)
    """What is asked, and the query with its placeholders."""


def read_entries() -> list[Entry]:
    """Every relation of marts, figures first, each group in name order."""
    with duckdb.connect() as connection:
        create_relations(connection)
        views = _list_relations(connection, "view_name", "duckdb_views()")
        macros = _list_relations(connection, "function_name", "duckdb_functions()")
        entries = []
        contracts = {one.name: one.contract for one in load_relations()}
        for name in sorted({name.removesuffix(AS_OF) for name in [*views, *macros]}):
            macro = next((one for one in (f"{name}{AS_OF}", name) if one in macros), None)
            entry = Entry(name, macro, name if name in views else None)
            entry.title = title_of((macros[macro] if macro else views[name]) or "")
            entry.contract = contracts[f"marts.{name if name in views else macro}"]
            entry.parameters = _list_parameters(connection, entry)
            entry.columns = _list_columns(connection, entry)
            read_header(SQL / "marts" / f"{macro or name}.sql", entry)
            entries.append(entry)
    return sorted(entries, key=lambda entry: entry.macro is None)


def _list_relations(
    connection: duckdb.DuckDBPyConnection, column: str, catalog: str
) -> dict[str, str | None]:
    found = connection.execute(
        f"SELECT {column}, comment FROM {catalog} WHERE schema_name = 'marts'"
    ).fetchall()
    return dict(found)


def _list_columns(connection: duckdb.DuckDBPyConnection, entry: Entry) -> list[tuple[str, str, str]]:
    if entry.view:
        return connection.execute(
            "SELECT column_name, data_type, coalesce(comment, '') FROM duckdb_columns() "
            "WHERE schema_name = 'marts' AND table_name = $1 ORDER BY column_index",
            [entry.view],
        ).fetchall()
    given = ["NULL::TIMESTAMP" if name.startswith("t") else "NULL::VARCHAR" for name in entry.parameters]
    found = connection.execute(f"DESCRIBE SELECT * FROM marts.{entry.macro}({', '.join(given)})").fetchall()
    return [(row[0], row[1], "") for row in found]


def _list_parameters(connection: duckdb.DuckDBPyConnection, entry: Entry) -> list[str]:
    found = connection.execute(
        "SELECT parameters FROM duckdb_functions() WHERE schema_name = 'marts' AND function_name = $1",
        [entry.macro],
    ).fetchone()
    return found[0] if found else []


def read_header(path: Path, entry: Entry) -> None:
    """The figures and examples that the file's header states."""
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("--"):
            return
        if figure := _FIGURE.fullmatch(line):
            entry.figures.append((figure[1], figure[2], figure[3], figure[4]))
        elif example := _EXAMPLE.fullmatch(line):
            entry.examples.append((example[1], ""))
        elif (query := _QUERY.fullmatch(line)) and entry.examples:
            asked, so_far = entry.examples[-1]
            entry.examples[-1] = (asked, f"{so_far}\n{query[1]}".strip("\n"))


def choose_example() -> tuple[str, datetime, datetime]:
    """The notice that the examples are about, the oldest with an event, and two moments: the event's first and last evening."""
    events = [
        (event.first_day, event.last_day, one) for one in list_notices() if (event := load_notice(one).event)
    ]
    if not events:
        raise SystemExit("没有一个通知有 event，例子无从写起")
    first, last, notice_id = min(events)
    return notice_id, datetime.combine(first, time(20)), datetime.combine(last, time(20))


def fill_in(query: str, notice: str, first: datetime, last: datetime) -> str:
    """A query with values for its placeholders."""
    values = {
        "notice": f"'{notice}'",
        "t": f"TIMESTAMP '{last}'",
        "t1": f"TIMESTAMP '{first}'",
        "t2": f"TIMESTAMP '{last}'",
    }
    return re.sub(r"\$(notice|t1|t2|t)\b", lambda found: values[found[1]], query)


def render() -> str:
    """The whole page."""
    notice, first, last = choose_example()
    entries = read_entries()
    parts = [_INTRO.format(notice=notice, moment=last)]
    for title, wanted in (("指标", True), ("明细和维度", False)):
        chosen = [entry for entry in entries if (entry.macro is not None) is wanted]
        parts.append(f"## {title}\n")
        parts.append("| 关系 | 内容 |\n|---|---|")
        parts += [f"| [{entry.name}](#{entry.name}) | {entry.title} |" for entry in chosen]
        parts.append("")
        parts += [_render_entry(entry, notice, first, last) for entry in chosen]
    return "\n".join(parts).rstrip("\n") + "\n"


def _render_entry(entry: Entry, notice: str, first: datetime, last: datetime) -> str:
    called = [f"`marts.{entry.macro}({', '.join(entry.parameters)})`"] if entry.macro else []
    called += [f"`marts.{entry.view}`"] if entry.view else []
    lines = [f"### {entry.name}\n", f"{entry.title}。{'，最新的：'.join(called)}\n"]
    told = _say_contract(entry.contract)
    lines += [told, ""] if told else []
    if entry.figures:
        lines += ["| 指标 | 定义 | 分母 | 空值 |", "|---|---|---|---|"]
        lines += [
            f"| `{name}` | {meaning} | {base} | {null} |" for name, meaning, base, null in entry.figures
        ]
        lines.append("")
    lines += ["| 列 | 类型 | 说明 |", "|---|---|---|"]
    lines += [f"| `{name}` | {kind} | {comment} |" for name, kind, comment in entry.columns]
    lines.append("")
    for asked, query in entry.examples:
        lines += [f"{asked}：\n", "```sql", fill_in(query, notice, first, last), "```", ""]
    return "\n".join(lines)


def _say_contract(contract: Contract) -> str:
    """What machines rely on, in one line."""
    parts = [f"键：{'、'.join(f'`{one}`' for one in contract.key)}"] if contract.key else []
    parts += [f"`{name}` 只有 {'、'.join(words)}" for name, words in contract.values.items()]
    parts += [f"来自 {'、'.join(f'`{one}`' for one in contract.sources)}"] if contract.sources else []
    return "；".join(parts) + "。" if parts else ""


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
    print(f"{PAGE.relative_to(ROOT)} 已更新")
