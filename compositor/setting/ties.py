"""What no line may part: a body in, the same body with "art. 51", "37,5 %" and "« oui »" on one line out, in every edition.

A copy-editor puts a no-break space there. Only words that languages.toml names for the language of the passage are tied,
and only to a figure or a Roman numeral of two letters or more: "no. I" may be two sentences. A sign of a unit stays with its
number (SI Brochure, 5.4.3), a number with the sign of relation before it ("= .05"), a size is one ("24 × 36 cm"), and so do
the thousands of a number, where the language parts them by a space. French has a narrow space before ; ! ? (Imprimerie
nationale). No space is put where the author has none.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from compositor.editions import adapt
from compositor.reading import language
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOSED = {"code", "kbd", "math", "pre", "samp", "script", "style", "svg", "tt", "var"}  # their text is not prose
SIGNS = "§¶№"  # of any language
RELATIONS = "=<>≤≥≈≠±×"
UNITS = "%‰°€£¥$"
# Symbols of units that are no words, SI's and what is used with them.
MICRO = "\N{MICRO SIGN}\N{GREEK SMALL LETTER MU}"
SYMBOLS = (
    f"[kcmn{MICRO}]?m[²³]?|km/h|m/s|[mn{MICRO}]s|[km{MICRO}]?g|m[lL]|ha|[kMG]?Hz|[kMGT]W|[kMGT]?Wh|[hkMG]?Pa|[kM]J|[kMGT]?eV|m?V|dB|"
    f"[m{MICRO}]?mol|[kMGT]B|[KMGT]iB"
)
SPACE = r"[ \t\n]+"
NARROW = "\N{NARROW NO-BREAK SPACE}"
NUMBER = r"(?=\d|[IVXLCDM]{2,}(?![^\W\d_]))"


def tie(root: etree._Element, lang: str) -> None:
    """Tie the words of a body; ``lang`` is its language where no element says another."""
    for element, spoken in _prose(root, lang):
        element.text = _tied(element.text, spoken)
        for child in element:
            child.tail = _tied(child.tail, spoken)
            if child.tail and child.tail[0].isspace() and _numbers(child, spoken):  # <a>1998, 45</a> f., XIX<sup>e</sup> siècle
                child.tail = _following(spoken).sub(adapt.NO_BREAK, child.tail, count=1)


def tied(fragment: str, lang: str) -> str:
    """Do the same to a piece of HTML, such as a title."""
    root = markup.parse(fragment)
    tie(root, lang)
    return markup.inner(root)


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


def _numbers(element: etree._Element, lang: str) -> bool:
    """Whether what an element holds ends in a figure, or makes an ordinal of the number before it."""
    said = "".join(element.itertext())
    return said[-1:].isdigit() or (element.tag == "sup" and said in language.ties(lang, "ordinals"))


def _tied(text: str | None, lang: str) -> str | None:
    return _pattern(lang).sub(_kept, text) if text else text


def _kept(found: re.Match[str]) -> str:
    return re.sub(SPACE, NARROW if found.lastgroup == "thin" else adapt.NO_BREAK, found[0])


@cache
def _pattern(lang: str) -> re.Pattern[str]:
    """Give what finds the spaces of a language that no line may end in, with what stands before or between them."""
    kinds = ("ties", "after", "phrases", "titles", "short", "ordinals")
    before, after, phrases, titles, short, ordinals = (_any(language.ties(lang, kind)) for kind in kinds)
    opening, closing, thin, dashes = language.spaced(lang)
    ways = [
        rf"(?<![\w.])(?:{phrases})(?!\w)",
        rf"(?:(?<![\w.])(?i:{before})|[{SIGNS}]){SPACE}{NUMBER}",
        rf"(?<=[{RELATIONS}]){SPACE}(?=[-−–+]?[.,]?\d)",
        rf"(?<!\w)(?:\d+|[ivxlcdm]+){SPACE}\+{SPACE}(?=\d)",  # xii + 417 pp.
        rf"\d{SPACE}(?=[{UNITS}]|(?:{SYMBOLS})(?!\w)|×{SPACE}[.,]?\d)",
        rf"(?:\d\.?|(?<!\w)[IVXLCDM]+\.?)(?:{ordinals})?{SPACE}(?=(?:{after})(?!\w))",
        rf"(?<![\w.])(?:{titles}){SPACE}(?=(?:[a-zà-ÿ]{{1,4}}[ ’])?[^\W\d_a-zà-ÿ])",  # M. Dupont, M. de Gaulle
        rf"(?<!\w)(?i:{short}){SPACE}(?=\w)",
    ]
    if dashes:
        ways.append(rf"(?<![ \t\n]){SPACE}(?=[{dashes}](?:[ \t\n]|$))")
    if opening:
        ways += [rf"[{opening}]{SPACE}", rf"(?<![ \t\n]){SPACE}(?=[{closing}])"]
    if thin:
        ways.append(rf"(?P<thin>(?<![ \t\n]){SPACE}(?=[{thin}]))")
    if language.parts_thousands(lang):
        ways.append(rf"(?<![\d.,])\d{{1,3}}{SPACE}(?=\d{{3}}(?!\d))")
    return re.compile("|".join(ways))


@cache
def _following(lang: str) -> re.Pattern[str]:
    """Give what finds the space at the beginning of a text that no line may end in where a figure stands before it."""
    return re.compile(rf"^{SPACE}(?=(?:{_any(language.ties(lang, 'after'))})(?!\w)|[{UNITS}])")


def _any(words: tuple[str, ...]) -> str:
    """Give what finds any of some words, none if there are none."""
    return "|".join(SPACE.join(map(re.escape, word.split())) for word in words) or "(?!)"
