"""Words in a line: inline XHTML in, inline elements of JATS out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from compositor.setting import markup
from compositor.tagging.tags import MML, XLINK, XML

if TYPE_CHECKING:
    from compositor.tagging.tags import Tags

FACES = {
    "b": "bold", "cite": "italic", "code": "monospace", "del": "strike", "dfn": "italic", "em": "italic", "i": "italic",
    "ins": "underline", "kbd": "monospace", "s": "strike", "samp": "monospace", "strike": "strike", "strong": "bold",
    "sub": "sub", "sup": "sup", "tt": "monospace", "u": "underline", "var": "italic",
}  # fmt: skip
SILENT = {"script", "style", "input", "wbr", "template"}
# Elements that hold little more than letters; anything else is wrapped in a named-content inside them, which holds all.
NARROW = {"ext-link", "xref"}
LETTERS = {"bold", "italic", "monospace", "sc", "strike", "underline", "sub", "sup", "named-content"}
UNLINKED = {"verse-line": {"ext-link"}, "mixed-citation": {"xref"}}
SHOWN = {"p", "td", "th", "named-content", "term"}  # where a displayed formula may stand


def write(target: etree._Element, text: str | None) -> None:
    """Add words at the end of an element."""
    if text and len(target):
        target[-1].tail = (target[-1].tail or "") + text
    elif text:
        target.text = (target.text or "") + text


def fill(tags: Tags, target: etree._Element, source: etree._Element) -> None:
    """Tag everything inside ``source`` as words of ``target``."""
    write(target, source.text)
    for child in source:
        add(tags, target, child)
        write(target, child.tail)


def add(tags: Tags, target: etree._Element, node: etree._Element) -> None:
    """Tag one element of a line; an element that JATS has no word for leaves its words."""
    if not isinstance(node.tag, str):
        return
    name = etree.QName(node).localname
    classes = node.get("class", "").split()
    if name in SILENT or node.get("role") in ("doc-pagebreak", "doc-backlink"):
        return
    if name in FACES:
        element = _narrow(target, FACES[name])
        tags.mark(element, node)
        fill(tags, element, node)
    elif name == "a" and node.get("href") and (node.text or len(node)):  # a link of no words is none
        _link(tags, target, node)
    elif name == "img":
        picture(tags, _narrow(target, "inline-graphic"), node)
    elif name == "math":
        formula(target, node)
    elif name == "br":
        _break(target)
    elif "equation" in classes:
        _equation(tags, target, node)
    elif "smallcaps" in classes:
        fill(tags, _narrow(target, "sc"), node)
    elif node.get("lang") or node.get("id") in tags.wanted or name == "mark":
        element = _narrow(target, "named-content")
        element.set("content-type", "language" if node.get("lang") else "highlight" if name == "mark" else "anchor")
        tags.mark(element, node)
        fill(tags, element, node)
    else:
        fill(tags, target, node)


def _narrow(target: etree._Element, tag: str) -> etree._Element:
    """Add an inline element, inside a wrapper where the element around it is a narrow one."""
    if (target.tag in NARROW and tag not in LETTERS) or tag in UNLINKED.get(target.tag, ()):
        target = etree.SubElement(target, "named-content", {"content-type": tag})
    return etree.SubElement(target, tag)


def _link(tags: Tags, target: etree._Element, node: etree._Element) -> None:
    """Tag a link: outside, or to something in the article. A link inside a link is none."""
    address = node.get("href")
    if any(parent.tag in NARROW for parent in (target, *target.iterancestors())):
        fill(tags, target, node)
        return
    if not address.startswith("#"):
        link = _narrow(target, "ext-link")
        link.set("ext-link-type", "uri")
        link.set(f"{XLINK}href", address)
        fill(tags, link, node)
        return
    if "adjacent" in node.get("class", ""):
        write(target, " ")  # notes 3 and 4 must not read as 34
    xref = _narrow(target, "xref")
    xref.set("rid", tags.name(unquote(address[1:])))
    if node.get("id"):
        tags.mark(xref, node)
    fill(tags, xref, node)


def picture(tags: Tags, graphic: etree._Element, image: etree._Element) -> None:
    """Name the file of a picture, its type, and what it shows."""
    file = tags.pictures.get(image.get("src", ""), "")
    graphic.set(f"{XLINK}href", file)
    kind = file.rpartition(".")[2].replace("jpg", "jpeg").replace("svg", "svg+xml")
    if kind:
        graphic.set("mimetype", "image")
        graphic.set("mime-subtype", kind)
    tags.mark(graphic, image)
    if image.get("alt"):
        etree.SubElement(graphic, "alt-text").text = image.get("alt")


def formula(target: etree._Element, node: etree._Element) -> None:
    """Put MathML where it may stand: in a line, or displayed."""
    if target.tag == "disp-formula":
        place = target
    else:
        place = _narrow(target, "disp-formula" if node.get("display") == "block" and target.tag in SHOWN else "inline-formula")
    place.append(_mathml(node))


def _mathml(node: etree._Element) -> etree._Element:
    """Copy a formula, with the prefix that archives know."""
    plain = etree.fromstring(etree.tostring(node, with_tail=False))
    math = etree.Element(f"{{{MML}}}math", dict(plain.attrib), nsmap={"mml": MML})
    math.text = plain.text
    math.extend(plain)
    etree.cleanup_namespaces(math, keep_ns_prefixes=["mml"])
    return math


def _equation(tags: Tags, target: etree._Element, node: etree._Element) -> None:
    """Tag a numbered formula; its number comes first in JATS."""
    place = tags.add(target, "disp-formula", node) if target.tag in SHOWN else _narrow(target, "inline-formula")
    for number in node.xpath("./span[contains(@class, 'equation-number')]"):
        label = etree.SubElement(place, "label" if place.tag == "disp-formula" else "named-content")
        label.text = markup.text(number)
        if place.tag != "disp-formula":
            label.set("content-type", "label")
    for math in node.iter(f"{{{MML}}}math"):
        place.append(_mathml(math))


def _break(target: etree._Element) -> None:
    if target.tag in ("title", "td", "th"):
        etree.SubElement(target, "break")
    else:
        write(target, " ")  # a paragraph of JATS knows no line break


def language_of(node: etree._Element) -> str:
    """Give the language that a wrapper says its content is in."""
    return str(node.get("lang") or node.get(f"{XML}lang") or "")


def align(style: str) -> str:
    """Give the alignment that a cell's style asks for."""
    match = re.search(r"text-align:\s*(left|right|center|justify)", style)
    return match[1] if match else ""
