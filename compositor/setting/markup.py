"""Pandoc's XHTML as a tree: read, written, and changed an element at a time."""

from __future__ import annotations

import copy
import re

from lxml import etree
from lxml import html as lxml_html

HEADS = ("h2", "h3", "h4", "h5", "h6")
XHTML = "http://www.w3.org/1999/xhtml"
# What an author notes for himself is nobody else's; and two hyphens in it are no XML.
DEEP = lxml_html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)  # browsers know 512 levels, libxml2 256
PLAIN = etree.XMLParser(remove_comments=True, remove_pis=True)
MATHML = "{http://www.w3.org/1998/Math/MathML}"
# as Pandoc writes the notes, last
NOTES = '<section id="footnotes" class="footnotes footnotes-end-of-document" role="doc-endnotes">'
NAME = re.compile(r"[A-Za-z_][\w.-]*")  # what may name an element here; MathML and SVG bring their own namespaces
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def parse(body: str) -> etree._Element:
    """Read a fragment of XHTML into a ``div``, without comments. Raw HTML that is not XML goes through an HTML parser first."""
    try:
        return etree.fromstring(f"<div>{body}</div>", PLAIN)
    except etree.XMLSyntaxError:
        before, start, notes = body.rpartition(NOTES)  # an element of the author's that is left open must not take them in
        root = _loosely(before or start + notes)
        if before:
            root.extend(_loosely(start + notes))
        return root


def _loosely(body: str) -> etree._Element:
    loose = lxml_html.fragment_fromstring(body, create_parent="div", parser=DEEP)
    for element in list(loose.iter(etree.Element)):
        if not NAME.fullmatch(element.tag) and element is not loose:
            element.drop_tag()
        for key in [key for key in element.attrib if not NAME.fullmatch(key)]:
            del element.attrib[key]
    return etree.fromstring(etree.tostring(loose, method="xml", encoding="utf-8"), etree.XMLParser(recover=True))


def inner(element: etree._Element) -> str:
    """Write the content of an element as XHTML that is also HTML 5: void elements closed, others never empty."""
    for node in element.iter():
        if isinstance(node.tag, str) and node.text is None and len(node) == 0 and "}" not in node.tag and node.tag not in VOID:
            node.text = ""
    text: str = etree.tostring(element, encoding="unicode", with_tail=False)
    return text[text.index(">") + 1 : text.rindex("<")] if not text.endswith("/>") else ""


def text(element: etree._Element) -> str:
    """Give the words of an element as a reader sees them, white space folded."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def drop(element: etree._Element) -> None:
    """Take an element out and leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def replace(old: etree._Element, new: etree._Element) -> None:
    """Put one element in the place of another."""
    new.tail = old.tail
    parent = old.getparent()
    if parent is not None:
        parent.replace(old, new)


def clone(root: etree._Element) -> etree._Element:
    """Copy a tree, for an edition to adapt."""
    return copy.deepcopy(root)
