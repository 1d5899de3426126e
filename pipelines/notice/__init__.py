"""The notice as a typed model: what is asked, of whom, until when."""

from pipelines.notice.folder import list_notices, load_notice
from pipelines.notice.model import Notice

__all__ = ["Notice", "list_notices", "load_notice"]
