"""Where what is shown comes from: a web page and the files its words are from in, the line of each block out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import html as lxml_html

from compositor.editions import linemap
from compositor.pages.lines import Block, Printed
from compositor.places import at
from compositor.records.provenance import Source
from compositor.setting import markup
from compositor.setting.alignment import Index, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# preview.js asks the page for the same, and gets them in the same order
BLOCKS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "dt", "dd", "tr", "caption", "figcaption", "pre")
NEAR = 200  # characters around a point of a page that tell a passage from its like


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a source, and what it says."""

    where: str  # "manuscript/article.md:41"
    text: str


class Map:
    """The blocks of a web page, each with its place; the PDF of the same build says the same words."""

    def __init__(self, page: bytes, texts: Sequence[Path]) -> None:
        blocks = list(lxml_html.document_fromstring(page.decode("utf-8"), parser=markup.DEEP).iter(*BLOCKS))
        words = [words_of(_own_text(element)) for element in blocks]
        self.places = _place([_block(number, element) for number, element in enumerate(blocks)], words, texts)
        _lend(self.places, blocks)
        self._block_of_word = [number for number, own in enumerate(words) for _ in own]
        self._index = Index([word for own in words for word in own])

    def at(self, text: str, offset: int) -> int | None:
        """Give the block that holds the word at an offset of a passage of the PDF, or None."""
        from_ = max(0, offset - NEAR)
        passage = words_of(text[from_ : offset + NEAR])
        pointed = max(0, len(words_of(text[from_ : offset + 1])) - 1)
        found = self._index.find(passage)
        if found is None:
            return None
        nearest = min(found.pairs, key=lambda word: abs(word - pointed))
        return self._block_of_word[found.pairs[nearest]]


def _lend(places: list[Place | None], blocks: list[Any]) -> None:
    """Give a row that says nothing but what a program made the place of the row or caption before it."""
    tables = [next(element.iterancestors("table"), None) for element in blocks]
    for number in range(1, len(places)):
        if places[number] is None and tables[number] is not None and tables[number] is tables[number - 1]:
            places[number] = places[number - 1]


def _own_text(element: Any) -> str:
    """Give the text of a block without that of the blocks in it, and without what only programs read."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in (*BLOCKS, "script", "style", "annotation"):
            parts.append(_own_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _block(number: int, element: Any) -> Block:
    above = [element, *element.iterancestors()]
    roles = {item.get("role") for item in above}
    key = next((item.get("id", "")[4:] for item in above if item.get("id", "").startswith("ref-")), "")
    return Block(number, note="doc-endnotes" in roles, own="doc-colophon" in roles, key=key)


def _place(blocks: list[Block], words: list[list[str]], texts: Sequence[Path]) -> list[Place | None]:
    """Find the places by the way that finds those of a review copy's lines: here each block is one line."""
    sources = []
    for path in texts:
        try:
            sources.append(Source(str(path), path.read_bytes()))
        except OSError:  # taken away since it was built
            continue
    printed = [Printed(1, 1, 0.0, 0.0, ((block, " ".join(own)),)) for block, own in zip(blocks, words, strict=True)]
    lines = {source.name: source.data.decode("utf-8", "replace").split("\n") for source in sources}
    paths = {str(path): path for path in texts}
    return [
        Place(at(paths[line.file], line.first), lines[line.file][line.first - 1].strip()) if line.file else None
        for line in linemap.place(printed, sources)
    ]
