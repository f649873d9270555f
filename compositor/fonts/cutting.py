"""Cutting fonts: a face and the blocks or the weight that are wanted in, a smaller font out.

Packing a font as WOFF2 takes a second or so, and fixing a weight a fifth; both are kept in the user's cache.
"""

from __future__ import annotations

import io
from functools import partial
from importlib.metadata import version

from compositor.fonts.typefaces import FACES, Face
from compositor.running.kept import kept

JOINERS = (0x20, 0xA0, 0x200C, 0x200D, 0x200E, 0x200F, 0x25CC)  # what stands inside a run of such letters
NAMES = (*range(7), 13, 14)  # OpenType's name table: who made it, what it is called, its licence

# What the style sheets ask for; every other feature is left out of a cut.
FEATURES = [
    "kern",
    "liga",
    "clig",
    "calt",
    "ccmp",
    "locl",
    "mark",
    "mkmk",
    "onum",
    "pnum",
    "lnum",
    "tnum",
    "smcp",
    "c2sc",
    "sups",
]

# A cut covers whole blocks, so that an edit rarely needs a new one. Unicode 17, Blocks.txt.
BLOCKS = (
    (0x0020, 0x00FF), (0x0100, 0x024F), (0x0250, 0x02FF), (0x0300, 0x036F), (0x0370, 0x03FF), (0x0400, 0x052F),
    (0x1D00, 0x1DFF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF),
    (0x2100, 0x218F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0xFB00, 0xFB06),
)  # fmt: skip

ALWAYS = (0x0020, 0x2000, 0x2190)


def blocks_of(text: str) -> tuple[tuple[int, int], ...]:
    """Give the Unicode blocks a text needs, the basic ones always."""
    used = {ord(character) for character in text}
    return tuple(block for block in BLOCKS if block[0] in ALWAYS or any(block[0] <= code <= block[1] for code in used))


def cut(face: Face, blocks: tuple[tuple[int, int], ...] = (), weight: int | None = None) -> bytes:
    """Give a face as TrueType, with only these blocks if any are named; ``weight`` pins a variable face."""
    import uharfbuzz

    opened = uharfbuzz.Face(face.read())
    wanted = uharfbuzz.SubsetInput()
    if blocks:
        wanted.unicode_set.update(code for start, end in blocks for code in range(start, end + 1))
        wanted.name_id_set.update(NAMES)
        wanted.flags |= uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
        if face.beside:  # another script needs every feature that shapes it
            wanted.unicode_set.update(JOINERS)
        else:
            wanted.layout_feature_tag_set.clear()
            wanted.layout_feature_tag_set.update(int.from_bytes(tag.encode()) for tag in FEATURES)
    else:
        wanted.keep_everything()
    if face.variable and (weight := face.drawn or weight) is not None:
        if face.data:  # it may be made for a narrower range than ours
            low, high = map(int, face.weight.split())
            weight = min(max(weight, low), high)
        wanted.pin_axis_location(opened, "wght", weight)
    data: bytes = wanted.subset(opened).blob.data
    return _level(data, next(other for other in FACES if other.family == face.beside[0])) if face.beside else data


def _level(data: bytes, other: Face) -> bytes:
    """Give a font the height and depth of another's, so that a line with both is no taller than its neighbours.

    And its space: Pango takes a space now from one, now from the other, and a line that was filled with one would fall short.
    """
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), recalcBBoxes=False, recalcTimestamp=False)
    with TTFont(other.path) as model:
        scale = font["head"].unitsPerEm / model["head"].unitsPerEm
        height, depth = (round(value * scale) for value in (model["hhea"].ascent, model["hhea"].descent))
        space = round(model["hmtx"][model.getBestCmap()[0x20]][0] * scale)
    for glyph in {font.getBestCmap()[code] for code in (0x20, 0xA0) if code in font.getBestCmap()}:
        font["hmtx"][glyph] = (space, 0)
        if "CFF " in font:  # says the width of each letter too
            outline = font["CFF "].cff[0].CharStrings[glyph]
            outline.setProgram([space - outline.private.nominalWidthX, "endchar"])
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = height, depth, 0
    font["OS/2"].sTypoAscender, font["OS/2"].sTypoDescender, font["OS/2"].sTypoLineGap = height, depth, 0
    font["OS/2"].usWinAscent, font["OS/2"].usWinDescent = height, -depth
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def woff2(face: Face, blocks: tuple[tuple[int, int], ...]) -> bytes:
    """Give a variable face with only these blocks as WOFF2."""
    return packed(cut(face, blocks))


def packed(data: bytes) -> bytes:
    """Give a font as WOFF2."""
    return kept("fonts", (version("fonttools").encode(), version("brotli").encode(), data), partial(_pack, data))


def _pack(data: bytes) -> bytes:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
