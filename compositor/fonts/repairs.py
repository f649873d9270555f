"""The family of the text, mended: a font in; the same with a legible 1, or with marks that stand on their letters, out.

Both are kept in the user's cache.
"""

from __future__ import annotations

import io
from functools import lru_cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from compositor.running.kept import kept, source

if TYPE_CHECKING:
    from pathlib import Path

# EB Garamond's old-style 1 is a small capital I, as it was with Garamond. It has another with a flag, which no feature gives.
ONES = {"one.osf": "one.01", "one.tosf": "one.tosf01"}


@lru_cache(maxsize=4)
def legible(path: Path) -> bytes:
    """Give the family of the text with a 1 that nobody takes for an I."""
    data = path.read_bytes()
    return kept("fonts", (version("fonttools").encode(), data), partial(_flag_ones, data))


def _flag_ones(data: bytes) -> bytes:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False)
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for part in lookup.SubTable:
            part = getattr(part, "ExtSubTable", part)
            if lookup.LookupType in (1, 7) and hasattr(part, "mapping"):
                part.mapping = {ONES.get(one, one): ONES.get(other, other) for one, other in part.mapping.items()}
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@lru_cache(maxsize=4)
def with_anchors(path: Path) -> bytes:
    """Give the same with marks that stand on their letters."""
    from compositor.fonts import anchors

    data = legible(path)
    ingredients = (version("fonttools").encode(), version("uharfbuzz").encode(), source(anchors.__file__), data)
    return kept("fonts", ingredients, partial(_anchor, data))


def _anchor(data: bytes) -> bytes:
    import uharfbuzz
    from fontTools.ttLib import TTFont

    from compositor.fonts import anchors

    opened = uharfbuzz.Face(data)
    heaviest = uharfbuzz.SubsetInput()
    heaviest.keep_everything()
    heaviest.pin_axis_location(opened, "wght", opened.axis_infos[0].max_value)
    font = TTFont(io.BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False)
    with TTFont(io.BytesIO(heaviest.subset(opened).blob.data), lazy=True) as heavy:
        anchors.complete(font, heavy)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
