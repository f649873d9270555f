"""The review copy: the set document in; a PDF to be read closely, on A4, double-spaced, its lines numbered, out.

The numbers are drawn, not written, and are artifacts: they stand beside the words and are none, so that a passage can be
copied without them and a screen reader does not say them. What a blind review must not show is taken from the sheet
before it comes here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from compositor import fonts, linemap
from compositor.editions import lines, pagination, pdf
from compositor.model import Paper
from compositor.paper import NAMED
from compositor.result import Artifact

if TYPE_CHECKING:
    from compositor.editions.lines import Printed
    from compositor.sheet import Sheet

TEMPLATE = "review.html"
SIDE, TOP = 90.0, 72.0  # points; the margins are for the reviewer's pen
SIZE, LEADING, LINES = 12.0, 24.0, 28  # points, points, lines of a page
DIGITS = 8.0  # points; the size of the numbers
OFF = 20.0  # points between a number and the text
GREY = 0.35


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
        for index, reference in enumerate(file.page_references, start=1):
            content = file.objects[int(reference.split()[0])]["Contents"]
            marks = [(line, count if running else line.on_page) for count, line in enumerate(printed, 1) if line.page == index]
            file.objects[int(content.split()[0])].stream += _draw(marks)

    name = f"{sheet.name}.review.pdf"
    data = pdf.write(pages, layout, fetch, name, number)
    placed, margins = linemap.place(printed, sheet.origin.texts), pagination.page_margins(layout)
    return Artifact(name, pdf.MEDIA_TYPE, data, pages=len(layout.pages), lines=placed, margins=margins)


class _Pen(BasePen):  # type: ignore[misc]
    """Writes outlines as the operators of a PDF."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.said: list[str] = []

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - fontTools calls it so
        self.said.append(f"{point[0]:g} {point[1]:g} m")

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.said.append(f"{point[0]:g} {point[1]:g} l")

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.said.append(" ".join(f"{x:.6g} {y:.6g}" for x, y in points) + " c")

    def _closePath(self) -> None:  # noqa: N802
        self.said.append("h")


def _figures() -> tuple[dict[str, str], float, int]:
    """Give the outlines of the ten figures, their common width, and the units of an em."""
    face = next(face for face in fonts.FACES if face.family == "Source Sans 3")
    with TTFont(face.path) as font:
        glyphs, names = font.getGlyphSet(location={"wght": 400}), font.getBestCmap()
        drawn = {}
        for figure in "0123456789":
            pen = _Pen(glyphs)
            glyphs[names[ord(figure)]].draw(pen)
            drawn[figure] = " ".join(pen.said)
        return drawn, float(max(glyphs[names[ord(figure)]].width for figure in "0123456789")), font["head"].unitsPerEm


def _draw(marks: list[tuple[Printed, int]]) -> list[bytes]:
    """Draw the numbers of a page. Its space is WeasyPrint's: points from the top left, y downwards."""
    outlines, wide, em = _figures()
    scale = DIGITS / em
    drawn = [f"/Artifact <</Type /Layout>> BDC q {GREY} g"]
    for line, number in marks:
        left, base = line.edge * 0.75 - OFF, line.baseline * 0.75
        for place, figure in enumerate(reversed(str(number)), start=1):
            x = left - place * wide * scale
            drawn.append(f"q {scale:g} 0 0 {-scale:g} {x:.3f} {base:.3f} cm {outlines[figure]} f Q")
    return [" ".join([*drawn, "Q EMC"]).encode()]
