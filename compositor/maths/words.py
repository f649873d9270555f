"""Formulas in words: what catalogues and marks take that show no drawing."""

from __future__ import annotations

import re

from lxml import etree

from compositor.markup import MATHML
from compositor.maths.atoms import sides_of

RAISED = str.maketrans("0123456789+-−=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
LOWERED = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
SEEN = 0.1  # em: a narrower space is none between words


def in_words(root: etree._Element) -> str:
    """Give a text with its formulas as plain text, for catalogues that take no other: E = mc²."""
    parts = [root.text or ""]
    for child in root:
        if child.tag == f"{MATHML}math":
            parts.append(_said(child).strip())
        elif isinstance(child.tag, str):
            parts.append(in_words(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _said(node: etree._Element) -> str:
    name = etree.QName(node).localname
    text = (node.text or "").strip()
    if name == "mo":
        sides = sides_of(node)
        return f" {text} " if sides == ("rel", "rel") else f"{text} " if sides == ("punct", "punct") else text if sides else ""
    if name == "mspace":
        return " " if _wide(node.get("width", "0")) else ""
    inner = [_said(child) for child in node if etree.QName(child).localname != "annotation"]
    match name, inner:
        case "msup", [base, power]:
            return base + _moved(power, RAISED, "^")
        case "msub", [base, index]:
            return base + _moved(index, LOWERED, "_")
        case "msubsup", [base, index, power]:
            return base + _moved(index, LOWERED, "_") + _moved(power, RAISED, "^")
        case "mfrac", [above, below]:
            return f"{_held(above)}/{_held(below)}"
        case "msqrt", _:
            return f"√{_held(''.join(inner))}"
    return text + "".join(inner)


def _wide(width: str) -> bool:
    found = re.fullmatch(r"([\d.]+)em", width)
    return bool(found and float(found[1]) > SEEN)


def _moved(text: str, letters: dict[int, int], mark: str) -> str:
    text = text.strip()
    return text.translate(letters) if text and all(ord(letter) in letters for letter in text) else f"{mark}{_held(text)}"


def _held(text: str) -> str:
    """Hold what has more than one sign together."""
    text = text.strip()
    return text if len(text) == 1 or text.isalnum() else f"({text})"
