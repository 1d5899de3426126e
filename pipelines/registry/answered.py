"""What a web address answered, as it is kept; whoever only reads it needs nothing that visits one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Visit:
    """What a web address answered. `status` is None where nothing answered, and `failure` says why, in Chinese."""

    status: int | None = None
    final_url: str | None = None
    title: str | None = None
    failure: str | None = None

    @property
    def is_ok(self) -> bool:
        """Whether a reader who follows the link sees a page."""
        return self.failure is None and self.status is not None and 200 <= self.status < 300
