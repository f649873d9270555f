"""The reference list: each entry as it is printed, and beside it the work in parts, from its CSL JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from compositor.records.highwire import pages
from compositor.references.work import day_of, family_of, people, text_of
from compositor.setting import active, markup
from compositor.tagging import inline
from compositor.tagging.tags import XLINK, XML

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.references.work import Work
    from compositor.tagging.tags import Tags

# Types of CSL → publication-type (JATS suggests values, and closes no list).
TYPES = {
    "article": "preprint", "article-journal": "journal", "article-magazine": "magazine", "article-newspaper": "newspaper",
    "book": "book", "chapter": "book", "classic": "book", "dataset": "data", "entry-dictionary": "book",
    "entry-encyclopedia": "book", "legislation": "legal", "legal_case": "legal", "bill": "legal", "regulation": "legal",
    "treaty": "legal", "paper-conference": "confproc", "patent": "patent", "periodical": "journal", "post": "web",
    "post-weblog": "web", "report": "report", "review": "journal", "review-book": "journal", "software": "software",
    "standard": "standard", "thesis": "thesis", "webpage": "web",
}  # fmt: skip
ROLES = ("author", "editor", "translator", "compiler", "curator", "director", "illustrator")  # words of both, CSL and JATS
PLAIN = {  # fields of CSL → elements
    "volume": "volume",
    "issue": "issue",
    "edition": "edition",
    "event-title": "conf-name",
    "collection-title": "series",
    "publisher": "publisher-name",
    "publisher-place": "publisher-loc",
    "genre": "comment",
    "version": "version",
}
NUMBERS = {"DOI": "doi", "PMID": "pmid", "PMCID": "pmcid"}


def reference_list(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    """Tag the list: the parts of each work for machines, and its entry as printed."""
    place = parent if parent.tag == "ref-list" else tags.add(parent, "ref-list")
    for entry in node.findall("li"):
        ref = tags.add(place, "ref", entry)
        if number := take_number(entry):
            etree.SubElement(ref, "label").text = number
        both = etree.SubElement(ref, "citation-alternatives")
        work = tags.works.get(entry.get("id", "").removeprefix("ref-"))
        if work is not None and (parts := list(_parts(work))):
            both.append(_citation(work, parts))
        print_entry(tags, etree.SubElement(both, "mixed-citation"), entry)


def take_number(entry: etree._Element) -> str:
    """Take the number that some styles print before an entry."""
    for number in entry.xpath("./div[contains(@class, 'csl-left-margin')]"):
        markup.drop(number)
        return markup.text(number)
    return ""


def print_entry(tags: Tags, printed: etree._Element, node: etree._Element) -> None:
    """Write an entry's words in one line; the blocks some styles make of it are parted by a space."""
    inline.write(printed, (node.text or "") if (node.text or "").strip() else "")
    for child in node:
        if child.tag in ("div", "p"):
            inline.write(printed, " " if len(printed) or printed.text else "")
            print_entry(tags, printed, child)
            inline.write(printed, " ")
        else:
            inline.add(tags, printed, child)
        inline.write(printed, child.tail if (child.tail or "").strip() or len(printed) or printed.text else "")


def _citation(work: Work, parts: list[etree._Element]) -> etree._Element:
    citation = etree.Element("element-citation", {"publication-type": TYPES.get(text_of(work, "type"), "other")})
    if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text_of(work, "language")):
        citation.set(f"{XML}lang", text_of(work, "language"))
    citation.extend(parts)
    return citation


def _element(tag: str, text: str, **attributes: str) -> etree._Element:
    element = etree.Element(tag, {name.replace("_", "-"): value for name, value in attributes.items()})
    element.text = text
    return element


def _parts(work: Work) -> Iterator[etree._Element]:
    """Give the parts of a work in the order that JATS's documentation lists them."""
    for role in ROLES:
        if names := people(work, role):
            group = etree.Element("person-group", {"person-group-type": role})
            group.extend([_person(name) for name in names])
            yield group
    yield from _titles(work)
    if day := day_of(work):
        year = _element("year", str(day[0]))
        if day[0] > 0:
            year.set("iso-8601-date", "-".join([f"{day[0]:04d}", *(f"{part:02d}" for part in day[1:])]))
        yield year
        for tag, part in zip(("month", "day"), day[1:], strict=False):
            yield _element(tag, str(part))
    for field, tag in PLAIN.items():
        if value := text_of(work, field):
            yield _element(tag, value)
    yield from _numbers(work)


def _titles(work: Work) -> Iterator[etree._Element]:
    title, container, kind = text_of(work, "title"), text_of(work, "container-title"), text_of(work, "type")
    own = "chapter-title" if TYPES.get(kind) == "book" else "data-title" if kind == "dataset" else "article-title"
    if title:
        yield _element(own if container else "source", title)
    if container:
        yield _element("source", container)


def _person(name: dict[str, str]) -> etree._Element:
    if not name.get("family"):
        return _element("collab", str(name.get("literal") or name.get("given") or ""))
    element = etree.Element("name")
    for tag, value in (("surname", family_of(name)), ("given-names", name.get("given")), ("suffix", name.get("suffix"))):
        if value:
            etree.SubElement(element, tag).text = str(value)
    return element


def _numbers(work: Work) -> Iterator[etree._Element]:
    first, last = pages(text_of(work, "page"))
    single = not last and not re.fullmatch(r"[A-Za-z]?\d+", first)
    if first:
        yield _element("page-range" if single else "fpage", text_of(work, "page") if single else first)
    if last:
        yield _element("lpage", last)
    if text_of(work, "number-of-pages"):
        yield _element("size", text_of(work, "number-of-pages"), units="pages")
    for field in ("ISSN", "ISBN"):
        for number in re.findall(r"[\dXx-]{8,}", text_of(work, field)):
            yield _element(field.lower(), number)
    for field, kind in NUMBERS.items():
        if value := text_of(work, field):
            yield _element("pub-id", value, pub_id_type=kind)
    if (address := text_of(work, "URL")) and not active.is_link(address):  # told as ref-url; archives make links
        yield _element("comment", address)
    elif address:
        link = _element("ext-link", address, ext_link_type="uri")
        link.set(f"{XLINK}href", address)
        yield link
    if day := day_of(work, "accessed"):
        yield _element("date-in-citation", "-".join(f"{part:02d}" for part in day), content_type="access-date")
