"""Connections as the environment tells them: the same values that Airflow itself would read."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.ground.connections import MissingConnectionError, from_environment

JSON = {"conn_type": "smtp", "host": "smtp.example.com", "port": 465, "login": "u", "password": "p/@:"}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "json": (json.dumps(JSON), {"host": "smtp.example.com", "port": 465, "login": "u", "password": "p/@:"}),
    "json_port_as_text": (json.dumps(JSON | {"port": "25"}), {"port": 25}),
    "json_extra_object": (json.dumps(JSON | {"extra": {"timeout": 5}}), {"extra": {"timeout": 5}}),
    "json_extra_as_text": (json.dumps(JSON | {"extra": '{"timeout": 5}'}), {"extra": {"timeout": 5}}),
    "uri": (
        "smtp://a%40example.com:p%2F%40%3A@smtp.example.com:587/",
        {"host": "smtp.example.com", "port": 587, "login": "a@example.com", "password": "p/@:", "schema": ""},
    ),
    "uri_extras": ("smtp://h.example.com/?disable_ssl=true&x=", {"extra": {"disable_ssl": "true", "x": ""}}),
    "uri_extra_whole": ("smtp://h.example.com/?__extra__=%7B%22a%22%3A+1%7D", {"extra": {"a": 1}}),
    "uri_schema": ("http://h.example.com:80/https", {"schema": "https", "port": 80}),
    "uri_service_scheme": ("http://https://h.example.com:8443/", {"host": "https://h.example.com", "port": 8443}),
    "uri_no_login": ("smtp://127.0.0.1:25", {"login": "", "password": ""}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_reads_as_airflow_does(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, expected = CASES[case]
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", text)
    found = from_environment("smtp_default")
    assert {name: getattr(found, name) for name in expected} == expected


FIELDS = ("host", "port", "login", "password", "schema")
THEIRS = f"""
import json, sys
from airflow.sdk import Connection

def ask(text):
    made = Connection.from_json(text, conn_id="x") if text.startswith("{{") else Connection(conn_id="x", uri=text)
    return [made.conn_type, *(getattr(made, name) or None for name in {FIELDS}), made.extra_dejson]

print("RESULT", json.dumps([ask(text) for text in json.loads(sys.argv[1])]))
"""


@pytest.mark.airflow
def test_airflow_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for text, _ in CASES.values()]
    command = [sys.executable, "-c", THEIRS, json.dumps(texts)]
    env = os.environ | {"AIRFLOW_HOME": str(tmp_path)}
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    theirs = json.loads(said.partition("RESULT")[2])
    assert len(theirs) == len(CASES)
    for text, expected in zip(texts, theirs, strict=True):
        monkeypatch.setenv("AIRFLOW_CONN_X", text)
        ours = from_environment("x")
        assert [
            ours.scheme,
            *(getattr(ours, name) or None for name in FIELDS),
            dict(ours.extra),
        ] == expected, text


BAD = {"absent": None, "empty": "  ", "no_scheme": "smtp.example.com", "broken_json": '{"password": "hush", ',
       "extra_no_object": '{"password": "hush", "extra": "[1]"}', "bad_port": "smtp://u:hush@h.example.com:port"}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_says_what_to_set_and_no_secret(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_DEFAULT", raising=False)
    if (text := BAD[case]) is not None:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", text)
    with pytest.raises(MissingConnectionError, match="AIRFLOW_CONN_SMTP_DEFAULT") as caught:
        from_environment("smtp_default")
    assert "hush" not in str(caught.value)


def test_password_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_X", "smtp://u:hush@h.example.com/?access_token=hush")
    assert "hush" not in repr(from_environment("x"))


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), ("true", True), ("False", False), ("0", False), (0, False), (None, False)]
)  # fmt: skip
def test_flags_of_a_uri_are_text(value: Any, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_X", json.dumps(JSON | {"extra": {"disable_ssl": value}}))
    assert from_environment("x").flag("disable_ssl") is expected
