"""The file: a PDF's objects, written once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


def list_pages_once() -> None:
    """Let a PDF keep the list of its pages: each of its elements would have it made anew, which in a book takes long."""
    import pydyf

    listed = pydyf.PDF.page_references.fget

    def page_references(pdf: Any) -> Any:
        known = vars(pdf).setdefault("known", {})
        count = pdf.pages["Count"]
        if count not in known:
            known[count] = listed(pdf)
        return known[count]

    pydyf.PDF.page_references = property(page_references)


def compress_once() -> None:
    """Let a PDF be compressed at zlib's usual level: the highest takes three times as long and saves one byte in fifty."""
    import zlib

    import pydyf

    pydyf.zlib = SimpleNamespace(compress=zlib.compress, compressobj=lambda level: zlib.compressobj())
