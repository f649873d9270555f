"""Figures and tables that their author wants at the top or bottom of a page: a laid-out PDF in, where each stands out.

WeasyPrint floats nothing to the edge of a page. So such a figure is taken out of the flow and set at the edge of the page
that its place in the text falls on, and that page is told to leave room for it; in the structure of the file it stays where
it is in the text. Where the room it takes drives its place to the next page, it goes there, and its place moves down past
paragraphs until it is on that page. The first page has its title and imprint at its edges, and takes none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

PLACED = "data-placed"  # numbers these figures, so that a box can be traced to its element
OWN_PAGE = "own-page"  # the class of what has a page for itself
LANDSCAPE = "landscape"  # and where that page lies on its side
LINE = 56 / 3  # CSS pixels: the 14 points of print's grid
MOST = 0.7  # of a page's height; what is taller stays in the flow


@dataclass(frozen=True)
class Spot:
    """Where a figure stands."""

    page: int  # from 1; 0 leaves it in the flow
    edge: str  # "top" or "bottom"
    height: float  # CSS pixels, a whole number of lines


Spots = dict[int, Spot]


def wanted(figure: etree._Element) -> str:
    """Give what the author wants: "here", "top", "bottom", "page", "landscape" or nothing."""
    return figure.get("data-placement") or ""


def is_landscape(part: etree._Element) -> bool:
    """Whether something stands on a landscape page, by itself or in what it is a part of."""
    around = (part, *part.iterancestors("figure", "div"))
    return any({OWN_PAGE, LANDSCAPE} <= set(element.get("class", "").split()) for element in around)


def set_out(figure: etree._Element, edge: str, index: int, spots: Spots) -> None:
    """Take a figure out of the flow; ``edge`` is the one it is wanted at.

    At first it has no spot and takes no room, so that it is not sent farther than those before it will send it.
    """
    figure.set(PLACED, str(index))
    figure.set("data-placement", edge)
    spot = spots.get(index)
    if spot is None:
        spot = Spot(1, edge, 0.0)
    same = {number: other.height for number, other in spots.items() if (other.page, other.edge) == (spot.page, spot.edge)}
    above = sum(height for number, height in same.items() if number < index)  # several stand in the order of the text
    shift = sum(same.values()) - above if spot.edge == "top" else above + spot.height
    style = f"position: absolute; width: 100%; left: 0; margin: 0; {spot.edge}: {-shift:.2f}px"
    figure.set("style", f"{figure.get('style', '')}; {style}".strip("; "))


def page_rules(spots: Spots) -> str:
    """Write the rules that make the pages leave room."""
    rooms: dict[tuple[int, str], float] = {}
    for spot in spots.values():
        if spot.page:
            rooms[spot.page, spot.edge] = rooms.get((spot.page, spot.edge), 0.0) + spot.height
    return "\n".join(
        f"@page :nth({page}) {{ padding-{edge}: {height:.2f}px }}" for (page, edge), height in sorted(rooms.items())
    )


def settle(
    pages: list[Any], spots: Spots, delays: dict[int, int], following: Callable[[Any], list[Any]]
) -> tuple[Spots, dict[int, int]]:
    """Give each such figure its page, or its place in the text another; both as they are when all is well.

    ``delays`` says past how many blocks a figure has moved, ``following`` which blocks it may move past.
    """
    starts = _starts(pages)
    spots, delays = dict(spots), dict(delays)
    settled = True  # so far; what stands behind the first that is not moves with it, and is only guessed at
    found = [
        (int(box.element.get(PLACED)), number, box) for number, page in enumerate(pages, start=1) for box in placed_boxes(page)
    ]
    for index, number, box in sorted(found, key=lambda item: item[:2]):
        spot = spots.get(index)
        if spot is None:
            height = (math.ceil(round(box.border_height() / LINE, 2)) + 1) * LINE
            fits = height <= pages[0].height * MOST
            spots[index] = Spot(max(number, 2) if fits else 0, wanted(box.element), height)
        elif number > spot.page or (number < spot.page and number > 1 and not settled):
            spots[index] = replace(spot, page=number)
        elif number < spot.page:
            behind = following(box.element)
            passed = sum(1 for block in behind if starts.get(block, spot.page) < spot.page)
            if behind:
                delays[index] = delays.get(index, 0) + max(passed, 1)
            else:
                spots[index] = replace(spot, page=0)
        settled = settled and spots[index] == spot and number == spot.page
    return spots, delays


def _numbered(pages: list[Any]) -> list[tuple[int, Any]]:
    return list(enumerate(pages, start=1))


def misplaced(pages: list[Any], spots: Spots) -> Spots:
    """Give the figures whose place in the text is on another page after all, put back into the flow."""
    found = {int(box.element.get(PLACED)): number for number, page in enumerate(pages, start=1) for box in placed_boxes(page)}
    return {index: spot if found.get(index) == spot.page else Spot(0, spot.edge, spot.height) for index, spot in spots.items()}


def placed_boxes(box: Any) -> Iterator[Any]:
    """Give the boxes of such figures, in reading order, each once a page."""
    element = getattr(box, "element", None)
    if element is not None and "::" not in str(box.element_tag) and element.get(PLACED):
        yield box
        return
    for child in getattr(box, "children", None) or ():
        yield from placed_boxes(child)


def _starts(pages: list[Any]) -> dict[Any, int]:
    """Give the page that each element begins on."""
    found: dict[Any, int] = {}
    for number, page in enumerate(pages, start=1):
        waiting = [page]
        while waiting:
            box = waiting.pop()
            if getattr(box, "element", None) is not None:
                found.setdefault(box.element, number)
            waiting += getattr(box, "children", None) or ()
    return found
