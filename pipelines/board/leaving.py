"""Airflow's auth manager for an office with single sign-on: its menu's way out leads through the provider's."""

from urllib.parse import urljoin

from airflow.api_fastapi.app import AUTH_MANAGER_FASTAPI_APP_PREFIX
from airflow.providers.fab.auth_manager.fab_auth_manager import FabAuthManager


class OpenIDAuthManager(FabAuthManager):
    """FAB's, but whoever leaves goes to the login view (pipelines/board/openid.py), which knows the provider; FAB's only drops two cookies."""

    def get_url_logout(self) -> str:
        return urljoin(self.apiserver_endpoint, f"{AUTH_MANAGER_FASTAPI_APP_PREFIX}/logout/")
