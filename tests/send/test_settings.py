"""What a notice may say about mail, and how a mistake in it is told: file, line, what to write instead."""

import shutil
from pathlib import Path

import pytest

from pipelines.ground.errors import BadNoticeError
from pipelines.notice import Notice, load_notice
from pipelines.notice.folder import NOTICES

ID = "sd-vocational-week-2020"
WRONG = {
    "unknown_key": ("per_day: 500", "per_days: 500", "per_days"),
    "address": ("notices@example.org", "notices.example.org", "不是合法的邮箱地址"),
    "address_with_line_end": (
        "notices@example.org",
        '"notices@example.org\\nBcc: x@example.org"',
        "不是合法的邮箱地址",
    ),
    "address_in_list": ("[leaders@example.org]", "[leaders@example.org, 领导]", "不是合法的邮箱地址"),
    "list_that_is_none": ("[data_staff, leaders, all", "[data_staff, boss, all", "lists 里没有 boss"),
    "reserved_list": ("leaders: [", "all_recipients: [", "all_recipients"),
    "clock": ('begin: "22:00"', 'begin: "晚上"', "时刻应写成"),
    "no_rate": ("per_minute: 20", "per_minute: 0", "不能小于 1"),
    "rate_in_words": ("per_minute: 20", "per_minute: 很快", "整数"),
    "connection": ("per_minute: 20", "connection: smtp-default", "connection"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(NOTICES / ID, tmp_path / ID)
    shutil.copy(NOTICES / "words.yaml", tmp_path)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), "utf-8")


def test_the_notice_says_how_its_mail_is_sent(folder: Path) -> None:
    mail = load_notice(ID, folder).mail
    assert mail
    assert mail.sender.address == "notices@example.org"
    assert not mail.dry_run


@pytest.mark.parametrize("case", WRONG)
def test_mistakes(case: str, folder: Path) -> None:
    old, new, words = WRONG[case]
    change(folder / ID / "notice.yaml", old, new)
    with pytest.raises(BadNoticeError, match=r"notice\.yaml 第 \d+ 行") as caught:
        load_notice(ID, folder)
    assert words in str(caught.value)


def load_with_addresses(folder: Path, *addresses: str) -> Notice:
    """The notice whose roster has a column `email`, with these in the first rows."""
    path = folder / ID / "recipients.csv"
    header, *rows = path.read_text("utf-8").splitlines()
    values = [*addresses, *[""] * (len(rows) - len(addresses))]
    lines = [f"{header},email", *(f"{row},{value}" for row, value in zip(rows, values, strict=True))]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return load_notice(ID, folder)


def test_the_roster_may_hold_addresses(folder: Path) -> None:
    bare = load_notice(ID, folder)
    found = load_with_addresses(folder, "Zhang@example.org", "")
    assert [one.email for one in found.recipients[:3]] == ["Zhang@example.org", None, None]
    assert [one.model_copy(update={"email": None}) for one in found.recipients] == list(bare.recipients)


def test_a_wrong_address_in_the_roster(folder: Path) -> None:
    with pytest.raises(
        BadNoticeError, match=r"recipients\.csv 第 3 行 email：写成了 'b.example.org'；不是合法的邮箱地址"
    ):
        load_with_addresses(folder, "a@example.org", "b.example.org")
