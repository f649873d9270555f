"""What the two editions for screens share: the set body in, put right for readers who see it or listen to it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from lxml import etree

from compositor import maths
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOSING = re.compile(r"[,.;:!?)\]}’”»…]+")
SVG = "{http://www.w3.org/2000/svg}svg"


def adapt(root: etree._Element) -> None:
    """Put a body right whose pictures are embedded already."""
    _part_drawings(root)
    _hold_formulas(root)
    for cell in root.iter("th"):
        if not len(cell) and not markup.text(cell):  # the corner above row heads: nothing to announce
            cell.tag = "td"
            cell.attrib.pop("scope", None)
    for link in root.xpath("//pre/code/span/a[not(node())]"):  # the mark of a line of code; Pandoc hides some of them only
        link.set("aria-hidden", "true")
        link.set("tabindex", "-1")
    for element in root.iter("{*}*"):
        for key in [key for key in element.attrib if key.startswith("data-") and key != key.lower()]:
            element.set(key.lower(), element.attrib.pop(key))  # Pandoc's data-startFrom is no name in XML


def scroll(tables: Iterable[etree._Element]) -> None:
    """Let tables that may be wide scroll by themselves, reachable by keyboard."""
    for table in list(tables):
        caption = table.find("caption")
        name = markup.text(caption) if caption is not None else ""
        box = etree.Element("div", {"class": "table-scroll", "tabindex": "0", "role": "region"})
        box.set("aria-label", name or "table")
        markup.replace(table, box)
        table.tail = None
        box.append(table)


def _hold_formulas(root: etree._Element) -> None:
    """Keep the comma behind a formula in its line: a browser ends a line on either side of what is not text."""
    for formula in maths.formulas(root):
        if formula.get("display") == "block" or not (sign := CLOSING.match(formula.tail or "")):
            continue
        held, tail = etree.Element("span", {"class": "held"}), formula.tail
        markup.replace(formula, held)
        held.append(formula)
        formula.tail, held.tail = sign[0], tail[sign.end() :]


def _part_drawings(root: etree._Element) -> None:
    """Give each further copy of an SVG ids of its own, and its rules and references with them."""
    seen: Counter[str] = Counter()
    for drawing in root.iter(SVG):
        name = drawing.get("id", "")
        seen[name] += 1
        if not name or seen[name] == 1:
            continue
        reference = re.compile(rf"#{re.escape(name)}(?!\d)")
        new = f"{name}-copy-{seen[name]}"
        for element in drawing.iter():
            if element.get("id", "").startswith(name):
                element.set("id", new + element.get("id").removeprefix(name))
            for key, value in element.attrib.items():
                element.set(key, reference.sub(f"#{new}", value))
            element.text = reference.sub(f"#{new}", element.text or "") or None
