"""Interlinear glosses: which line of the author's file glosses.lua means, and their lists named, for styles to know them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.places import at, shown
from compositor.setting import direction

if TYPE_CHECKING:
    from lxml import etree

    from compositor.places import Places

BLOCK = re.compile(r"^[^\n:]*:{3,}[ \t]*(?:gloss\b|\{[^}\n]*\.gloss\b[^}\n]*\})[^\n]*\n", re.MULTILINE)
WORDS = "gloss-words"  # the class of a list of words, each over what it means
IS_ONE = "contains(concat(' ', @class, ' '), ' gloss ')"
ITEMS = f"ul[@class='{WORDS}']/li"
SOURCE, TERMS = "gloss-source", "gloss-terms"  # the classes of the lines of a word, and of the last
LINES = (SOURCE, TERMS)
TRANSLATION = "gloss-translation"


def where(places: Places, subject: str) -> str:
    """Give the place of a line, "2 3": the third of the second gloss, empty lines left out."""
    block, wanted = map(int, subject.split())
    starts = [match.end() for match in BLOCK.finditer(places.prose)]
    if block > len(starts):
        return shown(places.path)
    number = places.prose.count("\n", 0, starts[block - 1])
    for line in places.prose[starts[block - 1] :].split("\n"):
        number += 1
        wanted -= bool(line.strip(" \t>"))
        if not wanted:
            return at(places.path, number)
    return shown(places.path)


def name(root: etree._Element, lang: str) -> None:
    """Name the lists of words that glosses.lua made, and take out the white space that Pandoc writes around them.

    Words of a language that is written from right to left stand so; what they mean is in the text's own, ``lang``.
    """
    for words in root.iter("ul"):
        lines = [line for item in words for line in item]
        if lines and all(line.get("class") in LINES for line in lines):
            words.set("class", WORDS)
            if not direction.is_rtl(lang) and any(direction.is_rtl(line.get("lang", "")) for line in lines):
                words.set("dir", "rtl")
            for line in lines:
                if words.get("dir") and line.get("class") == TERMS:
                    line.set("dir", "ltr")
                _trim(line)
            if (behind := words.getnext()) is not None and behind.get("class") == TRANSLATION:
                _trim(behind)
        elif words.get("class") == WORDS:  # an author's own
            del words.attrib["class"]


def _trim(line: etree._Element) -> None:
    line.text = (line.text or "").lstrip("\n")
    if len(line):
        line[-1].tail = (line[-1].tail or "").rstrip("\n")
    else:
        line.text = line.text.rstrip("\n")
