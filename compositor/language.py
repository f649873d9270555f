"""The words of a language: a BCP 47 tag in, the terms an edition needs out."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import babel as babel_package


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "languages.toml").read_text(encoding="utf-8"))


def terms(lang: str) -> tuple[dict[str, Any], bool]:
    """Give the terms of a language, and whether it is known; an unknown one gets English."""
    tables = _all()
    for tag in (lang, lang.split("-")[0].lower()):
        if tag in tables:
            return tables["en"] | tables[tag], True
    return tables["en"], False


def ties(lang: str) -> tuple[str, ...]:
    """Give the short words of a language that stay with the number behind them; none for a language that is not known."""
    known, found = terms(lang)
    return tuple(known["ties"]) if found else ()


def babel(lang: str) -> babel_package.Locale:
    """Give Babel's locale for a language tag; English for one that Babel does not know."""
    from babel import Locale, UnknownLocaleError

    for tag in (lang, lang.split("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def decimal_mark(lang: str) -> str:
    """Give what stands before the decimals of a number: a point, or a comma."""
    return str(babel(lang).number_symbols["latn"]["decimal"])


def long_date(parts: list[int], lang: str) -> str:
    """Write a date out: [2026, 11, 23] is 23 November 2026; [2026, 11] is November 2026."""
    import datetime

    from babel.dates import format_date, format_skeleton

    if len(parts) == 3:
        year, month, day = parts
        return str(format_date(datetime.date(year, month, day), "long", locale=babel(lang)))
    if len(parts) == 2:
        return str(format_skeleton("yMMMM", datetime.date(parts[0], parts[1], 1), locale=babel(lang)))
    return str(parts[0]) if parts else ""
