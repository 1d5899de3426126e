"""A real SMTP server on the loopback that does what a case says, and keeps what it accepted."""

import asyncio
import email
import ssl
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Answer = Callable[[str], str | None]
"""Told the address; what the server answers instead of yes: a line, or DROP to cut the connection."""
DROP = "drop"


class PostOffice:
    """`answers` holds an Answer for any of MAIL, RCPT, DATA, CONTENT (read, not accepted) and ACCEPTED (before the reply)."""

    def __init__(
        self, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, login: str = ""
    ) -> None:
        self.accepted: list[tuple[str, bytes]] = []
        self.times: list[float] = []
        self.sessions = 0
        self.steps = 0
        self.seen_tls: list[bool] = []
        self.answers: dict[str, Answer] = {}
        self.delay: Callable[[], float] = lambda: 0
        self._starttls, self._login = starttls, login
        office = self

        class Server(SMTP):
            def connection_made(self, transport: Any) -> None:
                office.sessions += 1
                super().connection_made(transport)

            async def smtp_DATA(self, argument: str) -> None:
                status = await office._ask(self, "DATA", "")
                if status is not None:
                    await self.push(status)
                else:
                    await super().smtp_DATA(argument)

        class Loopback(Controller):
            def factory(self) -> SMTP:
                return Server(self.handler, **self.SMTP_kwargs)

            def _trigger_server(self) -> None:
                """Called once it listens: on a port that the system chose."""
                self.port = self.server.sockets[0].getsockname()[1]
                super()._trigger_server()

        options: dict[str, Any] = {"tls_context": starttls, "require_starttls": True} if starttls else {}
        if login:
            options |= {
                "authenticator": self._authenticate,
                "auth_required": True,
                "auth_require_tls": bool(starttls),
            }
        self._controller = Loopback(self, hostname="127.0.0.1", port=0, ssl_context=tls, **options)

    def __enter__(self) -> "PostOffice":
        self._controller.start()
        self._is_open = True
        self.port = self._controller.port
        self.sessions = 0
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nobody listens any more; closing again does nothing."""
        if self._is_open:
            self._is_open = False
            self._controller.stop()

    @property
    def messages(self) -> list[EmailMessage]:
        return [email.message_from_bytes(content, policy=default) for _, content in self.accepted]

    @property
    def ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.messages]

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(
            success=f"{data.login.decode()}:{data.password.decode()}" == self._login, handled=False
        )

    async def _ask(self, server: SMTP, step: str, address: str) -> str | None:
        self.steps += 1
        await asyncio.sleep(self.delay())
        status = self.answers[step](address) if step in self.answers else None
        if status == DROP:
            server.transport.abort()
            return "421 gone"
        return status

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        status = await self._ask(server, "MAIL", address)
        if status is None:
            envelope.mail_from = address
        return status or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        status = await self._ask(server, "RCPT", address)
        if status is None:
            envelope.rcpt_tos.append(address)
        return status or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        (address,) = envelope.rcpt_tos
        status = await self._ask(server, "CONTENT", address)
        if status is None:
            self.accepted.append((address, envelope.original_content or b""))
            self.times.append(time.monotonic())
            self.seen_tls.append(server.transport.get_extra_info("ssl_object") is not None)
            status = await self._ask(server, "ACCEPTED", address)
        return status or "250 2.0.0 queued"


def times(count: int, answer: str) -> Answer:
    """An answer that is given so many times; then yes."""
    left = [count]

    def ask(_: str) -> str | None:
        left[0] -= 1
        return answer if left[0] >= 0 else None

    return ask
