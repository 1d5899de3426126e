"""报送看板 and 待办 in Airflow's own page; what makes them is in board_app.py."""

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin
from pages import SERVES_PAGES

APPS: list[dict[str, Any]] = []
if SERVES_PAGES:
    from board_app import app

    APPS.append({"app": app, "url_prefix": "/board", "name": "报送看板"})


class BoardPlugin(AirflowPlugin):
    name = "board"
    fastapi_apps: ClassVar = APPS
    external_views: ClassVar = [
        {
            "name": "报送看板",
            "href": "/board/",
            "destination": "nav",
            "url_route": "board",
            "nav_top_level": True,
        },
        {
            "name": "看板",
            "href": "/board/n/{DAG_ID}/",
            "destination": "dag",
            "url_route": "board_of_dag",
        },
    ]
