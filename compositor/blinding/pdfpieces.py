"""Taking a PDF apart: its bytes in; the strings of every object, each stream, and the words of its pages, out."""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING, Any

from compositor.blinding.piece import BINARY, SYNTAX, WORDS, Piece, binary
from compositor.blinding.pieces import take_apart

if TYPE_CHECKING:
    from collections.abc import Iterator


# What a PDF's bytes say to its reader: names, the words between objects, and metadata, which come again by themselves.
PDF_WORDS = re.compile(
    r"(?s:<\?xpacket begin.*?<\?xpacket end)|/[^\s()<>\[\]{}/%]+|"
    r"\b(?:endobj|obj|endstream|stream|xref|trailer|startxref|true|false|null)\b"
)

# Keys whose strings are no words: of fonts, colours, languages, and of places that links lead to.
PDF_CODES = (
    "/FontFamily", "/BaseFont", "/FontName", "/Registry", "/Ordering", "/Info", "/OutputConditionIdentifier", "/RegistryName",
    "/Lang", "/Dest", "/D", "/ID", "/Names", "/Subtype",
)  # fmt: skip

LITERAL = re.compile(r"\((?:\\.|[^\\()])*\)", re.DOTALL)  # a string among the operators of a page


def pdf_pieces(where: str, data: bytes, depth: int) -> Iterator[Piece]:
    """Read every object of a PDF, each stream decompressed, and the words of its pages."""
    import pikepdf
    import pypdfium2

    raw = data.decode("latin-1")  # also what no object holds: comments, and older revisions
    yield where, raw, SYNTAX
    yield where, PDF_WORDS.sub("", raw), BINARY
    with pikepdf.open(io.BytesIO(data)) as pdf:
        codes, drawn = set(_coded(pdf)), set(_drawn(pdf))
        for number, item in enumerate([*pdf.objects, pdf.trailer]):
            place = f"{where}, object {number + 1}"
            yield from _values(place, item)
            if isinstance(item, pikepdf.Stream):
                try:
                    content = item.read_bytes()
                except (pikepdf.PdfError, zlib.error):  # a picture, packed as pictures are
                    content = item.read_raw_bytes()
                if item.objgen in codes or item.objgen in drawn:
                    text = content.decode("latin-1")
                    yield place, text, SYNTAX
                    if item.objgen in drawn:
                        yield place, "\n".join(LITERAL.findall(text)), WORDS
                else:
                    yield from take_apart(place, content, depth + 1)
    document = pypdfium2.PdfDocument(data)
    for number, page in enumerate(document, start=1):
        words = page.get_textpage().get_text_bounded()
        yield f"{where}, page {number}", re.sub(r"(?:[-\u00ad\u2010]|\ufffe)\s*\n", "", words.replace("\r", "")), WORDS
    document.close()


def _coded(pdf: Any) -> Iterator[tuple[int, int]]:
    """Give the streams that hold only what is said to a reader of PDF: tables of signs, colours, and packed objects."""
    import pikepdf

    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary):
            yield from (item[key].objgen for key in ("/ToUnicode", "/DestOutputProfile") if key in item)
        elif isinstance(item, pikepdf.Stream) and item.get("/Type") in ("/ObjStm", "/XRef"):  # each object comes by itself
            yield item.objgen


def _drawn(pdf: Any) -> Iterator[tuple[int, int]]:
    """Give the streams that draw: those of pages, and the forms that they show."""
    import pikepdf

    for page in pdf.pages:
        content = page.obj.get("/Contents")
        for stream in content if isinstance(content, pikepdf.Array) else [content]:
            if stream is not None:
                yield stream.objgen
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == pikepdf.Name.Form:
            yield item.objgen


def _values(where: str, item: Any) -> Iterator[Piece]:
    """Give the strings and names of an object, and those inside it; what has a number of its own comes by itself."""
    import pikepdf

    stack: list[tuple[str, Any, str]] = [(where, item, WORDS)]
    while stack:
        place, value, kind = stack.pop()
        if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            for key, inner in value.items():
                yield place, str(key)[1:], SYNTAX
                if not getattr(inner, "is_indirect", False):
                    stack.append((f"{where}, {key}", inner, SYNTAX if key in PDF_CODES else WORDS))
        elif isinstance(value, pikepdf.Array):
            stack += [(place, inner, kind) for inner in value if not getattr(inner, "is_indirect", False)]
        elif isinstance(value, pikepdf.String):
            yield place, str(value), kind
            raw = bytes(value)
            yield from (binary(place, raw) if kind == WORDS else [(place, raw.decode("latin-1"), SYNTAX)])
        elif isinstance(value, pikepdf.Name):
            yield place, str(value)[1:], SYNTAX
