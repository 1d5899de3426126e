"""When a home is looked after: one DAG, weekly. Is all that is kept whole, is it backed up, and what need not be kept is removed.

How each part works is in pipelines/archive/. What was received, said or published is never removed.
"""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from alarm_calls import with_alarms

from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.notice.cards import list_cards

DAY = 86_400
EXPLAINED = """
每周日凌晨三点照看一次数据文件夹。重复运行没有害处，随时可以手动触发。

| 任务 | 做什么 | 失败了怎么办 |
|---|---|---|
| 1 核对 | 同 `notices fsck`：档案、日志、数据仓库、发件箱、退回件、通报是否完好、相符 | 按日志里每一处的办法做，多为从备份恢复；见 docs/operations.md |
| 2 备份 | 同 `notices backup`，到环境变量 NOTICES_BACKUP_TO 写的地方；没有写就跳过 | 检查备份地是否在线、有无空间，再清除该任务重跑 |
| 3 清日志 | 删去 NOTICES_KEEP_LOG_DAYS（默认 14）天以前的日志和中断的运行留下的文件夹（设了 NOTICES_STORE 的，存储里的也清） | 检查权限，再清除该任务重跑 |
| 4 清运行历史 | Airflow 自己的表（`airflow db clean`）里 NOTICES_KEEP_HISTORY_DAYS（默认 90）天以前的；各流程最近一次总会留下 | 把日志交维护人员；不影响收件 |
| 5 湖仓 | 设了 NOTICES_LAKE 的：NOTICES_KEEP_LAKE_DAYS（默认 180）天以前的版本不再留，并拢小文件，清去无用的文件；没有设就跳过 | 看目录库是否在线，再清除该任务重跑；见 docs/lake.md |

收到的、说过的、发布的（档案、发件箱、通报、退回件、分析库）永远不删。
"""


def make_tidy() -> DAG:
    zone = next((card.zone for card in list_cards(Home.default()) if not card.problems), UTC)

    @dag(
        dag_id="tidy",
        dag_display_name="照看：核对、备份、清理",
        description="每周一次：核对一切要长期保存的东西，备份，清去旧日志和旧的运行历史",
        doc_md=EXPLAINED,
        tags=["照看"],
        schedule="0 3 * * 0",
        start_date=datetime.fromtimestamp(0, tz=zone),
        catchup=False,
        is_paused_upon_creation=False,
        max_active_runs=1,
        max_active_tasks=1,
        **with_alarms({"execution_timeout": timedelta(hours=12)}),
    )
    def tidy() -> None:
        @task(task_display_name="1 核对", retries=0)
        def fsck() -> dict[str, int]:
            from pipelines.archive.check import check_home

            done = check_home(Home.default())
            if done.findings:
                lines = [f"{one.place}：{one.what}。办法：{one.remedy}。" for one in done.findings]
                raise AirflowFailException(f"有 {len(lines)} 处不对：\n" + "\n".join(lines))
            return {"objects": done.objects, "receipts": done.receipts, "mails": done.mails}

        @task(task_display_name="2 备份", retries=2)
        def backup() -> dict[str, Any]:
            from pipelines.archive.backup import back_up
            from pipelines.archive.vault import Vault

            place = os.environ.get("NOTICES_BACKUP_TO", "").strip()
            if not place:
                raise AirflowSkipException(
                    "没有设置 NOTICES_BACKUP_TO，没有备份；请设置，或另行定时运行 notices backup"
                )
            vault = Vault(place, os.environ.get("NOTICES_BACKUP_CONNECTION") or None)
            done = back_up(Home.default(), vault, datetime.now())
            if done.damaged:
                raise AirflowFailException("没能备份：\n" + "\n".join(done.damaged))
            return {"name": done.name, "files": done.files, "sent": done.sent, "sent_bytes": done.sent_bytes}

        @task(task_display_name="3 清日志", retries=1)
        def logs() -> dict[str, int]:
            from pipelines.archive.retention import remove_old

            before = time.time() - Settings.load().keep_log_days * DAY
            removed = remove_old(Home.default(), before)
            return {"removed": removed.count, "bytes": removed.bytes}

        @task(task_display_name="4 清运行历史", retries=1)
        def history() -> str:
            before = datetime.now(UTC) - timedelta(days=Settings.load().keep_history_days)
            return clean_database(before)

        @task(task_display_name="5 湖仓", retries=1)
        def lake() -> dict[str, int]:
            from pipelines.warehouse.lake.follow import SETTING
            from pipelines.warehouse.lake.upkeep import tidy_lake

            if not os.environ.get(SETTING, "").strip():
                raise AirflowSkipException("没有设置 NOTICES_LAKE，没有湖仓要照看")
            return tidy_lake(Home.default(), datetime.now(UTC), Settings.load().keep_lake_days)

        # Side by side: what one of them finds keeps none of the others from being done, and fails the run.
        fsck()
        backup()
        logs()
        history()
        lake()

    return tidy()


def clean_database(before: datetime) -> str:
    """What `airflow db clean` said. It runs as a process of its own: Airflow keeps its database from tasks."""
    database = os.environ.get("NOTICES_AIRFLOW_DB", "").strip()
    if not database:
        raise AirflowSkipException("没有设置 NOTICES_AIRFLOW_DB（Airflow 数据库的地址），没有清理运行历史")
    env = {name: value for name, value in os.environ.items() if not name.startswith("_AIRFLOW_")}
    env |= {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database}
    env.pop("AIRFLOW__CORE__SQL_ALCHEMY_CONN", None)
    airflow = str(Path(sys.executable).with_name("airflow"))
    words = [
        airflow,
        "db",
        "clean",
        "--clean-before-timestamp",
        before.isoformat(),
        "--skip-archive",
        "--yes",
    ]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    print(done.stdout[-5000:], done.stderr[-5000:])
    if done.returncode:
        raise AirflowFailException(f"airflow db clean 没有成功：{done.stderr.strip().splitlines()[-1:]}")
    return f"清去 {before:%Y-%m-%d} 以前的运行历史"


globals()["tidy"] = make_tidy()
