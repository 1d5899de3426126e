"""推荐汇总表: the table of what is recommended, as a docx by GB/T 9704 and as an xlsx, from the same rows."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipelines.media.leaving import Leaving
from pipelines.notice.feeds import Recommend
from pipelines.notice.model import Notice
from pipelines.recommend.contents import Item
from pipelines.report.document import Statement, write_statement
from pipelines.report.phrases import full_moment
from pipelines.report.tables import Column, Table
from pipelines.report.workbook import write_table_workbook

NAME = "推荐汇总表"
_COLUMNS = (
    Column("序号", "count", 1.6),
    Column("标题", "text", 6.4),
    Column("推荐单位", "text", 4.6),
    Column("所在市", "text", 2.0),
    Column("活动日期", "date", 3.2),
    Column("材料类型", "text", 2.2),
    Column("活动类别", "text", 2.6),
    Column("宣传主题", "text", 2.2),
    Column("链接", "text", 4.6),
    Column("原件数", "count", 1.6),
)
_NOTE = "按入选先后排列，排名不分先后；原件在同一序号的文件夹里。没有放入的原件及原因见 manifest.json。"


def make_table(items: Sequence[Item], leaving: Leaving) -> Table:
    """A row an item."""
    rows = []
    for one in items:
        item = one.chosen
        words = (item.material_type, item.category, item.theme, item.link)
        told = [leaving.clean(word) or None for word in words]
        place = leaving.clean(item.recipient), item.city
        rows.append((one.number, leaving.clean(item.title), *place, item.day, *told, len(one.files)))
    return Table("recommendation", NAME, _COLUMNS, tuple(rows), None, _NOTE)


def write_tables(notice: Notice, settings: Recommend, items: Sequence[Item], leaving: Leaving, as_of: datetime, folder: Path) -> tuple[Path, Path]:  # fmt: skip
    """推荐汇总表.docx and .xlsx in the folder."""
    table = make_table(items, leaving)
    publisher = settings.publisher or notice.bulletins.publisher or notice.issuer
    subject = notice.bulletins.subject or notice.title
    title = f"关于推荐{subject}优秀材料的报告"
    units = len({one.chosen.recipient_code for one in items})
    files = sum(len(one.files) for one in items)
    lines = (
        f"根据《{notice.title}》（{notice.document_number}），现从各单位报送的材料中择优推荐 {len(items)} 件，"
        f"来自 {units} 个单位，附原件 {files} 个。入选情况截至{full_moment(as_of)}。",
        "推荐材料的目录、原件清单和校验码随压缩包一并报送。",
    )
    statement = Statement(title, notice.title, settings.to, lines, table, publisher, as_of)
    docx, xlsx = folder / f"{NAME}.docx", folder / f"{NAME}.xlsx"
    write_statement(statement, docx)
    write_table_workbook(table, title, [f"推荐给：{settings.to}", *lines], publisher, as_of, xlsx)
    return docx, xlsx
