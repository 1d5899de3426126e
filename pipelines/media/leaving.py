"""What leaves for others is masked once more: telephone numbers, addresses, identity numbers, liaisons' names.

The snapshot holds tokens in their place, each with a digest by which rows are told apart; outside it says only 〔电话略〕.
"""

import re
from dataclasses import dataclass

from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.warehouse.files import open_file
from pipelines.warehouse.masker import TOKEN, Masker, Names, person_names
from pipelines.warehouse.masks import Masks

_CONTROL = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML may hold."""
_CONTACTS = "SELECT contact_name, contact_phone, contact_email FROM contacts WHERE notice_id = $1"


@dataclass(frozen=True)
class Leaving:
    """Takes persons out of texts, and tells whether a text names a liaison."""

    masker: Masker
    liaisons: Names
    contacts: frozenset[str]
    """Liaisons' telephone numbers and addresses."""

    @classmethod
    def of(cls, home: Home, notice: Notice) -> "Leaving":
        masker = Masks.newest(home).masker(notice.id)
        rows: list[tuple[str | None, ...]] = []
        if home.private.exists():
            with open_file(home.private, read_only=True) as private:
                rows = private.execute(_CONTACTS, [notice.id]).fetchall()
        names = person_names(row[0] for row in rows) | masker.names
        contacts = {one.strip().lower() for row in rows for one in row[1:] if one and one.strip()}
        return cls(Masker(masker.key, frozenset(names)), Names(names), frozenset(contacts))

    def clean(self, text: str | None) -> str:
        """The text without persons and without characters that show nothing; '' for none."""
        masked = self.masker.mask(_CONTROL.sub("", text or ""))
        return TOKEN.sub(lambda found: f"〔{found[1]}略〕", masked)

    def names_liaison(self, lines: list[str]) -> bool:
        """Whether a liaison of the notice stands in these lines, by name, telephone number or address."""
        text = "\n".join(lines)
        lowered = re.sub(r"(?<=\d)[ \-](?=\d)", "", text.lower())
        return any(self.liaisons.find(text)) or any(one in lowered for one in self.contacts)
