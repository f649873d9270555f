"""Which letter each glyph of a PDF is, in scripts whose letters change their form: a font in, a map from glyphs out.

WeasyPrint gives a glyph the text that it stands for where it is met first (ISO 32000-1, 9.10.3). Where a letter is drawn by
two glyphs, the second gets none, and is lost wherever it stands alone. Here each form of a letter is that letter, wherever
it is met, and a stroke that only joins forms is nothing.
"""

from __future__ import annotations

import io
import unicodedata
from typing import Any

STROKE = "\N{ARABIC TATWEEL}"
SINGLE, MULTIPLE, ALTERNATE, CHAINED = 1, 2, 3, 7  # kinds of lookup in OpenType's GSUB; 7 holds another


class Letters(dict[int, str]):
    """WeasyPrint's map from a font's glyphs to text, corrected as it is filled."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._forms, self._strokes = _read(data)

    def __setitem__(self, glyph: int, text: str) -> None:
        known = "" if glyph in self._strokes else self._forms.get(glyph, text)
        super().__setitem__(glyph, "" if known == STROKE and STROKE not in text else known)


def _read(data: bytes) -> tuple[dict[int, str], set[int]]:
    """Give the letter of each glyph that is a form of one, and the glyphs that only accompany another."""
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(data)) as font:
        named = sorted(
            font.getBestCmap().items(), reverse=True
        )  # of several characters, a glyph is the first: the letter itself
        letters = {glyph: unicodedata.normalize("NFKC", chr(code)) for code, glyph in named}
        lookups = font["GSUB"].table.LookupList if "GSUB" in font else None  # an author's font may have nothing to shape
        tables = [table for lookup in (lookups.Lookup if lookups else ()) for table in map(_inner, lookup.SubTable)]
        changed = True
        while changed:
            forms = [(old, new) for table in tables for old, new in _forms(table) if old in letters and new not in letters]
            letters |= {new: letters[old] for old, new in forms}
            changed = bool(forms)
        pieces = {
            piece for table in tables if table.LookupType == MULTIPLE for made in table.mapping.values() for piece in made
        }
        return (
            {font.getGlyphID(glyph): letter for glyph, letter in letters.items()},
            {font.getGlyphID(piece) for piece in pieces - set(letters)},
        )


def _inner(table: Any) -> Any:
    return table.ExtSubTable if table.LookupType == CHAINED else table


def _forms(table: Any) -> list[tuple[str, str]]:
    """Give each glyph with one that may take its place."""
    if table.LookupType == SINGLE:
        return list(table.mapping.items())
    if table.LookupType == ALTERNATE:
        return [(old, new) for old, made in table.alternates.items() for new in made]
    return []
