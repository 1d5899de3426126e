"""A machine that never loaded, of those that share a store: whom it writes to and whom it must not name is what the loader knows."""

import shutil
from contextlib import closing
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.ground import lock
from pipelines.ground.errors import NoticesError, StoreFault
from pipelines.ground.handed import is_published
from pipelines.ground.home import Home
from pipelines.ground.lock import hold, refresh_handed, show_newest
from pipelines.media.leaving import Leaving
from pipelines.notice import load_notice
from pipelines.send.addresses import unit_mailboxes
from pipelines.warehouse.files import open_file, open_warehouse
from pipelines.warehouse.masks import Masks
from tests.stores import TestStore

NOTICE = load_notice("sd-vocational-week-2020")
CODE = NOTICE.recipients[0].code
AT = datetime(2020, 11, 10)
pytestmark = pytest.mark.parametrize("shared", ["folder"], indirect=True)


@pytest.fixture
def homes(tmp_path: Path, shared: TestStore) -> tuple[Home, Home]:
    return Home(tmp_path / "a"), Home(tmp_path / "b")


def publish(home: Home, person: str) -> None:
    """What a load leaves: a plan that counts, and its liaison, who is told in the private file alone."""
    with hold(home):
        with open_warehouse(home.warehouse, home.private) as (connection, private):
            connection.execute("DELETE FROM core.items")
            needed = connection.execute(
                "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'core' AND table_name = 'items' AND NOT is_nullable"
            ).fetchall()
            plain = {"VARCHAR": "x", "BOOLEAN": False, "TIMESTAMP": datetime(2020, 11, 9), "INTEGER": 1}
            row = {name: plain[kind] for name, kind in needed}
            row |= {"notice_id": NOTICE.id, "recipient_code": CODE, "kind": "plan", "submission_id": "s"}
            row |= {"current_until": datetime(9999, 12, 31)}
            names, places = ", ".join(row), ", ".join(f"${number}" for number in range(1, len(row) + 1))
            connection.execute(f"INSERT INTO core.items ({names}) VALUES ({places})", list(row.values()))
            private.execute("DELETE FROM contacts")
            private.execute(
                "INSERT INTO contacts BY NAME SELECT $1 AS notice_id, 's' AS submission_id, '甲' AS sheet, 1 AS row_number,"
                " $2 AS contact_name, $3 AS contact_phone, $4 AS contact_email",
                [NOTICE.id, person, "13800000001", f"{len(person)}@example.org"],
            )
            Masks(home.masks).learn(private, NOTICE.id, [person])
        home.published.parent.mkdir(exist_ok=True)
        home.published.unlink(missing_ok=True)
        shutil.copyfile(home.warehouse, home.published)


def test_it_writes_to_whom_the_loader_knows_and_names_no_liaison(homes) -> None:
    first, second = homes
    publish(first, "欧阳某某")
    assert unit_mailboxes(second, NOTICE, AT)[CODE].address == "4@example.org"
    assert Leaving.of(second, NOTICE).names_liaison(["由欧阳某某报送"])
    assert not Leaving.of(second, NOTICE).names_liaison(["由上官某报送"])
    publish(first, "上官某")
    assert Leaving.of(second, NOTICE).names_liaison(["由上官某报送"]), "who came since, too"
    assert unit_mailboxes(second, NOTICE, AT)[CODE].address == "3@example.org"


def test_while_the_store_is_away_nobody_is_named_by_what_may_be_old(homes, shared: TestStore) -> None:
    first, second = homes
    publish(first, "欧阳某某")
    assert Leaving.of(second, NOTICE).names_liaison(["欧阳某某"])
    with shared.cut_off(), pytest.raises(StoreFault):
        Leaving.of(second, NOTICE)


def test_a_loader_of_this_machine_keeps_its_file(homes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process of it writes to the private file: it is not taken away under it."""
    first, second = homes
    publish(first, "欧阳某某")
    monkeypatch.setenv("NOTICES_LOCK_SECONDS", "0")
    (second.path).mkdir()
    with (second.path / "writer.lock").open("a") as file:
        lock.fcntl.flock(file, lock.fcntl.LOCK_EX)
        with pytest.raises(NoticesError, match="正在更新"):
            refresh_handed(second)
    assert not second.private.exists()
    refresh_handed(second)
    with open_file(second.private, read_only=True) as private:
        assert private.execute("SELECT contact_name FROM contacts").fetchall() == [("欧阳某某",)]


def test_what_it_took_does_not_pass_for_what_it_wrote(homes) -> None:
    """It loads afterwards, from the newest state, and hands over that."""
    first, second = homes
    publish(first, "欧阳某某")
    refresh_handed(second)
    publish(first, "上官某")
    publish(second, "司马某某")
    with hold(first), closing(duckdb.connect(first.private, read_only=True)) as private:
        assert private.execute("SELECT contact_name FROM contacts").fetchall() == [("司马某某",)]
    assert Masks(first.masks).masker(NOTICE.id).names == {"欧阳某某", "上官某", "司马某某"}


def test_a_page_shows_a_draft_of_another_machine_and_what_it_has_while_that_cannot_be_had(
    homes, shared: TestStore
) -> None:
    first, second = homes
    for number in (1, 2):
        with hold(first):
            folder = first.bulletins("n") / "drafts" / str(number)
            folder.mkdir(parents=True)
            (folder / "text.txt").write_text("稿")
        if number == 2:
            with shared.cut_off():
                show_newest(second)
            assert len([*second.path.rglob("text.txt")]) == 1
        show_newest(second)
        assert len([*second.path.rglob("text.txt")]) == number


def test_one_that_has_no_snapshot_yet_has_the_others(homes) -> None:
    first, second = homes
    assert not is_published(second.published)
    publish(first, "欧阳某某")
    assert is_published(second.published)


def test_what_it_writes_has_names_in_the_place_of_tokens(homes) -> None:
    first, second = homes
    for number, person in enumerate(("欧阳某某", "上官某"), 1):
        publish(first, person)
        with hold(first):
            masker = Masks(first.masks).masker(NOTICE.id)
            token = masker.mask(f"联系人：{person}")
            Masks(first.masks).keep(masker)
        assert person not in token
        assert Masks.newest(second).revealer().reveal(token) == f"联系人：{person}", number
