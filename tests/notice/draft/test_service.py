"""A configured service adds what the grammar did not find; what has no sentence in the text is dropped. A stand-in on the loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from pipelines.ground.errors import NoticesError
from pipelines.notice.draft import draft_notice, service

TEXT = """关于做好值班工作的通知

各科室：

节日期间请做好值班。值班情况记录本由各科室自行保管，节后统一收存办公室。

主题词之外，本次活动以平安过节作为口号。

某县档案馆
2024年1月30日
"""
KEPT = "值班情况记录本由各科室自行保管，节后统一收存办公室。"
ANSWER = {
    "theme": {"value": "平安过节", "sentence": "本次活动以平安过节作为口号。"},
    "title": {"value": "另一个标题", "sentence": "关于做好值班工作的通知"},
    "event_start": {"value": "2024-02-09", "sentence": "放假从二月九日开始。"},
    "obligations": [
        {
            "what": "值班情况记录本",
            "who": ["各科室"],
            "to": "办公室",
            "relative_due": "节后",
            "repeat": "hourly",
            "channel": ["paper", "pigeon"],
            "sentence": KEPT,
        },
        {
            "what": "假期总结",
            "who": ["各科室"],
            "due": "2024-02-20",
            "repeat": "once",
            "sentence": "各科室于2月20日前报送假期总结。",
        },
    ],
}


class StandIn:
    """An OpenAI-compatible service that gives one answer and keeps what it was asked."""

    def __init__(self) -> None:
        self.content: str = json.dumps(ANSWER, ensure_ascii=False)
        self.status = 200
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append({"path": self.path, **json.loads(body)})
                outer.keys.append(self.headers.get("Authorization"))
                reply = json.dumps({"choices": [{"message": {"content": outer.content}}]}).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    found = StandIn()
    found.thread.start()
    connection = {
        "conn_type": "http",
        "host": "http://127.0.0.1",
        "port": found.server.server_port,
        "password": "key-1",
        "extra": {"model": "small"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_NOTICES_DRAFT", json.dumps(connection))
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_without_a_connection_the_draft_is_the_grammars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_NOTICES_DRAFT", raising=False)
    draft = draft_notice(TEXT)
    assert service.complete(draft) == (draft, "")


def test_what_has_evidence_is_added_and_the_rest_dropped(stand_in: StandIn) -> None:
    before = draft_notice(TEXT)
    assert before.duties == []
    assert before.theme is None
    draft, remark = service.complete(before)
    assert draft.theme is not None
    assert draft.theme.value == "平安过节"
    assert draft.event_start is None
    assert [duty.what for duty in draft.duties] == ["值班情况记录本"]
    assert (draft.duties[0].repeat, draft.duties[0].channel, draft.duties[0].sentence) == (
        "once",
        ("paper",),
        KEPT,
    )
    assert "补充了 2 处" in remark
    assert "2 处的依据原文里没有" in remark


def test_the_grammars_own_values_stay(stand_in: StandIn) -> None:
    draft, _ = service.complete(draft_notice(TEXT))
    assert draft.title is not None
    assert draft.title.value == "关于做好值班工作的通知"


def test_it_is_asked_with_key_model_and_text(stand_in: StandIn) -> None:
    service.complete(draft_notice(TEXT))
    assert stand_in.keys == ["Bearer key-1"]
    assert (stand_in.asked[0]["path"], stand_in.asked[0]["model"]) == ("/v1/chat/completions", "small")
    assert stand_in.asked[0]["messages"][1]["content"] == TEXT


@pytest.mark.parametrize(
    ("status", "content"),
    [(500, "{}"), (200, "抱歉，我不能"), (200, "[1, 2]")],
    ids=["failed", "no_json", "no_object"],
)
def test_a_service_that_fails_is_our_fault_and_says_so(stand_in: StandIn, status: int, content: str) -> None:
    stand_in.status, stand_in.content = status, content
    with pytest.raises(NoticesError, match="起草服务"):
        service.complete(draft_notice(TEXT))
