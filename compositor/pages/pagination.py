"""What page make-up goes by: a body in, its blocks, figures and tables numbered, and those for an edge of a page set out.

The numbers stand as attributes, so that a box of a layout can be traced to its element. Out of a finished layout come the
first words of each page, and what stands in its margins.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from lxml import etree

from compositor.editions import adapt, colophon
from compositor.pages import boxes, leads, longnotes, placement
from compositor.result import Margin
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT = 14  # rows; a table of no more stays in one piece, and moves as a figure does
BOX = "table-box"  # what a table stands in, so that its height can be made up to whole lines
FIRST = "first"  # the class of a paragraph without an indent
PASSABLE = ("p", "ul", "ol", "dl", "blockquote", "pre")
DIVS = {"p", "sourceCode", "line-block"}  # classes of a div that is passable
FIGURE = "data-figure"  # numbers what may move
BLOCK = "data-block"  # numbers blocks of text
SPARE = "data-spare"  # of a colophon that stands in for one that would have the last page for itself
RUNNING = ("running-authors", "running-title")  # classes of print.html's two forms of the running head
SPARES = ("tight", "in-company")  # their classes, in the order in which they are tried


@dataclass(frozen=True)
class Edges:
    """Where the figures for an edge of a page stand, and long notes are parted; compares equal when nothing new is wanted."""

    spots: placement.Spots = field(default_factory=dict)  # figure → the edge of a page
    delays: dict[int, int] = field(default_factory=dict)  # figure → number of blocks that its place in the text moves past
    cuts: longnotes.Cuts = field(default_factory=dict)


def apply(root: etree._Element, edges: Edges, *, columns: bool) -> None:
    """Give the parts of a body their numbers, and set out what goes to an edge of a page; pages in columns have none."""
    for table in list(root.iter("table")):
        if next(table.iterancestors("table", "figure"), None) is None:
            box = etree.Element("div", {"class": BOX})
            markup.replace(table, box)
            table.tail = None
            box.append(table)
            if (notes := adapt.table_notes(table, box)) is not None:
                box.append(notes)
                notes.tail = None
    for index, block in enumerate(element for element in root.iter(*PASSABLE, "div") if is_passable(element)):
        block.set(BLOCK, str(index))
    for index, figure in enumerate(list(root.xpath(f"//figure | //div[@class='{BOX}']"))):
        wish = placement.wanted(figure if figure.tag == "figure" else figure[0])
        if wish == "here" or figure.getparent().tag not in ("section", "div"):
            continue
        if figure.tag == "div":
            if len(figure.findall("table/tbody/tr")) <= SHORT:
                figure.set("class", f"{BOX} short")
            elif wish != placement.LANDSCAPE:
                continue  # it may go over the page, with its head
        spot = edges.spots.get(index)
        if not columns and wish in ("top", "bottom") and (spot is None or spot.page):
            placement.set_out(figure, wish, index, edges.spots)
        else:
            figure.set(FIGURE, str(index))
        if wish in ("page", placement.LANDSCAPE):
            kind = placement.OWN_PAGE if wish == "page" else f"{placement.OWN_PAGE} {placement.LANDSCAPE}"
            figure.set("class", f"{figure.get('class', '')} {kind}".strip())
        delay = edges.delays.get(index, 0)
        while delay > 0:
            following = figure.getnext()
            if following is None or not (is_passable(following) or is_float(following, other_than=figure)):
                break
            markup.drop(figure)
            figure.tail = None
            following.addnext(figure)
            delay -= not leads.belong_together(following, figure.getnext())
    _mark_first(root)


def offer_colophons(root: etree._Element) -> None:
    """Put colophons that take less room, or other lines along, behind that of a body; mending.py takes one that it needs."""
    for own in root.xpath(f"./div[@id='{colophon.ID}']"):
        for name in reversed(SPARES):
            spare = markup.clone(own)
            spare.set("class", f"{own.get('class', '')} {name}".strip())
            spare.set(SPARE, name)
            own.addnext(spare)


def _mark_first(root: etree._Element) -> None:
    """Mark the paragraphs behind figures and tables that have no indent: as if these stood elsewhere, for they may move."""
    for figure in root.xpath(f"//figure | //div[contains(@class, '{BOX}')]"):
        following, before = figure.getnext(), figure.getprevious()
        while before is not None and is_float(before):
            before = before.getprevious()
        if following is not None and _is_paragraph(following) and (before is None or not _is_paragraph(before)):
            following.set("class", f"{following.get('class', '')} {FIRST}".strip())


def improve(layout: Any, known: Edges) -> Edges:
    """Read from a layout what should be set out otherwise; equals ``known`` when nothing should."""
    pages = boxes.pages_of(layout)
    parents = _parents(pages)

    def following(figure: Any) -> list[Any]:
        siblings = list(parents.get(figure, ()))
        behind = siblings[siblings.index(figure) + 1 :] if figure in siblings else []
        return list(takewhile(lambda block: is_passable(block) or is_float(block, other_than=figure), behind))

    cuts = longnotes.cuts(pages, known.cuts)
    return Edges(*placement.settle(pages, known.spots, known.delays, following), cuts)


def give_up(layout: Any, known: Edges) -> Edges:
    """Put figures back into the flow whose place in the text never came to be on their page; equals ``known`` if none."""
    return replace(known, spots=placement.misplaced(boxes.pages_of(layout), known.spots))


def _parents(pages: list[Any]) -> dict[Any, Any]:
    """Give the parent of each block: WeasyPrint's elements do not know it."""
    found: dict[Any, Any] = {}
    for page in pages:
        for box in boxes.inside(page.children[0]):
            if getattr(box, "element_tag", "") in ("section", "div", "main"):
                found |= dict.fromkeys(list(box.element), box.element)
    return found


def is_passable(element: Any) -> bool:
    """Whether a figure may move past an element."""
    return element.tag in PASSABLE or (element.tag == "div" and bool(DIVS & set((element.get("class") or "").split())))


def is_float(element: Any, other_than: Any = None) -> bool:
    """Whether an element is a figure or the box of a table; each kind keeps its own order, so only others may be passed."""
    floats = element.tag == "figure" or BOX in (element.get("class") or "").split()
    return floats and (other_than is None or element.tag != other_than.tag)


def _is_paragraph(element: Any) -> bool:
    return element.tag == "p" or (element.tag == "div" and "p" in (element.get("class") or "").split())


def page_starts(layout: Any) -> tuple[tuple[str, ...], ...]:
    """Give the first words of running text of each page, at most eight; none for a page of figures and tables."""
    starts = []
    for page in boxes.pages_of(layout):
        words: list[str] = []
        for line in _running_lines(page.children[0]):
            found = boxes.words(line).replace("\N{ZERO WIDTH SPACE}", "").split()
            words += found[:-1] if found and found[-1].endswith("-") else found  # a broken word is not whole here
            if len(words) >= 4 or (found and found[-1].endswith("-")):
                break
        starts.append(tuple(words[:8]))
    return tuple(starts)


def page_margins(layout: Any) -> tuple[tuple[Margin, ...], ...]:
    """Give what stands in the margins of each page, whoever put it there."""
    return tuple(tuple(_margins(page)) for page in boxes.pages_of(layout))


def _margins(page: Any) -> Iterator[Margin]:
    for box in page.children:
        if place := boxes.margin_place(box):
            parts = list(boxes.inside(box))
            text = " ".join(boxes.text(line) for line in parts if boxes.is_line(line)).replace("\N{ZERO WIDTH SPACE}", "")
            elements = [element for part in parts if (element := getattr(part, "element", None)) is not None]
            own = next((name for element in elements for name in RUNNING if element.get("class") == name), "")
            if text.strip():
                yield Margin(place, text, own)


def _running_lines(box: Any, inside: bool = False) -> Iterator[Any]:
    """Give the lines of the text proper, in order: nothing of the title block, of figures, tables or notes."""
    element = getattr(box, "element", None)
    tag = str(getattr(box, "element_tag", ""))
    named = set(str(element.get("class") if element is not None else "").split())
    if tag in ("figure", "table", "header", "aside", "nav") or named & {"keywords", "table-notes"}:
        return
    inside = inside or tag in ("main",) or (tag == "section" and element is not None and element.get("role") == "doc-abstract")
    if boxes.is_line(box):
        if inside and not (element is not None and "abstract-title" in str(element.get("class"))):
            yield box
        return
    for child in getattr(box, "children", None) or ():
        yield from _running_lines(child, inside)
