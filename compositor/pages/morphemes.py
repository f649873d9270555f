"""Interlinear glosses on paper: a body in, the same with those that stay on one page, and places where long words break, out.

A word and what it means stand in one piece, unless no line holds them. Then they break before the hyphens of their parts,
where no program that reads a PDF takes the hyphen away (see breaks.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from compositor.pages.breaks import WHOLE, ZERO_WIDTH_SPACE
from compositor.setting import glosses, markup

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 32  # characters; what the narrowest column has room for
MANY = 12  # words, of one line or two; a longer gloss may go on on the next page
SHORT = "short"  # the class of one that may not
LONG = "long"  # the class of a word that breaks


def part(root: etree._Element) -> None:
    """Mark short glosses, and where long words break."""
    for words in root.xpath(f"//ul[@class='{glosses.WORDS}'][count(li) <= {MANY}]"):
        holder = words.getparent()
        holder.set("class", f"{holder.get('class', '')} {SHORT}")
    for item in root.xpath(f"//{glosses.ITEMS}"):
        for cell in item:
            if len(markup.text(cell)) > LONGEST:
                item.set("class", LONG)
                _split(cell)


def _split(cell: etree._Element) -> None:
    """Keep each part of a word whole, from its hyphen on, and let it break before that."""
    pieces = [etree.Element("span", {"class": WHOLE})]
    for piece in list(_pieces(cell)):
        starts = isinstance(piece, str) and piece[:1] in ("-", "=")
        if starts and (len(pieces[-1]) or pieces[-1].text):
            pieces[-1].tail = ZERO_WIDTH_SPACE
            pieces.append(etree.Element("span", {"class": WHOLE}))
        if not isinstance(piece, str):
            piece.tail = None
            pieces[-1].append(piece)
        elif len(pieces[-1]):
            pieces[-1][-1].tail = (pieces[-1][-1].tail or "") + piece
        else:
            pieces[-1].text = (pieces[-1].text or "") + piece
    cell[:] = pieces
    cell.text = None


def _pieces(cell: etree._Element) -> Iterator[str | etree._Element]:
    yield from re.split(r"(?=[-=])", cell.text or "")
    for child in cell:
        tail = child.tail or ""
        yield child
        yield from re.split(r"(?=[-=])", tail)
