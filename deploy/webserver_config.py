"""Logins of an office: read by FAB where NOTICES_LOGINS=office. Accounts are this program's own, an LDAP directory's
or a single sign-on's (OpenID Connect): docs/logins.md.
"""

import os

from flask_appbuilder.const import AUTH_DB, AUTH_LDAP, AUTH_OAUTH

from pipelines.board.accounts import find_accounts, of_accounts

AUTH_TYPE = AUTH_DB
# Nobody makes an account for themselves.
AUTH_USER_REGISTRATION = False
# A guessed password costs a minute after ten tries.
AUTH_RATE_LIMITED = True
AUTH_RATE_LIMIT = "10 per minute"
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = "memory://"
BABEL_DEFAULT_LOCALE = "zh"
LANGUAGES = {"zh": {"flag": "cn", "name": "中文"}}
WTF_CSRF_ENABLED = True
WTF_CSRF_TIME_LIMIT = None

globals().update(of_accounts(os.environ))
match find_accounts(os.environ):
    case "ldap":
        from pipelines.board.directory import DirectoryManager

        AUTH_TYPE = AUTH_LDAP
        SECURITY_MANAGER_CLASS = DirectoryManager
    case "oidc":
        from pipelines.board.openid import OpenIDApp, OpenIDManager

        AUTH_TYPE = AUTH_OAUTH
        SECURITY_MANAGER_CLASS = OpenIDManager
        OAUTH_PROVIDERS[0]["remote_app"]["client_cls"] = OpenIDApp  # noqa: F821 (of_accounts set it)
