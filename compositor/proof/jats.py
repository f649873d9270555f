"""Reading JATS back: the tagged article in, its words in the streams of a reading, and what its parts say, out."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from compositor.proof.expected import Difference, split, text_of
from compositor.proof.read import Reading
from compositor.records.head import orcid
from compositor.records.highwire import pages
from compositor.references.work import day_of, family_of, people
from compositor.references.work import text_of as field
from compositor.setting import markup
from compositor.tagging.drawings import described, drawings
from compositor.tagging.tags import xml_name
from compositor.tagging.works import NUMBERS, PLAIN, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compositor.references.work import Work
    from compositor.setting.sheet import Sheet

TEXT = "//abstract | //trans-abstract | //body | //back"
SILENT = "//element-citation | //alt-text | //list-item/label | //fn/label | //fn-group/title | //trans-abstract/title"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XLINK = "{http://www.w3.org/1999/xlink}href"
LICENSE = "{http://www.niso.org/schemas/ali/1.0/}license_ref"
ISLANDS = ("fig", "fig-group", "table-wrap")
# What the words of these are parted by: the same as of these elements of XHTML.
LIKE = {
    "ack": "section", "app": "section", "app-group": "section", "break": "br", "caption": "div", "code": "pre", "def": "dd",
    "def-item": "div", "def-list": "dl", "disp-quote": "blockquote", "fig": "figure", "fig-group": "figure", "fn": "div",
    "fn-group": "section", "label": "div", "list": "ul", "list-item": "li", "mixed-citation": "div", "notes": "section",
    "ref": "li", "ref-list": "ul", "sec": "section", "table-wrap": "div",
    "table-wrap-foot": "div", "statement": "div", "term": "dt", "title": "h2", "verse-group": "div",
    "verse-line": "div",
}  # fmt: skip


def read_jats(data: bytes) -> Reading:
    """Read the words of abstract, body and back matter."""
    root = etree.fromstring(data)
    reading = Reading()
    reading.links = {link.get(XLINK) for link in root.xpath(f"({TEXT})//ext-link[not(ancestor::element-citation)]")}
    for gone in root.xpath(SILENT):
        markup.drop(gone)
    for label in root.xpath("//disp-formula/label"):  # printed behind its formula
        label.tag = "span"
        label.getparent().append(label)
    for foot in root.xpath("//tfoot"):
        foot.getparent().append(foot)
    parts = etree.Element("div")
    parts.extend(root.xpath("/article/body | /article/back"))
    reading.notes = [_words(note) for note in parts.xpath(".//fn")]
    for group in parts.xpath(".//fn-group"):
        markup.drop(group)
    for abstract in root.xpath("//abstract | //trans-abstract"):
        reading.abstract += _words(abstract)
    islands = [found for found in parts.iter(*ISLANDS) if not any(up.tag in ISLANDS for up in found.iterancestors())]
    for island in islands:
        caption = island.xpath("./label | ./caption")
        said = [word for part in caption for word in _words(part)]
        for part in caption:
            markup.drop(part)
        reading.islands.append((said, _words(island)))
        markup.drop(island)
    reading.flow = _words(parts)
    return reading


def _words(element: etree._Element) -> list[str]:
    for node in element.iter(etree.Element):
        node.tag = LIKE.get(node.tag, node.tag)
    return split(text_of(element))


def compare_tags(sheet: Sheet, data: bytes) -> list[Difference]:
    """Compare what no stream of words holds: the front matter, the parts of works, links inside, pictures, notes' numbers."""
    root = etree.fromstring(data)
    found = pairs(dict(_front_wanted(sheet)), dict(_front_said(root)))
    known = {work["id"]: work for work in sheet.document.library}
    cited = {entry.id: sorted(_parts(known[entry.id])) for entry in sheet.document.entries if entry.id in known}
    told = {ref.get("id", "")[4:]: sorted(_leaves(ref)) for ref in root.iter("ref")}
    for key, said in zip(cited, told.values(), strict=False):
        found += [Difference(f"the parts of reference {key}", *pair) for pair in _unlike(cited[key], said)]
    ids = {element.get("id") for element in root.iter(etree.Element)}
    found += [
        Difference("the cross-references", xref.get("rid"), "") for xref in root.iter("xref") if xref.get("rid") not in ids
    ]
    found += _compare_links(sheet, root)
    alts = [image.get("alt") or "" for image in sheet.root.iter("img")] + [
        described(drawing) for drawing in drawings(sheet.root)
    ]
    said = [graphic.findtext("alt-text") or "" for graphic in root.iter("graphic", "inline-graphic")]
    found += [Difference("the descriptions of pictures", *pair) for pair in _unlike(filter(None, alts), filter(None, said))]
    return found


def pairs(wanted: dict[str, str], said: dict[str, str]) -> list[Difference]:
    """Compare item by item; white space aside."""
    return [
        Difference(item, wanted.get(item, ""), said.get(item, ""))
        for item in dict.fromkeys([*wanted, *said])
        if wanted.get(item, "").split() != said.get(item, "").split()
    ]


def _unlike(wanted: Iterable[str], said: Iterable[str]) -> list[tuple[str, str]]:
    """Pair off what is in one and not in the other."""
    left, right = Counter(" ".join(text.split()) for text in wanted), Counter(" ".join(text.split()) for text in said)
    missing, extra = sorted((left - right).elements()), sorted((right - left).elements())
    count = max(len(missing), len(extra))
    missing, extra = missing + [""] * (count - len(missing)), extra + [""] * (count - len(extra))
    return list(zip(missing, extra, strict=True))


def _front_wanted(sheet: Sheet) -> Iterator[tuple[str, str]]:
    front = sheet.front
    yield "the title", text_of(markup.parse(front["title"]["html"]))
    yield "the subtitle", text_of(markup.parse(front["subtitle"]["html"]))
    for number, author in enumerate(front["authors"], start=1):
        yield f"author {number}", author["name"]
        yield f"ORCID iD of author {number}", orcid(author["orcid"])
        yield f"affiliations of author {number}", " ".join(f"aff{place + 1}" for place in author["affiliations"])
        yield f"roles of author {number}", "; ".join(" ".join((role.term, role.degree, role.url)) for role in author["roles"])
        yield f"address of author {number}", author["email"]
    for item in front["affiliations"]:
        yield f"affiliation {item['mark']}", item["name"]
        yield f"ROR iD of affiliation {item['mark']}", item["ror"]
    yield "the keywords", "; ".join(front["keywords"])
    for item in front["translations"]:
        for name in ("title", "subtitle") if item["title"]["text"] else ():
            yield f"the {name} in {item['lang']}", text_of(markup.parse(item[name]["html"]))
        yield f"the keywords in {item['lang']}", "; ".join(item["keywords"])
    for date in front["dates"]:
        yield f"the date {date['kind']}", date["iso"]
    yield "the rubric", front["journal"].section
    yield "what it is about", "; ".join(f"{item.type} {item.doi} {item.title}" for item in front["related"])
    yield "the registrations", "; ".join(f"{item['registry']} {item['id']} {item['url']}" for item in front["registrations"])
    yield "the copyright", front["copyright"]["statement"] + "." if front["copyright"] else ""
    yield "the licence", front["license"].name if front["license"] else ""
    yield "the licence's address", front["license"].url if front["license"] else ""
    yield "the DOI", front["doi"]
    yield "the funding", "; ".join(" ".join((grant.funder, grant.id, *grant.awards)) for grant in front["grants"])
    journal = front["journal"]
    yield "the journal", " ".join(part for part in (journal.title, journal.volume, journal.issue, journal.issn) if part)


def _front_said(root: etree._Element) -> Iterator[tuple[str, str]]:
    meta = root.find("front/article-meta")
    if meta is None:  # an author's own template may leave it out
        return

    def said(path: str) -> str:
        return " ".join("".join(node.itertext()) for node in root.xpath(path))

    for item, path in (("the title", "title-group/article-title"), ("the subtitle", "title-group/subtitle")):
        element = meta.find(path)
        yield item, "" if element is None else text_of(element)
    for number, person in enumerate(meta.findall("contrib-group/contrib"), start=1):
        rids = {kind: [xref.get("rid") for xref in person.findall(f"xref[@ref-type='{kind}']")] for kind in ("aff", "corresp")}
        yield f"author {number}", _name(person)
        yield f"ORCID iD of author {number}", person.findtext("contrib-id") or ""
        yield f"affiliations of author {number}", " ".join(rids["aff"])
        told = (
            (role.text, role.get("degree-contribution"), role.get("vocab-term-identifier")) for role in person.findall("role")
        )
        yield f"roles of author {number}", "; ".join(" ".join(part or "" for part in parts) for parts in told)
        addresses = [said(f"//corresp[@id='{rid}']/email") for rid in rids["corresp"]]
        yield f"address of author {number}", " ".join([*addresses, person.findtext("email") or ""])
    for place in meta.findall("aff"):
        yield f"affiliation {place.get('id', '')[3:]}", place.findtext("institution-wrap/institution") or ""
        yield f"ROR iD of affiliation {place.get('id', '')[3:]}", place.findtext("institution-wrap/institution-id") or ""
    yield "the keywords", "; ".join(word.text or "" for word in meta.xpath("kwd-group[not(@xml:lang)]/kwd"))
    for group in meta.xpath("title-group/trans-title-group"):
        for name in ("title", "subtitle"):
            element = group.find(f"trans-{name}")
            yield f"the {name} in {group.get(XML_LANG)}", "" if element is None else text_of(element)
    for group in meta.xpath("kwd-group[@xml:lang]"):
        yield f"the keywords in {group.get(XML_LANG)}", "; ".join(word.text or "" for word in group.iter("kwd"))
    for date in (*meta.findall("pub-date"), *meta.findall("history/date")):
        kind = {"pub": "published"}.get(date.get("date-type"), date.get("date-type"))
        yield f"the date {kind}", "-".join(f"{part.text or '':0>2}" for part in reversed(date))
    yield "the rubric", said("//article-meta/article-categories//subject")
    others = ((item.get("related-article-type"), item.get(XLINK), item.text or "") for item in meta.findall("related-article"))
    yield "what it is about", "; ".join(map(" ".join, others))
    yield "the registrations", "; ".join(f"{item.text} {item.get(XLINK, '')}" for item in meta.findall("related-object"))
    yield "the copyright", said("//copyright-statement")
    yield "the licence", re.sub(r"^.*: |\.$", "", said("//license-p"))
    yield "the licence's address", " ".join(node.text or "" for node in root.iter(LICENSE))
    yield "the DOI", said("//article-meta/article-id[@pub-id-type='doi']")
    grants = (grant.xpath(".//institution | .//institution-id | award-id") for grant in root.iter("award-group"))
    yield "the funding", "; ".join(" ".join(part.text or "" for part in parts) for parts in grants)
    yield (
        "the journal",
        said("//journal-title | //article-meta/volume | //article-meta/issue").strip()
        + " "
        + said("//issn[not(ancestor::ref)]"),
    )


def _name(person: etree._Element) -> str:
    name = person.find("name")
    if name is None:
        return str(person.findtext("string-name") or person.findtext("collab") or "")
    parts = [name.findtext("given-names") or "", name.findtext("surname") or ""]
    whole = " ".join(part for part in (parts if name.get("name-style") == "western" else reversed(parts)) if part)
    return ", ".join(part for part in (whole, name.findtext("suffix") or "") if part)


def _parts(work: Work) -> Iterator[str]:
    """Give every text of a work that its tags must hold."""
    for name in (name for role in ROLES for name in people(work, role)):
        parts = (
            [family_of(name), name.get("given"), name.get("suffix")]
            if name.get("family")
            else [name.get("literal") or name.get("given")]
        )
        yield from (str(part) for part in parts if part)
    yield from (
        field(work, key) for key in ("title", "container-title", "number-of-pages", "URL", *PLAIN, *NUMBERS) if field(work, key)
    )
    yield from map(str, day_of(work))
    first, last = pages(field(work, "page"))
    single = not last and not re.fullmatch(r"[A-Za-z]?\d+", first)
    yield from (part for part in ((field(work, "page"),) if single else (first, last)) if part)
    for key in ("ISSN", "ISBN"):
        yield from re.findall(r"[\dXx-]{8,}", field(work, key))
    if day := day_of(work, "accessed"):
        yield "-".join(f"{part:02d}" for part in day)


def _leaves(ref: etree._Element) -> Iterator[str]:
    for element in ref.xpath(".//element-citation//*[not(*)]"):
        yield element.get(XLINK) or element.text or ""


def _compare_links(sheet: Sheet, root: etree._Element) -> list[Difference]:
    """Compare citations, cross-references and calls of notes: their words, and what they point at.

    A wrapper without an element of its own lends its name to what it holds, so only the words of links to it are compared.
    """
    xrefs = root.xpath(f"({TEXT})//xref")
    said = [(" ".join(text_of(xref).split()), xref.get("rid")) for xref in xrefs]
    named = {element.get("id"): element.tag for element in sheet.root.iter(etree.Element) if element.get("id")}
    wanted = []
    for link in sheet.root.xpath("//a[starts-with(@href, '#')][not(@role='doc-backlink' or ancestor::a)][text() or *]"):
        target = unquote(link.get("href")[1:])
        if target in named:
            wanted.append((" ".join(text_of(link).split()), "" if named[target] == "div" else xml_name(target)))
    found = [
        Difference("the cross-references", *pair) for pair in _unlike((text for text, _ in wanted), (text for text, _ in said))
    ]
    lost = Counter(pair for pair in wanted if pair[1]) - Counter(said)
    return found + [Difference("the cross-references", f"{text} → {target}", "") for text, target in sorted(lost)]
