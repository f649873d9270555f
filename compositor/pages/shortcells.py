"""Cells of a table that stay on one line, such as a time or a value with its unit, where the others leave them room."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from compositor.pages import columns, placement, widetables
from compositor.pages.breaks import WHOLE
from compositor.setting import markup
from compositor.setting.cells import rows_of

if TYPE_CHECKING:
    from lxml import etree

    from compositor.model import Paper

LONGEST = 24  # letters: a cell of more is text, and may go over lines
LONG = float("inf")
LATIN = "\u024f"  # the last letter of Latin's blocks; those of other scripts are wider
NARROW, WIDE = set(" .,:;'’()[]|/!ijlftr-"), set("mwMW%@—")
INLINE = {"a", "abbr", "b", "cite", "code", "em", "i", "q", "s", "span", "strong", "sub", "sup", "u"}


def keep(root: etree._Element, paper: Paper, wide: Paper, size: float = widetables.SIZE) -> None:
    """Keep whole the cells of the columns for which a table has room, those first where that saves the most lines.

    ``wide`` is the page for landscape tables. One without longer text needs no widths, which Pandoc gives every table whose
    lines are long in the source.
    """
    for table in root.iter("table"):
        box = table.getparent()
        spans = paper.columns == 1 or (box is not None and columns.SPAN in box.get("class", "").split())
        room = (wide.measure if placement.is_landscape(table) else paper.measure if spans else paper.column) / size
        rows = [list(row) for row in rows_of(table)]
        body = [list(row) for row in table.iterfind("tbody/tr")]
        if any(cell.get("colspan") or cell.get("rowspan") for row in rows for cell in row):
            continue
        count = max(map(len, rows), default=0)
        least = [max((_longest_word(row[column]) for row in rows if column < len(row)), default=0.0) for column in range(count)]
        lengths = [[_length(row[column]) for row in body if column < len(row)] for column in range(count)]
        whole = [max(lines, default=0.0) for lines in lengths]
        more = [max(0.0, line - word) for line, word in zip(whole, least, strict=True)]
        taken = sum(least) + widetables.PAD * (count - 1)
        widths = table.xpath("./colgroup[col/@style]")
        if widths and LONG not in whole:
            markup.drop(widths[0])
        elif widths:
            continue
        saved = [sum(length > least[column] for length in lengths[column]) for column in range(count)]
        for column in sorted(filter(saved.__getitem__, range(count)), key=lambda column: more[column] / saved[column]):
            if taken + more[column] > room:
                continue
            taken += more[column]
            for cell in (row[column] for row in body if column < len(row)):
                cell.set("class", f"{cell.get('class', '')} {WHOLE}".strip())


def _width(text: str) -> float:
    """Estimate how wide a text is in a table, in em: rather too wide than too narrow."""
    return sum(map(_letter_width, text))


@cache
def _letter_width(letter: str) -> float:
    if letter in NARROW:
        return 0.32
    if letter in WIDE:
        return 0.85
    if east_asian_width(letter) in "WF":
        return 1.05
    return 0.68 if letter.isupper() or letter > LATIN else 0.53


def _longest_word(cell: etree._Element) -> float:
    return max(map(_width, markup.text(cell).split()), default=0.0)


def _length(cell: etree._Element) -> float:
    """Give the width of the one line that a cell would be; none has room for one that is long or holds more than words."""
    text = " ".join(markup.text(cell).split())
    plain = all(part.tag in INLINE for part in cell.iterdescendants())
    return _width(text) if plain and len(text) <= LONGEST else LONG
