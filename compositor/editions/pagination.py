"""Page make-up: a laid-out PDF in, what the next layout must do better out.

WeasyPrint fills pages from top to bottom and never looks back. Three faults follow, and are mended here by laying the
pages out again with a correction:

- A figure or short table that does not fit goes over to the next page and leaves a hole. The text runs on instead, and
  the figure moves past as many of the blocks that follow it as the hole needs. One that is wanted here stays; one that
  is wanted at the edge of a page goes there (placement.py).
- A word is broken over the end of a page. It stays whole instead.
- To squeeze the second line of a paragraph in, WeasyPrint sends the page's last note to the next page, away from its
  call. That paragraph starts the next page instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

from lxml import etree

from compositor import markup
from compositor.editions import breaks, placement

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLE = 56.0  # CSS pixels, three lines: less than this at the foot of a page is no hole
SHORT = 14  # rows; a table of no more stays in one piece, and moves as a figure does
BOX = "table-box"  # what a table stands in, so that its height can be made up to whole lines
PASSABLE = ("p", "ul", "ol", "dl", "blockquote", "pre")
FIGURE = "data-figure"  # numbers figures and blocks, so that a box can be traced to its element
BLOCK = "data-block"


@dataclass(frozen=True)
class Corrections:
    """What a layout is asked to do; compares equal when nothing new is wanted."""

    delays: dict[int, int] = field(default_factory=dict)  # figure → number of blocks it moves past
    pushed: frozenset[int] = frozenset()  # blocks that start a page
    whole: frozenset[tuple[int, str]] = frozenset()  # block, word: not to be broken
    spots: placement.Spots = field(default_factory=dict)  # figure → the edge of a page


def apply(root: etree._Element, corrections: Corrections) -> None:
    """Carry the corrections out on a body, and number its parts for the next reading."""
    for table in list(root.iter("table")):
        if next(table.iterancestors("table", "figure"), None) is None:
            box = etree.Element("div", {"class": BOX})
            markup.replace(table, box)
            table.tail = None
            box.append(table)
            if (notes := markup.table_notes(table, box)) is not None:
                box.append(notes)
                notes.tail = None
    for index, block in enumerate(element for element in root.iter(*PASSABLE, "div") if _passable(element)):
        block.set(BLOCK, str(index))
        if index in corrections.pushed:
            block.set("style", f"break-before: page; {block.get('style', '')}".strip("; "))
        for word in sorted(word for number, word in corrections.whole if number == index):
            breaks.keep_word(block, word)
    for index, figure in enumerate(list(root.xpath(f"//figure | //div[@class='{BOX}']"))):
        wish = placement.wanted(figure if figure.tag == "figure" else figure[0])
        if wish == "here" or figure.getparent().tag not in ("section", "div"):
            continue
        if figure.tag == "div":
            if len(figure.findall("table/tbody/tr")) > SHORT:
                continue  # it may go over the page, with its head
            figure.set("class", f"{BOX} short")
        spot = corrections.spots.get(index)
        if wish in ("top", "bottom") and (spot is None or spot.page):
            placement.set_out(figure, wish, index, corrections.spots)
        else:
            figure.set(FIGURE, str(index))
        if wish == "page":
            figure.set("class", f"{figure.get('class', '')} own-page".strip())
        for _ in range(corrections.delays.get(index, 0)):
            following = figure.getnext()
            if following is None or not (_passable(following) or _is_other_float(following, figure)):
                break
            markup.drop(figure)
            figure.tail = None
            following.addnext(figure)


def improve(layout: Any, known: Corrections) -> Corrections:
    """Read from a layout what to correct next; equals ``known`` when nothing is left to do."""
    pages = [page._page_box for page in layout.pages]  # WeasyPrint has no public view of its boxes
    for mend in (_place, _fill_holes, _keep_notes, _keep_words):
        wanted = mend(pages, known)
        if wanted != known:
            return wanted
    return known


def give_up(layout: Any, known: Corrections) -> Corrections:
    """Put figures back into the flow whose place in the text never came to be on their page; equals ``known`` if none."""
    return replace(known, spots=placement.misplaced([page._page_box for page in layout.pages], known.spots))


def _place(pages: list[Any], known: Corrections) -> Corrections:
    parents = _parents(pages)

    def following(figure: Any) -> list[Any]:
        siblings = list(parents.get(figure, ()))
        behind = siblings[siblings.index(figure) + 1 :] if figure in siblings else []
        return list(takewhile(lambda block: _passable(block) or _is_other_float(block, figure), behind))

    spots, delays = placement.settle(pages, known.spots, known.delays, following)
    return replace(known, spots=spots, delays=delays)


def _parents(pages: list[Any]) -> dict[Any, Any]:
    """Give the parent of each block: WeasyPrint's elements do not know it."""
    found: dict[Any, Any] = {}
    for page in pages:
        for box in _boxes(page.children[0]):
            if getattr(box, "element_tag", "") in ("section", "div", "main"):
                found |= dict.fromkeys(list(box.element), box.element)
    return found


def _passable(element: Any) -> bool:
    return element.tag in PASSABLE or (element.tag == "div" and "p" in (element.get("class") or "").split())


def _is_other_float(block: Any, figure: Any) -> bool:
    """Whether a block is a table, and what moves a figure, or the other way about: each kind keeps its own order."""
    floats = [element.tag == "figure" or BOX in (element.get("class") or "").split() for element in (block, figure)]
    return all(floats) and block.tag != figure.tag


def _boxes(box: Any) -> Iterator[Any]:
    """Give a box and all below it, but nothing that stands at the edge of a page, out of the flow."""
    if type(box).__name__ == "AbsolutePlaceholder":
        return
    yield box
    for child in getattr(box, "children", None) or ():
        yield from _boxes(child)


def _is_leaf(box: Any) -> bool:
    return type(box).__name__ == "LineBox" or "Replaced" in type(box).__name__


def _marked(box: Any, name: str) -> Any:
    """Give a box's element where it carries a number of ours, else None."""
    element = getattr(box, "element", None)
    return element if element is not None and "::" not in str(box.element_tag) and element.get(name) else None


def _note_areas(page: Any) -> list[Any]:
    return [box for box in page.children if type(box).__name__ == "FootnoteAreaBox" and box.children]


def _hole(page: Any) -> float:
    """Give the empty height at the foot of a page's text, in CSS pixels."""
    leaves = [box.position_y + box.height for box in _boxes(page.children[0]) if _is_leaf(box)]
    foot = page.content_box_y() + page.height
    return float(min([foot, *(area.position_y for area in _note_areas(page))]) - max(leaves, default=foot))


def _figure_at_head(root: Any) -> Any:
    """Give the figure that opens a page and may move, or None."""
    for box in _boxes(root):
        if _is_leaf(box):
            return None
        if (figure := _marked(box, FIGURE)) is not None:
            return figure
    return None


def _fill_holes(pages: list[Any], known: Corrections) -> Corrections:
    heights: dict[Any, float] = {}
    parents = _parents(pages)
    for page in pages:
        for box in _boxes(page.children[0]):
            if (block := _marked(box, BLOCK)) is not None and not isinstance(box.height, str):
                heights[block] = heights.get(block, 0.0) + box.height
    delays = dict(known.delays)
    for before, page in pairwise(pages):
        figure = _figure_at_head(page.children[0])
        if figure is None or figure not in parents or (space := _hole(before)) < HOLE:
            continue
        siblings = list(parents[figure])
        for following in siblings[siblings.index(figure) + 1 :]:
            if space < HOLE or not _passable(following):
                break
            if "own-page" in figure.get("class", "").split() and heights.get(following, 0.0) > space:
                break  # what goes over to its page would leave another hole there
            space -= heights.get(following, 0.0)
            delays[int(figure.get(FIGURE))] = delays.get(int(figure.get(FIGURE)), 0) + 1
    return replace(known, delays=delays)


def _keep_notes(pages: list[Any], known: Corrections) -> Corrections:
    """Push the paragraph that drove a note from its page; the first such page only, for the others move with it."""
    for page, following in pairwise(pages):
        here = {
            box.element for box in _boxes(page.children[0]) if str(getattr(box, "element_tag", "")).endswith("::footnote-call")
        }
        strayed = {child.element for area in _note_areas(following) for child in area.children} & here
        if not strayed:
            continue
        blocks = [block for box in _boxes(page.children[0]) if (block := _marked(box, BLOCK)) is not None]
        if len(blocks) > 1:
            return replace(known, pushed=known.pushed | {int(blocks[-1].get(BLOCK))})
    return known


def _keep_words(pages: list[Any], known: Corrections) -> Corrections:
    """Keep a word whole that would go over a page: a reader of the file would find the page's number inside it."""
    found = set()
    for page, following in pairwise(pages):
        block, line = None, None
        for box in _boxes(page.children[0]):
            block = marked if (marked := _marked(box, BLOCK)) is not None else block
            line = box if type(box).__name__ == "LineBox" else line
        first = next((box for box in _boxes(following.children[0]) if type(box).__name__ == "LineBox"), None)
        if block is None or line is None or first is None:
            continue
        head, tail = _text(line), _text(first)
        if re.search(r"\w-$", head) and (rest := re.match(r"\w+", tail)):
            found.add((int(block.get(BLOCK)), head.split()[-1].removesuffix("-").lstrip("(“‘«„") + rest[0]))
    return replace(known, whole=known.whole | found)


def _text(line: Any) -> str:
    return "".join(box.text for box in _boxes(line) if type(box).__name__ == "TextBox")


def page_starts(layout: Any) -> tuple[tuple[str, ...], ...]:
    """Give the first words of running text of each page, at most eight; none for a page of figures and tables."""
    starts = []
    for page in layout.pages:
        words: list[str] = []
        for line in _running_lines(page._page_box.children[0]):  # WeasyPrint has no public view of its boxes
            found = _text(line).replace("\N{ZERO WIDTH SPACE}", "").split()
            words += found[:-1] if found and found[-1].endswith("-") else found  # a broken word is not whole here
            if len(words) >= 4 or (found and found[-1].endswith("-")):
                break
        starts.append(tuple(words[:8]))
    return tuple(starts)


def _running_lines(box: Any, inside: bool = False) -> Iterator[Any]:
    """Give the lines of the text proper, in order: nothing of the title block, of figures, tables or notes."""
    element = getattr(box, "element", None)
    tag = str(getattr(box, "element_tag", ""))
    named = set(str(element.get("class") if element is not None else "").split())
    if tag in ("figure", "table", "header", "aside", "nav") or named & {"keywords", "table-notes"}:
        return
    inside = inside or tag in ("main",) or (tag == "section" and element is not None and element.get("role") == "doc-abstract")
    if type(box).__name__ == "LineBox":
        if inside and not (element is not None and "abstract-title" in str(element.get("class"))):
            yield box
        return
    for child in getattr(box, "children", None) or ():
        yield from _running_lines(child, inside)
