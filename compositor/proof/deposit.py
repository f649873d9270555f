"""Reading a deposit back: the file for Crossref in, every difference between it and the set document out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from compositor.editions import adapt
from compositor.editions.crossref import updates
from compositor.proof.expected import text_of
from compositor.proof.jats import XML_LANG, pairs
from compositor.reading import kinds
from compositor.records.head import orcid
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.proof.expected import Difference
    from compositor.setting.sheet import Sheet

NUMBER = "./div[contains(@class, 'csl-left-margin')]"


def compare_deposit(sheet: Sheet, data: bytes) -> list[Difference]:
    """Compare what is registered, reference by reference."""
    root = etree.fromstring(data)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return pairs(dict(_wanted(sheet)), dict(_said(root)))


def _wanted(sheet: Sheet) -> Iterator[tuple[str, str]]:
    front, journal = sheet.front, sheet.front["journal"]
    yield "the title", text_of(markup.parse(front["title"]["html"]))
    yield "the subtitle", text_of(markup.parse(front["subtitle"]["html"]))
    for number, author in enumerate(front["authors"], start=1):
        homes = [front["affiliations"][place] for place in author["affiliations"]]
        whole = author["family"] or author["orcid"]
        slugs = [role.url.rstrip("/").rsplit("/", 1)[-1] for role in author["roles"] if role.url]
        yield f"author {number}", author["name"].replace(",", "")
        yield f"ORCID iD of author {number}", orcid(author["orcid"])
        yield f"affiliations of author {number}", " ".join(home["name"] for home in homes) if whole else ""
        yield f"ROR iDs of author {number}", " ".join(home["ror"].rsplit("/", 1)[-1] for home in homes) if whole else ""
        yield f"roles of author {number}", " ".join(slugs) if whole else ""
    root = markup.clone(sheet.root)
    yield "the abstract", _abstract(adapt.take_abstract(root))
    for lang, abstract in adapt.take_translations(root).items():
        yield f"the abstract in {lang}", _abstract(abstract)
    for date in front["dates"]:
        if date["kind"] != "received":  # Crossref has no element for it
            yield f"the date {date['kind']}", date["iso"]
    yield "the licence", front["license"].url if front["license"] else ""
    yield "the DOI", front["doi"]
    yield "the address", front["url"]
    for number, grant in enumerate(front["grants"], start=1):
        funder = (grant.id,) if "ror.org/" in grant.id else (grant.funder, grant.id if "doi.org/" in grant.id else "")
        yield f"grant {number}", " ".join((*funder, *grant.awards))
    yield "the trials", "; ".join(f"{item['doi']} {item['id']}" for item in front["registrations"] if item["doi"])
    told = [f"{kinds.ABOUT[item['kind']]} {item['doi']}" for item in front["notices"] if item["kind"] in kinds.ABOUT]
    if journal.title:
        told += [f"{item['kind']} {front['date']} {item['doi']}" for item in updates(front)]
    yield "what it is about", "; ".join(told)
    yield "the journal", " ".join(part for part in (journal.title, journal.issn, journal.volume, journal.issue) if part)
    for entry in sheet.root.xpath(f"//{adapt.REFERENCES}/li"):
        printed = markup.clone(entry)
        for number in printed.xpath(NUMBER):
            markup.drop(number)
        yield f"reference {entry.get('id')[4:]}", text_of(printed)


def _abstract(abstract: etree._Element | None) -> str:
    """Give the words of an abstract without the calls of its notes."""
    for call in abstract.xpath(".//a[@role='doc-noteref']") if abstract is not None else ():
        markup.drop(call)
    return "" if abstract is None else text_of(abstract)


def _said(root: etree._Element) -> Iterator[tuple[str, str]]:
    work = next(root.iter("journal_article", "posted_content"), None)
    if work is None:  # an author's own template may leave it out
        return

    def said(path: str, element: etree._Element = root) -> str:
        return " ".join("".join(node.itertext()) for node in element.xpath(path))

    for item, path in (("the title", "titles/title"), ("the subtitle", "titles/subtitle")):
        element = work.find(path)
        yield item, "" if element is None else text_of(element)
    for number, person in enumerate(work.find("contributors") if work.find("contributors") is not None else (), start=1):
        names = said("given_name | surname | suffix", person) if len(person) else person.text or ""
        yield f"author {number}", names
        yield f"ORCID iD of author {number}", said("ORCID", person)
        yield f"affiliations of author {number}", said(".//institution_name", person)
        yield f"ROR iDs of author {number}", said(".//institution_id", person).replace("https://ror.org/", "")
        yield f"roles of author {number}", " ".join(role.get("type") for role in person.findall("role"))
    for summary in work.findall("abstract"):
        lang = summary.get(XML_LANG)
        yield f"the abstract in {lang}" if lang else "the abstract", text_of(summary)
    for kind, path in (("published", "publication_date | posted_date"), ("accepted", "acceptance_date")):
        for date in work.xpath(path):
            yield f"the date {kind}", "-".join(part for name in ("year", "month", "day") if (part := date.findtext(name)))
    yield "the licence", said(".//license_ref", work)
    yield "the DOI", said("doi_data/doi", work)
    yield "the address", said("doi_data/resource", work)
    for number, grant in enumerate(work.findall(".//program/assertion[@name='fundgroup']"), start=1):
        yield f"grant {number}", " ".join(text for text in grant.itertext())
    trials = work.iter("clinical-trial-number")
    yield "the trials", "; ".join(f"{item.get('registry')} {item.text}" for item in trials)
    told = [f"{item.get('relationship-type')} {item.text}" for item in work.iter("inter_work_relation")]
    told += [f"{item.get('type')} {item.get('date')} {item.text}" for item in work.iter("update")]
    yield "what it is about", "; ".join(told)
    yield "the journal", said("//full_title | //journal_metadata/issn | //journal_issue//volume | //journal_issue/issue")
    for citation in work.iter("citation"):
        yield (
            f"reference {citation.get('key')}",
            re.sub(r"\s+", " ", " ".join(map(text_of, citation.iterfind("unstructured_citation")))),
        )
