"""A report that came by another way, with a file: streamed within a limit, kept in the archive, and named by nobody else."""

import hashlib
import shutil

import pytest
from lxml import html

from pipelines.archive.store import Archive
from pipelines.board.access import make_token
from pipelines.board.uploads import plain_name
from pipelines.decide.journal import read_decisions
from pipelines.ground.home import Home
from pipelines.warehouse.snapshot import open_snapshot
from tests.board.conftest import HEADERS, LOGINS

BOARD = "/board/n/collect__sd-vocational-week-2020/"
NOTICE = "sd-vocational-week-2020"
TABLE = (HEADERS + "11月12日,稿件,电话报来的,宣传活动,77,\n").encode()
SCAN = b"\xff\xd8\xff" + b"scan" * 100
REGISTER = {
    "kind_of_decision": "register",
    "recipients": "EDU-3703",
    "deliverable": "materials",
    "periods": "2020-11-12",
    "arrived": "2020-11-12T09:00:00",
    "how": "纸质",
    "reason": "共享坏了",
}
VALUES = "material_type=稿件\ntitle=开幕\ncategory=宣传活动"


@pytest.fixture
def own(shown: Home, tmp_path) -> Home:
    shutil.copytree(shown.path, tmp_path / "own")
    return Home(tmp_path / "own")


def token():
    return make_token("for tests", LOGINS["operator"], NOTICE)


def post(client, *, file=None, **fields):
    files = {"file": file} if file else None
    return client.post(BOARD + "decide", data=REGISTER | {"token": token()} | fields, files=files)


def hidden(answer):
    page = html.fromstring(answer.text)
    return {one.get("name"): one.get("value") for one in page.xpath("//input[@type='hidden']")}


def test_a_file_is_kept_at_the_first_look_and_registered_by_the_second(asks, own):
    client = asks("operator", at=own)
    looked = post(client, file=("../某/日报!.csv", TABLE), step="look")
    assert looked.status_code == 200
    assert "参与人数" in looked.text
    sha256 = hashlib.sha256(TABLE).hexdigest()
    assert Archive(own.archive).object_path(sha256).read_bytes() == TABLE
    assert read_decisions(own, NOTICE).all == ()
    named = hidden(looked)
    assert (named["file_name"], named["file_sha256"]) == ("日报_.csv", sha256)
    kept = post(client, **named, step="keep")
    assert kept.status_code == 303
    (decision,) = read_decisions(own, NOTICE).all
    assert decision.values["path"].endswith("-日报_.csv")
    with open_snapshot(own.published) as snapshot:
        found = snapshot.execute(
            "SELECT recipient_code, state FROM marts.files WHERE path = ?", [decision.values["path"]]
        ).fetchall()
    assert found == [("EDU-3703", "accepted")]


def test_a_scan_beside_written_values_is_kept_and_can_be_fetched_by_who_may(asks, own):
    client = asks("operator", at=own)
    assert post(client, file=("扫描.jpg", SCAN), values=VALUES, step="keep").status_code == 303
    (decision,) = read_decisions(own, NOTICE).all
    assert decision.values["scan"] == {
        "name": "扫描.jpg",
        "sha256": hashlib.sha256(SCAN).hexdigest(),
        "size": len(SCAN),
    }
    page = html.fromstring(client.get(BOARD + "decisions").text)
    (link,) = page.xpath("//a[starts-with(@href,'scan?')]/@href")
    fetched = client.get(BOARD + link)
    assert fetched.content == SCAN
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert asks("viewer", at=own).get(BOARD + link).status_code == 403
    assert client.get(BOARD + "scan?id=D0009").status_code == 404


@pytest.mark.parametrize("field", ["file_sha256", "file_name", "file_size", "file_signature"])
def test_another_object_of_the_archive_cannot_be_named(asks, own, field):
    client = asks("operator", at=own)
    named = hidden(post(client, file=("日报.csv", TABLE), step="look", reason=""))
    forged = named | {field: named[field][::-1] + "1"}
    assert post(client, **forged, step="keep").status_code == 403
    assert read_decisions(own, NOTICE).all == ()


@pytest.mark.parametrize("size", ["²", "9" * 5000, "-1", ""], ids=["no digit", "endless", "negative", "none"])
def test_a_size_that_is_none_is_a_forgery(asks, own, size):
    client = asks("operator", at=own)
    named = {"file_name": "a.jpg", "file_sha256": "0" * 64, "file_signature": "x"}
    assert post(client, **named, file_size=size, step="keep").status_code == 403
    assert read_decisions(own, NOTICE).all == ()


def test_what_is_too_large_is_refused_and_not_kept(asks, own, monkeypatch):
    monkeypatch.setenv("NOTICES_MAX_UPLOAD_BYTES", "1000")
    before = sum(1 for _ in (own.archive / "objects").rglob("*"))
    answer = post(asks("operator", at=own), file=("大.jpg", b"x" * 200_000), step="look")
    assert answer.status_code == 413
    assert "太大" in answer.text
    assert sum(1 for _ in (own.archive / "objects").rglob("*")) == before


def test_a_forged_form_keeps_no_file(asks, own):
    answer = asks("operator", at=own).post(
        BOARD + "decide", data=REGISTER | {"token": "x.y", "step": "look"}, files={"file": ("a.jpg", SCAN)}
    )
    assert answer.status_code == 403
    assert not Archive(own.archive).object_path(hashlib.sha256(SCAN).hexdigest()).exists()


def test_a_file_that_is_not_wanted_after_all_goes(asks, own):
    client = asks("operator", at=own)
    named = hidden(post(client, file=("日报.csv", TABLE), step="look", reason=""))
    assert "file_sha256" in named
    assert "file_sha256" not in hidden(post(client, **named, without_file="yes", step="look", reason=""))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("日报.xlsx", "日报.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\桌面\\日报.xlsx", "日报.xlsx"),
        ("a!b#c.zip", "a_b_c.zip"),
        ("<img src=x>.png", "_img src=x_.png"),
        ("..", "附件"),
        ("x" * 300 + ".xlsx", "x" * 116 + ".xlsx"),
    ],
    ids=["plain", "leading out", "windows", "marks", "markup", "dots", "long"],
)
def test_a_name_leads_nowhere_else(given, name):
    assert plain_name(given) == name
