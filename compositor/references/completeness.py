"""One work by itself: is its type known, and does it say all that APA 7 prints; are key, year and title in order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.references.work import CREATORS, Finding, Work, date_text, people, text_of, years

if TYPE_CHECKING:
    from collections.abc import Iterator

# Alternatives are parted by "|". A group author may be its own publisher, which is then left out (APA 7, section 9.29).
SOMEONE = "author|editor"
PUBLISHED = "publisher|archive|URL|DOI"  # a publisher, site or archive that holds it
ANYWHERE = "publisher|container-title|URL|DOI|archive|authority|event-place|event-title|collection-title|ISBN"  # a trace
PERIODICAL = ("container-title",)
LEGAL = ("authority|container-title|number|URL|DOI|publisher|event-place",)

# What a reader needs to find a work of each type of CSL 1.0.2, beyond title and date. All works need author, date, title and
# source (APA 7, section 9.4); the section after each type shows its form. Where people are not named, APA puts the title
# in the author's place (9.12): they are asked for only where such works hardly ever lack them.
REQUIRED: dict[str, tuple[str, ...]] = {
    "article-journal": (SOMEONE, "container-title", "volume|issue|number|page|DOI|URL"),  # 10.1, 9.25
    "article-magazine": PERIODICAL,  # 10.1
    "article-newspaper": PERIODICAL,  # 10.1
    "post-weblog": ("container-title|URL",),  # 10.1
    "periodical": ("publisher|volume|issue|ISSN|URL|DOI",),  # 10.1: a special issue
    "book": (SOMEONE, "publisher"),  # 10.2, 9.29
    "collection": ("publisher|archive|DOI|URL",),  # 10.2
    "classic": ("publisher|container-title|URL|DOI",),  # 10.2
    "pamphlet": (PUBLISHED,),  # 10.2, 10.4
    "chapter": (SOMEONE, "container-title", "publisher"),  # 10.3
    "entry": ("container-title", PUBLISHED),  # 10.3
    "entry-dictionary": ("container-title", PUBLISHED),  # 10.3
    "entry-encyclopedia": ("container-title", PUBLISHED),  # 10.3
    "report": (PUBLISHED,),  # 10.4
    "standard": ("publisher|authority|number|URL|DOI",),  # 10.4
    "paper-conference": (SOMEONE, "container-title|event-title|event|collection-title"),  # 10.5
    "speech": ("event-title|event|event-place|publisher|URL|DOI",),  # 10.5
    "event": ("event-title|event|event-place|publisher|URL|DOI",),  # 10.5
    "thesis": (SOMEONE, "publisher"),  # 10.6: the institution
    "review": PERIODICAL,  # 10.7
    "review-book": PERIODICAL,  # 10.7
    "article": ("publisher|archive|container-title|number|URL|DOI",),  # 10.8: a preprint
    "manuscript": ("publisher|archive|archive-place|genre|note|URL|DOI",),  # 10.8; BibTeX asks for a note
    "dataset": (PUBLISHED,),  # 10.9
    "software": (PUBLISHED,),  # 10.10
    "motion_picture": (PUBLISHED,),  # 10.12
    "broadcast": ("publisher|container-title|URL|DOI",),  # 10.12, 10.13
    "song": ("publisher|container-title|URL|DOI",),  # 10.13
    "musical_score": ("publisher|archive|URL|DOI",),  # 10.13
    "performance": ("event-title|event|event-place|publisher|URL",),  # 10.13
    "interview": (ANYWHERE,),  # 10.13
    "figure": ("container-title|publisher|archive|URL|DOI",),  # 10.14
    "graphic": ("container-title|publisher|archive|archive-place|URL|DOI",),  # 10.14
    "map": ("container-title|publisher|archive|URL|DOI",),  # 10.14
    "post": ("container-title|publisher|URL",),  # 10.15
    "webpage": ("URL|DOI|archive",),  # 10.16
    "legal_case": LEGAL,  # 11.4
    "legislation": LEGAL,  # 11.5
    "bill": LEGAL,  # 11.6
    "hearing": LEGAL,  # 11.6
    "regulation": LEGAL,  # 11.7
    "patent": ("number", "authority|publisher|URL|jurisdiction"),  # 11.8
    "treaty": LEGAL,  # 11.9
    "personal_communication": ("recipient|archive|publisher|container-title|URL",),  # 8.9, 10.8
    "document": (ANYWHERE,),  # 9.4
    "": (ANYWHERE,),  # what BibTeX calls misc
}
# What an archive keeps is often undated, and found by its place there.
KEPT = ("manuscript", "document", "personal_communication", "figure", "graphic", "map", "musical_score")
SPOKEN = {"container-title": "container", "URL": "address", SOMEONE: "author or editor"}


def check(work: Work) -> Iterator[Finding]:
    """Give what is wrong with one work."""
    kind = text_of(work, "type")
    if kind not in REQUIRED:
        yield "ref-type", f"has the type {kind!r}, which CSL does not know"
    if lacking := _incomplete(work):
        yield "ref-incomplete", lacking
    if year := _odd_year(work):
        issued = "–".join(str(part) for part in years(work))
        yield "ref-year", f"says {year} in its key, but was issued in {issued}"
    if is_capitals(text_of(work, "title")):
        yield "ref-capitals", "has a title in capitals"


def _incomplete(work: Work) -> str:
    title = text_of(work, "title")
    missing = [] if title else ["title"]
    missing += [_spoken(need) for need in REQUIRED.get(text_of(work, "type"), (ANYWHERE,)) if not _has(work, need)]
    dated = any((years(work), date_text(work), text_of(work, "status"), years(work, "original-date")))
    if not dated and not (text_of(work, "type") in KEPT and work.get("archive_location")):
        missing.append("date")
    found = [f"has no {'; no '.join(missing)}"] if missing else []
    if title.startswith("[") and title.endswith("]"):  # APA 7, chapter 9, allows it for a work known to have no title
        found.append("is not identified: a description stands in for the title")
    return ", and ".join(found)


def _has(work: Work, need: str) -> bool:
    names = need.split("|")
    if need == SOMEONE:
        return any(people(work, role) for role in CREATORS)
    if "volume" in names and (date_text(work) or text_of(work, "status")):
        return True  # in press: volume and pages are not known yet (APA 7, section 10.1)
    if "publisher" in names and any(name.get("literal") for name in people(work, "author")):
        return True
    return any(work.get(name) for name in names)


def _spoken(need: str) -> str:
    if need in SPOKEN:
        return SPOKEN[need]
    if need in (ANYWHERE, *LEGAL):
        return "source (publisher, container or address)"
    *others, last = (SPOKEN.get(name, name.replace("-", " ")) for name in need.split("|"))
    return f"{', '.join(others)} or {last}" if others else last


def _odd_year(work: Work) -> str:
    """Give the one year that the key holds, where the work has another; a number that its title or number has is none."""
    numbers = re.findall(r"\d+", work["id"])
    known = {year for name in ("issued", "original-date", "event-date", "submitted") for year in years(work, name)}
    if len(numbers) != 1 or not re.fullmatch(r"1[4-9]\d\d|20\d\d", numbers[0]) or not years(work):
        return ""
    first, last = min(years(work)), max(years(work))
    if first <= int(numbers[0]) <= last or int(numbers[0]) in known:
        return ""
    said = " ".join(text_of(work, name) for name in ("title", "title-short", "container-title", "number", "event-title"))
    return "" if numbers[0] in said else numbers[0]


def is_capitals(title: str) -> bool:
    """Tell a title set in capitals from one that is an abbreviation or two ("NATO", "HIV AIDS")."""
    words = [word for word in re.findall(r"[^\W\d_]+", title) if word.lower() != word.upper()]
    longest = max(map(len, words), default=0)
    return title.isupper() and (longest >= 9 or (longest >= 5 and len(words) >= 2) or len(words) >= 4)
