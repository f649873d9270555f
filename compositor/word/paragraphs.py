"""Paragraphs: opened by their first words, closed by the next block, with the bookmarks of what begins in them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from compositor.word import numbers
from compositor.word.parts import Part, w
from compositor.word.runs import Look, text_runs

if TYPE_CHECKING:
    from lxml import etree

    from compositor.setting.media import Media

MEASURE = 160.0  # millimetres: A4 less two margins of 25 mm; as in templates/docx/document.xml
LANDSCAPE = (229.0, 130.0)  # millimetres: width, and height that a picture may have, of a page on its side, be it A4 or letter
STEP = 425  # twips that a list or a quotation is set in, 7.5 mm; as in templates/docx/numbering.xml


@dataclass(slots=True)
class Item:
    """An item of a list, whose first paragraph bears its mark."""

    number: int
    level: int
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands."""

    style: str = ""  # id of the paragraph style; empty for Normal
    item: Item | None = None
    level: int = -1  # of the list around it
    indent: int = 0  # twips, of the text around it
    hanging: int = 0  # twips that the first line begins before the others
    align: str = ""
    keep: bool = False  # on the page of the next paragraph
    verbatim: bool = False
    unbroken: bool = False  # blocks inside are lines, as in an entry of the reference list
    rtl: bool = False
    measure: float = MEASURE  # millimetres
    tallest: float = inf  # millimetres; of a picture


@dataclass(slots=True)
class Paragraphs(ABC):
    """Holds what is counted on the way: bookmarks, notes, numbers, pictures."""

    part: Part
    notes: dict[str, etree._Element]
    pictures: dict[str, tuple[Media, Media | None]]
    formulas: dict[etree._Element, etree._Element | None]
    note_part: Part
    heads: dict[etree._Element, tuple[int, int]]  # head → list and level
    captions: dict[etree._Element, tuple[str, str, str]]  # label or number → typed before, instruction, result
    references: dict[str, tuple[str, str]]  # id → instruction, result
    look: Look  # of all runs: names a language written from right to left
    names: dict[str, str]  # id that links lead to → bookmark
    out: list[etree._Element] = field(default_factory=list)
    written_notes: list[etree._Element] = field(default_factory=list)
    lists: numbers.Lists = field(default_factory=numbers.Lists)
    placed: set[str] = field(default_factory=set)  # ids whose bookmark is set
    pending: list[str] = field(default_factory=list)
    ends: list[etree._Element] = field(default_factory=list)
    open: etree._Element | None = None
    into: etree._Element | None = None
    bare: bool = True  # no space is wanted: a paragraph or line begins, or a space has just been written
    drawn: int = 0
    bookmarks: int = 0
    after_table: bool = False

    @abstractmethod
    def walk(self, element: etree._Element, place: Place, look: Look | None = None) -> None:
        """Write what an element holds."""

    @abstractmethod
    def note(self, call: etree._Element, place: Place, look: Look) -> None:
        """Write the call of a note, and the note."""

    def start(self, place: Place) -> etree._Element:
        """Open a paragraph, if none is open; gives what its runs go into."""
        if self.into is not None:
            return self.into
        item = place.item
        marked = item is not None and not item.marked
        properties = [w("pStyle", val=place.style)] if place.style else []
        properties += [w("keepNext")] if place.keep else []
        if item is not None and marked:
            item.marked = True
            properties.append(w("numPr", w("ilvl", val=item.level), w("numId", val=item.number)))
        properties += [w("bidi")] if place.rtl else []
        properties += [w("spacing", before=240)] if self.after_table else []
        if not marked and place.indent:
            properties.append(w("ind", left=place.indent, **({"hanging": place.hanging} if place.hanging else {})))
        elif item is not None and place.indent > STEP * (item.level + 1):  # a list inside a quotation
            properties.append(w("ind", left=place.indent, hanging=STEP))
        properties += [w("jc", val=place.align)] if place.align else []
        self.open = self.into = w("p", *([w("pPr", *properties)] if properties else []))
        self.ends += [self.bookmark(self.open, name) for name in self.pending]
        self.pending = []
        self.after_table = False
        self.bare = True
        return self.open

    def close(self) -> None:
        """Close the paragraph."""
        if self.open is not None:
            _trim(self.open)
            self.open.extend(self.ends)
            self.ends = []
            self.out.append(self.open)
        self.open = self.into = None

    def bookmark(self, into: etree._Element, identifier: str) -> etree._Element:
        """Begin a bookmark; gives its end."""
        into.append(w("bookmarkStart", id=self.bookmarks, name=self.names[identifier]))
        self.placed.add(identifier)
        self.bookmarks += 1
        return w("bookmarkEnd", id=self.bookmarks - 1)

    def expect(self, element: etree._Element) -> None:
        """Note the id of an element that links lead to, for the next paragraph to bear."""
        identifier = element.get("id")
        if identifier in self.names and identifier not in self.placed and identifier not in self.pending:
            self.pending.append(identifier)

    def text(self, text: str | None, place: Place, look: Look) -> None:
        """Write words; white space is folded, as HTML does."""
        if not text:
            return
        if place.verbatim:
            self.start(place).extend(text_runs(text, look))
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        if self.into is None and text == " ":
            return
        into = self.start(place)
        if self.bare:
            text = text.lstrip(" ")
        if text:
            into.extend(text_runs(text, look))
            self.bare = text.endswith(" ")


def _trim(paragraph: etree._Element) -> None:
    """Take away the space that white space behind the last word left."""
    last = paragraph[-1] if len(paragraph) else None
    if last is not None and last.tag == w("r").tag and len(last) and last[-1].tag == w("t").tag and last[-1].text == " ":
        last.remove(last[-1])
        if not len(last.findall("*")) or (len(last) == 1 and last[0].tag == w("rPr").tag):
            paragraph.remove(last)
