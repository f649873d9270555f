"""Pieces of a file: a text, where it stands, and of which kind it is.

Words, which somebody wrote; the syntax of a format, such as the keys of a PDF and the rules of a style sheet; and bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


WORDS, SYNTAX, BINARY = "words", "syntax", "binary"
Piece = tuple[str, str, str]  # where, a text that stands there, of which kind
DATA = re.compile(r"data:(?P<kind>[\w.+/-]*)(?P<how>[^,\"'()\s]*?),(?P<what>[^\"'()\s]+)")

# How we call the parts of our files.
PARTS = re.compile(
    r"(?i)(?<![^\W_])(?:EPUB|META-INF|mimetype|container|package|nav|toc|title|style|cover|abstract|section|notes|references|"
    r"colophon|contents?|appendix|text|page|fig|card|formulas|word|docProps|core|app|media|_?rels|document|footnotes?|endnotes|"
    r"font-?table|footer|header|numbering|settings|styles|theme|comments|types|manuscript|review|changes|manifest|ro|crate|"
    r"metadata|jats|xhtml|xml|css|png|ttf)(?![^\W\d_])"
)


def binary(where: str, data: bytes) -> Iterator[Piece]:
    """Read data as each writing that a name may stand in."""
    yield where, data.decode("latin-1"), BINARY
    yield where, data.decode("utf-8", "replace"), BINARY
    for code in ("utf-16-le", "utf-16-be"):
        for start in (0, 1):
            yield where, data[start:].decode(code, "replace"), BINARY


def unfonted(name: str) -> str:
    """Give the name of a file; of a font, nothing."""
    return "" if name.endswith((".ttf", ".otf", ".woff", ".woff2")) else name
