"""The errors this program raises itself: bad input from units is a finding, never one of these."""


class NoticesError(Exception):
    """The cycle or a command failed; the message says where, what was found, what to do."""


class BadNoticeError(NoticesError):
    """A notice folder is wrong; `problems` holds one Chinese sentence per place, with file and line."""

    def __init__(self, notice: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"通知 {notice} 的定义有 {len(problems)} 处错误：\n" + "\n".join(problems))


class SourceError(NoticesError):
    """A source could not be read, or not wholly; what it held before stays received."""


class RefusedError(SourceError):
    """The service answered, and will not give this one thing: it may give the others. `status` is HTTP's."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


class ArchiveFault(NoticesError):
    """Something that is kept for ever is not there, or not what it was. Ours: never a finding about a unit."""


class ReadingFault(NoticesError):
    """A file could not be read for a reason that is not in the file: memory, a kill, a disk, a mistake in the program. Ours:
    never a finding. `record` says where the program erred, for whoever mends it; '' where it did not."""

    def __init__(self, sentence: str, record: str = "") -> None:
        self.record = record
        super().__init__(sentence)


class KeptFault(ArchiveFault):
    """A journal or database that is made from nothing else is gone, damaged or of a newer version of this program."""


class StoreFault(ArchiveFault):
    """The store that all machines share cannot be reached, or another machine wrote there first: once more, later."""


class DerivedFault(NoticesError):
    """A file that is made from the archive cannot be opened; the next cycle makes it anew."""
