"""Where the words of a measured paragraph may be broken: its words in, places for lines to end out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from compositor.justify import hanging
from compositor.justify.paragraphs import LINE_BREAK, Paragraph
from compositor.justify.totalfit import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compositor.justify.paragraphs import Text

WORD_END, WORD_BOUNDARY = 1 << 6, 1 << 12  # bits of a PangoLogAttr
LETTERS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")  # words; names of files and the like are not broken


def broken(paragraph: Paragraph, width: float, may_break: Callable[[Any, str], bool]) -> list[Place]:
    """Give the places of a paragraph and those where its words may be broken, but for words that ``may_break`` does not allow.

    ``width`` is that of its block, which the style's zone without hyphens may be a share of.
    """
    return sorted(paragraph.places + [place for text in paragraph.texts for place in _places(text, width, may_break)])


def _places(text: Text, width: float, may_break: Callable[[Any, str], bool]) -> Iterator[Place]:
    """Give the places where words of a text may be broken, as its style says."""
    from weasyprint.layout.percent import percentage
    from weasyprint.text.line_break import pyphen

    style, content = text.box.style, text.box.text
    language = pyphen.language_fallback(style["lang"]) if style["lang"] else None
    if style["hyphens"] != "auto" or not language or style["white_space"] == "nowrap":
        return
    shortest, left, right = style["hyphenate_limit_chars"]
    zone = percentage(style["hyphenate_limit_zone"], style, width)
    sign = style["hyphenate_character"]
    hyphen, hung = hanging.width_of(style, sign), hanging.behind(style, sign)
    for begins, ends in _words(text.marks, len(content), shortest):
        word = content[begins:ends]
        ways = _ways(language, left, right, word) if LETTERS.fullmatch(word) else ()
        if not ways or not may_break(getattr(text.box, "block", None), word):
            continue
        spaces = text.spaces[begins]
        full = len(content[:begins].rstrip(" "))  # how much of the text the line holds without the word, if it holds any
        for way in ways:
            head, reach = text.reach_of(begins + way), text.reach_of(begins + way) + hyphen
            if text.bytes_at[begins + way] in text.joined:  # as in dif-ficult, whose ffi is one glyph
                head = text.reach_of(ends) - hanging.width_of(style, word[way:])
                reach = text.reach_of(begins) + hanging.width_of(style, word[:way] + sign)
            if not full or reach - text.reach_of(full) > zone:
                there = (text.byte_of(begins + way), reach - hung, head, spaces, spaces)
                yield Place(*there, hyphen=True, solid=text.solid, reach=reach, head=head)


def _words(marks: list[int], length: int, shortest: int) -> Iterator[tuple[int, int]]:
    """Give the words that may be broken: between two places for lines to end the first one that is long enough.

    So does WeasyPrint, and no other word would be broken where a line is to end in it.
    """
    done, begins = False, 0
    for place, mark in enumerate(marks[: length + 1]):
        if mark & WORD_END and not done and place - begins >= shortest:
            yield begins, place
            done = True
        if mark & WORD_BOUNDARY:
            begins = place
        if mark & LINE_BREAK:
            done = False


@lru_cache(maxsize=8192)
def _ways(language: str, left: int, right: int, word: str) -> tuple[int, ...]:
    """Give the places where a word may be broken without a change of its letters."""
    from weasyprint.text.line_break import pyphen

    dictionary = pyphen.Pyphen(lang=language, left=left, right=right)
    return tuple(sorted(len(head) for head, tail in dictionary.iterate(word) if head + tail == word))
