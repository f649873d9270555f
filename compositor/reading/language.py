"""The words of a language: a BCP 47 tag in, the terms an edition needs out."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import babel as babel_package


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parents[1] / "languages.toml").read_text(encoding="utf-8"))


def terms(lang: str) -> tuple[dict[str, Any], bool]:
    """Give the terms of a language, and whether it is known; an unknown one gets English."""
    tables = _all()
    for tag in (lang, lang.split("-")[0].lower()):
        if tag in tables:
            return tables["en"] | tables[tag], True
    return tables["en"], False


def ties(lang: str, kind: str = "ties") -> tuple[str, ...]:
    """Give the short words of a language that stay with the number behind them; none for a language that is not known.

    Those ``after`` stay with the number before them, ``titles`` with the name behind them, ``short`` ones with any word, and
    ``phrases`` are words that stay together. ``ordinals`` end a number.
    """
    known, found = terms(lang)
    return tuple(known[kind]) if found else ()


def spaced(lang: str) -> tuple[str, str, str, str]:
    """Give the signs of a language that have a space behind, one before, and a narrow one before: « and » and ! of French.

    The last are the dashes that no line begins with.
    """
    known, found = terms(lang)
    opening, closing, thin, dashes = (str(known[key]) if found else "" for key in ("opening", "closing", "thin", "dashes"))
    return opening, closing, thin, dashes


def babel(lang: str) -> babel_package.Locale:
    """Give Babel's locale for a language tag; English for one that Babel does not know."""
    from babel import Locale, UnknownLocaleError

    for tag in (lang, lang.split("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def strange_region(lang: str) -> str:
    """Give the region of a language tag where there is none of that code (ISO 3166-1), such as UK; empty for all others."""
    from babel import Locale

    found = re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})(?:-.*)?", lang)
    return found[1] if found and found[1].upper() not in Locale("en").territories else ""


def decimal_mark(lang: str) -> str:
    """Give what stands before the decimals of a number: a point, or a comma."""
    return str(babel(lang).number_symbols["latn"]["decimal"])


def parts_thousands(lang: str) -> bool:
    """Whether a space stands between the thousands of a number."""
    return str(babel(lang).number_symbols["latn"]["group"]).isspace()


def long_date(parts: list[int], lang: str) -> str:
    """Write a date out: [2026, 11, 23] is 23 November 2026; [2026, 11] is November 2026. In French the first is the 1er."""
    import datetime

    from babel.dates import format_date, format_skeleton

    if len(parts) == 3:
        year, month, day = parts
        written = str(format_date(datetime.date(year, month, day), "long", locale=babel(lang)))
        return f"1er{written[1:]}" if day == 1 and babel(lang).language == "fr" else written  # CLDR has no such form
    if len(parts) == 2:
        return str(format_skeleton("yMMMM", datetime.date(parts[0], parts[1], 1), locale=babel(lang)))
    return str(parts[0]) if parts else ""
