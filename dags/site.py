"""When the special website is made: one DAG for each notice that selects, every hour while the notice is open.

What was corrected or withdrawn is off the site within the hour. How is in pipelines/site.
"""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, dag, task
from alarm_calls import with_alarms
from notice_dags import WRITER, cards_for, connect, warehouse_of, while_open

from pipelines.ground.home import Home
from pipelines.notice.cards import Card

EXPLAINED = """
**{title}**的专题网站：收件期间每小时做一次，写到 var/site/{id}，配置了连接 notices_site 的同时发布到那里。只有入选并标为可公开的材料才有文字和图片；
单位更正、撤回了的，改为不选的，这一次就撤下，结果里写明撤了什么、为什么。没有变化就什么也不写，重复运行没有坏处。

| 任务 | 做什么 | 失败了怎么办 |
|---|---|---|
| 生成并发布 | 从已发布的数据、决定和通报生成，查过每个站内链接再换上 | 原来的网站不变。多为对方服务器连不上或空间不足，看日志；清除该任务重跑 |

更多说明见 docs/site.md。
"""


def make_dag(notice: Card) -> DAG:
    """The DAG of one notice's site."""

    @dag(
        dag_id=f"site__{notice.id}",
        dag_display_name=f"专题网站：{notice.title}",
        description="每小时一次：生成专题网站并发布",
        doc_md=EXPLAINED.format(title=notice.title, id=notice.id),
        tags=["专题网站", notice.id],
        **while_open(notice, "35 * * * *", timedelta(days=7)),
        dagrun_timeout=timedelta(hours=3),
        **with_alarms(),
    )
    def site() -> None:
        # It reads the loader's private file, to keep liaisons out: never while something is loaded.
        @task(
            task_display_name="生成并发布",
            pool=WRITER,
            inlets=[warehouse_of(notice)],
            retries=2,
            retry_delay=timedelta(minutes=1),
            execution_timeout=timedelta(hours=1),
        )
        def publish() -> list[dict[str, Any]]:
            from pipelines.notice import load_notice
            from pipelines.site.make import find_places, make_site

            home, own = Home.default(), load_notice(notice.id)
            done = []
            for place in find_places(home, own, connect):
                made = make_site(home, own, place)
                done.append(
                    {
                        "to": made.to,
                        "is_changed": made.is_changed,
                        "materials": len(made.site.materials),
                        "left": [f"{one.title}（{one.unit}）：{one.why}" for one in made.left],
                    }
                )
            return done

        publish()

    return site()


for _card in cards_for("site"):
    if _card.selects:
        globals()[f"site__{_card.id}"] = make_dag(_card)
