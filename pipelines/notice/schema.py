"""The JSON Schema of notice.yaml, made from the model: editors complete keys and mark mistakes with it.

`notices check --schema` writes notices/notice.schema.json; a test tells when that file is out of date.
"""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from pipelines.notice.folder import NOTICES
from pipelines.notice.model import Definition, Vocabulary

SCHEMA = NOTICES / "notice.schema.json"


def build_schema() -> dict[str, Any]:
    """The schema of a notice.yaml as editors read it, in which dates are text."""
    schema = Definition.model_json_schema()
    words = Vocabulary.model_json_schema()
    # A notice replaces single words; all of them stand in words.yaml.
    del words["required"]
    words["description"] = "本通知自己的用词，写了的代替 notices/words.yaml 里的同名项"
    schema["properties"]["words"] = words
    for part in (schema, words, *schema["$defs"].values()):
        _drop_english(part)
    _close(schema)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **schema,
        "title": "通知 notice.yaml",
    }


def write_schema(path: Path = SCHEMA) -> Path:
    path.write_text(json.dumps(build_schema(), ensure_ascii=False, indent=2) + "\n", "utf-8")
    return path


def _drop_english(part: dict[str, Any]) -> None:
    """Titles made from names, and docstrings, which are for programmers; what people read has its Chinese description."""
    for node in (part, *part.get("properties", {}).values()):
        node.pop("title", None)
        if node.get("description", "").isascii():
            node.pop("description", None)


def _close(node: Any) -> None:
    """Keys that must fit a pattern are the only ones: pydantic refuses others, and says so only for fixed keys."""
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _close(child)
    if isinstance(node, dict) and isinstance(node.get("patternProperties"), dict):
        node["additionalProperties"] = False
