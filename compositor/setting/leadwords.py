"""Words that authors write before a reference, which would say them again: "Figure @fig-map", "Eqs. @eq-a and @eq-b"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compositor.model import Manuscript

KINDS = (
    "fig", "tbl", "eq", "lst", "sec", "app",
    "thm", "lem", "cor", "prp", "cnj", "asm", "hyp", "def", "exm", "exr", "rem", "sol", "alg",
)  # fmt: skip
SHORTEST = 2  # letters of an abbreviation; "l." may be a line


def found(manuscript: Manuscript, terms: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the words, in small letters, with the kinds that each leads to; none where no reference has one before it.

    ``several`` says that a word leads to more than one, as "Figures" and "Eqs." do.
    """
    known = _words(terms)
    words = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    reference = r"(?:\[?-?@|\\(?:auto|c|C|eq)?ref\{)"
    before = re.compile(rf"(?<![^\W\d_])(?:{words})(?:[ \t\xa0]|\n(?!\s*\n)|\\ )*\(?{reference}", re.IGNORECASE)
    return known if before.search(manuscript.text) else {}


def _words(terms: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the words of a language for what is numbered, one and several, and those of its abbreviations that shorten one."""
    words: dict[str, dict[str, Any]] = {}

    def add(word: str, kind: str, several: bool) -> None:
        words.setdefault(word.lower(), {"kinds": [], "several": several})["kinds"].append(kind)

    for kind in KINDS:
        one, many = terms[kind]
        add(one, kind, False)
        add(many, kind, True)
    for short in terms["ties"]:
        stem = re.sub(r"(.)\1$|s$", r"\1", short.lower().rstrip("."))  # of figs. and figg., fig
        for kind in KINDS if short.endswith(".") and len(stem) >= SHORTEST else ():
            if any(word.lower().startswith(stem) for word in terms[kind]):
                add(short, kind, stem != short.lower().rstrip("."))
    return words
