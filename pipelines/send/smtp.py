"""One SMTP session: hands over one message at a time and says, as a value, what became of it.

A server has a message when it has read the line with the single dot. So that line is sent by itself, after the outbox has
noted it: before it, whatever breaks, the server has nothing; after it, without an answer, nobody here can know.
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pipelines.collect.oauth import access_token, missing_extras, sasl, uses_oauth
from pipelines.ground.connections import Connection, MissingConnectionError, is_loopback
from pipelines.ground.errors import NoticesError, SourceError

FINAL_SECONDS = 600
"""How long to wait for the answer to a whole message (RFC 5321, 4.5.3.2.6): giving up early makes a message unsure."""
_PIECE = 65536
_DOT = re.compile(rb"^\.", re.MULTILINE)
_ENHANCED = re.compile(r"^(?P<code>[245]\.\d{1,3}\.\d{1,3})\b")


class ServerError(NoticesError):
    """The server cannot be reached or does not talk to us for now."""


class RefusedError(NoticesError):
    """The server refuses us whatever we send (login, sender, certificate): a person must change the connection."""


@dataclass(frozen=True)
class Outcome:
    """What became of one message. `error` holds our words and the server's code; `reply` the server's own words."""

    state: Literal["sent", "failed", "retry", "unsure", "cancelled"]
    error: str = ""
    reply: str | None = None


class Session:
    """A session with the server of a connection; opened when it is first needed. Use it in a `with`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._timeout = float(connection.extra.get("timeout") or 30)
        self._client: smtplib.SMTP | None = None

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        if self._client:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._client.quit()
            self._drop()

    def open(self) -> None:
        """Connects, with verified TLS, and logs in, where that is not done. Raises ServerError or RefusedError."""
        if self._client:
            return
        try:
            self._client = _connect(self._connection, self._timeout)
        except smtplib.SMTPAuthenticationError as error:
            if 400 <= error.smtp_code < 500:
                raise ServerError(f"登录暂时不被接受（{error.smtp_code}）") from error
            raise RefusedError(
                f"登录被拒（{error.smtp_code}）：请核对连接 {self._connection.id} 的用户名和密码（不少邮箱要用授权码）"
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise RefusedError(
                f"服务器证书验证不通过（{error.verify_message}）：请核对连接 {self._connection.id} 的主机名；自建证书用环境变量 SSL_CERT_FILE 指出"
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise RefusedError(
                f"服务器不支持所要的加密或登录方式（{error}）：请核对连接 {self._connection.id} 的端口和 disable_ssl、disable_tls"
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise ServerError(
                f"连不上服务器（{type(error).__name__}）：请核对连接 {self._connection.id} 的主机、端口和加密方式"
            ) from error

    def hand_over(
        self, sender: str, recipient: str, message: bytes, before_end: Callable[[], bool]
    ) -> Outcome:
        """Sends one message to one address. `before_end` is called when only the end is missing: what it notes is on
        disk before the server can accept; False takes the message back. Raises what `open` raises."""
        self.open()
        try:
            early = self._envelope(sender, recipient, len(message)) or self._content(message)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome("retry", f"连接中断（{type(error).__name__}），服务器没有收到")
        if early:
            return early
        try:
            is_noted = before_end()
        except BaseException:
            self._drop()
            raise
        if not is_noted:
            self._drop()
            return Outcome("cancelled")
        return self._end()

    def _envelope(self, sender: str, recipient: str, size: int) -> Outcome | None:
        """MAIL and RCPT; None where both were accepted."""
        client = self._open_client
        options = [f"SIZE={size}"] if client.has_extn("size") else []
        code, reply = client.mail(sender, options)
        if code >= 500 and code != 552:
            self._drop()
            raise RefusedError(
                f"服务器不接受发件人 {sender}（{code}）：notice.yaml 的 mail.from 多半要与连接 {self._connection.id} 的登录邮箱一致"
            )
        if code != 250:
            return self._refused(code, reply, "发件人或邮件大小")
        code, reply = client.rcpt(recipient)
        if code == 530:
            self._drop()
            raise RefusedError(f"服务器要求先登录（530）：请给连接 {self._connection.id} 配上用户名和密码")
        return None if code in (250, 251) else self._refused(code, reply, "收件人")

    def _content(self, message: bytes) -> Outcome | None:
        """DATA and the message without its end; None where the server takes it."""
        client = self._open_client
        code, reply = client.docmd("DATA")
        if code != 354:
            return self._refused(code, reply, "邮件")
        whole = _DOT.sub(b"..", message if message.endswith(b"\r\n") else message + b"\r\n")
        # In pieces: the time-out counts for each by itself, and a slow line may need long for 20 MB.
        for start in range(0, len(whole), _PIECE):
            client.send(whole[start : start + _PIECE])
        return None

    def _end(self) -> Outcome:
        client = self._open_client
        try:
            if client.sock:
                client.sock.settimeout(FINAL_SECONDS)
            client.send(b".\r\n")
            code, reply = client.getreply()
            if client.sock:
                client.sock.settimeout(self._timeout)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome("unsure", f"交出后没有等到答复（{type(error).__name__}）：服务器可能已经收下")
        if 200 <= code < 300:
            return Outcome("sent", reply=_words(reply))
        if code < 400:
            self._drop()
            return Outcome("unsure", f"交出后的答复看不懂（{code}）：服务器可能已经收下", _words(reply))
        return self._refused(code, reply, "邮件")

    def _refused(self, code: int, reply: bytes, what: str) -> Outcome:
        """An answer that is a no: for now (4xx) or for good (5xx). The session is clean afterwards, or gone."""
        words = _words(reply)
        enhanced = _ENHANCED.match(words)
        shown = f"{code} {enhanced['code']}" if enhanced else str(code)
        try:
            if code == 421 or self._open_client.rset()[0] != 250:
                self._drop()
        except (smtplib.SMTPException, OSError):
            self._drop()
        if code >= 500:
            return Outcome("failed", f"服务器拒收{what}（{shown}）", words)
        return Outcome("retry", f"服务器暂不接受{what}（{shown}）", words)

    @property
    def is_open(self) -> bool:
        return self._client is not None

    @property
    def _open_client(self) -> smtplib.SMTP:
        if not self._client:
            raise smtplib.SMTPServerDisconnected("closed")
        return self._client

    def _drop(self) -> None:
        """Ends the session without a word: a half-sent message must never be ended by a QUIT."""
        client, self._client = self._client, None
        if client:
            client.close()


def _connect(connection: Connection, timeout: float) -> smtplib.SMTP:
    """A client that is connected and logged in. Fields and extras are those of Airflow's SMTP connection."""
    check_connection(connection)
    use_ssl, use_tls = not connection.flag("disable_ssl"), not connection.flag("disable_tls")
    if use_ssl:
        # Airflow's hook would say STARTTLS inside TLS too; no server offers that.
        context = ssl.create_default_context()
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            connection.host, connection.port or 465, timeout=timeout, context=context
        )
    else:
        client = smtplib.SMTP(connection.host, connection.port or (587 if use_tls else 25), timeout=timeout)
    try:
        if use_tls and not use_ssl:
            client.ehlo()
            client.starttls(context=ssl.create_default_context())
        client.ehlo_or_helo_if_needed()
        if uses_oauth(connection):
            said = sasl(connection, access_token(connection))
            # A challenge tells of a refusal; an empty answer ends it.
            client.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")
        elif connection.login:
            client.login(connection.login, connection.password)
    except SourceError as error:
        client.close()
        raise RefusedError(str(error)) from None
    except BaseException:
        client.close()
        raise
    return client


def check_connection(connection: Connection) -> None:
    """Raises MissingConnectionError where a connection asks for what is not done here, or what is not safe."""
    extra, name = connection.extra, connection.id
    if not connection.host:
        raise MissingConnectionError(
            f"连接 {name} 没有写主机（host）：请补上邮件服务器的名称，如 smtp.example.com"
        )
    if extra.get("ssl_context") not in (None, "", "default"):
        raise MissingConnectionError(
            f"连接 {name} 的 ssl_context 只能是 default：证书总要验证；自建证书用环境变量 SSL_CERT_FILE 指出"
        )
    if extra.get("auth_type") not in (None, "", "basic", "oauth2"):
        raise MissingConnectionError(
            f"连接 {name} 的 auth_type 只支持 basic（用户名和密码或授权码）和 oauth2，不支持 {extra['auth_type']}"
        )
    if uses_oauth(connection) and (missing := missing_extras(connection)):
        raise MissingConnectionError(
            f"连接 {name} 的 auth_type 是 oauth2，extra 里还要写 {'、'.join(missing)}"
        )
    is_plain = connection.flag("disable_ssl") and connection.flag("disable_tls")
    if is_plain and connection.login and not is_loopback(connection.host):
        raise MissingConnectionError(
            f"连接 {name} 关掉了加密（disable_ssl 和 disable_tls）又有密码：密码不能明文走网络，请至少打开一种加密"
        )


def _words(reply: bytes) -> str:
    return reply.decode("utf-8", "replace").replace("\n", " ")[:500]
