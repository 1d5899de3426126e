"""The sender in a process of its own, to be killed: `python -m tests.send.sender_child MAIL_FOLDER PORT`."""

import sys
from pathlib import Path

from pipelines.ground.connections import Connection
from pipelines.notice import load_notice
from pipelines.notice.mail import Mail as MailSettings
from pipelines.send.outbox import Outbox
from pipelines.send.sender import send_due
from tests.send.letters import NOON, SETTINGS

if __name__ == "__main__":
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    settings = MailSettings.model_validate(SETTINGS | {"per_day": 1_000_000})
    notice = load_notice("sd-vocational-week-2020").model_copy(update={"mail": settings})
    connection = Connection(
        "smtp_default", host="127.0.0.1", port=port, extra={"disable_ssl": True, "disable_tls": True}
    )
    with Outbox(folder) as outbox:
        print("ready", flush=True)
        send_due(outbox, notice, lambda: NOON, connection, folder.parent / "eml")
