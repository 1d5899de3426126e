"""GB/T 9704-2012 (党政机关公文格式) in numbers. Lengths in twips (1/20 pt; 1 mm = 56.69), sizes in points.

Fonts are named as offices have them; `Font.fallbacks` are written into the document for machines that lack them.
"""

from dataclasses import dataclass

PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838
"""A4: 210 × 297 mm."""
TOP, LEFT, RIGHT, BOTTOM = 2098, 1587, 1474, 1984
"""天头 37 mm, 订口 28 mm; what is left of A4 around a type area of 156 × 225 mm is 26 and 35 mm."""
TYPE_WIDTH, TYPE_HEIGHT = PAGE_WIDTH - LEFT - RIGHT, PAGE_HEIGHT - TOP - BOTTOM
RED = "E60012"
LINES, CHARACTERS = 22, 28
LINE_PITCH = TYPE_HEIGHT // LINES
"""One line: 22 of them fill the type area, 10.2 mm each."""
CHARACTER_SPACE = -848
"""What a 3号 character gives up so that 28 stand in a line, in 1/4096 pt."""
NARROWER = -6
"""The same in twips, said once more of the letters, for programs that read the grid in their own way: 28 of 15.7 pt fit
both the type area and the 28 cells that LibreOffice makes of it."""
FOOTER = 1426
"""From the page's lower edge to the page number's: its dash then stands 7 mm below the type area."""

SIZE_MARK = 40.0
"""发文机关标志; the standard wants it larger than 二号 and seemly, no more."""
SIZE_2, SIZE_3, SIZE_4 = 22.0, 16.0, 14.0
"""二号, 三号, 四号."""
SIZE_5, SIZE_SMALL_5 = 10.5, 9.0
"""五号, 小五: for tables, which the standard leaves free."""
CHARACTER = int(SIZE_3 * 20)
"""One 三号 character, for indents."""


@dataclass(frozen=True)
class Font:
    name: str
    fallbacks: tuple[str, ...]


TITLE = Font("方正小标宋简体", ("小标宋", "华文中宋", "宋体", "Noto Serif CJK SC"))
BODY = Font("仿宋_GB2312", ("仿宋", "FangSong", "华文仿宋", "Noto Serif CJK SC"))
LEVEL_1 = Font("黑体", ("SimHei", "华文黑体", "Noto Sans CJK SC"))
LEVEL_2 = Font("楷体_GB2312", ("楷体", "KaiTi", "华文楷体", "Noto Serif CJK SC"))
PAGE_NUMBER = Font("宋体", ("SimSun", "华文宋体", "Noto Serif CJK SC"))
FONTS = (TITLE, BODY, LEVEL_1, LEVEL_2, PAGE_NUMBER)
DIGITS = "Times New Roman"
"""Figures and Latin letters."""
