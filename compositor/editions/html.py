"""The web page: the set document in, one self-contained HTML file out."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

from lxml import etree
from markupsafe import Markup

from compositor import maths
from compositor.editions import adapt, colophon, screens
from compositor.fonts import cutting, fontface, mathfont, typefaces
from compositor.pages import breaks
from compositor.records.head import head
from compositor.result import Artifact
from compositor.setting import markup
from compositor.setting.front import said
from compositor.templating import environment

if TYPE_CHECKING:
    from compositor.setting.sheet import Sheet

MEDIA_TYPE = "text/html"


def render(sheet: Sheet) -> Artifact:
    """Print the web page."""
    root = markup.clone(sheet.root)
    terms = sheet.document.terms
    adapt.part_verses(root)
    adapt.add_backlinks(root, sheet.document.entries, terms["cited_at"])
    breaks.open_addresses(root)
    adapt.embed_images(root, sheet.media, lambda media: _data(media.media_type, media.data), inline_svg=True)
    screens.adapt(root)
    _place_notes(root, terms["notes"], terms["back"])
    _anchor_heads(root, terms["link_here"])
    screens.scroll(root.iter("table"))
    _wrap_formulas(root, terms["eq"][0])
    front = adapt.take_front(root, sheet.front)
    last = colophon.take(root)
    context = dict(
        front,
        meta=head(sheet),
        body=Markup(markup.inner(root)),  # noqa: S704 - adapted from Pandoc's output
        colophon=Markup(last),  # noqa: S704 - our own template
        faces=_faces(sheet, root),
        bibtex_url="data:application/x-bibtex;charset=utf-8," + quote(sheet.document.citation.bibtex),
        ris_url="data:application/x-research-info-systems;charset=utf-8," + quote(sheet.document.citation.ris),
    )
    page = fontface.accompany_page(environment(sheet.templates).get_template("article.html").render(context), sheet.scripts)
    return Artifact(f"{sheet.name}.html", MEDIA_TYPE, page.encode())


def _data(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _faces(sheet: Sheet, root: etree._Element) -> list[dict[str, str]]:
    """Embed what the page uses: text roman and italic, sans, mono where there is code, and what formulas need."""
    blocks = cutting.blocks_of("".join((markup.text(sheet.root), *said(sheet.front))))
    code = next(root.iter("code", "pre"), None) is not None or "bibtex" in sheet.front["citation"]
    used = [
        face
        for face in (*typefaces.ours(sheet.scripts), *(face for face in sheet.scripts if face.beside))
        if (face.family, face.style) != ("Source Sans 3", "italic") and (code or face.family != "Source Code Pro")
    ]
    alphabets = {face: face.blocks or (blocks if face.family != "Source Code Pro" else cutting.blocks_of("")) for face in used}
    faces = [(face.family, face.style, face.weight, cutting.woff2(face, alphabet)) for face, alphabet in alphabets.items()]
    titles = [part[key]["html"] for part in (sheet.front, *sheet.front["translations"]) for key in ("title", "subtitle")]
    if signs := maths.letters((sheet.root, *map(markup.parse, titles))):
        faces.append((mathfont.FORMULA_FAMILY, "normal", "400", cutting.packed(mathfont.cut_formulas(signs))))
    return [
        {"family": family, "style": style, "weight": weight, "url": _data("font/woff2", data)}
        for family, style, weight, data in faces
    ]


def _place_notes(root: etree._Element, title: str, back: str) -> None:
    """Put the notes before the reference list, under a head of their own."""
    for section in root.xpath("//section[@role='doc-endnotes']"):
        for rule in section.xpath("./hr"):
            markup.drop(rule)
        head = etree.Element("h2", {"id": "notes-title", "class": "unnumbered"})
        head.text = title
        section.insert(0, head)
        section.set("aria-labelledby", "notes-title")
        for link in section.xpath(".//a[@role='doc-backlink' and starts-with(@href, '#fnref')]"):
            link.text = adapt.ARROW
            link.set("aria-label", back)
            before = link.getprevious()
            if before is not None:
                before.tail = (before.tail or "").rstrip() + "\N{NO-BREAK SPACE}"
            else:
                parent = link.getparent()
                parent.text = (parent.text or "").rstrip() + "\N{NO-BREAK SPACE}"
        lists = root.xpath("./section[.//ul[@id='refs']]")
        if lists:
            markup.drop(section)
            section.tail = None
            lists[0].addprevious(section)


def _anchor_heads(root: etree._Element, label: str) -> None:
    """Give each head a link to itself, outside the head, so that its name stays its name."""
    for section in root.xpath("//section[@id and not(@role='doc-endnotes')]"):
        head = next((child for child in section if child.tag in ("h2", "h3", "h4", "h5", "h6")), None)
        if head is None:
            continue
        row = etree.Element("div", {"class": "head"})
        markup.replace(head, row)
        head.tail = None
        row.append(head)
        etree.SubElement(
            row,
            "a",
            {
                "class": "anchor",
                "href": f"#{section.get('id')}",
                "aria-label": f"{label}: {markup.text(head)}",
            },
        )


def _wrap_formulas(root: etree._Element, label: str) -> None:
    """Let a wide displayed formula scroll by itself, reachable by keyboard."""
    for formula in maths.formulas(root):
        if formula.get("display") == "block":
            box = etree.Element("span", {"class": "formula-scroll", "tabindex": "0", "role": "group", "aria-label": label})
            markup.replace(formula, box)
            formula.tail = None
            box.append(formula)
