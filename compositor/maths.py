"""Formulas: MathML in, an SVG drawing with its place on the baseline out, or plain text. No TeX, no network."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from functools import cache

from lxml import etree

from compositor import fonts
from compositor.markup import MATHML, drop

SIZE = 100.0  # drawn at this many units to the em
MARGIN = 1.0  # ziamath's own, in the same units


@dataclass(frozen=True, slots=True)
class Formula:
    """A drawn formula; lengths in em of the surrounding text."""

    svg: bytes
    width: float
    height: float
    depth: float  # below the baseline
    tex: str  # what the author wrote, for the alternative text


class MathError(ValueError):
    """A formula that cannot be drawn; carries its TeX."""


def draw(math: etree._Element) -> Formula:
    """Draw one ``math`` element. Raises MathError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it opens its font in an old way
        from ziamath.zmath import Math

    tex = "".join(math.xpath(".//*[local-name()='annotation']/text()")).strip()
    bare = etree.fromstring(etree.tostring(math, with_tail=False))
    for annotation in bare.xpath(".//*[local-name()='annotation']"):
        drop(annotation)
    for element in list(bare.iter()):
        element.tag = etree.QName(element).localname
        if element.tag == "semantics":
            element.tag = "mrow"
    etree.cleanup_namespaces(bare)
    noise = logging.getLogger()
    level = noise.level
    noise.setLevel(logging.CRITICAL)  # ziamath reports through the root logger
    try:
        drawing = Math(etree.tostring(bare, encoding="unicode"), size=SIZE, margin=MARGIN).svgxml()
    except Exception as error:  # a drawing library may raise anything on a formula it does not know
        raise MathError(tex) from error
    finally:
        noise.setLevel(level)
    _, top, width, height = (float(part) for part in drawing.get("viewBox", "0 0 0 0").split())
    if height <= 0:  # nothing to draw; ziamath makes it as high as it was taken to be deep
        return Formula(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"/>', 2 / SIZE, 2 / SIZE, 0.0, tex)
    from xml.etree import ElementTree

    svg = ElementTree.tostring(drawing, encoding="utf-8")
    return Formula(svg, width / SIZE, height / SIZE, (height + top) / SIZE, tex)


def lacking(math: etree._Element) -> str:
    """Give the letters of a formula that its font has not: each would be drawn as a box."""
    said = {letter for text in math.xpath(".//text()[not(ancestor::*[local-name()='annotation'])]") for letter in str(text)}
    return "".join(sorted(letter for letter in said if ord(letter) not in _alphabet() and not fonts.unseen(letter)))


@cache
def _alphabet() -> frozenset[int]:
    import uharfbuzz

    return frozenset(uharfbuzz.Face(fonts.of_formulas().read_bytes()).unicodes)


def formulas(root: etree._Element) -> list[etree._Element]:
    """Give every formula of a tree, in order."""
    return list(root.iter(f"{MATHML}math"))


RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
LOWERED = str.maketrans("0123456789+-−=()aeioux", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑᵢₒᵤₓ")
APART = set("=<>≤≥≠≈∼≡∈→←↦⊂⊆∝")  # relations, which have space around them


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
        return f" {text} " if text in APART else "" if text in "\u2061\u2062\u2063" else text
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


def _moved(text: str, letters: dict[int, int], mark: str) -> str:
    text = text.strip()
    return text.translate(letters) if text and all(ord(letter) in letters for letter in text) else f"{mark}{_held(text)}"


def _held(text: str) -> str:
    """Hold what has more than one sign together."""
    text = text.strip()
    return text if len(text) == 1 or text.isalnum() else f"({text})"
