"""Searching a blind copy: finished files in; every place that still tells who wrote the article, as problems, out.

A file is taken apart down to its last stream, whatever it is: archives into members, a PDF into its objects and decompressed
streams, markup into text, attributes and comments, addresses of data into what they hold. Nothing here knows an edition.

What is found is of three kinds: words, which somebody wrote; the syntax of a format, such as the keys of a PDF and the rules
of a style sheet; and bytes. A family name alone may be a word of the syntax, as Page and Lang are: it is looked for in words,
and without those of ours (``ours.py``); whole names and everything else are looked for everywhere.
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
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_to_bytes

from lxml import etree
from lxml import html as lxml_html

from compositor.blinding.identity import LEAST, folded
from compositor.blinding.ours import Ours
from compositor.problems import problem
from compositor.proof.expected import INVISIBLE
from compositor.records.provenance import shipped_templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compositor.blinding.identity import Identity, Needle
    from compositor.result import Artifact, Problem

WORDS, SYNTAX, BINARY = "words", "syntax", "binary"
Piece = tuple[str, str, str]  # where, a text that stands there, of which kind
DEEPEST = 8  # archives in archives
AROUND = 24  # signs of the text that are told on each side of what was found
DATA = re.compile(r"data:(?P<kind>[\w.+/-]*)(?P<how>[^,\"'()\s]*?),(?P<what>[^\"'()\s]+)")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*")
FONTS = (b"wOFF", b"wOF2", b"OTTO", b"\0\1\0\0", b"true", b"ttcf")

# What in markup is said to programs. Attributes by their names, in any format; of Word's own, all but those that hold words.
CODES = frozenset({
    "aria-controls", "aria-current", "aria-describedby", "aria-hidden", "aria-labelledby", "aria-live", "charset", "class",
    "clip-path", "ContentType", "crossorigin", "d", "dir", "display", "draggable", "embed", "encoding", "Extension", "fill",
    "font-family", "font-style", "font-weight", "for", "headers", "hidden", "hreflang", "http-equiv", "id", "Id", "idref",
    "itemprop", "itemtype", "lang", "language", "linear", "loading", "lspace", "mathvariant", "media", "mime-subtype",
    "mimetype", "parseType", "prefix", "preserveAspectRatio", "profile", "properties", "property", "prst", "publication-format",
    "refines", "rel", "rid", "role", "rspace", "scheme", "scope", "shape-rendering", "space", "stroke", "style", "tabindex",
    "target", "TargetMode", "text-anchor", "toc", "transform", "type", "Type", "typeface", "unique-identifier", "uri", "val",
    "version", "viewBox", "vocab", "xmlns",
})  # fmt: skip
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SAID = frozenset({f"{WORD}{name}" for name in ("author", "initials", "tooltip", "title", "descr")})
VALUED = frozenset(
    {"alias", "tag", "docVar", "tblCaption", "tblDescription", "comment"}
)  # elements of Word: their value is words
NAMED = frozenset({"meta", "theme", "clrScheme", "fmtScheme", "fontScheme"})  # elements whose name is no name of anything
SETTING = re.compile(
    r"viewport|color-scheme|theme-color|robots|referrer|cover|(?:og|twitter):(?:type|card|image:(?!alt).*)|dtb:.*"
)
SCHEMAS = "{http://www.aiim.org/pdfa/ns/"  # of XMP: what a schema is, in the words of the standard
ADDRESSES = ("href", "src", "Target", "full-path", "PartName", "data", "poster")
# What stands inside a line, in XHTML, JATS and Word: a name may be parted by it.
INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "bold", "cite", "code", "del", "dfn", "em", "ext-link", "fldSimple", "hyperlink", "i",
    "ins", "italic", "kbd", "label", "mark", "monospace", "named-content", "q", "r", "s", "samp", "sc", "small", "span",
    "strike", "strong", "styled-content", "sub", "sup", "t", "tspan", "u", "var", "wbr", "xref",
})  # fmt: skip
# How we call the parts of our files.
PARTS = re.compile(
    r"(?i)(?<![^\W_])(?:EPUB|META-INF|mimetype|container|package|nav|toc|title|style|cover|abstract|section|notes|references|"
    r"colophon|contents?|appendix|text|page|fig|card|formulas|word|docProps|core|app|media|_?rels|document|footnotes?|endnotes|"
    r"font-?table|footer|header|numbering|settings|styles|theme|comments|types|manuscript|review|changes|manifest|ro|crate|"
    r"metadata|jats|xhtml|xml|css|png|ttf)(?![^\W\d_])"
)
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
QUOTED = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)  # comments and strings


# What a record says of how it was made, not of the article: by the beginning of an entry's @id, and by keys.
RECORDED = ("#tool", "#style", "#build", "#options", "https://w3id.org")
RECORDS = ("encodingFormat", "conformsTo", "inLanguage", "contentSize", "numbers")


@dataclass(frozen=True, slots=True)
class Leak:
    """A place that tells of somebody."""

    where: str
    needle: Needle
    words: str  # what was found, with a little of what stands around it


def check(artifacts: Iterable[Artifact], who: Identity) -> list[Problem]:
    """Find every place of the artifacts that tells of somebody."""
    told: dict[tuple[str, str, Needle], str] = {}
    for artifact in artifacts:
        for leak in find(artifact.name, artifact.data, who.needles, who.ours):
            told.setdefault((artifact.name, leak.where, leak.needle), leak.words)
    return [
        problem("blind-leak", name, f"{where} has the {needle.kind} “{needle.text}”: {words}")
        for (name, where, needle), words in told.items()
    ]


def scan(name: str, data: bytes, needles: Iterable[Needle], own: Ours | None = None) -> Iterator[tuple[str, Needle]]:
    """Give the places in a file, its name among them, and what each holds."""
    yield from ((leak.where, leak.needle) for leak in find(name, data, needles, own))


def find(name: str, data: bytes, needles: Iterable[Needle], own: Ours | None = None) -> Iterator[Leak]:
    """Give the places in a file that hold something, with what was found. ``own`` says what is ours in it."""
    own = own or Ours()
    patterns = [(needle, re.compile(needle.pattern), re.compile(needle.whole)) for needle in needles]
    for where, text, kind in _pieces(name, data):
        plain = folded(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
        hidden = ""  # the same without what is ours: made only where something is found, which is rare
        for needle, pattern, whole in patterns:
            least = LEAST if kind == BINARY else 0
            if not _found(whole if kind == SYNTAX else pattern, plain, least):
                continue
            hidden = hidden or own.hidden(plain)
            match = _found(whole, hidden, least)
            if not match and kind != SYNTAX:
                match = _found(pattern, own.alone(plain), least)
            if match:
                yield Leak(where, needle, _around(plain, match))


def _found(pattern: re.Pattern[str], text: str, least: int) -> re.Match[str] | None:
    """Find the first place of at least so many signs."""
    return next((match for match in pattern.finditer(text) if len(match[0]) >= least), None)


def _around(text: str, match: re.Match[str]) -> str:
    """Quote what was found, from word to word, on one line and without what cannot be printed."""
    before = text[max(0, match.start() - AROUND) : match.start()]
    behind = text[match.end() : match.end() + AROUND]
    before = before.partition(" ")[2] if match.start() > AROUND and " " in before else before
    behind = behind.rpartition(" ")[0] if match.end() + AROUND < len(text) and " " in behind else behind
    said = "".join(sign if sign.isprintable() else " " for sign in f"{before}{match[0]}{behind}")
    return f"“{' '.join(said.split())}”"


def _pieces(where: str, data: bytes, depth: int = 0) -> Iterator[Piece]:
    """Take data apart, by what it is and not by what it is called."""
    if not depth:
        yield "the name of the file", where, SYNTAX
        yield "the name of the file", PARTS.sub("", where), WORDS
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
    elif data.startswith(FONTS):
        yield where, data.decode("latin-1"), SYNTAX  # what a font is called, and who drew it
        yield where, data.decode("utf-16-be", "replace"), SYNTAX
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
    yield where, data.decode("latin-1"), BINARY
    yield where, data.decode("utf-8", "replace"), BINARY
    for code in ("utf-16-le", "utf-16-be"):
        for start in (0, 1):
            yield where, data[start:].decode(code, "replace"), BINARY


def _text(where: str, text: str, depth: int) -> Iterator[Piece]:
    """Read text as it stands, without escapes, and as markup or JSON where it is such."""
    start = text.lstrip()[:1]
    if start == "<":
        yield from _markup(where, text, depth)
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
    yield from _embedded(where, text, depth)


def _code(where: str, text: str, depth: int) -> Iterator[Piece]:
    """Read a style sheet or a script: its comments and strings are words, where they are not those of our templates."""
    yield where, text, SYNTAX
    yield where, unquote(text), SYNTAX
    for match in QUOTED.finditer(DATA.sub("", text)):
        if match[0] not in _shipped() and (said := _unfonted(match[0].strip("\"'"))):
            yield where, said, WORDS
            yield where, unquote(said), WORDS
    yield from _embedded(where, text, depth)


@lru_cache(maxsize=1)
def _shipped() -> str:
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
            text = element.text or ""
            ours = text in _shipped() or getattr(element, "target", "") == "xpacket"
            yield f"{where}, a comment", text, SYNTAX if ours else WORDS
            continue
        for key, value in element.attrib.items():
            yield from _attribute(f"{where}, {key.rpartition('}')[2]} of <{name}>", element, key, value, depth)
        if name in ("script", "style") and element.text:
            inner = element.text.lstrip()[:1] in ("{", "[", "<")
            yield from (_text if inner else _code)(f"{where}, <{name}>", element.text, depth)
    for between in ("", " "):
        yield where, "".join(_running(root, between)), WORDS


def _attribute(place: str, element: etree._Element, key: str, value: str, depth: int) -> Iterator[Piece]:
    """Read an attribute of markup."""
    if value.startswith("data:"):
        yield from _embedded(place, value, depth)
        return
    yield place, value, SYNTAX
    yield place, unquote(value), SYNTAX
    plain = key.rpartition("}")[2]
    if not _coded_attribute(element, key, value):
        said = PARTS.sub("", _unfonted(value.partition("#")[0])) if plain in ADDRESSES else value
        yield place, said, WORDS
        yield place, unquote(said), WORDS


def _coded_attribute(element: etree._Element, key: str, value: str) -> bool:
    """Whether an attribute is said to programs."""
    name, plain = element.tag.rpartition("}")[2], key.rpartition("}")[2]
    if key.startswith(WORD):
        return key not in SAID and name not in VALUED
    if plain == "name":
        return name in NAMED or bool(re.fullmatch(r"Picture \d+", value))
    if plain == "content" and name == "meta":
        return bool(SETTING.fullmatch(element.get("name") or element.get("property") or ""))
    return plain in CODES or plain.endswith("-type")


def _running(element: etree._Element, between: str) -> Iterator[str]:
    """Give the text of an element: parts of a line one behind another, and every other element on a line of its own."""
    if not isinstance(element.tag, str):
        return
    inside = element.tag.rpartition("}")[2] in INLINE
    yield between if inside else "\n"
    coded = element.tag.startswith(SCHEMAS) or str(element.get("property", "")).startswith(("schema:", "a11y:", "dcterms:"))
    if element.tag.rpartition("}")[2] not in ("script", "style") and not (coded and len(element) == 0):
        yield element.text or ""
    for child in element:
        yield from _running(child, between)
        yield child.tail or ""
    yield between if inside else "\n"


def _archive(where: str, data: bytes, depth: int) -> Iterator[Piece]:
    yield where, data.decode("latin-1"), SYNTAX  # also what stands between the members
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield f"{where}, the comment of the archive", archive.comment.decode("utf-8", "replace"), WORDS
        for member in archive.infolist():
            place = f"{where}: {member.filename}"
            yield f"the name of {place}", member.filename, SYNTAX
            yield f"the name of {place}", PARTS.sub("", _unfonted(member.filename)), WORDS
            yield from _binary(f"{place}, what the archive says of it", member.comment + member.extra)
            if not member.is_dir():
                content, inner = archive.read(member), member.filename if not depth else place
                text = _decoded(content) if member.filename.endswith((".css", ".js")) else None
                yield from _pieces(inner, content, depth + 1) if text is None else _code(inner, text, depth + 1)


def _unfonted(name: str) -> str:
    """Give the name of a file; of a font, nothing."""
    return "" if name.endswith((".ttf", ".otf", ".woff", ".woff2")) else name


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
            yield f"{where}, {key}", str(value), WORDS


def _pdf(where: str, data: bytes, depth: int) -> Iterator[Piece]:
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
                    yield from _pieces(place, content, depth + 1)
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
            yield from (_binary(place, raw) if kind == WORDS else [(place, raw.decode("latin-1"), SYNTAX)])
        elif isinstance(value, pikepdf.Name):
            yield place, str(value)[1:], SYNTAX
