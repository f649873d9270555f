"""The printed page: notes with their calls, text on its grid, no holes, fonts of our own."""

from __future__ import annotations

import io
import logging
import re
import subprocess
from collections import Counter
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest
import weasyprint
from lxml import etree, html
from PIL import Image, ImageCms

from compositor import pipeline
from compositor.options import Options
from tests.conftest import CASES, ROOT, Built, need
from tests.reading import fold, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable

SPACE = {"x": "http://www.w3.org/1999/xhtml"}
GRID = 14.0  # points


def pages_of(pdf: Path) -> list[str]:
    """Give the text of each page, white space and hyphens taken out."""
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    return [squeeze(page).replace("-", "") for page in text.split("\f")]


def layout(pdf: Path) -> list[list[tuple[float, float, float, str]]]:
    """Give the lines of each page: left, top, bottom in points, and text."""
    output = subprocess.run(["pdftotext", "-bbox-layout", str(pdf), "-"], capture_output=True, check=True).stdout
    found = []
    for page in etree.fromstring(output).iterfind(".//x:page", SPACE):
        lines = page.iterfind(".//x:line", SPACE)
        found.append(
            [(*(float(line.get(key)) for key in ("xMin", "yMin", "yMax")), fold("".join(line.itertext()))) for line in lines]
        )
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("source", [ROOT / "manuscript", CASES / "features" / "page-make-up"], ids=lambda path: path.name)
def test_notes_stand_on_the_page_of_their_call(source: Path, build: Callable[..., Built]) -> None:
    """Each note's first words are on the page where the words before its call are."""
    need("pdftotext")
    built = build(source)
    page = html.document_fromstring(built.path("html").read_bytes().decode())
    printed = pages_of(built.path("pdf"))
    calls = page.xpath("//main//a[@role='doc-noteref']")
    assert calls
    for call in calls:
        before = squeeze("".join(call.xpath("preceding::text()[ancestor::main]")[-4:])).replace("-", "")[-25:]
        note = page.get_element_by_id(call.get("href")[1:])
        words = squeeze(note.text_content()).replace("-", "")[:25]
        # the words before may have begun on the page before: then what of them stands on the page of the call
        found = ({number for number, text in enumerate(printed) if before[cut:] in text} for cut in range(20))
        homes = next(filter(None, found), set())
        assert any(words in printed[number] for number in homes), (call.text_content(), before, words)


def test_text_keeps_to_the_grid(article: Built) -> None:
    """Lines of running text stand a whole number of grid steps apart, on every page."""
    need("pdftotext")
    pages = [[(round(bottom - top, 1), bottom) for _, top, bottom, _ in lines] for lines in layout(article.path("pdf"))]
    usual = Counter(height for lines in pages for height, _ in lines).most_common(1)[0][0]
    for lines in pages:
        feet = [bottom for height, bottom in lines if height == usual]
        offsets = [abs((foot - feet[0] + GRID / 2) % GRID - GRID / 2) for foot in feet]
        assert all(offset < 0.6 for offset in offsets), offsets


def test_columns_begin_at_one_height(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A head at the top of a column stands as high as the text beside it."""
    need("pdftotext")
    words = "This is a sentence of a paragraph that has a few words. "
    parts = [f"# Head number {number}\n\n" + f"{words * (3 + number % 7)}\n\n" * (1 + number % 4) for number in range(60)]
    path = tmp_path / "article.md"
    path.write_text("---\ntitle: T\nauthor: Author One\nlang: en\n---\n\n" + "".join(parts), encoding="utf-8")
    pages = layout(build(path, "--to", "pdf", "--profile", "two-column").path("pdf"))
    plain = [[line for line in lines if line[1] > 70] for lines in pages[1:-1]]  # without title block and running head
    tops = [[min(top for left, top, *_ in lines if (left > 297) == right) for right in (False, True)] for lines in plain]
    assert len(tops) >= 3
    highest = [text for lines in plain for _, top, _, text in lines if top < min(line[1] for line in lines) + 6]
    assert any(re.match(r"\d+ Head", text) for text in highest)  # a head is at the top of one
    assert all(abs(left - right) < 6 for left, right in tops), tops


def test_figure_that_does_not_fit_leaves_no_hole(build: Callable[..., Built]) -> None:
    """The text runs on under a figure that goes to the next page; a figure of class ``here`` stays."""
    need("pdftotext")
    pages = layout(build(CASES / "features" / "page-make-up").path("pdf"))
    foot = max(bottom for _, _, bottom, _ in pages[1])
    first = [bottom for _, _, bottom, text in pages[0] if not re.fullmatch(r"\d+", text)]
    assert foot - max(first) < 6 * GRID
    texts = [" ".join(text for *_, text in lines) for lines in pages]
    assert "Figure 1." in texts[1]
    assert texts[0].index("The paragraph behind the figure") > 0


def test_no_line_stands_alone(article: Built) -> None:
    """No page begins with the last line of a paragraph, or ends with a head."""
    need("pdftotext")
    heads = {squeeze(item) for item in article_heads(article)}
    for lines in layout(article.path("pdf")):
        body = [text for _, top, bottom, text in lines if bottom - top > 11]
        if body:
            assert squeeze(body[-1]) not in heads


def article_heads(article: Built) -> list[str]:
    """Give the heads of the web page."""
    page = html.document_fromstring(article.path("html").read_bytes().decode())
    return [head.text_content() for head in page.xpath("//main//*[self::h2 or self::h3]")]


def test_fonts_are_ours_and_embedded(article: Built) -> None:
    """Every font comes from the pinned packages, embedded and cut."""
    need("pdffonts")
    output = subprocess.run(["pdffonts", str(article.path("pdf"))], capture_output=True, text=True, check=True).stdout
    rows = output.splitlines()[2:]
    assert rows
    for row in rows:
        assert re.match(r"[A-Z]{6}\+(EB-?Garamond|Source-?Sans|Source-?Code)", row), row
        assert row.split()[-5:-2] == ["yes", "yes", "yes"], row  # embedded, subset, mapped to Unicode


def test_profile_has_the_colours_of_weasyprints(article: Built) -> None:
    """Curves said as formulas give every colour as WeasyPrint's tables do, and pages refer to the same profile."""
    with pikepdf.open(article.path("pdf")) as pdf:
        intent = pdf.Root.OutputIntents[0].DestOutputProfile
        assert all(page.Resources.ColorSpace.srgb[1].objgen == intent.objgen for page in pdf.pages)
        ours = intent.read_bytes()
    assert b"para" in ours
    assert b"curv" not in ours
    theirs = Path(weasyprint.__file__).parent / "pdf" / "sRGB2014.icc"
    levels = bytes(2 * level for colour in product(range(128), repeat=3) for level in colour)
    colours = Image.frombytes("RGB", (128, 128 * 128), levels)
    for way in ImageCms.Intent:
        profiles = ImageCms.ImageCmsProfile(io.BytesIO(ours)), ImageCms.ImageCmsProfile(str(theirs))
        given = ImageCms.profileToProfile(colours, *profiles, renderingIntent=way)
        assert given is not None
        assert given.tobytes() == levels


def test_weasyprint_has_nothing_to_complain_of(caplog: pytest.LogCaptureFixture) -> None:
    """Our templates and style sheets raise no warning, for the article and its cover."""
    with caplog.at_level(logging.WARNING):
        built = pipeline.build(ROOT / "manuscript", options=Options(to=("pdf", "epub")))
    assert not built.failed
    assert [record.getMessage() for record in caplog.records] == []


def test_pages_carry_running_heads_and_numbers(article: Built) -> None:
    """From the second page on: the page's number, and the authors or the short title, at the head."""
    need("pdftotext")
    for number, lines in enumerate(layout(article.path("pdf"))[1:], start=2):
        head = " ".join(text for _, top, _, text in lines if top < 80)
        assert re.search(rf"\b{number}\b", head)
        assert ("The Compositor Project" if number % 2 == 0 else "Collective Security") in head


def test_code_keeps_its_indent(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Before a string that is longer than the line, too."""
    need("pdftotext")
    string = '"""Update the sketch by one read and return the drift since the last checkpoint."""'
    text = f"---\ntitle: A\nlang: en\n---\n\n```python\ndef update(sketch):\n    {string}\n    return 1\n```\n"
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    command = ["pdftotext", "-layout", str(build(tmp_path, "--to", "pdf").path("pdf")), "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.search(r'def update\(sketch\):\n +"""Update the sketch by one read', said)
