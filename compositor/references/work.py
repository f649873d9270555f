"""What the checks ask of a work in CSL JSON: its texts, years and people, and words in a form that can be compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

Work = dict[str, Any]
Finding = tuple[str, str]  # code, what is wrong

# Letters that Unicode does not take apart into a base and a mark.
BASES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})

CREATORS = (
    "author", "editor", "translator", "director", "composer", "performer", "producer", "host", "script-writer", "illustrator",
    "compiler", "curator", "editorial-director", "series-creator", "organizer", "recipient", "interviewer", "guest",
    "container-author", "collection-editor", "original-author", "reviewed-author",
)  # fmt: skip


def text_of(work: Work, name: str) -> str:
    """Give a field as text; empty where there is none."""
    value = work.get(name)
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Keep letters and digits alone: small, without diacritics, white space and punctuation."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(BASES))
    return "".join(sign for sign in apart if sign.isalnum() or (not sign.isascii() and _is_vowel_sign(sign)))


def _is_vowel_sign(sign: str) -> bool:
    """Tell a mark that is a letter's equal, as in Devanagari, from a diacritic (Unicode's combining class 0)."""
    return unicodedata.category(sign).startswith("M") and not unicodedata.combining(sign)


def date_text(work: Work, name: str = "issued") -> str:
    """Give what a date says in words ("in press", "n.d.", "c. 1900"); empty for a plain date."""
    date = work.get(name)
    return str(date.get("literal") or "").strip() if isinstance(date, dict) else ""


def years(work: Work, name: str = "issued") -> list[int]:
    """Give the year of a date, or the first and last of a range; years before our era are negative."""
    date = work.get(name)
    parts = date.get("date-parts") if isinstance(date, dict) else None
    found = [int(part[0]) for part in parts or [] if part]
    return found or [int(year) for year in re.findall(r"\b\d{4}\b", date_text(work, name))]


def people(work: Work, role: str) -> list[dict[str, str]]:
    """Give the names in a role, as CSL name variables."""
    value = work.get(role)
    return [name for name in value if isinstance(name, dict)] if isinstance(value, list) else []


def family_of(name: dict[str, str]) -> str:
    """Give the family name with its particles, wherever the entry keeps them; or a name that is not taken apart."""
    parts = (name.get("dropping-particle"), name.get("non-dropping-particle"), name.get("family"))
    return " ".join(str(part) for part in parts if part) or str(name.get("literal") or "")


def name_of(name: dict[str, str], *, family_first: bool = False) -> str:
    """Give a name as it is read, or as it is filed: "Author van One, Jr.", "van One, Author, Jr."."""
    given, suffix = (str(name.get(part) or "") for part in ("given", "suffix"))
    parts = (family_of(name), given, suffix) if family_first else (f"{given} {family_of(name)}".strip(), suffix)
    return ", ".join(part for part in parts if part)


def day_of(work: Work, name: str = "issued") -> list[int]:
    """Give year, month and day of a date as far as they are known; of a range, its first. [] for a date in words."""
    date = work.get(name)
    parts = date.get("date-parts") if isinstance(date, dict) else None
    day = [int(part) for part in parts[0]] if parts and parts[0] else []
    return day[:1] if len(day) > 1 and not 1 <= day[1] <= 12 else day  # a season counts as a month of its own
