"""JATS for archives: the set document in, one file of the Journal Publishing tag set (version 1.3) out.

The tags are made from the same settled XHTML that the other editions are printed from, not by another writer of Pandoc:
so numbers, labels, notes and the words of the reference list are the same by construction, and raw HTML is not lost.
Each reference stands there twice, as ``citation-alternatives``: its parts, and the entry as printed. Pictures are files
beside it, ``NAME-fig-1.svg``, as archives expect. The tag set wants a journal's id and ISSN even where there is no
journal; both elements are empty then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree
from markupsafe import Markup

from compositor.editions import adapt
from compositor.places import shown
from compositor.problems import problem
from compositor.reading import kinds
from compositor.records.head import is_absolute, orcid
from compositor.records.highwire import pages
from compositor.result import Artifact, BuildError
from compositor.setting import markup
from compositor.submitting.counts import of_body
from compositor.tagging import blocks, drawings, inline
from compositor.tagging.tags import NAMESPACES, Tags
from compositor.templating import environment

if TYPE_CHECKING:
    from compositor.setting.sheet import Sheet

MEDIA_TYPE = "application/jats+xml"
DOCTYPE = (
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD with MathML3 v1.3 20210610//EN"'
    ' "JATS-journalpublishing1-3-mathml3.dtd">'
)
STATEMENTS = {  # classes that statements.lua gives → sec-type, as JATS4R recommends where it does; thanks are an ack
    "contributions": "author-contributions",
    "funding": "funding-statement",
    "ethics": "ethics-statement",
    "data_availability": "data-availability",
    "conflicts": "COI-statement",
}
FUNDING = "./section[contains(@class, 'statement') and contains(@class, 'funding')]/p"


def render(sheet: Sheet) -> Artifact:
    """Tag the article."""
    root = drawings.name(markup.clone(sheet.root))
    notes, abstract, others = adapt.take_notes(root), adapt.take_abstract(root), adapt.take_translations(root)
    for part in (*([abstract] if abstract is not None else []), *others.values()):
        _part(part)
    tags = tagger(sheet, root, notes, abstract, others)
    article = etree.Element("article", nsmap=NAMESPACES)
    summary, body, back = (etree.SubElement(article, name) for name in ("abstract", "body", "back"))
    if abstract is not None:
        blocks.fill(tags, summary, abstract)
    translated = {lang: etree.SubElement(article, "trans-abstract") for lang in others}
    for lang, other in others.items():
        blocks.fill(tags, translated[lang], other)
    _lay_out(tags, root, body, back)
    _place_notes(tags, back, notes, sheet.document.terms["notes"])
    tags.resolve(article)
    tags.lines(article)
    context = dict(
        sheet.front,
        **facts(sheet),
        title=_inline(sheet.front["title"]["html"]),
        subtitle=_inline(sheet.front["subtitle"]["html"]),
        parts={part.tag: _xml(part) if len(part) else "" for part in (summary, body, back)},
        translations=[
            item | {"tagged": _translated(item, translated.get(item["lang"]))} for item in sheet.front["translations"]
        ],
        products=[_without_notes(work) for work in sheet.root.xpath("./div[contains(@class, 'reviewed')]/p")],
        counts=_counts(article, sheet.pages, of_body(sheet)),
    )
    return Artifact(f"{sheet.name}.jats.xml", MEDIA_TYPE, from_template(sheet, "jats.xml", context, DOCTYPE))


def _part(abstract: etree._Element) -> None:
    """Give a structured abstract its sections: on paper their heads run into the paragraphs."""
    section = None
    for block in list(abstract):
        strong = block[0] if block.tag == "p" and len(block) and not block.text else None
        head = strong.find("./span[@class='abstract-head']") if strong is not None else None
        if strong is not None and head is not None:
            section = etree.Element("section")
            block.addprevious(section)
            block.text = (strong.tail or "").lstrip()
            strong.tail = None
            block.remove(strong)
            head.tag, head.tail = "h2", None
            section.append(head)
            if not len(block) and not block.text:
                abstract.remove(block)
                continue
        if section is not None:
            section.append(block)


def _translated(item: dict[str, Any], abstract: etree._Element | None) -> dict[str, Markup | str]:
    titles = {key: _inline(item[key]["html"]) for key in ("title", "subtitle")}
    return {**titles, "abstract": _xml(abstract) if abstract is not None and len(abstract) else ""}


def from_template(sheet: Sheet, name: str, context: dict[str, Any], doctype: str | None = None) -> bytes:
    """Fill a template of XML, and say its namespaces once, at the top. Raises BuildError where it makes no XML."""
    text = environment(sheet.templates).get_template(name).render(context)
    parser = etree.XMLParser(remove_comments=True, resolve_entities=False, no_network=True)
    try:
        tree = etree.fromstring(text.strip().encode(), parser)
    except etree.XMLSyntaxError as error:
        own = next((shown(folder / name) for folder in sheet.templates if (folder / name).is_file()), f"templates/{name}")
        raise BuildError((problem("template-broken", own, f"it makes no XML: {error.msg}"),)) from None
    etree.cleanup_namespaces(tree, keep_ns_prefixes=["mml", "xlink", "ali"])
    data: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", doctype=doctype)
    return data + b"\n"


def pictures(sheet: Sheet) -> list[Artifact]:
    """Give the files that the tagged article shows."""
    found = [
        Artifact(f"{sheet.name}-{media.name}", media.media_type, media.data, beside=True) for media in sheet.media.values()
    ]
    for number, drawing in enumerate(drawings.drawings(sheet.root), start=1):
        data = etree.tostring(drawing, xml_declaration=True, encoding="UTF-8", with_tail=False)
        found.append(Artifact(f"{sheet.name}-drawing-{number}.svg", "image/svg+xml", data, beside=True))
    return found


def tagger(sheet: Sheet, *sources: Any) -> Tags:
    """Give what tags parts of a sheet; it must see every part, since links lead from one to another."""
    whole = etree.Element("div")
    for source in sources:
        parts = source.values() if isinstance(source, dict) else [] if source is None else [source]
        whole.extend([markup.clone(part) for part in parts])
    names = {address: f"{sheet.name}-{media.name}" for address, media in sheet.media.items()}
    for number, _ in enumerate(drawings.drawings(sheet.root), start=1):
        names[f"drawing:{number}"] = f"{sheet.name}-drawing-{number}.svg"
    return Tags(whole, names, {work["id"]: work for work in sheet.document.library})


def _inline(html: str) -> Markup:
    """Tag a title."""
    source, target = markup.parse(html), etree.Element("title")
    inline.fill(Tags(source, {}, {}), target, source)
    return _xml(target)


def _xml(element: etree._Element) -> Markup:
    """Write the content of an element."""
    text: str = etree.tostring(element, encoding="unicode", with_tail=False)
    return Markup("" if text.endswith("/>") else text[text.index(">") + 1 : text.rindex("<")])  # noqa: S704 - our own tags


def _without_notes(work: etree._Element) -> str:
    """Give a work that is reviewed as plain text; it stands in the body, too, and there are its notes."""
    bare = markup.clone(work)
    for call in bare.xpath(".//a[@role='doc-noteref'] | .//aside | .//*[contains(@class, 'footnote')]"):
        markup.drop(call)
    return " ".join(markup.text(bare).split())


def _lay_out(tags: Tags, root: etree._Element, body: etree._Element, back: etree._Element) -> None:
    """Tag the sections: the text, and behind it the end matter, in the order they are printed."""
    children = list(root)
    start = len(children)
    while start and _is_back(children[start - 1]):
        start -= 1
    for child in children[start:]:
        root.remove(child)
    blocks.fill(tags, body, root)
    for child in children[start:]:
        _end_matter(tags, back, child)


def _is_back(child: etree._Element) -> bool:
    return child.get("role") == "doc-colophon" or (
        child.tag == "section"
        and (bool({"appendix", "statement"} & set(child.get("class", "").split())) or bool(child.xpath(".//ul[@id='refs']")))
    )


def _end_matter(tags: Tags, back: etree._Element, child: etree._Element) -> None:
    classes = child.get("class", "").split()
    if child.get("role") == "doc-colophon":
        _colophon(tags, back, child)
    elif "appendix" in classes:
        group = back[-1] if len(back) and back[-1].tag == "app-group" else etree.SubElement(back, "app-group")
        blocks.section(tags, group, child, "app")
    elif child.find("ul[@id='refs']") is not None or child.find("section/ul[@id='refs']") is not None:
        blocks.section(tags, back, child, "ref-list")
    elif "acknowledgements" in classes:
        blocks.section(tags, back, child, "ack")
    else:
        section = blocks.section(tags, back, child)
        for kind in (STATEMENTS[name] for name in classes if name in STATEMENTS):
            section.set("sec-type", kind)


def _colophon(tags: Tags, back: etree._Element, node: etree._Element) -> None:
    notes = tags.add(back, "notes", node)
    notes.set("notes-type", "colophon")
    title = node[0]
    etree.SubElement(notes, "title").text = markup.text(title)
    node.remove(title)
    blocks.fill(tags, notes, node)


def _place_notes(tags: Tags, back: etree._Element, notes: dict[str, etree._Element], title: str) -> None:
    """Put the notes before the reference list, as the web page does."""
    if not notes:
        return
    group = etree.Element("fn-group")
    etree.SubElement(group, "title").text = title
    for number, note in enumerate(notes.values(), start=1):
        entry = tags.add(group, "fn", note)
        etree.SubElement(entry, "label").text = str(number)
        blocks.fill(tags, entry, note)
        if entry.find("p") is None:
            etree.SubElement(entry, "p")
    place = next((index for index, child in enumerate(back) if child.tag == "ref-list"), 0)
    back.insert(place, group)


def facts(sheet: Sheet) -> dict[str, Any]:
    """Give what the front matter tells machines and no reader: parts of names, of dates and of the licence."""
    front = sheet.front
    own = sheet.document.citation.csl
    first, last = pages(front["journal"].page)
    return {
        "article_type": kinds.of(front["type"], own.get("type", ""), front["journal"].section, front["lang"]),
        "people": [_person(author) for author in front["authors"]],
        "days": [day | {"parts": _day(day["iso"])} for day in front["dates"]],
        "fpage": first,
        "lpage": last,
        "page_url": front["url"] if is_absolute(front["url"]) else "",
        "open": bool(front["license"]) and "creativecommons.org" in front["license"].url,
        "funding": [markup.text(part) for part in sheet.root.xpath(FUNDING)],
    }


def _person(author: dict[str, Any]) -> dict[str, Any]:
    """Take a name apart as far as the author did."""
    name, given, family = author["name"], author["given"], author["family"]
    plain, turned = f"{given} {family}".strip(), f"{family} {given}".strip()
    suffix = name.removeprefix(plain).lstrip(", ") if family and name.startswith(plain) else ""
    return author | {
        "style": "eastern" if given and name == turned else "western",
        "suffix": suffix if suffix != name else "",
        "orcid": orcid(author["orcid"]),
    }


def _day(iso: str) -> list[tuple[str, str]]:
    """Give day, month and year, in the order JATS has them, each without a zero before it."""
    parts = zip(("year", "month", "day"), iso.split("-"), strict=False)
    return [(name, part if name == "year" else str(int(part))) for name, part in reversed(list(parts))]


def _counts(article: etree._Element, pages: int, words: int) -> dict[str, int]:
    numbered = {name: len(article.findall(f".//{name}")) for name in ("fig", "table-wrap", "disp-formula", "ref")}
    return {
        "fig-count": numbered["fig"],
        "table-count": numbered["table-wrap"],
        "equation-count": numbered["disp-formula"],
        "ref-count": numbered["ref"],
        **({"page-count": pages} if pages else {}),
        "word-count": words,
    }
