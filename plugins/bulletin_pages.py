"""Bulletins in Airflow's own page; what makes them is in bulletin_app.py."""

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin
from pages import SERVES_PAGES

APPS: list[dict[str, Any]] = []
if SERVES_PAGES:
    from bulletin_app import app

    APPS.append({"app": app, "url_prefix": "/bulletins", "name": "通报"})


class BulletinPagesPlugin(AirflowPlugin):
    name = "bulletin_pages"
    fastapi_apps: ClassVar = APPS
    external_views: ClassVar = [
        {
            "name": "通报",
            "href": "/bulletins/",
            "destination": "nav",
            "url_route": "bulletins",
            "nav_top_level": True,
        },
    ]
