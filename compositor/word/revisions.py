"""Tracked changes (ISO/IEC 29500-1, 17.13.5): runs and paragraphs in, the same as Word accepts or rejects them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compositor.word.parts import attribute, w

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

MARK = "change"  # the class of the ``ins`` and ``del`` that are such changes; an author's own strike-out is a ``del``, too
FIRST = 100_000  # their numbers are not to be those of bookmarks
BESIDE = ("pPr", "bookmarkStart", "bookmarkEnd")  # what a paragraph holds beside what is read


def tracked(run: etree._Element, kind: str) -> etree._Element:
    """Put a run that is new, or gone, in its mark."""
    if kind == "del":
        for text in run.iter(attribute("t")):
            text.tag = attribute("delText")
    return w(kind, run)


def settle(blocks: Iterable[etree._Element], author: str, start: int = FIRST) -> int:
    """Count the changes in some blocks, from ``start`` on, and say whose they are; gives the number of the next.

    A paragraph or row that is all new, or all gone, goes with its words.
    """
    for block in blocks:
        for paragraph in block.iter(attribute("p")):
            if kind := _all_of(paragraph):
                _part(paragraph, "pPr").append(w("rPr", w(kind)))
        for row in block.iter(attribute("tr")):
            kinds = {_all_of(paragraph) for paragraph in row.iter(attribute("p"))}
            if len(kinds) == 1 and (kind := kinds.pop()):
                _part(row, "trPr").append(w(kind))
        for change in block.iter(attribute("ins"), attribute("del")):
            change.set(attribute("id"), str(start))
            change.set(attribute("author"), author)
            start += 1
    return start


def _all_of(paragraph: etree._Element) -> str:
    """Say what all runs of a paragraph are, "ins" or "del"; empty where they are not, or there are none."""
    held = [child.tag for child in paragraph if child.tag not in map(attribute, BESIDE)]
    kinds = {attribute(kind): kind for kind in ("ins", "del")}
    return kinds.get(held[0], "") if held and len({*held}) == 1 else ""


def _part(element: etree._Element, name: str) -> etree._Element:
    """Give the properties of a paragraph or row, which come first."""
    found = element.find(attribute(name))
    if found is None:
        found = w(name)
        element.insert(0, found)
    return found
