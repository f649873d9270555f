"""Hanging punctuation: a letter at the edge of a line in, how far it stands outside it out.

Points, commas, hyphens and quotation marks are lighter than letters, and an edge of lines that end in them seems uneven where
they stand within it.
"""

from __future__ import annotations

from typing import Any

from compositor.justify import wishes

# Shares of the letter's own width, chosen by eye; those of microtype for TeX are much the same.
BEHIND = (
    {".": 0.7, ",": 0.6, ":": 0.4, ";": 0.3, "-": 0.6, "\u2010": 0.6}
    | dict.fromkeys("\u2019\u201d\u201c\u2018", 0.5)
    | {"»": 0.3}
)
BEFORE = dict.fromkeys("\u2018\u201c\u201e\u201a\u201d\u2019", 0.5) | {"«": 0.3}


def behind(style: Any, letter: str) -> float:
    """Give how far a letter at a line's end stands outside it, in CSS pixels."""
    return BEHIND[letter] * width_of(style, letter) if letter in BEHIND and wishes.hangs(style) else 0.0


def before(style: Any, letter: str) -> float:
    """Give how far a letter at a line's head stands outside it, in CSS pixels."""
    return BEFORE[letter] * width_of(style, letter) if letter in BEFORE and wishes.hangs(style) else 0.0


def width_of(style: Any, text: str) -> float:
    """Give the width of a text in a style, in CSS pixels."""
    known = vars(style).setdefault("widths", {})
    if text not in known:
        from weasyprint.text.line_break import create_layout, line_size

        layout = create_layout(text, style, None, None, 0)
        known[text] = line_size(layout.get_first_line()[0], style)[0]
    width: float = known[text]
    return width
