"""What a style sheet says of justified text in properties of ours, since WeasyPrint does not know CSS's own for it."""

from __future__ import annotations

from typing import Any

GIVE = 0.02  # the share of their width that letters may be wider or narrower, where no style sheet says another
MOST = 0.05


def is_balanced(style: Any) -> bool:
    """Whether lines that are not filled are to be about as long as each other: ``--text-wrap: balance``."""
    return _word(style, "__text_wrap") == "balance"


def hangs(style: Any) -> bool:
    """Whether punctuation may stand outside the edge: not with ``--hanging-punctuation: none``."""
    return _word(style, "__hanging_punctuation") != "none"


def give(style: Any) -> float:
    """Give the share of their width that letters may be wider or narrower, a twentieth at most: ``--glyph-scaling: 1%``."""
    for token in style["__glyph_scaling"] or ():
        if token.type in ("percentage", "number"):
            return max(0.0, min(MOST, float(token.value) / 100))
    return GIVE


def _word(style: Any, name: str) -> str:
    known = vars(style).setdefault("wishes", {})
    if name not in known:
        known[name] = next((token.value for token in style[name] or () if token.type == "ident"), "")
    word: str = known[name]
    return word
