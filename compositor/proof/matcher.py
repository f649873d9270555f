"""Words of printed pages, each given to what it belongs to: the text, a note, a figure or table, or what stands around them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING

from compositor.editions.adapt import letters
from compositor.pages.breaks import HYPHENS, LONGEST
from compositor.proof import reversed as backwards
from compositor.proof.expected import Difference
from compositor.proof.opened import Open, open_island
from compositor.proof.reversed import ARROW
from compositor.proof.strays import NEXT, Strays
from compositor.proof.taking import AHEAD, LINE_ENDS, agrees, begins, is_sign, shared, take, take_marked, take_word

if TYPE_CHECKING:
    from compositor.proof.expected import Island, Word

BULLETS = set("•◦▪‣")
ANYTHING = ""  # stands for the first word of a caption whose signs may be on another side
LOOK = 3  # words that must agree before a stream is taken up
NEAR = 6  # words within which the flow must go on, for a wrong word inside a figure or table to be the flow's
REACH = 800  # words, about a page: what stands in the text is read no further from its place
SEARCH = 80  # words to look ahead for the place where readings meet again


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
    begun: list[Open] = field(default_factory=list)  # the last is the one being read
    last: Open | None = None  # which of them took the last word of any
    strange: tuple[list[str], int, str] = ([], 0, "")  # the page, and behind which of its words one stands that belongs nowhere
    strays: Strays = field(default_factory=Strays)
    places: dict[tuple[str, ...], list[int]] = field(default_factory=dict)  # some words → where in the flow they stand
    openers: dict[str, list[Island]] = field(default_factory=dict)  # first word of a caption → those not yet met

    def __post_init__(self) -> None:
        """Sort the captions by their first words: there may be hundreds, and each word of the text may begin one."""
        for island in self.islands:
            if island.caption:
                self.openers.setdefault(ANYTHING if island.caption[0].near else island.caption[0].text, []).append(island)

    def copy(self) -> Matcher:
        """Give one that goes on from here by itself."""
        begun = [replace(island, rest=Counter(island.rest)) for island in self.begun]
        return replace(
            self,
            flow=list(self.flow),
            furniture=Counter(self.furniture),
            islands=list(self.islands),
            anywhere=Counter(self.anywhere),
            gaps=list(self.gaps),
            differences=list(self.differences),
            begun=begun,
            last=next((new for new, old in zip(begun, self.begun, strict=True) if old is self.last), None),
            strays=self.strays.copy(),
            openers={},
        )

    def run(self, words: list[str]) -> None:
        """Take a page apart."""
        self.waiting, self.inside = self.inside or self.waiting, []
        index = 0
        while index < len(words):
            index += self._step(words, index)

    def _step(self, words: list[str], index: int) -> int:
        """Give how many words of the page belong together here."""
        word = words[index]
        waits = self.waiting and not self.inside and agrees(self.waiting[:LOOK], words, index)
        if waits and not agrees(self._ahead(), words, index):  # the same words in the text would be the text's
            self.waiting, self.inside = [], self.waiting
        if self.inside and (taken := take_word(self.inside[0], words, index)):
            self.inside = self.inside[1:]
            return taken
        if self.inside and (left := self.strays.leave(self.inside[:LOOK], words, index)) is not None:
            self.inside = self.inside[1:]
            return left
        if self._begins_note(words, index) or word in BULLETS:
            return 1
        flowing, self.flowing = self.flowing, False  # a figure's labels may be names that the text says, too
        if self.begun and self.begun[-1].rest and (flowing or agrees(self._ahead(), words, index)):
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
        if flowing or not reading or agrees(self._ahead(), words, index):
            self.flowing = bool(taken := self._goes_on(words, index))
            if taken:
                return taken
        if taken := self._takes(self.begun, words, index):
            return taken
        if word.startswith(ARROW) or _is_mark(words, index):
            return 1
        if self.strays.come_late(word):
            self.flowing = flowing
            return 1
        if taken := self._is_furniture(words, index):
            self.flowing = flowing and is_sign(word)  # which parts no text
            return taken
        if self._strays(words, index):
            self.flowing = flowing
            return 1
        lone = is_sign(word) and agrees(self._ahead(), words, index + 1)
        island = None if lone else self._likeliest(words, index)
        if (far := self._far(words, index)) and (island is None or _common(island, words, index) < AHEAD):
            return self._lose(far - self.at, [])  # much is lost; a figure may have some of these words, but not all
        if island is not None:
            self._enter(island)
            return 0
        if any(island.repeats(word) for island in self.begun):
            return 1
        if any(island.take_half(word, words[index + 1 : index + SEARCH]) for island in self.begun):
            return 1
        return (reading and self._goes_on(words, index)) or self._differ(words, index)

    def _takes(self, islands: list[Open], words: list[str], index: int) -> int:
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
        taken = take_word(word, words, index)
        sign = words[index].removesuffix(word.text) + "-"
        if not taken and sign != "-" and words[index].endswith(word.text) and self.furniture[sign] > 0:
            self.furniture[sign] -= 1  # poppler took the hyphen of an arrow in code, "<-", for one that breaks a word
            taken = 1
        if not taken and begins(word.text, words[index]):
            self.flow[self.at] = replace(word, text=word.text.removeprefix(words[index]))
            return 1
        behind = self.flow[self.at + 1].text if word.text[-1] in HYPHENS and self.at + 1 < len(self.flow) else ""
        if not taken and behind and (joined := take(word.text[:-1] + behind, words, index)):
            self.at += 2  # a line that the author ended in a hyphen, as in verse
            return joined
        if not taken and (left := self.strays.leave(self.flow[self.at : self.at + LOOK], words, index)) is not None:
            self.at += 1
            return left or self._goes_on(words, index)
        self.at += taken > 0
        return taken

    def _strays(self, words: list[str], index: int) -> bool:
        """Take a sign that is raised or lowered at a word to come; a figure or table may have taken it for its own."""
        ahead = [*self.inside[:NEXT], *self.flow[self.at : self.at + NEXT]]
        if any(agrees(ahead[step : step + LOOK], words, index) for step in range(len(ahead))):  # a word before it is lost
            return False
        if self.strays.come_early(words[index : index + 1], ahead):
            return True
        for island in self.begun:
            lacking = island.lacks(words[index])
            if lacking and self.strays.come_early(lacking, ahead):
                island.take_rest(words[index])
                return True
        return False

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
        if not agrees(note[: LOOK - 1], words, index + 1) and not (listed and agrees(note[:1], words, index + 2)):
            return False
        if shared(self.flow[self.at :], words, index) > 1 + shared(note, words, index + 1):  # a head of that number
            return False
        self.inside, self.note = note, self.note + 1
        return True

    def _begins_island(self, words: list[str], index: int, *, surely: bool = False) -> bool:
        """Take up a figure or table whose caption begins here; ``surely``, if the one being read has not all of these words."""
        if surely and (not self.begun or all(self.begun[-1].rest[word] for word in words[index : index + LOOK])):
            return False
        for island in (*self.openers.get(words[index], ()), *self.openers.get(ANYTHING, ())):
            if agrees(island.caption[:LOOK], words, index) and (not surely or len(island.caption) >= LOOK):
                self._enter(island)
                return True
        return False

    def _likeliest(self, words: list[str], index: int) -> Island | None:
        """Find the figure or table that the next words belong to, when its caption does not say so.

        One that has the first of them goes before one that has more of the others, which may begin only behind this word. One
        with paragraphs before and behind a table, all with formulas, is known by its beginning: it has few of the next words.
        """
        near = [island for island in self.islands if island.place is None or abs(island.place - self.at) <= REACH]
        shares = [(island.pieces()[words[index]] > 0, _common(island, words, index), island) for island in near]
        known = [
            found
            for found in shares
            if found[1] >= max(1, min(AHEAD, len(found[2].printed)) / 2) or agrees(found[2].printed[: LOOK - 1], words, index)
        ]
        return max(known, key=itemgetter(0, 1), default=(False, 0, None))[2]

    def _far(self, words: list[str], index: int) -> int:
        """Find where in the flow, behind words that are lost, a page surely goes on from here; 0 if nowhere.

        A title that is quoted stands in the list of references too; but what follows it is not the same.
        """
        if not self.places:
            for place in range(len(self.flow) - NEAR):
                self.places.setdefault(tuple(word.text for word in self.flow[place : place + NEAR]), []).append(place)
        ahead = Counter(words[index : index + 4 * AHEAD])
        for place in self.places.get(tuple(words[index : index + NEAR]), ()):
            there = Counter(word.text for word in self.flow[place : place + 6 * AHEAD])
            if place > self.at and (ahead & there).total() > 2 * AHEAD:
                return place
        return 0

    def _enter(self, island: Island) -> None:
        self.islands.remove(island)
        for captions in self.openers.values():
            captions[:] = [other for other in captions if other is not island]
        self.begun.append(open_island(island))

    def _is_furniture(self, words: list[str], index: int) -> int:
        """Take a word that stands around the text; gives how many words of the page it is."""
        word = words[index]
        if self.furniture[word] > 0:
            self.furniture[word] -= 1
            return 1
        for long in [item for item, count in self.furniture.items() if "/" in item and count > 0 and item.startswith(word)]:
            if taken := take(long, words, index):
                self.furniture[long] -= 1
                return taken
        for long in [
            item for item, count in self.furniture.items() if count > 0 and len(item) > len(word) and item.startswith(word)
        ]:
            if taken := take_marked(long, words, index):
                self.furniture[long] -= 1
                return taken
        for cut in range(1, len(word) if is_sign(word) else 0):  # two signs in one
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
        if self.begun and self.begun[-1].rest and not any(agrees(self._ahead(), words, index + step) for step in range(NEAR)):
            return self._is_strange(self.begun[-1].item, words, index)
        for step in range(SEARCH):
            for ahead in range(step + 1):
                behind = step - ahead
                rest = self.flow[self.at + ahead : self.at + ahead + LOOK]
                if rest and agrees(rest, words, index + behind):
                    return self._lose(ahead, words[index : index + behind])
        for behind in range(SEARCH, len(words) - index):  # much is too many
            if agrees(self.flow[self.at : self.at + NEAR], words, index + behind):
                return self._lose(0, words[index : index + behind])
        return self._is_strange(self.flow[self.at].item if self.at < len(self.flow) else "the end", words, index)

    def _lose(self, count: int, found: list[str]) -> int:
        """Note so many words of the flow as lost, and what stands in their place."""
        lost, self.at = self.flow[self.at : self.at + count], self.at + count
        item = lost[0].item if lost else self.flow[self.at].item
        self.differences.append(Difference(item, " ".join(word.text for word in lost), " ".join(found)))
        return len(found)

    def _is_strange(self, item: str, words: list[str], index: int) -> int:
        """Note a word that belongs to nothing; with those before it, it is one difference."""
        if self.strange == (words, index, item):
            before = self.differences.pop()
            self.differences.append(replace(before, found=f"{before.found} {words[index]}"))
        else:
            self.differences.append(Difference(item, "", words[index]))
        self.strange = (words, index + 1, item)
        return 1

    def _differ_in_note(self, words: list[str], index: int) -> int:
        for step in range(SEARCH):
            for ahead in range(step + 1):
                behind = step - ahead
                rest = self.inside[ahead : ahead + LOOK]
                if rest and agrees(rest, words, index + behind):
                    lost, self.inside = self.inside[:ahead], self.inside[ahead:]
                    found = " ".join(words[index : index + behind])
                    self.differences.append(Difference(rest[0].item, " ".join(word.text for word in lost), found))
                    return behind
        lost, self.inside = self.inside, []
        self.differences.append(Difference(lost[0].item, " ".join(word.text for word in lost), words[index]))
        return 1


def _common(island: Island, words: list[str], index: int) -> int:
    """Give how many of the next words of a page a figure or table has."""
    return (Counter(words[index : index + AHEAD]) & island.pieces()).total()


def _is_mark(words: list[str], index: int) -> bool:
    """Whether a letter stands behind an arrow back to the text, after those that come before it: a, b, …, z, aa, ab."""
    start = index
    while start > 0 and re.fullmatch(r"[a-z]{1,2}", words[start]):
        start -= 1
    return start < index and words[start].startswith(ARROW) and words[start + 1 : index + 1] == list(letters(index - start))
