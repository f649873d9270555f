"""Page make-up: a laid-out PDF in, what the next layout must do better out.

WeasyPrint fills pages from top to bottom and never looks back. Five faults follow, and are mended here by laying the
pages out again with a correction:

- A figure or short table that does not fit goes over to the next page or column and leaves a hole. The text runs on
  instead, and the figure moves past as many of the blocks that follow it as the hole needs. One that is wanted here stays;
  one that is wanted at the edge of a page goes there (placement.py).
- A word is broken over the end of a page or column. It stays whole instead.
- More than two lines in a row end in a hyphen. The word of the third stays whole.
- Now and then WeasyPrint ends a line after a word or two. With spaces a hair closer in that paragraph it does not.
- To squeeze the second line of a paragraph in, WeasyPrint sends the page's last note to the next page, away from its
  call. That paragraph starts the next page instead.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

from lxml import etree

from compositor import markup
from compositor.editions import boxes, breaks, columns, placement

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLE = 56.0  # CSS pixels, three lines: less than this at the foot of a page is no hole
SHORT = 14  # rows; a table of no more stays in one piece, and moves as a figure does
BOX = "table-box"  # what a table stands in, so that its height can be made up to whole lines
PASSABLE = ("p", "ul", "ol", "dl", "blockquote", "pre")
FIGURE = "data-figure"  # numbers figures and blocks, so that a box can be traced to its element
BLOCK = "data-block"
FEW = 2  # words; a line of no more, before a full one, was ended too early
HYPHENS = 2  # lines in a row that may end in one
TRIES = 1  # of closer spaces; a line may be short for a reason, and each try costs a layout
PATIENCE = 4  # words of a block kept whole in vain; then it is set without hyphens


@dataclass(frozen=True)
class Corrections:
    """What a layout is asked to do; compares equal when nothing new is wanted."""

    delays: dict[int, int] = field(default_factory=dict)  # figure → number of blocks it moves past
    pushed: frozenset[int] = frozenset()  # blocks that start a page
    whole: frozenset[tuple[int, str]] = frozenset()  # block, word: not to be broken; no word: none of its words
    tight: dict[int, int] = field(default_factory=dict)  # block → hundredths of an em by which its spaces are closer
    spots: placement.Spots = field(default_factory=dict)  # figure → the edge of a page


def apply(root: etree._Element, corrections: Corrections, *, edges: bool) -> None:
    """Carry the corrections out on a body, and number its parts for the next reading.

    ``edges`` lets figures go to the top or bottom of a page; columns have no such place.
    """
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
        if closer := corrections.tight.get(index):
            block.set("style", f"word-spacing: {-closer / 100}em; {block.get('style', '')}".strip("; "))
        words = sorted(word for number, word in corrections.whole if number == index)
        if len(words) > PATIENCE or "" in words:
            block.set("style", f"hyphens: manual; {block.get('style', '')}".strip("; "))
        for word in filter(None, words):
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
        if edges and wish in ("top", "bottom") and (spot is None or spot.page):
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
    pages = boxes.pages_of(layout)
    frames = [frame for page in pages for frame in boxes.frames(page)]
    wanted = _close_short(pages, _part_hyphens(pages, known))  # a paragraph's own business: it costs no layout of its own
    for mend in (_place_floats, _fill_holes, _keep_notes, _keep_words):
        better = mend(frames, wanted)
        if better != wanted:
            return better
    return wanted


def give_up(layout: Any, known: Corrections) -> Corrections:
    """Put figures back into the flow whose place in the text never came to be on their page; equals ``known`` if none."""
    return replace(known, spots=placement.misplaced(boxes.pages_of(layout), known.spots))


def _pages(frames: list[boxes.Frame]) -> list[Any]:
    return list(dict.fromkeys(frame.page for frame in frames))


def _place_floats(frames: list[boxes.Frame], known: Corrections) -> Corrections:
    pages = _pages(frames)
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
        for box in boxes.inside(page.children[0]):
            if getattr(box, "element_tag", "") in ("section", "div", "main"):
                found |= dict.fromkeys(list(box.element), box.element)
    return found


def _passable(element: Any) -> bool:
    return element.tag in PASSABLE or (element.tag == "div" and "p" in (element.get("class") or "").split())


def _is_other_float(block: Any, figure: Any) -> bool:
    """Whether a block is a table, and what moves a figure, or the other way about: each kind keeps its own order."""
    floats = [element.tag == "figure" or BOX in (element.get("class") or "").split() for element in (block, figure)]
    return all(floats) and block.tag != figure.tag


def _figure_at_head(root: Any) -> Any:
    """Give the figure that opens a page or column and may move, or None."""
    for box in boxes.inside(root):
        if boxes.is_leaf(box):
            return None
        if (figure := boxes.marked(box, FIGURE)) is not None:
            return figure
    return None


def _fill_holes(frames: list[boxes.Frame], known: Corrections) -> Corrections:
    heights: Counter[Any] = Counter()
    parents = _parents(_pages(frames))
    for frame in frames:
        for box in boxes.inside(frame.box):
            if boxes.is_block(box) and (block := boxes.marked(box, BLOCK)) is not None:
                heights[block] += box.height
    delays = dict(known.delays)
    for index, frame in enumerate(frames[1:], start=1):
        figure = _figure_at_head(frame.box)
        if figure is None or figure not in parents or (space := _hole(frames, index)) < HOLE:
            continue
        for following in _after(figure, list(parents[figure])):
            if space < HOLE or not _passable(following):
                break
            if "own-page" in figure.get("class", "").split() and heights[following] > space:
                break  # what goes over to its page would leave another hole there
            space -= heights[following]
            delays[int(figure.get(FIGURE))] = delays.get(int(figure.get(FIGURE)), 0) + 1
    return replace(known, delays=delays)


def _after(figure: Any, siblings: list[Any]) -> Iterator[Any]:
    """Give the blocks that follow a figure; where it spans the columns, those of the columns below it."""
    for following in siblings[siblings.index(figure) + 1 :]:
        yield from following if columns.RUN in (following.get("class") or "").split() else (following,)


def _hole(frames: list[boxes.Frame], index: int) -> float:
    """Give the empty height that a figure at the head of a frame has left behind it."""
    before = frames[index - 1]
    if getattr(frames[index].box, "is_column", True) or before.page is frames[index].page:
        return before.hole
    return sum(frame.hole for frame in frames if frame.page is before.page)  # it spans: all columns end before it


def _keep_notes(frames: list[boxes.Frame], known: Corrections) -> Corrections:
    """Push the paragraph that drove a note from its page; the first such page only, for the others move with it."""
    for page, following in pairwise(_pages(frames)):
        here = {
            box.element
            for box in boxes.inside(page.children[0])
            if str(getattr(box, "element_tag", "")).endswith("::footnote-call")
        }
        strayed = {child.element for area in boxes.note_areas(following) for child in area.children} & here
        if not strayed:
            continue
        blocks = [block for box in boxes.inside(page.children[0]) if (block := boxes.marked(box, BLOCK)) is not None]
        if len(blocks) > 1:
            return replace(known, pushed=known.pushed | {int(blocks[-1].get(BLOCK))})
    return known


def _lines(box: Any, block: int | None = None) -> Iterator[tuple[int | None, Any]]:
    """Give the lines of a box, each with the number of its block."""
    if (found := boxes.marked(box, BLOCK)) is not None:
        block = int(found.get(BLOCK))
    if boxes.is_line(box):
        yield block, box
    for child in getattr(box, "children", None) or ():
        yield from _lines(child, block)


def _whole(block: int, head: Any, tail: Any, known: Corrections) -> tuple[int, str]:
    """Give what keeps two lines from sharing a word: the word, or where that was in vain, the block without hyphens."""
    word = boxes.broken_word(head, tail)
    return (block, "" if (block, word) in known.whole else word)


def _keep_words(frames: list[boxes.Frame], known: Corrections) -> Corrections:
    """Keep a word whole that would go over a page or column: in the file, the page's number may stand inside it."""
    found = set()
    for before, after in pairwise(frames):
        *_, (block, head) = [(None, None), *_lines(before.box)]
        tail = next((line for _, line in _lines(after.box)), None)
        if block is not None and tail is not None and boxes.broken_word(head, tail):
            found.add(_whole(block, head, tail, known))
    return replace(known, whole=known.whole | found)


def _blocks(pages: list[Any]) -> list[tuple[int, list[Any]]]:
    """Give the lines of each block, over all its pages."""
    blocks: dict[int, list[Any]] = {}
    for page in pages:
        for block, line in _lines(page):
            if block is not None:
                blocks.setdefault(block, []).append(line)
    return list(blocks.items())


def _close_short(pages: list[Any], known: Corrections) -> Corrections:
    """Set a block a hair closer where WeasyPrint ended a line after a word or two, with room to spare."""
    tight = dict(known.tight)
    for block, lines in _blocks(pages):
        widest = max(map(boxes.width, lines))
        for line, tail in pairwise(lines):
            flows = (
                line.element is tail.element
                and "::" not in str(line.element_tag)
                and boxes.is_justified(line)
                and line.element.find(".//br") is None
            )
            few = flows and len(boxes.text(line).split()) <= FEW
            if few and widest - boxes.width(line) > 1.5 * boxes.first_word(tail) and tight.get(block, 0) < TRIES:
                tight[block] = known.tight.get(block, 0) + 1
    return replace(known, tight=tight)


def _part_hyphens(pages: list[Any], known: Corrections) -> Corrections:
    """Keep the word whole at which one line too many in a row would end in a hyphen."""
    found = set()
    for block, lines in _blocks(pages):
        run = 0
        for head, tail in pairwise(lines):
            run = run + 1 if boxes.is_broken(head) else 0
            if run > HYPHENS:
                found.add(_whole(block, head, tail, known))
                run = 0
    for note in (note for page in pages for area in boxes.note_areas(page) for note in area.children):
        (number, head), (_, tail), *_ = [*_lines(note), (None, None), (None, None)]
        if number is not None and tail is not None and boxes.broken_word(head, tail):
            found.add(_whole(number, head, tail, known))  # beside the note's raised number poppler does not join it again
    return replace(known, whole=known.whole | found)


def page_starts(layout: Any) -> tuple[tuple[str, ...], ...]:
    """Give the first words of running text of each page, at most eight; none for a page of figures and tables."""
    starts = []
    for page in boxes.pages_of(layout):
        words: list[str] = []
        for line in _running_lines(page.children[0]):
            found = boxes.text(line).replace("\N{ZERO WIDTH SPACE}", "").split()
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
    if boxes.is_line(box):
        if inside and not (element is not None and "abstract-title" in str(element.get("class"))):
            yield box
        return
    for child in getattr(box, "children", None) or ():
        yield from _running_lines(child, inside)
