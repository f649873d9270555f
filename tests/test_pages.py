"""The citable page in every copy: where each page of the PDF begins is marked in the EPUB and the web page."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from tests.conftest import CASES, ROOT, Built, need
from tests.reading import spine, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOURCES = [ROOT / "manuscript", CASES / "features" / "page-make-up"]
HEAD = 80.0  # points from the top: above it stands the running head


def first_words(pdf: Path) -> list[list[str]]:
    """Give the words of each page in the order poppler reads them, without the running head."""
    output = subprocess.run(["pdftotext", "-bbox-layout", str(pdf), "-"], capture_output=True, check=True).stdout
    space = {"x": "http://www.w3.org/1999/xhtml"}
    pages = etree.fromstring(output).iterfind(".//x:page", space)
    return [[word.text for word in page.iterfind(".//x:word", space) if float(word.get("yMin")) > HEAD] for page in pages]


def after_marks(root: html.HtmlElement) -> dict[str, str]:
    """Give the text behind each mark of a page, figures, tables and notes left out."""
    found = {}
    for mark in root.xpath("//span[@role='doc-pagebreak']"):
        words = mark.xpath(
            "following::text()[not(ancestor::figure or ancestor::table or ancestor::aside or ancestor::script"
            " or ancestor::*[@role='doc-endnotes'] or ancestor::*[@role='doc-backlink'] or ancestor::*[@class='anchor'])]"
        )
        found[mark.get("data-page")] = squeeze("".join(words)[:400])
    return found


@pytest.mark.parametrize("edition", ["html", "epub"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_marks_stand_where_pages_begin(source: Path, edition: str, build: Callable[..., Built]) -> None:
    """For every page, the first words behind its mark are the first words of running text of the PDF's page."""
    need("pdftotext")
    built = build(source)
    pages = first_words(built.path("pdf"))
    data = built.path(edition).read_bytes()
    roots = [html.document_fromstring(data.decode())] if edition == "html" else [page for _, page in spine(data)]
    marks: dict[str, str] = {}
    for root in roots:
        marks |= after_marks(root)
    assert [int(number) for number in marks] == list(range(1, len(pages) + 1))
    page = html.document_fromstring(built.path("html").read_bytes().decode())
    floating = squeeze("".join(part.text_content() for part in page.xpath("//figure | //table")))
    for number, words in enumerate(pages, start=1):
        behind = marks[str(number)].replace("-", "")[:20]
        text = squeeze(" ".join(words)).replace("-", "")
        assert behind in text, (number, behind, text[:60])
        if number > 1:  # before it stands the title block on page 1, and elsewhere nothing but a figure or table
            before = [word for word in words if squeeze(word) in floating]
            rest = squeeze("".join(before)).replace("-", "")
            assert text.startswith(behind[:12]) or rest.startswith(text[: text.index(behind)][:40]), (number, behind, text[:80])


def test_page_list_of_the_book(article: Built) -> None:
    """The nav and the NCX list every page once, in order, and each entry leads to its mark; the source is named."""
    pages = next(item["pages"] for item in article.data["outputs"] if item["edition"] == "pdf")
    with zipfile.ZipFile(io.BytesIO(article.path("epub").read_bytes())) as book:
        files = {name: book.read(name) for name in book.namelist()}
    nav = html.document_fromstring(files["EPUB/nav.xhtml"].decode().split("?>", 1)[1])
    links = nav.xpath("//nav[@role='doc-pagelist']//a")
    assert [link.text for link in links] == [str(number) for number in range(1, pages + 1)]
    for link in links:
        file, _, mark = link.get("href").partition("#")
        page = html.document_fromstring(files[f"EPUB/{file}"].decode().split("?>", 1)[1])
        assert page.get_element_by_id(mark).get("role") == "doc-pagebreak"
    ncx = etree.fromstring(files["EPUB/toc.ncx"])
    assert len(ncx.findall(".//{*}pageTarget")) == pages
    package = files["EPUB/package.opf"].decode()
    assert re.search(r'<meta property="pageBreakSource">article\.pdf, urn:uuid:', package)
    assert "<dc:source" in package


def test_no_marks_without_a_pdf(build: Callable[..., Built]) -> None:
    """An edition built alone promises no pages."""
    built = build(SOURCES[1], "--to", "html,epub")
    assert b'role="doc-pagebreak"' not in built.path("html").read_bytes()
    with zipfile.ZipFile(io.BytesIO(built.path("epub").read_bytes())) as book:
        assert b"page-list" not in book.read("EPUB/nav.xhtml")
        assert b"pageBreakSource" not in book.read("EPUB/package.opf")
