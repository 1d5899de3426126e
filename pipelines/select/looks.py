"""Small pictures and likenesses of pictures, each made once and kept by the picture's sha256. Derived: what is lost is made anew."""

import base64
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.ground.whole import replace_file
from pipelines.notice.model import Notice
from pipelines.read.pool import open_files
from pipelines.select.originals import Original

if TYPE_CHECKING:
    from pipelines.select.looker import Look

log = logging.getLogger(__name__)
TWINS = 4
"""So many bits of 64 at most differ between two pictures that are the same one, saved anew or made smaller."""


class Looks:
    """What is known of pictures, below `<home>/looks`."""

    def __init__(self, home: Home) -> None:
        self._home, self._folder = home, home.path / "looks"

    def known(self, sha256s: Iterable[str]) -> dict[str, "Look"]:
        """Those that were looked at before."""
        return {sha256: look for sha256 in sha256s if (look := self._read(sha256))}

    def look(self, notice: Notice, pictures: Iterable[Original]) -> dict[str, "Look"]:
        """All of these, the unknown ones looked at now, in children. Raises ArchiveFault where an object is gone."""
        wanted = {one.sha256: one for one in pictures if one.media == "picture"}
        found = self.known(wanted)
        missing = [one for sha256, one in wanted.items() if sha256 not in found]
        if missing:
            from pipelines.select.looker import Looker, LookJob  # Pillow is loaded where there are pictures

            archive = Archive(self._home.archive)
            jobs = [
                LookJob(one.path, str(archive.object_path(one.object_sha256)), one.object_sha256, one.sha256)
                for one in missing
            ]
            for look in open_files(Looker, notice, Settings.load(), jobs):
                self._write(look)
                found[look.sha256] = look
        return found

    def _read(self, sha256: str) -> "Look | None":
        from pipelines.select.looker import Look

        path = self._folder / sha256[:2] / f"{sha256}.json"
        try:
            kept = json.loads(path.read_text("utf-8"))
            return Look(**{**kept, "small": base64.b64decode(kept["small"])})
        except FileNotFoundError:
            return None
        except (
            ValueError,
            TypeError,
            KeyError,
        ) as error:  # a power cut left it empty, or another version wrote it
            log.warning("选材：图片的缩略图记录 %s 已损坏（%s），重新生成", path.name, error)
            return None

    def _write(self, look: "Look") -> None:
        path = self._folder / look.sha256[:2] / f"{look.sha256}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {**asdict(look), "small": base64.b64encode(look.small).decode()}
        replace_file(path, json.dumps(kept, ensure_ascii=False))


def find_twins(pictures: Mapping[str, Iterable["Look"]]) -> dict[str, str]:
    """Item -> the first item before it, in the order given, that has a picture of the same thing."""
    seen: list[tuple[int, str]] = []
    found: dict[str, str] = {}
    for item, looks in pictures.items():
        hashes = [int(one.likeness, 16) for one in looks if one.likeness]
        twin = next(
            (
                other
                for known, other in seen
                for own in hashes
                if other != item and (known ^ own).bit_count() <= TWINS
            ),
            None,
        )
        if twin:
            found[item] = twin
        seen += [(own, item) for own in hashes]
    return found
