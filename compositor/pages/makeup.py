"""Page make-up: WeasyPrint's loop over the pages in, the same loop with each page mended before the next is made out.

WeasyPrint fills pages from top to bottom and never looks back. Here each page is looked at as soon as it is made. Where
something is wrong with it (mending.py says what), what is still to be set is changed, and that page is made again. So the
whole costs little more than one layout, however long the text is.

While a layout is made, this module stands in for WeasyPrint's loop, for its division of a text into lines, where it asks
how high notes are and whether one fits, and where it begins columns and leaves one empty; the version of WeasyPrint is pinned.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

from compositor.justify import division, filler
from compositor.pages import longnotes
from compositor.pages.mending import Mending

if TYPE_CHECKING:
    from collections.abc import Iterator

TRIES = 12  # times that a page is made again at the most
MARGINS = 4  # the place of the margins that collapse, of what WeasyPrint says of a box; a column that is only tried has a list


@contextmanager
def made_up() -> Iterator[None]:
    """Let WeasyPrint's layouts be made up by us."""
    from weasyprint import layout
    from weasyprint.layout import block, inline

    asked = layout.LayoutContext
    theirs = layout.make_all_pages, inline.split_text_box, inline.split_first_line, block.columns_layout
    their_lines = inline.get_next_linebox, inline.avoid_collisions, inline.text_align
    their_breaks, their_row, their_box = inline.can_break_text, inline.split_inline_box, block.block_box_layout
    their_notes = asked.layout_footnote, asked._update_footnote_area
    ours = filler.Filler(*their_lines)
    lines = division.Lines(inline.split_text_box, inline.split_first_line, ours)
    heights = _Heights(asked._update_footnote_area)

    def pages(context: Any, root: Any, html: Any, before: list[Any]) -> list[Any]:
        if not hasattr(context, "mending"):  # the pages of a table of contents are made several times
            context.mending = Mending(root, context.footnotes)
            context.dictionaries = division.Dictionaries(lines)
        return _Loop(context, root, html).run(before)

    def note(context: Any, box: Any) -> bool:
        return their_notes[0](context, box) or longnotes.overflows(box, context)

    def columns(context: Any, box: Any, *rest: Any) -> Any:
        context.columns_top = box.position_y
        return theirs[3](context, box, *rest)

    def column(context: Any, box: Any, bottom: float, resume: Any, *rest: Any, **named: Any) -> Any:
        made = their_box(context, box, bottom, resume, *rest, **named)
        if made[0] is None and box.is_column and resume and rest[MARGINS] is None:
            return _empty(box), resume, *made[2:]
        return made

    inline.split_inline_box = partial(lines.row, their_row)
    layout.make_all_pages, inline.split_text_box, inline.split_first_line = pages, lines.split, lines.first
    block.columns_layout, block.block_box_layout = columns, column
    inline.can_break_text = lambda text, lang: not division.keeps(text) and their_breaks(text, lang)
    inline.get_next_linebox, inline.avoid_collisions, inline.text_align = ours.next_line, ours.collisions, ours.align
    asked.layout_footnote, asked._update_footnote_area = note, lambda context: heights.update(context)
    try:
        yield
    finally:
        layout.make_all_pages, inline.split_text_box, inline.split_first_line, block.columns_layout = theirs
        inline.get_next_linebox, inline.avoid_collisions, inline.text_align = their_lines
        inline.can_break_text, inline.split_inline_box, block.block_box_layout = their_breaks, their_row, their_box
        asked.layout_footnote, asked._update_footnote_area = their_notes


def _empty(column: Any) -> Any:
    """Give a column in which the next figure has no room. WeasyPrint would take those before it off the page, too."""
    empty = column.copy_with_children([])
    empty.height = 0
    return empty


@dataclass(frozen=True, slots=True)
class _Before:
    """What the context of a layout holds before a page is made: which notes are waiting."""

    footnotes: list[Any]
    reported: list[Any]
    rendered: list[Any]
    broken: dict[Any, Any]

    @classmethod
    def of(cls, context: Any) -> _Before:
        return cls(
            list(context.footnotes),
            list(context.reported_footnotes),
            list(context.rendered_notes),
            dict(context.broken_out_of_flow),
        )

    def restore(self, context: Any) -> None:
        context.footnotes = list(self.footnotes)
        context.reported_footnotes = list(self.reported)
        context.rendered_notes = list(self.rendered)
        context.broken_out_of_flow = dict(self.broken)


class _Loop:
    """WeasyPrint's ``make_all_pages``, and back to a page where that is wanted."""

    def __init__(self, context: Any, root: Any, html: Any) -> None:
        self.context, self.root, self.html = context, root, html
        self.made: list[Any] = []
        self.states: list[_Before] = []
        self.tries: Counter[int] = Counter()

    def run(self, before: list[Any]) -> list[Any]:
        """Make all pages; ``before`` are those of a layout that is now to be brought up to date."""
        from weasyprint.layout.page import remake_page

        context = self.context
        context.rendered_notes = []
        while True:
            index = len(self.made)
            self.states.append(_Before.of(context))
            state = context.page_maker[index][-1]
            if before and index < len(before) and not state["content_changed"] and not state["pages_wanted"]:
                self.made.append(before[index])
                resume, reported = context.page_maker[index + 1][0], False
            else:
                context.line_top = -inf  # no line of the page asks yet
                state |= {"content_changed": False, "pages_wanted": False, "anchors": [], "content_lookups": []}
                page, resume = remake_page(index, context, self.root, self.html)
                self.made.append(page)
                context.reported_footnotes.sort(key=lambda note: context.mending.order[id(note)])  # as they are numbered
                reported = bool(context.reported_footnotes)
                if (back := self._mended(resume)) is not None:
                    self._return_to(back)
                    continue
            if resume is None and not reported:
                if (back := context.mending.end(self.made, self.root)) is not None:
                    self._return_to(back)
                    continue
                context.page_maker = context.page_maker[: index + 2]
                context.broken_out_of_flow.clear()
                context.reported_footnotes.clear()
                return self.made

    def _mended(self, resume: Any) -> int | None:
        """Give the page to make again, from 0, if something was mended on the last one."""
        if self.tries[len(self.made) - 1] >= TRIES:
            return None
        mending: Mending = self.context.mending
        return mending.mend(self.made, self.root, resume, self.context.reported_footnotes)

    def _return_to(self, index: int) -> None:
        self.tries[len(self.made) - 1] += 1
        self.states[index].restore(self.context)
        del self.made[index:], self.states[index:]
        self.context.page_maker = self.context.page_maker[: index + 1]
        self.context.page_maker[index][-1]["content_changed"] = True


class _Heights:
    """WeasyPrint's layout of a page's notes for their height, once for the same notes: columns ask for it again and again."""

    def __init__(self, update: Any) -> None:
        self._update = update
        # notes, width, what was mended → height, whether it is too much, and the notes, so that no other takes the place of one
        self._known: dict[Any, tuple[float, bool, tuple[Any, ...]]] = {}

    def update(self, context: Any) -> bool:
        """Bring the height of the notes, and that of the text over them, up to date; whether the notes have too little room."""
        area, notes = context.current_footnote_area, context.current_page_footnotes
        key = (*map(id, notes), area.page.width, context.mending.count)
        if not notes or key not in self._known:
            place = context.line_top
            too_high = bool(self._update(context))
            context.line_top = place  # that of a line of the text, not of these notes
            self._known[key] = area.height, too_high, tuple(notes)
            return too_high
        if area.height != "auto" and not context.in_column:
            context.page_bottom += area.margin_height()
        area.children = notes
        area.height, too_high, _ = self._known[key]
        if not context.in_column:
            context.page_bottom -= area.margin_height()
        return too_high
