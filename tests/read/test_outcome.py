"""Over all the habits: what is returned says why, where and what to change; what is kept is kept right."""

import json
import re
from typing import Any

import pytest

from pipelines.check.suites import REASONS
from tests.read.habits.corrections import CURRENT

FILE_REASONS = {
    "unreadable", "encrypted", "too_large", "unsafe_archive", "unknown_recipient", "recipient_conflict",
    "unknown_deliverable", "no_valid_row",
}  # fmt: skip


def test_every_rejected_file_has_a_sentence(outcome: Any) -> None:
    found = outcome.ask("SELECT path, reason, sentence FROM marts.files WHERE state = 'rejected'")
    assert {one["reason"] for one in found} == FILE_REASONS
    assert not [one for one in found if not re.search(r"请", one["sentence"] or "")]


def test_nothing_but_rejected_files_has_a_reason(outcome: Any) -> None:
    kept = "SELECT path FROM marts.files WHERE state <> 'rejected' AND (reason IS NOT NULL OR sentence IS NOT NULL)"
    assert outcome.ask("SELECT path FROM marts.files WHERE state <> 'rejected'")
    assert not outcome.ask(kept)


def test_every_fault_has_a_sentence_and_a_place(outcome: Any) -> None:
    found = outcome.ask("SELECT * FROM marts.verdicts")
    # This notice compares no columns and has no lists.
    assert {one["reason"] for one in found} == set(REASONS) - {"inconsistent", "too_long", "bad_form"}
    for one in found:
        assert one["row_number"] > 1
        is_answer = one["path"].startswith("表单导出/")  # whoever answered a form knows no row
        assert (f"第{one['row_number']}行" in one["sentence"]) != is_answer
        assert one["header"] in one["sentence"] or one["reason"] == "other_unit"
        assert "请" in one["sentence"]
        assert "{" not in one["sentence"]


def test_every_fault_s_column_is_where_its_header_stands(outcome: Any) -> None:
    places = {
        (one["submission_id"], one["sheet"]): json.loads(one["places"])
        for one in outcome.ask("SELECT submission_id, sheet, places FROM raw.sheets")
    }
    found = outcome.ask("SELECT * FROM marts.verdicts WHERE column_number IS NOT NULL")
    assert len(found) > 50
    for one in found:
        column, header, *_ = places[(one["submission_id"], one["sheet"])][one["column_name"]]
        assert [column, header] == [one["column_number"], one["header"]]


def test_no_liaison_s_data_is_published(outcome: Any) -> None:
    personal = outcome.ask(
        "SELECT reason, value, sentence FROM marts.verdicts WHERE column_name LIKE 'contact_%'"
    )
    assert {one["reason"] for one in personal} >= {"bad_phone", "bad_email"}
    assert {one["value"] for one in personal} == {None}
    assert not [
        one
        for one in personal
        if re.search(r"[0-9@]", one["sentence"].split("行", 1)[1].replace("11 位", ""))
    ]


def test_a_picture_is_linked_to_the_row_whose_title_it_holds(outcome: Any) -> None:
    found = outcome.ask(
        """
        SELECT materials.title FROM core.attachments
        INNER JOIN core.items USING (item_id)
        INNER JOIN raw.materials
            ON items.submission_id = materials.submission_id AND items.sheet = materials.sheet
            AND items.row_number = materials.row_number
        WHERE attachments.path LIKE '%/linked/%'
        """
    )
    assert found == [{"title": "走进实训基地"}]


def test_approximate_counts_are_kept_beside_what_was_written(outcome: Any) -> None:
    found = outcome.ask(
        "SELECT participants, participants_given FROM raw.materials WHERE participants_state = 'approximate'"
    )
    assert len(found) >= 8
    assert all(re.search("[约万多]", one["participants_given"]) for one in found)


@pytest.mark.parametrize("case", CURRENT)
def test_the_latest_valid_row_of_an_identity_counts(outcome: Any, case: str) -> None:
    found = outcome.ask(
        """
        SELECT items.participants FROM core.items INNER JOIN marts.files USING (submission_id)
        WHERE path LIKE ? AND items.current_until > TIMESTAMP '9000-01-01' ORDER BY items.participants
        """,
        f"%/{case}/%",
    )
    assert [one["participants"] for one in found] == CURRENT[case]
