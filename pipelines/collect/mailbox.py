"""A mailbox as a source: each mail one entry, its bytes as the server keeps them, taken in by UID.

Airflow's own hook cannot do this: it sends no ID (163 refuses), marks mails read, and stops at one that is not UTF-8.
Here a mail is only ever peeked at; it is moved or flagged after its receipt is on disk.
"""

import logging
import ssl
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.policy import compat32
from email.utils import parseaddr
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientError

from pipelines.collect.authentication import judge_sender
from pipelines.collect.oauth import access_token, uses_oauth
from pipelines.collect.protocols import in_words
from pipelines.collect.source import Entry, EntryChanged
from pipelines.ground.connections import Connection, require_encryption
from pipelines.ground.errors import SourceError
from pipelines.notice.sources import MailboxSource as Definition

TIMEOUT = 60
PAGE = 200
"""Mails asked for at once."""
CHUNK = 1 << 20
"""Bytes of a mail asked for at once: it goes to disk as it comes."""
HEADER = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM DATE AUTHENTICATION-RESULTS)]"
MOST_RESULTS = 1000
"""Letters of a header that are kept."""
log = logging.getLogger(__name__)
_ERRORS = (IMAPClientError, OSError, EOFError)


class MailboxSource:
    """One folder of a mailbox. The cursor is `UIDVALIDITY:UID` of the newest mail that was taken in."""

    def __init__(self, connection: Connection, source: Definition) -> None:
        self.cursor: str | None = None
        self._connection, self._source = connection, source
        self._client: IMAPClient | None = None
        self._validity, self._is_writable = 0, False

    def exists(self) -> bool:
        return True

    def list_entries(self, cursor: str | None) -> Iterator[Entry]:
        """Mails newer than the cursor, oldest first. A server that numbered its mails anew is listed from the start:
        what was taken in before has the same bytes, and so is a duplicate."""
        try:
            client = self._open()
            validity, _, last = (cursor or "").partition(":")
            newest = int(last) if validity == str(self._validity) and last.isdigit() else 0
            self.cursor = f"{self._validity}:{newest}"
            # `n:*` always finds the newest mail, even where its number is below n.
            uids = sorted(uid for uid in client.search(["UID", f"{newest + 1}:*"]) if uid > newest)
            for start in range(0, len(uids), PAGE):
                wanted = ["RFC822.SIZE", "INTERNALDATE", HEADER]
                for uid, about in sorted(client.fetch(uids[start : start + PAGE], wanted).items()):
                    yield self._entry(uid, about)
                    self.cursor = f"{self._validity}:{uid}"
        except _ERRORS as error:
            self.close()
            raise self._trouble(error) from None

    def _entry(self, uid: int, about: dict[bytes, Any]) -> Entry:
        """The server's own clock says when the mail came in; the sender's is kept beside it."""
        # Servers spell the field names of what they were asked for in their own way.
        header = next((value for name, value in about.items() if name.startswith(b"BODY[HEADER")), b"")
        sent = message_from_bytes(header or b"", policy=compat32)
        address = parseaddr(str(sent.get("From") or ""))[1].lower()
        results = [" ".join(str(one).split()) for one in sent.get_all("Authentication-Results") or []]
        verdict = judge_sender(results, address, self._source.authenticated_by)
        is_believed = verdict == "pass" if self._source.authenticated_by else verdict != "fail"
        evidence = {
            "message_id": str(sent.get("Message-ID") or "").strip(),
            # An address that anybody may have written says nothing of whose the mail is.
            ("sender" if is_believed else "unproven_sender"): address,
            "date": str(sent.get("Date") or ""),
        }
        if results:
            evidence |= {"authentication": verdict, "authentication_results": results[0][:MOST_RESULTS]}
        arrived = about.get(b"INTERNALDATE")
        key = f"{self._validity}:{uid}"
        path = f"{self._source.path}/{self._validity}-{uid}.eml"
        return Entry(key, path, about[b"RFC822.SIZE"], 0, key, arrived, evidence)

    def read_chunks(self, entry: Entry) -> Iterator[bytes]:
        uid, start = int(entry.key.rpartition(":")[2]), 0
        while True:
            try:
                about = self._open().fetch([uid], [f"BODY.PEEK[]<{start}.{CHUNK}>"]).get(uid, {})
            except _ERRORS as error:
                self.close()
                raise self._trouble(error) from None
            chunk = next((value for name, value in about.items() if name.startswith(b"BODY[]")), None)
            if chunk is None:
                raise EntryChanged(entry.path)
            yield chunk
            start += len(chunk)
            if len(chunk) < CHUNK:
                return

    def acknowledge(self, entry: Entry) -> None:
        """After the receipt is on disk: moves or flags the mail as the notice says. The mail is received all the same
        where that fails."""
        if not (self._source.processed or self._source.mark_seen):
            return
        uid = int(entry.key.rpartition(":")[2])
        try:
            client = self._open(writable=True)
            if self._source.mark_seen:
                client.add_flags([uid], [rb"\Seen"], silent=True)
            if self._source.processed:
                self._move(client, uid, self._source.processed)
        except _ERRORS as error:
            self.close()
            log.warning("scan: 邮件 %s 已收下，但没能移动或标记：%s", entry.path, in_words(error))

    @staticmethod
    def _move(client: IMAPClient, uid: int, folder: str) -> None:
        if not client.folder_exists(folder):
            client.create_folder(folder)
        try:
            client.move([uid], folder)
        except CapabilityError:
            client.copy([uid], folder)
            client.delete_messages([uid], silent=True)
            client.expunge([uid]) if client.has_capability("UIDPLUS") else client.expunge()

    def close(self) -> None:
        if self._client is not None:
            with suppress(*_ERRORS):
                self._client.logout()
            self._client = None

    def _open(self, *, writable: bool = False) -> IMAPClient:
        if self._client is None:
            self._client = self._connect()
            self._select(self._client, writable)
        elif writable and not self._is_writable:
            self._select(self._client, writable)
        return self._client

    def _connect(self) -> IMAPClient:
        known = self._connection
        is_plain = str(known.extra.get("use_ssl", True)).lower() == "false"
        turns_safe = is_plain and known.flag("starttls")
        is_safe = not is_plain or turns_safe
        require_encryption(known, known.host, is_safe)
        context = ssl.create_default_context(cafile=known.extra.get("ca_file")) if is_safe else None
        token = access_token(known) if uses_oauth(known) else ""
        client = IMAPClient(
            known.host,
            known.port or None,
            ssl=not is_plain,
            ssl_context=None if is_plain else context,
            timeout=TIMEOUT,
        )
        if turns_safe:
            # Raises where the server does not offer it, or shows a certificate of somebody else: nothing was said yet.
            client.starttls(context)
        client.normalise_times = False
        if token:
            client.oauth2_login(known.login, token)
        else:
            client.login(known.login, known.password)
        # 163, 126 and yeah.net refuse SELECT to a client that does not introduce itself; others may not know ID.
        with suppress(CapabilityError):
            client.id_({"name": "notices", "version": "1.0", "vendor": "notices"})
        return client

    def _select(self, client: IMAPClient, writable: bool) -> None:
        self._validity = int(client.select_folder(self._source.folder, readonly=not writable)[b"UIDVALIDITY"])
        self._is_writable = writable

    def _trouble(self, error: Exception) -> SourceError:
        return SourceError(
            f"邮箱 {self._source.id}（连接 {self._connection.id}，{self._connection.host}）收不了：{in_words(error)}。"
            "请检查地址、账号和授权码"
        )
