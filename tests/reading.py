"""Reads finished editions back as a stranger's program would: bytes in; heads, references and words out.

Nothing here asks the build what it did: from compositor comes a reader of structure trees, and no more.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdfium2
from lxml import etree, html

from compositor.proof.structure import read_structure

if TYPE_CHECKING:
    from pathlib import Path

ARROW = "\N{UPWARDS ARROW}"
FRONT_HEADS = (
    "Abstract",
    "Zusammenfassung",
    "Résumé",
    "Streszczenie",
    "Анотація",
    "Santrauka",
    "תקציר",
    "Contents",
)  # in the front matter
LIST_HEADS = (
    "References",
    "Works Cited",
    "Literatur",
    "Références",
    "Bibliografia",
    "Obras citadas",
)  # what our cases call the list
OPF = {"opf": "http://www.idpf.org/2007/opf", "x": "http://www.w3.org/1999/xhtml", "epub": "http://www.idpf.org/2007/ops"}


def fold(text: str) -> str:
    """Fold white space, no-break spaces included."""
    return re.sub(r"\s+", " ", text).strip()


def squeeze(text: str) -> str:
    """Take white space out: a line may end anywhere in an address."""
    return re.sub(r"\s+", "", text)


@dataclass(frozen=True)
class Reading:
    """What one edition says."""

    heads: list[tuple[int, str]]  # level from 1, number and title as printed
    references: list[str]  # the list, in order, links back left out
    contents: list[str]  # the machine-readable contents: bookmarks, nav
    text: str  # all words


def _heads(root: etree._Element) -> list[tuple[int, str]]:
    skip = "ancestor::*[@role='doc-endnotes' or @role='doc-abstract' or @id='cite-this' or contains(@class, 'cite-box')]"
    found = root.xpath(f".//*[self::h2 or self::h3 or self::h4 or self::h5 or self::h6][not(ancestor::nav)][not({skip})]")
    return [(int(head.tag[1]) - 1, fold(head.text_content())) for head in found]


def _entries(root: etree._Element) -> list[str]:
    found = []
    for entry in root.xpath(".//ul[@id='refs' or starts-with(@id, 'refs-')]/*"):
        words = entry.xpath(".//text()[not(ancestor::*[contains(@class, 'backlinks')])]")
        found.append(fold("".join(words)))
    return found


def read_html(data: bytes) -> Reading:
    """Read the web page."""
    page = html.document_fromstring(data.decode("utf-8"))
    for element in page.xpath("//script | //style"):
        element.drop_tree()
    contents = [fold(link.text_content()) for link in page.xpath("//nav[@role='doc-toc']//a")]
    return Reading(_heads(page), _entries(page), contents, fold(page.text_content()))


def spine(data: bytes) -> list[tuple[str, html.HtmlElement]]:
    """Give the files of an EPUB in reading order, parsed."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        package = etree.fromstring(book.read("EPUB/package.opf"))
        hrefs = {item.get("id"): item.get("href") for item in package.findall(".//opf:item", OPF)}
        order = [hrefs[item.get("idref")] for item in package.findall(".//opf:itemref", OPF)]
        pages = []
        for name in order:
            etree.fromstring(book.read(f"EPUB/{name}"))  # it must be XML before it is read as HTML
            pages.append((name, html.document_fromstring(book.read(f"EPUB/{name}").decode("utf-8").split("?>", 1)[1])))
        return pages


def read_epub(data: bytes) -> Reading:
    """Read the EPUB, in spine order."""
    heads: list[tuple[int, str]] = []
    references: list[str] = []
    contents: list[str] = []
    words = []
    for name, page in spine(data):
        if name == "nav.xhtml":
            contents = [fold(link.text_content()) for link in page.xpath("//nav[@role='doc-toc']//a")]
            continue
        heads += _heads(page)
        references += _entries(page)
        words.append(page.text_content())
    return Reading(heads, references, contents, fold(" ".join(words)))


def bookmarks(data: bytes) -> list[tuple[int, str]]:
    """Give a PDF's outline: level from 1 and title."""
    document = pypdfium2.PdfDocument(data)
    found = [(item.level + 1, fold(item.get_title())) for item in document.get_toc()]
    document.close()
    return found


def read_pdf(path: Path) -> Reading:
    """Read the PDF: heads and references by its structure tree, contents by its outline, words by pdftotext."""
    tree = read_structure(path.read_bytes())
    heads = [(int(node.tag[1]) - 1, fold(node.words())) for node in tree.walk() if re.fullmatch(r"H[2-6]", node.tag)]
    heads = [(level, title) for level, title in heads if title not in FRONT_HEADS]
    references: list[str] = []
    inside = False
    for node in tree.walk():
        if re.fullmatch(r"H[2-6]", node.tag):
            inside = node.words() in {squeeze(head) for head in LIST_HEADS} or (inside and node.tag != "H2")  # of a group
        elif inside and node.tag == "LI":  # a list that crosses a page is two lists
            references.append(re.sub(rf"\s*{ARROW}[\sa-z]*$", "", node.words()))
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return Reading(heads, references, [title for _, title in bookmarks(path.read_bytes())], fold(text))


def read(path: Path) -> Reading:
    """Read any edition by its suffix."""
    if path.suffix == ".pdf":
        return read_pdf(path)
    return {".epub": read_epub, ".html": read_html}[path.suffix](path.read_bytes())
