"""Numbers that Word counts itself: heads, lists and captions, each held against the number that was set.

A number that Word would count otherwise is typed, so that no edition ever shows another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compositor.word.parts import w

if TYPE_CHECKING:
    from lxml import etree

UNNUMBERED, HEADS, APPENDICES, BULLETS = 1, 2, 3, 4  # the first instances, in templates/docx/numbering.xml
KINDS = ("1", "a", "A", "i", "I")  # types of an <ol>, in the order of their definitions there
SIGNS = (".", ")", "()")  # around a list's numbers: each kind with the first, then each with the second, and with the third
DEEPEST = 8


@dataclass(slots=True)
class Heads:
    """Counts heads as Word will: one counter a level; a head starts those below it anew."""

    counts: dict[int, list[int]] = field(default_factory=lambda: {HEADS: [0] * 9, APPENDICES: [0] * 9})

    def place(self, number: str) -> tuple[int, int] | None:
        """Give the list and the level at which Word counts to this number, or None."""
        parts = number.split(".")
        which = APPENDICES if parts[0].isalpha() else HEADS
        level = len(parts) - 1
        if not number or level > DEEPEST:
            return None
        counts = [*self.counts[which][:level], self.counts[which][level] + 1] + [0] * (8 - level)
        first = chr(ord("A") + counts[0] - 1) if which == APPENDICES else str(counts[0])
        if ".".join([first, *map(str, counts[1 : level + 1])]) != number:
            return None
        self.counts[which] = counts
        return which, level


@dataclass(slots=True)
class Lists:
    """Gives each ordered list an instance of its own, so that it counts from its own start."""

    instances: list[etree._Element] = field(default_factory=list)

    def ordered(self, kind: str, signs: str, start: str, level: int) -> int:
        """Open an ordered list at a level from 0; gives the id of its instance."""
        number = BULLETS + 1 + len(self.instances)
        kind, signs = kind if kind in KINDS else KINDS[0], signs if signs in SIGNS else SIGNS[0]
        defined = BULLETS + 1 + SIGNS.index(signs) * len(KINDS) + KINDS.index(kind)
        override = w("lvlOverride", w("startOverride", val=start if start.isdecimal() else "1"), ilvl=level)
        self.instances.append(w("num", w("abstractNumId", val=defined), override, numId=number))
        return number


@dataclass(slots=True)
class Sequences:
    """Counts captions as SEQ fields will."""

    counts: dict[str, int] = field(default_factory=dict)

    def instruction(self, name: str, number: str) -> tuple[str, str, str] | None:
        """Give what to type before the field, its instruction, and its result; None where no field can count to this."""
        match = re.fullmatch(r"(.*?)([1-9]\d*)", number)
        if match is None:
            return None
        before, count = match.groups()
        series = re.sub(r"\W+", "_", f"{name} {before}".strip()).strip("_")
        expected = self.counts.get(series, 0) + 1
        self.counts[series] = int(count)
        again = "" if int(count) == expected else f" \\r {count}"
        return before, f" SEQ {series} \\* ARABIC{again} ", count
