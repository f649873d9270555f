"""Reading editions back: finished bytes in, what a stranger's program finds in them out."""

from __future__ import annotations

import io
import posixpath
import re
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree
from lxml import html as lxml_html

from compositor.pages import plates
from compositor.proof.expected import split, text_of
from compositor.result import MissingTool
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Callable

OPS = {"ops": "http://www.idpf.org/2007/ops"}  # of EPUB
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(slots=True)
class Reading:
    """What a reflowable edition says, in reading order."""

    front: str = ""  # title, authors and what stands around them
    authors: list[str] = field(default_factory=list)
    abstract: list[str] = field(default_factory=list)
    flow: list[str] = field(default_factory=list)
    islands: list[tuple[list[str], list[str]]] = field(default_factory=list)  # caption, inner words
    notes: list[list[str]] = field(default_factory=list)
    links: set[str] = field(default_factory=set)


def _furniture(node: etree._Element) -> bool:
    """Links back and marks of pages are furniture of the edition, not words of the article."""
    return node.get("role") in ("doc-backlink", "doc-pagebreak") or "backlinks" in (node.get("class") or "").split()


def _words(element: etree._Element) -> list[str]:
    return split(text_of(element, skip=_furniture))


def _take(reading: Reading, root: etree._Element) -> None:
    """Sort a page's content into the streams of a reading; takes the tree apart."""
    reading.links |= {link.get("href") for link in root.iter("a") if re.match(r"(https?|mailto):", link.get("href", ""))}
    for note in root.xpath(".//*[@role='doc-endnotes']//li[starts-with(@id, 'fn')] | .//*[@role='doc-footnote']"):
        reading.notes.append(_words(note))
    for gone in root.xpath(".//*[@role='doc-endnotes'] | .//section[@ops:type='footnotes']", namespaces=OPS):
        _drop(gone)
    for abstract in root.xpath(".//*[@role='doc-abstract'] | .//section[contains(@class, 'translated-abstract')]"):
        for around in abstract.xpath("./h2 | ./p[contains(@class, 'translated-') or @class='keywords']"):
            reading.front += " " + " ".join(_words(around))
            _drop(around)
        reading.abstract += _words(abstract)
        _drop(abstract)
    for element in list(root.iter("figure", "table")):
        if any(parent.tag in ("figure", "table") for parent in element.iterancestors()):
            continue
        caption = element.find("figcaption" if element.tag == "figure" else "caption")
        said = _words(caption) if caption is not None else []
        if caption is not None:
            _drop(caption)
        inner = _words(element)
        if described := element.get("aria-describedby"):
            for notes in root.xpath(".//*[@id=$id]", id=described):
                inner += _words(notes)
                _drop(notes)
        reading.islands.append((said, inner))
        _drop(element)
    reading.flow += _words(root)


def _authors(part: etree._Element) -> list[str]:
    return [" ".join(_words(name)) for name in part.xpath(".//*[contains(@class, 'author-name')]")]


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    tail = " " + (element.tail or "")
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def read_html(data: bytes) -> Reading:
    """Read the web page: its ``main``, without what only a web page has."""
    page = lxml_html.document_fromstring(data.decode("utf-8"), parser=markup.DEEP)
    reading = Reading()
    main = page.xpath("//main")[0]
    for gone in main.xpath(".//*[@id='cite-this'] | .//*[contains(@class, 'anchor')]"):
        _drop(gone)
    for part in main.xpath(".//header | .//*[contains(@class, 'facts')] | .//*[contains(@class, 'keywords')]"):
        reading.front += " " + " ".join(_words(part))
        reading.authors += _authors(part)
        reading.links |= {link.get("href") for link in part.iter("a") if re.match(r"(https?|mailto):", link.get("href", ""))}
        _drop(part)
    main.getparent().remove(main)
    _take(reading, main)
    return reading


def read_epub(data: bytes) -> Reading:
    """Read the e-book in spine order; every file must be XML."""
    reading = Reading()
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        container = etree.fromstring(book.read("META-INF/container.xml"))
        package_name = container.find(".//{*}rootfile").get("full-path")
        package = etree.fromstring(book.read(package_name))
        names = {item.get("id"): item.get("href") for item in package.iterfind(".//{*}item")}
        for itemref in package.iterfind(".//{*}itemref"):
            page = etree.fromstring(book.read(posixpath.join(posixpath.dirname(package_name), names[itemref.get("idref")])))
            for element in page.iter(f"{XHTML}*"):
                element.tag = etree.QName(element).localname
            body = page.find("body")
            if body.xpath(".//nav") or "cover" in (body.get("class") or ""):
                continue
            page.remove(body)
            if body.xpath(".//*[contains(@class, 'title-page')]"):
                reading.front += " ".join(_words(body))
                reading.authors += _authors(body)
                continue
            _take(reading, body)
    return reading


@cache
def reader_version() -> str:
    """Give the version of poppler; empty where it is not here."""
    if shutil.which("pdftotext") is None:
        return ""
    told = subprocess.run(["pdftotext", "-v"], capture_output=True, text=True, check=False).stderr  # noqa: S607
    match = re.match(r"pdftotext version (\S+)", told)
    return match[1] if match else ""


def begin_pdf(data: bytes, *, written: bool = False, count: int = 0) -> Callable[[], list[list[str]]]:
    """Begin to read the words of each page of a PDF; the call that is given waits for them. Raises MissingTool.

    They come in poppler's own reading order, or as they are ``written`` in the file, where words broken at a line's end are
    not yet joined: of two columns poppler may take the second before the end of the first. Where the ``count`` of pages is
    known, two halves are read at once.
    """
    if shutil.which("pdftotext") is None:
        from compositor.system import install_line

        raise MissingTool("pdftotext", install_line(["poppler-utils"]))
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "edition.pdf"
    path.write_bytes(data)
    command = ["pdftotext", "-enc", "UTF-8", *(["-raw"] if written else [])]
    halves = [["-l", str(count // 2)], ["-f", str(count // 2 + 1)]] if count > 1 else [[]]
    texts = [path.with_suffix(f".{half}.txt") for half in range(len(halves))]
    running = [subprocess.Popen([*command, *half, str(path), str(text)]) for half, text in zip(halves, texts, strict=True)]

    def finish() -> list[list[str]]:
        with folder:
            for process in running:
                if process.wait():
                    raise subprocess.CalledProcessError(process.returncode, process.args)
            text = plates.without("".join(text.read_bytes().decode("utf-8", "replace") for text in texts))
        if written:
            text = re.sub(r"(?<=\w)-\n(?=\w)", "", text)
        return [split(page) for page in text.split("\f")]

    return finish
