"""compares_with needs daily materials to compare with."""

import shutil
from pathlib import Path

import pytest

from pipelines.ground.errors import BadNoticeError
from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES

TABLES_ONLY = "nx-canteen-safety-2020"


def test_comparison_without_materials_is_refused(tmp_path: Path) -> None:
    shutil.copytree(NOTICES / TABLES_ONLY, tmp_path / TABLES_ONLY)
    shutil.copy(NOTICES / "words.yaml", tmp_path)
    path = tmp_path / TABLES_ONLY / "notice.yaml"
    text = path.read_text("utf-8")
    asked = text.replace(
        "[受理投诉数], required: true", "[受理投诉数], required: true, compares_with: events"
    )
    assert asked != text
    path.write_text(asked, "utf-8")
    with pytest.raises(BadNoticeError) as error:
        load_notice(TABLES_ONLY, tmp_path)
    assert [one for one in error.value.problems if "compares_with" in one and "没有每日材料可对照" in one]
