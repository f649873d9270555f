"""Tables: an XHTML table in, its caption and a ``w:tbl`` with header rows, spans and widths out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from compositor.setting import cells, markup
from compositor.word.parts import TWIPS, w

if TYPE_CHECKING:
    from lxml import etree

    from compositor.setting.cells import Cell
    from compositor.word.paragraphs import Place
    from compositor.word.runs import Look
    from compositor.word.writer import Writer

LETTER = 130  # twips that a letter of a cell takes, for columns whose width nobody asked for
LONGEST = 34  # letters; a longer cell is broken
BOLD = 1.15  # and how much wider a bold one is
GAP = 230  # twips of margin in a cell, left and right together
ALIGN = {"left": "left", "center": "center", "right": "right", "justify": "both"}


def write(writer: Writer, table: etree._Element, place: Place) -> None:
    """Write a table with its caption above."""
    caption = table.find("caption")
    if caption is not None:
        writer.child(caption, replace(place, item=None), writer.look)
    rows = cells.rows_of(table)
    if not rows:
        return
    if writer.out and writer.out[-1].tag == w("tbl").tag:  # Word would make one table of the two
        writer.out.append(w("p"))
    grid = cells.grid(rows)
    columns = cells.columns_of(grid)
    widths = _widths(table, grid, columns, round(place.measure * TWIPS))
    head = sum(row.getparent().tag == "thead" for row in rows)
    look = w("tblLook", val="0420", firstRow=int(bool(head)), lastRow=0, firstColumn=0, lastColumn=0, noHBand=0, noVBand=1)
    properties = [w("tblStyle", val="ArticleTable"), *([w("bidiVisual")] if place.rtl else [])]
    properties += [w("tblW", w=sum(widths), type="dxa"), w("tblLayout", type="autofit"), look]
    made = w("tbl", w("tblPr", *properties), w("tblGrid", *(w("gridCol", w=width) for width in widths)))
    for number, line in enumerate(grid):
        height = [w("cantSplit"), *([w("tblHeader")] if number < head else [])]
        row = [_cell(writer, place, cell, widths, number == head - 1) for cell in line]
        made.append(w("tr", w("trPr", *height), *row))
    writer.out.append(made)
    writer.after_table = True


def write_panels(writer: Writer, panels: list[etree._Element], columns: int, place: Place, look: Look) -> None:
    """Write the panels of a figure side by side: a table without rules, each panel with its caption in a cell."""
    width = round(place.measure * TWIPS / columns)
    look_of = w("tblLook", val="0000", firstRow=0, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1)
    properties = [*([w("bidiVisual")] if place.rtl else []), w("tblW", w=width * columns, type="dxa")]
    margins = w("tblCellMar", w("left", w=0, type="dxa"), w("right", w=GAP, type="dxa"))
    properties += [w("tblLayout", type="fixed"), margins, look_of]
    made = w("tbl", w("tblPr", *properties), w("tblGrid", *(w("gridCol", w=width) for _ in range(columns))))
    inside = replace(place, measure=(width - GAP) / TWIPS)
    outer = writer.out
    for start in range(0, len(panels), columns):
        row = w("tr", w("trPr", w("cantSplit")))
        for panel in (panels[start : start + columns] + [None] * columns)[:columns]:
            writer.out = []
            if panel is not None:
                writer.child(panel, inside, look)
            cell = w("tc", w("tcPr", w("tcW", w=width, type="dxa")), *(writer.out or [w("p", w("pPr", w("keepNext")))]))
            row.append(cell)
        made.append(row)
    writer.out = outer
    writer.out.append(made)
    writer.after_table = False


def _widths(table: etree._Element, grid: list[list[Cell]], columns: int, measure: int) -> list[int]:
    """Give the widths of the columns in twips: as the author's source has them, or as their words need."""
    asked = [re.search(r"width:\s*([\d.]+)%", column.get("style", "")) for column in table.iterfind("colgroup/col")]
    whole = re.search(r"width:\s*([\d.]+)%", table.get("style", ""))
    if len(asked) == columns and all(asked):
        parts = [float(match[1]) for match in asked if match]
        total = measure * min(100.0, float(whole[1]) if whole else 100.0) / 100
        wide = [max(GAP, round(total * part / sum(parts))) for part in parts]
    else:
        wide = []
    least, natural = [GAP + 4 * LETTER] * columns, [GAP + 4 * LETTER] * columns
    for line in grid:
        for start, span, _, cell in line:
            if span == 1:
                said = markup.text(cell)
                letter = LETTER * (BOLD if cell.tag == "th" else 1)
                word = max((len(word) for word in said.split()), default=0)
                least[start] = max(least[start], round(GAP + letter * (1 + min(LONGEST, word))))
                natural[start] = max(natural[start], round(GAP + letter * (1 + min(LONGEST, len(said)))))
    if wide:
        return _widened(wide, least)
    room = measure - sum(least)
    if sum(natural) <= measure:
        return natural
    if room <= 0:
        return _capped(least, measure)
    wish = sum(natural) - sum(least)
    return [width + room * (most - width) // wish for width, most in zip(least, natural, strict=True)]


def _widened(widths: list[int], least: list[int]) -> list[int]:
    """Give columns that would part their words what these need, if the others have it; Pandoc's widths may be dashes' alone."""
    spare = [max(0, width - need) for width, need in zip(widths, least, strict=True)]
    lacking = sum(max(0, need - width) for width, need in zip(widths, least, strict=True))
    if not 0 < lacking <= sum(spare):
        return widths
    return [max(need, width - lacking * free // sum(spare)) for width, need, free in zip(widths, least, spare, strict=True)]


def _capped(widths: list[int], measure: int) -> list[int]:
    """Narrow the widest columns, to one width, so that all have room; the short words of the others are not to be parted."""
    room = measure
    for place, width in enumerate(sorted(widths)):
        share = room // (len(widths) - place)
        if width > share:
            return [min(other, share) for other in widths]
        room -= width
    return widths


def _cell(writer: Writer, place: Place, cell: Cell, widths: list[int], ruled: bool) -> etree._Element:
    start, span, part, element = cell
    properties = [w("tcW", w=sum(widths[start : start + span]), type="dxa")]
    properties += [w("gridSpan", val=span)] if span > 1 else []
    properties += [w("vMerge", val=part)] if part else []
    if ruled:
        properties.append(w("tcBorders", w("bottom", val="single", sz=4, space=0, color="auto")))
    made = w("tc", w("tcPr", *properties))
    outer, writer.out = writer.out, []
    writer.after_table = False
    match = re.search(r"text-align:\s*(\w+)", element.get("style", ""))
    style = "TableHead" if element.tag == "th" else "TableText"
    inside = replace(place, style=style, item=None, level=-1, indent=0, align=ALIGN.get(match[1], "") if match else "")
    if part != "continue":
        writer.expect(element)
        writer.walk(element, inside, writer.look.within(element))
        writer.close()
        if cells.SPANNER in element.get("class", "").split() and writer.out:
            _underline(writer.out[-1])
    if not writer.out or writer.out[-1].tag != w("p").tag:
        writer.out.append(w("p", w("pPr", w("pStyle", val=style))))
    made.extend(writer.out)
    writer.out = outer
    writer.after_table = False
    return made


def _underline(block: etree._Element) -> None:
    """Set the rule under a head over several columns: the paragraph's, for that of a cell would run into its neighbour's."""
    style = block.find("{*}pPr/{*}pStyle")
    if style is not None:
        kept = style.getnext() if style.getnext() is not None and style.getnext().tag == w("keepNext").tag else style
        kept.addnext(w("pBdr", w("bottom", val="single", sz=4, space=1, color="auto")))
