"""Drawing: letters spelled out in a page, and colours mixed, once."""

from __future__ import annotations

import struct
from copy import copy
from functools import cache
from typing import Any

GLYPH = struct.Struct("=Iiii4x")  # PangoGlyphInfo: glyph, advance, and offsets to the right and upwards, in Pango's units


class _SpecialError(Exception):
    """A glyph that is not simply one of a font's on its baseline."""


def spell_once() -> None:
    """Let a glyph with its advance be spelled once in each font and size; WeasyPrint would work it out for each letter."""
    from weasyprint.draw import text
    from weasyprint.text.ffi import ffi, pango

    theirs = text.draw_first_line
    if ffi.sizeof("PangoGlyphInfo") != GLYPH.size:
        return
    sized = pango.pango_version() >= 14802  # before, a font does not know its size

    def draw_first_line(stream: Any, box: Any, overflow: str, ellipsis: Any, matrix: Any) -> Any:
        if overflow == "ellipsis" or ellipsis != "none" or box.style["font_size"] < 1e-6 or not box.text.strip():
            return theirs(stream, box, overflow, ellipsis, matrix)
        pango.pango_layout_set_single_paragraph_mode(box.pango_layout.layout, True)
        line, _ = box.pango_layout.get_first_line()
        try:
            runs = list(spelled(stream, box, line.runs[0]))
        except _SpecialError:
            return theirs(stream, box, overflow, ellipsis, matrix)
        stream.set_text_matrix(*matrix.values)
        string = ""
        for font, size, spelling in runs:
            if font is not None:
                if string:
                    stream.show_text(string)
                string = ""
                stream.set_font_size(font.hash, size)
            string += "<" + spelling
            string = string[:-1] if string[-1] == "<" else string + ">"
        stream.show_text(string)
        return []

    def spelled(stream: Any, box: Any, run: Any) -> Any:
        """Give the font of each run, or None for the one before, its size, and the run's glyphs."""
        before: Any = None
        while run != ffi.NULL:
            item, run = run.data, run.next
            face, font = item.item.analysis.font, None
            if face != before:
                before = face
                font, size = stream.add_font(face)
                if font.bitmap or font.png or font.svg or font.colr:
                    raise _SpecialError
                size = size if sized else box.style["font_size"]
                known = vars(font).setdefault("spelled", {}).setdefault(size, {})
                used = font
            glyphs = GLYPH.iter_unpack(ffi.buffer(item.glyphs.glyphs, item.glyphs.num_glyphs * GLYPH.size))
            pieces = []
            for index, glyph in enumerate(glyphs):
                if glyph not in known:
                    known[glyph] = spell(used, size, glyph, face, stream)
                    note(used, glyph[0], item, index, box)
                pieces.append(known[glyph])
            yield font, size, "".join(pieces)

    def spell(font: Any, size: float, glyph: tuple[int, int, int, int], face: Any, stream: Any) -> str:
        """Spell a glyph, and how far its advance is from what the font says, in thousandths of the size."""
        from weasyprint.text.ffi import FROM_UNITS

        number, advance, right, up = glyph
        if number >= pango.PANGO_GLYPH_EMPTY or up:
            raise _SpecialError
        if number not in font.widths:
            pango.pango_font_get_glyph_extents(face, number, stream.ink_rect, stream.logical_rect)
            font.widths[number] = round(stream.logical_rect.width * 1000 * FROM_UNITS / size)
        offset = right / size
        kerning = font.widths[number] + offset - advance * 1000 * FROM_UNITS / size
        return (f">{-offset}<" if offset else "") + f"{number:04x}" + (f">{int(kerning)}<" if kerning else "")

    def note(font: Any, number: int, item: Any, index: int, box: Any) -> None:
        """Note which letters a glyph stands for, where it is met first."""
        if number in font.to_unicode:
            return
        clusters, length = item.glyphs.log_clusters, item.item.length
        if item.item.analysis.level % 2:  # from right to left
            end = length if index == 0 else clusters[index - 1]
        else:
            end = length if index == item.glyphs.num_glyphs - 1 else clusters[index + 1]
        start = item.item.offset
        font.to_unicode[number] = box.pango_layout.text.encode()[start + clusters[index] : start + end].decode()

    text.draw_first_line = draw_first_line


def mix_once() -> None:
    """Let a colour's name be read once; drawings name theirs with each stroke."""
    from weasyprint.svg import __dict__ as drawn
    from weasyprint.svg import defs, utils

    read = cache(utils.color)

    def color(name: str | None) -> Any:
        return copy(read(name))  # whoever draws with it changes how much it covers

    drawn["color"] = defs.color = utils.color = color
