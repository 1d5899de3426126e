"""A tree of its own in which notices mail at once, and what Airflow is asked to do in it."""

import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from tests.dags.conftest import NOTICE, ROOT, GiveAirflow

APPROVED = "approved-week-2020"
LISTS = ["data-staff@example.org", "leaders@example.org"]
MAIL = f"""
mail:
  from: {{name: 工作组, address: notices@example.org}}
  lists: {{data_staff: [{LISTS[0]}], leaders: [{LISTS[1]}]}}
  bulletins_to: [data_staff, leaders]
  per_minute: 60000
"""
APPROVAL = "bulletins:\n  approval: {wait_hours: 120, otherwise: withhold}\n"


class Tree:
    """The project's tree, copied: one notice that mails two lists, and one like it whose bulletins are approved.

    In the copy there are no DAGs but those of the files named.
    """

    def __init__(
        self, folder: Path, give_airflow: GiveAirflow, dags: tuple[str, ...] = ("bulletin.py",)
    ) -> None:
        self.root, self.home = folder / "tree", folder / "home"
        give_airflow(self.home)
        for name in ("plugins", "pipelines", "sql", "expectations", "tools"):
            # What is compiled comes along, but for what another process is just compiling.
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("*.pyc.*"))
        (self.root / "dags").mkdir()
        for name in dags:
            shutil.copy2(ROOT / "dags" / name, self.root / "dags")
        notices = self.root / "notices"
        shutil.copytree(ROOT / "notices" / NOTICE, notices / NOTICE)
        shutil.copy(ROOT / "notices" / "words.yaml", notices)
        page = notices / NOTICE / "notice.yaml"
        text, count = re.subn(r"\nmail:\n(  .*\n)+", MAIL, page.read_text("utf-8"))
        assert count == 1
        page.write_text(text, "utf-8")
        shutil.copytree(notices / NOTICE, notices / APPROVED)
        assert text.count("bulletins:\n") == 1
        text = text.replace(f"id: {NOTICE}", f"id: {APPROVED}").replace("bulletins:\n", APPROVAL)
        (notices / APPROVED / "notice.yaml").write_text(text, "utf-8")

    def wait_shortly(self) -> None:
        """An hour of waiting for a person is a second from now on."""
        sign = self.root / "plugins" / "sign.py"
        hours = "timedelta(hours=card.approval_hours)"
        assert sign.read_text("utf-8").count(hours) == 1
        sign.write_text(sign.read_text("utf-8").replace(hours, hours.replace("hours", "seconds", 1)), "utf-8")

    def environment(self, port: int) -> dict[str, str]:
        """That of a process in the tree; `port` is where mail goes."""
        smtp = f'{{"conn_type": "smtp", "host": "127.0.0.1", "port": {port}, "extra": {{"disable_ssl": true, "disable_tls": true}}}}'
        return os.environ | {
            "NOTICES_HOME": str(self.home),
            "PYTHONPATH": f"{self.root}:{self.root / 'tools'}",
            "PYTHONUNBUFFERED": "1",
            "AIRFLOW_CONN_SMTP_DEFAULT": smtp,
        }

    def python(self, *arguments: str | Path, port: int = 9) -> str:
        """What Python prints, run in the tree; it must succeed."""
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            env=self.environment(port),
            cwd=self.root,
            text=True,
            capture_output=True,
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
        return done.stdout

    def collect(self, inbox: Path, now: str, notice_id: str = NOTICE) -> None:
        """What `notices run` does in the tree, in this process."""
        notice = load_notice(notice_id, self.root / "notices")
        cycle.run(Home(self.home), notice, inbox, datetime.fromisoformat(now))

    def documents(self, notice_id: str = NOTICE) -> dict[str, bytes]:
        """Every published file by its place, decisions apart."""
        root = self.home / "bulletins" / notice_id
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted(root.glob("*/*"))
            if path.parent.name not in ("drafts", "withheld") and path.name != "decision.json"
        }

    def stems(self, notice_id: str = NOTICE) -> list[str]:
        return sorted({place.split("/")[0] for place in self.documents(notice_id)})
