"""The stories of tests/remind, a web server and its names."""

from collections.abc import Iterator

import pytest

from tests.registry.web import Names, Web
from tests.remind.conftest import begin, make_story, silent

__all__ = ["begin", "make_story", "silent"]


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as opened:
        yield opened
