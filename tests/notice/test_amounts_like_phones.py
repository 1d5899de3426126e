"""An amount of money is no telephone number, though the number that it is kept as has as many digits (contract 9, privacy)."""

import os
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice

NOTICE = "qh-vocational-funds-2023"
HEAD = "单位名称,统计截止日期,下达资金,支出资金,支出进度,生均培养成本,新增实训面积,受益学生数\n"
# The last column is faulty, so that the row goes back.
ROWS = {
    "亿": ("15000", "1.5亿元", "50%", "150000000", "150000000.5"),
    "phones": ("13800001234", "138", "50%", "13800001234元", "13800001234"),
}
KEPT = {
    "亿": {"budget": 15_000_000_000, "spent": 15_000_000_000, "unit_cost": 15_000_000_000, "floor_area": 15_000_000_050},
    "phones": {"budget": None, "spent": 138_000_000, "unit_cost": None, "floor_area": None},
}  # fmt: skip


def test_only_what_was_written_as_a_telephone_number_is_hidden(tmp_path: Path) -> None:
    notice, home = load_notice(NOTICE), Home(tmp_path / "home")
    unit = notice.recipients[0].name
    for number, (name, cells) in enumerate(ROWS.items()):
        path = home.inbox(notice.id) / notice.sources[0].path / unit / f"季报{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{HEAD}{unit},2023-03-31,{','.join(cells)},若干\n", "utf-8")
        moment = datetime(2023, 4, 3, number, tzinfo=notice.zone).timestamp()
        os.utime(path, (moment, moment))
    cycle.run(home, notice, now=datetime(2023, 4, 4))
    with duckdb.connect(home.published, read_only=True) as connection:
        found = connection.execute(
            "SELECT path, indicator, value FROM raw.statistics INNER JOIN core.submissions USING (submission_id)"
        ).fetchall()
    for name, kept in KEPT.items():
        told = {indicator: value for path, indicator, value in found if path.endswith(f"季报{name}.csv")}
        assert {indicator: told[indicator] for indicator in kept} == kept
