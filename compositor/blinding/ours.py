"""What is ours in a copy: a manuscript and its document in, patterns of the words that we print of ourselves out.

A surname may be a word of ours, such as Page, Note or Frank (Ruhl Libre, a font). Where it stands for what is ours it tells
of nobody: the search of a blind copy passes over such places, and the mask leaves them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compositor.fonts import mathfont, typefaces
from compositor.reading import language
from compositor.records import citation
from compositor.records.provenance import TYPESETTERS, style_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from compositor.model import Document, Manuscript

NOTHING = "(?!)"  # a pattern that nothing matches
SIGNS = (
    "masked",
    "quotes",
    "inner_quotes",
    "ties",
    "after",
    "phrases",
    "opening",
    "closing",
    "colon",
    "semicolon",
    "delimiter",
    "dated",
)
FIXED = ("Formulas", "Landmarks")  # the font of formulas, as a style sheet calls it; a heading of e-books
END = r"(?![^\W\d_])"
NUMBER = r"(?:(?:[A-Z]\.?)?\d{1,3}(?!\d)|[A-Z](?![\w.]))"  # of a figure, a page, an appendix; four digits are a year


@dataclass(frozen=True, slots=True)
class Ours:
    """Patterns over folded text."""

    phrases: str = NOTHING  # ours wherever they stand: names of fonts, the article's dates
    numbered: str = NOTHING  # ours with their number: "Figure 1"
    words: str = NOTHING  # ours where nothing else stands beside them, or only a colon or a version

    def hidden(self, text: str) -> str:
        """Give a folded text with gaps of the same length where something of ours stands."""
        return _gaps(self.numbered, _gaps(self.phrases, text))

    def alone(self, text: str) -> str:
        """Give a folded text, as it stands in an edition, with gaps for the words of ours too that stand by themselves."""
        return _gaps(self.words, self.hidden(text))


def _gaps(pattern: str, text: str) -> str:
    return re.sub(pattern, lambda match: re.sub(r"[^\n]", "\0", match[0]), text)


def find(manuscript: Manuscript, document: Document, folded: Callable[[str], str]) -> Ours:
    """Find the words of ours that a copy of a manuscript has: fonts, dates, terms of its languages, the colophon."""
    metadata = manuscript.metadata
    faces = {face.family for face in (*typefaces.FACES, *typefaces.SCRIPTS)} | {mathfont.release_of_formulas()[0]}
    dates = [
        language.long_date(citation.date_parts(value), lang)
        for value in (metadata.date, metadata.received, metadata.accepted)
        for lang in (manuscript.lang, *(item.lang for item in metadata.translations))
        if value
    ]
    said = set(_terms(document.terms.items()))
    for item in metadata.translations:
        said |= set(_terms(language.terms(item.lang)[0].items()))
    terms = _any(said, folded)
    single = _any({*TYPESETTERS, *faces, *FIXED}, folded)
    words = [
        rf"^[\W\d_]*(?:{terms}|{single})[^\w\n]*$",  # alone in its place, such as a head
        rf"^[\W\d_]*{terms}\s*:",  # before what it names
        rf"(?<![^\W_]){single}\s+v?\d+\.[\d.]*",  # with its version
        rf"(?<![^\W_]){_any((document.terms[key] for key in ('set_with', 'typefaces', 'style')), folded)}\s*:",
        _any([style_title(manuscript.style)], folded),
    ]
    phrases = {name for name in (*faces, *dates) if len(re.findall(r"\w+", name)) > 1}
    phrases |= {term for term in said if len(re.findall(r"\w+", term)) > 1}
    return Ours(
        rf"(?<![^\W\d_]){_any(phrases, folded)}",
        rf"(?<![^\W\d_]){terms}\s+{NUMBER}",
        f"(?im:{'|'.join(words)})",
    )


def months(lang: str) -> set[str]:
    """Give the names of the months in a language, in small letters."""
    told = language.babel(lang).months["format"]
    return {name.rstrip(".").lower() for width in ("wide", "abbreviated") for name in told[width].values()}


def _terms(table: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Give every word or phrase of a table of terms."""
    for key, value in table:
        if key not in SIGNS:
            yield from (
                word for word in ([value] if isinstance(value, str) else value if isinstance(value, list) else []) if word
            )


def _any(phrases: Iterable[str], folded: Callable[[str], str]) -> str:
    """Make a pattern of phrases, the longest first; between their words may stand anything that is no letter, or nothing."""
    made = {
        r"[\W_]*".join(map(re.escape, re.findall(r"\w+", folded(phrase)))) for phrase in phrases if re.search(r"\w", phrase)
    }
    return f"(?i:{'|'.join(sorted(made, key=lambda item: (-len(item), item)))}){END}" if made else NOTHING
