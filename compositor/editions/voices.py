"""The languages inside a PDF: a laid-out document in, Lang on the parts of the file's structure that speak another one.

A screen reader changes its voice where the structure says so (ISO 32000-1, 14.9.2; PDF/UA-1, 7.2). WeasyPrint reads the
HTML's ``lang`` for hyphenation, and writes it for the whole file only. It builds the structure from its boxes one by one,
by a function that it has no public name for; for the time of printing, what that function gives is noted.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pydyf

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def spoken() -> Iterator[None]:
    """Let every part of the structure say its language and its direction, where the text does."""
    from weasyprint.pdf import tags

    build = tags._build_box_tree

    def build_and_note(box: Any, *arguments: Any) -> Iterator[Any]:
        for element in build(box, *arguments):
            _note(box, element)
            yield element

    tags._build_box_tree = build_and_note
    try:
        yield
    finally:
        tags._build_box_tree = build


def _note(box: Any, element: Any) -> None:
    box = getattr(box, "_box", box)  # what is placed absolutely stands in a box of its own
    source = getattr(box, "element", None)
    if source is None or source.tag in ("html", "body") or "::" in box.element_tag:  # the number of a note has no language
        return
    if lang := source.get("lang"):
        element["Lang"] = pydyf.String(lang)
    if source.get("dir") == "rtl" and "A" not in element:
        element["A"] = pydyf.Dictionary({"O": "/Layout", "WritingMode": "/RlTb"})  # ISO 32000-1, 14.8.5.4.3
