"""Lines made as wide as they are to be: by their spaces, and by letters that are a little wider or narrower.

A hundredth or two in the width of letters is not seen, and takes a good deal of the unevenness out of the spaces: H. Zapf's
and P. Karow's method in hz-program, and the "font expansion" of pdfTeX.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from compositor.pages import boxes

if TYPE_CHECKING:
    from compositor.justify.totalfit import Measure


def is_loose(line: Any, more: float) -> bool:
    """Whether a line that is made wider, in CSS pixels, by its spaces has holes in it; two gaps alone may be larger."""
    spaces = sum(_spaces(box) for box in boxes.inside(line) if boxes.is_text(box))
    return more > spaces * line.style["font_size"] * (LOOSEST if spaces >= SEVERAL else 2 * LOOSEST) if spaces else False


LOOSEST = 0.75  # em that are put into a space at the most: a line with holes in it is worse than a short one
SEVERAL = 3  # spaces


def widen(context: Any, line: Any, more: float, measure: Measure) -> None:
    """Make a line wider, in CSS pixels, or narrower, where ``more`` is less than nothing."""
    texts = [box for box in boxes.inside(line) if boxes.is_text(box)]
    spaces = sum(map(_spaces, texts))
    letters = sum(box.width for box in texts)
    if not letters:
        return
    each = measure.give * letters
    gap = more - spaces * (measure.best - measure.space)
    room = spaces * (measure.stretch if gap > 0 else measure.shrink) + each
    part = max(-each, min(each, gap * each / room)) if room else 0.0
    scale = round(1 + part / letters, 4)
    _spread(context, line, (more - (scale - 1) * letters) / spaces if spaces else 0.0, scale, 0.0)


def _spaces(box: Any) -> int:
    from weasyprint.layout.inline import count_expandable_spaces

    return int(count_expandable_spaces(box))


def _spread(context: Any, box: Any, spacing: float, scale: float, moved: float) -> float:
    """Do what ``add_word_spacing`` does, with letters of another width; gives how far what follows is to be moved."""
    from weasyprint.text.line_break import create_layout

    if boxes.is_text(box):
        box.position_x += moved
        box.stretch, box.justification_spacing = scale, spacing / scale
        before = float(box.width)
        spaces = _spaces(box)
        if box.pango_layout.text != box.text:  # a space at the end was taken away
            box.pango_layout = create_layout(box.text, box.style, context, None, 0)
            box.pango_layout.deactivate()
        box.pango_layout.justification_spacing = box.justification_spacing  # heeded when it is drawn
        wider = before * (scale - 1) + spacing * spaces
        box.width += wider
        return moved + wider
    if not (boxes.is_line(box) or type(box).__name__ == "InlineBox"):
        box.translate(moved, 0)
        return moved
    box.position_x += moved
    begun = moved
    for child in box.children:
        if child.is_in_normal_flow():
            moved = _spread(context, child, spacing, scale, moved)
    box.width += moved - begun
    return moved


@cache
def draw_stretched() -> None:
    """Let WeasyPrint draw letters as wide as they were made."""
    from weasyprint.draw import text
    from weasyprint.matrix import Matrix

    theirs = text.draw_first_line

    def draw_first_line(stream: Any, box: Any, overflow: Any, ellipsis: Any, matrix: Any) -> Any:
        if (scale := getattr(box, "stretch", 1.0)) != 1:
            matrix = Matrix(a=scale) @ matrix
        return theirs(stream, box, overflow, ellipsis, matrix)

    text.draw_first_line = draw_first_line
