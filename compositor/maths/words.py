"""Formulas in words: what catalogues and marks take that show no drawing."""

from __future__ import annotations

import re
from unicodedata import combining, normalize

from lxml import etree

from compositor.maths.atoms import sides_of
from compositor.maths.shapes import ONE
from compositor.setting.markup import MATHML

RAISED = str.maketrans("0123456789+-−=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
LOWERED = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
ROOTS = {"2": "√", "3": "∛", "4": "∜"}
PRIMES = "′″‴⁗"
LINES = set("‾¯_―\u0332")
LINE_ABOVE, LINE_BELOW = "\u0305", "\u0332"
SEEN = 0.1  # em: a narrower space is none between words


def in_words(root: etree._Element) -> str:
    """Give a text with its formulas as plain text, for catalogues that take no other: E = mc²."""
    parts = [root.text or ""]
    for child in root:
        if child.tag == f"{MATHML}math":
            parts.append(said(child).strip())
        elif isinstance(child.tag, str):
            parts.append(in_words(child))
        parts.append(child.tail or "")
    return "".join(parts)


def said(node: etree._Element) -> str:
    """Give a formula, or a part of it, in letters and signs, with the spaces that part words."""
    name = etree.QName(node).localname
    text = (node.text or "").strip()
    if name == "mo":
        sides = sides_of(node)
        return f" {text} " if sides == ("rel", "rel") else f"{text} " if sides == ("punct", "punct") else text if sides else ""
    if name == "mspace":
        return " " if _wide(node.get("width", "0")) else ""
    inner = [said(child) for child in node if etree.QName(child).localname != "annotation"]
    match name, inner:
        case "mphantom", _:
            return ""
        case "mover" | "munder", [base, mark] if node[1].get("accent") == "true":
            return _marked(base, mark.strip(), below=name == "munder")
        case "msup" | "mover", [base, power]:
            return _scripted(base, power=power)
        case "msub" | "munder", [base, index]:
            return _scripted(base, index, apart=name == "munder")
        case "msubsup" | "munderover", [base, index, power]:
            return _scripted(base, index, power, apart=name == "munderover")
        case "mfrac", [above, below] if node.get("linethickness") == "0":
            return f"{above} {below}"
        case "mfrac", [above, below]:
            return f"{_held(above)}/{_held(below)}"
        case "msqrt", _:
            return f"√{_held(''.join(inner))}"
        case "mroot", [base, index]:
            return f"{ROOTS.get(index.strip()) or _moved(index, RAISED, '^') + '√'}{_held(base)}"
        case "mtable", _:
            return "; ".join(row.strip() for row in inner)
        case "mtr", _:
            return " ".join(cell.strip() for cell in inner)
    return text + "".join(inner)


def _scripted(base: str, index: str = "", power: str = "", *, apart: bool = False) -> str:
    """Put scripts behind a base, and a space where they are its limits; that around a sign remains around both."""
    bare = base.rstrip()
    scripts = (_moved(index, LOWERED, "_") if index else "") + (_moved(power, RAISED, "^") if power else "")
    return bare + scripts + (base[len(bare) :] or " " * apart)


def _marked(base: str, mark: str, *, below: bool) -> str:
    """Put an accent on a letter, or on all letters of several; a brace says nothing."""
    if below:
        return "".join(letter + LINE_BELOW for letter in base) if mark in LINES else _held(base)
    if mark in LINES and len(base) > 1:
        return "".join(letter + LINE_ABOVE for letter in base)
    return normalize("NFC", _held(base) + (mark if len(mark) == 1 and combining(mark) else ONE.get(mark, "")))


def _wide(width: str) -> bool:
    found = re.fullmatch(r"([\d.]+)em", width)
    return bool(found and float(found[1]) > SEEN)


def _moved(text: str, letters: dict[int, int], mark: str) -> str:
    text = text.strip()
    if not text.strip(PRIMES):
        return text
    return text.translate(letters) if text and all(ord(letter) in letters for letter in text) else f"{mark}{_held(text)}"


def _held(text: str) -> str:
    """Hold what has more than one sign together."""
    text = text.strip()
    return text if len(text) == 1 or (text.isalnum() and normalize("NFKC", text) == text) else f"({text})"
