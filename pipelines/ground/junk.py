"""What systems and office programs leave behind: no report, wherever it lies."""

import re

JUNK_NAMES = {"thumbs.db", ".ds_store", "desktop.ini"}


def is_junk(path: str) -> bool:
    """By name; also whatever lies in __MACOSX."""
    parts = re.split(r"[/\\]", path)
    name = parts[-1].lower()
    return name in JUNK_NAMES or name.startswith("~$") or name.endswith(".tmp") or "__MACOSX" in parts
