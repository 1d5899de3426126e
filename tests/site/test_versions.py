"""The site at a place where no folder can be swapped: versions side by side, one file that switches, the one before kept."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree, html

from pipelines.ask.place import PublishedPlace
from pipelines.ground.connections import Connection, MissingConnectionError
from pipelines.ground.errors import NoticesError
from pipelines.site.make import Made, find_places, make_site
from tests.site.conftest import Stand

EARLY, LATER = datetime(2021, 5, 10, 17), datetime(2021, 5, 11, 17)


def publish(stand: Stand, place: PublishedPlace, as_of: datetime | None = None) -> Made:
    return make_site(stand.home, stand.notice, place, as_of)


@pytest.fixture(params=["file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> PublishedPlace:
    if request.param == "file":
        return PublishedPlace(f"file://{tmp_path / 'there'}")
    return PublishedPlace(f"memory://{tmp_path.name}/site")


def current(place: PublishedPlace) -> list[str]:
    return list(json.loads(place.read("current.json") or b"{}")["versions"])


def switch(place: PublishedPlace) -> str:
    """Where the page at the root leads, by its refresh and by its link."""
    page = html.document_fromstring((place.read("index.html") or b"").decode())
    (refresh,), (link,) = page.xpath("//meta[@http-equiv]/@content"), page.xpath("//a/@href")
    assert refresh == f"0; url={link}"
    return str(link)


def test_versions_lie_side_by_side_and_the_one_before_is_kept(shown: Stand, place: PublishedPlace) -> None:
    assert publish(shown, place, EARLY).is_changed
    (first,) = current(place)
    assert publish(shown, place, LATER).is_changed
    second, kept = current(place)
    assert kept == first
    assert switch(place) == f"v/{second}/index.html"
    assert publish(shown, place).is_changed
    third, before = current(place)
    assert before == second
    assert place.read(f"v/{first}/index.html") is None, "only the one before is kept"
    for version in (third, second):
        said = json.loads(place.read(f"v/{version}/site.json") or b"")
        assert all(place.read(f"v/{version}/{one['name']}") for one in said["files"])
    assert not publish(shown, place).is_changed
    publish(shown, place, LATER)
    assert current(place) == [second, third], "back again"
    feed = etree.fromstring(place.read("feed.xml") or b"")
    links = feed.xpath("//*[local-name()='entry']/*[local-name()='link']/@href")
    assert links
    assert all(one.startswith((f"v/{second}/", "https://")) for one in links)


def test_a_killed_run_leaves_the_old_version_and_the_next_goes_on(
    shown: Stand, place: PublishedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(shown, place, EARLY)
    old, write, count = switch(place), PublishedPlace.write, 0

    def die(place: PublishedPlace, name: str, data: bytes) -> None:
        nonlocal count
        count += 1
        if count > 3:
            raise KeyboardInterrupt
        write(place, name, data)

    with monkeypatch.context() as patched:
        patched.setattr(PublishedPlace, "write", die)
        with pytest.raises(KeyboardInterrupt):
            publish(shown, place)
    assert switch(place) == old
    publish(shown, place)
    assert switch(place) == f"v/{current(place)[0]}/index.html" != old


def test_a_site_goes_to_the_home_and_to_the_connection_where_there_is_one(
    shown: Stand, tmp_path: Path
) -> None:
    def connect(connection_id: str) -> Connection:
        raise MissingConnectionError(connection_id)

    home, notice = shown.home, shown.notice
    assert find_places(home, notice, connect) == [home.site(notice.id)]
    there = Connection("notices_site", "file", extra={"path": str(tmp_path / "there")})
    local, remote = find_places(home, notice, lambda _: there)
    assert local == home.site(notice.id)
    assert isinstance(remote, PublishedPlace)
    remote.write("a", b"a")
    assert (tmp_path / "there" / notice.id / "a").read_bytes() == b"a"


FOREIGN = {
    "another site": ({"index.html": b"<p>mine"}, "里有别的网站"),
    "something else": ({"current.json": b"[]"}, "不是本程序写的"),
    "another notice's": ({"current.json": b'{"notice": "n", "versions": []}'}, "另一份通知（n）"),
}


@pytest.mark.parametrize(("files", "said"), FOREIGN.values(), ids=FOREIGN)
def test_what_is_not_the_site_is_left_alone(
    shown: Stand, tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    there = PublishedPlace(str(tmp_path / "there"))
    for name, data in files.items():
        there.write(name, data)
    with pytest.raises(NoticesError, match=said):
        publish(shown, there)
    assert {name: there.read(name) for name in files} == files
