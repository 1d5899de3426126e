"""Single values as they stand in a notice.yaml: quoted where YAML would read them otherwise, evidence as comments."""

import re

_PLAIN = re.compile(r"^[\w\u4e00-\u9fff〔〕（）《》“”、，。—/+.-][^:#\[\]{}&*!|>'\"%@`,?]*$")
_SPECIAL = re.compile(r"^(?:true|false|null|~|-.*|\?.*|.*\s|.*: .*)$", re.I)
WIDTH = 100


def scalar(text: str) -> str:
    """A value as a YAML scalar."""
    if _PLAIN.match(text) and not _SPECIAL.match(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def listed(words: list[str]) -> str:
    return "[" + ", ".join(scalar(word) for word in words) + "]"


def evidence(sentence: str, indent: str = "", label: str = "原文") -> list[str]:
    """The sentence as comment lines, shortened where it is a paragraph."""
    plain = re.sub(r"\s+", " ", sentence).strip()
    if len(plain) > 3 * WIDTH:
        plain = plain[: 3 * WIDTH] + "……"
    parts = [plain[n : n + WIDTH] for n in range(0, len(plain), WIDTH)] or [""]
    return [f"{indent}# {label}：{parts[0]}", *(f"{indent}#   {part}" for part in parts[1:])]
