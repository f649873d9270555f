"""The division of a text into lines: WeasyPrint's in, the same as it was planned, or with what was mended, out."""

from __future__ import annotations

from collections import OrderedDict
from copy import copy
from functools import partial
from math import inf
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from compositor.justify.filler import Filler

STOPS = ".,;:?!\u2026\u2014"
SPACE = 0.3  # em; about the widest space between words
LINE = 300  # letters: more than any line of print holds
NEAR = 40  # letters: more than any pattern of a dictionary has, so that what is cut off does not matter
LINES = 2000  # that are known; some thirty pages


def keeps(pair: str) -> bool:
    """Whether a line never ends between two letters of two boxes: a stop and the call of a note, which Pango would part."""
    return pair[1:].isdigit() and pair[0] in STOPS


class Lines:
    """WeasyPrint's ``split_text_box``, with what was mended in a block; of a page made again, only what is new is divided."""

    def __init__(self, split: Any, first: Any, planned: Filler) -> None:
        self._split, self._first, self._planned = split, first, planned
        # text, style, room, what was mended → Pango's line and its measures, and the style, so that no other takes its place
        self._known: OrderedDict[Any, tuple[Any, Any]] = OrderedDict()
        self._kept: frozenset[str] = frozenset()  # words of that block
        self._may_break: Callable[[str], bool] | None = None  # of the block whose text is being divided
        self._cut: tuple[int, bool] | None = None  # how much of that text goes on the line, where this was planned
        self._start = 0.0  # where the line that is being filled begins
        self._parted = False  # whether it has a space

    def row(self, split: Any, context: Any, box: Any, x: float, *rest: Any) -> Any:
        """Fill a line, or a box in it, as ``split`` does."""
        if type(box).__name__ != "LineBox":
            return split(context, box, x, *rest)
        outer = self._start, self._parted
        self._start, self._parted = x, False
        try:
            return split(context, box, x, *rest)
        finally:
            self._start, self._parted = outer

    def split(self, context: Any, box: Any, room: float, skip: int, **named: Any) -> Any:
        """Divide the text of a box that has some room, in CSS pixels, as it was planned, or given its block's exceptions."""
        # in a box of a line, WeasyPrint takes each text for its first, and breaks words that could go to the next line
        first = getattr(box, "position_x", self._start) <= self._start
        if self._parted and not first:
            named["is_line_start"] = False
        found = self._split_as_planned(context, box, room, skip, **named)
        if found[0] is not None:
            self._parted = self._parted or " " in (found[0].text.lstrip() if first else found[0].text)
        return found

    def _split_as_planned(self, context: Any, box: Any, room: float, skip: int, **named: Any) -> Any:
        block = getattr(box, "block", None)
        self._cut = self._planned.cut(box, skip)
        self._may_break = partial(context.mending.may_break, block)
        self._kept = frozenset(context.mending.whole.get(block, ()))
        try:
            found = self._split(context, box, room, skip, **named)
            if self._cut is not None or not _ends_early(box, room, *found):
                return found
            again = self._split(context, box, room - SPACE * box.style["font_size"], skip, **named)
        finally:
            self._may_break, self._kept, self._cut = None, frozenset(), None
        return again if again[0] is not None and again[0].width > found[0].width else found

    def first(self, text: str, style: Any, context: Any, room: float, *rest: Any, **named: Any) -> Any:
        """Give the first line of a text: Pango's layout of it, which whoever draws it changes, and its measures."""
        key = (text, id(style), room, rest, *named.items(), self._kept, self._cut)
        if key in self._known:
            self._known.move_to_end(key)
            line, *measures = self._known[key][0]
            return copy(line), *measures
        if self._cut is None:
            found = self._first(text, style, context, room, *rest, **named)
        else:
            found = _cut_off(text, style, context, *self._cut)
        self._known[key] = (copy(found[0]), *found[1:]), style
        if len(self._known) > LINES:
            self._known.popitem(last=False)
        return found

    def iterate(self, dictionary: Any, word: str) -> Any:
        """Give the ways to break a word, the longest first part first; of one that no line can hold, those near its head.

        WeasyPrint tries every way in turn, each with a layout of its own.
        """
        if self._may_break is not None and not self._may_break(word):
            return ()
        ways = dictionary.iterate(word[: LINE + NEAR])
        return ways if len(word) <= LINE + NEAR else [way for way in ways if len(way[0]) <= LINE]


def _cut_off(text: str, style: Any, context: Any, length: int, hyphen: bool) -> tuple[Any, ...]:
    """Do what ``split_first_line`` does for a line that holds so many bytes of a text, and a hyphen or not."""
    from weasyprint.text.ffi import FROM_UNITS, pango
    from weasyprint.text.line_break import create_layout, line_size

    kept = text.encode()[:length].decode().rstrip(" ")
    layout = create_layout(kept + style["hyphenate_character"] if hyphen else kept, style, context, None, 0)
    line, _ = layout.get_first_line()
    width, height = line_size(line, style)
    baseline = pango.pango_layout_get_baseline(layout.layout) * FROM_UNITS
    layout.deactivate()
    return layout, len(kept.encode()), length, width, height, baseline


def _ends_early(box: Any, room: float, line: Any, resume: int | None, preserved: bool) -> bool:
    """Whether a line has room for the word that follows, as far as the letters' mean width tells.

    Where a text is too wide by less than a space, Pango 1.50 ends the line too early, often after its first word.
    """
    if line is None or resume is None or preserved or not 2 * box.style["font_size"] < room - line.width < inf:
        return False
    word = box.text.encode()[resume:].decode().split(" ", 1)[0]
    return bool((len(word) + 1) * line.width / max(1, len(line.text)) < room - line.width)


class Dictionaries:
    """WeasyPrint's store of dictionaries for hyphenation; those in it know the exceptions."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._known: dict[Any, Any] = {}

    def get(self, key: tuple[str, int, int, int]) -> Any:
        """Give the dictionary for a language, and letters to be left on each side."""
        if key not in self._known:
            from weasyprint.text.line_break import pyphen

            language, left, right, _ = key
            dictionary = pyphen.Pyphen(lang=language, left=left, right=right)
            self._known[key] = SimpleNamespace(iterate=partial(self._lines.iterate, dictionary))
        return self._known[key]
