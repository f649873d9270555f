"""What the editions carry for readers and programs that do not see them: in the PDF, in the e-book, beside the web page."""

from __future__ import annotations

import io
import json
import re
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree, html

from tests.conftest import CASES, need, run
from tests.reading import fold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "every-construct"
OPF = {"opf": "http://www.idpf.org/2007/opf"}
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><path d="M0 0h40v40H0z"/></svg>'


@pytest.fixture(scope="module")
def objects(build: Callable[..., Built]) -> dict[str, Any]:
    """Give the objects of a PDF as qpdf writes them: name → value."""
    need("qpdf")
    command = ["qpdf", "--json=2", "--json-key=qpdf", str(build(CASE).path("pdf"))]
    output = subprocess.run(command, capture_output=True, check=True).stdout
    found: dict[str, Any] = json.loads(output)["qpdf"][1]
    return {name.removeprefix("obj:"): item.get("value") or item["stream"]["dict"] for name, item in found.items()}


def having(objects: dict[str, Any], **wanted: str) -> list[dict[str, Any]]:
    """Give the dictionaries in which these keys have these values."""
    dictionaries = [item for item in objects.values() if isinstance(item, dict)]
    return [item for item in dictionaries if all(item.get(f"/{key}") == value for key, value in wanted.items())]


def elements(objects: dict[str, Any], role: str) -> list[dict[str, Any]]:
    """Give the structure elements of a kind."""
    return [item for item in having(objects, S=role) if "/P" in item]


def said(item: dict[str, Any], key: str) -> str:
    """Give a text of a dictionary, without qpdf's mark for its encoding."""
    return str(item.get(f"/{key}", "")).removeprefix("u:").removeprefix("b:")


def test_pdf_has_the_numbers_of_its_pages_and_its_language(objects: dict[str, Any]) -> None:
    """Page labels count from one, as the printed numbers do; the language and the title are the document's."""
    (catalog,) = having(objects, Type="/Catalog")
    assert catalog["/PageLabels"] == {"/Nums": [0, {"/S": "/D"}]}
    assert said(catalog, "Lang") == "en-GB"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"] is True
    assert catalog["/MarkInfo"]["/Marked"] is True


def test_every_link_of_the_pdf_says_where_it_leads(objects: dict[str, Any]) -> None:
    """Each link annotation has contents (ISO 14289-1, 7.18.5)."""
    links = having(objects, Subtype="/Link")
    assert len(links) > 20
    assert all(said(link, "Contents").strip() for link in links)
    assert any("example.org" in said(link, "Contents") for link in links)


def test_figures_and_formulas_of_the_pdf_have_their_words(objects: dict[str, Any]) -> None:
    """Each picture says what it shows, each formula what its source says."""
    alternatives = {said(item, "Alt") for role in ("/Figure", "/Formula") for item in elements(objects, role)}
    assert {"Three rising bars", "A plain field of colour", "three bars"} <= alternatives
    assert "a^2 + b^2 = c^2" in alternatives
    assert all(alternatives)


def test_heads_of_tables_have_a_scope(objects: dict[str, Any]) -> None:
    """Each header cell says whether it heads a row or a column, and one that spans says how many."""
    heads = [
        [item for item in _list(head.get("/A"), objects) if item.get("/O") == "/Table"] for head in elements(objects, "/TH")
    ]
    assert heads
    scopes = [attribute["/Scope"] for found in heads for attribute in found if "/Scope" in attribute]
    assert len(scopes) == len(heads)
    assert set(scopes) == {"/Row", "/Column"}
    assert any(attribute.get("/ColSpan") == 2 for found in heads for attribute in found)


def _list(value: Any, objects: dict[str, Any]) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in (objects.get(item) if isinstance(item, str) else item for item in items) if isinstance(item, dict)]


def package(built: Built) -> tuple[dict[str, list[str]], zipfile.ZipFile]:
    """Give what a book says of itself, property → values, and the book."""
    book = zipfile.ZipFile(io.BytesIO(built.path("epub").read_bytes()))
    root = etree.fromstring(book.read("EPUB/package.opf"))
    found: dict[str, list[str]] = {}
    for meta in root.iterfind(".//opf:meta[@property]", OPF):
        found.setdefault(meta.get("property"), []).append(fold("".join(meta.itertext())))
    return found, book


@pytest.mark.parametrize(
    ("text", "features", "modes", "hazard"),
    [
        ("Words.", set(), ["textual"], "none"),
        ("![A square](square.svg)", {"alternativeText"}, ["textual", "visual"], "none"),
        ('![](square.svg){alt=""}', set(), ["textual"], "none"),  # for show only: nothing to describe
        ("Words and $x^2$.", {"MathML"}, ["textual"], "none"),
        ("![It moves](moves.gif)", {"alternativeText"}, ["textual", "visual"], "unknown"),
    ],
)
def test_book_claims_what_it_has(
    text: str, features: set[str], modes: list[str], hazard: str, tmp_path: Path, build: Callable[..., Built]
) -> None:
    """The accessibility metadata are counted, not claimed (EPUB Accessibility 1.1, 2.2)."""
    from PIL import Image

    (tmp_path / "square.svg").write_bytes(SQUARE)
    Image.new("P", (8, 8)).save(tmp_path / "moves.gif")
    (tmp_path / "article.md").write_text(f"---\ntitle: A\nlang: en-GB\n---\n\n# Head\n\n{text}\n", encoding="utf-8")
    said, book = package(build(tmp_path, "--to", "epub"))
    found = set(said["schema:accessibilityFeature"])
    assert found & {"alternativeText", "MathML"} == features
    assert {"tableOfContents", "readingOrder", "structuralNavigation"} <= found
    assert said["schema:accessMode"] == modes
    assert said["schema:accessModeSufficient"] == ["textual"]
    assert said["schema:accessibilityHazard"] == [hazard]
    assert said["schema:accessibilitySummary"][0]
    with book:
        pictured = any(re.search(rb"<(img|svg)\b", book.read(name)) for name in book.namelist() if "section" in name)
    assert pictured == ("![" in text)
    assert ("displayTransformability" in found) == (not pictured)


def test_book_claims_pages_only_with_a_pdf(build: Callable[..., Built]) -> None:
    """Page numbers are those of the PDF made with it, and are claimed with it only."""
    with_pdf, _ = package(build(CASE))
    alone, _ = package(build(CASE, "--to", "epub"))
    pages = {"pageBreakMarkers", "pageNavigation"}
    assert pages <= set(with_pdf["schema:accessibilityFeature"])
    assert not pages & set(alone["schema:accessibilityFeature"])


def test_book_is_sized_for_every_reader(build: Callable[..., Built]) -> None:
    """One style sheet that old readers understand, colours left to them but for pictures' paper, and contents for EPUB 2."""
    _, book = package(build(CASE))
    with book:
        (name,) = (name for name in book.namelist() if name.endswith(".css"))
        rules = re.sub(r"/\*.*?\*/", "", book.read(name).decode(), flags=re.DOTALL)
        assert "EPUB/toc.ncx" in book.namelist()
    assert not re.search(r"var\(|display:\s*(grid|flex)|@media", rules)
    rules = re.sub(r"\nimg,\s*svg \{[^}]*\}", "", rules)  # pictures keep white paper (test_dark.py)
    rules = rules.replace(
        "linear-gradient(currentColor, currentColor)", "inherit"
    )  # a rule under a head, in the reader's colour
    said = re.findall(r"(?<![-\w])(?:color|background(?:-color)?):\s*([^;]+);", rules)
    assert {value.split()[0] for value in said} <= {"inherit"}
    assert not re.search(r"#[0-9a-fA-F]{3,8}\s*;", rules)  # borders take the colour of the text


def test_web_page_leads_to_the_editions_beside_it(build: Callable[..., Built]) -> None:
    """The page links to its PDF and EPUB by their names, for readers and for programs."""
    built = build(CASE)
    root = html.document_fromstring(built.path("html").read_bytes().decode())
    shown = {link.get("href") for link in root.xpath("//main//a")}
    told = {link.get("href"): link.get("type") for link in root.xpath("//link[@rel='alternate']")}
    assert {"article.pdf", "article.epub"} <= shown
    assert told.get("article.pdf") == "application/pdf"
    assert told.get("article.epub") == "application/epub+zip"


def test_addresses_break_at_their_joints_on_a_screen(build: Callable[..., Built]) -> None:
    """An address in the web page and the book may break behind a stroke or stop of its path, and is whole for who copies it."""
    for edition in ("html", "epub"):
        data = build(CASE).path(edition).read_bytes()
        if edition == "epub":
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                data = b"".join(book.read(name) for name in book.namelist() if "section" in name)
        (shown,) = set(re.findall(rb">(https://doi[^ ]*?first)</a>", data))
        assert re.split(rb"<wbr */?>", shown) == [b"https://doi.org/", b"10.", b"5555/", b"first"]


def test_what_an_author_notes_for_himself_is_in_no_edition(tmp_path: Path) -> None:
    """HTML comments, also those that no XML could hold, are left out of every edition; their neighbours stay."""
    text = "Words <!-- of mine --> here.\n\n<!--- of\n-- mine --->\n\n[A link](#b).\n\n<div id='b'><!-- of mine -->End.</div>\n"
    (tmp_path / "article.md").write_text(f"---\ntitle: A title\nauthor: Author One\n---\n\n{text}")
    process = run(tmp_path, "--to", "all", "--out", tmp_path / "dist", "--json")
    assert json.loads(process.stdout)["problems"] == []
    with zipfile.ZipFile(tmp_path / "dist" / "article.epub") as book:
        pages = [book.read(name) for name in book.namelist() if name.endswith(".xhtml")]
    for data in (*pages, *((tmp_path / "dist" / f"article.{ending}").read_bytes() for ending in ("html", "jats.xml"))):
        assert b"of mine" not in data
    assert any(b"Words  here." in data or b"Words here." in data for data in pages)


def test_an_article_keeps_its_cover(tmp_path: Path) -> None:
    """A word corrected in the text leaves the cover and the card of a shared link as they were; one in the title does not."""
    shown = []
    for title, word in (("A title", "Words"), ("A title", "Others"), ("Another title", "Words")):
        (tmp_path / "article.md").write_text(f"---\ntitle: {title}\nauthor: Author One\n---\n\n{word}.\n")
        assert run(tmp_path, "--to", "epub,html", "--out", tmp_path / "dist").returncode == 0
        with zipfile.ZipFile(tmp_path / "dist" / "article.epub") as book:
            shown.append((book.read("EPUB/cover.png"), (tmp_path / "dist" / "article.png").read_bytes()))
    assert shown[0] == shown[1]
    assert shown[0][0] != shown[2][0]
    assert shown[0][1] != shown[2][1]
