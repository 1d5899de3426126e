"""Documents: docx with a heading, paragraphs or a table, and PDF."""

from pipelines.sample.workbooks import escape_xml
from pipelines.sample.zips import pack_zip

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
)
_STYLES = (
    f'{_HEAD}<w:styles xmlns:w="{_WORD}"><w:style w:type="paragraph" w:styleId="1">'
    '<w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style></w:styles>'
)


def write_docx(
    paragraphs: list[str], table: list[list[str]] | None = None, *, heading: str | None = None
) -> bytes:
    """A Word document: a heading, paragraphs, then a table, each where given."""
    body = _paragraph(heading, '<w:pPr><w:pStyle w:val="1"/></w:pPr>') if heading else ""
    body += "".join(_paragraph(text) for text in paragraphs)
    if table is not None:
        body += f"<w:tbl><w:tblPr/>{''.join(_row(row) for row in table)}</w:tbl>"
    return pack_zip(
        (name, text.encode())
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _relations({"rId1": ("officeDocument", "word/document.xml")})),
            (
                "word/document.xml",
                f'{_HEAD}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
            ),
            ("word/_rels/document.xml.rels", _relations({"rId1": ("styles", "styles.xml")})),
            ("word/styles.xml", _STYLES),
        )
    )


def _row(cells: list[str]) -> str:
    return "<w:tr>" + "".join(f"<w:tc><w:tcPr/>{_paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def _paragraph(text: str, style: str = "") -> str:
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape_xml(text).split("\n"))
    return f'<w:p>{style}<w:r><w:t xml:space="preserve">{lines}</w:t></w:r></w:p>'


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def write_pdf(text: str) -> bytes:
    """A page of PDF with one line of ASCII."""
    stream = f"BT /F1 18 Tf 72 770 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return bytes(body + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer)
