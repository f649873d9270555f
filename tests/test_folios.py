"""The numbers of pages: of a volume's article they go on from its range, in every copy that has them."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pikepdf
import pytest
from lxml import html as lxml_html

from compositor.reading import folios
from compositor.reading.metadata import Metadata, normalise
from tests.conftest import CASES, need

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

VOLUME = CASES / "features" / "volume"
NUMBERS = ["114", "115", "116"]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("113-128", 113, 128),
        ("113\N{EN DASH}128", 113, 128),
        (" 113 -- 128 ", 113, 128),
        ("113-28", 113, 128),
        ("5-5", 5, 5),
    ],
)
def test_range(written: str, first: int, last: int) -> None:
    assert folios.span(written) == (first, last)


@pytest.mark.parametrize("written", ["", "113", "e12", "S3-S9", "128-113", "0-3", "iv-ix", "113-128, 140"])
def test_no_range(written: str) -> None:
    """Article numbers, Roman numbers and the like leave the pages to count from 1."""
    assert folios.span(written) is None
    assert folios.first(Metadata.model_validate(normalise({"journal": {"page": written}})[0])) == 1


def test_what_the_metadata_say_goes_before() -> None:
    assert folios.first(Metadata.model_validate({"journal": {"page": "113-128"}, "first-page": 1})) == 1
    assert folios.first(Metadata.model_validate({"first-page": 33})) == 33


@pytest.fixture
def pdf(build: Callable[..., Built]) -> Path:
    """Build the article of a volume: from page 114, a left one, to page 116."""
    built = build(VOLUME)
    assert built.problems == []
    return built.path("pdf")


def printed(pdf: Path, page: int, left: bool) -> str:
    """Give what stands in an outer upper corner of a page, from 1."""
    need("pdftotext")
    corner = ["-x", "0" if left else "400", "-y", "0", "-W", "200", "-H", "75"]
    command = ["pdftotext", "-f", str(page), "-l", str(page), *corner, str(pdf), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_pages_of_the_pdf_have_them(pdf: Path) -> None:
    """Readers call the pages by them; an odd page is a right one, so that its number stands on the right."""
    with pikepdf.open(pdf) as file:
        assert [page.label for page in file.pages] == NUMBERS
    assert "115" in printed(pdf, 2, left=False)
    assert "115" not in printed(pdf, 2, left=True)
    assert "116" in printed(pdf, 3, left=True)


def test_contents_lead_to_them(pdf: Path) -> None:
    need("pdftotext")
    command = ["pdftotext", "-l", "1", "-layout", str(pdf), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"part[ .]+(\d+)$", text, re.MULTILINE) == ["114", "115"]


def test_other_copies_have_them(build: Callable[..., Built], pdf: Path) -> None:
    """The marks of pages in the web page, and the list of pages in the book, say the same numbers."""
    assert pdf.is_file()
    page = lxml_html.document_fromstring(build(VOLUME).path("html").read_bytes())
    assert page.xpath("//*[@role='doc-pagebreak']/@data-page") == NUMBERS
    with zipfile.ZipFile(io.BytesIO(build(VOLUME).path("epub").read_bytes())) as book:
        nav = book.read("EPUB/nav.xhtml").decode()
    assert re.findall(r'#page-\d+">(\d+)<', nav) == NUMBERS


def test_referees_copies_count_from_one(build: Callable[..., Built]) -> None:
    """What they do not see would make the range false."""
    built = build(VOLUME, "--blind")
    assert built.problems == []
    with pikepdf.open(built.path("pdf")) as file:
        assert [page.label for page in file.pages] == ["1", "2", "3"]


def test_review_copies_count_from_one(build: Callable[..., Built]) -> None:
    """Its lines are found by the page that it shows."""
    built = build(VOLUME, "--review")
    assert built.problems == []
    with pikepdf.open(built.path("review")) as file:
        assert file.pages[0].label == "1"
