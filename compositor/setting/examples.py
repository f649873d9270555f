"""Numbered examples: a text in, the same text with its references to them marked out, for Pandoc prints plain numbers there.

The sign ``@`` of a reference becomes a character that no text may hold (Unicode 16, 23.7), so that nothing moves, in the
columns of a table either; ``examples.lua`` makes links of them, or gives the sign back where Pandoc saw no words. The sign of
an address, which Pandoc would take for one, becomes another such character for as long. A block behind the text asks Pandoc
for the number of each name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compositor.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "\ufdd0"
ADDRESS_MARK = "\ufdd1"
BLOCK = "compositor-examples"
PARAGRAPHS = ("abstract", "acknowledgements", "conflicts", "contributions", "data_availability", "ethics", "funding")
NAME = r"[^\W_]+(?:[_-][^\W_]+)*"
# what may stand before an item: quotations, and the marks of lists around it
BEGINNING = r"^[ \t]*(?:>[ \t]?|[-*+][ \t]+|\d+[.)][ \t]+|\[\^[^\]\s]+\]:[ \t]*)*"
ITEM = re.compile(rf"{BEGINNING}\(?@({NAME})?[.)](?=\s)", re.MULTILINE)
# not behind a letter, as in an address, nor behind a backslash; nor before what would make it a longer key
REFERENCE = re.compile(rf"(?<![\w\\@])@({NAME})(?![\w@]|[:.#$%&+?<>~/-]+\w)")
# behind a letter, which Pandoc does not look at: one@good.org. It must see the sign between pointed brackets, and does
ADDRESS = re.compile(rf"<[^<>\s]*>|(?<=\w)@({NAME})")
CITATION = re.compile(r"(?<![!^\\])\[(?!\^)[^\[\]]*\](?![({\[])")  # @key in its brackets is a work
BLANK = " \t>"
WORDS = re.compile(r"[ \t>]*[^\W\d_\s]|[ \t>]*[(\"'“‘*_]+[^\W\d_\s]")  # a paragraph, and not a list or a head


def marked(path: Path, text: str) -> tuple[str, list[str]]:
    """Give the text with its references marked, and the names of its examples; longest first, for none to hide another."""
    if not ITEM.search(text):
        return text, []
    prose = Places(path, text).prose
    items = list(_items(prose))
    names = sorted({match[1] for match in items if match[1]}, key=lambda name: (-len(name), name))
    if not names:
        return text, []
    asked = "\n".join(f"[@{name}]{{name={name}}}" for name in names)
    return f"{_marked(text, prose, items, set(names))}\n\n::: {{#{BLOCK}}}\n{asked}\n:::\n", names


def marked_fields(path: Path, fields: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Give the front matter with the references to the text's examples marked in its paragraphs; a title leads nowhere."""
    if not names:
        return fields

    def paragraphs(texts: dict[str, Any]) -> dict[str, Any]:
        return texts | {key: _marked_field(path, texts[key], names) for key in PARAGRAPHS if key in texts}

    return paragraphs(fields) | {"translations": [paragraphs(item) for item in fields["translations"]]}


def _marked_field(path: Path, text: str, names: list[str]) -> str:
    prose = Places(path, text).prose
    return _marked(text, prose, list(_items(prose)), set(names))


def _marked(text: str, prose: str, items: list[re.Match[str]], known: set[str]) -> str:
    letters = list(text)
    for sign in _references(prose, known, {match.end() for match in items}):
        letters[sign] = MARK
    for match in ADDRESS.finditer(prose):
        if match[1] in known:
            letters[match.start()] = ADDRESS_MARK
    return "".join(letters)


def _items(prose: str) -> Iterator[re.Match[str]]:
    """Give what begins an item: not a reference that happens to begin a line of a paragraph."""
    lines = prose.split("\n")
    offsets = list(accumulate((len(line) + 1 for line in lines), initial=0))
    firsts: list[int] = []  # of each line, the first of its block
    for number, line in enumerate(lines):
        goes_on = number and line.strip(BLANK) and lines[number - 1].strip(BLANK)
        firsts.append(firsts[-1] if goes_on else number)
    for match in ITEM.finditer(prose):
        number = bisect_right(offsets, match.start()) - 1
        if firsts[number] == number or not WORDS.match(lines[firsts[number]]):
            yield match


def _references(prose: str, known: set[str], begun: set[int]) -> Iterator[int]:
    """Give the place of the sign of each reference."""
    works = [match.span() for match in CITATION.finditer(prose)]  # none holds another
    opened = [left for left, _ in works]
    for match in REFERENCE.finditer(prose):
        start, end = match.span()
        if match[1] not in known or end + 1 in begun:
            continue
        bracketed = prose[start - 1 : start] == "(" and prose[end : end + 1] == ")"
        before = bisect_right(opened, start) - 1
        if bracketed or before < 0 or start > works[before][1]:
            yield start


def twice(text: str) -> Iterator[tuple[str, int]]:
    """Give the name and line, from 1, of each example that is called as one before it, and is another.

    One that is shown again, its words in a list of their own, has its number by right; in a list, Pandoc has each item count.
    """
    if not ITEM.search(text):
        return
    prose = Places(Path(), text).prose
    items = list(_items(prose))  # none, where what looked like one is none
    starts = [item.start() for item in items]
    said: dict[str, str] = {}
    goes_on = False
    for match, following in zip(items, [*starts[1:], len(prose)], strict=False):
        parts = re.split(r"\n(?:[ \t]*\n)+", prose[match.end() : following].strip("\n"))
        words = " ".join(parts[0].split())
        if match[1] and ((match[1] in said and goes_on) or said.setdefault(match[1], words) != words):
            yield match[1], prose.count("\n", 0, match.start(1)) + 1
        goes_on = all(part[:1] in " \t" for part in parts[1:])  # the next is of the same list


def is_reference(prose: str, key: str) -> bool:
    """Whether a text that has numbered examples points at one that is nowhere: (@key)."""
    return f"(@{key})" in prose and next(_items(prose), None) is not None
