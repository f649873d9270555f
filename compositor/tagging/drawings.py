"""Drawings that stand in the text itself: raw SVG in, which JATS has no place for, and images that name files beside it out."""

from __future__ import annotations

from lxml import etree

from compositor.setting import markup

SVG = "{http://www.w3.org/2000/svg}svg"


def drawings(root: etree._Element) -> list[etree._Element]:
    """Give the drawings of a body, in order."""
    return [drawing for drawing in root.iter(SVG) if not any(parent.tag == SVG for parent in drawing.iterancestors())]


def described(drawing: etree._Element) -> str:
    """Give what a drawing says it shows, or else its words."""
    return drawing.get("aria-label") or markup.text(drawing)


def name(root: etree._Element) -> etree._Element:
    """Put an image in the place of each drawing: ``drawing:1`` and so on."""
    for number, drawing in enumerate(drawings(root), start=1):
        markup.replace(drawing, etree.Element("img", {"src": f"drawing:{number}", "alt": described(drawing)}))
    return root
