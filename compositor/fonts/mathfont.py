"""The font that formulas are drawn with, and its cut for what a text needs."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from compositor.fonts.cutting import NAMES

FORMULA_FAMILY = "Formulas"  # not its own name, which the few signs of it that a text needs go by
ROOT, MINUS = 0x221A, 0x2212  # which no text of a formula says

# Letters that lean in formulas, and where Unicode has them leaning (Unicode 17, Mathematical Alphanumeric Symbols)
LEANING = ((0x41, 0x5A, 0x1D434), (0x61, 0x7A, 0x1D44E), (0x0391, 0x03A9, 0x1D6E2), (0x03B1, 0x03C9, 0x1D6FC))
ALWAYS_LEANING = (0x210E, *range(0x1D715, 0x1D71C))  # h, and ϑ and its kin


def of_formulas() -> Path:
    """Give the font that formulas are drawn with, which also has the signs that no other has."""
    return Path(str(files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"))


@lru_cache(maxsize=1)
def release_of_formulas() -> tuple[str, str]:
    """Give the name of the font of formulas, and its version."""
    from fontTools.ttLib import TTFont

    with TTFont(of_formulas(), lazy=True) as font:
        return font["name"].getBestFamilyName(), f"{font['head'].fontRevision:.3f}"


def cut_formulas(codes: frozenset[int]) -> bytes:
    """Give the font of formulas as TrueType, with these letters, as they are and as they lean, in every size they grow to."""
    import uharfbuzz

    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update((*codes, ROOT, MINUS, *ALWAYS_LEANING))
    for start, end, leaning in LEANING:
        wanted.unicode_set.update(leaning + code - start for code in codes if start <= code <= end)
    wanted.name_id_set.update(NAMES)
    wanted.layout_feature_tag_set.clear()
    wanted.layout_feature_tag_set.update(int.from_bytes(tag.encode()) for tag in ("ssty", "dtls", "flac", "ccmp", "kern"))
    wanted.flags |= uharfbuzz.SubsetFlags.NOTDEF_OUTLINE | uharfbuzz.SubsetFlags.NO_HINTING
    data: bytes = wanted.subset(uharfbuzz.Face(of_formulas().read_bytes())).blob.data
    return data
