"""Tables that are wider than the page has room for: set smaller, so that they stand in the measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compositor.pages import placement
from compositor.setting import markup

if TYPE_CHECKING:
    from lxml import etree

LETTER = 0.5  # em; a letter of a table, on the average
PAD = 0.8  # em between the columns of a table
SIZE, REVIEW = 8.6, 11.0  # points, as the style sheets have them
SMALLEST = 0.65  # of that size: smaller cannot be read


def least_width(table: etree._Element, size: float = SIZE) -> float:
    """Estimate how narrow a table may become, in points: no word is broken."""
    longest: dict[int, int] = {}
    for row in table.iter("tr"):
        for index, cell in enumerate(row):
            words = max((len(word) for word in markup.text(cell).split()), default=0)
            longest[index] = max(longest.get(index, 0), words)
    return (sum(longest.values()) * LETTER + PAD * len(longest)) * size


def shrink(root: etree._Element, upright: float, landscape: float, size: float = SIZE) -> None:
    """Say of each table that needs more than its page's measure by how much it is set smaller, for the style sheet.

    Both measures are in points.
    """
    for table in root.iter("table"):
        room = landscape if placement.is_landscape(table) else upright
        if (width := least_width(table, size)) > room:
            part = max(SMALLEST, room / width)
            table.set("style", f"{table.get('style', '')}; --shrink: {part:.3f}".lstrip("; "))
