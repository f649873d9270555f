"""The pages of the PDF in every copy: where each page begins in, marks at those words in the body out.

A reader of an e-book or web page cannot cite a page, because such a copy has none. Ours carry the PDF's: an empty
``span`` of role ``doc-pagebreak`` (DPUB-ARIA 1.1; EPUB Accessibility 1.1, section 4) stands before the first word of
running text of each page. Figures, tables and notes have no share in it: they may stand elsewhere on paper.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

from lxml import etree

from compositor.proof.expected import BLOCKS, INVISIBLE, SILENT
from compositor.setting import markup

ASIDE = {"figure", "table", *SILENT}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of text: where it begins in the stream, and where it is kept in the tree."""

    start: int
    element: etree._Element
    is_tail: bool


def _stream(root: etree._Element) -> tuple[str, list[_Piece]]:
    """Give the running text of a body, blocks apart, and the pieces it is made of."""
    parts: list[str] = []
    pieces: list[_Piece] = []
    length = 0

    def add(text: str | None, element: etree._Element, is_tail: bool) -> None:
        nonlocal length
        if text:
            pieces.append(_Piece(length, element, is_tail))
            parts.append(text)
            length += len(text)

    def edge() -> None:
        nonlocal length
        parts.append("\n")
        length += 1

    def walk(element: etree._Element) -> None:
        name = etree.QName(element).localname if isinstance(element.tag, str) else "svg"
        if name in ASIDE or element.get("role") == "doc-endnotes" or element.get("class") == "table-notes":
            edge()
        else:
            if name in BLOCKS:
                edge()
            add(element.text, element, is_tail=False)
            for child in element:
                walk(child)
            if name in BLOCKS:
                edge()
        if element is not root:
            add(element.tail, element, is_tail=True)

    walk(root)
    return "".join(parts), pieces


def place(root: etree._Element, starts: tuple[tuple[str, ...], ...], first: int = 1) -> int:
    """Mark where pages begin; ``starts`` holds the first words of pages ``first`` and on. Gives how many found their place.

    A page without running text has no words and gets its mark where the next page's stands.
    """
    text, pieces = _stream(root)
    offsets = [piece.start for piece in pieces]
    found: list[tuple[int, int]] = []  # offset in the stream, page
    at, waiting = 0, []
    for number, words in enumerate(starts, start=first):
        waiting.append(number)
        if not words:
            continue
        gap = rf"[\s{INVISIBLE.pattern[1:-1]}]+"
        match = re.compile(gap.join(re.escape(word) for word in words)).search(text, at)
        if match is None:
            waiting.pop()
            continue
        found += [(match.start(), page) for page in waiting]
        at, waiting = match.start() + 1, []
    for offset, number in reversed(found):
        piece = pieces[bisect.bisect_right(offsets, offset) - 1]
        _insert(piece, offset - piece.start, number)
    return len(found)


def _insert(piece: _Piece, offset: int, number: int) -> None:
    """Put a mark into a run of text. Marks go in from the last to the first, so that offsets stay true."""
    page = str(number)
    mark = etree.Element("span", {"role": "doc-pagebreak", "id": f"page-{page}", "data-page": page, "class": "page-mark"})
    element = piece.element
    if piece.is_tail:
        text = element.tail or ""
        element.tail, mark.tail = text[:offset], text[offset:]
        parent = element.getparent()
        parent.insert(parent.index(element) + 1, mark)
    else:
        text = element.text or ""
        element.text, mark.tail = text[:offset], text[offset:]
        element.insert(0, mark)


def marks(root: etree._Element) -> list[tuple[str, str]]:
    """Give the marks of a tree in order: page number and id."""
    return [
        (mark.get("data-page", ""), mark.get("id", "")) for mark in root.iter("span") if mark.get("role") == "doc-pagebreak"
    ]


def with_marks(root: etree._Element, starts: tuple[tuple[str, ...], ...], first: int = 1) -> etree._Element:
    """Give a copy of a body with its pages marked, from number ``first`` on."""
    copy = markup.clone(root)
    place(copy, starts, first)
    return copy
