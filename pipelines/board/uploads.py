"""A form as it was posted, with the file that it may bring: streamed to a temporary file as far as one may go, then kept in the
archive like any received file. A form is sent twice (to look, to keep); the second time it names what it brought, signed.
"""

import hmac
import re
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from pipelines.archive.objects import CHUNK
from pipelines.archive.store import Archive
from pipelines.board.access import sign_file
from pipelines.decide.given import KeptFile
from pipelines.ground.counts import in_mb

FIELDS = 64 * 1024
"""What the other fields of a form may take."""
FORM = 1024 * 1024
"""What a form without a file may take."""
NAME = 120
LONGEST_SIZE = 15
_STRANGE = re.compile(r"[\x00-\x1f\x7f/\\\\!#:*?\"<>|]+")


@dataclass(frozen=True)
class Posted:
    """The fields of a form, and the file that came with it, where one did."""

    fields: dict[str, str]
    file: UploadFile | None = None


async def read_posted(request: Request, most: int) -> Posted:
    """Raises HTTPException where the form is larger than a file of `most` bytes may make it, or is no form."""
    is_parts = request.headers.get("content-type", "").startswith("multipart/form-data")
    stream = _limited(request, most + FIELDS if is_parts else FORM, most)
    try:
        if is_parts:
            form = await MultiPartParser(
                request.headers, stream, max_files=1, max_fields=50, max_part_size=FIELDS
            ).parse()
        else:
            form = await FormParser(request.headers, stream).parse()
    except MultiPartException as error:
        raise HTTPException(400, f"表单读不出：{error.message}") from None
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    files = [value for value in form.values() if isinstance(value, UploadFile) and value.filename]
    return Posted(fields, files[0] if files else None)


async def _limited(request: Request, length: int, most: int) -> AsyncGenerator[bytes, None]:
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > length:
            limit = f"所附的文件太大（上限 {in_mb(most)}），没有记下任何决定。请压缩或分开，或放进收件文件夹"
            raise HTTPException(413, limit)
        yield chunk


def keep_upload(archive: Archive, file: UploadFile) -> KeptFile:
    """In the archive, under a name that leads nowhere else."""
    try:
        sha256, size = archive.store(_chunks(file))
    except FileNotFoundError:  # a cycle that began just now swept up what seemed left over
        sha256, size = archive.store(_chunks(file))
    archive.sync()
    return KeptFile(plain_name(file.filename or ""), sha256, size)


def _chunks(file: UploadFile) -> Iterator[bytes]:
    file.file.seek(0)
    yield from iter(lambda: file.file.read(CHUNK), b"")


def plain_name(name: str) -> str:
    """A file's name without folders and the marks that paths here have a meaning for."""
    plain = _STRANGE.sub("_", re.split(r"[/\\\\]", name)[-1]).strip(" .") or "附件"
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[: NAME - len(suffix)]}{dot}{suffix}" if dot and len(suffix) < 10 else plain[:NAME]


def write_kept(secret: str, login: str, notice_id: str, file: KeptFile) -> dict[str, str]:
    """The fields by which a form names the file that it brought."""
    signature = sign_file(secret, login, notice_id, file.sha256, file.size, file.name)
    return {
        "file_name": file.name,
        "file_sha256": file.sha256,
        "file_size": str(file.size),
        "file_signature": signature,
    }


def read_kept(secret: str, login: str, notice_id: str, fields: dict[str, str]) -> KeptFile | None:
    """The file that a form brought before; None where it brought none. Raises HTTPException where that is made up."""
    name, sha256, size = (fields.get(f"file_{part}", "") for part in ("name", "sha256", "size"))
    if not sha256:
        return None
    is_size = size.isascii() and size.isdigit() and len(size) <= LONGEST_SIZE
    genuine = is_size and hmac.compare_digest(
        fields.get("file_signature", "").encode(),
        sign_file(secret, login, notice_id, sha256, int(size), name).encode(),
    )
    if not genuine:
        raise HTTPException(403, "所附的文件不是从本页送来的，没有记下任何决定。请重新打开再填")
    return KeptFile(name, sha256, int(size))
