"""A deposit for Crossref (schema 5.5.0): the set document in, the file that registers its DOI with all its references out.

An article of a journal, or posted content (a preprint) where the metadata name no journal. Each reference stands there as
printed and, as far as Crossref has words for it, in parts. The clock has no say: the batch's id comes from the text, and
its timestamp is ``crossref: timestamp:`` or the article's date. Crossref takes a second deposit of the same DOI only
with a greater timestamp.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree
from markupsafe import Markup

from compositor.editions import adapt, jats
from compositor.places import shown
from compositor.problems import problem
from compositor.reading import kinds
from compositor.records import citation
from compositor.records.head import is_absolute
from compositor.records.highwire import pages
from compositor.references.identifiers import plain_ror
from compositor.references.work import day_of, family_of, people, text_of
from compositor.result import Artifact
from compositor.setting import markup
from compositor.tagging import blocks, inline
from compositor.tagging.tags import NAMESPACES, Tags
from compositor.tagging.works import print_entry, take_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.model import Manuscript
    from compositor.references.work import Work
    from compositor.result import Problem
    from compositor.setting.sheet import Sheet

MEDIA_TYPE = "application/vnd.crossref.deposit+xml"
DOI = re.compile(r"10\.[0-9]{4,9}/.{1,200}")
FACES = {  # of JATS → what Crossref lets stand in titles and printed references
    "bold": "b", "italic": "i", "monospace": "tt", "sc": "scp", "sub": "sub", "sup": "sup", "underline": "u",
}  # fmt: skip
TYPES = {  # of CSL → type of a citation; any other is "other"
    "article": "preprint", "article-journal": "journal_article", "book": "book", "chapter": "book_chapter",
    "dataset": "dataset", "paper-conference": "conference_paper", "patent": "patent", "post-weblog": "blog_post",
    "report": "report", "software": "software", "standard": "standard", "thesis": "dissertation", "webpage": "web_resource",
}  # fmt: skip
JOURNALS = ("article-journal", "article-magazine", "article-newspaper", "review", "review-book")


def missing(manuscript: Manuscript) -> list[Problem]:
    """Tell what a deposit needs and the metadata do not say, each at its line or at that of what it belongs to."""
    metadata, places = manuscript.metadata, manuscript.places
    top = places.get("title") or next(iter(places.values()), shown(manuscript.path))
    needs = [
        ("title", bool(metadata.title), "the title, `title:`"),
        ("doi", bool(DOI.fullmatch(metadata.doi)), "a DOI, `doi:`"),
        ("url", is_absolute(metadata.url), "the address the DOI leads to, `url:`"),
        ("date", bool(citation.date_parts(metadata.date)), "the date, `date:`"),
        ("crossref", bool(metadata.crossref.depositor), "who deposits it, `crossref: depositor:`"),
        (
            "crossref",
            bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}", metadata.crossref.email)),
            "the depositor's e-mail address, `crossref: email:`",
        ),
        ("crossref", bool(metadata.crossref.registrant), "who registers the DOI, `crossref: registrant:`"),
    ]
    if metadata.journal.title:
        issn = re.fullmatch(r"\d{4}-?\d{3}[\dX]", metadata.journal.issn)
        needs.append(("journal", bool(issn), "the journal's ISSN, `journal: issn:`"))
    found = [
        problem("deposit-incomplete", places.get(key, top), f"a deposit for Crossref needs {what}")
        for key, there, what in needs
        if not there
    ]
    return found + _unregistered(manuscript)


def _unregistered(manuscript: Manuscript) -> list[Problem]:
    """Tell what the article changes in the record, and the deposit cannot hold."""
    metadata, where = manuscript.metadata, manuscript.places.get("related", shown(manuscript.path))
    told = [kinds.notice(item.type, metadata.type) for item in metadata.related]
    lacks = (
        (not metadata.journal.title, "a preprint has no Crossmark"),
        (not metadata.crossref.policy, "`crossref: policy:` names no DOI"),
        (len(citation.date_parts(metadata.date)) < 3, "`date:` is no whole date"),
    )
    why = next((text for lacking, text in lacks if lacking), "")
    changes = [kind.replace("_", " ") for kind in told if why and kind and kind not in kinds.ABOUT]
    return [problem("deposit-update", where, f"Crossref is not told of the {kind}: {why}") for kind in changes]


def render(sheet: Sheet) -> Artifact:
    """Write the deposit."""
    front = sheet.front
    facts, root = jats.facts(sheet), markup.clone(sheet.root)
    days = {day["kind"]: _american(day["parts"]) for day in facts["days"]}
    context = dict(
        front,
        **{key: facts[key] for key in ("fpage", "lpage", "open")},
        title=_title(front["title"]["html"]),
        subtitle=_title(front["subtitle"]["html"]),
        abstract=_abstract(adapt.take_abstract(root)),
        translations={lang: _abstract(part) for lang, part in adapt.take_translations(root).items()},
        people=[_person(person) for person in facts["people"]],
        affiliations=[place | {"ror": plain_ror(place["ror"])} for place in front["affiliations"]],
        published=days["published"],
        accepted=days.get("accepted"),
        language=front["lang"].split("-")[0].lower() if re.match(r"[A-Za-z]{2}(-|$)", front["lang"]) else "",
        works=list(_works(sheet)),
        updates=updates(front),
        relations=[item | {"relation": kinds.ABOUT[item["kind"]]} for item in front["notices"] if item["kind"] in kinds.ABOUT],
        batch=f"{re.sub(r'[^A-Za-z0-9.-]', '-', sheet.name)[:60]}-{sheet.document.digest[:16]}",
        timestamp=front["deposit"].timestamp or f"{front['date'].replace('-', ''):0<8}000000",
    )
    return Artifact(f"{sheet.name}.crossref.xml", MEDIA_TYPE, jats.from_template(sheet, "crossref.xml", context))


def updates(front: dict[str, Any]) -> list[dict[str, str]]:
    """Give what Crossmark tells the readers of other articles; a deposit without a policy or a whole date has none."""
    told = front["deposit"].policy and len(front["date"]) == 10
    return [item for item in front["notices"] if item["kind"] not in kinds.ABOUT] if told else []


def _american(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Put a date into Crossref's order: month, day, year; months and days have two digits."""
    order = {"month": 0, "day": 1, "year": 2}
    return [(name, value.zfill(2)) for name, value in sorted(parts, key=lambda part: order[part[0]])]


def _person(person: dict[str, Any]) -> dict[str, Any]:
    """Give a name in the parts that Crossref knows; an ORCID iD makes a person of a name that is not taken apart."""
    roles = [role.url.rstrip("/").rsplit("/", 1)[-1] for role in person["roles"] if role.url]
    surname = person["family"] or (person["name"] if person["orcid"] else "")
    return person | {"surname": surname, "roles": roles, "suffix": person["suffix"][:10]}


def _faces(element: etree._Element) -> Markup:
    """Write words of JATS with Crossref's own faces; what it has no word for leaves its words."""
    for node in list(element.iter("alt-text")):
        markup.drop(node)
    for node in element.iter(etree.Element):
        if node is not element and "}" not in node.tag:
            node.tag = FACES.get(node.tag, "unwrap")
            node.attrib.clear()
    etree.strip_tags(element, "unwrap")
    text: str = etree.tostring(element, encoding="unicode", with_tail=False)
    inside = "" if text.endswith("/>") else text[text.index(">") + 1 : text.rindex("<")]
    return Markup(inside)  # noqa: S704 - our own tags


def _title(html: str) -> Markup:
    source, target = markup.parse(html), etree.Element("title", nsmap=NAMESPACES)
    inline.fill(Tags(source, {}, {}), target, source)
    return _faces(target)


def _abstract(source: etree._Element | None) -> Markup:
    """Tag an abstract in JATS's own namespace, without calls of notes, links inside and pictures: they lead nowhere here."""
    if source is None:
        return Markup("")
    summary = etree.Element("abstract", nsmap=NAMESPACES)
    for call in source.xpath(".//a[@role='doc-noteref']"):
        markup.drop(call)
    blocks.fill(Tags(source, {}, {}), summary, source)
    for gone in list(summary.iter("inline-graphic", "graphic")):
        markup.drop(gone)
    etree.strip_tags(summary, "xref")
    for element in summary.iter(etree.Element):
        element.attrib.pop("id", None)
    text: str = etree.tostring(summary, encoding="unicode")
    text = re.sub(r"<(/?)(?!mml:)([a-z])", r"<\1jats:\2", text)
    return Markup(text[text.index(">") + 1 : text.rindex("<")])  # noqa: S704 - our own tags


def _works(sheet: Sheet) -> Iterator[dict[str, Any]]:
    """Give each reference: its key, its parts, and the entry as printed, without the number some styles print."""
    known = {work["id"]: work for work in sheet.document.library}
    entries = {entry.get("id", "")[4:]: markup.clone(entry) for entry in sheet.root.xpath(f"//{adapt.REFERENCES}/li")}
    for entry in sheet.document.entries:
        work = known.get(entry.id, {})
        take_number(entries[entry.id])
        printed = etree.Element("printed", nsmap=NAMESPACES)
        print_entry(Tags(entries[entry.id], {}, {}), printed, entries[entry.id])
        yield {
            "key": entry.id[:128],
            "type": TYPES.get(text_of(work, "type"), "other"),
            "parts": list(_parts(work)),
            "printed": _faces(printed),
        }


def _parts(work: Work) -> Iterator[tuple[str, str]]:
    """Give the parts of a work that Crossref has elements for, each as its schema allows it."""
    kind, title, container = (text_of(work, name) for name in ("type", "title", "container-title"))
    names = people(work, "author") or people(work, "editor")
    first, last = pages(text_of(work, "page"))
    values = {
        "issn": next(iter(re.findall(r"\d{4}-?\d{3}[\dX]", text_of(work, "ISSN").upper())), ""),
        "journal_title": container if kind in JOURNALS else "",
        "author": (family_of(names[0]) if names else ""),  # Crossref takes the first alone
        "volume": text_of(work, "volume"),
        "issue": text_of(work, "issue"),
        "first_page": first if last or re.fullmatch(r"[A-Za-z]?\d+", first) else "",
        "cYear": str(next(iter(day_of(work)), "")),
        "doi": text_of(work, "DOI"),
        "isbn": next(iter(re.findall(r"(?:97[89]-?)?\d[\d -]{8,}[\dX]", text_of(work, "ISBN"))), ""),
        "series_title": text_of(work, "collection-title"),
        "volume_title": "" if kind in JOURNALS else container or (title if kind == "book" else ""),
        "edition_number": text_of(work, "edition"),
        "article_title": "" if kind == "book" else title,
    }
    most = {"volume": 32, "issue": 32, "first_page": 32, "edition_number": 15, "isbn": 17}
    for name, value in values.items():
        fits = len(value) <= most.get(name, 2048) and (name != "doi" or DOI.fullmatch(value))
        if value and fits:
            yield name, value
