"""A notice that sends mail, an outbox, and a mail server that is really there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.notice.mail import Mail as MailSettings
from pipelines.send.outbox import Outbox
from tests.send.letters import SETTINGS
from tests.send.post_office import PostOffice


@pytest.fixture(scope="session")
def bare() -> Notice:
    return load_notice("sd-vocational-week-2020")


@pytest.fixture
def make_notice(bare: Notice) -> Callable[..., Notice]:
    """The notice with other mail settings."""

    def make(**changes: Any) -> Notice:
        return bare.model_copy(update={"mail": MailSettings.model_validate(SETTINGS | changes)})

    return make


@pytest.fixture
def notice(make_notice: Callable[..., Notice]) -> Notice:
    return make_notice()


@pytest.fixture
def first(tmp_path: Path) -> Home:
    """A machine's; `second` is another machine's, where they share a store."""
    return Home(tmp_path / "a")


@pytest.fixture
def second(tmp_path: Path) -> Home:
    return Home(tmp_path / "b")


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / "mail") as opened:
        yield opened


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as opened:
        yield opened


@pytest.fixture
def connection(office: PostOffice) -> Connection:
    return Connection(
        "smtp_default", host="127.0.0.1", port=office.port, extra={"disable_ssl": True, "disable_tls": True}
    )
