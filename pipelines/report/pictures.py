"""Report, step 3: pictures for mail bodies: reporting by area, and the days. Without a Chinese font there are none."""

import io
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.report.bulletin import Bulletin
from pipelines.report.phrases import day, full_moment, share

FAMILIES = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC", "SimHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Noto Sans SC",
)  # fmt: skip
"""Looked for in this order; a family that lacks a character that is needed is passed over."""
WIDTH, DPI = 6.4, 110
"""Inches wide, and dots to an inch: 704 pixels, what a mail shows without scaling."""
DONE, LATE, MISSING, PENDING = "#2F6B9A", "#D9A441", "#B4472E", "#C9CED3"


def write_pictures(bulletin: Bulletin, folder: Path, stem: str) -> tuple[list[Path], str | None]:
    """The pictures, and a sentence where there are none."""
    font = find_font(
        "".join(area.name for area in bulletin.areas)
        + bulletin.subject
        + "报送率按时迟报未到期材料截至年月日时分件"
    )
    if font is None:
        return [], "这台机器没有中文字体，没有生成图片；装上 fonts-noto-cjk 之类的字体后重新生成即可"
    drawn = {"areas": _draw_areas}
    if bulletin.has_materials and bulletin.event_days:
        drawn["days"] = _draw_days
    paths = []
    for name, draw in drawn.items():
        path = folder / f"{stem}-{name}.png"
        path.write_bytes(_render(bulletin, font, draw))
        paths.append(path)
    return paths, None


def find_font(needed: str) -> Any:
    """The first installed family that has every character needed; else None. matplotlib remembers for ever which fonts
    there were when it ran first, so where none is found, it looks at the machine once more.
    """
    from matplotlib import font_manager

    codes = {ord(one) for one in needed if not one.isspace()}
    return _look_for(codes, font_manager.fontManager) or _look_for(codes, _fonts_now())


@cache
def _fonts_now() -> Any:
    """The fonts of this machine as it is when this process first asks; matplotlib's own list may be of last year."""
    from matplotlib import font_manager

    return font_manager.FontManager()


def installed_families() -> set[str]:
    """The names of the fonts on this machine."""
    return {one.name for one in _fonts_now().ttflist}


def _look_for(codes: set[int], fonts: Any) -> Any:
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    for family in FAMILIES:
        entries = sorted(
            (one for one in fonts.ttflist if one.name == family and one.style == "normal"),
            key=lambda one: (abs(int(one.weight) - 400) if str(one.weight).isdigit() else 0, one.fname),
        )
        for entry in entries[:1]:
            if codes <= set(FT2Font(entry.fname).get_charmap()):
                return font_manager.FontProperties(fname=entry.fname)
    return None


def _render(bulletin: Bulletin, font: Any, draw: Any) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(dpi=DPI)
    FigureCanvasAgg(figure)
    draw(bulletin, figure, font)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _font(font: Any, size: float) -> Any:
    made = font.copy()
    made.set_size(size)
    return made


def _draw_areas(bulletin: Bulletin, figure: Any, font: Any) -> None:
    """One bar an area: on time, late, missing, of what is due; the rate at its end."""
    areas = bulletin.areas
    height = max(2.2, 0.28 * len(areas) + 1.1)
    figure.set_size_inches(WIDTH, height)
    axes = figure.add_axes((0.13, 0.55 / height, 0.74, 1 - 1.1 / height))
    places = list(range(len(areas)))[::-1]
    left = [0.0] * len(areas)
    for label, colour, values in (
        ("按时", DONE, [area.accepted_due - area.late for area in areas]),
        ("迟报", LATE, [area.late for area in areas]),
        ("未报", MISSING, [area.missing for area in areas]),
    ):
        shares = [value / area.due if area.due else 0.0 for value, area in zip(values, areas, strict=True)]
        axes.barh(places, shares, left=left, color=colour, label=label, height=0.72)
        left = [before + more for before, more in zip(left, shares, strict=True)]
    for place, area in zip(places, areas, strict=True):
        shown = share(area.reporting_rate) if area.due else "未到期"
        axes.text(1.02, place, shown, va="center", fontproperties=_font(font, 9))
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.6, len(areas) - 0.4)
    axes.set_yticks(places, [area.name for area in areas], fontproperties=_font(font, 9))
    axes.set_xticks(
        [0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"], fontproperties=_font(font, 8)
    )
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(
        f"各{bulletin.area_word}已到期项的报送情况（截至{full_moment(bulletin.as_of)}）",
        fontproperties=_font(font, 11),
        loc="left",
        x=-0.15,
    )
    figure.legend(ncols=3, loc="lower center", frameon=False, prop=_font(font, 9))
    axes.text(1.02, len(areas) - 0.35, "报送率", fontproperties=_font(font, 8), color="#555555")


def _draw_days(bulletin: Bulletin, figure: Any, font: Any) -> None:
    """Materials by activity date."""
    figure.set_size_inches(WIDTH, 2.6)
    axes = figure.add_axes((0.08, 0.14, 0.89, 0.68))
    totals = [sum(column) for column in zip(*bulletin.grid, strict=True)]
    places = list(range(len(totals)))
    axes.bar(places, totals, color=DONE, width=0.62)
    for place, total in zip(places, totals, strict=True):
        axes.text(place, total, str(total), ha="center", va="bottom", fontproperties=_font(font, 9))
    axes.set_xticks(places, [day(one) for one in bulletin.event_days], fontproperties=_font(font, 9))
    axes.set_yticks([])
    axes.set_ylim(0, max([*totals, 1]) * 1.15)
    axes.tick_params(length=0)
    axes.spines[["left", "top", "right"]].set_visible(False)
    axes.set_title(
        f"各活动日材料（件，截至{full_moment(bulletin.as_of)}）", fontproperties=_font(font, 11), loc="left"
    )
