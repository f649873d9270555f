"""Tables: notes stand under their table and belong to it, decimal marks stand in line, heads are repeated."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from lxml import html

from compositor.proof.structure import read_structure
from compositor.setting import decimals
from tests.conftest import CASES, need
from tests.reading import spine, squeeze
from tests.test_pdf import GRID, layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "table-notes"
SPANS = CASES / "features" / "spanning-heads"
# the last cell of each table, and the words its notes begin with
UNDER = [
    ("Three", "Note. A general note, with"),
    ("c", "Note. A general note without"),
    ("d", "Source: the last"),
    ("e", "Source: the paragraph"),
    ("row 70", "Note. Under the last row"),
]


def trees(path: Path) -> list[html.HtmlElement]:
    """Give the pages of a web page or a book."""
    data = path.read_bytes()
    return [page for _, page in spine(data)] if path.suffix == ".epub" else [html.document_fromstring(data.decode())]


@pytest.mark.parametrize(("cell", "words"), UNDER)
def test_notes_are_printed_under_their_table(cell: str, words: str, build: Callable[..., Built]) -> None:
    """The first note is the next line below the table's last row, on the same page, also where the table goes over pages."""
    need("pdftotext")
    pages = layout(build(CASE).path("pdf"))
    (lines,) = [lines for lines in pages if any(text.startswith(words) for *_, text in lines)]
    note = next(line for line in lines if line[3].startswith(words))
    row = max(line for line in lines if line[3] == cell and line[0] < note[0] + 1)
    assert 0 < note[1] - row[1] < 1.5 * GRID
    assert abs(note[0] - row[0]) < 1


@pytest.mark.parametrize("edition", ["html", "epub"])
def test_notes_belong_to_their_table(edition: str, build: Callable[..., Built]) -> None:
    """A screen reader at a table is told of its notes; a table without notes names none."""
    described = []
    for tree in trees(build(CASE).path(edition)):
        for table in tree.iter("table"):
            (notes,) = tree.xpath("//*[@id=$id]", id=table.get("aria-describedby")) or [None]
            described.append("" if notes is None else squeeze(notes.text_content()))
    assert len(described) == 6
    assert [bool(words) for words in described] == [True, True, True, True, False, True]
    wanted = [squeeze(words) for _, words in UNDER]
    assert [words[: len(want)] for words, want in zip(filter(None, described), wanted, strict=True)] == wanted


def test_decimal_marks_stand_in_line(build: Callable[..., Built]) -> None:
    """In a table of class ``decimal`` the marks of a column have one place, and units of whole numbers end before it."""
    document = pypdfium2.PdfDocument(build(CASE).path("pdf"))
    page = document[2].get_textpage()
    text = page.get_text_range()
    marks, ends = set(), set()
    for match in re.finditer(r"row \d+\s+(\d+)(\.)?", text):
        if match[2]:
            marks.add(round(page.get_charbox(match.start(2), loose=True)[0], 1))
        else:
            ends.add(round(page.get_charbox(match.end(1) - 1, loose=True)[2], 1))
    assert len(marks) == 1
    assert len(ends) == 1
    assert abs(marks.pop() - ends.pop()) < 0.3
    document.close()


REGRESSION = """---
title: A regression
lang: en
---

| Row       |      (1)      |
|:----------|:-------------:|
| effect    | -10.024\\*\\*\\* |
| error     |    (0.006)    |
| bound     |   [-0.5, 2]   |
| plain     |      7.1      |
| number    |    115,488    |

: Effects {#tbl-one .decimal}

<table id="tbl-two" class="decimal">
<caption>Errors</caption>
<thead><tr><th>Row</th><th>(2)</th></tr></thead>
<tbody><tr><td>first</td><td>-10.125*</td></tr><tr><td>second</td><td>(3.25)</td></tr></tbody>
</table>
"""


def test_regression_stands_in_line(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Decimal marks have one place in any column, in brackets and with stars; a long whole number is apart."""
    (tmp_path / "text.md").write_text(REGRESSION, encoding="utf-8")
    built = build(tmp_path / "text.md", "--to", "pdf,html")
    document = pypdfium2.PdfDocument(built.path("pdf"))
    page = document[0].get_textpage()
    text = page.get_text_range()

    def places(pattern: str, found: int) -> set[float]:
        return {round(page.get_charbox(match.start(found), loose=True)[0]) for match in re.finditer(pattern, text)}

    assert len(places(r"(?:effect|error|plain)\s+\S+?(\.)", 1)) == 1
    assert len(places(r"(?:first|second)\s+\S+?(\.)", 1)) == 1
    document.close()
    cells = {cell.text: cell for cell in html.document_fromstring(built.path("html").read_bytes().decode()).iter("td")}
    assert {"−10.024***", "(0.006)", "[−0.5, 2]", "7.1", "115,488", "−10.125*", "(3.25)"} <= set(cells)
    assert not {"data-leads", "data-lacks"} & set(cells["115,488"].attrib)


def test_hyphens_that_are_no_minus_stay() -> None:
    """A date, a range and an option of a program keep theirs."""
    kept = ["2020-01-05", "10-20", "-n", "a -5", "<code>-1</code>", "x-1"]
    table = html.fragment_fromstring(
        f"<table><tr>{''.join(f'<td>{cell}</td>' for cell in kept)}<td>(-1, -.5)</td></tr></table>"
    )
    decimals.set_minus(table)
    said = [cell.text_content() for cell in table.iter("td")]
    assert said == [re.sub("<.*?>", "", cell) for cell in kept] + ["(−1, −.5)"]


def test_head_of_a_long_table_is_repeated(build: Callable[..., Built]) -> None:
    """Each page of a long table begins with its head."""
    need("pdftotext")
    found = 0
    for lines in layout(build(CASE).path("pdf")):
        rows = [top for _, top, _, text in lines if text.startswith("row ")]
        if rows:
            found += 1
            assert any(text == "Name" and 0 < min(rows) - top < 1.5 * GRID for _, top, _, text in lines)
    assert found == 2


def test_table_that_goes_on_says_so(build: Callable[..., Built]) -> None:
    """Above its head, on each page but the first, in words that are none of the text: no tag has them, and no other edition."""
    need("pdftotext")
    built = build(CASE)
    assert built.problems == []
    pages = layout(built.path("pdf"))
    said = [[line for line in lines if line[3] == "Table 5 (continued)"] for lines in pages]
    first, second = [number for number, lines in enumerate(pages) if any(text.startswith("row ") for *_, text in lines)]
    assert [number for number, lines in enumerate(said) if lines] == [second] == [first + 1]
    (head,) = [line for line in pages[second] if line[3] == "Name"]
    assert 0 < head[1] - said[second][0][1] < 1.5 * GRID
    tree = read_structure(built.path("pdf").read_bytes())
    assert "continued" not in "".join(node.words() for node in tree.children)
    assert not any("(continued)" in page.text_content() for page in trees(built.path("html")))


@pytest.mark.parametrize("edition", ["html", "epub"])
def test_heads_over_several_columns_are_marked(edition: str, build: Callable[..., Built]) -> None:
    """Those that have heads of their own under them: not one over the whole table, no empty one, none in the body."""
    tables = [table for tree in trees(build(SPANS).path(edition)) for table in tree.iter("table")]
    marked = [[squeeze(cell.text_content()) for cell in table.find_class("spanner")] for table in tables]
    assert marked == [["Before", "After"], ["Temperature1961-1990indegreeCelsius"], ["A", "C"]]


def test_rule_under_a_head_is_as_wide_as_its_columns(build: Callable[..., Built]) -> None:
    """It begins with the words of the first column, ends before those of the column behind, and there is none elsewhere."""
    document = pypdfium2.PdfDocument(build(SPANS).path("pdf"))
    page = document[0]
    words, text = page.get_textpage(), page.get_textpage().get_text_range()
    drawn = page.render(scale=4).to_pil().convert("L")
    height = page.get_height()

    def box(word: str) -> tuple[float, float, float, float]:
        return tuple(words.get_charbox(text.index(word)))

    def is_ruled(left: float, right: float, under: float) -> bool:
        """Whether a line goes from the one place to the other, within a row's height of what it stands under."""
        rows = range(int((height - under) * 4), int((height - under + 8) * 4))
        return any(all(drawn.getpixel((x, y)) < 160 for x in range(int(left * 4), int(right * 4))) for y in rows)

    first, second, group = box("Before"), box("After"), box("Group")
    assert is_ruled(first[0] + 0.5, second[0] - 8, first[1] + 1)
    assert not is_ruled(second[0] - 5, second[0] - 1, first[1] + 1)
    assert is_ruled(second[0] + 0.5, second[0] + 90, second[1] + 1)
    assert not is_ruled(group[0] + 0.5, group[0] + 20, group[1] + 1)
    document.close()


def test_long_code_in_a_cell_stays_on_the_page(tmp_path: Path, build: Callable[..., Built]) -> None:
    """It breaks behind its joints, and is read back whole."""
    need("pdftotext")
    text = (
        "---\ntitle: A\nlang: en\n---\n\n| Option | Default | Meaning |\n|----|----|----|\n| `-k` | `31` | length of words |\n"
        "| `A_REFERENCE_DATABASE_DIRECTORY_OF_ALL` | `~/.local/share/example/reference-databases/v2` | environment variable |\n"
    )
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    built = build(tmp_path, "--to", "pdf")
    assert built.problems == []
    said = subprocess.run(["pdftotext", "-bbox", built.path("pdf"), "-"], capture_output=True, text=True, check=True).stdout
    width = float(re.search(r'<page width="([\d.]+)"', said)[1])  # type: ignore[index]
    left = min(map(float, re.findall(r'xMin="([\d.]+)"', said)))
    assert max(map(float, re.findall(r'xMax="([\d.]+)"', said))) <= width - left + 1
