"""Words of printed pages, each given to what it belongs to: the text, a note, a figure or table, or what stands around them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from compositor.adapt import letters
from compositor.editions.breaks import HYPHENS, LONGEST
from compositor.proof import reversed as backwards
from compositor.proof.expected import Difference
from compositor.proof.reversed import ARROW

if TYPE_CHECKING:
    from compositor.proof.expected import Island, Word

LINE_ENDS = "-/._?=&#%,~+:;|\\—–"  # signs behind which a line may end inside a word or an address
ENDS = ",.;:)"  # signs that may follow a raised sign
BULLETS = set("•◦▪‣")
ANYTHING = ""  # stands for the first word of a caption whose signs may be on another side
LINE_BEGINS = (*HYPHENS, "—")  # and before which
LOOK = 3  # words that must agree before a stream is taken up
AHEAD = 12  # words by which a figure or table is known without its caption
NEAR = 6  # words within which the flow must go on, for a wrong word inside a figure or table to be the flow's
REACH = 800  # words, about a page: what stands in the text is read no further from its place
SEARCH = 80  # words to look ahead for the place where readings meet again


@dataclass(slots=True)
class _Open:
    """A figure or table of which a part has been read."""

    item: str
    rest: Counter[str]
    repeated: set[str]  # words of its head

    def take(self, words: list[str], index: int) -> int:
        """Take the next word of it; gives how many words of the page it is, 0 where another stands here.

        A note's call, or another raised sign, may stand off its word or on it. A line of single letters and signs, such as
        "6 × 9" in a cell, poppler takes for one word with its letters spaced.
        """
        if not self.rest:
            return 0
        word = words[index]
        parted = ((word[:cut], word[cut:]) for cut in range(len(word) - 1, 0, -1))
        spaced = (tuple(word),) if len(word) > 2 else ()
        ended = ((word[:cut], word[cut:-1], word[-1]) for cut in range(len(word) - 2, 0, -1) if word[-1] in ENDS)
        for forms in ((word,), *parted, *ended, *spaced):
            if forms[0] in self.rest and all(self.rest[form] >= count for form, count in Counter(forms).items()):
                self.rest.subtract(forms)
                for form in forms:
                    if self.rest[form] == 0:
                        del self.rest[form]  # what is left is asked for by whether it is there
                return 1
        behind = "".join(words[index + 1 : index + 2])[:1]
        goes_on = (len(word) > 1 or word == "-") and (word[-1] in LINE_ENDS or behind in LINE_BEGINS)
        for long in [long for long in self.rest if goes_on and long.startswith(word.removesuffix("-") or word)]:
            if taken := _take(long, words, index):
                self._leave(long, "")
                return taken
        made, end = word, index + 1
        while end < len(words) and _is_sign(words[end]):  # behind a raised sign a stop may stand by itself
            made, end = made + words[end], end + 1
            if made in self.rest:
                self._leave(made, "")
                return end - index
        for long in [long for long in self.rest if _begins(long, word)]:
            self._leave(long, long.removeprefix(word))
            return 1
        return 0

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


@dataclass(slots=True)
class Matcher:
    """What has been read of the pages so far, and what is still to come."""

    flow: list[Word]
    notes: list[list[Word]]
    furniture: Counter[str]  # running heads and page numbers, title block, imprint
    islands: list[Island]  # not yet met
    anywhere: Counter[str]  # words of passages written from right to left, without signs
    gaps: list[int]  # places in the flow before which loose words stand
    differences: list[Difference] = field(default_factory=list)
    at: int = 0  # next word of the flow
    note: int = 0  # next note
    flowing: bool = False  # the last word was the flow's
    inside: list[Word] = field(default_factory=list)  # rest of the note being read
    waiting: list[Word] = field(default_factory=list)  # rest of a note that goes on at the foot of the next page
    begun: list[_Open] = field(default_factory=list)  # the last is the one being read
    last: _Open | None = None  # which of them took the last word of any
    openers: dict[str, list[Island]] = field(default_factory=dict)  # first word of a caption → those not yet met

    def __post_init__(self) -> None:
        """Sort the captions by their first words: there may be hundreds, and each word of the text may begin one."""
        for island in self.islands:
            if island.caption:
                self.openers.setdefault(ANYTHING if island.caption[0].near else island.caption[0].text, []).append(island)

    def run(self, words: list[str]) -> None:
        """Take a page apart."""
        self.waiting, self.inside = self.inside or self.waiting, []
        index = 0
        while index < len(words):
            index += self._step(words, index)

    def _step(self, words: list[str], index: int) -> int:
        """Give how many words of the page belong together here."""
        word = words[index]
        waits = self.waiting and not self.inside and _agrees(self.waiting[:LOOK], words, index)
        if waits and not _agrees(self._ahead(), words, index):  # the same words in the text would be the text's
            self.waiting, self.inside = [], self.waiting
        if self.inside and (taken := _take_word(self.inside[0], words, index)):
            self.inside = self.inside[1:]
            return taken
        if self._begins_note(words, index) or word in BULLETS:
            return 1
        flowing, self.flowing = self.flowing, False  # a figure's labels may be names that the text says, too
        if self.begun and self.begun[-1].rest and (flowing or _agrees(self._ahead(), words, index)):
            self.flowing = bool(taken := self._goes_on(words, index))
            if taken:
                return taken
        if self._begins_island(words, index, surely=True):
            return 0
        if self.last and self.last.rest[word]:  # notes may stand behind the next table: those of a table go on with their own
            return self.last.take(words, index)
        if taken := self._takes(self.begun[-1:], words, index):
            return taken
        if self.begun and self.begun[-1].repeats(word):
            return 1
        if self._begins_island(words, index):
            return 0
        reading = any(island.rest for island in self.begun)
        if flowing or not reading or _agrees(self._ahead(), words, index):
            self.flowing = bool(taken := self._goes_on(words, index))
            if taken:
                return taken
        if taken := self._takes(self.begun, words, index):
            return taken
        if word.startswith(ARROW) or _is_mark(words, index):
            return 1
        if taken := self._is_furniture(words, index):
            self.flowing = flowing and _is_sign(word)  # which parts no text
            return taken
        lone = _is_sign(word) and _agrees(self._ahead(), words, index + 1)
        if not lone and (island := self._likeliest(words, index)) is not None:
            self._enter(island)
            return 0
        if any(island.repeats(word) for island in self.begun):
            return 1
        if any(island.take_half(word, words[index + 1 : index + SEARCH]) for island in self.begun):
            return 1
        return (reading and self._goes_on(words, index)) or self._differ(words, index)

    def _takes(self, islands: list[_Open], words: list[str], index: int) -> int:
        """Give the next word to the first of these figures and tables that has it, and how many words of the page it is."""
        for island in islands:
            if self.furniture[words[index]] > 0 and not island.rest[words[index]]:
                continue  # it could take it in two pieces, but it is whole elsewhere
            if taken := island.take(words, index):
                self.last = island
                return taken
        return 0

    def _ahead(self) -> list[Word]:
        """Give the next words of the flow, as far as they stand together."""
        gap = next((gap for gap in self.gaps[bisect_right(self.gaps, self.at) :]), len(self.flow))
        return self.flow[self.at : min(self.at + LOOK, gap)]

    def _goes_on(self, words: list[str], index: int) -> int:
        """Take the next word of the flow; gives how many words of the page it is, 0 where another stands here."""
        if self.at >= len(self.flow):  # behind a difference at the end
            return 0
        word, start = self.flow[self.at], words[index].removesuffix("-")
        if len(word.text) > LONGEST and start != words[index] and word.text.startswith(start):
            begun = words[index] if word.text.startswith(words[index]) else start  # the hyphen may be the author's
            self.flow[self.at] = replace(word, text=word.text.removeprefix(begun))  # no line holds it, and a page ends in it
            return 1
        taken = _take_word(word, words, index)
        sign = words[index].removesuffix(word.text) + "-"
        if not taken and sign != "-" and words[index].endswith(word.text) and self.furniture[sign] > 0:
            self.furniture[sign] -= 1  # poppler took the hyphen of an arrow in code, "<-", for one that breaks a word
            taken = 1
        if not taken and _begins(word.text, words[index]):
            self.flow[self.at] = replace(word, text=word.text.removeprefix(words[index]))
            return 1
        behind = self.flow[self.at + 1].text if word.text[-1] in HYPHENS and self.at + 1 < len(self.flow) else ""
        if not taken and behind and (joined := _take(word.text[:-1] + behind, words, index)):
            self.at += 2  # a line that the author ended in a hyphen, as in verse
            return joined
        self.at += taken > 0
        return taken

    def _begins_note(self, words: list[str], index: int) -> bool:
        """Take up the next note where its number and first words stand here."""
        while self.note < len(self.notes) and not self.notes[self.note]:  # written from right to left throughout
            self.note += 1
        if self.note >= len(self.notes):
            return False
        note = self.notes[self.note]
        number = str(self.note + 1)
        if words[index] != number or index + 1 >= len(words):
            return False
        sign = words[index + 1]  # of a list that it begins with, perhaps
        listed = sign in BULLETS or (sign[-1] in ".)" and self.furniture[sign] > 0)
        if not _agrees(note[: LOOK - 1], words, index + 1) and not (listed and _agrees(note[:1], words, index + 2)):
            return False
        if _shared(self.flow[self.at :], words, index) > 1 + _shared(note, words, index + 1):  # a head of that number
            return False
        self.inside, self.note = note, self.note + 1
        return True

    def _begins_island(self, words: list[str], index: int, *, surely: bool = False) -> bool:
        """Take up a figure or table whose caption begins here; ``surely``, if the one being read has not all of these words."""
        if surely and (not self.begun or all(self.begun[-1].rest[word] for word in words[index : index + LOOK])):
            return False
        for island in (*self.openers.get(words[index], ()), *self.openers.get(ANYTHING, ())):
            if _agrees(island.caption[:LOOK], words, index) and (not surely or len(island.caption) >= LOOK):
                self._enter(island)
                return True
        return False

    def _likeliest(self, words: list[str], index: int) -> Island | None:
        """Find the figure or table that the next words belong to, when its caption does not say so."""
        ahead = Counter(words[index : index + AHEAD])

        def shared(island: Island) -> int:
            return (ahead & Counter(word.text for word in island.printed)).total()

        near = [island for island in self.islands if island.place is None or abs(island.place - self.at) <= REACH]
        known = [island for island in near if shared(island) >= max(1, min(AHEAD, len(island.printed)) / 2)]
        return max(known, key=shared, default=None)

    def _enter(self, island: Island) -> None:
        self.islands.remove(island)
        for captions in self.openers.values():
            captions[:] = [other for other in captions if other is not island]
        rest = Counter(word.text for word in island.printed)
        self.begun.append(_Open(island.item, rest, {word.text for word in island.head}))

    def _is_furniture(self, words: list[str], index: int) -> int:
        """Take a word that stands around the text; gives how many words of the page it is."""
        word = words[index]
        if self.furniture[word] > 0:
            self.furniture[word] -= 1
            return 1
        for long in [item for item, count in self.furniture.items() if "/" in item and count > 0 and item.startswith(word)]:
            if taken := _take(long, words, index):
                self.furniture[long] -= 1
                return taken
        for cut in range(1, len(word) if _is_sign(word) else 0):  # two signs in one
            if (pair := Counter((word[:cut], word[cut:]))) <= self.furniture:
                self.furniture.subtract(pair)
                return 1
        ahead = words[index + 1 : index + SEARCH]
        for long in [item for item, count in self.furniture.items() if "/" in item and count > 0 and item.endswith(word)]:
            first = long.removesuffix(word)
            if "/" in word or (first in ahead and first[-1] in LINE_ENDS):
                self.furniture[long] -= 1  # the second line of an address, which poppler may read before the first
                self.furniture[first] += 1
                return 1
        if (names := backwards.names(word)) and not Counter(names) - self.anywhere:
            self.anywhere.subtract(names)
            return 1
        return int(set(word) == {"*"})  # a rule between sections

    def _differ(self, words: list[str], index: int) -> int:
        """Note a difference, and go on where the readings meet again."""
        if self.inside:  # inside a note: the word there is wrong, lost or too many
            return self._differ_in_note(words, index)
        if self.begun and self.begun[-1].rest and not any(_agrees(self._ahead(), words, index + step) for step in range(NEAR)):
            self.differences.append(Difference(self.begun[-1].item, "", words[index]))
            return 1
        for step in range(SEARCH):
            for ahead in range(step + 1):
                behind = step - ahead
                rest = self.flow[self.at + ahead : self.at + ahead + LOOK]
                if rest and _agrees(rest, words, index + behind):
                    lost = self.flow[self.at : self.at + ahead]
                    item = (lost or rest)[0].item
                    found = " ".join(words[index : index + behind])
                    self.differences.append(Difference(item, " ".join(word.text for word in lost), found))
                    self.at += ahead
                    return behind
        item = self.flow[self.at].item if self.at < len(self.flow) else "the end"
        here = " ".join(word.text for word in self.flow[self.at : self.at + 1])
        self.differences.append(Difference(item, here, words[index]))
        self.at += 1
        return 1

    def _differ_in_note(self, words: list[str], index: int) -> int:
        for step in range(SEARCH):
            for ahead in range(step + 1):
                behind = step - ahead
                rest = self.inside[ahead : ahead + LOOK]
                if rest and _agrees(rest, words, index + behind):
                    lost, self.inside = self.inside[:ahead], self.inside[ahead:]
                    found = " ".join(words[index : index + behind])
                    self.differences.append(Difference(rest[0].item, " ".join(word.text for word in lost), found))
                    return behind
        lost, self.inside = self.inside, []
        self.differences.append(Difference(lost[0].item, " ".join(word.text for word in lost), words[index]))
        return 1


def _agrees(expected: list[Word], words: list[str], index: int) -> bool:
    """Whether words stand here; signs by themselves between them, as in code, are counted elsewhere."""
    for place, word in enumerate(expected):
        while place and index < len(words) and _is_sign(words[index]) and not _same(word, words[index]):
            index += 1
        if index >= len(words) or not _same(word, words[index]):
            return False
        index += 1
    return bool(expected)


def _shared(stream: list[Word], words: list[str], index: int) -> int:
    """Give how many words of a stream stand here, of a few."""
    return next((count for count in range(min(AHEAD, len(stream)), 0, -1) if _agrees(stream[:count], words, index)), 0)


def _is_sign(word: str) -> bool:
    return not any(map(str.isalnum, word))


def _same(word: Word, found: str) -> bool:
    return word.text == found or (word.near and backwards.names(word.text) == backwards.names(found))


def _is_mark(words: list[str], index: int) -> bool:
    """Whether a letter stands behind an arrow back to the text, after those that come before it: a, b, …, z, aa, ab."""
    start = index
    while start > 0 and re.fullmatch(r"[a-z]{1,2}", words[start]):
        start -= 1
    return start < index and words[start].startswith(ARROW) and words[start + 1 : index + 1] == list(letters(index - start))


def _take_word(word: Word, words: list[str], index: int) -> int:
    """Give how many words of the page make one expected word, which may be parted where it is raised or lowered."""
    if word.near and _same(word, words[index]):
        return 1
    ends = set(accumulate(map(len, word.parts)))
    made, count = "", 0
    while word.parts and index + count < len(words) and word.text.startswith(made := made + words[index + count]):
        count += 1
        if made == word.text:
            return count
        if len(made) not in ends:
            break
    return _take(word.text, words, index)


def _begins(long: str, word: str) -> bool:
    """Whether a word of the page begins one that may go on behind the end of it: one that no line holds, or one with a dash."""
    return long.startswith(word) and (len(word) > 2 if len(long) > LONGEST else len(word) > 1 and word[-1] == "—")


def _take(expected: str, words: list[str], index: int) -> int:
    """Give how many words of the page make one expected word: one, or pieces at the ends of lines; 0 if they don't.

    Poppler joins what a hyphen parts, but not always: where a line has letters of two heights, say.
    """
    if words[index] == expected:
        return 1
    start = words[index].removesuffix("-")
    if start != words[index] and (start or "-") + "".join(words[index + 1 : index + 2]) == expected:
        return 2  # a hyphen at the end of a line; one behind a formula stands alone there, and is the word's own
    made, count = words[index], 1
    while index + count < len(words) and ("/" in expected or made[-1] in LINE_ENDS or words[index + count][0] in LINE_BEGINS):
        made, count = made + words[index + count], count + 1
        if not expected.startswith(made):
            return 0
        if made == expected:
            return count
    return 0
