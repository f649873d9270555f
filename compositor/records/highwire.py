"""Highwire Press tags, as Google Scholar reads them: a work in CSL JSON in, names and values out.

Rules: Google Scholar, "Inclusion Guidelines for Webmasters", section "Indexing"; a work of the reference list is one
``citation_reference`` with the same names inside, parted by semicolons.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.references.work import day_of, name_of, people, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.references.work import Work

Tag = tuple[str, str]  # name, value

# What holds a work, or stands behind it, by its type in CSL.
CONTAINERS = {
    "article-journal": "citation_journal_title",
    "article-magazine": "citation_journal_title",
    "article-newspaper": "citation_journal_title",
    "paper-conference": "citation_conference_title",
    "chapter": "citation_inbook_title",
    "entry": "citation_inbook_title",
    "entry-dictionary": "citation_inbook_title",
    "entry-encyclopedia": "citation_inbook_title",
}
PUBLISHERS = {"thesis": "citation_dissertation_institution", "report": "citation_technical_report_institution"}
PLAIN = {
    "container-title-short": "citation_journal_abbrev",
    "volume": "citation_volume",
    "issue": "citation_issue",
}


def title(work: Work) -> Tag:
    """Give the title."""
    return "citation_title", text_of(work, "title")


def author(name: dict[str, str]) -> Tag:
    """Give one author, family name first."""
    return "citation_author", name_of(name, family_first=True)


def source(work: Work) -> Iterator[Tag]:
    """Give date, container, numbers, pages and identifiers; what is not known is left out."""
    kind = text_of(work, "type")
    if day := day_of(work):
        # a whole date, or the year alone, says Google
        yield "citation_publication_date", "/".join(f"{part:02d}" for part in day) if len(day) == 3 else str(day[0])
    if kind in CONTAINERS:
        yield CONTAINERS[kind], text_of(work, "container-title")
    for field, name in PLAIN.items():
        yield name, text_of(work, field)
    yield "citation_doi", doi_of(work)
    first, last = pages(text_of(work, "page"))
    yield "citation_firstpage", first
    yield "citation_lastpage", last
    for field in ("ISSN", "ISBN"):
        for number in re.findall(r"[\dXx-]{8,}", text_of(work, field)):
            yield f"citation_{field.lower()}", number
    yield PUBLISHERS.get(kind, "citation_publisher"), text_of(work, "publisher")
    if kind == "report":
        yield "citation_technical_report_number", text_of(work, "number")


def reference(work: Work) -> Tag:
    """Give a work of the reference list as one tag."""
    tags = [title(work), *map(author, people(work, "author")), *source(work)]
    # a semicolon would end the value
    return "citation_reference", "; ".join(f"{name}={value.replace(';', ',')}" for name, value in tags if value)


def doi_of(work: Work) -> str:
    """Give the DOI of a work, or nothing where what stands in its place cannot be one; it is reported elsewhere."""
    doi = text_of(work, "DOI")
    return doi if doi.startswith("10.") else ""


def pages(text: str) -> tuple[str, str]:
    """Part a range of pages; a single page or article number has no last."""
    first, _, last = re.sub(r"\s*[\u2010-\u2014-]+\s*", "-", text).partition("-")
    return first, last
