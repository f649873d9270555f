"""Taking markup apart: XML or HTML in; its running text, attributes, comments and instructions out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from compositor.blinding.piece import PARTS, SYNTAX, WORDS, Piece, unfonted
from compositor.blinding.pieces import code_pieces, embedded, shipped, text_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator


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


def markup(where: str, text: str, depth: int) -> Iterator[Piece]:
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
            ours = text in shipped() or getattr(element, "target", "") == "xpacket"
            yield f"{where}, a comment", text, SYNTAX if ours else WORDS
            continue
        for key, value in element.attrib.items():
            yield from _attribute(f"{where}, {key.rpartition('}')[2]} of <{name}>", element, key, value, depth)
        if name in ("script", "style") and element.text:
            inner = element.text.lstrip()[:1] in ("{", "[", "<")
            yield from (text_pieces if inner else code_pieces)(f"{where}, <{name}>", element.text, depth)
    for between in ("", " "):
        yield where, "".join(_running(root, between)), WORDS


def _attribute(place: str, element: etree._Element, key: str, value: str, depth: int) -> Iterator[Piece]:
    """Read an attribute of markup."""
    if value.startswith("data:"):
        yield from embedded(place, value, depth)
        return
    yield place, value, SYNTAX
    yield place, unquote(value), SYNTAX
    plain = key.rpartition("}")[2]
    if not _coded_attribute(element, key, value):
        said = PARTS.sub("", unfonted(value.partition("#")[0])) if plain in ADDRESSES else value
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
