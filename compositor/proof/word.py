"""Reading a Word document back: the package in, what Word would show of it out.

Numbers of heads are not in the text: they are counted here from numbering.xml, as Word counts them. Fields are counted
again too, and what they would become is held against what they show now.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from compositor.proof.expected import Difference, split
from compositor.proof.read import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
AROUND = {"AbstractTitle", "Keywords", "TranslatedSubtitle", "TranslatedTitle"}  # styles of what stands around an abstract
SILENT = {"instrText", "drawing", "pPr", "rPr", "footnoteRef"}


@dataclass(slots=True)
class Numbers:
    """Counts the numbers of paragraphs as Word does: one counter a level; each starts those below it anew."""

    levels: dict[tuple[str, int], tuple[str, str]]  # list and level → format, text
    lists: dict[str, str]  # instance → definition
    styles: dict[str, tuple[str, int]]  # paragraph style → instance and level
    counts: dict[str, list[int]] = field(default_factory=dict)

    def of(self, paragraph: etree._Element) -> str:
        """Give the number that stands before a paragraph; empty without one."""
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        instance, level = self.styles.get(style.get(f"{W}val") if style is not None else "", ("0", 0))
        own = paragraph.find(f"{W}pPr/{W}numPr")
        if own is not None:
            instance, level = own.find(f"{W}numId").get(f"{W}val"), int(own.find(f"{W}ilvl").get(f"{W}val"))
        kind, text = self.levels.get((self.lists.get(instance, ""), level), ("none", ""))
        if kind in ("none", "bullet"):
            return ""
        counts = self.counts.setdefault(self.lists[instance], [0] * 9)
        counts[level:] = [counts[level] + 1] + [0] * (8 - level)

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            form = self.levels[self.lists[instance], at][0]
            return chr(64 + counts[at]) if form == "upperLetter" else str(counts[at])

        return re.sub(r"%(\d)", shown, text)


def _numbers(numbering: etree._Element, styles: etree._Element) -> Numbers:
    levels = {
        (definition.get(f"{W}abstractNumId"), int(level.get(f"{W}ilvl"))): (
            level.find(f"{W}numFmt").get(f"{W}val"),
            level.find(f"{W}lvlText").get(f"{W}val"),
        )
        for definition in numbering.iterfind(f"{W}abstractNum")
        for level in definition.iterfind(f"{W}lvl")
    }
    lists = {item.get(f"{W}numId"): item.find(f"{W}abstractNumId").get(f"{W}val") for item in numbering.iterfind(f"{W}num")}
    counted = {
        style.get(f"{W}styleId"): (
            style.find(f"{W}pPr/{W}numPr/{W}numId").get(f"{W}val"),
            int(style.find(f"{W}pPr/{W}numPr/{W}ilvl").get(f"{W}val")),
        )
        for style in styles.iterfind(f"{W}style")
        if style.find(f"{W}pPr/{W}numPr") is not None
    }
    return Numbers(levels, lists, counted)


def _text(element: etree._Element) -> str:
    """Give the words below an element; formulas, drawings and field codes are silent, a call of a note is its number."""
    parts = []
    for node in element:
        name = etree.QName(node).localname if isinstance(node.tag, str) and node.tag.startswith(W) else ""
        if name in ("t", "delText"):
            parts.append(node.text or "")
        elif name in ("tab", "br", "cr"):
            parts.append(" ")
        elif name == "footnoteReference":
            parts.append(node.get("shown", ""))
        elif name and name not in SILENT:
            parts.append(_text(node))
    return "".join(parts)


def read_docx(data: bytes) -> tuple[Reading, list[Difference]]:
    """Read the document in order; gives also the fields that would change when Word counts them again.

    The ``flow`` of the reading holds figures and tables where they stand, and there are no islands.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: etree.fromstring(package.read(name)) for name in package.namelist() if name.endswith((".xml", ".rels"))}
    document = parts["word/document.xml"]
    reading = Reading()
    for number, call in enumerate(document.iter(f"{W}footnoteReference"), start=1):
        call.set("shown", str(number))
    notes = {note.get(f"{W}id"): note for note in parts["word/footnotes.xml"]}
    for call in document.iter(f"{W}footnoteReference"):
        note = notes[call.get(f"{W}id")]
        reading.notes.append(split(" ".join(_text(paragraph) for paragraph in note.iter(f"{W}p"))))
    for name in ("document", "footnotes"):
        targets = {item.get("Id"): item.get("Target") for item in parts[f"word/_rels/{name}.xml.rels"]}
        reading.links |= {targets[link.get(R_ID)] for link in parts[f"word/{name}.xml"].iter(f"{W}hyperlink") if link.get(R_ID)}
    numbers = _numbers(parts["word/numbering.xml"], parts["word/styles.xml"])
    heads: dict[etree._Element, str] = {}
    for paragraph, zone in _paragraphs(document):
        counted = numbers.of(paragraph)
        if _style(paragraph).startswith("Heading"):
            heads[paragraph] = counted
        words = split(f"{heads.get(paragraph, '')} {_text(paragraph)}")
        if zone == "front":
            reading.front += " ".join(words) + " "
            name = "".join(
                _text(mark.getparent().getparent())
                for mark in paragraph.iter(f"{W}rStyle")
                if mark.get(f"{W}val") == "AuthorName"
            )
            reading.authors += [name] if name else []
        else:
            (reading.abstract if zone == "abstract" else reading.flow).extend(words)
    return reading, _recount(document, heads)


def _style(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return str(style.get(f"{W}val")) if style is not None else ""


def _paragraphs(document: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Give each paragraph, and whether it stands in the front matter, the abstract or the text."""
    zone = "front"
    for block in document.find(f"{W}body"):
        if block.tag == f"{W}bookmarkStart" and block.get(f"{W}name") == "Text":
            zone = "text"
        for paragraph in block.iter(f"{W}p"):
            if zone == "abstract" and _style(paragraph) in AROUND:
                zone = "front"
            yield paragraph, zone
            if zone == "front" and _style(paragraph) == "AbstractTitle":
                zone = "abstract"


def _recount(document: etree._Element, heads: dict[etree._Element, str]) -> list[Difference]:
    """Do what Word does when it updates all fields: count captions, and look up what references point at."""
    marked, number_of = {}, {}
    for start in document.iter(f"{W}bookmarkStart"):
        inside = []
        for node in start.itersiblings():
            if node.tag == f"{W}bookmarkEnd" and node.get(f"{W}id") == start.get(f"{W}id"):
                break
            inside.append(node)
        marked[start.get(f"{W}name")] = "".join(map(_text, inside))
        number_of[start.get(f"{W}name")] = heads.get(start.getparent(), "")
    found: list[Difference] = []
    counts: dict[str, int] = {}
    for item in document.iter(f"{W}fldSimple"):
        kind, name, *switches = item.get(f"{W}instr").split()
        if kind == "SEQ":
            counts[name] = int(switches[switches.index("\\r") + 1]) if "\\r" in switches else counts.get(name, 0) + 1
            becomes = str(counts[name])
        else:
            becomes = (number_of if "\\n" in switches else marked).get(name, "")
        if _text(item) != becomes:
            found.append(Difference(f"the field {kind} {name}", _text(item), becomes))
    return found
