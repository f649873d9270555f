"""Where a paragraph's lines end: the places where one may in, those of the most even lines as a whole out.

The method is Knuth and Plass's, "Breaking paragraphs into lines", Software: Practice and Experience 11 (1981), and so are
badness, demerits and their numbers, as plain TeX has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

STRETCH = 0.5  # of the best space: how much wider it gets in a line of badness 100
LINE = 10.0  # added to each line's badness, so that fewer lines are better
HYPHEN = 100.0**2  # demerits of a line that ends in a hyphen,
TWO_HYPHENS = 10_000.0  # of the second in a row,
LAST_HYPHEN = 5_000.0  # and of one before the last line
CONTRAST = 10_000.0  # of a line beside one that is tight where it is loose
RUNT = 25_000.0  # of a last line that holds next to nothing
MORE_HYPHENS = 1e12  # and of each behind that, which is worse than any space
HYPHENS = 2  # lines in a row that may end in one
EVEN = 1.3  # the loosest line, in stretches of its spaces, that needs no hyphens
LOOSE, LOOSEST = 4.0, 40.0  # and those that are tried in turn with them
NEAR = 1e-6  # what is no farther apart is the same


class Place(NamedTuple):
    """A place where a line may end; lengths are from the head of the paragraph, if it were one line."""

    byte: int  # of the text, which the next line begins with
    end: float  # how far the line's edge is, with its hyphen, without spaces, and without what stands outside it
    start: float  # where the next line's edge is
    spaces: int  # that stand before the end
    passed: int  # and before that start
    hyphen: bool
    solid: float  # how much of the length before it can be no wider or narrower, as pictures cannot
    reach: float  # how far the line's text goes, with the spaces behind it
    head: float  # where the text of the next begins


@dataclass(frozen=True, slots=True)
class Measure:
    """What lines are to be, in the unit of the places."""

    width: float
    space: float  # the font's own, as the places count it
    least: float  # the narrowest space
    best: float  # the one that lines are to have
    runt: float  # a last line that is shorter holds next to nothing
    give: float = 0.0  # the share of its width that the text itself may get wider or narrower
    filled: bool = False  # whether the last line is to be as wide as the others

    @property
    def stretch(self) -> float:
        """How much wider than the best a space gets in a line of badness 100."""
        return STRETCH * self.best

    @property
    def shrink(self) -> float:
        """How much narrower than the best a space gets at most."""
        return self.best - self.least


_State = tuple[int, int]  # how tight the line before is, from 0 to 3, and how many in a row end in a hyphen
_Way = tuple[float, int, "_State | None"]  # demerits so far, the place before, and the state there


def fit(places: Sequence[Place], measure: Measure, first: float, loosest: float, *, partly: bool = False) -> list[int] | None:
    """Give the numbers of the places where lines end, the last among them, or None where a line would be too wide or loose.

    The first place is the paragraph's head, the last its foot. ``first`` is the width of the first line, and ``loosest`` how
    many times as much as it may a line may be stretched. ``partly`` goes as far as it can where the foot is not reached.
    """
    if len(places) < 2:
        return None
    _, ends, starts, spaces, passed, hyphens, solid, *_ = zip(*places, strict=True)
    last = len(ends) - 1
    stretch, shrink, give, widen = measure.stretch, measure.shrink, measure.give, measure.best - measure.space
    short = -1 if measure.filled else last
    ways: list[dict[_State, _Way]] = [{} for _ in ends]
    ways[0][1, 0] = (0.0, 0, None)
    for head in range(last):
        if not ways[head]:
            continue
        width = measure.width if head else first
        begun, before, broken = starts[head], passed[head], hyphens[head]
        for place in range(head + 1, last + 1):
            natural = ends[place] - begun
            left, between, letters = width - natural, spaces[place] - before, give * (natural - solid[place] + solid[head])
            gap = left - between * widen  # for spaces that are better than the font's own
            more = between * stretch + letters
            if gap > loosest * more + NEAR and place != short:
                continue
            less = between * shrink + letters
            if gap < -less - NEAR:
                break
            hyphen = hyphens[place]
            if gap < 0:
                ratio = max(-1.0, gap / less) if less and (place != short or left < 0) else 0.0
            else:
                ratio = gap / more if more and place != short else 0.0
            demerits, tight = (LINE + 100 * abs(ratio) ** 3) ** 2, _tightness(ratio)
            if hyphen:
                demerits += HYPHEN
            if place == short:
                demerits += RUNT * (left > width - measure.runt) + LAST_HYPHEN * broken
            for state, (so_far, _, _) in ways[head].items():
                run = min(state[1] + 1, HYPHENS + 1) if hyphen else 0
                total = so_far + demerits + CONTRAST * (abs(state[0] - tight) > 1)
                if run > 1:
                    total += TWO_HYPHENS if run <= HYPHENS else MORE_HYPHENS
                known = ways[place].get((tight, run))
                if known is None or total < known[0]:
                    ways[place][tight, run] = (total, head, state)
    reached = next(place for place in range(last, -1, -1) if ways[place]) if partly else last
    return _back(ways, reached)


def balance(places: Sequence[Place], measure: Measure, first: float) -> list[int] | None:
    """Give the places where the lines of a head end: as few lines as there can be, and as much alike as they can be.

    None where a word is wider than a line.
    """
    last = len(places) - 1
    best: list[tuple[int, float, int] | None] = [(0, 0.0, 0), *[None] * last]  # lines, unevenness, and the place before
    for head, place in enumerate(places):
        if (so_far := best[head]) is None:
            continue
        for end in range(head + 1, last + 1):
            left = (measure.width if head else first) - (places[end].end - place.start)
            if left < -NEAR:
                break
            way = so_far[0] + 1, so_far[1] + left**2, head
            known = best[end]
            if known is None or way < known:
                best[end] = way
    found: list[int] = []
    way_back = best[last] if last > 0 else None
    while way_back is not None and way_back[0]:
        found.append(last)
        last = way_back[2]
        way_back = best[last]
    return found[::-1] or None


def _tightness(ratio: float) -> int:
    return 0 if ratio < -0.5 else 1 if ratio <= 0.5 else 2 if ratio <= 1 else 3


def _back(ways: list[dict[_State, _Way]], place: int) -> list[int] | None:
    """Follow the best way back from a place; None where there is none."""
    if not ways[place]:
        return None
    state = min(ways[place], key=lambda state: ways[place][state][0])
    found: list[int] = []
    while place:
        found.append(place)
        _, place, before = ways[place][state]
        state = before or state
    return found[::-1]
