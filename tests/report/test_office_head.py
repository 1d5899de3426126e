"""The red head and the imprint: as an office fills them in, and not there where it does not."""

from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from pipelines.notice.bulletins import Head
from pipelines.report.document import write_document
from pipelines.report.standard import CHARACTERS, TYPE_WIDTH
from pipelines.report.wording import word_bulletin
from pipelines.report.write import Written

HEAD = {
    "mark": "试验厅文件", "copy_number": "000001", "secrecy": "秘密★1年", "urgency": "特急",
    "document_number": "试〔2021〕9号", "signer": "某某", "copied_to": "各市政府，省图书馆", "printed_by": "试验厅办公室",
}  # fmt: skip


def write(evening: Any, path: Path, **changes: Any) -> Any:
    written: Written = evening[1]
    bulletin = written.bulletin.__class__(**{**vars(written.bulletin), **changes})
    write_document(bulletin, word_bulletin(bulletin), path / "made.docx")
    return Document(str(path / "made.docx"))


def test_the_head_stands_above_the_title_and_the_imprint_at_the_end(evening: Any, tmp_path: Path) -> None:
    document = write(evening, tmp_path, head=Head.model_validate(HEAD))
    words = [one.text for one in document.paragraphs if one.text]
    assert words[:5] == ["000001", "秘密★1年", "特急", "试验厅文件", "试〔2021〕9号\t签发人：某某"]
    assert words[-2:] == ["抄送：各市政府，省图书馆。", "试验厅办公室\t2021年5月11日印发"]
    mark = next(one for one in document.paragraphs if one.text == "试验厅文件")
    assert str(mark.runs[0].font.color.rgb) == "E60012"
    frames = [
        one for one in document.paragraphs if one._p.find(f"{qn('w:pPr')}/{qn('w:framePr')}") is not None
    ]
    assert [one.text for one in frames] == words[-2:], "at the page's lower edge, wherever the text ends"


def test_a_draft_has_neither(evening: Any, tmp_path: Path) -> None:
    words = [one.text for one in write(evening, tmp_path).paragraphs]
    assert not any("印发" in one or "签发" in one or "抄送" in one for one in words)


@pytest.mark.parametrize(
    "publisher",
    ["厅", "山东省教育厅", "山东省教育委员会", "山东省教育厅办公室专", "山东省职业教育活动周工作组"],
)
def test_whichever_reaches_further_ends_two_characters_from_the_right(
    publisher: str, evening: Any, tmp_path: Path
) -> None:
    """2021年5月11日 is six and a half characters wide, and starts two characters right of the name."""
    document = write(evening, tmp_path, publisher=publisher)
    signed = {one.text: one._p.pPr.find(qn("w:ind")) for one in document.paragraphs}
    name, date = (int(signed[words].get(qn("w:rightChars"))) / 100 for words in (publisher, "2021年5月11日"))
    assert min(name, date) == 2
    assert (date + 6.5) - (name + len(publisher)) == -2, "from the right: where the two begin"
    twips = int(signed["2021年5月11日"].get(qn("w:right")))
    assert twips == pytest.approx(date * TYPE_WIDTH / CHARACTERS, abs=1)


def test_a_signature_is_kept_with_the_last_line_of_text(evening: Any, tmp_path: Path) -> None:
    document = write(evening, tmp_path)
    paragraphs = document.paragraphs
    date = next(place for place, one in enumerate(paragraphs) if one.text == "2021年5月11日")
    text = max(
        place for place in range(date) if paragraphs[place].style.name == "Normal" and paragraphs[place].text
    )
    assert all(one.paragraph_format.keep_with_next for one in paragraphs[text:date])
    assert not paragraphs[date].paragraph_format.keep_with_next
