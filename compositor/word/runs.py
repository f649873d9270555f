"""Runs: a stretch of text and how it looks in, ``w:r`` out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree

from compositor.setting.direction import is_rtl
from compositor.word import revisions
from compositor.word.parts import attribute, language, w

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACE = attribute("space", "http://www.w3.org/XML/1998/namespace")
# XHTML → a change of the look; a class counts as much as a tag
LOOKS = {
    "strong": {"bold": True},
    "b": {"bold": True},
    "em": {"italic": True},
    "i": {"italic": True},
    "cite": {"italic": True},
    "var": {"italic": True},
    "del": {"struck": True},
    "s": {"struck": True},
    "u": {"underlined": True},
    "ins": {"underlined": True},
    "sub": {"height": "subscript"},
    "sup": {"height": "superscript"},
    "code": {"style": "HTMLCode"},
    "kbd": {"style": "HTMLCode"},
    "samp": {"style": "HTMLCode"},
    "gloss-source": {"italic": True},
    "smallcaps": {"small": True},
    "underline": {"underlined": True},
    "label": {"style": "CaptionLabel"},
    "term": {"style": "Term"},
    "author-name": {"style": "AuthorName"},
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks; ``lang`` is named where it is not the document's."""

    style: str = ""  # id of a character style
    bold: bool = False
    italic: bool = False
    small: bool = False  # capitals
    struck: bool = False
    underlined: bool = False
    height: str = ""  # superscript or subscript
    change: str = ""  # "ins" or "del" where it was not there in an earlier version, or is there no more
    lang: str = ""

    def within(self, element: etree._Element) -> Look:
        """Give the look inside an element."""
        found = self
        names = (etree.QName(element).localname, *element.get("class", "").split())
        if revisions.MARK in names and names[0] in ("ins", "del"):
            return replace(found, change=names[0])
        for name in names:
            if name in LOOKS and not (name == "label" and "label" not in element.get("class", "")):
                found = replace(found, **LOOKS[name])  # type: ignore[arg-type]
        lang = element.get("lang") or element.get("{http://www.w3.org/XML/1998/namespace}lang")
        return replace(found, lang=lang) if lang else found

    def properties(self) -> etree._Element | None:
        """Write it; the order is that of the schema."""
        found = [w("rStyle", val=self.style)] if self.style else []
        toggles = (("b", self.bold), ("i", self.italic), ("smallCaps", self.small), ("strike", self.struck))
        for tag, on in toggles:
            if on:
                found += [w(tag)] + ([w(f"{tag}Cs")] if tag in "bi" else [])
        found += [w("u", val="single")] if self.underlined else []
        found += [w("vertAlign", val=self.height)] if self.height else []
        if self.lang:
            found += [*([w("rtl")] if is_rtl(self.lang) else []), language(self.lang)]
        return w("rPr", *found) if found else None


PLAIN = Look()


def run(look: Look, *content: etree._Element) -> etree._Element:
    """Make a run; one that has changed stands in a ``w:ins`` or ``w:del``."""
    properties = look.properties()
    made = w("r", *([properties] if properties is not None else []), *content)
    return revisions.tracked(made, look.change) if look.change else made


def text_runs(text: str, look: Look) -> Iterator[etree._Element]:
    """Write a text: tabs, line ends and soft hyphens are elements in Word."""
    pieces = [piece for piece in re.split("([\t\n\u00ad])", text) if piece]
    if pieces:
        yield run(look, *map(_piece, pieces))


def _piece(piece: str) -> etree._Element:
    if piece in "\t\n\u00ad":
        return w({"\t": "tab", "\n": "br", "\u00ad": "softHyphen"}[piece])
    element = w("t")
    element.text = piece
    element.set(SPACE, "preserve")
    return element


def field(instruction: str, result: str, look: Look) -> etree._Element:
    """Make a field that Word can count again; ``result`` is what it shows until then."""
    return w("fldSimple", *text_runs(result, look), instr=instruction)
