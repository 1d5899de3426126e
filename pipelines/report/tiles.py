"""The tile map that may lie beside a notice: one square an area, where it stands to the others."""

import csv
from pathlib import Path

from pipelines.ground.errors import BadNoticeError
from pipelines.notice import Notice
from pipelines.notice.folder import NOTICES


def read_tiles(notice: Notice, folder: Path = NOTICES) -> tuple[tuple[str, int, int], ...]:
    """The tile map beside the notice, if it has one: bulletin/tiles.csv. Raises BadNoticeError where a line is wrong."""
    path = folder / notice.id / "bulletin" / "tiles.csv"
    if not path.is_file():
        return ()
    codes, found, problems = {city.code for city in notice.cities}, [], []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            try:
                tile = (str(row["city_code"]), int(row["row"]), int(row["column"]))
            except (KeyError, TypeError, ValueError):
                tile = ("", -1, -1)
            if tile[0] not in codes or min(tile[1:]) < 0 or max(tile[1:]) > 30:
                problems.append(
                    f"应为 city_code,row,column，市代码须在 regions.csv 里，行列为 0 到 30：{row}"
                )
            found.append(tile)
    if len({tile[1:] for tile in found}) < len(found) or {tile[0] for tile in found} != codes:
        problems.append("每个市要有且只有一格，两个市不能占同一格")
    if problems:
        raise BadNoticeError(notice.id, [f"bulletin/tiles.csv：{problem}" for problem in problems])
    return tuple(found)
