"""Who may see what: everything below the home is its owner's alone, whatever the umask; what lies outside is not ours to close.

`published/` alone may be opened to a group, by NOTICES_PUBLISHED_GROUP.
"""

import grp
import logging
import os
import stat
from pathlib import Path

from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home

log = logging.getLogger(__name__)
OWNER_ONLY = 0o077
"""The mask with which this program makes files."""
GROUP = "NOTICES_PUBLISHED_GROUP"


def keep_private() -> int:
    """From now on this process makes files and folders that only its own user may open. Returns the mask before."""
    return os.umask(OWNER_ONLY)


def published_group() -> int | None:
    """The group that may read `published/`; None where nobody else may. Raises NoticesError where there is no such group."""
    name = os.environ.get(GROUP, "").strip()
    if not name:
        return None
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise NoticesError(f"{GROUP} 写的用户组“{name}”在本机不存在。请建好这个组，或去掉这个设置") from None


def make_home(home: Home) -> None:
    """The home exists and is closed; one that an older version left open is closed wholly, the inbox apart: what lies there
    was put there by others."""
    group = published_group()
    home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = 0o700 if group is None else 0o710
    try:
        if stat.S_IMODE(home.path.stat().st_mode) & OWNER_ONLY & ~wanted:
            _close(home.path)
        _set(home.path, wanted, group)
    except OSError as error:
        log.warning("home: %s 的权限改不了（%s）：请确认本机其他用户读不到它", home.path, error.strerror)


def _close(root: Path) -> None:
    """Takes everybody else's rights away, from the innermost outwards; the root comes last, so that a cut is resumed."""
    log.warning("home: %s 原来对本机其他用户开放，现在收紧为只有本账号可读", root)
    for folder, folders, files in os.walk(root, topdown=False):
        place = Path(folder)
        if place.is_relative_to(root / "inbox"):
            continue
        for name in (*files, *folders):
            path = place / name
            if not path.is_symlink() and path != root / "inbox":
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OWNER_ONLY)


def share_published(path: Path) -> None:
    """A file below `published/`, before it takes its name there: readable by its owner and the group that may, writable by
    nobody."""
    group = published_group()
    _set(path, 0o400 if group is None else 0o440, group)
    _set(path.parent, 0o700 if group is None else 0o750, group)


def _set(path: Path, mode: int, group: int | None) -> None:
    status = path.stat()
    if group is not None and status.st_gid != group:
        os.chown(path, -1, group)
    if stat.S_IMODE(status.st_mode) != mode or group is not None:
        path.chmod(mode)
