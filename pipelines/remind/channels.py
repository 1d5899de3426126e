"""How a unit reports and whom it calls, in words: what the notice's mail section says, else what its sources are."""

from pipelines.notice.mail import Contact
from pipelines.notice.model import Notice
from pipelines.send.records import mail_settings

_FOLDERS = {"folder", "remote_folder"}


def say_channels(notice: Notice, line: str) -> str:
    """Where what a line reports is to be put; never blank."""
    contact = find_contact(notice, line)
    if contact and contact.how:
        return contact.how
    found = []
    for source in notice.sources:
        if source.line == line:
            if source.kind in _FOLDERS:
                found.append(f"放入共享文件夹“{source.path}”里本单位的文件夹")
            else:
                found.append("发到收件邮箱" if source.kind == "mailbox" else "填写在线问卷")
    return "，或".join(dict.fromkeys(found)) or "按通知规定的渠道报送"


def say_contact(notice: Notice, line: str) -> str:
    """Whom to call; blank where the notice names nobody."""
    contact = find_contact(notice, line)
    return contact.words if contact else ""


def find_contact(notice: Notice, line: str) -> Contact | None:
    """A line's own, else the one for all lines."""
    return mail_settings(notice).contact(line)
