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
