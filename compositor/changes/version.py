"""A text, parted for comparison: the set body in; its blocks, notes and works, each with the words that it holds, out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from compositor.changes import words
from compositor.editions import adapt
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

    from compositor.changes.words import Token


@dataclass(slots=True)
class Block:
    """What words stand in: a paragraph, a head, an item, a caption, code; or a table or figure as a whole."""

    element: etree._Element
    kind: str
    tokens: list[Token]

    @property
    def item(self) -> words.Item:
        """Give its kind, and what is compared."""
        return self.kind, self.keys

    @property
    def keys(self) -> list[str]:
        """Give what is compared of each token."""
        return [token.key for token in self.tokens]


@dataclass(slots=True)
class Version:
    """A text, parted: the body, abstracts by their ids, notes and entries of the reference list by theirs."""

    root: etree._Element
    names: dict[str, str] = field(default_factory=dict)  # of notes

    def apart(self) -> dict[str, etree._Element]:
        """Give the abstract and its translations by their ids."""
        found = self.root.xpath(f"./div[@id='abstract'] | {adapt.TRANSLATIONS}")
        return {part.get("id", ""): part for part in found}

    def notes(self) -> dict[str, etree._Element]:
        """Give the notes by their ids."""
        return {note.get("id", ""): note for note in self.root.xpath("./section[@role='doc-endnotes']//li[@id]")}

    def entries(self) -> dict[str, etree._Element]:
        """Give the entries of the reference list by their ids."""
        return {entry.get("id", ""): entry for entry in self.root.xpath(f"//{adapt.REFERENCES}/li")}

    def blocks(self, around: etree._Element) -> list[Block]:
        """Give the blocks inside an element, in order."""
        return list(blocks_in(around, self.names))

    def body(self) -> list[Block]:
        """Give the blocks of the text itself."""
        apart = {*self.apart().values(), *self.root.xpath(f"//{adapt.REFERENCES}")}
        apart |= {part for part in self.root if part.get("role") in ("doc-endnotes", "doc-colophon")}
        return list(blocks_in(self.root, self.names, apart))


def blocks_in(around: etree._Element, names: dict[str, str], apart: Iterable[etree._Element] = ()) -> Iterable[Block]:
    """Give the blocks inside an element, but for some elements set ``apart``; ``names`` are those of notes."""
    for child in around:
        if not isinstance(child.tag, str) or child in apart or words.is_furniture(child) or _is_margin(child):
            continue
        if child.tag in ("table", "figure") and around.tag != "figure":
            said = [token for part in child.iter("caption", "figcaption", "td", "th") for token in all_tokens(part, names)]
            yield Block(child, child.tag, said)
            if child.tag == "figure":
                yield from blocks_in(child, names, apart)
            continue
        if words.is_block(child) and (found := words.tokens(child, names)):
            yield Block(child, words.FORMULA if _is_formula(found) else _kind(child), found)
        yield from blocks_in(child, names, apart)


def _is_margin(element: etree._Element) -> bool:
    return "csl-left-margin" in element.get("class", "").split()


def _kind(element: etree._Element) -> str:
    if element.tag in markup.HEADS:
        return "head"
    return element.tag if element.tag in ("pre", "figcaption", "dt") else "text"


def _is_formula(tokens: list[Token]) -> bool:
    return all(token.key.startswith("math ") for token in tokens)


def entry_blocks(entry: etree._Element) -> list[Block]:
    """Give the blocks of an entry, which is one itself where its style has no number before it."""
    found = words.tokens(entry, {})
    return [Block(entry, "text", found)] if found else list(blocks_in(entry, {}))


def all_tokens(element: etree._Element, names: dict[str, str]) -> list[Token]:
    """Give the tokens of an element and of the blocks in it."""
    found = words.tokens(element, names)
    for block in blocks_in(element, names):
        found += [replace(block.tokens[0], gap=" "), *block.tokens[1:]]
    return found


def words_of(note: etree._Element) -> str:
    """Give the words of a note, as one text."""
    return " ".join(
        "".join(token.text if not token.is_atom else markup.text(token.element) for token in block.tokens).strip()
        for block in blocks_in(note, {})
    )
