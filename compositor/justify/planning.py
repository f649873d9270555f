"""The lines of a paragraph or head as they are to be: WeasyPrint's source box of them in, the line from any place on out."""

from __future__ import annotations

from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from compositor.justify import hanging, hyphens, paragraphs, totalfit, wishes
from compositor.justify.totalfit import Measure, Place

SLACK = 2.0  # CSS pixels at the most that a line is given over what it was measured to need
RUNT = 5.0  # em: a last line that is shorter holds next to nothing
NARROW, LEAST = 0.75, 0.16  # the narrowest space between words: of the font's own, but no less in em
AHEAD = 1200  # places that are looked at in one go: some thirty lines with broken words, a hundred without
LAST = {"auto", "start", "left", "justify"}  # ways to set a last line that are known here
BEST = 0.21  # em: the best space, where the font's own is narrower


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is to be."""

    end: int  # the byte of the paragraph that the next line begins with
    room: float  # CSS pixels that make it end there
    hyphen: bool


@dataclass(slots=True)
class Plan:
    """A paragraph in one width, with some of its words kept whole, and its lines by the bytes that each begins with."""

    outline: paragraphs.Outline
    measure: Measure
    balanced: bool  # a head: its lines are not filled, and about as long as each other
    lines: dict[int, Line] = field(default_factory=dict)
    given_up: set[int] = field(default_factory=set)  # bytes behind which no lines can be planned


class Planner:
    """Plans paragraphs as they come; each keeps its plans for when its page is made again."""

    def __init__(self) -> None:
        self._last: tuple[Any, float, paragraphs.Paragraph] | None = None  # measured for this box in this width
        self._last_broken: tuple[Plan, list[Place]] | None = None

    def plan(self, context: Any, line: Any, block: Any) -> Plan | None:
        """Give the plan of a source box of lines, or None where it is to have none."""
        style = line.style
        if style["direction"] != "ltr" or not hasattr(context, "mending"):  # the latter is there on pages only
            return None
        balanced = style["text_align_all"] != "justify"
        if not wishes.is_balanced(style) if balanced else style["text_align_last"] not in LAST:
            return None
        known = vars(line).setdefault("plans", {})  # by width; None where there can be no plan
        if block.width not in known:
            known[block.width] = None
            with suppress(paragraphs.IntricateError):
                known[block.width] = self._measured(context, line, block).outline, {}
        if known[block.width] is None:
            return None
        outline: paragraphs.Outline
        plans: dict[Any, Plan]
        outline, plans = known[block.width]
        kept = frozenset(word for number in outline.blocks for word in context.mending.whole.get(number, ()))
        if kept not in plans:
            plans[kept] = Plan(outline, _measure(style, block.width), balanced)
        return plans[kept]

    def line(self, context: Any, plan: Plan, line: Any, skip: Any, block: Any) -> Line | None:
        """Give the line that begins where WeasyPrint's way leads to, planning from there if that has not been done."""
        start = plan.outline.byte(line, skip) if skip is not None else 0
        if start not in plan.lines and start not in plan.given_up:
            plan.lines.update(self._lines(context, plan, line, start, block))
            if start not in plan.lines:
                plan.given_up.add(start)
        return plan.lines.get(start)

    def _measured(self, context: Any, line: Any, block: Any) -> paragraphs.Paragraph:
        """Measure a paragraph; what was measured is large, and only that of the last is kept."""
        if self._last is None or self._last[0] is not line or self._last[1] != block.width:
            self._last = line, block.width, paragraphs.measure(context, line, block)
        return self._last[2]

    def _broken(self, context: Any, plan: Plan, line: Any, block: Any) -> list[Place]:
        """Give the places of a measured paragraph, and those where its words may be broken; they too are kept of the last."""
        if self._last_broken is None or self._last_broken[0] is not plan:
            paragraph = self._measured(context, line, block)
            self._last_broken = plan, hyphens.broken(paragraph, plan.measure.width, context.mending.may_break)
        return self._last_broken[1]

    def _lines(self, context: Any, plan: Plan, line: Any, start: int, block: Any) -> dict[int, Line]:
        """Plan the lines of a paragraph from one of its bytes on: with no word broken, if they are even so.

        Of a paragraph of many pages the next few are planned, and as much as there can be before a word that no line holds.
        """
        first = plan.measure.width - line.text_indent
        places, measure = _behind(self._measured(context, line, block).places, start, plan.measure)
        if plan.balanced:
            ends = totalfit.balance(places, measure, first)
        elif (ends := totalfit.fit(places, measure, first, totalfit.EVEN)) is None:
            places, measure = _behind(self._broken(context, plan, line, block), start, plan.measure)
            ends = totalfit.fit(places, measure, first, totalfit.LOOSE)
            ends = ends or totalfit.fit(places, measure, first, totalfit.LOOSEST, partly=True)
        lines: dict[int, Line] = {}
        begins = 0
        for end in ends or ():
            here = places[end]
            after = places[end + 1].end if end + 1 < len(places) else here.reach + 2 * SLACK
            slack = max(0.0, min(SLACK, (after - here.reach) / 2))
            indent = 0.0 if begins else line.text_indent
            lines[places[begins].byte] = Line(here.byte, here.reach - places[begins].head + slack + indent, here.hyphen)
            begins = end
        return lines


def _measure(style: Any, width: float) -> Measure:
    em, space = style["font_size"], hanging.width_of(style, " ")
    return Measure(
        width,
        space,
        least=min(space, max(NARROW * space, LEAST * em)),
        best=max(space, BEST * em),
        runt=RUNT * em,
        give=wishes.give(style),
        filled=style["text_align_last"] == "justify",
    )


def _behind(places: list[Place], start: int, measure: Measure) -> tuple[list[Place], Measure]:
    """Give the places from that on whose line begins with a byte, none where none does, and what their lines are to be."""
    head = bisect_left(places, (start,)) if start else 0
    if head == len(places) or places[head].byte != start:
        return [], measure
    cut = head + AHEAD < len(places)
    return places[head : head + AHEAD], replace(measure, filled=True) if cut else measure
