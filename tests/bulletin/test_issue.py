"""A bulletin is drafted, released or withheld, published once and mailed once."""

from datetime import datetime

import pytest

from pipelines.bulletin.draft import draft_bulletin
from pipelines.send.outbox import Outbox
from tests.bulletin.conftest import FIRST, SECOND, THIRD

STEM = "2021-05-10T180000-daily"


def test_what_is_released_is_published_indexed_and_queued_once(office):
    one = office()
    assert one.bulletin(FIRST) == {"stem": STEM, "is_published": True, "new": 2, "known": 0}
    before = one.files()
    assert one.bulletin(FIRST) == {"stem": STEM, "is_published": True, "new": 0, "known": 2}
    assert one.files() == before
    suffixes = {name.rpartition(".")[2] for name in before if name.startswith(STEM)}
    assert suffixes >= {"docx", "xlsx", "html", "txt", "json"}
    with Outbox(one.home.mail) as outbox:
        assert [(row.purpose, row.recipient, row.what, row.address) for row in outbox.rows()] == [
            ("bulletin", "data_staff", STEM, "data@example.org"),
            ("bulletin", "leaders", STEM, "leaders@example.org"),
        ]
        assert "第2期" in outbox.rows()[0].subject


def test_order_and_repetition_never_change_a_byte(office):
    forth, back = office("forth"), office("back")
    for moment in (FIRST, SECOND, THIRD):
        forth.bulletin(moment)
    for moment in (THIRD, FIRST, SECOND, FIRST):
        back.bulletin(moment)
    assert forth.files() == back.files()


def test_a_published_bulletin_stays_as_it_was_said(office):
    one = office()
    one.bulletin(FIRST)
    before = one.files()
    one.world.send("甲一校", "materials", "2021-05-10 08:00:00", "2021-05-10")
    one.publish()
    one.bulletin(FIRST)
    assert one.files() == before


@pytest.mark.usefixtures("undrawn")
def test_what_is_withheld_is_kept_with_its_words_and_mailed_to_nobody(office):
    one = office()
    said = one.bulletin(FIRST, "withhold", words="数据待核", by="王", at="")
    assert not said["is_published"]
    assert one.shelf.find(STEM) == "withheld"
    assert one.shelf.published() == []
    assert "数据待核" in (one.shelf.root / "withheld" / STEM / "decision.json").read_text("utf-8")
    assert not one.bulletin(FIRST)["is_published"], "made again it is still withheld"
    with Outbox(one.home.mail) as outbox:
        assert outbox.rows() == []


@pytest.mark.usefixtures("undrawn")
def test_what_was_withheld_can_be_brought_up_again(office):
    one = office()
    one.bulletin(FIRST, "withhold")
    assert draft_bulletin(one.home, one.notice, FIRST, again=True) == STEM
    assert one.shelf.find(STEM) == "draft"
    assert one.bulletin(FIRST)["is_published"]


@pytest.mark.usefixtures("undrawn")
def test_a_draft_is_made_anew_until_it_is_decided(office):
    one = office()
    draft_bulletin(one.home, one.notice, FIRST)
    before = one.files()
    one.world.send("乙一校", "materials", "2021-05-10 08:00:00", "2021-05-10")
    one.publish()
    draft_bulletin(one.home, one.notice, FIRST)
    assert one.files().keys() == before.keys()
    assert one.files() != before


@pytest.mark.usefixtures("undrawn")
def test_the_index_has_the_newest_first_and_only_what_is_public(office):
    one = office()
    for moment in (SECOND, FIRST):
        one.bulletin(moment)
    one.bulletin(THIRD, "withhold")
    one.bulletin(datetime(2021, 6, 1))
    page = (one.shelf.root / "index.html").read_text("utf-8")
    places = [page.find(f'id="2021-{part}') for part in ("06-01T000000-final", "05-11T", "05-10T")]
    assert places == sorted(places)
    assert places[0] > 0
    assert "05-12T" not in page
    assert "http" not in page.replace("http-equiv", ""), "it opens offline"
    for part in page.split('href="')[1:]:
        assert (one.shelf.root / part.split('"')[0]).is_file()


def test_a_letter_reads_by_itself_and_carries_the_documents(office):
    one = office()
    one.bulletin(FIRST)
    with Outbox(one.home.mail) as outbox:
        content = outbox.message(outbox.rows()[0].key)
    from email import message_from_bytes
    from email.policy import default

    message = message_from_bytes(content, policy=default)
    text = message.get_body(("plain",)).get_content()
    assert "通知主送3个单位" in text
    assert text.split()[-2:] == ["试验厅", "2021年5月10日"]
    attached = [part.get_filename() for part in message.iter_attachments()]
    assert [name.rpartition(".")[2] for name in attached] == ["docx", "xlsx"]
    assert all("第2期" in name for name in attached)
    html = message.get_body(("html",)).get_content()
    pictures = [
        part["Content-ID"].strip("<>") for part in message.walk() if part.get_content_type() == "image/png"
    ]
    assert all(f'src="cid:{name}"' in html for name in pictures)
    assert html.count("<img") == len(pictures)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("choice", ["release", "withhold"])
def test_a_notice_without_mail_has_bulletins_all_the_same(office, choice):
    one = office()
    one.world.notice = one.notice.model_copy(update={"mail": None})
    said = one.bulletin(FIRST, choice)
    assert (said["is_published"], said["new"]) == (choice == "release", 0)
    assert not one.home.mail.exists()
