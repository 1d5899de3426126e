"""The same document as txt of any encoding, docx or PDF gives the same answers; what cannot be read says what to do."""

from pathlib import Path

import docx
import pytest

from pipelines.ground.errors import NoticesError
from pipelines.notice.draft import draft_notice
from pipelines.notice.draft.answers import to_answers
from pipelines.notice.draft.source import read_source

TEXT = (Path(__file__).parent / "texts" / "34.txt").read_text("utf-8")


def write_docx(path: Path) -> None:
    document = docx.Document()
    rows = [line for line in TEXT.splitlines() if line.startswith("|") and "---" not in line]
    for line in TEXT.splitlines():
        if not line.startswith("|"):
            document.add_paragraph(line)
        elif line == rows[0]:
            table = document.add_table(rows=0, cols=line.count("|") - 1)
            for row in rows:
                for cell, text in zip(table.add_row().cells, row.strip("|").split("|"), strict=True):
                    cell.text = text.strip()
    document.save(str(path))


def write_pdf(path: Path, lines: list[str]) -> None:
    """One page whose font maps every code to the letter of that number, as converters write them."""
    shown = "".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -14 Td\n" for line in lines)
    stream = f"BT /F1 10 Tf 40 800 Td\n{shown}ET".encode()
    mapping = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange "
        b"1 beginbfrange <0000> <ffff> <0000> endbfrange endcmap end end"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 >>",
        b"<< /Length %d >>\nstream\n" % len(mapping) + mapping + b"\nendstream",
    ]
    content, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(content))
    path.write_bytes(content + end + trailer)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_of_any_encoding_is_the_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "notice.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert to_answers(draft_notice(read_source(path))) == to_answers(draft_notice(TEXT))


def test_a_docx_gives_the_same_answers(tmp_path: Path) -> None:
    write_docx(tmp_path / "notice.docx")
    found = to_answers(draft_notice(read_source(tmp_path / "notice.docx")))
    clean = to_answers(draft_notice(TEXT))
    for name in ("title", "document_number", "issued_on", "recipients", "obligations"):
        assert found[name] == clean[name]
    assert found["tables"][0]["columns"] == clean["tables"][0]["columns"]


def test_a_pdf_gives_the_same_duties(tmp_path: Path) -> None:
    lines = [line.strip() for line in TEXT.splitlines() if line.strip() and not line.startswith("|")]
    write_pdf(tmp_path / "notice.pdf", lines)
    found = to_answers(draft_notice(read_source(tmp_path / "notice.pdf")))
    clean = to_answers(draft_notice(TEXT))
    assert found["title"] == clean["title"]
    assert [duty["due"] for duty in found["obligations"]] == [duty["due"] for duty in clean["obligations"]]
    assert len(found["obligations"]) == 6


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("picture.txt", bytes(range(256)) * 40),
        ("broken.docx", b"PK\x03\x04 no archive"),
        ("broken.pdf", b"%PDF-1.7 no more"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NoticesError, match=f"{name}.*(?:请|再试)"):
        read_source(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoticesError, match=r"没有\.txt|none\.txt"):
        read_source(tmp_path / "none.txt")
