"""How wide words are: a text and a face of ours in, its width out."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from compositor.fonts.typefaces import FACES


@lru_cache(maxsize=4)
def _font(family: str, style: str) -> Any:
    import uharfbuzz

    face = next(face for face in FACES if (face.family, face.style) == (family, style))
    return uharfbuzz.Font(uharfbuzz.Face(face.read()))


def width(text: str, family: str, style: str, size: float) -> float:
    """Give how wide a text is in a face of ours and a size, in the size's unit; a letter that it lacks is taken for an em."""
    import uharfbuzz

    font, buffer = _font(family, style), uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    em = font.face.upem
    glyphs = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    return float(sum(glyph.x_advance if info.codepoint else em for info, glyph in glyphs) * size / em)
