"""Group robots 群机器人 of 企业微信, 钉钉 and 飞书: how a message is written, signed and posted, and what an answer means.

A robot is a connection of one of the names in ROBOTS. Its password is the whole webhook address that the group shows, or
only the key in it; the signing secret (加签) is the extra `secret`. Neither is ever logged, shown, or part of an error.
"""

import base64
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import httpx

from pipelines.collect.http import trusted
from pipelines.ground.connections import Connect, Connection, MissingConnectionError, require_encryption
from pipelines.ground.errors import NoticesError

PER_MINUTE = 20
"""What all three let one robot say; more is refused for a while."""
MOST_BYTES = 3500
"""Of a message's text: 企业微信 takes 4,096 in all."""
TIMEOUT = httpx.Timeout(20, connect=10)
_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9a-f:]*:[0-9a-f:]+")
_SAFE = str.maketrans(
    {"<": "＜", ">": "＞", "[": "［", "]": "］", "`": "｀", "*": "＊", "~": "～", "@": "＠", "#": "＃"}
)


@dataclass(frozen=True)
class Message:
    """What a group reads: bad news in red, good news in green. The word 告警 is always in it, for robots that ask for one."""

    title: str
    lines: tuple[str, ...]
    is_good: bool = False

    @property
    def safe_title(self) -> str:
        return plain(self.title)

    @property
    def body(self) -> str:
        """Lines that no mark-up, mention or link of what units wrote can break out of, cut to what every robot takes."""
        text = "\n\n".join(map(plain, self.lines))
        cut = text.encode()[:MOST_BYTES].decode("utf-8", "ignore")
        return cut if cut == text else f"{cut}……"


def plain(text: str) -> str:
    return " ".join(text.translate(_SAFE).split())


@dataclass(frozen=True)
class Said:
    """What became of a post: `retry` was certainly not taken, of `unsure` nobody knows."""

    state: Literal["sent", "retry", "unsure"]
    error: str = ""


@dataclass(frozen=True)
class Robot:
    """One service's way: where a key is posted to, how a message is written, and how both are signed at a moment (epoch seconds)."""

    name: str
    address: str
    write: Callable[[Message], dict[str, Any]]
    sign: Callable[[str, int], tuple[Mapping[str, str], Mapping[str, str]]]
    """(secret, epoch seconds) -> what goes into the query, what goes into the body."""


def _write_wecom(message: Message) -> dict[str, Any]:
    colour = "info" if message.is_good else "warning"
    content = f'**<font color="{colour}">{message.safe_title}</font>**\n{message.body}'
    return {"msgtype": "markdown", "markdown": {"content": content}}


def _write_dingtalk(message: Message) -> dict[str, Any]:
    text = f"#### {message.safe_title}\n\n{message.body}"
    return {"msgtype": "markdown", "markdown": {"title": message.safe_title, "text": text}}


def _write_feishu(message: Message) -> dict[str, Any]:
    card = {
        "config": {"wide_screen_mode": True},
        "header": {
            "title": {"tag": "plain_text", "content": message.safe_title},
            "template": "green" if message.is_good else "red",
        },
        "elements": [{"tag": "div", "text": {"tag": "plain_text", "content": message.body}}],
    }
    return {"msg_type": "interactive", "card": card}


def _sign_nothing(secret: str, at: int) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """企业微信 has no signature: the key is all."""
    return {}, {}


def sign_dingtalk(secret: str, at: int) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """钉钉: milliseconds, and HMAC-SHA256 of "milliseconds\\nsecret" under the secret, in the query."""
    milliseconds = str(at * 1000)
    digest = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": milliseconds, "sign": base64.b64encode(digest).decode()}, {}


def sign_feishu(secret: str, at: int) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """飞书: seconds, and HMAC-SHA256 of nothing under "seconds\\nsecret", in the body."""
    digest = hmac.new(f"{at}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {}, {"timestamp": str(at), "sign": base64.b64encode(digest).decode()}


ROBOTS = {
    "alarm_wecom": Robot(
        "企业微信", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", _write_wecom, _sign_nothing
    ),
    "alarm_dingtalk": Robot(
        "钉钉", "https://oapi.dingtalk.com/robot/send?access_token=", _write_dingtalk, sign_dingtalk
    ),
    "alarm_feishu": Robot(
        "飞书", "https://open.feishu.cn/open-apis/bot/v2/hook/", _write_feishu, sign_feishu
    ),
}
"""By the id of the connection: a group gets alarms where its connection is given, and needs no other setting."""


def find_robots(connect: Connect) -> dict[str, Connection]:
    """The robots that have a connection."""
    found = {}
    for name in ROBOTS:
        try:
            found[name] = connect(name)
        except MissingConnectionError:
            continue  # no such group here: nothing is wrong
    return found


def post(connection: Connection, message: Message, at: int, note: Callable[[], bool]) -> Said:
    """Posts a message; `note` is called before anything leaves, and stops it where it returns False.

    `at` is the moment in epoch seconds: services refuse a signature that is an hour off.
    """
    robot = ROBOTS[connection.id]
    try:
        address, body = _prepare(robot, connection, message, at)
        context = trusted(connection)
    except NoticesError as error:
        return Said("retry", str(error)) if note() else Said("retry")
    if not note():
        return Said("retry")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log the address, which holds the key
    try:
        with httpx.Client(timeout=TIMEOUT, verify=context, follow_redirects=False) as client:
            answer = client.post(
                address, content=body, headers={"Content-Type": "application/json; charset=utf-8"}
            )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
        return Said("retry", f"连不上（{type(error).__name__}）")
    except httpx.HTTPError as error:
        return Said("unsure", f"发出后没有等到答复（{type(error).__name__}），群里可能已经收到")
    return _read(robot, answer)


def _prepare(robot: Robot, connection: Connection, message: Message, at: int) -> tuple[httpx.URL, bytes]:
    key = connection.password.strip()
    secret = str(connection.extra.get("secret") or "").strip()
    in_query, in_body = robot.sign(secret, at) if secret else ({}, {})
    try:
        address = httpx.URL(
            key if key.startswith(("http://", "https://")) else robot.address + quote(key, safe="-_.")
        )
    except httpx.InvalidURL:
        address = httpx.URL("")
    if not key or not _HOST.fullmatch(address.host):
        # The address holds the key: it must not be quoted.
        raise NoticesError("密码处应填群机器人的 Webhook 地址（或其中的 key），现在不是") from None
    require_encryption(connection, address.host, address.scheme == "https")
    address = address.copy_merge_params(dict(in_query))
    return address, json.dumps({**in_body, **robot.write(message)}, ensure_ascii=False).encode()


def _read(robot: Robot, answer: httpx.Response) -> Said:
    """All three answer 200 to a refusal too, and say so in the body."""
    try:
        told = answer.json()
        code = next(told[name] for name in ("errcode", "code", "StatusCode") if name in told)
        words = str(next((told[name] for name in ("errmsg", "msg", "StatusMessage") if name in told), ""))
    except (ValueError, TypeError, StopIteration):
        return Said("retry", f"回答看不懂（HTTP {answer.status_code}），可能被代理截住了")
    if code == 0 and answer.is_success:
        return Said("sent")
    return Said("retry", f"{robot.name}没有收下（{code} {plain(words)[:120]}）")
