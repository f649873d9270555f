"""Characters that nobody sees: a text in, the text without those that deceive or that no edition may hold out.

Control characters are none of XML's (XML 1.0, section 2.2) or HTML's (13.2.3.5). Directional overrides, embeddings and
isolates can make a line read otherwise than it is stored (Unicode Technical Report 36, section 3.1): "Trojan Source". They
stay only where they belong: in a paragraph with letters written from right to left, each one closed, none an override.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from compositor.places import at
from compositor.problems import problem

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.result import Problem

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
PARAGRAPH = re.compile(r"\n[ \t]*\n")
OPEN = {"\u202a": "\u202c", "\u202b": "\u202c", "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}
# BibTeX's \'{\i} is an accent over a letter without its dot, which is one letter in print and two in a search: í
DOTLESS = re.compile("([\N{LATIN SMALL LETTER DOTLESS I}\N{LATIN SMALL LETTER DOTLESS J}])([\u0300-\u036f])")
DOTTED = {"\N{LATIN SMALL LETTER DOTLESS I}": "i", "\N{LATIN SMALL LETTER DOTLESS J}": "j"}
MOST = 20  # problems of one kind told for one file


def _deceptive(paragraph: str) -> bool:
    """Whether the directional characters of a paragraph are more than the care of one who writes Hebrew or Arabic."""
    closing: list[str] = []
    for match in BIDI.finditer(paragraph):
        if match[0] in OPEN:
            closing.append(OPEN[match[0]])
        elif not closing or closing.pop() != match[0]:
            return True
    return bool(closing) or not any(unicodedata.bidirectional(character) in ("R", "AL") for character in paragraph)


def unseen(text: str, separator: re.Pattern[str] = PARAGRAPH) -> list[int]:
    """Give the place of each character that has to go; ``separator`` stands between paragraphs."""
    found = [match.start() for match in CONTROL.finditer(text)]
    if BIDI.search(text):
        start = 0
        for end in [*(match.end() for match in separator.finditer(text)), len(text)]:
            if BIDI.search(text, start, end) and _deceptive(text[start:end]):
                found += [match.start() for match in BIDI.finditer(text, start, end)]
            start = end
    return sorted(found)


def clean(path: Path, text: str) -> tuple[str, list[Problem]]:
    """Take out of a file's text what must not be in it, and report each with its line and column."""
    places = unseen(text)
    told = {"control-character": 0, "bidi-control": 0}
    problems = []
    for place in places:
        kind = code(text[place])
        told[kind] += 1
        if told[kind] <= MOST:
            line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
            problems.append(problem(kind, at(path, line), f"{name(text[place])} in column {column} is left out"))
    return without(text, places), problems


def without(text: str, places: list[int]) -> str:
    """Give a text without the characters at these places."""
    ends = [-1, *places, len(text)]
    return "".join(text[before + 1 : after] for before, after in pairwise(ends)) if places else text


def name(character: str) -> str:
    """Name a character: U+202E RIGHT-TO-LEFT OVERRIDE."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"


def code(character: str) -> str:
    """Give the code of the problem that a character is."""
    return "bidi-control" if BIDI.match(character) else "control-character"


def hidden(gone: set[str], where: str) -> list[Problem]:
    """Report what an escape or an entity hid."""
    return [problem(code(item), where, f"{name(item)} is left out") for item in sorted(gone)]


def _composed(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", DOTTED[match[1]] + match[2])


def scrub(value: Any) -> tuple[Any, set[str]]:
    """Clean every text of a value as JSON holds it; gives what went. An escape or an entity hides it from ``clean``.

    A letter that an accent takes the dot of becomes the one letter that it is.
    """
    gone: set[str] = set()

    def walk(item: Any) -> Any:
        if isinstance(item, str):
            places = unseen(item, re.compile("\n"))
            gone.update(item[place] for place in places)
            return DOTLESS.sub(_composed, without(item, places))
        if isinstance(item, list):
            return [walk(part) for part in item]
        if isinstance(item, dict):
            return {walk(key): walk(part) for key, part in item.items()}
        return item

    return walk(value), gone
