"""The tree that is being tagged: where an element may stand, what it is called, and what points at it.

Containers of JATS are strict: a list item holds paragraphs and lists and nothing else, a section holds nothing behind its
subsections. ``Tags.add`` knows, and finds the nearest place that is allowed.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compositor.references.work import Work

XLINK = "{http://www.w3.org/1999/xlink}"
XML = "{http://www.w3.org/XML/1998/namespace}"
MML = "http://www.w3.org/1998/Math/MathML"
NAMESPACES = {"xlink": XLINK[1:-1], "mml": MML}

# What these may hold beside words; anything else goes into a paragraph inside them.
HOLDS = {
    "abstract": {"p", "sec"},
    "trans-abstract": {"p", "sec"},
    "ack": {"p", "sec"},
    "boxed-text": {
        "p",
        "sec",
        "list",
        "def-list",
        "disp-quote",
        "verse-group",
        "code",
        "preformat",
        "fig",
        "fig-group",
        "graphic",
        "table-wrap",
        "disp-formula",
        "statement",
        "boxed-text",
    },
    "caption": {"p"},
    "def": {"p"},
    "fig": {"p", "list", "def-list", "disp-quote", "verse-group", "code", "preformat", "graphic", "table-wrap", "disp-formula"},
    "fig-group": {"fig", "graphic"},
    "fn": {"p"},
    "list-item": {"p", "list", "def-list"},
    "statement": {"p", "statement"},
    "table-wrap-foot": {"p"},
    "td": {"p", "list", "def-list", "disp-quote", "verse-group", "code", "preformat", "graphic", "disp-formula"},
}
HOLDS["th"] = HOLDS["td"]
# What holds elements and no words: each child may have a line of its own.
WORDLESS = {
    "ack", "app", "app-group", "back", "body", "boxed-text", "caption", "citation-alternatives", "def", "def-item", "def-list",
    "disp-quote", "fig", "fig-group", "fn", "fn-group", "list", "list-item", "notes", "ref", "ref-list", "sec",
    "statement", "table", "table-wrap", "table-wrap-foot", "tbody", "thead", "tfoot", "tr", "verse-group",
}  # fmt: skip
# What takes no xml:lang.
UNSPOKEN = {"td", "th", "bold", "italic", "monospace", "strike", "sub", "sup", "underline", "sc"}
BACK = {"ack", "app-group", "fn-group", "notes", "ref-list", "sec"}
# What a cross-reference calls its target; any other is "other".
POINTS_AT = {
    "app": "app", "disp-formula": "disp-formula", "fig": "fig", "fig-group": "fig", "fn": "fn", "list": "list",
    "list-item": "list", "ref": "bibr", "sec": "sec", "table-wrap": "table",
}  # fmt: skip


def xml_name(text: str) -> str:
    """Make an id of the text one that XML allows (xs:NCName)."""
    name = re.sub(r"[^\w.-]", "_", text)
    return name if re.match(r"[^\W\d]|_", name) else f"n-{name}"


class Tags:
    """The names of the tree, and the pictures it shows."""

    def __init__(self, source: etree._Element, pictures: Mapping[str, str], works: Mapping[str, Work]) -> None:
        """Take the set body, the file names of its pictures by their addresses in the text, and the works by their keys."""
        self.pictures = pictures
        self.works = works
        self.wanted = {unquote(link.get("href")[1:]) for link in source.iter("a") if link.get("href", "").startswith("#")}
        self._names: dict[str, str] = {}
        self._waiting: list[str] = []

    def name(self, text: str) -> str:
        """Give an XML name for an id of the text, the same for the same, and no two the same."""
        if text not in self._names:
            name = xml_name(text)
            used = Counter(self._names.values())
            while name in used:
                name += "_"
            self._names[text] = name
        return self._names[text]

    def wait(self, node: etree._Element) -> None:
        """Keep the id of a wrapper that has no element of its own, for the next element inside."""
        if node.get("id") in self.wanted:
            self._waiting.append(node.get("id"))

    def add(self, parent: etree._Element, tag: str, node: etree._Element | None = None) -> etree._Element:
        """Add an element at the end of ``parent``, or where such a one may stand. It takes id and language of ``node``."""
        parent = _place(parent, tag)
        if parent.tag in HOLDS and tag not in HOLDS[parent.tag]:
            parent = etree.SubElement(parent, "p")
        element = etree.SubElement(parent, tag)
        if node is not None:
            self.mark(element, node)
        return element

    def mark(self, element: etree._Element, node: etree._Element) -> None:
        """Give an element the id and the language of what it was made from."""
        known = [*([node.get("id")] if node.get("id") else []), *self._waiting]
        if known:
            element.set("id", self.name(known[0]))
            for other in known[1:]:
                self._names[other] = element.get("id")
            self._waiting = []
        if (lang := node.get("lang")) and element.tag not in UNSPOKEN:
            element.set(f"{XML}lang", lang)

    def lines(self, root: etree._Element) -> None:
        """Break the lines where no word is touched, so that people can read and compare the file."""
        for element in root.iter(*WORDLESS):
            if len(element):
                element.text = "\n"
                for child in element:
                    child.tail = "\n"

    def resolve(self, root: etree._Element) -> None:
        """Lead each cross-reference to its element and say what it is; one that leads nowhere becomes plain words."""
        targets = {element.get("id"): element.tag for element in root.iter(etree.Element) if element.get("id")}
        for xref in list(root.iter("xref")):
            if xref.get("rid") in targets:
                xref.set("ref-type", POINTS_AT.get(targets[xref.get("rid")], "other"))
            else:
                etree.strip_tags(_marked(xref), "unwrap")


def _marked(xref: etree._Element) -> etree._Element:
    xref.tag = "unwrap"
    return xref.getparent()


def _place(parent: etree._Element, tag: str) -> etree._Element:
    """Find where an element may stand that follows all that ``parent`` holds: what follows a subsection goes into one more."""
    if parent.tag == "ref-list":
        behind = tag == "sec" or (tag not in ("ref", "ref-list") and parent.find("ref") is not None)
        return _place(parent.getparent(), tag) if behind else parent
    last = parent[-1] if len(parent) else None
    if parent.tag == "back":
        allowed = tag in BACK
    elif tag == "ref-list":
        allowed = parent.tag in ("sec", "app", "notes", "ack")
    elif last is not None and last.tag == "ref-list":
        return _place(parent.getparent(), tag)
    else:
        allowed = tag == "sec" or last is None or last.tag != "sec"
    if allowed or (parent.tag not in ("body", "back", "sec", "app", "notes", "ack", "abstract", "trans-abstract")):
        return parent
    if last is not None and last.tag == "sec" and last.get("specific-use") == "continued":
        return _place(last, tag)
    more = etree.SubElement(parent, "sec", {"specific-use": "continued"})
    etree.SubElement(more, "title")
    return more
