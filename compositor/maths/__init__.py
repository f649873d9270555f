"""Formulas: MathML in, an SVG drawing with its place on the baseline out, or plain text. No TeX, no network."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from compositor import fonts
from compositor.markup import MATHML, drop, inner, parse
from compositor.maths import placing, shapes
from compositor.maths.atoms import set_accents, space_out
from compositor.maths.words import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Formula", "MathError", "draw", "formulas", "in_words", "lacking", "letters", "settle", "settle_text"]

SIZE = 100.0  # drawn at this many units to the em
SCALE = 0.94  # of the text's size: the capitals of formulas are as high as those of the text, their small letters higher
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


def settle(math: etree._Element) -> None:
    """Have every edition show a formula as TeX does: with its spaces and accents, whatever a browser's dictionary says."""
    space_out(math)
    set_accents(math)


def settle_text(html: str) -> str:
    """Do the same to the formulas of a piece of HTML."""
    root = parse(html)
    for formula in formulas(root):
        settle(formula)
    return inner(root)


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
    shapes.set_styles(bare)
    shapes.set_shapes(bare)
    placing.place_as_specified()
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
        if any(not fonts.unseen(letter) for letter in "".join(bare.itertext())):
            raise MathError(tex)
        return Formula(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"/>', 2 / SIZE, 2 / SIZE, 0.0, tex)
    from xml.etree import ElementTree

    svg = ElementTree.tostring(drawing, encoding="utf-8")
    em = SIZE / SCALE
    return Formula(svg, width / em, height / em, (height + top) / em, tex)


def lacking(math: etree._Element) -> str:
    """Give the letters of a formula that its font has not: each would be drawn as a box."""
    said = {letter for text in math.xpath(".//text()[not(ancestor::*[local-name()='annotation'])]") for letter in str(text)}
    return "".join(sorted(letter for letter in said if ord(letter) not in _alphabet() and not fonts.unseen(letter)))


def letters(roots: Iterable[etree._Element]) -> frozenset[int]:
    """Give the letters that the formulas of these trees have, beside those that lean; none where there is no formula."""
    said = "".join(
        str(text)
        for root in roots
        for formula in formulas(root)
        for text in formula.xpath(".//text()[not(ancestor::*[local-name()='annotation'])]")
    )
    return frozenset(map(ord, said))


@cache
def _alphabet() -> frozenset[int]:
    import uharfbuzz

    return frozenset(uharfbuzz.Face(fonts.of_formulas().read_bytes()).unicodes)


def formulas(root: etree._Element) -> list[etree._Element]:
    """Give every formula of a tree, in order."""
    return list(root.iter(f"{MATHML}math"))
