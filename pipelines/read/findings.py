"""Why a file or a row is not accepted: the reason codes of the contract, and what the unit is told."""


class FileRejected(Exception):
    """A finding about a whole file, not a failure of the program."""

    def __init__(self, reason: str, sentence: str) -> None:
        self.reason, self.sentence = reason, sentence
        super().__init__(f"{reason}: {sentence}")


def unreadable(
    sentence: str = "文件打不开，可能已损坏或没有传完。请在本机确认能打开后重新报送",
) -> FileRejected:
    return FileRejected("unreadable", sentence)


def encrypted() -> FileRejected:
    return FileRejected("encrypted", "文件设有密码，无法读取。请取消密码后重新报送")


def too_large(sentence: str) -> FileRejected:
    return FileRejected("too_large", sentence)


def unsafe_archive(sentence: str) -> FileRejected:
    return FileRejected("unsafe_archive", sentence)


def unsupported_format(kind: str) -> FileRejected:
    """A table in a format whose tables are not read; `kind` is the format."""
    name = _FORMAT_NAMES.get(kind, "这种格式")
    return FileRejected(
        "unsupported_format",
        f"这份报表是{name}，其中的表格读不了。请另存为 xlsx 或 docx 后重新报送；如已另报电子表格，可不理会",
    )


_FORMAT_NAMES = {
    "word_binary": "旧版 Word（doc、wps）格式",
    "rtf": "RTF 格式",
    "odt": "ODT 格式",
    "pdf": "PDF 格式",
    "slk": "SLK 格式",
    "numbers": "苹果 Numbers 格式",
}
