"""Where figures stand on their pages, by the places of their captions and of the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest
from lxml import etree

from compositor.proof.structure import read_structure
from compositor.reading.manuscript import read
from compositor.setting import markup
from compositor.setting.document import compose
from tests.conftest import CASES, need
from tests.reading import spine, squeeze
from tests.test_pdf import GRID, layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "placement"
HEAD = 80.0  # points; above it stands the running head
Line = tuple[float, float, float, str]  # left, top, bottom, text


def page_of(caption: str, built: Built) -> tuple[int, Line, list[Line]]:
    """Give the page that a caption stands on, its line, and the lines of text of that page."""
    for number, lines in enumerate(layout(built.path("pdf")), start=1):
        below = [line for line in lines if line[1] > HEAD]
        for line in below:
            if line[3].startswith(caption):
                text = [
                    other for other in below if re.search(r"paragraph|figures|where|runs|line to line", other[3], re.IGNORECASE)
                ]
                return number, line, [other for other in text if not other[3].startswith(("Figure ", "Table "))]
    raise AssertionError(caption)


def test_top(build: Callable[..., Built]) -> None:
    """A figure and a table at the top stand above all text of their page, from its first line on, on no first page."""
    need("pdftotext")
    built = build(CASE)
    for caption in ("Figure 1.", "Table 1.", "Figure 7."):
        number, line, text = page_of(caption, built)
        assert number > 1
        assert text
        assert line[2] < min(top for _, top, _, _ in text)
    assert page_of("Table 1.", built)[1][1] < HEAD + 2 * GRID


def test_bottom(build: Callable[..., Built]) -> None:
    """Figures at the bottom stand below all text and notes of their page, in the order of the text, and end where pages end."""
    need("pdftotext")
    built = build(CASE)
    feet = [max(bottom for _, _, bottom, _ in lines) for lines in layout(built.path("pdf"))[1:]]
    for caption in ("Figure 2.", "Figure 4."):
        _, line, text = page_of(caption, built)
        assert line[1] > max(bottom for _, _, bottom, _ in text)
        assert max(feet) - line[2] < 2 * GRID
    second, third = (page_of(caption, built) for caption in ("Figure 3.", "Figure 4."))
    assert second[0] < third[0] or second[1][1] < third[1][1]


def test_here(build: Callable[..., Built]) -> None:
    """A figure that stays stands between the paragraphs it stands between in the text."""
    need("pdftotext")
    _, line, text = page_of("Figure 5.", build(CASE))
    before = next(other for other in text if other[3].startswith("Paragraph 14"))
    after = next(other for other in text if other[3].startswith("Paragraph 15"))
    assert before[1] < line[1] < after[1]


def test_page_of_its_own(build: Callable[..., Built]) -> None:
    """Nothing else stands on the page of such a figure."""
    need("pdftotext")
    assert page_of("Figure 6.", build(CASE))[2] == []


def test_structure_keeps_the_order_of_the_text(build: Callable[..., Built]) -> None:
    """A screen reader meets a figure at the bottom between the paragraphs that it stands between, not behind the notes."""
    tree = read_structure(build(CASE).path("pdf").read_bytes())
    words = "".join(node.words() for node in tree.children)
    places = [words.index(squeeze(part)) for part in ("Paragraph 5 of", "Figure 2. A figure", "Paragraph 6 of")]
    assert places == sorted(places)


def test_text_runs_on(build: Callable[..., Built]) -> None:
    """On the pages around such figures the text goes down to the notes."""
    need("pdftotext")
    built = build(CASE)
    for caption, page in (("Figure 1.", 0), ("Figure 7.", -1)):  # the page of the one, the page before the other
        lines = layout(built.path("pdf"))[page_of(caption, built)[0] - 1 + page]
        note = next(top for _, top, _, text in lines if re.search(r"Note \d+, at the foot", text))
        text = max(bottom for _, _, bottom, text in lines if bottom < note and not text.startswith("Figure "))
        assert 0 < note - text < 5 * GRID  # two lines that must stay together, and the rule above the note


LANDSCAPE = CASES / "features" / "landscape"
TURNED = ("Table 1. A wide", "Figure 1. A wide", "Table 2. A long", "Table 3. In a block")


def pages_with(words: str, built: Built) -> list[int]:
    """Give the pages, from 1, that have a line which begins with some words."""
    pages = enumerate(layout(built.path("pdf")), start=1)
    return [number for number, lines in pages if any(line[3].startswith(words) for line in lines)]


def lying(built: Built) -> list[int]:
    """Give the pages, from 1, that lie on their side."""
    document = pypdfium2.PdfDocument(built.path("pdf"))
    found = [number for number, page in enumerate(document, start=1) if page.get_width() > page.get_height()]
    document.close()
    return found


@pytest.mark.parametrize("options", [(), ("--profile", "two-column")], ids=["one column", "two columns"])
def test_landscape(options: tuple[str, ...], build: Callable[..., Built]) -> None:
    """Such a figure or table has a page on its side, with its notes and without text; all pages are numbered in their order."""
    need("pdftotext")
    built = build(LANDSCAPE, *options)
    assert built.problems == []
    turned = lying(built)
    for caption in TURNED:
        assert set(pages_with(caption, built)) <= set(turned), caption
    assert pages_with("Note. Something", built) == pages_with("Table 1. A wide", built)
    assert set(pages_with("Table 2 (continued)", built)) <= set(turned)
    assert not set(pages_with("Paragraph", built)) & set(turned)
    folios = [[line[3] for line in lines if line[3].isdecimal() and line[1] < HEAD] for lines in layout(built.path("pdf"))]
    assert [found[0] for found in folios[1:]] == [str(number) for number in range(2, len(folios) + 1)]


def test_landscape_uses_its_width(build: Callable[..., Built]) -> None:
    """A table that would be set smaller on an upright page has its own size there, and a picture is wider than the text."""
    need("pdftotext")
    built = build(LANDSCAPE)
    lines = layout(built.path("pdf"))[pages_with("Table 1. A wide", built)[0] - 1]
    heights = {round(bottom - top, 1) for _, top, bottom, text in lines if text.startswith(("row", "Table 1."))}
    assert max(heights) - min(heights) < 0.5
    document = pypdfium2.PdfDocument(built.path("pdf"))
    page = document[pages_with("Figure 1. A wide", built)[0] - 1]
    drawn = page.render(scale=1).to_pil().convert("L").point(lambda shade: 255 * (shade < 128)).getbbox()
    assert drawn[2] - drawn[0] > 0.7 * page.get_width()
    document.close()


def test_landscape_floats(build: Callable[..., Built]) -> None:
    """The text runs on to the foot of the page before it, and in columns it comes before no text that stands before it."""
    need("pdftotext")
    built = build(LANDSCAPE)
    lines = layout(built.path("pdf"))[pages_with("Figure 1. A wide", built)[0] - 2]
    document = pypdfium2.PdfDocument(built.path("pdf"))
    height = document[0].get_height()
    document.close()
    assert max(bottom for _, _, bottom, _ in lines) > 0.82 * height
    tree = read_structure(build(LANDSCAPE, "--profile", "two-column").path("pdf").read_bytes())
    words = "".join(node.words() for node in tree.children)
    assert words.index(squeeze("A second head")) < words.index(squeeze("A long one in a div."))


def test_landscape_for_archives(build: Callable[..., Built]) -> None:
    """JATS says so of each."""
    article = etree.parse(build(LANDSCAPE, "--to", "jats").path("jats"))
    found = article.xpath("//*[@orientation='landscape']")
    assert [element.get("id") for element in found] == ["tbl-wide", "fig-wide", "tbl-div", "tbl-block"]


def test_panels_keep_to_their_columns(build: Callable[..., Built]) -> None:
    """A picture is no wider than its panel, and its width is a share of that: pictures do not cover each other."""
    with pikepdf.open(build(LANDSCAPE).path("pdf")) as pdf:
        figures = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"]
        boxes = {str(item["/Alt"]): [float(side) for side in item.A.BBox] for item in figures}
    left, right = boxes["The left one"], boxes["The right one"]
    assert left[2] < right[0]
    assert abs((left[2] - left[0]) / 2 - (right[2] - right[0])) < 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("| a |\n|---|\n| 1 |\n\n: Words {#tbl-a .landscape}", ["landscape"]),
        ("| a |\n|---|\n| 1 |\n\n: Words {#tbl-a placement=landscape}", ["landscape"]),
        ("::: {#tbl-a .landscape}\n| a |\n|---|\n| 1 |\n\nWords\n:::", ["landscape"]),
        ("::: landscape\n::: cell\n| a |\n|---|\n| 1 |\n:::\n\nWords\n:::", ["landscape"]),
        ("::: landscape\nWords\n:::\n\n| a |\n|---|\n| 1 |", [None]),
    ],
)
def test_landscape_is_said_where_an_author_would(text: str, wanted: list[str | None], tmp_path: Path) -> None:
    """At the table, or at a block around it; a block of that name which holds none is the author's own."""
    (tmp_path / "a.md").write_text(f"---\ntitle: T\nauthor: Author One\n---\n\n{text}\n", encoding="utf-8")
    document, problems = compose(read(tmp_path / "a.md")[0])
    assert problems == []
    assert [table.get("data-placement") for table in markup.parse(document.body).iter("table")] == wanted
    assert "Words" in document.body


def test_landscape_table_scrolls_in_a_book(build: Callable[..., Built]) -> None:
    """By touch and by keyboard, and its notes stay beside it."""
    (page,) = [page for _, page in spine(build(LANDSCAPE).path("epub").read_bytes()) if page.xpath("//table")]
    for table in page.xpath("//table"):
        (around,) = table.xpath("./parent::div[@class='table-scroll'][@tabindex='0'][@aria-label]")
        assert (around.getnext().get("class") == "table-notes") == (table.get("id") == "tbl-wide")


def test_a_tall_figure_leaves_the_text_before_it(tmp_path: Path, build: Callable[..., Built]) -> None:
    """In two columns, what stands before a figure that does not fit on the first page stays there."""
    need("pdftotext")
    tall, wide = ('<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"><path d="M0 0h9"/></svg>'.format(*size)
                  for size in ((200, 600), (600, 100)))  # fmt: skip
    (tmp_path / "tall.svg").write_text(tall)
    (tmp_path / "wide.svg").write_text(wide)
    figures = "![Tall.](tall.svg){alt=a width=100%}\n\n![Wide.](wide.svg){.span alt=a}\n"
    head = "---\ntitle: A title\nauthor: Author One\nprofile: two-column\n---\n\n# Head"
    text = f"{head}\n\n{'Some words of text. ' * 40}\n\n{figures}"
    (tmp_path / "article.md").write_text(text)
    first, *_ = layout(build(tmp_path).path("pdf"))
    assert any("Some words of text." in line[3] for line in first)
