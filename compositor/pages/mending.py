"""What is wrong with a page: the pages made so far in, changes to what is still to be set out.

Five faults of WeasyPrint's pages are mended here:

- A figure or short table that does not fit goes over to the next page or column and leaves a hole. The text runs on
  instead, and the figure moves past blocks that follow it until there is none.
- A word is broken over the end of a page or column. It stays whole instead.
- More than two lines in a row end in a hyphen. The word of the third stays whole.
- To squeeze the second line of a paragraph in, WeasyPrint sends the page's last note to the next page, away from its
  call. That paragraph starts the next page instead.
- The colophon has the last page for itself. It is set tight, and if that is not enough, takes the last lines before it along.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from compositor.editions import colophon
from compositor.pages import boxes, columns, continued, leads, longnotes
from compositor.pages.breaks import LONGEST
from compositor.pages.pagination import BLOCK, FIGURE, SPARE, is_float, is_passable

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADS = {"h2", "h3", "h4", "h5", "h6"}
SUBHEADS = HEADS - {"h2"}
HOLE = 56.0  # CSS pixels, three lines: less than this at the foot of a page is no hole
HYPHENS = 2  # lines in a row that may end in one
PATIENCE = 4  # words of a block kept whole in vain; then it is set without hyphens


class Mending:
    """The source boxes of a layout, numbered, and what was mended in them."""

    def __init__(self, root: Any, notes: list[Any]) -> None:
        self.whole: dict[int, set[str]] = {}  # block → words not to be broken; "": none of its words
        self.sparing: set[int] = set()  # pages in columns, from 1, on which no note goes on
        self.order = {id(note): index for index, note in enumerate(notes)}
        self.long = any(map(longnotes.goes_on, notes))
        self._openers: dict[int, Any] = {}  # block → the box that begins what must stand with it: a head, a lead-in, or its own
        self._opener: Any = None  # of what is being numbered
        self._parents: dict[int, Any] = {}  # figure → the box that holds its box
        self._passed: set[tuple[int, int]] = set()  # a figure and a table that it moved past, or the other way round
        self._steps: dict[int, int] = {}  # figure → number of blocks that it moved past at last
        self._lent: dict[int, list[tuple[Any, list[Any]]]] = {}  # figure → what held what before a block was lent
        self._stays: set[int] = set()  # figures that are better left where they are
        self._tried: tuple[int, int] | None = None  # a figure for a page of its own and the page it was to leave full
        self._spares: list[tuple[Any, Any]] = []  # colophons that stand in, each with the box that holds it
        self._sayings: list[tuple[Any, Any]] = []  # what tables say where they go on, each with the box that holds it
        self._root = root
        for box in (root, *notes):
            self._opener = None
            self._number(box, None)
        for holder, box in (*self._spares, *self._sayings):
            holder.children = [child for child in holder.children if child is not box]
        # by the element of the table
        self.continued = {holder.children[0].element: box for holder, box in self._sayings}

    @property
    def count(self) -> int:
        """How many words are kept whole; so long as it is the same, the same text makes the same lines."""
        return sum(map(len, self.whole.values()))

    def _number(self, box: Any, block: int | None, *, over: bool = False) -> None:
        """Give a box and what it holds their block, and each block its opener; ``over``: they lead over to what follows."""
        if boxes.is_leaf(box):
            self._opener = self._opener if over else None
        elif boxes.is_block(box) and box.element_tag in HEADS:
            self._opener, over = self._opener or box, True
        elif boxes.is_block(box) and (found := boxes.marked(box, BLOCK)) is not None:
            block = int(found.get(BLOCK))
            self._opener = self._opener or box
            self._openers.setdefault(block, self._opener)
            over = leads.leads_over(found)
        if boxes.is_text(box):
            box.block = block
        for child in getattr(box, "children", ()):
            if (figure := boxes.marked(child, FIGURE)) is not None:
                self._parents.setdefault(int(figure.get(FIGURE)), box)
            if boxes.is_block(child) and boxes.marked(child, SPARE) is not None:
                self._spares.append((box, child))
            if boxes.is_block(child) and boxes.marked(child, continued.MARK) is not None:
                self._sayings.append((box, child))
            self._number(child, block, over=over)

    def may_break(self, block: int | None, word: str) -> bool:
        """Whether a word of a block may be broken. One that may be too long for a line must: it would leave the page."""
        if len(word) > LONGEST:
            return True
        kept = self.whole.get(block, set()) if block is not None else set()
        return not kept or not ("" in kept or len(kept) > PATIENCE or kept & set(re.findall(r"\w+", word)))

    def mend(self, made: list[Any], root: Any, resume: Any, strayed: list[Any]) -> int | None:
        """Mend what is wrong with the last page of those made; give the page to make again from, or None.

        ``resume`` is WeasyPrint's way from the ``root`` of the source boxes to where the next page begins, ``strayed``
        are the notes that go over to it.
        """
        parted = self._part_hyphens(made)
        frames = boxes.frames(made[-1])
        ahead = boxes.ahead(root, resume)
        mended = (
            self._fill_holes(frames, ahead, len(made))
            or (strayed and not any(map(longnotes.goes_on, strayed)) and self._keep_notes(made[-1]))
            or self._spare(frames, len(made))
            or self._keep_words(frames, ahead)
        )
        return len(made) - 1 if parted or mended else None

    def end(self, made: list[Any], root: Any) -> int | None:
        """Mend what is wrong with how the pages end; give the page to make again from, or None."""
        if not self._spares or not _is_lonely(made):
            return None
        _, spare = self._spares.pop(0)
        for holder in boxes.inside(root):
            if any(map(_is_colophon, getattr(holder, "children", ()))):
                holder.children = [spare if _is_colophon(box) else box for box in holder.children]
                return len(made) - 2
        return None

    # Figures

    def _fill_holes(self, frames: list[boxes.Frame], ahead: boxes.Ahead, number: int) -> bool:
        """Move the first figure that leaves a hole past a block; whether there was one."""
        heads = [*(_figure_at_head(frame.box) for frame in frames[1:]), _figure_ahead(ahead)]
        if self._tried and self._tried[1] == number:  # the block that it moved past did not fit as a whole
            (tried, _), self._tried = self._tried, None
            if tried not in heads:
                self._move_back(tried)
                self._stays.add(tried)
                return True
        for index, figure in enumerate(heads):
            if figure is None or figure in self._stays or self._hole(frames, index, figure) < HOLE:
                continue
            if self._move_on(figure):
                own = boxes.marked(self._box_of(figure), FIGURE).get("class", "").split()
                self._tried = (figure, number) if "own-page" in own else None
                return True
        return False

    def _hole(self, frames: list[boxes.Frame], index: int, figure: int) -> float:
        """Give the empty height that a figure behind a frame has left; where it spans the columns, in all of them."""
        spans = columns.SPAN in self._box_of(figure).element.get("class", "").split()
        last = index == len(frames) - 1
        return sum(frame.hole for frame in frames) if spans and last else frames[index].hole

    def _box_of(self, figure: int) -> Any:
        return next(box for box in self._parents[figure].children if _number_of(box) == figure)

    def _move_on(self, figure: int) -> bool:
        """Move a figure past the block that follows it, if it may."""
        parent = self._parents[figure]
        siblings = list(parent.children)
        box = self._box_of(figure)
        at = siblings.index(box)
        following = siblings[at + 1] if at + 1 < len(siblings) else None
        if (section := following or self._behind(parent)) is not None and _is_subsection(section):
            return self._enter(figure, box, section)
        if following is None or getattr(following, "element", None) is None:
            return False
        self._lent.pop(figure, None)
        if columns.RUN in (following.element.get("class") or "").split():
            self._lent[figure] = [(part, list(part.children)) for part in (parent, *siblings[:at][-1:], following)]
            return _lend(parent, at)
        head = following.element_tag in SUBHEADS  # where sections have been taken apart
        if head or is_passable(following.element):
            count = _together(siblings[at + 1 + head :])
            count += head if count else 0
            if _has_note(box) and any(map(_has_note, siblings[at + 1 : at + count + 1])):  # notes stand in their order
                return False
            siblings[at : at + count + 1] = [*siblings[at + 1 : at + count + 1], box]
            parent.children = siblings
            self._steps[figure] = count
            return count > 0
        if not is_float(following.element, other_than=box.element):
            return False
        if (other := _number_of(following)) is not None:
            if (other, figure) in self._passed:  # which would change places for ever
                return False
            self._passed.add((figure, other))
        siblings[at : at + 2] = [following, box]
        parent.children = siblings
        self._steps[figure] = 1
        return True

    def _enter(self, figure: int, box: Any, section: Any) -> bool:
        """Move a figure into the subsection behind it, past its first block; whether it may. It passes no head of a section."""
        inner = list(section.children)
        count = _together(inner[1:])
        own = (boxes.marked(box, FIGURE).get("class") or "").split()
        if not count or "own-page" in own or (_has_note(box) and any(map(_has_note, inner[: count + 1]))):
            return False
        left = self._parents[figure]
        left.children = [child for child in left.children if child is not box]
        section.children = [*inner[: count + 1], box, *inner[count + 1 :]]
        self._parents[figure] = section
        return True

    def _behind(self, section: Any) -> Any | None:
        """Give what stands behind a subsection."""
        if not _is_subsection(section):
            return None
        around = next(box for box in boxes.inside(self._root) if section in getattr(box, "children", ()))
        siblings = list(around.children)
        return next(iter(siblings[siblings.index(section) + 1 :]), None)

    def _move_back(self, figure: int) -> None:
        for part, children in (lent := self._lent.pop(figure, [])):
            part.children = children
        if lent:
            return
        parent = self._parents[figure]
        siblings = list(parent.children)
        at = siblings.index(self._box_of(figure))
        count = self._steps.get(figure, 1)
        siblings[at - count : at + 1] = [siblings[at], *siblings[at - count : at]]
        parent.children = siblings

    # Notes

    def _keep_notes(self, page: Any) -> bool:
        """Send the page's last block to the next page, with the note that it drove there, and the heads over it."""
        found = [block for box in boxes.inside(page.children[0]) if (block := boxes.marked(box, BLOCK)) is not None]
        source = self._openers.get(int(found[-1].get(BLOCK))) if len(found) > 1 else None
        if source is None or source.style["break_before"] == "page":
            return False
        source.style = source.style.copy()  # other paragraphs may share it
        source.style["break_before"] = "page"
        return True

    def _spare(self, frames: list[boxes.Frame], number: int) -> bool:
        """Take the room back that a long note took from columns, if they were left too short for its call."""
        if number in self.sparing or not self.long or len(frames) == 1 or frames[-1].hole < HOLE:
            return False
        self.sparing.add(number)
        return True

    # Words

    def _keep(self, block: int | None, head: str, tail: str) -> bool:
        """Keep the word whole that two lines share, or where that was in vain, all words of the block; whether it may help."""
        word = boxes.broken_word(head, tail)
        if block is None or not word or len(word) > LONGEST:
            return False
        kept = self.whole.setdefault(block, set())
        before = len(kept)
        kept.add("" if word in kept else word)
        return len(kept) > before

    def _keep_words(self, frames: list[boxes.Frame], ahead: boxes.Ahead) -> bool:
        """Keep a word whole that would go over a page or column: in the file, the page's number may stand inside it."""
        changed = False
        heads = [*(next((boxes.text(line) for _, line in _lines(frame.box)), "") for frame in frames[1:]), ahead.text]
        for frame, tail in zip(frames, heads, strict=True):
            for block, head in list(_lines(frame.box))[-1:]:
                changed = self._keep(block, boxes.text(head), tail) or changed
        return changed

    def _part_hyphens(self, made: list[Any]) -> bool:
        """Keep the word whole at which one line too many in a row would end in a hyphen; whether there was one."""
        changed = False
        for block, lines in _blocks(made[-2:]):
            run = 0
            for head, tail in pairwise(lines):
                run = run + 1 if boxes.is_broken(boxes.text(head)) else 0
                if run > HYPHENS and self._keep(block, boxes.text(head), boxes.text(tail)):
                    changed, run = True, 0
        for note in (note for area in boxes.note_areas(made[-1]) for note in area.children):
            for (number, head), (_, tail) in list(pairwise(_lines(note)))[: 0 if longnotes.goes_on(note) else 1]:
                # beside the note's raised number poppler does not join it again
                changed = self._keep(number, boxes.text(head), boxes.text(tail)) or changed
        return changed


def _is_colophon(box: Any) -> bool:
    found = boxes.marked(box, "id")
    return boxes.is_block(box) and found is not None and found.get("id") == colophon.ID


def _is_lonely(made: list[Any]) -> bool:
    """Whether the last of several pages holds a colophon and nothing else."""
    held = list(boxes.inside(made[-1].children[0]))
    last = [box for holder in held if _is_colophon(holder) for box in boxes.inside(holder)]
    return len(made) > 1 and bool(last) and sum(map(boxes.is_leaf, held)) == sum(map(boxes.is_leaf, last))


def _number_of(box: Any) -> int | None:
    found = boxes.marked(box, FIGURE)
    return None if found is None else int(found.get(FIGURE))


def _has_note(box: Any) -> bool:
    element = getattr(box, "element", None)
    return element is not None and any("footnote" in (part.get("class") or "").split() for part in element.iter())


def _figure_at_head(root: Any) -> int | None:
    """Give the figure that opens a column and may move, or None."""
    for box in boxes.inside(root):
        if boxes.is_leaf(box):
            return None
        if (figure := _number_of(box)) is not None:
            return figure
    return None


def _figure_ahead(ahead: boxes.Ahead) -> int | None:
    return next((figure for box in ahead.fresh if (figure := _number_of(box)) is not None), None)


def _is_subsection(box: Any) -> bool:
    children: list[Any] = list(getattr(box, "children", ()))
    return box.element_tag == "section" and bool(children) and children[0].element_tag in SUBHEADS


def _together(following: list[Any]) -> int:
    """Give the number of blocks behind a figure that it has to move past at once, 0 if it may not: none parts a lead-in."""
    for count, box in enumerate(following, start=1):
        if getattr(box, "element", None) is None or not is_passable(box.element):
            return 0
        behind = following[count] if count < len(following) else None
        if not leads.belong_together(box.element, getattr(behind, "element", None)):
            return count
    return 0


def _lend(parent: Any, at: int) -> bool:
    """Give the first blocks of the columns behind a figure that spans to the columns before it; whether they may go."""
    siblings = list(parent.children)
    figure, run = siblings[at : at + 2]
    count = _together(run.children)
    if not count:
        return False
    first = run.children[:count]
    before = siblings[at - 1] if at else None
    if before is not None and columns.RUN in (getattr(before, "element", {}).get("class") or "").split():
        before.children = [*before.children, *first]
        filled = [figure]
    else:
        filled = [run.copy_with_children([*first]), figure]
    run.children = list(run.children[count:])
    parent.children = [*siblings[:at], *filled, *([run] if run.children else []), *siblings[at + 2 :]]
    return True


def _lines(box: Any, block: int | None = None) -> Iterator[tuple[int | None, Any]]:
    """Give the lines of a box, each with the number of its block."""
    if (found := boxes.marked(box, BLOCK)) is not None:
        block = int(found.get(BLOCK))
    if boxes.is_line(box):
        yield block, box
    for child in getattr(box, "children", None) or ():
        yield from _lines(child, block)


def _blocks(pages: list[Any]) -> list[tuple[int, list[Any]]]:
    """Give the lines of each block of the last page, with those on the page before it."""
    blocks: dict[int, list[Any]] = {}
    for page in pages:
        here = set()
        for block, line in _lines(page):
            if block is not None:
                blocks.setdefault(block, []).append(line)
                here.add(block)
    return [(block, lines) for block, lines in blocks.items() if block in here]
