"""Which fonts a document that is opened or printed on this machine will really show, where the standard's are not there."""

from collections.abc import Collection

from pipelines.report import standard as gb

PURPOSES = {
    gb.TITLE: "标题",
    gb.BODY: "正文",
    gb.LEVEL_1: "一级标题",
    gb.LEVEL_2: "二级标题",
    gb.PAGE_NUMBER: "页码",
}


def say_substitutes(installed: Collection[str]) -> str | None:
    """A sentence about what stands in for what; None where all are there. The document names the standard's own anyway."""
    found = []
    for font, purpose in PURPOSES.items():
        if font.name not in installed:
            instead = next((one for one in font.fallbacks if one in installed), None)
            found.append(
                f"{purpose}{font.name}用{instead}代替" if instead else f"{purpose}{font.name}没有可代替的字体"
            )
    if not found:
        return None
    return (
        f"这台机器缺公文字体：{'；'.join(found)}。文稿里写的仍是标准字体，在装有它们的电脑上打开就是标准版式；"
        "在这台机器上打印或转成 PDF 的，字形和行长会有出入"
    )
