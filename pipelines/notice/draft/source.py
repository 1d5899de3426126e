"""A circulated document's file -> its text: txt, docx (tables as rows with bars), the text layer of a PDF, doc."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import lxml.etree
import pypdf
from pypdf.errors import PyPdfError

from pipelines.ground.errors import NoticesError
from pipelines.read.open.charsets import decode_text
from pipelines.read.open.word_binary import read_doc_text

_PARSER = lxml.etree.XMLParser(resolve_entities=False, no_network=True)


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
    """Paragraphs and tables in the document's order; what tracked changes took away is gone."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            root = lxml.etree.fromstring(archive.read("word/document.xml"), _PARSER)
    except (zipfile.BadZipFile, KeyError, lxml.etree.LxmlError):
        raise NoticesError(f"{path.name} 不是能打开的 docx；请用 Word 或 WPS 另存为 docx 再试") from None
    return "\n".join(_lines(root))


def _lines(parent: lxml.etree._Element) -> Iterator[str]:
    for child in parent:
        name = lxml.etree.QName(child).localname if isinstance(child.tag, str) else ""
        if name == "p":
            yield _text(child)
        elif name == "tbl":
            for row in child.iterfind(".//{*}tr"):
                yield (
                    "| " + " | ".join(" ".join(_text(cell).split()) for cell in row.iterfind("{*}tc")) + " |"
                )
        elif name in ("body", "sdt", "sdtContent", "ins", "customXml"):
            yield from _lines(child)


def _text(element: lxml.etree._Element) -> str:
    """The text of every run, with breaks and tabs as such."""
    signs = {"tab": "\t", "br": "\n", "cr": "\n"}
    parts = []
    for one in element.iter("{*}t", "{*}tab", "{*}br", "{*}cr"):
        name = lxml.etree.QName(one).localname
        if next(one.iterancestors("{*}del", "{*}moveFrom", "{*}tabs"), None) is None:
            parts.append(one.text or "" if name == "t" else signs[name])
    return "".join(parts)


def _read_pdf(path: Path, content: bytes) -> str:
    try:
        return "\n\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    except (PyPdfError, ValueError, KeyError, TypeError) as error:
        raise NoticesError(f"{path.name} 的文字取不出来（{error}）；请另存为 txt 或 docx 再试") from None
