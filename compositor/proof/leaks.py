"""Searching a blind copy: finished files in; every place that still tells who wrote the article, as problems, out.

A file is taken apart down to its last stream, whatever it is: archives into members, a PDF into its objects and decompressed
streams, markup into text, attributes and comments, addresses of data into what they hold. Nothing here knows an edition.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import io
import json
import re
import unicodedata
import zipfile
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_to_bytes

from lxml import etree
from lxml import html as lxml_html

from compositor.identity import LEAST, folded
from compositor.problems import problem
from compositor.proof.expected import INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compositor.identity import Identity, Needle
    from compositor.result import Artifact, Problem

Piece = tuple[str, str]  # where, a text that stands there
DEEPEST = 8  # archives in archives
DATA = re.compile(r"data:(?P<kind>[\w.+/-]*)(?P<how>[^,\"'()\s]*?),(?P<what>[^\"'()\s]+)")
BINARY = " (binary)"  # ends the place of what is no text
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*")


def check(artifacts: Iterable[Artifact], who: Identity) -> list[Problem]:
    """Find every place of the artifacts that tells of somebody."""
    found = [(artifact.name, *leak) for artifact in artifacts for leak in scan(artifact.name, artifact.data, who.needles)]
    return [
        problem("blind-leak", name, f"{where} has the {needle.kind} “{needle.text}”")
        for name, where, needle in dict.fromkeys(found)
    ]


def scan(name: str, data: bytes, needles: Iterable[Needle]) -> Iterator[tuple[str, Needle]]:
    """Give the places in a file, its name among them, and what each holds."""
    patterns = [(needle, re.compile(needle.pattern)) for needle in needles]
    for where, text in _pieces(name, data):
        plain = folded(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
        binary = where.endswith(BINARY)
        for needle, pattern in patterns:
            if any(not binary or len(match[0]) >= LEAST for match in pattern.finditer(plain)):
                yield where.removesuffix(BINARY), needle


def _pieces(where: str, data: bytes, depth: int = 0) -> Iterator[Piece]:
    """Take data apart, by what it is and not by what it is called."""
    yield "the name of the file" if not depth else f"the name of {where}", where
    if depth > DEEPEST:
        yield from _binary(where, data)
        return
    try:
        yield from _opened(where, data, depth)
    except Exception:  # what only looks like a file of its kind, or a broken one: no reader agrees on how they fail
        yield from _binary(where, data)


def _opened(where: str, data: bytes, depth: int) -> Iterator[Piece]:
    if data.startswith(b"%PDF"):
        yield from _pdf(where, data, depth)
    elif zipfile.is_zipfile(io.BytesIO(data)):
        yield from _archive(where, data, depth)
    elif data.startswith(b"\x1f\x8b"):
        yield from _pieces(f"{where}, unpacked", gzip.decompress(data), depth + 1)
    elif data.startswith(PICTURES):
        yield from _picture(where, data)
    elif (text := _decoded(data)) is None:
        yield from _binary(where, data)
    else:
        yield from _text(where, text, depth)


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


def _binary(where: str, data: bytes) -> Iterator[Piece]:
    """Read data as each writing that a name may stand in."""
    yield where + BINARY, data.decode("latin-1")
    yield where + BINARY, data.decode("utf-8", "replace")
    for code in ("utf-16-le", "utf-16-be"):
        for start in (0, 1):
            yield where + BINARY, data[start:].decode(code, "replace")


def _text(where: str, text: str, depth: int) -> Iterator[Piece]:
    """Read text as it stands, without escapes, and as markup or JSON where it is such."""
    start = text.lstrip()[:1]
    if start == "<":
        yield from _markup(where, text, depth)
    else:
        yield where, text
        if "%" in text:
            yield where, unquote(text)
        if start in ("{", "["):
            with contextlib.suppress(ValueError, RecursionError):
                yield from ((where, said) for said in _strings(json.loads(text)))
        yield from _embedded(where, text, depth)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, str):
        yield value


def _embedded(where: str, text: str, depth: int) -> Iterator[Piece]:
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
        yield from _pieces(place, data, depth + 1)


def _markup(where: str, text: str, depth: int) -> Iterator[Piece]:
    """Read markup: its words as a reader meets them, its attributes, comments and instructions, and what is inside those."""
    data = text.encode()
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError:
        root = lxml_html.document_fromstring(data, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))
    for element in root.getroottree().xpath("//node()[not(self::text())]"):
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if not name:
            yield f"{where}, a comment", element.text or ""
            continue
        for key, value in element.attrib.items():
            place = f"{where}, {key.rpartition('}')[2]} of <{name}>"
            if value.startswith("data:"):
                yield from _embedded(place, value, depth)
            else:
                yield place, value
                yield place, unquote(value)
        if name in ("script", "style") and element.text:
            yield from _text(f"{where}, <{name}>", element.text, depth)
    yield where, "".join(root.itertext())
    yield where, " ".join(root.itertext())


def _archive(where: str, data: bytes, depth: int) -> Iterator[Piece]:
    yield where + BINARY, data.decode("latin-1")  # also what stands between the members
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield f"{where}, the comment of the archive", archive.comment.decode("utf-8", "replace")
        for member in archive.infolist():
            place = f"{where}: {member.filename}"
            yield from _binary(f"{place}, what the archive says of it", member.comment + member.extra)
            if not member.is_dir():
                yield from _pieces(member.filename if not depth else place, archive.read(member), depth + 1)


def _picture(where: str, data: bytes) -> Iterator[Piece]:
    """Read what a picture says of itself, packed or not."""
    from PIL import ExifTags, Image, UnidentifiedImageError

    yield from _binary(where, data)
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
            yield from _binary(f"{where}, {key}", value)
        else:
            yield f"{where}, {key}", str(value)


def _pdf(where: str, data: bytes, depth: int) -> Iterator[Piece]:
    """Read every object of a PDF, each stream decompressed, and the words of its pages."""
    import pikepdf
    import pypdfium2

    yield where + BINARY, data.decode("latin-1")  # also what no object holds: comments, and older revisions
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for number, item in enumerate([*pdf.objects, pdf.trailer]):
            place = f"{where}, object {number + 1}"
            yield from _values(place, item)
            if isinstance(item, pikepdf.Stream):
                try:
                    content = item.read_bytes()
                except (pikepdf.PdfError, zlib.error):  # a picture, packed as pictures are
                    content = item.read_raw_bytes()
                yield from _pieces(place, content, depth + 1)
    document = pypdfium2.PdfDocument(data)
    for number, page in enumerate(document, start=1):
        words = page.get_textpage().get_text_bounded()
        yield f"{where}, page {number}", re.sub(r"(?:[-\u00ad\u2010]|\ufffe)\s*\n", "", words.replace("\r", ""))
    document.close()


def _values(where: str, item: Any) -> Iterator[Piece]:
    """Give the strings and names of an object, and those inside it; what has a number of its own comes by itself."""
    import pikepdf

    stack: list[tuple[str, Any]] = [(where, item)]
    while stack:
        place, value = stack.pop()
        if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            for key, inner in value.items():
                yield place, str(key)[1:]
                if not getattr(inner, "is_indirect", False):
                    stack.append((f"{where}, {key}", inner))
        elif isinstance(value, pikepdf.Array):
            stack += [(place, inner) for inner in value if not getattr(inner, "is_indirect", False)]
        elif isinstance(value, pikepdf.String):
            yield place, str(value)
            yield from _binary(place, bytes(value))
        elif isinstance(value, pikepdf.Name):
            yield place, str(value)[1:]
