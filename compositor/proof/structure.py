"""The structure of a PDF, as a screen reader meets it: heads, cells and references in their order, and where links lead."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as raw

from compositor.editions import adapt
from compositor.pages import plates
from compositor.proof.expected import INVISIBLE, Difference, text_of
from compositor.proof.reversed import ARROW
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compositor.setting.sheet import Sheet


@dataclass(slots=True)
class Node:
    """An element of the tree; ``text`` is filled in leaves only."""

    tag: str
    text: str = ""
    lang: str = ""  # BCP 47, where it is said
    children: list[Node] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """Give the node and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def words(self) -> str:
        """Give all text below the node, the marks of lists aside, without white space: a line may end anywhere."""
        return _squeeze("".join(node.text for node in self.walk() if node.tag != "Lbl"))


@dataclass(slots=True)
class Structure(Node):
    """The root, and the outside addresses that the file's links lead to."""

    links: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Tagged:
    """What the tags of a PDF are found to be: where they differ from the document, and the outside addresses of its links."""

    differences: list[Difference]
    links: set[str]


ROOM = 512  # bytes; most lines of text need less
BUFFER: Any = (ctypes.c_ushort * (ROOM // 2))()
LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}  # PDFium takes them apart


def _squeeze(text: str) -> str:
    return re.sub(r"[\s•◦▪‣]+", "", INVISIBLE.sub("", text)).translate(LIGATURES)


def read_structure(data: bytes) -> Structure:
    """Read the tree by PDFium, page by page; an element that goes over a page is met once on each."""
    document = pypdfium2.PdfDocument(data)
    root = Structure("")
    for index in range(len(document)):
        page = document[index]
        root.links |= set(_links(document, page))
        texts = _texts(page)
        tree = raw.FPDF_StructTree_GetForPage(page)
        if tree:
            for number in range(raw.FPDF_StructTree_CountChildren(tree)):
                if child := raw.FPDF_StructTree_GetChildAtIndex(tree, number):
                    root.children.append(_node(child, texts))
            raw.FPDF_StructTree_Close(tree)
        page.close()
    document.close()
    return root


def _texts(page: Any) -> dict[int, str]:
    """Give the text of each piece of marked content of a page."""
    reader = page.get_textpage()
    found: dict[int, str] = {}
    for index in range(raw.FPDFPage_CountObjects(page)):
        item = raw.FPDFPage_GetObject(page, index)
        if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_TEXT:
            mark = raw.FPDFPageObj_GetMarkedContentID(item)
            found[mark] = found.get(mark, "") + _asked(partial(raw.FPDFTextObj_GetText, item, reader))
    return {mark: plates.without(text) for mark, text in found.items()}


def _node(element: Any, texts: dict[int, str]) -> Node:
    node = Node(
        _asked(partial(raw.FPDF_StructElement_GetType, element)),
        lang=_asked(partial(raw.FPDF_StructElement_GetLang, element)),
    )
    for number in range(raw.FPDF_StructElement_CountChildren(element)):
        if child := raw.FPDF_StructElement_GetChildAtIndex(element, number):
            node.children.append(_node(child, texts))
        elif (mark := raw.FPDF_StructElement_GetChildMarkedContentID(element, number)) >= 0:
            node.children.append(Node("", texts.get(mark, "")))
    return node


def _asked(ask: Callable[[Any, int], int]) -> str:
    """Give what PDFium writes into a buffer of so many bytes; it tells how many it needs, with two for the end."""
    buffer, needed = BUFFER, ask(BUFFER, ROOM)
    if needed > ROOM:
        buffer = (ctypes.c_ushort * (needed // 2))()
        ask(buffer, needed)
    return ctypes.string_at(buffer, max(needed - 2, 0)).decode("utf-16-le")


def _links(document: Any, page: Any) -> Iterator[str]:
    position, link = ctypes.c_int(0), raw.FPDF_LINK()
    while raw.FPDFLink_Enumerate(page, position, link):
        action = raw.FPDFLink_GetAction(link)
        if action and raw.FPDFAction_GetType(action) == raw.PDFACTION_URI:
            size = raw.FPDFAction_GetURIPath(document, action, None, 0)
            buffer = ctypes.create_string_buffer(size)
            raw.FPDFAction_GetURIPath(document, action, buffer, size)
            yield buffer.value.decode("utf-8", "replace")


def compare_structure(sheet: Sheet, data: bytes) -> Tagged:
    """Compare heads, table cells and references of a PDF with the document, item by item."""
    tree = read_structure(data)
    nodes = list(tree.walk())
    heads = [
        (f"head {markup.text(head)}", _squeeze(text_of(head))) for head in sheet.root.xpath("//h2 | //h3 | //h4 | //h5 | //h6")
    ]
    found = _items("head", heads, [node.words() for node in nodes if re.fullmatch(r"H[2-6]", node.tag)])
    cells = [
        (f"cell {number}", _squeeze(text_of(cell)))
        for number, cell in enumerate(sheet.root.xpath("//table//td | //table//th"), start=1)
    ]
    found += _items("cell", cells, [node.words() for node in nodes if node.tag in ("TD", "TH")])
    entries = [
        (f"reference {entry.get('id', '')[4:]}", _squeeze(text_of(entry)))
        for entry in sheet.root.xpath(f"//{adapt.REFERENCES}/li")
    ]
    items = [re.sub(rf"{ARROW}[a-z]*$", "", node.words()) for node in nodes if node.tag == "LI"]
    return Tagged(found + _items("reference", entries, items), tree.links)


def _items(kind: str, wanted: list[tuple[str, str]], said: list[str]) -> list[Difference]:
    """Find each wanted item in order among those said; others (the abstract's head, repeated cells) may stand between."""
    found = []
    at = 0
    for name, text in wanted:
        if not text:
            continue
        place = next((index for index in range(at, len(said)) if said[index] == text), None)
        if place is None:
            near = said[at] if at < len(said) else ""
            found.append(Difference(f"the structure's {name or kind}", text, near))
        else:
            at = place + 1
    return found
