"""Lines as they were planned: WeasyPrint's way of making lines in, the same with room for just what a line is to hold out.

What is not simple text (floats, two directions, line ends of its own) is filled as WeasyPrint does it. So is a line that comes
out otherwise than it was measured, and what is behind it is planned anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compositor.justify import hanging, widths
from compositor.justify.planning import Planner
from compositor.pages import boxes

if TYPE_CHECKING:
    from compositor.justify.planning import Line, Plan


class Filler:
    """Stands in for WeasyPrint's functions that make a line and fill it, while a layout is made."""

    def __init__(self, line: Any, collisions: Any, align: Any) -> None:
        self._line, self._collisions, self._align = line, collisions, align
        self._planner = Planner()
        self._made: tuple[Plan, Line] | None = None  # the planned line that is being made
        self._room: float | None = None  # and its room, until that has been asked for

    def next_line(self, context: Any, line: Any, top: float, bottom: float, skip: Any, block: Any, *rest: Any) -> Any:
        """Give the next line of a paragraph, and WeasyPrint's way to the one behind it."""
        context.line_top = top  # longnotes.py asks how much room there is below it
        simple = not any(rest[-2:]) and not context.excluded_shapes  # no first letter or line of another style, no floats
        plan = self._planner.plan(context, line, block) if simple else None
        planned = self._planner.line(context, plan, line, skip, block) if plan else None
        if plan and planned:
            self._made, self._room = (plan, planned), planned.room
            try:
                made, resume = self._line(context, line, top, bottom, skip, block, *rest)
            finally:
                self._made = self._room = None
            if plan.outline.byte(line, resume) == planned.end:
                return made, resume
        return self._line(context, line, top, bottom, skip, block, *rest)

    def cut(self, box: Any, skip: int) -> tuple[int, bool] | None:
        """Give how many bytes of a text, behind those that are skipped, the planned line takes, and whether a hyphen follows.

        None means that it takes all, or that nothing was planned.
        """
        if self._made is None:
            return None
        plan, line = self._made
        begins, ends = plan.outline.spans.get(id(box), (0, 0))
        return (line.end - begins - skip, line.hyphen) if begins + skip < line.end < ends else None

    def collisions(self, context: Any, box: Any, block: Any, outer: bool = True) -> tuple[float, float, float]:
        """Give a line's place and its room: a planned one's own, the first time that it is asked for."""
        x, y, width = self._collisions(context, box, block, outer)
        room, self._room = self._room, None
        return x, y, width if room is None else room

    def align(self, context: Any, line: Any, room: float, last: bool) -> float:
        """Fill a line, and give how far it is moved; a planned one may get narrower, too, and one too loose is left short."""
        if _is_filled(line.style, last) and widths.is_loose(line, room - line.width):
            return 0.0
        if self._made is None or self._made[0].balanced:
            moved: float = self._align(context, line, room, last)
            return moved
        left, right = _hung(line)
        more = room + left + right - line.width
        if more < 0 or not last or line.style["text_align_last"] == "justify":
            widths.widen(context, line, more, self._made[0].measure)
        return -left


def _is_filled(style: Any, last: bool) -> bool:
    return bool(style["text_align_last" if last and style["text_align_last"] != "auto" else "text_align_all"] == "justify")


def _hung(line: Any) -> tuple[float, float]:
    """Give how far the first and last letter of a line stand outside it, in CSS pixels."""
    leaves = [box for box in boxes.inside(line) if not getattr(box, "children", ()) and getattr(box, "text", box)]
    if not leaves:
        return 0.0, 0.0
    first, last = leaves[0], leaves[-1]
    left = hanging.before(first.style, first.text[0]) if boxes.is_text(first) else 0.0
    return left, hanging.behind(last.style, last.text[-1]) if boxes.is_text(last) else 0.0
