"""The article's own citation: metadata in, CSL JSON and RIS out. APA and most of BibTeX are Pandoc's to write."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compositor.reading.metadata import Metadata

MONTHS = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?",
    "july?", "aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip


def date_parts(text: str) -> list[int]:
    """Read year, month and day from ISO 8601, or from a date as people write it in English; [] if there is none."""
    text = text.strip()
    if match := re.fullmatch(r"(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?(?:[T ].*)?", text):
        parts = [int(part) for part in match.groups() if part]
        return parts if _exists(parts) else []
    year = re.search(r"\b(\d{4})\b", text)
    month = next((number for number, name in enumerate(MONTHS, start=1) if re.search(rf"\b{name}\b", text.lower())), 0)
    if year is None or not month:
        return []
    day = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", text.replace(year[1], " "))
    parts = [int(year[1]), month, *([int(day[1])] if day else [])]
    return parts if _exists(parts) else []


def _exists(parts: list[int]) -> bool:
    try:
        datetime.date(*[*parts, 1, 1][:3])
    except ValueError:
        return False
    return True


def iso_date(text: str) -> str:
    """Give a date as YYYY, YYYY-MM or YYYY-MM-DD; empty if there is none."""
    return "-".join(f"{part:02d}" for part in date_parts(text))


def own_entry(metadata: Metadata, name: str) -> dict[str, Any]:
    """Describe the article as CSL JSON; empty when it has no title. Texts may hold Markdown."""
    if not metadata.title:
        return {}
    journal = metadata.journal
    title = f"{metadata.title}: {metadata.subtitle}" if metadata.subtitle else metadata.title
    entry: dict[str, Any] = {
        "id": _key(metadata, name),
        "type": journal.type or ("article-journal" if journal.title else "article"),
        "title": title,
        "author": [author.csl() for author in metadata.authors],
        "issued": {"date-parts": [date_parts(metadata.date)]} if date_parts(metadata.date) else None,
        "container-title": journal.title,
        "container-title-short": journal.short,
        "publisher": journal.publisher,
        "volume": journal.volume,
        "issue": journal.issue,
        "page": journal.page,
        "ISSN": journal.issn,
        "DOI": metadata.doi,
        "URL": "" if metadata.doi else metadata.url,
        "language": metadata.lang,
    }
    return {key: value for key, value in entry.items() if value}


def _key(metadata: Metadata, name: str) -> str:
    """Make a citation key such as smith2026; letters and digits only."""
    first = metadata.authors[0] if metadata.authors else None
    word = (first.family or first.literal.split(" ")[-1]) if first else name
    year = date_parts(metadata.date)[:1]
    return re.sub(r"\W", "", word.lower() + "".join(map(str, year))) or "article"


def bibtex(written: str, entry: dict[str, Any]) -> str:
    """Complete the BibTeX that Pandoc has ``written``: its own has neither DOI nor ISSN, which BibLaTeX alone defines."""
    fields = [f"  {name.lower()} = {{{entry[name]}}}" for name in ("DOI", "ISSN") if entry.get(name)]
    body = written.strip().removesuffix("}").rstrip()
    return ",\n".join([body, *fields]) + "\n}\n" if written.strip() else ""


def ris(entry: dict[str, Any]) -> str:
    """Write a CSL entry as RIS (Research Information Systems tags; lines end in CR LF, as its readers expect)."""
    kinds = {"article-journal": "JOUR", "book": "BOOK", "chapter": "CHAP", "report": "RPRT", "thesis": "THES"}
    lines = [("TY", kinds.get(entry["type"], "GEN"))]
    for author in entry.get("author", []):
        names = [author.get("family"), author.get("given")]
        # a comma at the end keeps readers from taking the name of a body apart
        lines.append(("AU", f"{author['literal']}," if author.get("literal") else ", ".join(name for name in names if name)))
    lines.append(("TI", entry["title"]))
    parts = entry.get("issued", {}).get("date-parts", [[]])[0]
    if parts:
        lines += [("PY", str(parts[0])), ("DA", "/".join(f"{part:02d}" for part in parts))]
    start, _, end = entry.get("page", "").replace("–", "-").partition("-")
    tags = (
        ("JO", "container-title"),
        ("PB", "publisher"),
        ("VL", "volume"),
        ("IS", "issue"),
        ("SN", "ISSN"),
        ("DO", "DOI"),
        ("UR", "URL"),
        ("LA", "language"),
    )
    lines += [(tag, entry[key]) for tag, key in tags if entry.get(key)]
    lines += [(tag, value) for tag, value in (("SP", start), ("EP", end)) if value]
    lines.append(("ER", ""))
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)
