"""People, colleges and students of cities and counties in regions.csv: checked, and in marts.cities as denominators."""

import shutil
from pathlib import Path

import pytest

from pipelines.ground.errors import BadNoticeError
from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES
from pipelines.warehouse.definition import load_definition
from tests.warehouse.empty import blank_warehouse

NOTICE = "sd-vocational-week-2020"
JINAN, QINGDAO, ZIBO = "370100", "370200", "370300"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(NOTICES / NOTICE, tmp_path / NOTICE)
    shutil.copy(NOTICES / "words.yaml", tmp_path)
    return tmp_path


def _give(folder: Path, numbers: dict[str, str]) -> None:
    """Adds the columns people, colleges, students; `numbers` are the cells of a region, or of the counties of a city."""
    path = folder / NOTICE / "regions.csv"
    header, *lines = path.read_text("utf-8").splitlines()
    rows = []
    for line in lines:
        _, code, _, parent, *_ = line.split(",")
        rows.append(f"{line},{numbers.get(code) or numbers.get(f'in {parent}', ',,')}")
    path.write_text("\n".join([f"{header},people,colleges,students", *rows]) + "\n", "utf-8")


def test_a_city_has_its_own_number_or_the_sum_of_all_its_counties(folder: Path) -> None:
    _give(
        folder,
        {JINAN: "9000,,30", f"in {JINAN}": "1,2,", f"in {QINGDAO}": "5,,", QINGDAO: ",0,", "370302": "7,,"},
    )
    notice = load_notice(NOTICE, folder)
    counties = {
        city: sum(one.parent_code == city for one in notice.regions) for city in (JINAN, QINGDAO, ZIBO)
    }
    assert min(counties.values()) > 1
    with blank_warehouse() as connection:
        load_definition(connection, notice)
        found = connection.execute(
            "SELECT city_code, people, colleges, students FROM marts.cities ORDER BY city_code LIMIT 3"
        ).fetchall()
    assert found == [
        (JINAN, 9000, 2 * counties[JINAN], 30),
        (QINGDAO, 5 * counties[QINGDAO], 0, None),
        (ZIBO, None, None, None),
    ]


@pytest.mark.parametrize(("cells", "said"), [(",-1,", "colleges"), (",,很多", "students"), ("0,,", "people")])
def test_what_is_no_number_is_refused_with_its_line(folder: Path, cells: str, said: str) -> None:
    _give(folder, {JINAN: cells})
    with pytest.raises(BadNoticeError) as error:
        load_notice(NOTICE, folder)
    assert [one for one in error.value.problems if "regions.csv 第 2 行" in one and said in one]
