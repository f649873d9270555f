"""The head of the web page for machines: a sheet in; Highwire tags, linked data and addresses for ``meta.html`` out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from jinja2.utils import htmlsafe_json_dumps

from compositor.editions.cover import CARD
from compositor.reading import language
from compositor.records import highwire, linked
from compositor.submitting.counts import of_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from compositor.records.highwire import Tag
    from compositor.records.linked import Thing
    from compositor.references.work import Work
    from compositor.setting.sheet import Sheet

MEDIA_TYPES = {"PDF": "application/pdf", "EPUB": "application/epub+zip"}


def head(sheet: Sheet) -> dict[str, Any]:
    """Give what ``meta.html`` needs. Without a title there is nothing to catalogue: no tags, no linked data."""
    front, own = sheet.front, sheet.document.citation.csl
    url = front["url"] if is_absolute(front["url"]) else ""
    # Google Scholar and Open Graph follow whole addresses alone; where none is known, a file name is better than nothing
    files = {title: quote(file) for title, file in (front["files"] | {"card": front["card"]}).items()}
    where = {title: urljoin(url, file) for title, file in files.items()}
    known = {work["id"]: work for work in sheet.document.library}  # of several entries with one key the last is printed
    cited = [known[entry.id] for entry in sheet.document.entries if entry.id in known]
    locale = language.babel(front["lang"])
    return {
        "canonical": url,
        "card": {"url": where["card"], "width": CARD[0], "height": CARD[1], "alt": _alt(sheet)},
        "files": files,
        "highwire": [tag for tag in _tags(sheet, own, cited, url, where) if tag[1]] if own else [],
        "linked": _script(_article(sheet, own, cited, url, where)) if own else "",
        "locale": f"{locale.language}_{locale.territory}" if locale.territory else "",
        "media_types": MEDIA_TYPES,
    }


def is_absolute(url: str) -> bool:
    """Tell whether other addresses can be made whole against this one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def orcid(text: str) -> str:
    """Give the address of an ORCID iD, or nothing where it is none; a false one is reported elsewhere."""
    return f"https://orcid.org/{text}" if re.fullmatch(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", text) else ""


def _alt(sheet: Sheet) -> str:
    """Describe the picture in words: all of its letters."""
    names = ", ".join(author["name"] for author in sheet.front["authors"])
    return ": ".join(part for part in (names, sheet.front["title"]["text"]) if part)


def _tags(sheet: Sheet, own: Work, cited: list[Work], url: str, where: dict[str, str]) -> Iterator[Tag]:
    front = sheet.front
    yield highwire.title(own)
    for author, name in zip(front["authors"], own.get("author", []), strict=True):
        yield highwire.author(name)
        for place in author["affiliations"]:
            yield "citation_author_institution", front["affiliations"][place]["name"]
        yield "citation_author_orcid", orcid(author["orcid"])
        yield "citation_author_email", author["email"]
    yield from highwire.source(own)
    yield "citation_abstract_html_url", url
    yield "citation_fulltext_html_url", url
    yield "citation_pdf_url", where.get("PDF", "")
    yield "citation_language", front["lang"].split("-")[0].lower()
    for keyword in front["keywords"]:
        yield "citation_keywords", keyword
    yield from map(highwire.reference, cited)


def _article(sheet: Sheet, own: Work, cited: list[Work], url: str, where: dict[str, str]) -> Thing:
    front, work = sheet.front, linked.thing(own)
    terms = front["license"]
    size = {"width": f"{CARD[0]} px", "height": f"{CARD[1]} px"}
    more = {
        "@type": "ScholarlyArticle",
        "@id": work.get("@id") or url,
        "headline": work["name"],
        "author": [_author(sheet, *pair) for pair in zip(front["authors"], own.get("author", []), strict=True)],
        "abstract": front["abstract"],
        "keywords": front["keywords"],
        "license": (terms.url or {"@type": "CreativeWork", "name": terms.name}) if terms else "",
        "copyrightNotice": front["copyright"]["statement"] if front["copyright"] else "",
        "articleSection": front["journal"].section,
        "inLanguage": front["lang"],
        "wordCount": of_body(sheet),
        "url": url,
        "image": {"@type": "ImageObject", "contentUrl": where["card"], "encodingFormat": "image/png", **size},
        "encoding": [
            {"@type": "MediaObject", "encodingFormat": MEDIA_TYPES[title], "contentUrl": where[title]}
            for title in front["files"]
        ],
        "creditText": sheet.document.citation.apa.text,
        "citation": [linked.thing(item) for item in cited],
    }
    return linked.said({"@context": "https://schema.org"} | work | more)


def _author(sheet: Sheet, author: dict[str, Any], name: dict[str, str]) -> Thing:
    agent, iri = linked.agent(name), orcid(author["orcid"])
    person = bool(iri) or agent["@type"] == "Person"  # only people have an ORCID iD
    places = [sheet.front["affiliations"][place] for place in author["affiliations"]]
    homes = [linked.said({"@type": "Organization", "@id": _ror(place["ror"]), "name": place["name"]}) for place in places]
    return linked.said(
        {
            **agent,
            "@type": "Person" if person else "Organization",
            "@id": iri,
            "name": author["name"],
            "identifier": {"@type": "PropertyValue", "propertyID": "ORCID", "value": author["orcid"], "url": iri}
            if iri
            else {},
            "email": author["email"],
            "affiliation" if person else "parentOrganization": homes,
        }
    )


def _ror(text: str) -> str:
    return f"https://ror.org/{text.rstrip('/').rsplit('/', 1)[-1]}" if text else ""


def _script(thing: Thing) -> Markup:
    """Write JSON that no word of an author can end: <, > and & as escapes."""
    return htmlsafe_json_dumps(thing, dumps=json.dumps, ensure_ascii=False, indent=1)
