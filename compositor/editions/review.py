"""The review copy: the set document in; a PDF to be read closely, on A4, double-spaced, its lines numbered, out.

The numbers are drawn, not written, and are artifacts: they stand beside the words and are none, so that a passage can be
copied without them and a screen reader does not say them. What a blind review must not show is taken from the sheet
before it comes here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from compositor.editions import linemap, pdf
from compositor.model import Paper
from compositor.pages import lines, outlines, pagination
from compositor.reading.paper import NAMED
from compositor.result import Artifact

if TYPE_CHECKING:
    from compositor.setting.sheet import Sheet

TEMPLATE = "review.html"
SIDE, TOP = 90.0, 72.0  # points; the margins are for the reviewer's pen
SIZE, LEADING, LINES = 12.0, 24.0, 28  # points, points, lines of a page
DIGITS = 8.0  # points; the size of the numbers
OFF = 20.0  # points between a number and the text


def paper() -> Paper:
    """Give the page of every review copy, whatever the journal's: one column on A4."""
    width, height = NAMED["a4"]
    bottom = height - TOP - LINES * LEADING - 0.1  # a tenth, so that rounding never costs the last line
    return Paper(width, height, TOP, bottom, SIDE, 1, 0.0, SIZE, LEADING)


def render(sheet: Sheet) -> Artifact:
    """Print the review copy, and give it the places of its lines."""
    pages = replace(sheet, paper=paper())
    layout, fetch = pdf.lay_out(pages, TEMPLATE)
    printed = lines.read(layout)
    running = sheet.origin.options.numbers == "running"

    def number(file: Any) -> None:
        for page in range(len(file.page_references)):
            numbered = [
                outlines.Mark(str(count if running else line.on_page), line.edge * 0.75 - OFF, line.baseline * 0.75)
                for count, line in enumerate(printed, 1)
                if line.page == page + 1
            ]
            outlines.draw(file, page, numbered, DIGITS)

    name = f"{sheet.name}.review.pdf"
    data = pdf.write(pages, layout, fetch, name, number)
    placed, margins = linemap.place(printed, sheet.origin.texts), pagination.page_margins(layout)
    return Artifact(name, pdf.MEDIA_TYPE, data, pages=len(layout.pages), lines=placed, margins=margins)
