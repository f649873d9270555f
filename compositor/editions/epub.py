"""The EPUB 3: the set document in, a stable archive with one file a section out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lxml import etree
from markupsafe import Markup

from compositor import maths
from compositor.editions import adapt, artist, screens
from compositor.editions.archive import pack
from compositor.editions.cover import draw_cover
from compositor.fonts import cutting, fontface, mathfont, typefaces
from compositor.pages import breaks, pagebreaks
from compositor.result import Artifact
from compositor.setting import markup
from compositor.setting.front import said
from compositor.setting.media import SVG, as_png
from compositor.templating import environment

if TYPE_CHECKING:
    from compositor.setting.media import Media
    from compositor.setting.sheet import Sheet

MEDIA_TYPE = "application/epub+zip"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
etree.register_namespace("epub", "http://www.idpf.org/2007/ops")

# (family, style, weight) of the static cuts: e-readers know no variable fonts
CUTS = (
    ("EB Garamond", "normal", 400),
    ("EB Garamond", "normal", 600),
    ("EB Garamond", "italic", 400),
    ("Source Sans 3", "normal", 400),
)
HEAVIER = (400, 600)  # of a face for another script that has every weight


@dataclass(slots=True)
class Page:
    """One XHTML file of the book."""

    id: str
    title: str
    root: etree._Element
    kind: str = ""  # what a page behind the text holds: statements, bibliography, appendix
    ids: set[str] = field(default_factory=set)

    @property
    def file(self) -> str:
        """Name of the file inside the book."""
        return f"{self.id}.xhtml"

    @property
    def properties(self) -> str:
        """The manifest's properties for what is inside."""
        found = []
        if next(self.root.iter(f"{markup.MATHML}math"), None) is not None:
            found.append("mathml")
        if next(self.root.iter("{http://www.w3.org/2000/svg}svg"), None) is not None:
            found.append("svg")
        return " ".join(found)


def render(sheet: Sheet) -> Artifact:
    """Print the EPUB."""
    templates = environment(sheet.templates)
    media = {address: as_png(found) if found.media_type == "image/webp" else found for address, found in sheet.media.items()}
    pages = _pages(sheet, media)
    _link_across(pages)
    text = "".join((*(markup.text(page.root) for page in pages), *said(sheet.front)))
    blocks = cutting.blocks_of(text)
    pinned = {(face.family, face.style): face for face in typefaces.ours(sheet.scripts)}
    faces = [_pack(pinned[family, style], blocks, weight) for family, style, weight in CUTS]
    if any(next(page.root.iter("code", "pre"), None) is not None for page in pages):
        faces.append(_pack(pinned["Source Code Pro", "normal"], cutting.blocks_of(""), 400))
    faces += [
        _pack(face, face.blocks, weight)
        for face in sheet.scripts
        if face.beside
        for weight in (HEAVIER if " " in face.weight else (int(face.weight),))
    ]
    if signs := maths.letters(
        (*(page.root for page in pages), *(markup.parse(sheet.front[key]["html"]) for key in ("title", "subtitle")))
    ):
        faces.append(_file(mathfont.FORMULA_FAMILY, "normal", 400, mathfont.cut_formulas(signs)))
    cover = artist.drawn(sheet, "epub", draw_cover)
    pictures = [found for found in media.values() if found.media_type != SVG]
    titles = {key: _in_xml(sheet.front[key]) for key in ("title", "subtitle")}
    titles["citation"] = sheet.front["citation"] | {"apa": _in_xml(sheet.front["citation"]["apa"])}
    context: dict[str, Any] = dict(
        sheet.front | titles,
        pages=pages,
        faces=faces,
        pictures=pictures,
        toc=_toc(sheet, pages),
        modified=_modified(sheet.front["date"]),
        accessibility=_accessibility(sheet, pages),
        page_list=[(number, f"{page.file}#{mark}") for page in pages for number, mark in pagebreaks.marks(page.root)],
    )
    nav, title = (templates.get_template(f"epub/{name}.xhtml").render(context) for name in ("nav", "title"))
    context |= {"nav_maths": "<math" in nav, "title_maths": "<math" in title}  # the manifest tells where formulas are
    files: dict[str, bytes] = {
        "META-INF/container.xml": templates.get_template("epub/container.xml").render(context).encode(),
        "EPUB/package.opf": templates.get_template("epub/package.opf").render(context).encode(),
        "EPUB/nav.xhtml": nav.encode(),
        "EPUB/toc.ncx": templates.get_template("epub/toc.ncx").render(context).encode(),
        "EPUB/style.css": fontface.accompany(
            templates.get_template("css/core.css").render() + templates.get_template("css/epub.css").render(context),
            sheet.scripts,
        ).encode(),
        "EPUB/cover.xhtml": templates.get_template("epub/cover.xhtml").render(context).encode(),
        "EPUB/title.xhtml": title.encode(),
        "EPUB/cover.png": cover,
    }
    for page in pages:
        body = Markup(markup.inner(page.root))  # noqa: S704 - adapted from Pandoc's output
        files[f"EPUB/{page.file}"] = templates.get_template("epub/section.xhtml").render(context, page=page, body=body).encode()
    files |= {f"EPUB/{face['file']}": face["data"] for face in faces}
    files |= {f"EPUB/{picture.name}": picture.data for picture in pictures}
    return Artifact(f"{sheet.name}.epub", MEDIA_TYPE, archive(files))


def archive(files: dict[str, bytes]) -> bytes:
    """Write the archive of an EPUB: ``mimetype`` first, then every file by name."""
    return pack([("mimetype", MEDIA_TYPE.encode()), *sorted(files.items())])


def _accessibility(sheet: Sheet, pages: list[Page]) -> dict[str, Any]:
    """Tell what the book has for readers who do not see it, in the words of EPUB Accessibility 1.1: only what is there."""
    images = list(sheet.root.iter("img"))
    shown = any(image.get("alt") != "" for image in images)  # a decoration is nothing to see
    has = {
        "tableOfContents": True,
        "readingOrder": True,
        "ARIA": True,  # the roles of notes, citations, contents and reference list
        "structuralNavigation": bool(sheet.document.headings),
        "alternativeText": shown,  # a picture that nobody describes stops the build
        "pageBreakMarkers": any(pagebreaks.marks(page.root) for page in pages),
        "pageNavigation": any(pagebreaks.marks(page.root) for page in pages),
        "MathML": any("mathml" in page.properties for page in pages),
        "displayTransformability": not images,  # all text is text: sizes are relative, colours the reader's
    }
    return {
        "modes": ["textual", "visual"] if shown else ["textual"],
        "sufficient": ["textual"],
        "features": [feature for feature, there in has.items() if there],
        # a GIF may move and flash; nothing else that is let in can
        "hazard": "unknown" if any(media.media_type == "image/gif" for media in sheet.media.values()) else "none",
    }


def _modified(date: str) -> str:
    """Give dcterms:modified, which EPUB 3.3 requires to the second, from the article's own date."""
    return f"{(date + '-01-01' if len(date) == 4 else date + '-01' if len(date) == 7 else date) or '1980-01-01'}T00:00:00Z"


def _pack(face: typefaces.Face, blocks: tuple[tuple[int, int], ...], weight: int) -> dict[str, Any]:
    return _file(face.family, face.style, weight, cutting.cut(face, blocks, weight))


def _file(family: str, style: str, weight: int, data: bytes) -> dict[str, Any]:
    kind = "otf" if data.startswith(b"OTTO") else "ttf"
    name = f"{family.replace(' ', '')}-{weight}{'' if style == 'normal' else '-' + style}.{kind}"
    return {
        "family": family,
        "style": style,
        "weight": weight,
        "file": name,
        "kind": kind,
        "data": data,
    }


def _pages(sheet: Sheet, media: dict[str, Media]) -> list[Page]:
    root = markup.clone(sheet.root)
    terms = sheet.document.terms
    adapt.part_verses(root)
    adapt.add_backlinks(root, sheet.document.entries, terms["cited_at"])
    notes = adapt.take_notes(root)
    breaks.open_addresses(root)
    adapt.embed_images(root, media, lambda found: found.name, inline_svg=True)
    screens.adapt(root)
    screens.scroll(root.xpath("//table[@data-placement='landscape']"))  # the others are as wide as a page of print
    pages: list[Page] = []
    front = adapt.take_front(root, sheet.front)
    if front["abstract_html"] or front["translations"]:
        first = terms["abstract"] if front["abstract_html"] else front["translations"][0]["heading"]
        content = environment(sheet.templates).get_template("epub/abstract.html").render(front)
        pages.append(Page("abstract", first, markup.parse(content)))
    loose = etree.Element("div")
    loose.text = root.text
    for child in list(root):
        if child.tag == "section" and child.find("h2") is not None:
            body = etree.Element("div")
            child.tail = None
            body.append(child)
            number = sum(page.id.startswith("section") for page in pages) + 1
            kind = "statements" if "statement" in child.get("class", "").split() else ""
            if kind and pages and pages[-1].kind == kind:  # a sentence or two each: they share a file
                pages[-1].root.append(child)
                continue
            if child.get("role") in ("doc-appendix", "doc-bibliography"):
                kind = child.get("role").removeprefix("doc-")
            pages.append(Page(f"section-{number:02d}", markup.text(child.find("h2")), body, kind))
        elif not any(page.id.startswith("section") for page in pages):
            loose.append(child)
        else:
            child.tail = None
            pages[-1].root.append(child)
    if len(loose) or (loose.text or "").strip():
        place = 1 if pages and pages[0].id == "abstract" else 0
        pages.insert(place, Page("text", sheet.front["title"]["text"], loose))
    for page in pages:
        _sink_notes(page.root, notes, terms)
        _name_parts(page.root)
        page.ids = {element.get("id") for element in page.root.iter(etree.Element) if element.get("id")}
    return pages


def _sink_notes(root: etree._Element, notes: dict[str, etree._Element], terms: dict[str, Any]) -> None:
    """Put the notes a file calls at its end, as asides that reading systems open in place."""
    calls = adapt.note_calls(root)
    if not calls:
        return
    section = etree.SubElement(root, "section", {EPUB_TYPE: "footnotes", "class": "footnotes", "aria-label": terms["notes"]})
    for call in calls:
        note = notes[call.get("href", "")[1:]]
        number = markup.text(call)
        aside = etree.SubElement(section, "aside", {"role": "doc-footnote", "id": note.get("id", "")})
        adapt.copy_speech(note, aside)
        for block in list(note):
            block.tail = None
            aside.append(block)
        back = etree.Element(
            "a",
            {
                "href": f"#{call.get('id')}",
                "role": "doc-backlink",
                "class": "note-number",
                "aria-label": f"{terms['back']}, {number}",
            },
        )
        back.text = f"{number}."
        first = aside[0] if len(aside) and aside[0].tag == "p" else None
        holder = first if first is not None else aside
        back.tail = "\N{NO-BREAK SPACE}" + (holder.text or "").lstrip()
        holder.text = None
        holder.insert(0, back)


def _name_parts(root: etree._Element) -> None:
    """Say in EPUB's words what the parts are, and in XML's what language they speak."""
    _name_languages(root)
    for part in root.xpath("//*[starts-with(@role, 'doc-')][not(@role='doc-backlink')]"):
        name = part.get("role").removeprefix("doc-")
        part.set(EPUB_TYPE, {"credits": "contributors"}.get(name, name))
        if name == "pagebreak":
            part.set("aria-label", part.get("data-page"))  # reading systems announce it; in a web page ARIA forbids the name


def _name_languages(root: etree._Element) -> None:
    for part in root.xpath("//*[@lang]"):
        part.set(XML_LANG, part.get("lang"))


def _in_xml(short: dict[str, Any]) -> dict[str, Any]:
    """Give a head or title as XML has it."""
    root = markup.parse(short["html"])
    _name_languages(root)
    return short | {"html": Markup(markup.inner(root))}  # noqa: S704 - Pandoc wrote it


def _link_across(pages: list[Page]) -> None:
    """Point each internal link at the file its target is in."""
    where = {identifier: page.file for page in pages for identifier in page.ids}
    for page in pages:
        for link in page.root.iter("a"):
            match = re.fullmatch(r"#(.+)", link.get("href", ""))
            if match and (file := where.get(match[1])) and file != page.file:
                link.set("href", f"{file}#{match[1]}")


def _toc(sheet: Sheet, pages: list[Page]) -> list[dict[str, Any]]:
    """Give the contents as a tree, three levels deep."""
    where = {identifier: page.file for page in pages for identifier in page.ids}
    tree: list[dict[str, Any]] = []
    if pages and pages[0].id == "abstract":
        tree.append(_entry(pages[0].title, pages[0].title, "abstract.xhtml"))
    stack: list[tuple[int, list[dict[str, Any]]]] = [(0, tree)]
    for head in sheet.document.headings:
        if not head.listed or head.level > 3 or head.id not in where:
            continue
        said = f"{head.number} {head.text}".strip()
        entry = _entry(said, _in_xml({"html": head.html})["html"], f"{where[head.id]}#{head.id}", head.number)
        while stack[-1][0] >= head.level:
            stack.pop()
        stack[-1][1].append(entry)
        stack.append((head.level, entry["children"]))
    if not tree:  # a book must have contents (EPUB 3.3, 7.4.1)
        tree.append(_entry(pages[0].title, pages[0].title, pages[0].file))
    return tree


def _entry(title: str, html: str, address: str, number: str = "") -> dict[str, Any]:
    """Give an entry of the contents."""
    return {"title": title, "html": html, "number": number, "href": address, "children": []}
