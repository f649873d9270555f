"""The words of a block: its content in, tokens with their places out; of two such lists, what one has and the other lacks."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from compositor.proof.expected import BLOCKS, INVISIBLE, UNSPACED
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST = 40_000  # pairs of blocks that are compared in one go
LONGEST = 10_000  # tokens of a block whose words are compared one by one
FORMULA = "formula"  # the kind of a block that is one, or several: it may have changed altogether
Item = tuple[str, list[str]]  # of what kind a block is, and its keys
BLOCK = BLOCKS - {"br"}
FURNITURE = {"number", "equation-number", "backlinks", "footnote-back"}  # what the program writes, and counts anew
NUMBER = re.compile(r"(?:\b[A-Z]+\.?)?[0-9]+|\.")  # "3." or "A.3."
JOINERS = INVISIBLE.pattern
WORD = re.compile(rf"\s*(?:{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})[^\W_])+(?:['\u2019][^\W_]+)*|\S)(?:{JOINERS}|\s)*")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign with the space around it, or an atom: a formula, a picture, a citation by number, the call of a note."""

    key: str  # what is compared
    element: etree._Element  # whose text, or behind which, a word stands; the atom itself
    is_tail: bool = False
    start: int = 0  # in that text
    end: int = 0
    is_atom: bool = False
    gap: str = ""  # space between two elements before it

    @property
    def text(self) -> str:
        """Give a word as it is written."""
        whole = self.element.tail if self.is_tail else self.element.text
        return (whole or "")[self.start : self.end]


def tokens(block: etree._Element, notes: dict[str, str]) -> list[Token]:
    """Give the tokens of a block, but for what other blocks inside it hold.

    ``notes`` names notes by their ids, so that the same in both versions has the same name.
    """
    found: list[Token] = []
    gap = ""

    def add(
        key: str, element: etree._Element, is_tail: bool = False, start: int = 0, end: int = 0, is_atom: bool = False
    ) -> None:
        nonlocal gap
        found.append(Token(key, element, is_tail, start, end, is_atom, gap))
        gap = ""

    def words(text: str | None, element: etree._Element, *, is_tail: bool) -> None:
        nonlocal gap
        for match in WORD.finditer(text or ""):
            add(INVISIBLE.sub("", match[0]).strip(), element, is_tail, match.start(), match.end())
        gap += "" if (text or "").strip() else text or ""

    def walk(element: etree._Element) -> None:
        words(element.text, element, is_tail=False)
        for child in element:
            if isinstance(child.tag, str) and not is_block(child) and not is_furniture(child):
                if (key := _atom(child, notes)) is not None:
                    add(key, child, is_atom=True)
                else:
                    walk(child)
            words(child.tail, child, is_tail=True)

    walk(block)
    return found


def is_block(element: etree._Element) -> bool:
    """Whether an element holds blocks or is one."""
    return element.tag in BLOCK


def is_furniture(element: etree._Element) -> bool:
    """Whether an element is the program's own: a number, a link back."""
    return bool(FURNITURE & set(element.get("class", "").split())) or element.get("aria-hidden") == "true"


def _atom(element: etree._Element, notes: dict[str, str]) -> str | None:
    """Name what is compared as a whole; None for what is made of words."""
    name = etree.QName(element).localname
    if name == "math":
        return f"math {''.join(element.itertext())}"
    if name in ("img", "svg"):
        return f"img {element.get('src', '')}"
    if element.get("role") == "doc-noteref":
        note = element.get("href", "")[1:]
        return f"note {notes.get(note, note)}"
    kinds = element.get("class", "").split()
    if "label" in kinds:  # of a caption, or a theorem with its name
        return f"label {NUMBER.sub('', markup.text(element))}"
    if "xref" in kinds:
        return f"xref {element.get('href')}"
    if "citation" in kinds and not any(map(str.isalpha, markup.text(element))):  # its number may be another
        return f"citation {element.get('data-cites')}"
    return None


@dataclass(frozen=True, slots=True)
class Change:
    """What stands instead of what: ranges of tokens, one of which may be empty."""

    old: range
    new: range


def compare(old: list[str], new: list[str]) -> list[Change]:
    """Compare two lists of keys; what two changes share that is shorter than they are is taken as changed, too."""
    if max(len(old), len(new)) > LONGEST:  # no paragraph, and it would take long
        return [Change(range(len(old)), range(len(new)))] if old != new else []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    found: list[Change] = []
    for kind, start, end, from_, to in matcher.get_opcodes():
        if kind == "equal":
            continue
        change = Change(range(start, end), range(from_, to))
        while found and _is_slight(found[-1], change, new):
            change = Change(range(found[-1].old.start, change.old.stop), range(found[-1].new.start, change.new.stop))
            found.pop()
        found.append(change)
    return found


def _is_slight(one: Change, other: Change, new: list[str]) -> bool:
    """Whether what stands between two changes is no more than either: a reader would see scraps."""
    between = sum(len(key) for key in new[one.new.stop : other.new.start] if key[-1:].isalnum())
    return between <= min(_size(one), _size(other))


def _size(change: Change) -> int:
    return 3 * max(len(change.old), len(change.new)) - 3  # letters: a single word joins nothing


def likeness(old: list[str], new: list[str]) -> float:
    """Give how much of two blocks is the same, from 0 to 1, by their words in any order."""
    if old == new:
        return 1.0
    counted: dict[str, int] = {}
    for key in old:
        counted[key] = counted.get(key, 0) + 1
    same = 0
    for key in new:
        if counted.get(key, 0) > 0:
            counted[key] -= 1
            same += 1
    return 2 * same / max(1, len(old) + len(new))


def pairs(old: Sequence[Item], new: Sequence[Item], least: float) -> Iterator[tuple[int, int]]:
    """Pair blocks that are of one kind and alike, in their order: those that are the same first, then the most alike between.

    ``least`` is how alike they must be.
    """
    keys = [[f"{kind}\0{' '.join(words)}" for kind, words in part] for part in (old, new)]
    for kind, start, end, from_, to in difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
        if kind == "equal":
            yield from zip(range(start, end), range(from_, to), strict=True)
        elif kind == "replace":
            for here, there in _alike(old[start:end], new[from_:to], least):
                yield start + here, from_ + there


def _alike(old: Sequence[Item], new: Sequence[Item], least: float) -> Iterator[tuple[int, int]]:
    """Pair blocks so that together they are as alike as can be (Needleman and Wunsch)."""
    if len(old) * len(new) > MOST:  # what is so different is not read as one text, and may be parted anywhere
        here, there = len(old) // 2, len(new) // 2
        yield from _alike(old[:here], new[:there], least)
        yield from ((here + one, there + other) for one, other in _alike(old[here:], new[there:], least))
        return
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike: dict[tuple[int, int], float] = {}
    for row in reversed(range(len(old))):
        for column in reversed(range(len(new))):
            kind = old[row][0]
            if kind == new[column][0]:
                found = least if kind == FORMULA else likeness(old[row][1], new[column][1])
                if found >= least:
                    alike[row, column] = best[row + 1][column + 1] + found
            best[row][column] = max(best[row + 1][column], best[row][column + 1], alike.get((row, column), 0.0))
    row = column = 0
    while row < len(old) and column < len(new):
        if alike.get((row, column)) == best[row][column]:
            yield row, column
            row, column = row + 1, column + 1
        elif best[row + 1][column] >= best[row][column + 1]:
            row += 1
        else:
            column += 1
