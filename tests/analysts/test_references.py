"""notices sql --with: a table from outside is read as its people meant it, or refused with a sentence."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ask.references import read_references
from tests.analysts.conftest import World
from tests.analysts.test_sql import run

ROOM = 1_000_000


def read(path: Path, content: bytes, room: int = ROOM) -> list[dict[str, Any]]:
    path.write_bytes(content)
    with duckdb.connect() as connection:
        read_references(connection, [f"p={path}"], room)
        found: list[dict[str, Any]] = connection.execute("FROM p").to_arrow_table().to_pylist()
        return found


READ = [
    pytest.param(
        "a,b\n1,2.5\n,3\n".encode("utf-8-sig"), [{"a": 1, "b": 2.5}, {"a": None, "b": 3.0}], id="bom"
    ),
    pytest.param("市,b\n济南,1\n".encode("gb18030"), [{"市": "济南", "b": 1}], id="GBK"),
    pytest.param(
        "市\tb\r\n济南\t1\r\n".encode("utf-16"), [{"市": "济南", "b": 1}], id="Excel's Unicode text"
    ),
    pytest.param(b"a;b\n1;x,y\n", [{"a": 1, "b": "x,y"}], id="semicolons"),
    pytest.param(b"x_code,n\n370100,1\n", [{"x_code": "370100", "n": 1}], id="code by its name"),
    pytest.param(
        "行政区,n\n010200,1\n370100,2\n".encode(),
        [{"行政区": "010200", "n": 1}, {"行政区": "370100", "n": 2}],
        id="zero at the front",
    ),
    pytest.param(
        b"a\n370102199001011234\n", [{"a": "370102199001011234"}], id="digits too many for a number"
    ),
    pytest.param(b'" a ","b\nc"\n"1,234","x\ny"\n\n', [{"a": "1,234", "b\nc": "x\ny"}], id="quoted"),
    pytest.param(
        b"d,t\n2020-11-08,2020-11-08 10:00:00\n",
        [{"d": date(2020, 11, 8), "t": datetime(2020, 11, 8, 10)}],
        id="days and moments",
    ),
    pytest.param(b"a\n=1+1\n0\n", [{"a": "=1+1"}, {"a": "0"}], id="formula is text"),
    pytest.param(b"a,b\n", [], id="header alone"),
]


@pytest.mark.parametrize(("content", "rows"), READ)
def test_a_table_is_read_as_meant(tmp_path: Path, content: bytes, rows: list[dict[str, Any]]) -> None:
    assert read(tmp_path / "p.csv", content) == rows


REFUSED = [
    pytest.param(b"", "是空的", id="empty"),
    pytest.param("人口,a,人口\n1,2,3\n".encode(), "重名的列（不分大小写）：人口", id="one name twice"),
    pytest.param(b"a,A\n1,2\n", "重名的列", id="names apart by case alone"),
    pytest.param(b"a,,c\n1,2,3\n", "第 2 列没有列名", id="no name"),
    pytest.param(b"a,b\n1,2\n3\n", "有一行是 1 格，表头是 2 格：3", id="short row"),
    pytest.param(bytes(range(256)) * 4, "编码不是", id="no text"),
    pytest.param(b"a\0b,c\n1,2\n", "编码不是", id="zero bytes"),
    pytest.param(b"a\n" + b"1\n" * ROOM, "超过内存上限 1 MB", id="huge"),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED)
def test_what_lies_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"p\.csv") as raised:
        read(tmp_path / "p.csv", content)
    assert sentence in str(raised.value)


def test_a_parquet_file_takes_the_room_that_it_opens_to(tmp_path: Path) -> None:
    """What is small on disk may be large in memory."""
    pq.write_table(
        pa.table({"a": [str(n) for n in range(200_000)]}), tmp_path / "p.parquet", compression="zstd"
    )
    content = (tmp_path / "p.parquet").read_bytes()
    assert len(read(tmp_path / "p.parquet", content, 10 * ROOM)) == 200_000
    with pytest.raises(ValueError, match="超过内存上限"):
        read(tmp_path / "p.parquet", content)
    with pytest.raises(ValueError, match="读不出"):
        read(tmp_path / "p.parquet", b"no parquet")


@pytest.mark.parametrize("given", ["人口.csv", "人口=没有.csv", "人口=人口.txt", "1+1=人口.csv", "人口=.csv"])
def test_what_names_no_table_is_refused(small: World, given: str) -> None:
    assert run(small, "sql", "SELECT 1", "--with", given).exit_code == 2


def test_two_tables_of_one_name_are_refused(small: World, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n\n1\n")
    one = tmp_path / "a.csv"
    done = run(small, "sql", "FROM p", "--with", f"p={one}", "--with", f"P={one}")
    assert done.exit_code == 2
    assert "给了两张表" in done.output


def test_a_table_is_joined_by_its_name_and_hides_none_of_the_snapshot(small: World, tmp_path: Path) -> None:
    (tmp_path / "人口.csv").write_text("city_code,人口\n370100,9202432\n370200,10071722\n", "gb18030")
    given = ("--with", f"人口表={tmp_path / '人口.csv'}", "--format", "csv")
    query = "SELECT city, 人口 FROM core.cities INNER JOIN 人口表 USING (city_code) ORDER BY city_code"
    assert run(small, "sql", query, *given).output == "city,人口\n济南市,9202432\n青岛市,10071722\n"
    query = "SELECT count(*) AS n FROM marts.cities"
    assert (
        run(small, "sql", query, "--with", f"cities={tmp_path / '人口.csv'}", "--format", "csv").output
        == "n\n16\n"
    )
