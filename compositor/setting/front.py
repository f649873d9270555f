"""Front matter for the templates: a Manuscript and its Document in, plain values out, the same for every edition."""

from __future__ import annotations

import re
import uuid
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from compositor.fonts import measuring
from compositor.model import Rich
from compositor.reading import folios, kinds, language
from compositor.records import citation, registries
from compositor.setting import direction, ties

if TYPE_CHECKING:
    from compositor.model import Document, Manuscript
    from compositor.reading.metadata import Metadata, Translation

# The running head has so much of the measure, and its type is so large, in points, as in templates/css/print/page.css
HEAD, SIZE = 0.8, 9.5
WIDEST = 9.0  # points; hardly any letter of it is wider
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:compositor:article")


def _markup(value: Rich, lang: str) -> dict[str, Any]:
    return {"html": direction.isolated(ties.tied(value.html, lang)), "text": value.text}


def front_matter(manuscript: Manuscript, document: Document, editions: tuple[str, ...]) -> dict[str, Any]:
    """Give everything that stands around the text. Keys are those the templates use; ``editions`` are built together."""
    metadata, fields, terms = manuscript.metadata, document.fields, document.terms
    empty = Rich()
    title = fields.get("title", Rich(manuscript.name, manuscript.name))
    names = [name.text for name in fields.get("authors", [])]
    marked = any(author.corresponding for author in metadata.authors)
    dates = [
        {
            "kind": term,
            "term": terms[term],
            "iso": citation.iso_date(value),
            "text": language.long_date(citation.date_parts(value), manuscript.lang),
        }
        for term, value in (
            ("received", metadata.received),
            ("accepted", metadata.accepted),
            ("published", metadata.date),
        )
        if citation.date_parts(value)
    ]
    short = fields["short_title"].text if "short_title" in fields else _short(title.text, manuscript.paper.measure)
    return {
        "lang": manuscript.lang,
        "terms": SimpleNamespace(**terms),  # not a dict: its methods would hide terms such as "copy"
        "title": _markup(title, manuscript.lang),
        "subtitle": _markup(fields.get("subtitle", empty), manuscript.lang),
        "short_title": short,
        "authors": [
            {
                "name": name,
                "orcid": author.orcid,
                "email": author.email if author.corresponding or not marked else "",  # whom to write to, or any of them
                "corresponding": author.corresponding,
                "equal": author.equal,
                "deceased": author.deceased,
                "degrees": author.degrees,
                "roles": author.roles,
                "affiliations": author.affiliations,
                "marks": [place + 1 for place in author.affiliations] if len(metadata.affiliations) > 1 else [],
                "family": author.family,
                "given": author.given,
            }
            for name, author in zip(names, metadata.authors, strict=True)
        ],
        "running_authors": _running(names, [author.family for author in metadata.authors], str(terms["and"])),
        "affiliations": [
            {"name": name.text, "ror": affiliation.ror, "mark": number}
            for number, (name, affiliation) in enumerate(
                zip(fields.get("affiliations", []), metadata.affiliations, strict=True), start=1
            )
        ],
        "keywords": [keyword.text for keyword in fields.get("keywords", [])],
        "translations": [
            _translated(item, said) for item, said in zip(metadata.translations, fields.get("translations", []), strict=True)
        ],
        "dates": dates,
        "date": citation.iso_date(metadata.date),
        "license": metadata.license,
        "copyright": owner(metadata),
        "doi": metadata.doi,
        "url": metadata.url,
        "type": metadata.type,
        "related": metadata.related,
        "notices": [
            {"kind": kind, "term": terms["notices"][kind], "doi": item.doi, "title": item.title}
            for item in metadata.related
            if (kind := kinds.notice(item.type, metadata.type))
        ],
        "registrations": [item.model_dump() | {"doi": registries.doi(item.registry)} for item in metadata.registrations],
        "journal": metadata.journal,
        "journal_pages": folios.printed(metadata.journal.page),
        "deposit": metadata.crossref,
        "grants": metadata.grants,
        "citation": {
            "apa": _markup(document.citation.apa, manuscript.lang),
            "bibtex": document.citation.bibtex,
            "ris": document.citation.ris,
        },
        "identifier": f"urn:uuid:{uuid.uuid5(NAMESPACE, document.digest)}",
        "toc": metadata.toc,
        "headings": document.headings,
        "name": manuscript.name,
        "card": f"{manuscript.name}.png",
        "files": {name.upper(): f"{manuscript.name}.{name}" for name in ("pdf", "epub") if name in editions},
    }


def owner(metadata: Metadata) -> dict[str, str] | None:
    """Give the statement, and its parts for machines; the year is that of the date where nobody says another."""
    said = metadata.copyright
    if said is None or not (said.statement or said.holder):
        return None
    year = said.year or ("" if said.statement else metadata.date[:4])
    statement = said.statement or " ".join(filter(None, ("\N{COPYRIGHT SIGN}", year, said.holder)))
    return {"statement": statement.strip().rstrip("."), "holder": said.holder, "year": year}


def _translated(item: Translation, said: dict[str, Any]) -> dict[str, Any]:
    """Give what the front matter says in another language, with the words of that language around it."""
    terms, _ = language.terms(item.lang)
    return {
        "lang": item.lang,
        "dir": "rtl" if direction.is_rtl(item.lang) else "",
        "id": f"abstract-{item.lang}",
        "terms": SimpleNamespace(**terms),
        "heading": item.heading or terms["abstract"],
        "keywords_heading": item.keywords_heading or terms["keywords"],
        "title": _markup(said.get("title", Rich()), item.lang),
        "subtitle": _markup(said.get("subtitle", Rich()), item.lang),
        "keywords": [keyword.text for keyword in said.get("keywords", [])],
    }


def said(front_matter: dict[str, Any]) -> list[str]:
    """Give the words of the title block, of its translations, and of how to cite the article."""
    people = [author["name"] for author in front_matter["authors"]] + [item["name"] for item in front_matter["affiliations"]]
    whole: list[str] = []
    for part in (front_matter, *front_matter["translations"]):
        whole += [part["title"]["text"], part["subtitle"]["text"], *part["keywords"]]
        whole += [part.get(key, "") for key in ("heading", "keywords_heading")]
    owned = front_matter["copyright"]["statement"] if front_matter["copyright"] else ""
    return [
        *whole,
        *(f"{item['term']} {item['title']}" for item in front_matter["notices"]),
        *(f"{item['registry']} {item['id']}" for item in front_matter["registrations"]),
        *people,
        owned,
        front_matter["journal"].section,
        front_matter["journal"].title,
        front_matter["citation"]["apa"]["text"],
    ]


def _short(title: str, measure: float) -> str:
    """Give a title for a running head, a line of so many points: all of it, what stands before its colon, or less."""

    def fits(text: str) -> bool:
        return len(text) * WIDEST <= HEAD * measure or measuring.width(text, "EB Garamond", "italic", SIZE) <= HEAD * measure

    if fits(title):
        return title
    before = re.split(r"(?<=\?) |: | [\N{EN DASH}\N{EM DASH}] |\N{EM DASH}", title, maxsplit=1)[0]
    if fits(before):
        return before
    parts = re.findall(r"\S+\s*", before) if " " in before else list(before)
    while len(parts) > 1 and not fits(f"{''.join(parts).rstrip(' ,;:')} …"):
        parts.pop()
    return f"{''.join(parts).rstrip(' ,;:')} …"


def _running(names: list[str], families: list[str], word: str) -> str:
    """Give the authors for a running head: one, two, or the first and "et al."."""
    short = [family or name for family, name in zip(families, names, strict=True)]
    if len(short) > 2:
        return f"{short[0]} et al."
    return f" {word} ".join(short if len(short) > 1 else names)
