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


def spell_once() -> None:
    """Let each object be spelled once in a file: pydyf would do so again for the file's identifier, and compress again."""
    import pydyf

    known: dict[int, bytes] | None = None  # what has been spelled, by the number of its object, while a file is written
    write = pydyf.PDF.write

    def write_once(pdf: Any, *args: Any, **keywords: Any) -> None:
        nonlocal known
        known = {}
        try:
            write(pdf, *args, **keywords)
        finally:
            known = None

    def kept(kind: Any) -> property:
        spell = kind.data.fget

        def data(item: Any) -> bytes:
            if known is None or item.number is None:
                return bytes(spell(item))
            if item.number not in known:
                known[item.number] = spell(item)
            return known[item.number]

        return property(data)

    pydyf.PDF.write = write_once
    for kind in (pydyf.Dictionary, pydyf.Stream, pydyf.Array):
        kind.data = kept(kind)
    in_bytes = pydyf._to_bytes

    def to_bytes(item: Any) -> bytes:
        kind = type(item)
        if kind is bytes:
            return bytes(item)
        if kind is str:
            return bytes(item.encode("ascii"))
        return bytes(in_bytes(item))

    pydyf._to_bytes = to_bytes


def compress_once() -> None:
    """Let a PDF be compressed at zlib's usual level: the highest takes three times as long and saves one byte in fifty."""
    import zlib

    import pydyf

    pydyf.zlib = SimpleNamespace(compress=zlib.compress, compressobj=lambda level: zlib.compressobj())
