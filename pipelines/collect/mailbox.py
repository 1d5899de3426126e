"""A mailbox as a source: each mail one entry, its bytes as the server keeps them, taken in by UID.

Airflow's own hook cannot do this: it sends no ID (163 refuses), marks mails read, and stops at one that is not UTF-8.
Here a mail is only ever peeked at; it is moved or flagged after its receipt is on disk. One that the server will not give
waits alone: the others are taken in, and it is asked for again by its number in every scan.
"""

import logging
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes
from email.policy import compat32
from email.utils import parseaddr
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError

from pipelines.archive.shapes import Shape
from pipelines.collect.authentication import judge_sender
from pipelines.collect.oauth import access_token, uses_oauth
from pipelines.collect.protocols import in_words
from pipelines.collect.source import Entry, EntryChanged, EntryUnreadable, Received
from pipelines.ground.connections import Connection, require_encryption
from pipelines.ground.errors import SourceError
from pipelines.notice.sources import MailboxSource as Definition

TIMEOUT = 60
PAGE = 200
"""Mails asked for at once."""
CHUNK = 1 << 20
"""Bytes of a mail asked for at once: it goes to disk as it comes."""
HEADER = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM DATE AUTHENTICATION-RESULTS)]"
WANTED = ["RFC822.SIZE", "INTERNALDATE", HEADER]
MOST_RESULTS = 1000
"""Letters of a header that are kept."""
MOST_BROKEN = 5
"""After so many mails of one scan over which the connection broke twice, it is the network and not the mails."""
log = logging.getLogger(__name__)
_ERRORS = (IMAPClientError, OSError, EOFError)


class _Refused(Exception):
    """The server answers, but not when it is asked for these mails."""


class MailboxSource:
    """One folder of a mailbox. The cursor is `UIDVALIDITY:UID` of the newest mail that was listed, and behind another
    colon the numbers of those that the server would not give."""

    def __init__(self, connection: Connection, source: Definition) -> None:
        self._connection, self._source = connection, source
        self._client: IMAPClient | None = None
        self._validity, self._newest, self._broken, self._is_writable = 0, 0, 0, False
        self._refused: set[int] = set()
        self.relisted: set[str] = set()

    @property
    def cursor(self) -> str | None:
        refused = ",".join(map(str, sorted(self._refused)))
        return f"{self._validity}:{self._newest}{f':{refused}' if refused else ''}"

    def exists(self) -> bool:
        return True

    def remember(self, receipts: Iterable[Received], shapes: Sequence[Shape], now: datetime) -> None:
        """Needs none of it: a mail's number says whether it is new."""

    def shape(self, now: datetime) -> Shape | None:
        """A mailbox asks nothing."""

    def list_entries(self, cursor: str | None) -> Iterator[Entry]:
        """Mails newer than the cursor, oldest first, after those that the server would not give before. A server that
        numbered its mails anew is listed from the start: what was taken in before has the same bytes, and so is a
        duplicate."""
        validity, _, place = (cursor or "").partition(":")
        last, _, refused = place.partition(":")
        self._open()
        is_same = validity == str(self._validity)
        self._newest = int(last) if is_same and last.isdigit() else 0
        for uid in self._search(int(one) for one in refused.split(",") if is_same and one):
            yield from self._describe([uid])
        # `n:*` always finds the newest mail, even where its number is below n.
        uids = [uid for uid in self._search([f"{self._newest + 1}:*"]) if uid > self._newest]
        for start in range(0, len(uids), PAGE):
            yield from self._describe(uids[start : start + PAGE])

    def _search(self, numbers: Iterable[int | str]) -> list[int]:
        """Those of these mails that are there, oldest first."""
        if not (asked := ",".join(map(str, numbers))):
            return []
        try:
            return sorted(self._open().search(["UID", asked]))
        except _ERRORS as error:
            self.close()
            raise self._trouble(error) from None

    def _describe(self, uids: list[int]) -> Iterator[Entry]:
        """Each mail as an entry: one by one where the server fails over all of them at once, because it may be one's fault."""
        try:
            found = self._fetch(uids, WANTED)
        except _Refused as refusal:
            if len(uids) == 1:
                yield self._refuse(uids[0], str(refusal))
                return
            for uid in uids:
                yield from self._describe([uid])
            return
        left_out = set(self._search(uid for uid in uids if uid not in found))
        for uid in uids:
            if uid in found:
                yield self._entry(uid, found[uid])
            elif uid in left_out:
                yield self._refuse(uid, "服务器没有给出它")
            self._newest = max(self._newest, uid)

    def _fetch(self, uids: list[int], wanted: list[str]) -> Mapping[int, Any]:
        """What the server says of mails. A connection that breaks is opened once more: some servers hang up over a mail that
        they cannot read. Raises _Refused where it answers, but not for these; SourceError where it does not answer."""
        said: Exception | None = None
        for _ in range(2):
            try:
                found: Mapping[int, Any] = self._open().fetch(uids, wanted)
            except (IMAPClientAbortError, OSError, EOFError) as error:
                self.close()
                said = error
            except IMAPClientError as error:
                raise _Refused(in_words(error)) from None
            else:
                return found
        assert said
        self._broken += 1
        if self._broken > MOST_BROKEN:
            raise self._trouble(said)
        raise _Refused(in_words(said))

    def _refuse(self, uid: int, why: str) -> Entry:
        """The mail as an entry that waits alone."""
        self._newest = max(self._newest, uid)
        key, path = self._place(uid)
        return Entry(key, path, 0, 0, key, fault=self._keep(uid, why))

    def _keep(self, uid: int, why: str) -> str:
        """Notes that the mail is asked for again; says why it waits."""
        self._refused.add(uid)
        self.relisted.add(self._place(uid)[0])
        return (
            f"邮箱给不出这封邮件（{why}），其余照收，下一轮再取。一直取不出的，请在邮箱里打开它，"
            "把附件另存到收件文件夹，再把邮件移走"
        )

    def _place(self, uid: int) -> tuple[str, str]:
        """Key and path of a mail."""
        return f"{self._validity}:{uid}", f"{self._source.path}/{self._validity}-{uid}.eml"

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
        key, path = self._place(uid)
        return Entry(key, path, about.get(b"RFC822.SIZE") or 0, 0, key, arrived, evidence)

    def read_chunks(self, entry: Entry) -> Iterator[bytes]:
        uid, start = int(entry.key.rpartition(":")[2]), 0
        while True:
            try:
                about = self._fetch([uid], [f"BODY.PEEK[]<{start}.{CHUNK}>"]).get(uid, {})
            except _Refused as refusal:
                raise EntryUnreadable(self._keep(uid, str(refusal))) from None
            chunk = next((value for name, value in about.items() if name.startswith(b"BODY[]")), None)
            if chunk is None:
                if self._search([uid]):
                    raise EntryUnreadable(self._keep(uid, "服务器没有给出它的内容"))
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
        except (*_ERRORS, SourceError) as error:
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
        """The connection, with the folder selected. Raises SourceError where there is none to be had."""
        try:
            if self._client is None:
                self._client = self._connect()
                self._select(self._client, writable)
            elif writable and not self._is_writable:
                self._select(self._client, writable)
        except _ERRORS as error:
            self.close()
            raise self._trouble(error) from None
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
