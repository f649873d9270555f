"""Taking a file apart: its bytes in, every text that it holds, down to the last stream, out.

A file is what it is, not what it is called: archives become members, a PDF its objects and decompressed streams, markup its
text, attributes and comments, addresses of data what they hold. Nothing here knows an edition.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import io
import json
import re
import zipfile
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_to_bytes

from compositor.blinding.piece import DATA, PARTS, SYNTAX, WORDS, Piece, binary, unfonted
from compositor.records.provenance import shipped_templates

if TYPE_CHECKING:
    from collections.abc import Iterator


DEEPEST = 8  # archives in archives
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*")
FONTS = (b"wOFF", b"wOF2", b"OTTO", b"\0\1\0\0", b"true", b"ttcf")
QUOTED = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)  # comments and strings

# What a record says of how it was made, not of the article: by the beginning of an entry's @id, and by keys.
RECORDED = ("#tool", "#style", "#build", "#options", "https://w3id.org")
RECORDS = ("encodingFormat", "conformsTo", "inLanguage", "contentSize", "numbers")


def take_apart(where: str, data: bytes, depth: int = 0) -> Iterator[Piece]:
    """Take data apart, by what it is and not by what it is called."""
    if not depth:
        yield "the name of the file", where, SYNTAX
        yield "the name of the file", PARTS.sub("", where), WORDS
    if depth > DEEPEST:
        yield from binary(where, data)
        return
    try:
        yield from _opened(where, data, depth)
    except Exception:  # what only looks like a file of its kind, or a broken one: no reader agrees on how they fail
        yield from binary(where, data)


def _opened(where: str, data: bytes, depth: int) -> Iterator[Piece]:
    if data.startswith(b"%PDF"):
        from compositor.blinding.pdfpieces import pdf_pieces  # which takes what it finds apart with this

        yield from pdf_pieces(where, data, depth)
    elif zipfile.is_zipfile(io.BytesIO(data)):
        yield from _archive(where, data, depth)
    elif data.startswith(b"\x1f\x8b"):
        yield from take_apart(f"{where}, unpacked", gzip.decompress(data), depth + 1)
    elif data.startswith(PICTURES):
        yield from _picture(where, data)
    elif data.startswith(FONTS):
        yield where, data.decode("latin-1"), SYNTAX  # what a font is called, and who drew it
        yield where, data.decode("utf-16-be", "replace"), SYNTAX
    elif (text := _decoded(data)) is None:
        yield from binary(where, data)
    else:
        yield from text_pieces(where, text, depth)


def _decoded(data: bytes) -> str | None:
    """Give the text that data is; None for what is no text."""
    for mark, code in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if data.startswith(mark):
            try:
                text = data.decode(code)
            except UnicodeDecodeError:
                continue
            return text if "\0" not in text else None
    return None


def text_pieces(where: str, text: str, depth: int) -> Iterator[Piece]:
    """Read text as it stands, without escapes, and as markup or JSON where it is such."""
    start = text.lstrip()[:1]
    if start == "<":
        from compositor.blinding.marked import markup

        yield from markup(where, text, depth)
        return
    value = None
    if start in ("{", "["):
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(text)
    kind = WORDS if value is None else SYNTAX
    yield where, text, kind
    if "%" in text:
        yield where, unquote(text), kind
    if value is not None:
        yield from _strings(where, value)
    yield from embedded(where, text, depth)


def code_pieces(where: str, text: str, depth: int) -> Iterator[Piece]:
    """Read a style sheet or a script: its comments and strings are words, where they are not those of our templates."""
    yield where, text, SYNTAX
    yield where, unquote(text), SYNTAX
    for match in QUOTED.finditer(DATA.sub("", text)):
        if match[0] not in shipped() and (said := unfonted(match[0].strip("\"'"))):
            yield where, said, WORDS
            yield where, unquote(said), WORDS
    yield from embedded(where, text, depth)


@lru_cache(maxsize=1)
def shipped() -> str:
    """Give all templates that come with Compositor."""
    return "\n".join(source.data.decode("utf-8", "replace") for source in shipped_templates())


def _strings(where: str, value: Any) -> Iterator[Piece]:
    """Give the strings of JSON. Keys, what begins with @, and what a record says of our tools are said to programs."""
    stack: list[tuple[Any, str]] = [(value, WORDS)]
    while stack:
        item, kind = stack.pop()
        if isinstance(item, dict):
            kind = SYNTAX if str(item.get("@id", "")).startswith(RECORDED) else kind
            for key, inner in item.items():
                yield where, key, SYNTAX
                stack.append((inner, SYNTAX if key.startswith("@") or key in RECORDS else kind))
        elif isinstance(item, list):
            stack += [(inner, kind) for inner in item]
        elif isinstance(item, str):
            yield where, item if kind == SYNTAX else _unfolded(item), kind


def _unfolded(text: str) -> str:
    """Give the name of a file without what we call its parts; another text as it is."""
    return PARTS.sub("", text) if re.fullmatch(r"[\w./-]+\.\w{2,5}", text) else text


def embedded(where: str, text: str, depth: int) -> Iterator[Piece]:
    """Open the addresses that hold what they lead to."""
    for number, match in enumerate(DATA.finditer(text), start=1):
        place = f"data {number} in {where}"
        if "base64" in match["how"]:
            try:
                data = base64.b64decode(unquote_to_bytes(match["what"]), validate=False)
            except (binascii.Error, ValueError):
                continue
        else:
            data = unquote_to_bytes(match["what"])
        yield from take_apart(place, data, depth + 1)


def _archive(where: str, data: bytes, depth: int) -> Iterator[Piece]:
    yield where, data.decode("latin-1"), SYNTAX  # also what stands between the members
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield f"{where}, the comment of the archive", archive.comment.decode("utf-8", "replace"), WORDS
        for member in archive.infolist():
            place = f"{where}: {member.filename}"
            yield f"the name of {place}", member.filename, SYNTAX
            yield f"the name of {place}", PARTS.sub("", unfonted(member.filename)), WORDS
            yield from binary(f"{place}, what the archive says of it", member.comment + member.extra)
            if not member.is_dir():
                content, inner = archive.read(member), member.filename if not depth else place
                text = _decoded(content) if member.filename.endswith((".css", ".js")) else None
                yield from take_apart(inner, content, depth + 1) if text is None else code_pieces(inner, text, depth + 1)


def _picture(where: str, data: bytes) -> Iterator[Piece]:
    """Read what a picture says of itself, packed or not."""
    from PIL import ExifTags, Image, UnidentifiedImageError

    yield from binary(where, data)
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            said = {**image.info, **getattr(image, "text", {})}
            exif = image.getexif()
            for block in (exif, *(exif.get_ifd(kind) for kind in ExifTags.IFD)):
                said |= {f"EXIF {key}": value for key, value in block.items()}
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return
    for key, value in said.items():
        if isinstance(value, bytes):
            yield from binary(f"{where}, {key}", value)
        else:
            yield f"{where}, {key}", str(value), WORDS
