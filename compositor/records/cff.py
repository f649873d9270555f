"""CITATION.cff: the article in, a file out that GitHub, Zotero and others read (Citation File Format 1.2.0)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from compositor.reading.metadata import LICENSES
from compositor.records.head import is_absolute, orcid
from compositor.records.highwire import pages
from compositor.records.linked import address, iso, said
from compositor.references.work import day_of, family_of, text_of

if TYPE_CHECKING:
    from compositor.references.work import Work
    from compositor.setting.sheet import Sheet

MESSAGE = "If you use this work, please cite it as below."
TYPES = {  # of CSL → of CFF; any other is "generic"
    "article": "article", "article-journal": "article", "article-magazine": "magazine-article",
    "article-newspaper": "newspaper-article", "book": "book", "dataset": "data", "paper-conference": "conference-paper",
    "report": "report", "software": "software", "standard": "standard", "thesis": "thesis", "webpage": "website",
    "post-weblog": "blog",
}  # fmt: skip
SPDX = {name: key for key, (name, _) in LICENSES.items()}
DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")  # all that CFF takes; others become an address


def cff(sheet: Sheet) -> str:
    """Write the file. Empty where nobody is named: CFF has no work without an author."""
    own, front = sheet.document.citation.csl, sheet.front
    if not front["authors"]:
        return ""
    authors: list[dict[str, Any]] = []
    for author, name in zip(front["authors"], own["author"], strict=True):
        person = _author(sheet, author, name)
        authors += [person] if person not in authors else []  # CFF has each once, even two of one name
    shared = {"title": own["title"], "authors": authors} | _addresses(sheet, own)
    day = iso(day_of(own))
    record = {
        "cff-version": "1.2.0",
        "message": MESSAGE,
        **shared,
        "abstract": front["abstract"],
        "keywords": list(dict.fromkeys(front["keywords"])),
        "date-released": day if len(day) == 10 else "",
        "preferred-citation": _reference(own, front["lang"]) | shared,
    }
    return _yaml(said(record))


def _yaml(record: dict[str, Any]) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes what stands twice twice: a reader of the file should not have to follow marks."""

        def ignore_aliases(self, _: Any) -> bool:
            return True

    return yaml.dump(record, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)


def _author(sheet: Sheet, author: dict[str, Any], name: dict[str, str]) -> dict[str, Any]:
    homes = "; ".join(sheet.front["affiliations"][place]["name"] for place in author["affiliations"])
    email = author["email"] if re.fullmatch(r"\S+@\S+\.\S{2,}", author["email"]) else ""
    if name.get("literal"):
        return said({"name": name["literal"], "orcid": orcid(author["orcid"]), "email": email})
    names = {"family-names": family_of(name), "given-names": name.get("given", "")}
    return said(names | {"orcid": orcid(author["orcid"]), "affiliation": homes, "email": email})


def _addresses(sheet: Sheet, own: Work) -> dict[str, Any]:
    doi, terms, url = text_of(own, "DOI"), sheet.front["license"], sheet.front["url"]
    fits = bool(DOI.fullmatch(doi))
    known = SPDX.get(terms.name, "") if terms else ""
    return said(
        {
            "doi": doi if fits else "",
            "url": url if is_absolute(url) else "" if fits else address(doi),
            "license": known,
            "license-url": terms.url if terms and not known and is_absolute(terms.url) else "",
        }
    )


def _reference(own: Work, lang: str) -> dict[str, Any]:
    """Describe where and when the article appeared."""
    kind, container, day = TYPES.get(text_of(own, "type"), "generic"), text_of(own, "container-title"), day_of(own)
    first, last = pages(text_of(own, "page"))
    issn = re.search(r"\d{4}-\d{3}[\dXx]", text_of(own, "ISSN"))
    language = lang.split("-")[0].lower()
    publisher = {"name": text_of(own, "publisher")} if text_of(own, "publisher") else {}
    where: dict[str, dict[str, Any]] = {
        "conference-paper": {"conference": {"name": container}},
        "generic": {"collection-title": container},
    }
    return said(
        {
            "type": kind,
            **(where.get(kind, {"journal": container}) if container else {}),
            "volume": text_of(own, "volume"),
            "issue": text_of(own, "issue"),
            "start": first,
            "end": last,
            "issn": issn[0] if issn else "",
            "institution" if kind in ("thesis", "report") else "publisher": publisher,
            "year": day[0] if day else "",
            "month": day[1] if len(day) > 1 else "",
            "date-published": iso(day) if len(day) == 3 else "",
            "languages": [language] if re.fullmatch(r"[a-z]{2,3}", language) else [],
        }
    )
