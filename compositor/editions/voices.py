"""The languages inside a PDF: a laid-out document in, their marks in the file's structure and content out.

A screen reader changes its voice where the structure says so (ISO 32000-1, 14.9.2; PDF/UA-1, 7.2). WeasyPrint reads the
HTML's ``lang`` for hyphenation, and writes it for the whole file only. It builds the structure from its boxes one by one,
by a function that it has no public name for; for the time of printing, what that function gives is noted.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pydyf

from compositor.pages.letters import Letters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.fonts import typefaces


@contextmanager
def spoken(scripts: tuple[typefaces.Face, ...] = ()) -> Iterator[None]:
    """Let every part of the structure say its language and its direction, where the text does.

    ``scripts`` are the faces of the file that stand beside its families.
    """
    from weasyprint.pdf import stream, tags

    build, show, add = tags._build_box_tree, stream.Stream.show_text, stream.Stream.add_font

    families: dict[str, str] = {}
    backwards = {face.family for face in scripts if face.reversed}

    def show_reversed(page: Any, text: Any) -> None:
        """Say that glyphs stand in the order of the page, the last letter first (ISO 32000-1, 14.8.2.3.3)."""
        name = page._current_font[0]
        if name not in families:
            families.update({font.hash: font.family for font in page._fonts.values()})
        if families[name] in backwards:
            page.begin_marked_content("ReversedChars")
            show(page, text)
            page.end_marked_content()
        else:
            show(page, text)

    def add_with_letters(page: Any, face: Any) -> Any:
        font, size = add(page, face)
        if font.family in backwards and not isinstance(font.to_unicode, Letters):
            font.to_unicode = Letters(font.file_content)
        return font, size

    def build_and_note(box: Any, *arguments: Any) -> Iterator[Any]:
        for element in build(box, *arguments):
            _note(box, element)
            yield element

    tags._build_box_tree = build_and_note
    if backwards:
        stream.Stream.show_text, stream.Stream.add_font = show_reversed, add_with_letters
    try:
        yield
    finally:
        tags._build_box_tree, stream.Stream.show_text, stream.Stream.add_font = build, show, add


def _note(box: Any, element: Any) -> None:
    box = getattr(box, "_box", box)  # what is placed absolutely stands in a box of its own
    source = getattr(box, "element", None)
    if source is None or source.tag in ("html", "body") or "::" in box.element_tag:  # the number of a note has no language
        return
    if lang := source.get("lang"):
        element["Lang"] = pydyf.String(lang)
    if source.get("dir") == "rtl" and "A" not in element:
        element["A"] = pydyf.Dictionary({"O": "/Layout", "WritingMode": "/RlTb"})  # ISO 32000-1, 14.8.5.4.3
