"""The notice as a typed model: what is asked, of whom, until when.

What is named here is imported when somebody first asks for it: whoever only needs a notice's card waits for no model.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.notice.cards import list_notices
    from pipelines.notice.folder import load_notice
    from pipelines.notice.model import Notice

__all__ = ["Notice", "list_notices", "load_notice"]
_PLACES = {"Notice": "model", "list_notices": "cards", "load_notice": "folder"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found
    return found
