"""Finding a passage again: words in, the words of another text that they are out.

Two texts that say the same seldom agree word for word: one has marks and keys of citations, the other what they became.
So a passage is looked for by runs of three words, fewer where there are none; the runs vote for a stretch of the text,
and inside that stretch the words are paired in their order.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compositor.proof.expected import INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

RUN = 3  # words that make a place probable
STRETCH = 24  # words; a text is searched in stretches of no less
STRAY = 8  # words by which a single pair may be off its neighbours


def words_of(text: str) -> list[str]:
    """Give the words of a text for comparison: letters and figures only, in lower case."""
    return re.findall(r"[^\W_]+", INVISIBLE.sub("", text).casefold())


@dataclass(frozen=True, slots=True)
class Found:
    """Where a passage was found."""

    runs: int  # runs of the passage that stand there: how sure it is
    pairs: dict[int, int]  # word of the passage → word of the text, both from 0


class Index:
    """A text in which passages are looked for."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)
        self._places: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for size in range(1, RUN + 1):
            for place in range(len(self._words) - size + 1):
                self._places[tuple(self._words[place : place + size])].append(place)

    def first(self, words: Sequence[str]) -> int | None:
        """Give the first place of a few words, or None."""
        places = self._places.get(tuple(words[:RUN]), [])
        return next((place for place in places if self._words[place : place + len(words)] == list(words)), None)

    def find(self, passage: Sequence[str], after: int = 0) -> Found | None:
        """Find a passage; of places that are as good, the first behind the word ``after``. None where it is not there."""
        width = max(STRETCH, len(passage))
        for size in range(min(RUN, len(passage)), 0, -1):
            votes: Counter[int] = Counter()
            for index in range(len(passage) - size + 1):
                run = tuple(passage[index : index + size])
                if not all(word.isdecimal() for word in run) or len(run) == RUN:  # the number of a head says nothing
                    votes.update((place - index) // width for place in self._places.get(run, ()))
            if not votes:
                continue

            def rank(stretch: int, votes: Counter[int] = votes) -> tuple[int, bool, int]:
                behind = (stretch + 2) * width > after
                return votes[stretch] + votes[stretch + 1], behind, -abs(stretch * width - after)

            best = max(votes, key=rank)
            start = max(0, best * width if size < RUN else (best - 1) * width)
            if best * width <= after < (best + 2) * width and size < RUN:
                start = after
            pairs = self._pair(passage, start, (best + 3) * width)
            if pairs:
                return Found((votes[best] + votes[best + 1]) if size == min(RUN, len(passage)) else 0, pairs)
        return None

    def _pair(self, passage: Sequence[str], start: int, end: int) -> dict[int, int]:
        """Pair the words of a passage with those of a stretch, without single words that stray."""
        matcher = difflib.SequenceMatcher(None, passage, self._words[start:end], autojunk=False)
        blocks = [block for block in matcher.get_matching_blocks() if block.size]
        offsets = [block.b - block.a for block in blocks]
        pairs: dict[int, int] = {}
        for number, block in enumerate(blocks):
            near = [offsets[other] for other in (number - 1, number + 1) if 0 <= other < len(blocks)]
            if block.size == 1 and near and all(abs(offsets[number] - offset) > STRAY for offset in near):
                continue
            pairs |= {block.a + step: start + block.b + step for step in range(block.size)}
        return pairs
