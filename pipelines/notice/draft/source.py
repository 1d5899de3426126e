"""A circulated document's file -> its text: txt, docx (tables as rows with bars), the text layer of a PDF, doc."""

import io
import zipfile
from pathlib import Path

import lxml.etree
import pypdf
from pypdf.errors import PyPdfError

from pipelines.ground.errors import NoticesError
from pipelines.read.documents import read_docx
from pipelines.read.text import decode_text
from pipelines.read.word_binary import read_doc_text


def read_source(path: Path) -> str:
    """The text of the document. Raises NoticesError, which says what to do, where none can be had."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NoticesError(f"读不了 {path}：{error.strerror}；请核对文件名") from None
    suffix = path.suffix.lower()
    if content.startswith(b"%PDF"):
        text = _read_pdf(path, content)
    elif content.startswith(b"PK"):
        text = _read_docx(path, content)
    elif suffix in (".doc", ".wps"):
        text = read_doc_text(content).replace("\r", "\n").replace("\x07", " | ")
    else:
        text = decode_text(content) or ""
    if not text.strip():
        raise NoticesError(f"{path.name} 里没有可读的文字（扫描件先做文字识别）；请另存为 txt 或 docx 再试")
    return text


def _read_docx(path: Path, content: bytes) -> str:
    try:
        blocks = read_docx(content)
    except (zipfile.BadZipFile, KeyError, lxml.etree.LxmlError):
        raise NoticesError(f"{path.name} 不是能打开的 docx；请用 Word 或 WPS 另存为 docx 再试") from None
    lines: list[str] = []
    for block in blocks:
        if block.rows is not None:
            lines += ["| " + " | ".join(" ".join(cell.split()) for cell in row) + " |" for row in block.rows]
        else:
            lines.append(block.text or "")
    return "\n".join(lines)


def _read_pdf(path: Path, content: bytes) -> str:
    try:
        return "\n\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    except (PyPdfError, ValueError, KeyError, TypeError) as error:
        raise NoticesError(f"{path.name} 的文字取不出来（{error}）；请另存为 txt 或 docx 再试") from None
