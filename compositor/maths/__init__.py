"""Formulas: MathML in, where each of its letters and strokes stands on paper out, or plain text. No TeX, no network."""

from __future__ import annotations

import hashlib
import logging
import warnings
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from compositor.fonts import alphabets, mathfont
from compositor.maths import marks, parting, placing, shapes
from compositor.maths.atoms import name_signs, set_accents, show_lines, space_out
from compositor.maths.words import in_words, said
from compositor.setting.markup import MATHML, drop, inner, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Formula",
    "MathError",
    "draw",
    "formulas",
    "in_words",
    "known",
    "lacking",
    "letters",
    "recall",
    "settle",
    "settle_text",
]

SIZE = 100.0  # drawn at this many units to the em
SCALE = 0.94  # of the text's size: the capitals of formulas are as high as those of the text, their small letters higher
MARGIN = 1.0  # ziamath's own, in the same units
THINNEST = 2.0


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it is drawn; lengths in em of the surrounding text."""

    name: str  # of what it says: formulas that say the same have one
    marks: tuple[marks.Mark, ...]
    width: float
    height: float
    depth: float  # below the baseline
    tex: str  # what the author wrote, for the alternative text
    words: str  # for who copies or searches
    parts: tuple[Formula, ...] = ()  # where it is wide: with the sign between two of them, where a line may end


_drawn: dict[str, Formula] = {}  # by name; a process builds one manuscript


class MathError(ValueError):
    """A formula that cannot be drawn; carries its TeX, or its letters where it has none."""


def settle(math: etree._Element) -> None:
    """Have every edition show a formula as TeX does: with its spaces and accents, whatever a browser's dictionary says."""
    name_signs(math)
    space_out(math)
    set_accents(math)
    show_lines(math)


def settle_text(html: str) -> str:
    """Do the same to the formulas of a piece of HTML."""
    root = parse(html)
    for formula in formulas(root):
        settle(formula)
    return inner(root)


def draw(math: etree._Element) -> Formula:
    """Draw one ``math`` element; what has been drawn before is known. Raises MathError."""
    written = etree.tostring(math, with_tail=False)
    name = hashlib.sha256(written).hexdigest()
    if name not in _drawn:
        _drawn[name] = _draw(etree.fromstring(written), name)
    return _drawn[name]


def known() -> tuple[Formula, ...]:
    """Give all that has been drawn."""
    return tuple(_drawn.values())


def recall(drawn: Mapping[str, Formula]) -> None:
    """Know the drawings that another process has made, by their names."""
    _drawn.update(drawn)


def _draw(math: etree._Element, name: str) -> Formula:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it opens its font in an old way
        from ziamath.zmath import Math

    tex = "".join(math.xpath(".//*[local-name()='annotation']/text()")).strip()
    named = tex or " ".join("".join(math.itertext()).split()) or "<math>"
    noise = logging.getLogger()
    level = noise.level
    noise.setLevel(logging.CRITICAL)  # ziamath reports through the root logger
    silence = logging.NullHandler()
    noise.addHandler(silence)  # a root logger without one is given one that prints, and prints for WeasyPrint ever after
    em = SIZE / SCALE
    try:
        words = " ".join(said(math).split())
        for annotation in math.xpath(".//*[local-name()='annotation']"):
            drop(annotation)
        for element in list(math.iter()):
            element.tag = etree.QName(element).localname
            if element.tag == "semantics":
                element.tag = "mrow"
        etree.cleanup_namespaces(math)
        told = parting.name_joints(math)
        shapes.set_styles(math)
        shapes.set_shapes(math)
        placing.place_as_specified()
        marks.name_glyphs()
        set_out = Math(etree.tostring(math, encoding="unicode"), size=SIZE, margin=MARGIN)
        drawing = set_out.svgxml()
        left, top, width, height = (float(part) for part in drawing.get("viewBox", "0 0 0 0").split())
        width = max(left + width - MARGIN, THINNEST)  # from the first letter's origin, not its ink, as a word is
        found = marks.read(drawing, top, em)
    except Exception as error:  # MathML of the author's may have any form, and a drawing library raise anything
        raise MathError(named) from error
    finally:
        noise.setLevel(level)
        noise.removeHandler(silence)
    if height <= 0:  # nothing to draw; ziamath makes it as high as it was taken to be deep
        if any(not alphabets.unseen(letter) for letter in "".join(math.itertext())):
            raise MathError(named)
        return Formula(name, (), THINNEST / em, THINNEST / em, 0.0, tex, words)
    whole = Formula(name, found, width / em, height / em, (height + top) / em, tex, words)
    if math.get("display") == "block":
        return whole
    parts = [
        replace(whole, name=f"{name}-{number}", marks=part.marks, width=part.width, tex="", words=part.words)
        for number, part in enumerate(parting.part(set_out.node, found, whole.width, told, em))
    ]
    return replace(whole, parts=tuple(parts))


def lacking(math: etree._Element) -> str:
    """Give the letters of a formula that its font has not: each would be drawn as a box."""
    said = {letter for text in math.xpath(".//text()[not(ancestor::*[local-name()='annotation'])]") for letter in str(text)}
    return "".join(sorted(letter for letter in said if ord(letter) not in _alphabet() and not alphabets.unseen(letter)))


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

    return frozenset(uharfbuzz.Face(mathfont.of_formulas().read_bytes()).unicodes)


def formulas(root: etree._Element) -> list[etree._Element]:
    """Give every formula of a tree, in order."""
    return list(root.iter(f"{MATHML}math"))
