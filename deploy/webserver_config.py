"""Logins of an office: read by FAB where NOTICES_LOGINS=office. Accounts are this program's own, or an LDAP directory's: docs/logins.md."""

import os

from flask_appbuilder.const import AUTH_DB, AUTH_LDAP

from pipelines.board.accounts import find_accounts, of_directory

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

if find_accounts(os.environ) == "ldap":
    from pipelines.board.directory import DirectoryManager

    AUTH_TYPE = AUTH_LDAP
    SECURITY_MANAGER_CLASS = DirectoryManager
    globals().update(of_directory(os.environ))
