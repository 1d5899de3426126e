"""Formats whose tables are not read: the lines of text that can be got out, and the first heading."""

import io

import pypdf
import pytest

from pipelines.read.findings import FileRejected
from pipelines.read.open import first_heading
from tests.read.habits.word_binary import write_doc
from tests.read.open.files import opened, zipped

HEADERS = ["活动日期", "材料类型", "标题"]


def rtf(text: str) -> str:
    return "".join(letter if ord(letter) < 128 else f"\\u{ord(letter)}?" for letter in text)


def _rtf() -> bytes:
    cells = "".join(f"\\pard\\intbl {rtf(header)}\\cell " for header in HEADERS)
    picture = "{\\pict\\wmetafile8 " + "0123456789abcdef" * 100_000 + "}"
    return f"{{\\rtf1\\ansi\\ansicpg936 {rtf('总结报告')}\\par {picture}\\trowd {cells}\\row }}".encode()


def _odt() -> bytes:
    cells = "".join(f"<t:table-cell><p:p>{header}</p:p></t:table-cell>" for header in HEADERS)
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": f'<o xmlns:t="t" xmlns:p="p"><p:h>总结<p:span>报告</p:span></p:h><t:table><t:table-row>{cells}</t:table-row></t:table></o>',
        }
    )


def _slk() -> bytes:
    cells = "".join(f'C;Y1;X{at};K"{text}"\r\n' for at, text in enumerate(["总结报告", *HEADERS], 1))
    return f"ID;PWXL;N;E\r\n{cells}C;Y2;X1;K300\r\nE\r\n".encode("gb18030")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(_rtf(), "a.rtf", id="rtf"),
        pytest.param(_odt(), "a.odt", id="odt"),
        pytest.param(write_doc("总结报告\r" + "\x07".join(HEADERS) + "\x07\x07"), "a.doc", id="doc"),
        pytest.param(write_doc("总结报告\r" + "\x07".join(HEADERS) + "\x07\x07"), "a.wps", id="wps"),
    ],
)
def test_lines_cells_and_heading(content, name) -> None:
    found = opened(content, name)
    assert found.lines == ["总结报告", *HEADERS]
    assert first_heading(found) == "总结报告"
    assert found.sheets == []


def test_slk() -> None:
    assert opened(_slk(), "a.slk").lines == ["总结报告", *HEADERS]


def _pdf(password: str = "", text: bytes = b"(Report) Tj 0 -20 Td (date type title) Tj") -> bytes:
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(200, 200)
    font = pypdf.generic.DictionaryObject(
        {
            pypdf.generic.NameObject("/Type"): pypdf.generic.NameObject("/Font"),
            pypdf.generic.NameObject("/Subtype"): pypdf.generic.NameObject("/Type1"),
            pypdf.generic.NameObject("/BaseFont"): pypdf.generic.NameObject("/Helvetica"),
        }
    )
    fonts = pypdf.generic.DictionaryObject({pypdf.generic.NameObject("/F1"): font})
    page[pypdf.generic.NameObject("/Resources")] = pypdf.generic.DictionaryObject(
        {pypdf.generic.NameObject("/Font"): fonts}
    )
    stream = pypdf.generic.DecodedStreamObject()
    stream.set_data(b"BT /F1 12 Tf 20 180 Td " + text + b" ET")
    page[pypdf.generic.NameObject("/Contents")] = stream
    if password:
        writer.encrypt(password)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_pdf() -> None:
    found = opened(_pdf(), "a.pdf")
    assert found.lines == ["Report", "date type title", "date", "type", "title"]
    assert first_heading(found) == "Report"


def test_a_pdf_with_a_password_is_encrypted() -> None:
    with pytest.raises(FileRejected, match="encrypted"):
        opened(_pdf("12345"), "a.pdf")


def test_a_page_that_is_all_drawing_is_passed_over() -> None:
    assert opened(_pdf(text=b"0 0 m 1 1 l S " * 30_000), "a.pdf").lines == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b"%PDF-1.4 broken", "a.pdf", id="pdf"),
        pytest.param(b"{\\rtf1\\u99999999 \\'zz}}}}", "a.rtf", id="rtf"),
        pytest.param(zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x"}), "a.odt", id="odt"),
        pytest.param(zipped({"Index/Document.iwa": "x", "Metadata/P.plist": "x"}), "a.numbers", id="numbers"),
    ],
)  # fmt: skip
def test_what_gives_no_text_is_no_fault(content, name) -> None:
    found = opened(content, name)
    assert found.sheets == []
