"""How words of a page make expected words: where poppler parts a word, or joins two."""

from __future__ import annotations

import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING

from compositor.pages.breaks import HYPHENS, LONGEST
from compositor.proof import reversed as backwards

if TYPE_CHECKING:
    from compositor.proof.expected import Word

LINE_ENDS = "-/._?=&#%,~+:;|\\—–"  # signs behind which a line may end inside a word or an address
LINE_BEGINS = (*HYPHENS, "—")  # and before which
AHEAD = 12  # words by which a figure or table is known without its caption


def agrees(expected: list[Word], words: list[str], index: int) -> bool:
    """Whether words stand here; signs by themselves between them, as in code, are counted elsewhere."""
    for place, word in enumerate(expected):
        while place and index < len(words) and is_sign(words[index]) and not same(word, words[index]):
            index += 1
        if index >= len(words):
            return False
        taken = int(same(word, words[index])) or (take_word if word.parts else _take_marked_word)(word, words, index)
        if not taken:
            return False
        index += taken
    return bool(expected)


def shared(stream: list[Word], words: list[str], index: int) -> int:
    """Give how many words of a stream stand here, of a few."""
    return next((count for count in range(min(AHEAD, len(stream)), 0, -1) if agrees(stream[:count], words, index)), 0)


def is_sign(word: str) -> bool:
    """Whether a word has neither letters nor figures."""
    return not any(map(str.isalnum, word))


def same(word: Word, found: str) -> bool:
    """Whether an expected word is a word of the page as it stands there."""
    return word.text == found or (word.near and backwards.names(word.text) == backwards.names(found))


def take_word(word: Word, words: list[str], index: int) -> int:
    """Give how many words of the page make one expected word, which may be parted where it is raised or lowered."""
    if word.near and same(word, words[index]):
        return 1
    ends = set(accumulate(map(len, word.parts)))
    made, count = "", 0
    while word.parts and index + count < len(words) and word.text.startswith(made := made + words[index + count]):
        count += 1
        if made == word.text:
            return count
        if len(made) not in ends:
            break
    return take(word.text, words, index)


def begins(long: str, word: str) -> bool:
    """Whether a word of the page begins one that may go on behind the end of it: one that no line holds, or one with a dash."""
    return long.startswith(word) and (len(word) > 2 if len(long) > LONGEST else len(word) > 1 and word[-1] == "—")


def take(expected: str, words: list[str], index: int) -> int:
    """Give how many words of the page make one expected word: one, or pieces at the ends of lines; 0 if they don't.

    Poppler joins what a hyphen parts, but not always: where a line has letters of two heights, say.
    """
    if words[index] == expected:
        return 1
    if taken := take_marked(expected, words, index):
        return taken
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


def take_marked(expected: str, words: list[str], index: int) -> int:
    """Give how many words of the page make one expected word that is parted beside combining marks only; 0 if they don't.

    Where a font does not attach a mark to its letter, poppler sees a gap behind the one or the other.
    """
    made, count = words[index], 1
    while len(made) < len(expected) and expected.startswith(made) and index + count < len(words):
        if not (_is_mark(made[-1]) or _is_mark(expected[len(made)])):
            return 0
        made, count = made + words[index + count], count + 1
    return count if made == expected and count > 1 else 0


def _take_marked_word(word: Word, words: list[str], index: int) -> int:
    return take_marked(word.text, words, index)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) == "Mn"
