"""The words of WordprocessingML (ISO/IEC 29500-1, transitional): its elements made, its relationships counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from lxml.builder import ElementMaker

from compositor.setting.direction import is_rtl

if TYPE_CHECKING:
    from lxml import etree

    from compositor.setting.media import Media

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = {
    "w": W,
    "r": R,
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
_MAKER = ElementMaker(namespace=W, nsmap=NAMES)
TWIPS = 56.6929  # to the millimetre
EAST_ASIAN = {"ja", "ko", "zh"}


def w(tag: str, *children: etree._Element, **attributes: object) -> etree._Element:
    """Make an element ``w:tag``; attributes are ``w:`` too, and a trailing underscore keeps a Python word free."""
    element = _MAKER(tag, {f"{{{W}}}{key.rstrip('_')}": str(value) for key, value in attributes.items()})
    element.extend(children)
    return element


def attribute(name: str, space: str = W) -> str:
    """Give the full name of an attribute."""
    return f"{{{space}}}{name}"


def language(lang: str) -> etree._Element:
    """Name the language of a run: Word keeps it in another place for each kind of script."""
    kind = "bidi" if is_rtl(lang) else "eastAsia" if lang.split("-")[0].lower() in EAST_ASIAN else "val"
    return w("lang", **{kind: lang})


@dataclass(slots=True)
class Part:
    """A part of the package with relationships of its own: the text, or the notes."""

    pictures: dict[str, str]  # file name in the package by the name of a picture, shared by all parts
    links: dict[str, str] = field(default_factory=dict)  # address → id
    files: dict[str, str] = field(default_factory=dict)  # file in word/ → id

    def link(self, address: str) -> str:
        """Give the id of an address outside."""
        whole = quote(address, safe="%/:=&?~#+!$,;'@()*[]")
        return self.links.setdefault(whole, f"rIdLink{len(self.links) + 1}")

    def picture(self, media: Media) -> str:
        """Give the id of a picture."""
        name = self.pictures.setdefault(media.name, f"media/{media.name}")
        return self.files.setdefault(name, f"rIdPicture{len(self.files) + 1}")
