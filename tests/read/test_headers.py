"""What quickly tells that no header follows is never wrong, however the headers' words are written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ground.settings import Settings
from pipelines.notice import Notice, list_notices, load_notice
from pipelines.read.grid import Sheet
from pipelines.read.layout.model import Area
from pipelines.read.layout.sheets import Layout


def with_digits(notice: Notice) -> Notice:
    """The notice with a number in front of each header, as some notices number their columns."""
    numbered = {
        name: item.model_copy(
            update={
                "columns": {
                    field: column.model_copy(update={"headers": tuple(f"24{one}" for one in column.headers)})
                    for field, column in item.columns.items()
                }
            }
        )
        for name, item in notice.deliverables.items()
    }
    return notice.model_copy(update={"deliverables": numbered})


NOTICES = {name: load_notice(name) for name in list_notices()}
NOTICES["digits"] = with_digits(NOTICES["sd-vocational-week-2020"])
LAYOUTS = {name: Layout(notice, Settings().header_rows) for name, notice in NOTICES.items()}
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
WRITTEN = (
    str,
    lambda text: text.translate(WIDE),
    lambda text: " ".join(text),
    lambda text: f"\u3000{text}\n",
    lambda text: f"\u200b{text}",
    lambda text: f"★{text}：",
    lambda text: f"* {text}（必填）",
    lambda text: f"{text}（实际）",
    lambda text: f"{text[:1]}\n{text[1:]}",
)
"""Ways in which units write a header."""
OTHERS = st.sampled_from(
    ["", "第15期", "１３２０", "1,147", "2.6万场次", " 30000 ", "乳 山市", "https://a.cn/b", "a\u0301b"]
)


@pytest.mark.parametrize("name", LAYOUTS)
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_where_a_header_is_found_one_may_be_found(name, data):
    headers = LAYOUTS[name].headers
    item = data.draw(st.sampled_from(list(headers.deliverables.values())))
    numbered = data.draw(st.booleans())
    words = [data.draw(st.sampled_from(one.headers)) for one in item.columns.values() if one.required]
    written = [data.draw(st.sampled_from(WRITTEN))(word) for word in words]
    if numbered:
        written = [f"{place}、{word}" for place, word in enumerate(written, 1)]
    others = st.lists(OTHERS, min_size=len(words), max_size=len(words))
    sheet = Sheet("", [data.draw(others), written, data.draw(others)])
    area = Area(0, 0, 2, len(words) - 1)
    found = headers.find(sheet, area, 2, numbered=numbered)
    assert found is None or headers.may_find(sheet, area, numbered=numbered)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_way_of_writing_is_one_that_headers_are_found_in(name):
    headers = LAYOUTS[name].headers
    for item in headers.deliverables.values():
        words = [one.headers[0] for one in item.columns.values() if one.required]
        for write in WRITTEN:
            written = [write(word) for word in words]
            sheet, area = Sheet("", [written]), Area(0, 0, 0, len(words) - 1)
            assert headers.find(sheet, area, 0), written
            assert headers.may_find(sheet, area), written
