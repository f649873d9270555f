"""What a formula is drawn of: letters of its font and strokes, each with its place, as ziamath sets them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

PLAIN = "black"  # what ziamath calls the colour that nobody asked for
STROKES = ("rect", "path", "ellipse")


@dataclass(frozen=True, slots=True)
class Sign:
    """A glyph of the font of formulas; the origin of its baseline and its size are in em of the surrounding text."""

    glyph: int
    text: str  # the letter that it stands for
    advance: int  # in thousandths of its size
    x: float
    y: float  # below the top of the formula
    size: float
    colour: str = ""  # as CSS has it; empty for that of the text


@dataclass(frozen=True, slots=True)
class Stroke:
    """A bar, a frame, a line from corner to corner or an ellipse in a box; in em of the surrounding text.

    A bar is filled, the others are drawn with a pen. ``height`` of a line is negative where it falls.
    """

    kind: str  # "bar", "frame", "line" or "ellipse"
    x: float
    y: float  # of its top; of a line, of where it begins
    width: float
    height: float
    pen: float = 0.0
    colour: str = ""
    fill: str = ""  # of a frame or an ellipse


Mark = Sign | Stroke


@cache
def name_glyphs() -> None:
    """Let ziamath say which glyph it draws and where; it would write out the outline of each."""
    drawable: Any = import_module("ziamath.drawable")

    def draw(drawn: Any, x: float, y: float, svg: Element) -> tuple[float, float]:
        if not drawn.phantom and not drawn.char.isspace():
            for part, right, up in _parts(drawn.glyph):
                sign: Any = svg.makeelement("sign", {})
                scale = drawn.funit_to_points(1)
                place = {"x": x + right * scale, "y": y - up * scale, "size": drawn.size}
                advance = round(1000 * part.advance() / part.font.info.layout.unitsperem)
                sign.attrib.update(place, glyph=part.index, text=drawn.char, advance=advance, fill=drawn.style.mathcolor)
                svg.append(sign)
        return x + drawn.funit_to_points(drawn.glyph.advance()), y

    drawable.Glyph.draw = draw


def _parts(glyph: Any) -> Iterator[tuple[Any, float, float]]:
    """Give the glyphs that a large one is put together from, each with how far right and up it stands, in units of the font."""
    if hasattr(glyph, "offsets"):
        for part, offset in zip(glyph.glyphs, glyph.offsets, strict=True):
            yield (part, 0, offset) if glyph.vert else (part, offset, 0)
    else:
        yield glyph, 0, 0


def read(drawing: Element, top: float, em: float) -> tuple[Mark, ...]:
    """Read the marks of a drawing whose top and em are given, in its units. Raises ValueError for one of another kind."""
    return tuple(_mark(element, top, em) for element in drawing if element.tag != "defs")


def _mark(element: Element, top: float, em: float) -> Mark:
    said: Any = element.attrib
    colour, fill, pen = (_colour(said.get(name)) for name in ("stroke", "fill", "stroke-width"))
    if element.tag == "sign":
        x, y = said["x"] / em, (said["y"] - top) / em
        return Sign(said["glyph"], said["text"], said["advance"], x, y, said["size"] / em, fill)
    if element.tag not in STROKES:
        raise ValueError(element.tag)
    if element.tag == "path":  # M x y L x y
        x, y, x2, y2 = (float(said["d"].split()[place]) for place in (1, 2, 4, 5))
        return Stroke("line", x / em, (y - top) / em, (x2 - x) / em, (y2 - y) / em, float(pen) / em, colour)
    if element.tag == "ellipse":
        width, height = 2 * float(said["rx"]), 2 * float(said["ry"])
        x, y, kind = float(said["cx"]) - width / 2, float(said["cy"]) - height / 2, "ellipse"
    else:
        x, y, width, height = (float(said[name]) for name in ("x", "y", "width", "height"))
        kind = "frame" if pen else "bar"
    place = x / em, (y - top) / em, width / em, height / em
    return Stroke(kind, *place, float(pen) / em, colour, fill) if pen else Stroke(kind, *place, colour=fill)


def _colour(said: str | None) -> str:
    return "" if said in (None, PLAIN) else str(said)
