"""Formulas on paper: to WeasyPrint a picture each; in the file letters of their font, which is far shorter than their outlines.

Read in the order that its letters are drawn in, a formula makes no sense: who copies or searches gets it in words
(``ActualText``, ISO 32000-1, 14.9.4), between signs that show nothing and tell where it begins and ends.
"""

from __future__ import annotations

import re
from functools import cache
from math import sqrt
from typing import TYPE_CHECKING, Any

from compositor import maths
from compositor.fonts import fontface, mathfont
from compositor.maths import SCALE
from compositor.maths.marks import Sign, Stroke

if TYPE_CHECKING:
    from compositor.maths import Formula

ADDRESS = "compositor:formula/"
LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
BOUND = "\N{INVISIBLE SEPARATOR}"
BOUNDED = re.compile(f"{LEFT_TO_RIGHT}?{BOUND}[^{BOUND}\f]*{BOUND}{LEFT_TO_RIGHT}?")
ROUND = 4 / 3 * (sqrt(2) - 1)  # how far the handles of a quarter of an ellipse are from its ends, of its radius


def bounded(words: str) -> str:
    """Give a formula in words between its bounds, which keep to it where words run from right to left beside it."""
    return f"{LEFT_TO_RIGHT}{BOUND}{words.replace(BOUND, '')}{BOUND}{LEFT_TO_RIGHT}"


def without(text: str) -> str:
    """Take the formulas out of what was read of a PDF: they are compared as formulas."""
    return BOUNDED.sub(" ", text)


def address(formula: Formula) -> str:
    """Give the address that a page of print names a formula by."""
    return f"{ADDRESS}{formula.name}"


def store() -> dict[str, Any]:
    """Give WeasyPrint's store of pictures, with every formula that has been drawn, and its parts."""
    return {address(piece): Plate(piece) for formula in maths.known() for piece in (formula, *formula.parts)}


class Plate:
    """A formula in the place of a picture of WeasyPrint's."""

    def __init__(self, formula: Formula) -> None:
        self.formula = formula

    def get_intrinsic_size(self, resolution: float, size: float) -> tuple[float, float, float]:
        """Give width and height in CSS pixels, for a size of type, and their ratio."""
        return self.formula.width * size, self.formula.height * size, self.formula.width / self.formula.height

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Draw it, as wide as is asked in CSS pixels, in the colour of the text around it."""
        import pydyf

        em = width / self.formula.width
        # where all runs from right to left, each reader orders words its own way: a space, for PDFium takes no less
        said = " " if style["direction"] == "rtl" else bounded(self.formula.words)
        stream.begin_marked_content("Span", pydyf.Dictionary({"ActualText": pydyf.String(said)}))
        if signs := [mark for mark in self.formula.marks if isinstance(mark, Sign)]:
            font, _ = stream.add_font(_font(style))
            stream.begin_text()
            for sign in (self._space(0.0), *signs, self._space(self.formula.width)):
                stream.set_color(_colour(sign.colour, style))
                stream.set_font_size(font.hash, sign.size * em)
                stream.set_text_matrix(1, 0, 0, -1, sign.x * em, sign.y * em)
                stream.show_text(f"<{sign.glyph:04x}>")
                font.widths[sign.glyph] = sign.advance
                font.to_unicode.setdefault(sign.glyph, sign.text)
            stream.end_text()
        for mark in self.formula.marks:
            if isinstance(mark, Stroke):
                _stroke(stream, mark, em, style)
        stream.end_marked_content()

    def _space(self, x: float) -> Sign:
        """Give a space on the baseline: readers take its place and size for those of the words (poppler, ActualText)."""
        glyph, advance = _blank()
        start = max(0.0, x - SCALE * advance / 1000)
        return Sign(glyph, " ", advance, start, self.formula.height - self.formula.depth, SCALE)


def _colour(name: str, style: Any) -> Any:
    from tinycss2.color5 import parse_color

    found = parse_color(name) if name else None
    return style["color"] if found is None or found == "currentcolor" else found


@cache
def _blank() -> tuple[int, int]:
    """Give the space of the font of formulas, and its width in thousandths of an em."""
    import uharfbuzz

    font = uharfbuzz.Font(uharfbuzz.Face(mathfont.of_formulas().read_bytes()))
    glyph = font.get_nominal_glyph(ord(" ")) or 0
    return glyph, round(1000 * font.get_glyph_h_advance(glyph) / font.face.upem)


def _font(style: Any) -> Any:
    """Give Pango's font of formulas in a document, which no template need name; the size is no matter."""
    from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p
    from weasyprint.urls import URLFetcherResponse

    def fetch(address: str) -> Any:
        return URLFetcherResponse(address, mathfont.of_formulas().read_bytes(), {"Content-Type": "font/ttf"})

    known = vars(style.font_config)
    if "formulas" not in known:
        face = {"font_family": mathfont.FORMULA_FAMILY, "src": [("external", f"{fontface.ADDRESS}{mathfont.FORMULA_FAMILY}")]}
        style.font_config.add_font_face(face, fetch)
        description = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
        family, _bytes = unicode_to_char_p(mathfont.FORMULA_FAMILY)
        pango.pango_font_description_set_family(description, family)
        pango.pango_font_description_set_absolute_size(description, 1000 * 1024)
        context = ffi.gc(pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref)
        font = pango.pango_font_map_load_font(style.font_config.font_map, context, description)
        known["formulas"] = ffi.gc(font, gobject.g_object_unref)
    return known["formulas"]


def _stroke(stream: Any, stroke: Stroke, em: float, style: Any) -> None:
    x, y, width, height = (length * em for length in (stroke.x, stroke.y, stroke.width, stroke.height))
    stream.set_color(_colour(stroke.colour, style), stroke=stroke.kind != "bar")
    if filled := stroke.fill not in ("", "none"):
        stream.set_color(_colour(stroke.fill, style))
    match stroke.kind:
        case "line":
            stream.move_to(x, y)
            stream.line_to(x + width, y + height)
        case "ellipse":
            _ellipse(stream, x + width / 2, y + height / 2, width / 2, height / 2)
        case _:
            stream.rectangle(x, y, width, height)
    if stroke.kind == "bar":
        stream.fill()
        return
    stream.set_line_width(stroke.pen * em)
    if filled:
        stream.fill_and_stroke()
    else:
        stream.stroke()


def _ellipse(stream: Any, x: float, y: float, across: float, down: float) -> None:
    stream.move_to(x + across, y)
    for right, below in ((0, 1), (-1, 0), (0, -1), (1, 0)):  # where each quarter ends
        before = (below, -right)
        first = before[0] + ROUND * right, before[1] + ROUND * below
        last = right + ROUND * before[0], below + ROUND * before[1]
        points = (*first, *last, right, below)
        stream.curve_to(*(x + across * at if place % 2 == 0 else y + down * at for place, at in enumerate(points)))
    stream.close()
