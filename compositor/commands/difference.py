"""The first difference between two files that should be the same, named so that a person can look at it."""

from __future__ import annotations

import io
import zipfile
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 80  # characters of a line that are quoted


def first_difference(one: bytes, other: bytes, name: str) -> str:
    """Say where two files first differ: a member of an archive, an object of a PDF, a line of a text. Empty if they do not."""
    if one == other:
        return ""
    place, first, second = next(((p, a, b) for p, a, b in _parts(one, other, name) if a != b), ("", one, other))
    return f"{place}{': ' if place else ''}{_where(first, second)}"


def _parts(one: bytes, other: bytes, name: str) -> Iterator[tuple[str, bytes, bytes]]:
    if name.endswith((".epub", ".zip", ".docx")):
        yield from _members(one, other)
    elif name.endswith(".pdf"):
        yield from _objects(one, other)


def _members(one: bytes, other: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    if not (zipfile.is_zipfile(io.BytesIO(one)) and zipfile.is_zipfile(io.BytesIO(other))):
        return
    with zipfile.ZipFile(io.BytesIO(one)) as first, zipfile.ZipFile(io.BytesIO(other)) as second:
        names = first.namelist()
        for name in [*names, *(name for name in second.namelist() if name not in names)]:
            has = [archive.read(name) if name in archive.namelist() else b"" for archive in (first, second)]
            yield f"member {name}", has[0], has[1]


def _objects(one: bytes, other: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    import pikepdf

    try:
        first, second = pikepdf.open(io.BytesIO(one)), pikepdf.open(io.BytesIO(other))
    except pikepdf.PdfError:  # one of them is damaged; its bytes still tell
        return
    with first, second:
        for number, (a, b) in enumerate(zip_longest(first.objects, second.objects), start=1):
            if any(isinstance(item, pikepdf.Stream) and item.get("/Type") in ("/ObjStm", "/XRef") for item in (a, b)):
                continue  # it packs other objects, which are looked at by themselves
            yield f"object {number}", _written(a), _written(b)


def _written(item: Any) -> bytes:
    """Write an object of a PDF with its stream unpacked."""
    import pikepdf

    if item is None:
        return b""
    if isinstance(item, pikepdf.Stream):
        entries = {key: value for key, value in item.items() if key != "/Length"}
        return bytes(pikepdf.Dictionary(entries).unparse() + b"\n" + item.read_bytes())
    return bytes(item.unparse())


def _where(one: bytes, other: bytes) -> str:
    """Give the first line that differs, in both readings; bytes that are no text by their offset."""
    try:
        lines = zip_longest(one.decode().splitlines(), other.decode().splitlines(), fillvalue="")
    except UnicodeDecodeError:
        place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
        return f"byte {place} of {len(one)} and {len(other)}"
    for number, (a, b) in enumerate(lines, start=1):
        if a != b:
            start = max(0, next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))) - 20)
            return f"line {number}: “{a[start : start + SHOWN]}” and “{b[start : start + SHOWN]}”"
    return "the ends of lines"
