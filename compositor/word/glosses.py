"""Interlinear glosses: a list of words with what they mean in, a table without rules out, a row for as many as a line holds."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from compositor.setting import markup
from compositor.word.parts import TWIPS, w

if TYPE_CHECKING:
    from lxml import etree

    from compositor.word.paragraphs import Place
    from compositor.word.writer import Writer

LETTER, CAPITAL = 115, 170  # twips that a letter takes
GAP = 200  # twips between two words

Item = tuple[int, "etree._Element"]  # width in twips, a word with what it means


def write(writer: Writer, words: etree._Element, place: Place) -> None:
    """Write the table; each cell holds a word, and below it what it means."""
    rows = _rows(words, round(place.measure * TWIPS) - place.indent)
    edges = sorted({sum(width for width, _ in row[:end]) for row in rows for end in range(len(row) + 1)})
    if len(edges) < 2:
        return
    grid = [right - left for left, right in itertools.pairwise(edges)]
    margins = w("tblCellMar", w("left", w=0, type="dxa"), w("right", w=0, type="dxa"))
    order = [w("bidiVisual")] if words.get("dir") == "rtl" else []
    properties = w("tblPr", *order, w("tblW", w=edges[-1], type="dxa"), w("tblInd", w=place.indent, type="dxa"))
    properties.extend([w("tblLayout", type="fixed"), margins])
    made = w("tbl", properties, w("tblGrid", *(w("gridCol", w=width) for width in grid)))
    for row in rows:
        line, left = w("tr", w("trPr", w("cantSplit"))), 0
        for width, item in row:
            span = edges.index(left + width) - edges.index(left)
            line.append(_cell(writer, item, place, width, span))
            left += width
        made.append(line)
    if writer.out and writer.out[-1].tag == made.tag:  # Word would make one table of the two
        writer.out.append(w("p"))
    writer.out.append(made)


def _rows(words: etree._Element, measure: int) -> list[list[Item]]:
    """Share the words out, as many to a row as a line holds."""
    rows: list[list[Item]] = []
    left = 0
    for item in words.findall("li"):
        width = min(measure, GAP + max(map(_width, item), default=0))
        if not rows or left < width:
            rows.append([])
            left = measure
        rows[-1].append((width, item))
        left -= width
    return rows


def _width(line: etree._Element) -> int:
    return sum(CAPITAL if sign.isupper() else LETTER for sign in markup.text(line))


def _cell(writer: Writer, item: etree._Element, place: Place, width: int, span: int) -> etree._Element:
    properties = [w("tcW", w=width, type="dxa")] + ([w("gridSpan", val=span)] if span > 1 else [])
    outer, writer.out = writer.out, []
    writer.walk(item, replace(place, style="Gloss", item=None, level=-1, indent=0), writer.look.within(item))
    writer.close()
    made = w("tc", w("tcPr", *properties), *(writer.out or [w("p", w("pPr", w("pStyle", val="Gloss")))]))
    writer.out = outer
    return made
