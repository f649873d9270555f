"""Words written from right to left in a PDF: pages and what they must say in, both without them, and what differs, out.

A reader of a PDF guesses the order of such words from where they stand. Poppler takes each run between two figures or signs
for itself, from left to right, sets the space before a run behind it, and parts a word at its points. So they are counted:
each must be there as often as it is expected, letter by letter where it was parted. Signs are passed over; Latin words and
figures inside a passage may stand anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from compositor.proof.expected import Difference, Expected, Word
from compositor.setting.direction import ANY, LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

ARROW = "\N{UPWARDS ARROW}"  # of a link back
MARK = "\ufdd0"  # no character (Unicode, 23.7); stands before each word of a passage written from right to left
PIECES = re.compile(rf"[{LETTERS}]+")


def mark(root: etree._Element) -> None:
    """Mark the words of each passage that is written from right to left."""
    for passage in root.xpath("//*[@dir='rtl']"):
        for node in passage.iter():
            node.text = _marked(node.text)
            if node is not passage:
                node.tail = _marked(node.tail)


def _marked(text: str | None) -> str | None:
    return re.sub(rf"(?<!\S)(?=[^\s{MARK}]*\w)", MARK, text) if text else text


def pieces(text: str) -> list[str]:
    """Give the letters of a word that are written from right to left, and figures, without points and signs."""
    plain = ""
    for character in text:
        kind = unicodedata.category(character)
        plain += {"M": "", "C": "", "L": character, "N": f" {character} "}.get(kind[0], " ")
    return PIECES.findall(plain)


@dataclass(frozen=True, slots=True)
class Parted:
    """Both sides without words written from right to left."""

    wanted: Expected
    pages: list[list[str]]
    heads: list[list[str]]
    front: list[str]
    contents: list[str]
    anywhere: Counter[str]  # Latin words and figures inside such passages, without signs
    differences: list[Difference]


def part(wanted: Expected, pages: list[list[str]], heads: list[list[str]], front: list[str], contents: list[str]) -> Parted:
    """Take the words out, and compare how often each is there; ``heads`` are those of all pages."""
    islands = [word for island in wanted.islands for word in island.printed]
    notes = [word for note in wanted.notes for word in note]
    words = [*wanted.abstract, *wanted.flow, *notes, *islands, *(Word(text, "the front matter") for text in front)]
    words += [Word(text, "a drawing") for text in wanted.marks]
    words += [Word(text, "the running head") for head in heads for text in head]
    repeated = list(contents)
    repeated += [word.text for island in wanted.islands for word in island.head]
    titles = _others([Word(text, "") for text in front])
    texts = {"abstract": _others(wanted.abstract), "flow": _others(wanted.flow)}
    near = [word.text for word in titles if word.near]
    near += [word.text for text in texts.values() for word in text if word.near and word.loose]
    marked = [word.text.replace(MARK, "") for word in words if MARK in word.text]
    rest = replace(
        wanted,
        marks=[],
        abstract=[word for word in texts["abstract"] if not (word.near and word.loose)],
        flow=[word for word in texts["flow"] if not (word.near and word.loose)],
        notes=[_others(note) for note in wanted.notes],
        islands=[
            replace(
                island,
                caption=_others(island.caption),
                inner=_others(island.inner),
                head=_others(island.head),
                printed=_others(island.printed),
            )
            for island in wanted.islands
        ],
    )
    return Parted(
        rest,
        [others(page) for page in pages],
        [others(head) for head in heads],
        [word.text for word in titles if not word.near],
        others(contents),
        Counter(name for text in [*others([*marked, *wanted.marks]), *near] for name in names(text)),
        _compare(words, {piece for text in repeated for piece in pieces(text)}, [text for page in pages for text in page]),
    )


def names(text: str) -> list[str]:
    """Give the Latin words and figures of a text, without the signs around them."""
    return re.findall(r"[^\W_]+(?:[.,:'’/-][^\W_]+)*", text)


def _compare(words: list[Word], repeated: set[str], found: list[str]) -> list[Difference]:
    items = {piece: word.item for word in reversed(words) for piece in pieces(word.text)}
    expected = Counter(piece for word in words for piece in pieces(word.text))
    said = Counter(piece for text in found for piece in pieces(text))
    lost, more = list((expected - said).elements()), list((said - expected).elements())
    if sorted("".join(lost)) != sorted("".join(more)):
        more = [piece for piece in more if piece not in repeated]
    if sorted("".join(lost)) == sorted("".join(more)):
        return []
    item = items[lost[0]] if lost else next(iter(items.values()), "the text")
    return [Difference(item, " ".join(lost), " ".join(more))]


def _others(words: list[Word]) -> list[Word]:
    """Give the other words; the signs of one beside such letters may be found on their other side."""
    far = [not ANY.search(word.text) for word in words]
    return [
        replace(word, text=text, near=not all(far[max(place - 1, 0) : place + 2]))
        for place, word in enumerate(words)
        for text in others([word.text])
    ]


def others(texts: Iterable[str]) -> list[str]:
    """Give what else the words hold: a Latin part that stands close to such letters; signs by themselves are passed over."""
    found = []
    for text in texts:
        if MARK in text:
            continue
        parts = re.split(rf"[{LETTERS}]+", text)
        for place, piece in enumerate(parts):
            left = re.sub(r"^[\W_]+", "", piece) if place else piece
            other = re.sub(r"[\W_]+$", "", left) if place < len(parts) - 1 else left
            if re.search(rf"\w|{ARROW}", other):
                found.append(other)
    return found
