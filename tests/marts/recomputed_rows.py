"""Which rows are valid and which of them count at a moment, once more in plain Python from raw (contract section 6)."""

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

Frames = dict[str, pd.DataFrame]
Row = dict[str, Any]
PLACE = ["submission_id", "table_number", "row_number"]
FIELDS = (
    *("row_date", "material_type", "title", "category", "theme", "county", "participants", "online_views", "link"),
    "indicators",
)  # fmt: skip


def valid_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Valid rows of files that count, with their identity; of rows of one file that are equal, all but the first are marked."""
    valid = rows[~rows.is_faulty].sort_values(["submission_id", "row_order"]).copy()
    seen: set[tuple[Any, ...]] = set()
    repeats = []
    for row in valid.to_dict("records"):
        same = (row["submission_id"], row["deliverable"], *(_plain(row[name]) for name in FIELDS))
        repeats.append(row["has_count"] and same in seen)
        seen.add(same)
    valid["is_repeat"] = repeats
    valid["of_path"] = [_of_path(row) for row in valid.to_dict("records")]
    return valid


def rejected_keys(rows: pd.DataFrame) -> set[tuple[str, Any]]:
    """What the rejected rows of files that count bear: submission and key."""
    return set(rows[rows.is_faulty][["submission_id", "key"]].itertuples(index=False, name=None))


def accepted_answers(frames: Frames) -> list[Row]:
    """Answers of forms in the order in which they arrived."""
    files = _files(frames)
    answers = files[files.answer_key.notna() & (files.state == "accepted")].sort_values("file_order")
    return answers[["received_at", "answer_key", "submission_id"]].to_dict("records")


def currency(
    valid: list[Row], rejected: set[tuple[str, Any]], answers: list[Row], t: pd.Timestamp
) -> list[bool]:
    """Of each valid row, whether it counts of what had come by t."""
    known = [row["received_at"] <= t for row in valid]
    gone = _gone([row for row, is_known in zip(valid, known, strict=True) if is_known], rejected, answers, t)
    left = iter(gone)
    alive = [is_known and not next(left) for is_known in known]
    speaks: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row, is_alive in zip(valid, alive, strict=True):
        if is_alive:
            speaks[row["key"]] = max(speaks.get(row["key"], ()), row["file_order"])
    return [
        is_alive and speaks[row["key"]] == row["file_order"] and not row["is_repeat"]
        for row, is_alive in zip(valid, alive, strict=True)
    ]


def _gone(
    known: list[Row], rejected: set[tuple[str, Any]], answers: list[Row], t: pd.Timestamp
) -> list[bool]:
    """For each row, whether a later version of its answer or of its path did away with it."""
    last = {one["answer_key"]: one["submission_id"] for one in answers if one["received_at"] <= t}
    said: dict[tuple[Any, ...], set[tuple[tuple[Any, ...], str]]] = defaultdict(set)
    for row in known:
        if not isinstance(row["answer_key"], str):
            said[row["of_path"]].add((row["file_order"], row["submission_id"]))
    found = []
    for row in known:
        if isinstance(row["answer_key"], str):
            found.append(last.get(row["answer_key"], row["submission_id"]) != row["submission_id"])
            continue
        later = [name for order, name in said[row["of_path"]] if order > row["file_order"]]
        found.append(any((name, row["key"]) not in rejected for name in later))
    return found


def _of_path(row: Row) -> tuple[Any, ...]:
    """One path's rows for one period of a unit."""
    period = row["period"] if isinstance(row["period"], str) else _plain(row["row_date"])
    return row["source"], row["path"], row["recipient_code"], row["deliverable"], period


def _files(frames: Frames) -> pd.DataFrame:
    """Submissions with the order in which they arrived."""
    receipts = frames["raw.receipts"][["receipt_id", "source", "scanned_at"]]
    files = frames["submissions"].merge(receipts, on="receipt_id")
    order = zip(
        files.received_at,
        files.path.str.split("#").str[0],
        files.row_order,
        files.scanned_at,
        files.submission_id,
        strict=True,
    )
    return files.assign(file_order=list(order))


def all_rows(frames: Frames) -> pd.DataFrame:
    """Rows and documents of the files that count, rejected rows too."""
    files = _files(frames)
    files = files[files.state.isin(["accepted", "partly accepted"])]
    columns = ["submission_id", "recipient_code", "received_at", "path", "source", "answer_key", "file_order"]
    verdicts = frames["raw.verdicts"]
    faulty = set(verdicts[verdicts.severity == "error"][PLACE].itertuples(index=False, name=None))
    documents = files[files.document.notna()]
    documents = pd.DataFrame(
        {"submission_id": documents.submission_id, "deliverable": documents.document, "sheet": ""}
        | dict.fromkeys(("table_number", "row_number", "row_order"), 0)
    )
    rows = pd.concat([frames["raw.rows"][["deliverable", "sheet", "row_order", *PLACE]], documents])
    given = frames["raw.materials"].drop(columns=["notice_id", "deliverable", "sheet"])
    rows = rows.merge(given, on=PLACE, how="left").merge(_indicators(frames), on=PLACE, how="left")
    rows = rows.merge(files[columns], on="submission_id")
    places = rows[PLACE].itertuples(index=False, name=None)
    rows["is_faulty"] = np.array([place in faulty for place in places], dtype=bool)
    rows["is_zero_report"] = rows.is_zero_report.eq(True)
    rows["row_date"] = rows.activity_date.where(rows.activity_date.notna(), rows.period_date)
    rows["has_count"] = (rows.participants > 0) | (rows.online_views > 0) | rows.has_indicator.eq(True)
    kinds = frames["deliverables"].set_index("deliverable").kind.to_dict()
    rows["kind"] = rows.deliverable.map(kinds)
    cities = frames["recipients"].set_index("recipient_code").city_code.to_dict()
    rows["city_code"] = rows.recipient_code.map(cities)
    words = frames["list_words"]
    words = words[words.column_name == "material_type"]
    codes = {(one.deliverable, one.word): one.code for one in words.itertuples()}
    rows["material_type_code"] = [
        codes.get(one) for one in zip(rows.deliverable, rows.material_type, strict=True)
    ]
    periods = _periods(frames)
    rows["period"] = [
        _period(periods[deliverable], day)
        for deliverable, day in zip(rows.deliverable, rows.row_date, strict=True)
    ]
    rows["key"] = [_key(row) for row in rows.to_dict("records")]
    return rows


def _indicators(frames: Frames) -> pd.DataFrame:
    """A statistics table's rows, with all their values in one tuple."""
    given = frames["raw.statistics"]
    found = [
        (*place, mine.period_date.iloc[0], tuple(sorted((one.indicator, _plain(one.value)) for one in mine.itertuples())))
        for place, mine in given.groupby(PLACE)
    ]  # fmt: skip
    table = pd.DataFrame(found, columns=[*PLACE, "period_date", "indicators"])
    table["has_indicator"] = [any((value or 0) > 0 for _, value in values) for values in table.indicators]
    return table


def _periods(frames: Frames) -> dict[str, list[Row]]:
    """Of each deliverable, in their order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for one in frames["periods"].to_dict("records"):
        found[one["deliverable"]].append(one)
    return found


def _period(periods: list[Row], day: Any) -> str | None:
    for one in periods:
        if pd.isna(one["first_day"]) or (pd.notna(day) and one["first_day"] <= day <= one["last_day"]):
            return str(one["period"])
    return None


def _key(row: Row) -> tuple[Any, ...]:
    if row["kind"] == "materials":
        what: tuple[Any, ...] = tuple(_plain(row[name]) for name in ("row_date", "material_type", "title"))
    else:
        what = (row["period"] if row["period"] is not None else _plain(row["row_date"]),)
    return row["recipient_code"], row["deliverable"], *what


def _plain(value: Any) -> Any:
    """A cell that can be compared: every kind of nothing is None."""
    if isinstance(value, tuple | str):
        return value
    if value is None or pd.isna(value):
        return None
    return str(value) if hasattr(value, "year") else float(value)
