"""A figure or table that is being read: its words, in any order, and those of a page that are its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compositor.pages.breaks import HYPHENS
from compositor.proof.taking import LINE_BEGINS, LINE_ENDS, begins, is_sign, take, take_marked

if TYPE_CHECKING:
    from compositor.proof.expected import Island, Word

ENDS = ",.;:)"  # signs that may follow a raised sign


def open_island(island: Island) -> Open:
    """Begin to read a figure or table."""
    head = {piece for word in island.head for piece in (word.text, *word.pieces(), *_joined(word))}
    return Open(
        island.item, island.pieces(), head, {text: made for word in island.printed for text, made in _joined(word).items()}
    )


def _joined(word: Word) -> dict[str, tuple[str, ...]]:
    """Give what poppler may take for one word of the pieces of a word that is raised or lowered inside."""
    pieces, ends = word.pieces(), range(2, len(word.pieces()) + 1)
    return {"".join(pieces[start:end]): pieces[start:end] for end in ends for start in range(end - 1)}


@dataclass(slots=True)
class Open:
    """A figure or table of which a part has been read."""

    item: str
    rest: Counter[str]
    repeated: set[str]  # words of its head
    joined: dict[str, tuple[str, ...]]  # what is raised or lowered, and what it stands at, as one word → its pieces

    def take(self, words: list[str], index: int) -> int:
        """Take the next word of it; gives how many words of the page it is, 0 where another stands here.

        A call of a note, or another raised sign, may stand off its word, on it, or before it. A line of single letters and
        signs, such as "6 × 9" in a cell, poppler takes for one word with its letters spaced.
        """
        if not self.rest:
            return 0
        word = words[index]
        parted = ((word[:cut], word[cut:]) for cut in range(len(word) - 1, 0, -1))
        spaced = (tuple(word),) if len(word) > 2 else ()
        ended = ((word[:cut], word[cut:-1], word[-1]) for cut in range(len(word) - 2, 0, -1) if word[-1] in ENDS)
        for forms in ((word,), self.joined.get(word, (word,)), *parted, *ended, *spaced):
            if forms[0] in self.rest and all(self.rest[form] >= count for form, count in Counter(forms).items()):
                self.rest.subtract(forms)
                for form in forms:
                    if self.rest[form] == 0:
                        del self.rest[form]  # what is left is asked for by whether it is there
                return 1
        behind = "".join(words[index + 1 : index + 2])[:1]
        goes_on = (len(word) > 1 or word == "-") and (word[-1] in LINE_ENDS or behind in LINE_BEGINS)
        for long in [long for long in self.rest if goes_on and long.startswith(word.removesuffix("-") or word)]:
            if taken := take(long, words, index):
                self._leave(long, "")
                return taken
        for long in [long for long in self.rest if len(long) > len(word) and long.startswith(word)]:
            if taken := take_marked(long, words, index):
                self._leave(long, "")
                return taken
        made, end = word, index + 1
        while end < len(words) and is_sign(words[end]):  # behind a raised sign a stop may stand by itself
            made, end = made + words[end], end + 1
            if made in self.rest:
                self._leave(made, "")
                return end - index
        for long in [long for long in self.rest if begins(long, word)]:
            self._leave(long, long.removeprefix(word))
            return 1
        return 0

    def lacks(self, word: str) -> list[str]:
        """Give the pieces that it has not, of a word that is raised or lowered inside."""
        return list((Counter(self.joined.get(word, ())) - self.rest).elements())

    def take_rest(self, word: str) -> None:
        """Take the pieces that it has."""
        self.rest -= Counter(self.joined[word])

    def _leave(self, long: str, rest: str) -> None:
        """Take a word out, but for a rest of it that comes later."""
        self.rest.subtract((long,))
        self.rest.update((rest,) if rest else ())
        self.rest = +self.rest

    def take_half(self, word: str, ahead: list[str]) -> bool:
        """Take a part of a word that a hyphen parts, if the other part comes ahead: beside a formula they may be far apart.

        Then poppler takes the hyphen for that of the next word it reads, such as a comma behind the formula, and joins the two.
        """
        for long in [long for long in self.rest if len(long) > len(word) > 1]:
            ends = f"{long.removesuffix(word)}-" if long.endswith(word) else ""
            begins = long.removeprefix(word[:-1]) if word[-1] == "-" and long.startswith(word[:-1]) else ""
            alone = long.removesuffix(word) if long.endswith(word) and long[0] in HYPHENS else ""
            for other in (ends, begins, alone):
                if other and other in ahead:
                    self._leave(long, other)
                    return True
            begun = ends.removesuffix("-")
            if begun and any(far.startswith(begun) and far.removeprefix(begun) in self.rest for far in ahead):
                self._leave(long, begun)
                return True
        return False

    def repeats(self, word: str) -> bool:
        """Whether a word is of its head, which stands again on each page."""
        return bool(self.rest) and word in self.repeated
