"""Notes too long to stand on one page with the text: laid-out pages in, where to part such notes, and the parts, out.

WeasyPrint sets a note whole, and lets one that is taller than the page run off it. So a note that takes more than a third
of a page is parted behind lines of it. The first part stands on the page of its call; what does not fit there goes to the
foot of the next page. The lines are those of the layout before, so the last line of a part is full. Under columns, which
WeasyPrint fits to the notes once it knows them, the parts on the page of the call take half of the columns' height at the most;
where the call then finds no room, the first part alone stands there.
"""

from __future__ import annotations

import copy
import re
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Any

from compositor.pages import boxes
from compositor.proof.expected import INVISIBLE
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

CONTINUED = "continued"  # the class of a part behind the first
PART = "data-part"  # names a part that ends within a paragraph: its note, and the place
LOOSE = 0.5  # em added to the spaces of a line
LONG = 1 / 3  # of a page's height
MOST = 0.8  # of a page's height; for the notes on it, where one goes on
BELOW = 6.0  # em of a note: room that its parts leave for the line of its call and the next two, or the paragraph would go over
SHARE = 0.5  # of the height of columns; for the notes under them, where one goes on
LINES = 4  # of a part, at the least
LAST = 2  # lines that the last part has at the least
WHOLE = {"li", "dd", "pre", "table"}  # what is not parted

Cuts = dict[str, tuple[int, ...]]  # the id of a note → letters before each place where it is parted


def cuts(pages: list[Any], known: Cuts) -> Cuts:
    """Give where the long notes of a layout are to be parted: behind lines that end in a whole word.

    Where they are parted already, that is where they are but for places that are not at the end of a line any more.
    """
    notes = [(page, note) for page in pages for area in boxes.note_areas(page) for note in area.children]
    if known:
        loose = {note.element.get(PART) for _, note in notes if _is_loose(note)}
        return {name: tuple(place for place in places if f"{name} {place}" not in loose) for name, places in known.items()}
    long = {note.element.get("id"): note for page, note in notes if note.margin_height() > LONG * page.height}
    found = {name: tuple(_places([*_lines(note, False)])) for name, note in long.items() if name}
    return {name: places for name, places in found.items() if places}


def _is_loose(note: Any) -> bool:
    """Whether the last line of a part, which is set to the full measure, has too few words for that."""
    if not note.element.get(PART):
        return False
    last = [box for box in boxes.inside(note) if boxes.is_line(box)][-1]
    return any(boxes.is_text(box) and box.justification_spacing > LOOSE * box.style["font_size"] for box in boxes.inside(last))


def _places(lines: list[tuple[str, bool]]) -> Iterator[int]:
    letters = count = 0
    for index, (text, whole) in enumerate(lines):
        broken = boxes.is_broken(text)
        letters += len(_bare(text)) - broken
        count += 1
        if count >= LINES and not broken and not whole and index < len(lines) - LAST:
            yield letters
            count = 0


def _lines(box: Any, whole: bool) -> Iterator[tuple[str, bool]]:
    """Give the lines of a note without its number, and whether each stands in what is not parted."""
    tag = str(getattr(box, "element_tag", ""))
    if boxes.is_line(box):
        pieces = (part for part in boxes.inside(box) if boxes.is_text(part) and "::" not in str(part.element_tag))
        yield "".join(part.text for part in pieces), whole
    elif "::" not in tag:
        for child in getattr(box, "children", None) or ():
            yield from _lines(child, whole or tag in WHOLE)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", INVISIBLE.sub("", text))


def goes_on(note: Any) -> bool:
    """Whether a note's box is a part behind the first: it may stand on a later page than its call."""
    return CONTINUED in (note.element.get("class") or "").split()


def overflows(note: Any, context: Any) -> bool:
    """Whether a part, the last of those on a page of WeasyPrint's layout, has to go over to the next."""
    if not goes_on(note):
        return False
    area = context.current_footnote_area
    if not context.in_column:
        room = context.page_bottom - context.line_top
        return bool(area.height > MOST * area.page.height or room < BELOW * note.style["font_size"])
    columns = area.page.content_box_y() + area.page.height - context.columns_top
    return context.current_page in context.mending.sparing or bool(area.margin_height() > SHARE * columns)


def part(root: etree._Element, wanted: Cuts) -> None:
    """Part the notes of a body that is ready to be laid out."""
    for name, places in wanted.items():
        for note in root.xpath("//*[@id=$name]", name=name):
            behind, note.tail = note.tail, None
            parts = [note, *(copy.deepcopy(note) for _ in places)]
            for piece, (start, end) in zip(parts, pairwise([0, *places, inf]), strict=True):
                _keep(piece, start, end)
                if piece is not note:
                    piece.set("class", f"footnote {CONTINUED}")
                    del piece.attrib["id"], piece.attrib["data-number"]
                if "parted" in piece[0].get("class", "").split():
                    piece.set("class", f"{piece.get('class')} parted")
                if "parted" in piece[-1].get("class", "").split():
                    piece.set(PART, f"{name} {end}")
            for piece in reversed(parts[1:]):
                note.addnext(piece)
            parts[-1].tail = behind


def _keep(element: etree._Element, start: float, end: float, at: int = 0) -> int:
    """Keep the letters of an element from one place to another, and tell how many there are up to its end.

    What goes on in the next part, or comes from the one before, is marked.
    """
    element.text, at = _trim(element.text, start, end, at)
    for child in list(element):
        begun, finished = at, _keep(child, start, end, at)
        child.tail, at = _trim(child.tail, start, end, finished)
        if begun >= end or (finished <= start if finished > begun else begun < start):
            markup.drop(child)
        else:
            marks = ["carried" * (begun < start < finished), "parted" * (begun < end < finished)]
            if any(marks):
                child.set("class", " ".join(filter(None, [child.get("class", ""), *marks])))
            if marks[0]:
                child.attrib.pop("id", None)
    return at


def _trim(text: str | None, start: float, end: float, at: int) -> tuple[str | None, int]:
    kept = ""
    for letter in text or "":
        counts = bool(_bare(letter))
        kept += letter if start <= at < end and (counts or at > start) else ""
        at += counts
    return kept or None, at
