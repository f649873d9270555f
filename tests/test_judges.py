"""The finished editions before judges that know nothing of Compositor: no complaint from any of them.

One test a judge, so that each starts once for all files, whatever process it runs in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.conftest import CASES, EDITIONS, ROOT, run
from tests.judges import epub, pdf, web

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

EVERY_CONSTRUCT = CASES / "features" / "every-construct"
# of the features
SEVERAL = (
    "boxes", "examples", "glosses", "lists", "listings", "mathematics", "notes-in-links", "numbered-lines",
    "reference-groups", "theorems", "translations",
)  # fmt: skip
SOURCES = (ROOT / "manuscript", EVERY_CONSTRUCT, *(CASES / "features" / name for name in SEVERAL))
XMP = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}


@pytest.fixture
def files(build: Callable[..., Built]) -> Callable[[str], list[Path]]:
    """Give a function that gives the finished files of one edition of all sources; PDFs in two columns, too."""

    def _files(edition: str) -> list[Path]:
        looks: tuple[tuple[str, ...], ...] = ((), ("--profile", "two-column")) if edition == "pdf" else ((),)
        return [build(source, *look).path(edition) for look in looks for source in SOURCES]

    return _files


def report(complaints: list[str]) -> str:
    """Give what a judge said, a line each."""
    return "\n".join(complaints)


def test_verapdf_finds_pdf_a_3a_and_pdf_ua_1(files: Callable[[str], list[Path]]) -> None:
    """The PDFs are both PDF/A-3a and PDF/UA-1."""
    complaints = pdf.verapdf(files("pdf"), ("3a", "ua1"))
    assert not complaints, report(complaints)


def test_qpdf_finds_no_damage(files: Callable[[str], list[Path]]) -> None:
    """The PDFs are sound files."""
    complaints = pdf.qpdf(files("pdf"))
    assert not complaints, report(complaints)


def test_pdffonts_finds_every_font_embedded(files: Callable[[str], list[Path]]) -> None:
    """The PDFs bring their fonts, and say which letter each glyph is."""
    complaints = pdf.pdffonts(files("pdf"))
    assert not complaints, report(complaints)


def test_epubcheck_finds_nothing(files: Callable[[str], list[Path]]) -> None:
    """The EPUBs are valid, without a warning."""
    complaints = epub.epubcheck(files("epub"))
    assert not complaints, report(complaints)


def test_ace_finds_nothing(files: Callable[[str], list[Path]]) -> None:
    """The EPUBs are accessible, as far as a program can tell."""
    complaints = epub.ace(files("epub"))
    assert not complaints, report(complaints)


def test_nu_finds_nothing(files: Callable[[str], list[Path]]) -> None:
    """The web pages are valid HTML, without a warning."""
    complaints = web.nu(files("html"))
    assert not complaints, report(complaints)


def test_axe_finds_nothing(files: Callable[[str], list[Path]]) -> None:
    """The web pages are accessible, as far as a program can tell: wide, on a telephone, and in the dark."""
    complaints = web.axe(files("html"))
    assert not complaints, report(complaints)


def xmp(file: Path) -> etree._Element:
    """Read the metadata of a PDF, which stand in it as plain text."""
    packets = re.findall(rb"<x:xmpmeta.*?</x:xmpmeta>", file.read_bytes(), re.DOTALL)
    assert len(packets) == 1
    return etree.fromstring(packets[0])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dc:title", ["Every construct, set once"]),
        ("dc:creator", ["Author One", "Author Two"]),
        ("dc:language", ["en-GB"]),
        ("dc:subject", ["first", "second & third"]),
        ("dc:rights", ["CC BY 4.0"]),
        ("dc:identifier", ["doi:10.5555/every-construct"]),
        ("prism:doi", ["10.5555/every-construct"]),
        ("xmpRights:WebStatement", ["https://creativecommons.org/licenses/by/4.0/"]),
        ("xmp:CreateDate", ["2026-01-02"]),
        ("pdfuaid:part", ["1"]),
    ],
)
def test_pdf_says_what_it_is(name: str, words: list[str], build: Callable[..., Built]) -> None:
    """A program that finds the PDF alone learns title, authors, licence, DOI and date from it."""
    (found,) = xmp(build(EVERY_CONSTRUCT).path("pdf")).iterfind(f".//{name}", XMP)
    assert [text.strip() for text in found.itertext() if text.strip()] == words


def test_pdf_claims_pdf_ua_only_where_it_holds(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A raw head that leaves a level out leaves the file PDF/A-3a, and veraPDF finds what is wanting for PDF/UA-1."""
    (tmp_path / "article.md").write_text("---\ntitle: A gap\n---\n\n# First\n\n<h5>Too deep</h5>\n\nWords.\n", encoding="utf-8")
    file = build(tmp_path, "--to", "pdf").path("pdf")
    assert xmp(file).find(".//pdfuaid:part", XMP) is None
    assert not pdf.verapdf([file], ["3a"])
    assert any("7.4.2 test 1" in complaint for complaint in pdf.verapdf([file], ["ua1"]))


def test_clock_has_no_say(tmp_path: Path, build: Callable[..., Built], monkeypatch: pytest.MonkeyPatch) -> None:
    """A build at another time, in another zone, gives the same bytes."""
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = build(EVERY_CONSTRUCT)
    process = run(EVERY_CONSTRUCT, "--out", tmp_path, "--quiet")
    assert process.returncode == 0, process.stderr
    for edition in EDITIONS:
        file = before.path(edition)
        assert file.read_bytes() == (tmp_path / file.name).read_bytes(), edition
