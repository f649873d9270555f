"""Words in drawings: each shaped as one, as a browser does it.

WeasyPrint draws the text of an SVG letter by letter. So nothing is kerned, an accent stands beside its letter, Arabic is not
joined, and words written from right to left are drawn from left to right. Here a text that has one place goes to Pango in one
piece, and one whose letters have places of their own letter by letter, each with its marks.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = ("x", "y", "dx", "dy")
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"


class _Text(str):
    """A text that gives its pieces where WeasyPrint asks for its letters."""

    __slots__ = ("whole",)
    whole: bool

    def __iter__(self) -> Iterator[str]:
        return iter([str(self)] if self.whole else clusters(self))


def clusters(text: str) -> list[str]:
    """Part a text into letters, each with the marks that belong to it."""
    found: list[str] = []
    for place in range(len(text)):
        sign = text[place]
        if found and (unicodedata.category(sign)[0] == "M" or sign in JOINERS or found[-1][-1] == JOINERS[0]):
            found[-1] += sign
        else:
            found.append(sign)
    return found


@cache
def shape_whole() -> None:
    """Let WeasyPrint, which has been loaded, shape the words of drawings."""
    from weasyprint import svg

    theirs = svg.text

    def text(drawing: Any, node: Any, font_size: float) -> None:
        said = node.text
        if said:
            pieces = node._etree_node.text = _Text(said)
            pieces.whole = has_one_place(node)
        theirs(drawing, node, font_size)
        node._etree_node.text = said

    svg.text = text
    svg.TAGS |= {name: text for name, draw in svg.TAGS.items() if draw is theirs}


def has_one_place(node: Any) -> bool:
    """Whether an element of text says nothing of single letters: their places, their angles, or how far apart they stand."""
    listed = any(re.search(r"\S[\s,]+\S", node.get(name) or "") for name in PLACES)
    apart = node.get("textLength") or (node.get("letter-spacing") or "0").strip() not in ("0", "normal")
    turned = any(float(angle) for angle in re.findall(r"\d+\.?\d*|\.\d+", node.get("rotate") or ""))
    return not (listed or apart or turned or str(node.tag).endswith("textPath"))
