"""Short words and their numbers: a body in, the same body with "art. 51" and the like on one line out, in every edition.

A copy-editor ties them with a no-break space. Only words that languages.toml names for the language of the passage are tied,
and only to a figure or a Roman numeral of two letters or more: "no. I" may be two sentences.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from compositor import adapt, language

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOSED = {"code", "kbd", "math", "pre", "samp", "script", "style", "svg", "tt", "var"}  # their text is not prose
SIGNS = "§¶№"  # of any language
NUMBER = r"(?=\d|[IVXLCDM]{2,}(?![^\W\d_]))"


def tie(root: etree._Element, lang: str) -> None:
    """Tie the words of a body; ``lang`` is its language where no element says another."""
    for element, spoken in _prose(root, lang):
        element.text = _tied(element.text, spoken)
        for child in element:
            child.tail = _tied(child.tail, spoken)


def _prose(element: etree._Element, lang: str) -> Iterator[tuple[etree._Element, str]]:
    """Give each element that holds prose, with the language it speaks."""
    waiting = [(element, lang)]
    while waiting:
        element, lang = waiting.pop()
        if not isinstance(element.tag, str) or etree.QName(element).localname in CLOSED:
            continue
        lang = element.get("lang") or lang
        yield element, lang
        waiting += [(child, lang) for child in element]


def _tied(text: str | None, lang: str) -> str | None:
    return _pattern(lang).sub(lambda found: found[1] + adapt.NO_BREAK, text) if text else text


@cache
def _pattern(lang: str) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in language.ties(lang))
    short = rf"(?<![\w.])(?i:{words})|" if words else ""
    return re.compile(rf"({short}[{SIGNS}])[ \t\n]+{NUMBER}")
