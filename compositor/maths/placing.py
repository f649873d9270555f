"""Where ziamath puts scripts, and how long its em is: as the OpenType specification has it for fonts with a MATH table.

It raises the script of a single letter as if the letter were a box, and takes an em for a third more than one.
Source: https://learn.microsoft.com/typography/opentype/spec/math (constants), and TeXbook, appendix G, rule 18.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

# ziamath's own, in eighteenths of an em; thin is only left beside fractions, as TeX's \nulldelimiterspace of 0.12 em
SPACES = {"thin": 2.16, "medium": 4, "thick": 5, "verythin": 2, "verythick": 6, "veryverythin": 1, "veryverythick": 7}
UNITS = {"em": 1.0, "ex": 0.473, "mu": 1 / 18, "pt": 0.1, "pc": 1.2, "mm": 0.2845, "cm": 2.845, "in": 7.227, "": 0.01}
LETTERS = {"mi", "mn"}
MOST = 4096  # heights that are remembered
ROWS = {"mrow", "mtd", "mpadded", "mphantom", "merror"}


@cache
def place_as_specified() -> None:
    """Have every formula drawn so, from now on."""
    nodes: Any = import_module("ziamath.nodes")
    mnode, moperator, mrow, msubsup = nodes.mnode, nodes.moperator, nodes.mrow, nodes.msubsup
    above, below = msubsup.place_super, msubsup.place_sub
    mnode.Mnode.size_px = _length
    set_up, measure = moperator.Moperator._setup, mrow.Mrow._get_height_nostretch
    styles: Any = import_module("ziamath.styles")
    styles.asdict = vars  # which it reads only, and copied in depth for each sign

    def place_super(base: Any, script: Any, font: Any) -> tuple[float, float, float]:
        if base.params.get("movablelimits") == "true" and base.style.displaystyle:
            found: tuple[float, float, float] = above(base, script, font)
            return found
        consts = font.math.consts
        shift = consts.superscriptShiftUp
        if not _is_letter(base):
            shift = max(shift, base.points_to_units(base.bbox.ymax) - consts.superscriptBaselineDropMax)
        shift = max(shift, consts.superscriptBottomMin - base.points_to_units(script.bbox.ymin))
        beside, _, _ = above(base, script, font)  # what leans is moved aside, and what stands together is kerned
        return beside, -base.units_to_points(shift), beside + _advance(base, script, font)

    def place_sub(base: Any, script: Any, font: Any) -> tuple[float, float, float]:
        if base.params.get("movablelimits") == "true" and base.style.displaystyle:
            found: tuple[float, float, float] = below(base, script, font)
            return found
        consts = font.math.consts
        shift = consts.subscriptShiftDown
        if not _is_letter(base):
            shift = max(shift, consts.subscriptBaselineDropMin - base.points_to_units(base.bbox.ymin))
        shift = max(shift, base.points_to_units(script.bbox.ymax) - consts.subscriptTopMax)
        beside, _, _ = below(base, script, font)
        return beside, base.units_to_points(shift), beside + _advance(base, script, font)

    def centred(sign: Any, **options: Any) -> None:
        set_up(sign, **options)
        if sign.params.get("largeop") == "true" and sign.nodes:
            box = sign.bbox
            lower = (box.ymax + box.ymin) / 2 - sign.units_to_points(sign.font.math.consts.axisHeight)
            sign.nodexy = [(x, y + lower) for x, y in sign.nodexy]
            sign.bbox = type(box)(box.xmin, box.xmax, box.ymin - lower, box.ymax - lower)

    heights: dict[Any, tuple[float, float]] = {}

    def measured(row: Any, line: list[Any], **options: Any) -> tuple[float, float]:
        # it makes every part twice, and each part of a part: so only where a bracket asks how high they are, and once
        if not any(map(_stretches, line)):
            return (0.0, 0.0)
        around = {name: value for name, value in options.items() if name not in ("rowymin", "rowymax")}
        key = (row.glyphsize, repr(row.style), repr(sorted(around.items())), *map(ElementTree.tostring, line))
        if key not in heights:
            if len(heights) >= MOST:
                heights.clear()
            heights[key] = measure(row, line, **options)
        return heights[key]

    moperator.Moperator._setup = centred
    mrow.Mrow._get_height_nostretch = measured
    msubsup.place_super, msubsup.place_sub = place_super, place_sub


def _stretches(part: Any) -> bool:
    """Tell whether a part is, or has outside of rows of its own, a sign that is as high as its row."""
    if part.tag == "mo":
        return bool(part.get("stretchy") != "false")
    return part.tag not in ROWS and any(map(_stretches, part))


def _is_letter(base: Any) -> bool:
    """Tell whether scripts stand as high as beside a letter: they do beside every one alike."""
    if base.mtag == "mrow":
        return len(base.nodes) == 1 and _is_letter(base.nodes[0])
    return base.mtag in LETTERS or (base.mtag == "mover" and base.element.get("accent") == "true" and _is_letter(base.base))


def _advance(base: Any, script: Any, font: Any) -> float:
    return float(script.xadvance() + base.font_units_to_points(font.math.consts.spaceAfterScript))


def _length(node: Any, size: str, fontsize: float | None = None) -> float:
    """Give a length in the drawing's units; an absolute one as if the type were of ten points."""
    em = node.glyphsize if fontsize is None else fontsize
    if named := re.fullmatch(r"(negative)?((?:very)*(?:thin|medium|thick))mathspace", size):
        return (-1 if named[1] else 1) * SPACES[named[2]] / 18 * em
    if (found := re.fullmatch(r"([+-]?\d*\.?\d+)\s*([a-z]*)", size.strip())) and found[2] in UNITS:
        return float(found[1]) * UNITS[found[2]] * em if found[2] else float(found[1])
    return 0.0
