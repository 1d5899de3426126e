"""What a proposed folder says where every notice of its kind says the same: data/proposals.yaml."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


@cache
def defaults() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DATA / "proposals.yaml").read_text("utf-8"))
    return found
