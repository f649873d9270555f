"""Linked data: the article, and each work it cites, in CSL JSON in; schema.org's words (JSON-LD) out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from compositor.records.highwire import doi_of, pages
from compositor.references.work import day_of, family_of, name_of, people, text_of
from compositor.setting import active

if TYPE_CHECKING:
    from compositor.references.work import Work

Thing = dict[str, Any]

# Types of CSL that schema.org has a word for; any other is a CreativeWork.
TYPES = {
    "article": "ScholarlyArticle", "article-journal": "ScholarlyArticle", "article-magazine": "Article",
    "article-newspaper": "NewsArticle", "bill": "Legislation", "book": "Book", "chapter": "Chapter", "classic": "Book",
    "collection": "Collection", "dataset": "Dataset", "entry": "Article", "entry-dictionary": "Article",
    "entry-encyclopedia": "Article", "graphic": "VisualArtwork", "legislation": "Legislation", "manuscript": "Manuscript",
    "map": "Map", "motion_picture": "Movie", "musical_score": "SheetMusic", "paper-conference": "ScholarlyArticle",
    "periodical": "PublicationIssue", "post": "SocialMediaPosting", "post-weblog": "BlogPosting",
    "regulation": "Legislation", "report": "Report", "review": "Review", "review-book": "Review",
    "software": "SoftwareApplication", "song": "MusicComposition", "thesis": "Thesis", "treaty": "Legislation",
    "webpage": "WebPage",
}  # fmt: skip
HOLDERS = {  # what a container is
    "article-journal": "Periodical", "article-magazine": "Periodical", "article-newspaper": "Periodical",
    "review": "Periodical", "review-book": "Periodical", "chapter": "Book", "paper-conference": "Book", "entry": "Book",
    "entry-dictionary": "Book", "entry-encyclopedia": "Book", "webpage": "WebSite", "post": "WebSite",
    "post-weblog": "Blog",
}  # fmt: skip
PAGED = ("Article", "Chapter", "PublicationIssue")  # types that have pages in schema.org, by the ends of their names


def thing(work: Work) -> Thing:
    """Describe one work."""
    kind = TYPES.get(text_of(work, "type"), "CreativeWork")
    doi = doi_of(work)
    url = text_of(work, "URL")
    first, last = pages(text_of(work, "page"))
    out: Thing = {
        "@type": kind,
        "@id": address(doi),
        "name": text_of(work, "title"),
        "author": [agent(name) for name in people(work, "author")],
        "editor": [agent(name) for name in people(work, "editor")],
        "datePublished": iso(day_of(work)),
        "isPartOf": _whole(work),
        "publisher": {"@type": "Organization", "name": text_of(work, "publisher")} if text_of(work, "publisher") else {},
        "inLanguage": text_of(work, "language"),
        "url": url if active.is_link(url) else "",  # what no reader may follow is no machine's either
        "identifier": identifier("DOI", doi, address(doi)),
    }
    if kind.endswith(PAGED):
        out |= {"pageStart": first, "pageEnd": last}
    if kind == "Book":
        out |= {"isbn": _numbers(work, "ISBN")}
    return said(out)


def agent(name: dict[str, str]) -> Thing:
    """Describe a person, or a body whose name is not taken apart."""
    if name.get("literal"):
        return {"@type": "Organization", "name": name["literal"]}
    parts = {"givenName": name.get("given"), "familyName": family_of(name), "honorificSuffix": name.get("suffix")}
    return said({"@type": "Person", "name": name_of(name)} | parts)


def address(doi: str) -> str:
    """Give the address of a DOI, which may hold signs that an address may not."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-')}" if doi else ""


def iso(day: list[int]) -> str:
    """Write a date as far as it is known: 2026, 2026-11 or 2026-11-23."""
    return "-".join([f"{day[0]:04d}", *(f"{part:02d}" for part in day[1:])]) if day else ""


def identifier(kind: str, value: str, url: str) -> Thing:
    """Describe an identifier; nothing, where there is none."""
    return {"@type": "PropertyValue", "propertyID": kind, "value": value, "url": url} if value else {}


def said(thing: Thing) -> Thing:
    """Leave out what has nothing to say."""
    return {key: value for key, value in thing.items() if value}


def _whole(work: Work) -> Thing:
    """Describe what holds a work: issue in volume in periodical, or a book, or a site."""
    name = text_of(work, "container-title")
    kind = HOLDERS.get(text_of(work, "type"), "CreativeWork")
    if not name:
        return {}
    whole = said({"@type": kind, "name": name})
    if kind == "Book":
        return said(whole | {"isbn": _numbers(work, "ISBN")})
    if kind != "Periodical":
        return whole
    whole |= said({"issn": _numbers(work, "ISSN"), "alternateName": text_of(work, "container-title-short")})
    if volume := text_of(work, "volume"):
        whole = {"@type": "PublicationVolume", "volumeNumber": volume, "isPartOf": whole}
    if issue := text_of(work, "issue"):
        whole = {"@type": "PublicationIssue", "issueNumber": issue, "isPartOf": whole}
    return whole


def _numbers(work: Work, field: str) -> list[str] | str:
    found = re.findall(r"[\dXx-]{8,}", text_of(work, field))
    return found[0] if len(found) == 1 else found
