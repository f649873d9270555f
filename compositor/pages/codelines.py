"""Lines of code on paper: a body in, the same with its lines told apart; a layout in, their numbers and signs drawn.

Lines have numbers where the author asks for them; and where one has no room and goes on in the next, a sign beside that says
so. Neither is text (see outlines.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from compositor.pages import boxes, outlines

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = "code-line"  # the class of a line
START = re.compile(r"source-line\s+(\d+)")
NUMBER = "data-line"
SIZE = 7.0  # points, of numbers and signs
OFF = 5.0  # points between a number or sign and its line


def mark(root: etree._Element) -> None:
    """Say of each line of code which it is."""
    for code in root.iterfind(".//pre/code"):
        lines = _lines(code)
        start = START.search(code.get("style", ""))
        numbered = "numberSource" in code.getparent().get("class", "").split()
        for number, line in enumerate(lines, start=int(start[1]) + 1 if start else 1):
            line.set("class", LINE)
            if numbered:
                line.set(NUMBER, str(number))


def _lines(code: etree._Element) -> list[etree._Element]:
    """Give the lines of a block of code; where Pandoc knows no language it has written plain text."""
    if len(code) == 0 and (code.text or "").strip():
        first, *rest = (code.text or "").split("\n")
        code.text = None
        for text in (first, *rest):
            line = etree.SubElement(code, "span")
            line.text = text
            line.tail = "\n"
        code[-1].tail = None
    pieces = list(code)
    whole = not (code.text or "").strip() and all(piece.tag == "span" and not (piece.tail or "").strip() for piece in pieces)
    return pieces if whole else []  # raw HTML may hold anything


def draw(layout: Any, file: Any) -> None:
    """Draw numbers and signs beside the lines of a layout."""
    pages = boxes.pages_of(layout)
    if next(pages[0].children[0].element.iter("pre"), None) is None:
        return
    begun: set[Any] = set()
    for number, page in enumerate(pages):
        outlines.draw(file, number, list(_marks(page, begun)), SIZE)


def _marks(box: Any, begun: set[Any], edge: float = 0.0, baseline: float = 0.0) -> Iterator[outlines.Mark]:
    """Give what stands beside the lines inside a box; ``edge`` is the left of their block, in CSS pixels."""
    if type(box).__name__ == "AbsolutePlaceholder":
        return
    if str(box.element_tag) == "pre":
        edge = box.content_box_x()
    if boxes.is_line(box):
        baseline = box.position_y + box.baseline
    element = getattr(box, "element", None)
    if element is not None and element.get("class") == LINE:
        sign = outlines.TURN if element in begun else element.get(NUMBER)
        begun.add(element)
        if sign:
            yield outlines.Mark(sign, edge * 0.75 - OFF, baseline * 0.75)
        return
    for child in getattr(box, "children", None) or ():
        yield from _marks(child, begun, edge, baseline)
