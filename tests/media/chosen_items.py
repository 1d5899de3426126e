"""Selected items built by hand, with originals that lie in an archive."""

import hashlib
import io
from dataclasses import replace
from datetime import date, datetime

from docx import Document
from PIL import Image

from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.notice.feeds import Destination, Feeds, Recommend
from pipelines.select.chosen import Chosen
from pipelines.select.originals import Media, Original

NOON = datetime(2020, 11, 9, 12)
GPS, ORIENTATION = 0x8825, 0x0112


def notice_with(**changes: object) -> Notice:
    """The first notice, with feeds and a recommendation."""
    given = {
        "feeds": Feeds(
            authority="edu.example.cn",
            base="https://news.example.cn/drop",
            destinations={"shelf": Destination(connection="shelf_fs")},
        ),
        "recommend": Recommend(to="教育部某司", connection="shelf_fs", path="部里"),
    }
    return load_notice("sd-vocational-week-2020").model_copy(update={**given, **changes})


def picture(
    width: int, height: int, colour: str = "red", mode: str = "RGB", kind: str = "JPEG", **options: object
) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height), colour).save(buffer, kind, **options)
    return buffer.getvalue()


def snapped(width: int, height: int) -> bytes:
    """As a phone takes it: where it was, and lying on its side."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (36.0, 40.0, 1.0)
    exif[0x010F] = "A Phone"
    return picture(width, height, exif=exif)


def paper(*lines: str) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def keep(home: Home, name: str, content: bytes, media: Media) -> Original:
    """An original whose bytes lie in the archive."""
    sha256, size = Archive(home.archive).store([content])
    return Original(
        name, f"教育厅收件/某单位/{name}", sha256, media, size, sha256, f"教育厅收件/某单位/{name}"
    )


def chosen(number: int, *originals: Original, **changes: object) -> Chosen:
    """A publishable item of Jinan, selected in the order of the numbers."""
    made = Chosen(
        notice_id="sd-vocational-week-2020",
        item_id=hashlib.sha256(f"item {number}".encode()).hexdigest()[:16],
        state="selected",
        state_name="入选",
        is_selected=True,
        is_publishable=True,
        recipient_code="EDU-3701",
        recipient="济南市教育局",
        kind_name="市教育局",
        city_code="3701",
        city="济南市",
        line="education",
        deliverable="materials",
        period="2020-11-09",
        day=date(2020, 11, 9),
        title=f"技能展示之{number}",
        material_type_code="photo",
        material_type="照片",
        category_code="a",
        category="宣传活动",
        theme_code=None,
        theme=None,
        county="历下区",
        link=f"https://jn.example.cn/{number}",
        submission_id=f"s{number}",
        path="教育厅收件/济南市教育局/日报.xlsx",
        sheet="Sheet1",
        row_number=number + 2,
        received_at=NOON,
        decision_id=f"d{number}",
        decided_by="zhang",
        decided_at=NOON.replace(minute=number),
        reason="好",
        first_selected_at=NOON.replace(minute=number),
        originals=originals,
    )
    return replace(made, **changes)  # type: ignore[arg-type]
