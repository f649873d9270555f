"""What runs, fetches or sends: a tree in, the same without it out, and what went.

Nothing of the kind belongs in a publication, whoever wrote it there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tinycss2
from lxml import etree

from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Iterator

# Elements that run, fetch or send; nothing of the kind belongs in a publication.
ACTIVE = {
    "applet", "audio", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link", "meta", "object",
    "portal", "script", "select", "source", "style", "textarea", "track", "video", "foreignobject", "set", "animate",
}  # fmt: skip
ADDRESSES = {
    "action",
    "background",
    "cite",
    "data",
    "formaction",
    "href",
    "longdesc",
    "manifest",
    "ping",
    "poster",
    "src",
    "srcset",
}
SCHEMES = ("http", "https", "ftp", "mailto", "tel", "doi", "urn")
# Attributes that hold CSS values: style, and SVG's own that may name something by url().
STYLED = {
    "style", "clip-path", "color-profile", "cursor", "fill", "filter", "marker", "marker-start", "marker-mid", "marker-end",
    "mask", "stroke",
}  # fmt: skip
FETCHING = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade", "expression", "paint"}
PICTURES = ("image", "feImage")  # of SVG
BITMAP = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp)[;,]", re.IGNORECASE)


def css_addresses(sheet: str) -> Iterator[str]:
    """Give every address that CSS asks for, as a browser reads it: escapes undone, in whatever function it stands."""
    if not re.search(r"[(\\@]", sheet):
        return
    waiting = tinycss2.parse_component_value_list(sheet, skip_comments=True)[::-1]
    while waiting:
        node = waiting.pop()
        if node.type == "url":
            yield node.value
        elif node.type == "at-keyword" and node.lower_value == "import":
            yield "@import"  # never harmless: a sheet in data: may import another
            while waiting and waiting.pop() != ";":
                pass
        elif node.type == "function":
            if node.lower_name in FETCHING:
                yield from (part.value for part in node.arguments if part.type == "string")
            if node.lower_name in ("expression", "paint"):
                yield f"{node.lower_name}("
            waiting += node.arguments[::-1]
        elif node.type in ("() block", "[] block", "{} block"):
            waiting += node.content[::-1]


def is_link(address: str) -> bool:
    """Whether a reader may follow an address: a place in the text, a relative one, or one of the schemes that run nothing."""
    bare = re.sub(r"[\s\x00-\x20\x7f-\xa0]+", "", address)
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", bare)
    return scheme is None or scheme[1].lower() in SCHEMES


def _is_safe(element: etree._Element, name: str, value: str) -> bool:
    """Whether an attribute neither runs, nor fetches, nor leads to a program."""
    if name.startswith("on") or (name in STYLED and any(not found.startswith("#") for found in css_addresses(value))):
        return False
    if name not in ADDRESSES:
        return True
    tag = etree.QName(element).localname
    if tag == "img" and name == "src":
        return True  # media.py looks at it
    if name == "href" and tag not in ("a", "area"):  # of SVG: a gradient, a path for text or a picture may be another file's
        return value.startswith("#") or (tag in PICTURES and BITMAP.match(value) is not None)
    return name in ("href", "cite") and is_link(value)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something active that was taken out."""

    name: str  # "<script>", "href='javascript:…'"
    needle: str  # the text it can be found by in the source
    work: str  # the key of the work in whose entry of the reference list it stood, or empty


def drop_active(root: etree._Element, keep: tuple[str, ...] = ()) -> list[Dropped]:
    """Take scripts and other active content out; gives what went."""
    gone = []
    for element in list(root.iter(etree.Element)):
        name = etree.QName(element).localname
        if name.lower() in ACTIVE and name not in keep and not (name == "input" and element.get("type") == "checkbox"):
            gone.append(Dropped(f"<{name}>", f"<{name}", _work(element)))
            markup.drop(element)
            continue
        for key, value in list(element.attrib.items()):
            attribute = etree.QName(key).localname.lower()
            if not _is_safe(element, attribute, value):
                shown = value if attribute in ADDRESSES else f"{attribute}="
                gone.append(Dropped(f"{attribute}={value[:40]!r}", shown, _work(element)))
                del element.attrib[key]
    return gone


def _work(element: etree._Element) -> str:
    entries = element.xpath("ancestor-or-self::*[starts-with(@id, 'ref-')][1]/@id")
    return str(entries[0]).removeprefix("ref-") if entries else ""


def clean(fragment: str) -> str:
    """Take active content out of a short text of the front matter, and pictures with it."""
    root = markup.parse(fragment)
    drop_active(root)
    for image in list(root.iter("img")):
        markup.drop(image)
    return markup.inner(root)
