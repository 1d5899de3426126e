"""A package for the ministry: names, parts, manifest, sums, and the same bytes each time; recorded and sent once."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from pipelines.archive.store import Archive
from pipelines.ground.connections import Connection
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.notice.feeds import Recommend
from pipelines.notice.mail import Mail as MailSettings
from pipelines.recommend.contents import LIAISON, WORKBOOK, clean_name, unique_name
from pipelines.recommend.issue import Issued, issue
from pipelines.recommend.package import MANIFEST, PARTS, SUMS
from pipelines.recommend.parts import Sized, divide, write_zip
from pipelines.select.chosen import Chosen
from pipelines.send.outbox import Outbox, Queued
from pipelines.send.pusher import push_due
from pipelines.send.pushes import Pushes
from pipelines.warehouse.files import create_private, open_file
from tests.media.chosen_items import NOON, chosen, keep, notice_with, paper, picture
from tests.send.letters import SETTINGS

EVENING = NOON + timedelta(hours=8)
MB = 1000 * 1000

NAMES = {
    "plain": ("现场照片.JPG", "现场照片.JPG"),
    "device": ("con.txt", "_con.txt"),
    "device_without_suffix": ("LPT1", "_LPT1"),
    "forbidden": ('a<b>:"c|d?*.docx', "a_b___c_d__.docx"),
    "control": ("甲\x07乙\n丙.png", "甲 乙 丙.png"),
    "dots_and_spaces": (" 结尾. . ", "结尾"),
    "nothing_left": ("...", "附件"),
    "long": ("长" * 200 + ".pdf", "长" * 76 + ".pdf"),
    "no_suffix": ("第3.2节 说明文字很多", "第3.2节 说明文字很多"),
}


@pytest.mark.parametrize("case", NAMES)
def test_names_that_every_system_can_write(case: str) -> None:
    given, expected = NAMES[case]
    assert clean_name(given, 80) == expected


def test_names_are_unique_in_whichever_letter_case() -> None:
    taken: set[str] = set()
    assert [unique_name(one, taken) for one in ("a.jpg", "A.JPG", "a.jpg", "a")] == [
        "a.jpg", "A（2）.JPG", "a（3）.jpg", "a",
    ]  # fmt: skip


def test_parts_are_valid_zips_below_the_size() -> None:
    files = [Sized(f"{n // 3:03d}-标题/{n}.jpg", 40_000 + n * 1000, f"{n // 3}") for n in range(30)]
    files.append(Sized("大/片.mp4", 400_000, "大"))
    parts, too_large = divide(files, 300_000, 5_000)
    assert [one.path for one in too_large] == ["大/片.mp4"]
    assert [one for part in parts for one in part] == files[:-1], "order is kept"
    assert max(len({one.group for one in part}) for part in parts) >= 2
    for part in parts:
        content = write_zip([(one.path, lambda one=one: b"x" * one.size) for one in part], NOON)
        assert len(content) <= 300_000
        assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    homes = {
        group: {n for n, part in enumerate(parts) for one in part if one.group == group}
        for group in "0123456789"
    }
    assert all(len(found) == 1 for found in homes.values()), "an item that fits stays in one part"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def notice() -> Notice:
    return notice_with()


@pytest.fixture
def items(home: Home) -> tuple[Chosen, ...]:
    home.private.parent.mkdir(parents=True)
    with open_file(home.private) as private:
        create_private(private)
        private.execute(
            "INSERT INTO contacts VALUES ('sd-vocational-week-2020', 's', '', 1, 1, '王小明', '13812345678', 'w@x.cn')"
        )
    photo, same = picture(64, 64), picture(64, 64, "blue")
    first = chosen(
        1,
        keep(home, "日报.xlsx", b"workbook", "workbook"),
        keep(home, "照片.jpg", photo, "picture"),
        keep(home, "照片.JPG", same, "picture"),
        keep(home, "稿件.docx", paper("新闻稿", "咨询电话 0531-88888888"), "document"),
        keep(home, "附表.docx", paper("联络员：王小明"), "document"),
        keep(home, "王小明.jpg", picture(32, 32), "picture"),
        title='展示“之”一/二: "引号"',
    )
    return (
        first,
        chosen(2, keep(home, "片.mp4", b"film " * 500_000, "video")),
        chosen(3, is_publishable=False),
    )


def run(
    home: Home, notice: Notice, items: tuple[Chosen, ...], to: Path, *, is_sent: bool = False, hours: int = 0
) -> Issued:
    return issue(home, notice, items, EVENING, to, EVENING + timedelta(hours=hours), is_sent)


def small_parts(notice: Notice, **changes: object) -> Notice:
    assert notice.recommend
    return notice.model_copy(update={"recommend": notice.recommend.model_copy(update=changes)})


def test_what_is_in_it(home: Home, notice: Notice, items: tuple[Chosen, ...], tmp_path: Path) -> None:
    done = run(home, notice, items, tmp_path / "out")
    folder = done.package.folder
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    assert [one["folder"] for one in manifest["items"]] == [
        "001-济南市教育局-展示“之”一_二_ _引号_", "002-济南市教育局-技能展示之2", "003-济南市教育局-技能展示之3",
    ]  # fmt: skip
    first = manifest["items"][0]
    assert [Path(one["path"]).name for one in first["files"]] == ["照片.jpg", "照片（2）.JPG", "稿件.docx"]
    assert [(one["name"], one["why"]) for one in first["left_out"]] == [
        ("日报.xlsx", WORKBOOK), ("附表.docx", LIAISON), ("〔姓名略〕.jpg", LIAISON),
    ]  # fmt: skip
    inside: dict[str, bytes] = {}
    for name in done.package.parts:
        with zipfile.ZipFile(folder / name) as part:
            assert part.testzip() is None
            inside |= {one: part.read(one) for one in part.namelist()}
    sums = dict(line.split("  ", 1)[::-1] for line in inside[SUMS].decode().splitlines())
    assert set(sums) == set(inside) - {SUMS}
    assert all(hashlib.sha256(inside[name]).hexdigest() == digest for name, digest in sums.items())
    paths = {file["path"]: file["sha256"] for one in manifest["items"] for file in one["files"]}
    assert paths.items() <= sums.items()
    assert not any(word.encode() in b"".join(inside.values()) for word in ("13812345678", "王小明"))


def test_a_liaison_in_a_header_stays_here(home: Home, notice: Notice, items: tuple[Chosen, ...], tmp_path: Path) -> None:  # fmt: skip
    document, written = Document(io.BytesIO(paper("校门打开。"))), io.BytesIO()
    document.sections[0].header.paragraphs[0].text = "投稿：王小明"
    document.save(written)
    one = chosen(4, keep(home, "侧记.docx", written.getvalue(), "document"))
    manifest = json.loads((run(home, notice, (one,), tmp_path / "out").package.folder / MANIFEST).read_text("utf-8"))  # fmt: skip
    (told,) = manifest["items"]
    assert [file["path"] for file in told["files"]] == []
    assert [(left["name"], left["why"]) for left in told["left_out"]] == [("侧记.docx", LIAISON)]


def test_the_table(home: Home, notice: Notice, items: tuple[Chosen, ...], tmp_path: Path) -> None:
    folder = run(home, notice, items, tmp_path / "out").package.folder
    (table,) = Document(str(folder / "推荐汇总表.docx")).tables
    told = [[cell.text.replace("\n", "") for cell in row.cells] for row in table.rows]
    assert told[0] == [
        "序号",
        "标题",
        "推荐单位",
        "所在市",
        "活动日期",
        "材料类型",
        "活动类别",
        "宣传主题",
        "链接",
        "原件数",
    ]
    assert told[2] == [
        "2",
        "技能展示之2",
        "济南市教育局",
        "济南市",
        "2020年11月9日",
        "照片",
        "宣传活动",
        "—",
        "https://jn.example.cn/2",
        "1",
    ]
    text = "\n".join(one.text for one in Document(str(folder / "推荐汇总表.docx")).paragraphs)
    assert "教育部某司：" in text
    assert "择优推荐 3 件，来自 1 个单位，附原件 4 个" in text
    sheet = openpyxl.load_workbook(folder / "推荐汇总表.xlsx")["推荐汇总表"]
    assert [cell.value for cell in sheet[4]][:4] == [2, "技能展示之2", "济南市教育局", "济南市"]


def test_the_same_moment_is_the_same_bytes(
    home: Home, notice: Notice, items: tuple[Chosen, ...], tmp_path: Path
) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
        }

    once, again = (run(home, notice, items, tmp_path / name).package for name in ("one", "two"))
    assert contents(once.folder) == contents(again.folder)
    assert once.sha256 == again.sha256


def test_split_by_size_and_what_no_part_can_hold(
    home: Home, notice: Notice, items: tuple[Chosen, ...], tmp_path: Path
) -> None:
    more = tuple(chosen(n, keep(home, f"{n}.bin", bytes([n]) * 400_000, "video")) for n in range(4, 9))
    done = run(home, small_parts(notice, max_size_mb=1), (*items, *more), tmp_path / "out")
    folder = done.package.folder
    assert len(done.package.parts) >= 3
    assert all((folder / name).stat().st_size <= MB for name in done.package.parts)
    (large,) = done.package.too_large
    assert (folder / large).read_bytes() == b"film " * 500_000
    listed = (folder / PARTS).read_text("utf-8").splitlines()
    assert [line.split("  ")[1] for line in listed] == [*done.package.parts, large]
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    part_of = {file["path"]: file["part"] for one in manifest["items"] for file in one["files"]}
    assert part_of.pop(large) is None
    for path, number in part_of.items():
        with zipfile.ZipFile(folder / done.package.parts[number - 1]) as part:
            assert path in part.namelist()


def test_pushed_once_and_a_second_run_says_so(
    home: Home, notice: Notice, items: tuple[Chosen, ...], tmp_path: Path
) -> None:
    made = run(home, notice, items, tmp_path / "out")
    assert (made.made_before, made.sent_before, made.queued) == (None, None, None)
    first = run(home, notice, items, tmp_path / "out", is_sent=True)
    assert (first.made_before, first.sent_before) == ("2020-11-09 20:00:00", None)
    assert first.queued == Queued(len(first.package.names), 0)
    second = run(home, notice, items, tmp_path / "elsewhere", is_sent=True, hours=1)
    assert (second.sent_before, second.queued and second.queued.new) == ("2020-11-09 20:00:00", 0)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    connection = Connection("shelf_fs", "fs", extra={"path": str(shelf)})
    with Pushes(home.pushes) as pushes:
        push_due(pushes, notice.id, lambda: EVENING, lambda _: connection)
        rows = pushes.rows()
        assert [row.state for row in rows] == ["sent"] * len(rows)
        assert rows[-1].name.endswith(PARTS)
        told = pushes.ask("SELECT position, item_id, files FROM recommended ORDER BY position")
    assert told == [
        (n, one.item_id, count) for n, (one, count) in enumerate(zip(items, (3, 1, 0), strict=True), 1)
    ]
    assert len(list((shelf / "部里" / first.package.folder.name).iterdir())) == len(rows)
    with pytest.raises(NoticesError, match="已经送出，现在的内容与那时不同"):
        run(home, notice, items[:2], tmp_path / "later", hours=2)


def test_a_package_that_was_not_sent_may_change(
    home: Home, notice: Notice, items: tuple[Chosen, ...], tmp_path: Path
) -> None:
    run(home, notice, items, tmp_path / "out")
    run(home, notice, items[:1], tmp_path / "other")
    with Pushes(home.pushes) as pushes:
        assert pushes.ask("SELECT count(*) FROM recommended") == [(1,)]
    with pytest.raises(NoticesError, match="内容不同"):
        run(home, notice, items[:1], tmp_path / "out")


def test_mailed_a_part_a_mail(home: Home, notice: Notice, items: tuple[Chosen, ...], tmp_path: Path) -> None:
    given = SETTINGS | {"lists": {"ministry": ["a@example.org", "b@example.org"]}}
    by_mail = notice.model_copy(
        update={
            "mail": MailSettings.model_validate(given),
            "recommend": Recommend(to="教育部某司", mail_to=("ministry",), max_size_mb=3),
        }
    )
    for hours in (0, 1):
        done = run(home, by_mail, items, tmp_path / str(hours), is_sent=True, hours=hours)
    count = len(done.package.parts)
    with Outbox(home.mail) as outbox:
        assert [(row.purpose, row.recipient, row.what) for row in outbox.rows()] == [
            ("recommendation", "ministry", f"20201109T200000-{n}of{count}")
            for _ in range(2)
            for n in range(1, count + 1)
        ]
    assert done.sent_before == "2020-11-09 20:00:00"


def test_what_is_said_where_it_cannot_be(home: Home, notice: Notice, tmp_path: Path) -> None:
    with pytest.raises(NoticesError, match="没有入选的材料"):
        run(home, notice, (), tmp_path)
    with pytest.raises(NoticesError, match="没有 recommend 一节"):
        run(home, notice.model_copy(update={"recommend": None}), (), tmp_path)
    with pytest.raises(NoticesError, match="不知道送到哪里"):
        run(home, notice_with(recommend=Recommend(to="某司")), (chosen(1),), tmp_path, is_sent=True)


def test_a_lost_original_is_our_fault_and_leaves_no_half_package(
    home: Home, notice: Notice, items: tuple[Chosen, ...], tmp_path: Path
) -> None:
    film = items[1].originals[0]
    Archive(home.archive).object_path(film.sha256).unlink()
    with pytest.raises(NoticesError, match="这是我们的问题"):
        run(home, notice, (items[1],), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    assert replace(items[1]) == items[1]
