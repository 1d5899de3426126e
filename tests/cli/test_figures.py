"""What the asking commands print: columns, cells, moments."""

import csv
import io
import json

import pytest

from tests.cli.conftest import FILES
from tests.conftest import NOTICE_ID

METRICS = [
    "city_code",
    "city",
    "circulated",
    "obligated",
    "participating",
    "participation_rate",
    "expected",
    "due",
    "on_time",
    "late",
    "missing",
    "pending",
    "zero_reports",
    "reporting_rate",
    "on_time_rate",
    "materials",
    "typical_cases",
    "articles",
    "photos",
    "videos",
    "day_coverage",
    "county_coverage",
    "category_coverage",
    "participants",
    "online_views",
]
FILE_COLUMNS = ["path", "recipient", "deliverable", "received_at", "state", "reason", "rejected_rows"]
RATES = [name for name in METRICS if name.endswith(("_rate", "_coverage"))]


@pytest.fixture
def table(cli, few):
    """The lines that a command prints as csv."""

    def ask(*words):
        said = cli(*words, "--format", "csv", at=few)
        assert (said.status, said.err) == (0, "")
        return list(csv.DictReader(io.StringIO(said.out)))

    return ask


def test_metrics_have_the_columns_and_the_order_of_the_contract(table):
    lines = table("metrics", NOTICE_ID, "--as-of", "2020-11-13T00:00:00")
    assert list(lines[0]) == METRICS
    codes = [line["city_code"] for line in lines]
    assert len(codes) == 16
    assert codes == sorted(codes)


def test_rates_have_six_decimals_and_null_is_empty(table):
    """Before anything is due the rates over what is due have no denominator: empty, never 0 or 1."""
    lines = table("metrics", NOTICE_ID, "--as-of", "2020-11-01T00:00:00")
    assert {line["due"] for line in lines} == {"0"}
    assert {line[name] for line in lines for name in ("reporting_rate", "on_time_rate")} == {""}
    filled = [line[name] for line in table("metrics", NOTICE_ID, "--as-of", "2020-11-13") for name in RATES]
    assert len(filled) == 16 * len(RATES)
    assert all(len(cell.partition(".")[2]) == 6 and 0 <= float(cell) <= 1 for cell in filled)
    assert any(float(cell) > 0 for cell in filled)


def test_figures_are_those_of_the_moment(table):
    def jinan(as_of):
        line = table("metrics", NOTICE_ID, "--as-of", as_of)[0]
        return line["materials"], line["photos"], line["participants"]

    assert jinan("2020-11-09T09:59:59") == ("0", "0", "0")
    assert jinan("2020-11-09T10:00:00") == ("1", "0", "300")
    assert jinan("2020-11-10T10:00:00") == ("2", "1", "12300")


SAME_MOMENT = {
    "the notice's zone": "2020-11-10T10:00:00",
    "UTC": "2020-11-10T02:00:00+00:00",
    "UTC as Z": "2020-11-10T02:00:00Z",
    "another zone": "2020-11-09T21:00:00-05:00",
    "without seconds": "2020-11-10T10:00",
    "with a space": "2020-11-10 10:00:00",
    "fractions are dropped": "2020-11-10T10:00:00.900",
}


@pytest.mark.parametrize("as_of", SAME_MOMENT.values(), ids=SAME_MOMENT)
def test_a_moment_with_and_without_zone(as_of, table):
    before = table("metrics", NOTICE_ID, "--as-of", "2020-11-10T09:59:59")
    at = table("metrics", NOTICE_ID, "--as-of", "2020-11-10T10:00:00")
    assert before != at
    assert table("metrics", NOTICE_ID, "--as-of", as_of) == at


def test_without_a_moment_it_is_the_last_scan(table):
    assert table("metrics", NOTICE_ID) == table("metrics", NOTICE_ID, "--as-of", "2020-11-13T00:00:00")


def test_files_are_listed_in_order_of_arrival(table):
    lines = table("files", NOTICE_ID)
    assert list(lines[0]) == FILE_COLUMNS
    assert [line["path"] for line in lines] == list(FILES)
    assert [line["received_at"] for line in lines] == [
        moment.replace("T", " ") for moment, _ in FILES.values()
    ]
    assert [tuple(line.values())[4:] for line in lines] == [
        ("accepted", "", ""),
        ("partly accepted", "", "not_in_list|bad_date"),
        ("accepted", "", ""),
        ("rejected", "unknown_recipient", ""),
    ]
    assert [line["recipient"] for line in lines] == ["EDU-3701", "EDU-3701", "HR-3702", ""]


def test_json_has_numbers_and_nulls(cli, few):
    said = cli("metrics", NOTICE_ID, "--as-of", "2020-11-01", "--format", "json", at=few)
    lines = json.loads(said.out)
    assert list(lines[0]) == METRICS
    assert lines[0]["reporting_rate"] is None
    assert lines[0]["due"] == 0
    assert lines[0]["city"] == "济南市"


def test_status_names_every_obligation(table):
    lines = table("status", NOTICE_ID, "--as-of", "2020-11-13T00:00:00")
    assert len(lines) > 1000
    met = [
        (line["recipient_code"], line["period"], line["status"])
        for line in lines
        if line["status"] not in ("missing", "pending")
    ]
    assert sorted(met) == [
        ("EDU-3701", "2020-11-09", "on_time"),
        ("EDU-3701", "2020-11-10", "on_time"),
        ("HR-3702", "2020-11-11", "late"),
    ]


@pytest.mark.parametrize("command", ["metrics", "files", "status"])
def test_tables_are_in_chinese(command, cli, few):
    said = cli(command, NOTICE_ID, at=few)
    assert said.status == 0
    assert "─" in said.out or "━" in said.out
    header = next(line for line in said.out.splitlines() if "┃" in line)
    assert not any(letter.isascii() and letter.isalpha() for letter in header), header


def test_asking_writes_nothing(cli, few):
    def state():
        return sorted((str(path), path.stat().st_mtime_ns) for path in few.path.rglob("*"))

    before = state()
    for command in ("metrics", "files", "status"):
        cli(command, NOTICE_ID, at=few)
    assert state() == before
