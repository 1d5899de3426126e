"""What lies in the inbox where no source looks: nobody's fault and no receipt, but data staff are told. Part of the scan stage."""

import logging
import os
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.archive.held import Held, held_record
from pipelines.archive.store import Journal
from pipelines.collect.folder import readable_path
from pipelines.ground.junk import is_junk
from pipelines.notice.model import Notice

NOWHERE = ""
"""The source of what is held here: none."""
MOST = 200
"""So many are listed; the sentence of the last says that there are more."""
NO_FILE = "是链接、管道或设备，不收取。请放入文件本身"
_FOLDERS = frozenset({"folder", "form_export", "jinshuju_files"})
log = logging.getLogger(__name__)


def find_strays(notice: Notice, inbox: Path, ours: Path) -> list[tuple[str, str]]:
    """(path relative to the inbox, sentence) of what lies beside the notice's folders; a folder's path ends with /.

    `ours`: the archive, which some keep below the inbox."""
    paths = {PurePosixPath(one.path): one.kind for one in notice.sources if one.kind in _FOLDERS}
    above = {parent for path in paths for parent in path.parents}
    shown = "、".join(
        sorted(str(path) for path, kind in paths.items() if kind == "folder") or map(str, paths)
    )
    sentence = f"不在来源的文件夹里，没有收。请移到 {shown} 中本单位的文件夹，下一轮就会收"
    found = []
    for folder in sorted(above):
        for name, is_folder in _names(inbox / folder):
            path = folder / name
            if path in paths or path in above or name == notice.words.returned_folder or is_junk(str(path)):
                continue
            if ours.is_relative_to(inbox / path):
                continue
            found.append((readable_path(f"{path}/" if is_folder else str(path)), sentence))
    return found


def _names(folder: Path) -> list[tuple[str, bool]]:
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except FileNotFoundError:
        return []
    except OSError as error:
        log.warning("scan: %s 列不出来（%s），看不到里面有没有放错地方的文件", folder, error.strerror)
        return []
    return sorted(found)


def hold_strays(journal: Journal, strays: list[tuple[str, str]], now: datetime) -> None:
    """Makes the journal's list of them this one: what is new is held, what is gone is let go."""
    if len(strays) > MOST:
        path, sentence = strays[MOST - 1]
        strays = [*strays[: MOST - 1], (path, f"{sentence}（这样的共 {len(strays)} 处，只列 {MOST} 处）")]
    wanted = dict(strays)
    known = {one.key: one for one in journal.held.values() if one.source == NOWHERE}
    records: list[dict[str, Any]] = [
        {"record": "released", "source": NOWHERE, "key": key} for key in known if key not in wanted
    ]
    records += [
        held_record(Held(NOWHERE, path, path, sentence, now, None))
        for path, sentence in wanted.items()
        if path not in known or known[path].sentence != sentence
    ]
    if records:
        journal.note(records)
