"""Where an OpenAI-compatible service is configured, its proposals beside the grammar's, under the same rule of evidence.

The connection is AIRFLOW_CONN_NOTICES_DRAFT: host is the base address (…/v1), password the key, `model` in its extras.
A value whose sentence does not stand in the text is dropped; what the grammar found is never replaced.
"""

import json
from dataclasses import replace
from typing import Any

import httpx

from pipelines.ground.connections import Connection, from_environment, is_configured
from pipelines.ground.errors import NoticesError
from pipelines.notice.draft.records import Draft, Duty, Found
from pipelines.notice.draft.text import is_in

CONNECTION = "notices_draft"
_SECONDS = 60.0
_SINGLE = ("title", "document_number", "issued_on", "event_start", "event_end", "theme")
_REPEATS = ("once", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular")
_WAYS = ("email", "system", "paper", "fax", "phone", "post")
_ASKED = (
    "你从一份公文通知里摘录事实，只用原文有的内容。以 JSON 回答："
    '{"title": {"value": "", "sentence": ""}, "document_number": …, "issued_on": …, "event_start": …, "event_end": …, "theme": …,'
    ' "issuers": [{"value": "", "sentence": ""}], "recipients": […],'
    ' "obligations": [{"what": "", "who": [""], "to": "", "due": "YYYY-MM-DD 或 YYYY-MM-DDTHH:MM 或 null", "relative_due": "", '
    '"repeat": "once|daily|weekly|monthly|quarterly|yearly|irregular", "channel": ["email|system|paper|fax|phone|post"], "sentence": ""}]}。'
    "sentence 必须是原文里一字不差的一句；找不到依据的就不写。日期写 YYYY-MM-DD。"
)


def complete(draft: Draft) -> tuple[Draft, str]:
    """The draft with what a configured service adds, and a remark on it; unchanged, without a remark, where there is none."""
    if not is_configured(CONNECTION):
        return draft, ""
    answer = _ask(from_environment(CONNECTION), draft.text)
    return merge(draft, answer)


def _ask(connection: Connection, text: str) -> dict[str, Any]:
    address = (
        connection.host if "://" in connection.host else f"{connection.schema or 'https'}://{connection.host}"
    )
    if connection.port:
        address = f"{address}:{connection.port}"
    path = str(connection.extra.get("path", "/v1")).rstrip("/")
    body = {
        "model": connection.extra.get("model", "default"),
        "temperature": 0,
        "response_format": {"type": "json_object"},
        "messages": [{"role": "system", "content": _ASKED}, {"role": "user", "content": text}],
    }
    headers = {"Authorization": f"Bearer {connection.password}"} if connection.password else {}
    try:
        reply = httpx.post(
            f"{address.rstrip('/')}{path}/chat/completions", json=body, headers=headers, timeout=_SECONDS
        )
        reply.raise_for_status()
        found = json.loads(reply.json()["choices"][0]["message"]["content"])
    except httpx.HTTPError as error:
        raise NoticesError(
            f"起草服务（连接 {CONNECTION}）没有答复：{type(error).__name__}；稍后再试，或去掉这个连接只用本地语法"
        ) from None
    except (ValueError, KeyError, IndexError, TypeError):
        raise NoticesError(
            f"起草服务（连接 {CONNECTION}）的答复不是约定的 JSON；请核对它是否与 OpenAI 接口兼容"
        ) from None
    if not isinstance(found, dict):
        raise NoticesError(
            f"起草服务（连接 {CONNECTION}）的答复不是约定的 JSON；请核对它是否与 OpenAI 接口兼容"
        )
    return found


def merge(draft: Draft, answer: dict[str, Any]) -> tuple[Draft, str]:
    """What the answer adds with evidence; how much was taken and how much dropped, as a sentence."""
    added, dropped = 0, 0
    changes: dict[str, Any] = {}
    for name in _SINGLE:
        value = answer.get(name)
        if getattr(draft, name) is not None or not isinstance(value, dict) or not value.get("value"):
            continue
        if _is_evident(value, draft.text):
            changes[name], added = Found(str(value["value"]), str(value["sentence"])), added + 1
        else:
            dropped += 1
    for name in ("issuers", "recipients"):
        if getattr(draft, name):
            continue
        given = [value for value in _records(answer.get(name)) if value.get("value")]
        evident = [
            Found(str(value["value"]), str(value["sentence"]))
            for value in given
            if _is_evident(value, draft.text)
        ]
        changes[name], added, dropped = evident, added + len(evident), dropped + len(given) - len(evident)
    duties, more, fewer = _duties(draft, answer)
    changes["duties"] = duties
    return replace(
        draft, **changes
    ), f"起草服务补充了 {added + more} 处；{dropped + fewer} 处的依据原文里没有，已丢弃。"


def _duties(draft: Draft, answer: dict[str, Any]) -> tuple[list[Duty], int, int]:
    duties, added, dropped = list(draft.duties), 0, 0
    for value in _records(answer.get("obligations")):
        if (
            not value.get("what")
            or not value.get("sentence")
            or not is_in(str(value["sentence"]), draft.text)
        ):
            dropped += 1
        elif not any(
            is_in(str(value["sentence"]), duty.sentence) or is_in(duty.sentence, str(value["sentence"]))
            for duty in draft.duties
        ):
            duties.append(_duty(value))
            added += 1
    return duties, added, dropped


def _duty(value: dict[str, Any]) -> Duty:
    repeat = value.get("repeat")
    return Duty(
        what=str(value["what"]),
        who=tuple(str(one) for one in value.get("who") or ()),
        to=str(value.get("to") or ""),
        due=str(value["due"]) if value.get("due") else None,
        relative_due=str(value["relative_due"]) if value.get("relative_due") else None,
        repeat=repeat if repeat in _REPEATS else "once",
        channel=tuple(way for way in value.get("channel") or () if way in _WAYS),
        sentence=str(value["sentence"]),
        is_receiver_said=bool(value.get("to")),
        are_senders_said=bool(value.get("who")),
    )


def _records(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _is_evident(value: dict[str, Any], text: str) -> bool:
    """Its sentence stands in the text; a value that is no day must stand there too."""
    sentence, said = str(value.get("sentence") or ""), str(value.get("value") or "")
    return bool(sentence) and is_in(sentence, text) and (said[:4].isdigit() or is_in(said, sentence))
