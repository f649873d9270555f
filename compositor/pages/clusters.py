"""A letter and its marks are drawn with one font: Pango would take each sign from the first font that has it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from compositor.fonts import alphabets, typefaces

if TYPE_CHECKING:
    from collections.abc import Iterator

DECLARED = """
    PangoAttribute * pango_attr_family_new (const char *family);
    PangoAttribute * pango_attr_style_new (PangoStyle style);
"""


@contextmanager
def kept_together(scripts: tuple[typefaces.Face, ...]) -> Iterator[None]:
    """Let what is laid out and drawn meanwhile take each cluster that a face carries from that face.

    And upright what the italic has the marks of and not the letter. ``scripts`` are the faces of the file beside ours.
    """
    from weasyprint.text.line_break import Layout

    carriers = {cluster: face.family for face in scripts for cluster in face.clusters}
    upright = alphabets.upright_only() if any(face.anchored for face in scripts) else None
    if not carriers and not upright:
        yield
        return
    longest_first = sorted(carriers, key=lambda cluster: (-len(cluster), cluster))
    carried = re.compile("|".join(map(re.escape, longest_first))) if carriers else None
    set_text = Layout.set_text

    def set_text_together(layout: Any, text: str, justify: bool = False) -> None:
        set_text(layout, text, justify)
        said = layout.text
        found = [(match.span(), carriers[match[0]]) for match in carried.finditer(said)] if carried else []
        if upright and layout.style["font_style"] != "normal":
            found += [(match.span(), "") for match in upright.finditer(said)]
        if found:
            _tell(layout, said, found)

    Layout.set_text = set_text_together
    try:
        yield
    finally:
        Layout.set_text = set_text


def _tell(layout: Any, text: str, found: list[tuple[tuple[int, int], str]]) -> None:
    """Tell Pango which family parts of a text are to be drawn with; without one, the same family upright."""
    from weasyprint.text.ffi import ffi, pango, unicode_to_char_p

    _declare()
    listed = pango.pango_layout_get_attributes(layout.layout)
    if listed == ffi.NULL:
        listed = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    usual = ",".join(layout.style["font_family"])
    for (start, end), family in found:
        name, _bytes = unicode_to_char_p(f"{family},{usual}")
        part = pango.pango_attr_family_new(name) if family else pango.pango_attr_style_new(pango.PANGO_STYLE_NORMAL)
        part.start_index, part.end_index = len(text[:start].encode()), len(text[:end].encode())
        pango.pango_attr_list_change(listed, part)
    pango.pango_layout_set_attributes(layout.layout, listed)


@cache
def _declare() -> None:
    """Name the functions of Pango that WeasyPrint has no use for."""
    from weasyprint.text.ffi import ffi

    ffi.cdef(DECLARED)
