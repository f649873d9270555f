"""The sheet of paper: a size in, margins and a type area that is a whole number of lines out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from compositor.model import Paper

POINTS = {"in": 72.0, "mm": 72 / 25.4, "cm": 720 / 25.4, "pt": 1.0}
NAMED = {
    "a4": (210 * POINTS["mm"], 297 * POINTS["mm"]),
    "a5": (148 * POINTS["mm"], 210 * POINTS["mm"]),
    "letter": (612.0, 792.0),
}
SMALLEST, LARGEST = 250.0, 1200.0  # points, for either side
LONGEST = 122 * POINTS["mm"]  # the measure of one column: about 70 characters of the text's size
SIDE = 0.13  # of the width; the least margin left and right of one column
SIDE_OF_COLUMNS = 0.085  # the same where there are two, whose gap is white as well
HEAD, FOOT = (0.0974, 0.086), (0.1045, 0.092)  # of the height, for one column and for two; running head and folio within
GAP = 17.0  # points between two columns


def _size(value: Any) -> tuple[float, float]:
    """Read a page's size: a4, a5, letter, or width x height: 6x9 (inches), 155x235mm. Raises ValueError."""
    text = str(value).strip().lower()
    if text in NAMED:
        return NAMED[text]
    match = re.fullmatch(r"([\d.]+)\s*(in|mm|cm|pt|)\s*[x×]\s*([\d.]+)\s*(in|mm|cm|pt|)", text)
    if match is None or any(side.count(".") > 1 or side == "." for side in (match[1], match[3])):
        raise ValueError(f"{value!r} is no size of a page; write {', '.join(NAMED)}, 6x9, or 155x235mm")
    unit = match[4] or match[2] or "in"
    width, height = float(match[1]) * POINTS[match[2] or unit], float(match[3]) * POINTS[unit]
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise ValueError(f"a page of {value} is too small or too large to set; each side is between 90 mm and 420 mm")
    return width, height


WRITTEN = WithJsonSchema({"type": "string", "description": "A name such as a4 or letter, 6x9 (inches), or 155x235mm."})
PageSize = Annotated[tuple[float, float], BeforeValidator(_size), WRITTEN]  # points


def paper(page: tuple[float, float], columns: int, size: float, line: float, first: int = 1) -> Paper:
    """Lay the type area out on a page: ``size`` and ``line`` are the text's, in points; ``first`` is the first page's number.

    One column is centred and no longer than 122 mm, two fill what the margins leave. The height is a whole number of
    lines, and what is left over goes to the foot.
    """
    width, height = page
    room = width * (1 - 2 * (SIDE if columns == 1 else SIDE_OF_COLUMNS))
    measure = min(room, LONGEST) if columns == 1 else room
    top = height * HEAD[columns - 1]
    lines = round((height * (1 - FOOT[columns - 1]) - top) / line)
    bottom = height - top - lines * line - 0.1  # a tenth, so that rounding never costs the last line
    return Paper(width, height, top, bottom, (width - measure) / 2, columns, GAP, size, line, first)


def landscape(page: Paper) -> Paper:
    """Give the same page on its side, for what is too wide: one column, as wide as two would be."""
    width, height = page.height, page.width
    side = min(page.side, width * SIDE_OF_COLUMNS)
    lines = round((height - page.top - page.bottom) / page.line)
    bottom = height - page.top - lines * page.line - 0.1
    return replace(page, width=width, height=height, bottom=bottom, side=side, columns=1)
