"""Where backups lie: a folder, or any place that fsspec reaches. Blobs by their sha256, each once, and snapshots that name them.

blobs/ab/cdef…            bytes, written beside, read back, and only then given their name
snapshots/<moment>.json   what the home was at one moment; written last, so that it names nothing that is not there
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

from fsspec.utils import get_protocol

from pipelines.archive.place import Place
from pipelines.ground.errors import NoticesError

CHUNK = 1 << 20
FORMAT = 1


class WrongBytesError(Exception):
    """What was to be kept is not what its name says."""


def _hashing(chunks: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


class Vault(Place):
    """One place of backups. Raises NoticesError where it cannot be reached or is not whole."""

    name = "备份地"

    def sizes(self) -> dict[str, int]:
        """Every blob that is there: sha256 -> size."""
        folder = f"{self._root}/blobs"
        with self._in_words():
            found = self._fs.find(folder, detail=True) if self._fs.exists(folder) else {}
        sizes = {}
        for path, about in found.items():
            name = "".join(str(path).rsplit("/", 2)[-2:])
            if len(name) == 64:
                sizes[name] = int(about.get("size") or 0)
        return sizes

    def clear_incoming(self) -> None:
        """Removes what killed backups had not finished sending; only one home's backups may go to a place at a time."""
        with self._in_words():
            for path in self._fs.glob(f"{self._root}/incoming-*"):
                self._fs.rm(path)

    def put(self, chunks: Iterable[bytes], sha256: str) -> int:
        """Keeps a blob and returns its size. Raises WrongBytesError where what was given is not of that name, NoticesError
        where what came back from the place is not what was given."""
        beside = f"{self._root}/incoming-{os.getpid()}"
        given = hashlib.sha256()
        self._write(beside, _hashing(chunks, given))
        digest, size = self._hash(beside)
        if given.hexdigest() != sha256 or digest != sha256:
            with self._in_words():
                self._fs.rm(beside)
            if given.hexdigest() != sha256:
                raise WrongBytesError(f"内容与名字不符（内容的 sha256 是 {given.hexdigest()}）")
            raise NoticesError(
                f"备份地 {self.url} 读回的 {sha256} 与送去的不同。请检查那里的磁盘和网络，再运行一次"
            )
        self._move(beside, self._blob(sha256))
        return size

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """A blob's bytes. Raises NoticesError at their end where they are not those of its name."""
        digest = hashlib.sha256()
        with self._in_words(), self._fs.open(self._blob(sha256), "rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != sha256:
            raise NoticesError(f"备份地 {self.url} 里的 {sha256} 已损坏。请换一份备份，或从另一处恢复")

    def snapshots(self) -> list[str]:
        """Names of all snapshots, the oldest first."""
        folder = f"{self._root}/snapshots"
        with self._in_words():
            found = self._fs.ls(folder, detail=False) if self._fs.exists(folder) else []
        names = (str(path).rstrip("/").rpartition("/")[2] for path in found)
        return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))

    def write_snapshot(self, name: str, content: dict[str, Any]) -> None:
        text = json.dumps({"format": FORMAT, **content}, ensure_ascii=False, indent=0)
        beside = f"{self._root}/incoming-{os.getpid()}"
        self._write(beside, [text.encode()])
        self._move(beside, f"{self._root}/snapshots/{name}.json")
        if get_protocol(self.url) == "file":
            os.sync()

    def read_snapshot(self, name: str) -> dict[str, Any]:
        """Raises NoticesError where there is none of that name, it is damaged, or a newer program wrote it."""
        with self._in_words(), self._fs.open(f"{self._root}/snapshots/{name}.json", "rb") as file:
            content: dict[str, Any] = json.loads(file.read())
        if content["format"] > FORMAT:
            raise NoticesError(f"备份 {name} 是更新版的程序写的，请先升级程序")
        return content

    def _write(self, path: str, chunks: Iterable[bytes]) -> None:
        with self._in_words():
            self._fs.makedirs(self._root, exist_ok=True)
            with self._fs.open(path, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)

    def _hash(self, path: str) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with self._in_words(), self._fs.open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        return digest.hexdigest(), size

    def _move(self, path: str, to: str) -> None:
        with self._in_words():
            self._fs.makedirs(to.rpartition("/")[0], exist_ok=True)
            if self._fs.exists(to):
                self._fs.rm(to)
            self._fs.mv(path, to)

    def _blob(self, sha256: str) -> str:
        return f"{self._root}/blobs/{sha256[:2]}/{sha256[2:]}"
