"""Figures and signs that are drawn, not written: marks of a page in, operators of a PDF out.

They are artifacts: they stand beside the words and are none, so that a passage can be copied without them and a screen
reader does not say them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from compositor.fonts import typefaces

if TYPE_CHECKING:
    from collections.abc import Sequence

GREY = 0.35
TURN = "\N{RIGHTWARDS ARROW WITH HOOK}"  # a line goes on
# an arrow with a hook of half the height of a figure, in thousandths of an em, as strokes; no font of ours has one
HOOK = "70 w 1 J 1 j 160 620 m 130 620 l 40 620 40 340 130 340 c 680 340 l 530 480 m 680 340 l 530 200 l S"
WIDE = 720  # what it takes


@dataclass(frozen=True, slots=True)
class Mark:
    """A number, or the sign of a line that goes on."""

    text: str
    right: float  # points from the left of the page to its end
    baseline: float  # points from the top of the page


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


@cache
def _figures() -> tuple[dict[str, str], float, int]:
    """Give the outlines of the ten figures, their common width, and the units of an em."""
    face = next(face for face in typefaces.FACES if face.family == "Source Sans 3")
    with TTFont(face.path) as font:
        glyphs, names = font.getGlyphSet(location={"wght": 400}), font.getBestCmap()
        drawn = {}
        for figure in "0123456789":
            pen = _Pen(glyphs)
            glyphs[names[ord(figure)]].draw(pen)
            drawn[figure] = " ".join([*pen.said, "f"])
        return drawn, float(max(glyphs[names[ord(figure)]].width for figure in "0123456789")), font["head"].unitsPerEm


def draw(file: Any, page: int, marks: Sequence[Mark], size: float) -> None:
    """Draw marks on a page of a file, counted from 0; ``size`` is that of the figures in points.

    The space of a page is WeasyPrint's: points from the top left, y downwards.
    """
    if not marks:
        return
    outlines, wide, em = _figures()
    scale = size / em
    drawn = [f"/Artifact <</Type /Layout>> BDC q {GREY} g {GREY} G"]
    for mark in marks:
        for place, figure in enumerate(reversed(mark.text), start=1):
            turned = figure == TURN
            x = mark.right - (WIDE * em / 1000 if turned else place * wide) * scale
            by = scale * em / 1000 if turned else scale
            drawn.append(f"q {by:g} 0 0 {-by:g} {x:.3f} {mark.baseline:.3f} cm {HOOK if turned else outlines[figure]} Q")
    content = file.objects[int(file.page_references[page].split()[0])]["Contents"]
    file.objects[int(content.split()[0])].stream += [" ".join([*drawn, "Q EMC"]).encode()]
