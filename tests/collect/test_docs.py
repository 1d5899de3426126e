"""What docs/sources.md shows can be copied as it stands: every source is one, and opens with the connection shown beside it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from pipelines.collect.sources import OPEN
from pipelines.ground.connections import Connection, from_environment
from pipelines.ground.home import ROOT
from pipelines.notice import Notice
from pipelines.notice.sources import Source

PAGE = (ROOT / "docs" / "sources.md").read_text("utf-8")
SHOWN: list[dict[str, Any]] = [
    one for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.S) for one in yaml.safe_load(block)
]
CONNECTIONS = dict(re.findall(r"AIRFLOW_CONN_(\w+)='(\{.*?\})'`", PAGE))


def test_every_kind_is_shown() -> None:
    assert {one["kind"] for one in SHOWN} >= OPEN.keys() - {"jinshuju_files"}


@pytest.mark.parametrize("shown", SHOWN, ids=lambda one: one["id"])
def test_a_source_can_be_copied(
    shown: dict[str, Any], notice: Notice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source: Any = TypeAdapter(Source).validate_python(shown)
    columns = {
        header
        for item in notice.deliverables.values()
        for one in item.columns.values()
        for header in one.headers
    }
    assert set(getattr(source, "fields", {}).values()) <= columns | set(notice.words.unit_columns)
    if source.kind == "remote_folder":
        return  # it is opened by connecting
    named = getattr(source, "connection", "none")
    if named != "none":
        monkeypatch.setenv(f"AIRFLOW_CONN_{named.upper()}", CONNECTIONS[named.upper()])

    def connect(name: str) -> Connection:
        return from_environment(name)

    assert OPEN[source.kind](notice, source, tmp_path, connect)
