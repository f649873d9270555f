"""Fonts for tests: each letter is a box, in every form that an author's font may have."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from fontTools.cffLib import FDArrayIndex, FDSelect, FontDict
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

if TYPE_CHECKING:
    from fontTools.pens.basePen import AbstractPen


def _box(pen: AbstractPen, width: int = 500) -> None:
    pen.moveTo((50, 0))
    pen.lineTo((50, 700))
    pen.lineTo((width, 700))
    pen.lineTo((width, 0))
    pen.closePath()


def own(letters: str, family: str = "Test Boxes", style: str = "Regular", *, form: str = "ttf", allowed: int = 0) -> bytes:
    """Make a font of these letters.

    ``form`` is ttf, otf, woff, woff2, cid, whose glyphs have numbers for names, or, variable in its weight, variable or cff2;
    ``allowed`` is OS/2's fsType.
    """
    names = {ord(letter): f"u{ord(letter):04X}" for letter in letters}
    order = [".notdef", "space", *names.values()]
    builder = FontBuilder(1000, isTTF=form not in ("otf", "cid", "cff2"))
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({0x20: "space"} | names)
    if form in ("otf", "cid", "cff2"):
        strings = {}
        for name in order:
            pen = T2CharStringPen(600, None)
            if name != "space":
                _box(pen)
            strings[name] = pen.getCharString()
        if form in ("otf", "cid"):
            builder.setupCFF("TestBoxes", {}, strings, {})
        else:
            wide = T2CharString(program=[50, 0, "rmoveto", 700, "vlineto", 450, 100, 1, "blend", "hlineto", -700, "vlineto"])
            builder.setupNameTable({})
            builder.setupFvar([("wght", 300, 400, 900, "Weight")], [])
            builder.setupCFF2(dict.fromkeys(order, wide), regions=[{"wght": (0, 1, 1)}])
    else:
        glyphs = {}
        for name in order:
            drawn = TTGlyphPen(None)
            if name != "space":
                _box(drawn)
            glyphs[name] = drawn.glyph()
        builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(order, (600, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": style})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200, fsType=allowed, usWeightClass=400)
    builder.setupPost()
    if form == "variable":
        builder.setupFvar([("wght", 300, 400, 900, "Weight")], [])
        wider = [None, None, (100, 0), (100, 0), None, None, None, None]
        variations = {name: [TupleVariation({"wght": (0, 1, 1)}, wider)] for name in names.values()}
        builder.setupGvar(variations)
    if form == "cid":
        _number(builder.font)
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    builder.font.flavor = form if form.startswith("woff") else None
    out = io.BytesIO()
    builder.font.save(out)
    return out.getvalue()


def _number(font: TTFont) -> None:
    """Give the glyphs of a font numbers for names, with gaps between them, as large fonts of Chinese have."""
    top = font["CFF "].cff[0]
    names = [".notdef", *(f"cid{number * 300:05}" for number in range(1, len(top.charset)))]
    top.CharStrings.charStrings = dict(zip(names, top.CharStrings.charStrings.values(), strict=True))
    top.ROS, top.CIDCount, top.charset = ("Adobe", "Identity", 0), 300 * len(names), names
    part = FontDict()
    part.setCFF2(False)
    part.FontName, part.Private = "TestBoxes", top.Private
    top.FDArray, top.FDSelect = FDArrayIndex(), FDSelect()
    top.FDArray.append(part)
    top.FDSelect.gidArray = [0] * len(names)
    top.CharStrings.fdArray, top.CharStrings.fdSelect = top.FDArray, top.FDSelect
    del top.Private
    order = dict(zip(font.getGlyphOrder(), names, strict=True))
    for table in font["cmap"].tables:
        table.cmap = {code: order[name] for code, name in table.cmap.items()}
    font["hmtx"].metrics = {order[name]: value for name, value in font["hmtx"].metrics.items()}
    font.setGlyphOrder(names)


def without(data: bytes, table: str) -> bytes:
    """Give a font without one of its tables."""
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    del font[table]
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
