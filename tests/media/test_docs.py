"""docs/feeds.md says what is: its settings are read, its states, headers and files exist."""

import re

import yaml

from pipelines.ground.home import ROOT
from pipelines.notice.feeds import Feeds, Recommend
from pipelines.recommend.package import MANIFEST, PARTS, SUMS
from pipelines.recommend.table import NAME
from pipelines.send.push_records import PushState

PAGE = (ROOT / "docs" / "feeds.md").read_text("utf-8")


def test_settings_are_read_as_they_are_written() -> None:
    told: dict[str, object] = {}
    for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        told |= yaml.load(block, yaml.BaseLoader)
    assert Feeds.model_validate(told["feeds"]).destinations["paper"].sends == ("package",)
    assert Recommend.model_validate(told["recommend"]).mail_to == ("ministry",)


def test_everything_has_its_name_in_it() -> None:
    for name in (*PushState, MANIFEST, SUMS, PARTS, f"{NAME}.docx", "feed.atom", "feed.json"):
        assert f"`{name}`" in PAGE
