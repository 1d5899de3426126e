"""Addressees: text that came from people, made safe for a mail's headers before anything else sees it."""

import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address

from pipelines.notice.mail import check_address


@dataclass(frozen=True)
class Mailbox:
    """A name and an address that can stand in a header. Raises ValueError where the address is none."""

    name: str
    address: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", plain(self.name, 80))
        object.__setattr__(self, "address", check_address(self.address))

    @property
    def header(self) -> Address:
        return Address(self.name, addr_spec=self.address)


def parse_mailbox(text: str | None, name: str = "") -> Mailbox | None:
    """The mailbox of an address as somebody wrote it; None where it is none. Full-width characters are narrowed."""
    try:
        return Mailbox(name, unicodedata.normalize("NFKC", text or "").strip())
    except ValueError:
        return None


def plain(text: str, longest: int = 200) -> str:
    """A line of text for a header: whatever breaks or hides in one (controls, line ends of every kind, direction
    marks, zero-width and lone surrogates) is a space, spaces are single, and nothing reads as already encoded."""
    shown = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else letter
        for letter in text
    )
    return " ".join(shown.replace("=?", "= ?").split())[:longest].rstrip()
