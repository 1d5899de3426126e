"""Whatever stands in an answer: it is received, or it waits and says why; never does it keep another one, or the cycle, from being done."""

import copy
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.collect import http
from pipelines.collect.http import read_json
from pipelines.ground.connections import Connection
from pipelines.notice.sources import JinshujuFilesSource
from tests.collect.form_cases import KINDS, Desk, Kind, desk_for, jinshuju_row

HALF = "\ud83d"
SEEDS, MANY = 6, int(os.environ.get("NOTICES_SOAK") or 200)
"""In the suite, and in `make soak`."""


def deep(levels: int) -> Any:
    value: Any = "底"
    for _ in range(levels):
        value = {"里": value}
    return value


STRANGE: list[Callable[[], Any]] = [
    lambda: HALF,
    lambda: f"题{HALF}\udc00目",
    lambda: {HALF: HALF},
    lambda: [HALF, {HALF: 1}],
    lambda: "\0",
    lambda: "题\0目\x1b\u202e\ufffe",
    lambda: 10**400,
    lambda: -(10**30),
    lambda: 1e308,
    lambda: float("inf"),
    lambda: float("nan"),
    lambda: deep(150),
    lambda: [deep(100)],
    lambda: None,
    lambda: True,
    list,
    dict,
    lambda: [[[]]],
    lambda: [None, 1, "a"],
    lambda: "长" * 100_000,
    lambda: "../../etc/passwd",
    lambda: "a/b\\c\n\r\td",
    lambda: "0001-01-01T00:00:00+23:59",
    lambda: "9999-12-31T23:59:59-23:59",
    lambda: [{"url": "http://[::1", "name": 1}],
    lambda: {"uid": "validation_status_not_approved", "timestamp": 1e18},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a row, groups themselves included."""
    inner = value.items() if isinstance(value, dict) else ()
    return [*([path] if path else []), *(one for name, each in inner for one in places(each, (*path, name)))]


def put(row: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    for name in path[:-1]:
        row = row[name]
    row[path[-1]] = value


def spoil(rng: random.Random, row: dict[str, Any]) -> None:
    """One to three values of a row are others, or a question is added."""
    for _ in range(rng.randint(1, 3)):
        path = rng.choice([*places(row), ("新",), ("新_1",)])
        try:
            put(row, path, rng.choice(STRANGE)())
        except (KeyError, TypeError, IndexError):
            row["新"] = rng.choice(STRANGE)()


def spoiling(kind: Kind, row: dict[str, Any], strange: dict[str, Any], *, is_raw: bool) -> Kind:
    """The same service, in which one row is a strange one. `is_raw`: it writes every character as it is, halves of one too, as no
    UTF-8 may."""

    def swap(value: Any) -> Any:
        if value == row:
            return strange
        if isinstance(value, list):
            return [swap(one) for one in value]
        return {name: swap(one) for name, one in value.items()} if isinstance(value, dict) else value

    def respond(service: Any, request: Any) -> Any:
        status, content, *more = kind.respond(service, request)
        if not isinstance(content, bytes):
            content = json.dumps(swap(content), ensure_ascii=not is_raw).encode("utf-8", "surrogatepass")
        return (status, content, *more)

    return Kind(kind.source, respond, kind.row, kind.first)


def said(desk: Desk, errors: list[str]) -> str:
    return "\n".join([*errors, *(one.sentence for one in desk.held)])


def titles(desk: Desk) -> set[str]:
    read = [sheet.columns.get("title", []) for one in desk.read() for sheet in one.sheets]
    return {str(title) for column in read for title in column}


def play(name: str, seed: int, folder: Path) -> None:
    kind, rng = KINDS[name], random.Random(f"{name} {seed}")
    row = kind.row(2, "题2")
    strange = copy.deepcopy(row)
    spoil(rng, strange)
    if "__id" in row:
        strange["__id"] = row[
            "__id"
        ]  # one without a name fails its source, because the next listing may begin behind it
    with desk_for(spoiling(kind, row, strange, is_raw=seed % 2 > 0), folder, count=3) as (_, desk):
        errors = desk.scan()
        assert {"题1", "题3"} <= titles(desk), said(desk, errors)
        assert len(desk.read()) >= 3 or said(desk, errors), "it vanished"
        again = desk.scan()
        assert errors == again == [] or said(desk, again)
        assert {"题1", "题3"} <= titles(desk)
        said(desk, errors).encode()


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", KINDS)
def test_a_strange_answer_is_received_or_waits_alone(name: str, seed: int, tmp_path: Path) -> None:
    play(name, seed, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("name", KINDS)
def test_many_strange_answers(name: str, tmp_path: Path) -> None:
    for seed in range(SEEDS, SEEDS + MANY):
        play(name, seed, tmp_path / str(seed))


@pytest.mark.parametrize("seed", range(10))
def test_a_strange_push_waits_alone(seed: int, tmp_path: Path) -> None:
    source = JinshujuFilesSource(id="it", kind="jinshuju_files", path="推送", line="education")
    rng, rows = random.Random(seed), [jinshuju_row(number, f"题{number}") for number in (1, 2, 3)]
    spoil(rng, rows[1])
    (tmp_path / "推送").mkdir()
    for number, row in enumerate(rows):
        content = json.dumps({"form": "x", "entry": row}, ensure_ascii=False)
        (tmp_path / "推送" / f"{number}.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    desk = Desk(Kind(source, lambda *_: None, jinshuju_row, KINDS["jinshuju"].first), Connection("x", "http", "x"), tmp_path)  # fmt: skip
    assert desk.scan() == []
    received = desk.archive.journal(desk.notice.id).receipts
    assert {"推送/答卷#1", "推送/答卷#3"} <= {one.path for one in received}
    assert len(received) + len(desk.held) == 3
    assert len(desk.read()) == len(received)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    "page", [[], {}, [1], "", None, 3, {"count": "many"}, {"data": {"items": {}}}, {"value": None}], ids=repr
)
def test_a_page_of_another_shape_is_the_source_s_alone(name: str, page: Any, tmp_path: Path) -> None:
    kind = KINDS[name]

    def respond(service: Any, request: Any) -> Any:
        answer = kind.respond(service, request)
        return answer if request.path == "/v1/sessions" else (200, json.dumps(page).encode())

    with desk_for(Kind(kind.source, respond, kind.row, kind.first), tmp_path, count=2) as (_, desk):
        assert desk.scan() != [] or desk.held or page in ([], {})
        assert desk.titles() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_half_a_character_is_replaced_however_it_is_written(encoding: str) -> None:
    content = f'{{"a": "x{HALF}y", "é": 1}}'.encode(encoding, "surrogatepass")
    assert read_json(content) == {"a": "x\ufffdy", "é": 1}
    assert read_json('{"a": "x\\uD83dy", "\\ud83d\\ude00": 1}'.encode(encoding)) == {"a": "x\ufffdy", "😀": 1}


def test_a_number_of_thousands_of_digits_is_read_as_text() -> None:
    assert read_json(b'{"a": ' + b"9" * 5000 + b', "b": 7}') == {"a": "9" * 5000, "b": 7}
