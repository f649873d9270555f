"""Lead-ins: a body in, the same body with the paragraphs that lead over to what follows marked out.

"We obtain:" does not stand at the foot of a page when the formula is on the next one: its style keeps the paragraph's last
lines with what they lead to. A list, code or a quotation is led to by words that do not end a sentence, a formula by any, and
a quotation's source, behind a dash, by its last lines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml import etree

LEAD = "lead-in"  # the class of a paragraph that leads over to what follows
CONTINUED = "continued"  # the class of a paragraph that goes on behind a formula
LED = "led"  # the class of a formula that the words before it in its paragraph lead to
ALONE = "qed-alone"  # the class of a paragraph that holds nothing but the sign at the end of a proof
BLOCKS = {"ul", "ol", "dl", "pre", "blockquote"}
CLASSES = {"sourceCode", "line-block"}
ENDED = re.compile(r"[.!?…。！？؟।][\"'”’»«“)\]\s]*$")  # a sentence, perhaps quoted
SOURCE = re.compile(r"\s*(?:[\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}]|--)")
FORMULA = "self::*[local-name()='math' and @display='block'] or self::span[contains(concat(' ', @class, ' '), ' equation ')]"


def mark(root: etree._Element) -> None:
    """Mark the lead-ins of a body whose formulas are not drawn yet and whose notes stand at its end."""
    for formula in root.xpath(f".//p/*[{FORMULA}]"):
        before = formula.getprevious()
        if (formula.getparent().text or "").strip() or before is not None:
            formula.set("class", f"{formula.get('class', '')} {LED}".strip())
    for mark in root.xpath(".//p/span[@class='qed']"):
        formula, block = mark.getprevious(), mark.getparent()
        if formula is not None and not (formula.tail or "").strip() and formula.xpath(FORMULA):
            formula.set("class", f"{formula.get('class', '')} {LEAD}".strip())
        elif formula is None and not (block.text or "").strip():  # behind a list, say
            block.set("class", f"{block.get('class', '')} {ALONE}".strip())
    for block in root.iter("p"):
        following = block.getnext()
        if following is not None and not _is_formula(block) and (_is_formula(following) or _leads(block, following)):
            block.set("class", f"{block.get('class', '')} {LEAD}".strip())


def belong_together(before: Any, behind: Any | None) -> bool:
    """Whether no figure may come between two elements: the first leads over, or the second goes on behind its formula."""
    return leads_over(before) or (behind is not None and CONTINUED in (behind.get("class") or "").split())


def leads_over(element: Any) -> bool:
    """Whether an element is a lead-in."""
    return LEAD in (element.get("class") or "").split()


def _is_formula(block: etree._Element) -> bool:
    """Whether a block begins with a displayed formula."""
    return block.tag == "p" and not (block.text or "").strip() and bool(block.xpath(f"./*[1][{FORMULA}]"))


def _leads(block: etree._Element, following: etree._Element) -> bool:
    if following.tag == "p":
        quoted = following.getparent().tag == "blockquote" and following.getnext() is None
        return quoted and SOURCE.match("".join(following.itertext())) is not None
    if following.tag not in BLOCKS and not CLASSES & set(following.get("class", "").split()):
        return False
    said = "".join(block.xpath(".//text()[not(ancestor::a[@role='doc-noteref'])]"))
    return bool(said.strip()) and not ENDED.search(said)
