"""What `remind:` may say, when its moments are, and what is refused with a sentence."""

import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pipelines.ground.errors import BadNoticeError
from pipelines.notice import Notice, load_notice
from pipelines.notice.folder import NOTICES
from pipelines.notice.mail import Mail
from pipelines.notice.remind import Shift
from pipelines.remind.moments import current_moment
from tests.conftest import NOTICE_ID

DUE = datetime(2020, 11, 20, 23, 59, 59)
SHIFT: TypeAdapter[Any] = TypeAdapter(Shift)
OFFSETS = {
    "day_before_at": ("-1d 09:00", "2020-11-19 09:00:00"),
    "due_day_at": ("0d 15:00", "2020-11-20 15:00:00"),
    "day_after_at": ("+1d 09:30", "2020-11-21 09:30:00"),
    "hours_before": ("-3h", "2020-11-20 20:59:59"),
    "hours_after": ("+12h", "2020-11-21 11:59:59"),
    "at_due": ("0h", "2020-11-20 23:59:59"),
    "days_to_the_second": ("-2d", "2020-11-18 23:59:59"),
    "without_sign": ("3d 08:00", "2020-11-23 08:00:00"),
}
NO_OFFSETS = ["", "1", "9:00", "-1d 9:00", "-1d 25:00", "-3h 09:00", "1w", "-1000d", "明天", "- 1d", 3]


@pytest.mark.parametrize(("written", "moment"), OFFSETS.values(), ids=OFFSETS)
def test_an_offset_is_a_moment(written: str, moment: str) -> None:
    offset = SHIFT.validate_python(written)
    assert offset.moment(DUE) == datetime.fromisoformat(moment)
    assert SHIFT.validate_python(SHIFT.dump_python(offset)) == offset


@pytest.mark.parametrize("written", NO_OFFSETS, ids=str)
def test_what_is_no_offset_is_refused(written: object) -> None:
    with pytest.raises(ValidationError, match="应写成"):
        SHIFT.validate_python(written)


CURRENT = {
    "none_has_come": ("2020-11-18 08:59:59", None),
    "the_first_second": ("2020-11-18 09:00:00", "2020-11-18 09:00:00"),
    "until_the_next": ("2020-11-20 14:59:59", "2020-11-18 09:00:00"),
    "the_next": ("2020-11-20 15:00:00", "2020-11-20 15:00:00"),
    "still_before_quiet_hours": ("2020-11-20 21:59:59", "2020-11-20 15:00:00"),
    "would_leave_after_due": ("2020-11-20 22:00:00", None),
    "due_and_not_said_before": ("2020-11-21 07:00:00", None),
    "after_due": ("2020-11-21 09:00:00", "2020-11-21 09:00:00"),
    "long_after": ("2020-12-21 09:00:00", "2020-11-21 09:00:00"),
}


@pytest.mark.parametrize(("now", "moment"), CURRENT.values(), ids=CURRENT)
def test_the_newest_moment_stands(now: str, moment: str | None, notice: Notice) -> None:
    offsets = [SHIFT.validate_python(one) for one in ("+1d 09:00", "-2d 09:00", "0d 15:00")]
    settings = notice.mail
    assert isinstance(settings, Mail)
    assert settings.quiet_hours
    found = current_moment(offsets, DUE, datetime.fromisoformat(now), settings)
    assert found == (datetime.fromisoformat(moment) if moment else None)


REFUSED = {
    "unknown_deliverable": ("    materials: [\"0d 16:00\"", "    pictures: [\"0d 16:00\"", "没有报送事项 pictures"),
    "unknown_kind": ("{to: city_education_bureau,", "{to: city_office,", "没有 city_office 这类单位"),
    "unknown_list": ("{to: data_staff,", "{to: nobody,", "mail.lists 里没有 nobody"),
    "no_offset": ("\"-2d 09:00\"", "\"two days\"", "应写成"),
    "held_until_after_due": ("\"0d 16:00\"", "\"-1h\"", "已经过了截止"),
    "unknown_key": ("  acknowledgements:", "  acknowledge:", "acknowledge"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_section_is_refused_where_it_stands(old: str, new: str, said: str, tmp_path: Path) -> None:
    shutil.copytree(NOTICES / NOTICE_ID, tmp_path / NOTICE_ID)
    shutil.copy(NOTICES / "words.yaml", tmp_path)
    path = tmp_path / NOTICE_ID / "notice.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadNoticeError, match=said) as caught:
        load_notice(NOTICE_ID, tmp_path)
    assert "第" in str(caught.value)


def test_reminding_needs_mail(tmp_path: Path) -> None:
    shutil.copytree(NOTICES / NOTICE_ID, tmp_path / NOTICE_ID)
    shutil.copy(NOTICES / "words.yaml", tmp_path)
    path = tmp_path / NOTICE_ID / "notice.yaml"
    text, count = re.subn(r"(?m)^mail:\n(?:  .*\n)+", "", path.read_text("utf-8"))
    assert count == 1
    path.write_text(text, "utf-8")
    with pytest.raises(BadNoticeError, match="有 remind 而没有 mail"):
        load_notice(NOTICE_ID, tmp_path)
