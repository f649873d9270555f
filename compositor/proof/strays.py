"""Raised and lowered signs that a reader of a PDF finds on another line than the words they stand at.

Poppler makes lines of what stands at one height: the sign of "R²" may come some words before its letter, or behind it. Such
a piece may stand anywhere near its word; it must be there, and once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from compositor.proof.expected import Difference
from compositor.proof.taking import take_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compositor.proof.expected import Word

NEXT = 12  # words of a stream, about a line, before which a piece of one of them may come
ASIDE = 40  # words of a page within which it stands, before its word or behind


@dataclass(slots=True)
class Strays:
    """Pieces that are read and whose words are still to come, and pieces that are still to come, with where they belong."""

    early: Counter[str] = field(default_factory=Counter)
    late: dict[str, list[str]] = field(default_factory=dict)

    def copy(self) -> Strays:
        """Give the same once more."""
        return Strays(Counter(self.early), {piece: list(items) for piece, items in self.late.items()})

    def come_early(self, pieces: Iterable[str], ahead: list[Word]) -> bool:
        """Note pieces that were read, if they are all of the words ahead."""
        known = Counter(piece for word in ahead if word.parts for piece in word.pieces())
        if Counter(pieces) - (known - self.early):
            return False
        self.early.update(pieces)
        return True

    def come_late(self, word: str) -> bool:
        """Take a word of the page as a piece whose word was read without it."""
        if not (items := self.late.get(word)):
            return False
        items.pop()
        return True

    def leave(self, ahead: list[Word], words: list[str], index: int) -> int | None:
        """Give how many words of the page make the first word but for a piece that stands elsewhere; None if they don't.

        The next word must follow, so that it is no other place. A word that is raised as a whole leaves nothing.
        """
        word = ahead[0]
        for place, piece in enumerate(word.pieces() if word.parts else ()):
            others = (*word.parts[:place], *word.parts[place + 1 :])
            taken = take_word(replace(word, text="".join(others), parts=others), words, index) if others else 0
            if (others and not taken) or not _follow(ahead[1:], words, index + taken, piece):
                continue
            if self.early[piece]:
                self.early[piece] -= 1
            elif piece in words[max(index - ASIDE, 0) : index] or piece in words[index + taken : index + ASIDE]:
                self.late.setdefault(piece, []).append(word.item)
            else:
                continue
            return taken
        return None

    def left(self) -> list[Difference]:
        """Give what stands nowhere, and what stands there too often."""
        lost = [Difference(item, piece, "") for piece, items in self.late.items() for item in items]
        return lost + [Difference("what is raised or lowered", "", piece) for piece in self.early.elements()]


def _follow(following: list[Word], words: list[str], index: int, piece: str) -> bool:
    """Whether a page goes on with the next word or a piece of it; the piece that is looked for may stand between."""
    index += words[index : index + 1] == [piece]
    if not following or index >= len(words):
        return not following
    return take_word(following[0], words, index) > 0 or words[index] in following[0].parts
