"""The body of a mail, written once: the same blocks as plain text and as HTML that reads well on a phone.

Everything is escaped; styles stand at each element, because mail programs drop style sheets.
"""

from dataclasses import dataclass
from html import escape

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head>
<body style="margin:0;padding:16px;background:#ffffff;color:#1f2328">
<div style="max-width:640px;margin:0 auto;font:16px/1.75 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;overflow-wrap:anywhere">
{body}
</div></body></html>
"""
MOST_COLUMNS = 2
"""Of a table that is set in columns: on a phone of 360 pixels more are a character or two wide."""
_HEAD = "background:#f6f8fa"
_CELL = "border:1px solid #d0d7de;padding:6px 8px;text-align:left;vertical-align:top"


@dataclass(frozen=True)
class Table:
    """Rows under headers. Up to two columns stand side by side; more are set as a card a row, which reads on any screen."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture that goes with the mail (compose.File, place inline) by its name, and the words for it."""

    name: str
    words: str


Block = str | Table | Picture


@dataclass(frozen=True)
class Letter:
    """What a mail says: a title, whom it greets, paragraphs, tables and pictures, and who signs it."""

    title: str
    greeting: str
    blocks: tuple[Block, ...]
    signature: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Plain text: a table is a line a row, each cell with its header, since a phone cannot show columns."""
        parts = [self.title, f"{self.greeting}：", *map(_block_text, self.blocks), "\n".join(self.signature)]
        return "\n\n".join(part for part in parts if part) + "\n"

    @property
    def html(self) -> str:
        signature = "<br>".join(map(escape, self.signature))
        body = [
            f'<h1 style="font-size:20px;line-height:1.4;margin:0 0 16px">{escape(self.title)}</h1>',
            f'<p style="margin:0 0 12px">{escape(self.greeting)}：</p>',
            *map(_block_html, self.blocks),
            f'<p style="margin:24px 0 0;text-align:right">{signature}</p>' if signature else "",
        ]
        return _PAGE.format(title=escape(self.title), body="\n".join(filter(None, body)))


def _block_text(block: Block) -> str:
    if isinstance(block, str):
        return block
    if isinstance(block, Picture):
        return f"[图：{block.words}]"
    lines = [
        f"{number}. " + "；".join(f"{head}：{cell}" for head, cell in zip(block.headers, row, strict=True) if cell)
        for number, row in enumerate(block.rows, 1)
    ]  # fmt: skip
    return "\n".join([block.caption, *lines] if block.caption else lines)


def _block_html(block: Block) -> str:
    if isinstance(block, str):
        return f'<p style="margin:0 0 12px">{escape(block).replace(chr(10), "<br>")}</p>'
    if isinstance(block, Picture):
        return (
            f'<p style="margin:0 0 12px"><img src="cid:{escape(block.name)}" alt="{escape(block.words)}" '
            'style="max-width:100%;height:auto;border:0"></p>'
        )
    caption = (
        f'<p style="margin:0 0 6px;font-weight:bold">{escape(block.caption)}</p>' if block.caption else ""
    )
    body = (
        _columns(block)
        if len(block.headers) <= MOST_COLUMNS
        else "".join(_card(block.headers, row) for row in block.rows)
    )
    return f'{caption}<div style="margin:0 0 16px">{body}</div>'


def _columns(table: Table) -> str:
    heads = "".join(f'<th scope="col" style="{_CELL};{_HEAD}">{escape(head)}</th>' for head in table.headers)
    rows = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in table.rows
    )
    return (
        '<table style="border-collapse:collapse;width:100%;font-size:15px">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _card(headers: tuple[str, ...], row: tuple[str, ...]) -> str:
    """The first cell is its head; the others follow with their headers, side by side as far as there is room."""
    cells = "".join(
        f'<span style="display:inline-block;margin:0 16px 0 0;vertical-align:top">'
        f'<span style="color:#57606a">{escape(head)}：</span>{escape(cell)}</span>'
        for head, cell in zip(headers[1:], row[1:], strict=True)
        if cell
    )
    return (
        '<div style="border:1px solid #d0d7de;border-left:4px solid #2f6b9a;padding:8px 10px;margin:0 0 8px;font-size:15px">'
        f"<strong>{escape(row[0])}</strong><br>{cells}</div>"
    )
