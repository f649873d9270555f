"""Words that lead over to what follows stand with it: no page or column ends in them."""

from __future__ import annotations

import random
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from lxml import etree

from compositor.pages import leads
from tests.conftest import need
from tests.test_hyphens import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

FOLLOWS = (
    "$$a = b + c$$ {#eq-NUMBER}",  # the number is text beside the formula
    "- one item\n- and another item\n- and a third",
    "1. one item\n2. and another",
    '```python\nprint("a line of code")\nprint("and another")\n```',
    "> A quotation of a few words, and of a few more, so that it fills two lines or even three of them.",
    "| A line of verse,\n| and one more",
)


@pytest.mark.parametrize("look", ["plain", "two-column"])
def test_no_page_ends_in_a_lead_in(look: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """What comes behind the colon is on the same page, with at least the last line that led to it."""
    need("pdftotext")
    draw = random.Random(8)
    parts = ["---\ntitle: Leads\nauthor: Author One\nlang: en-GB\n---"]
    for number in range(240):
        parts.append(" ".join(f"word{number}s{place}" for place in range(draw.randint(8, 40))) + ".")
        lead = f"{f'so it is with {number}, ' * draw.randint(0, 6)}and in {number} we obtain:"
        follows = FOLLOWS[number % len(FOLLOWS)].replace("NUMBER", str(number))
        parts.append(f"{lead}\n{follows}" if follows.startswith("$$") and draw.random() < 0.5 else f"{lead}\n\n{follows}")
    (tmp_path / "article.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf", "--profile", look)
    assert built.problems == []
    lines = lines_of(built.path("pdf"), 2 if look == "two-column" else 1)
    assert sum(line[-1].endswith("obtain:") for line in lines) == 240
    ends = [list(column)[-1][-1] for _, column in groupby(lines, key=lambda line: line[:2])]
    assert len(ends) > 20
    assert [end for end in ends if end.endswith("obtain:")] == []


@pytest.mark.parametrize(
    ("body", "classes"),
    [
        ("<p>As follows:</p><ul/>", ["lead-in"]),
        ("<p>As follows:<a role='doc-noteref'>1</a></p><ul/>", ["lead-in"]),
        ("<p>It is so.”</p><ul/>", []),
        ("<p>As follows:</p><p>A text.</p>", []),
        ("<p>It is so.</p><p><math display='block'/></p>", ["lead-in"]),
        ("<p><math display='block'/></p><p><math display='block'/></p>", []),
        ("<p>With <math display='block'/> and <math/> more.</p>", ["led"]),
        ("<blockquote><p>Quoted.</p><p>— <i>A book</i>, f. 3</p></blockquote>", ["lead-in"]),
        ("<blockquote><p>Quoted.</p><p>— said one</p><p>— said another</p></blockquote>", ["lead-in"]),
        ("<blockquote><p>Quoted.</p><p>More.</p></blockquote><p>Quoted.</p><p>— said one</p>", []),
    ],
)
def test_what_leads_over_is_marked(body: str, classes: list[str]) -> None:
    """A paragraph leads to a formula; to a list, code or quotation if its sentence is not ended."""
    root = etree.fromstring(f"<div>{body}</div>")
    leads.mark(root)
    assert root.xpath(".//@class") == classes


def test_no_page_begins_with_the_source_of_a_quotation(tmp_path: Path, build: Callable[..., Built]) -> None:
    """What names it behind a dash stands with its last lines, wherever the page ends."""
    need("pdftotext")
    parts = ["---\ntitle: Sources\nauthor: Author One\nlang: en-GB\npage: 6x9\n---"]
    for number in range(120):
        quoted = " ".join(f"word{number}s{place}" for place in range(10 + number % 30))
        parts.append(f"Text {number}.\n\n> {quoted}.\n>\n> — *Book {number}*, f. {number}")
    (tmp_path / "article.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf")
    assert built.problems == []
    pages = [list(lines) for _, lines in groupby(lines_of(built.path("pdf"), 1), key=lambda line: line[:2])]
    assert len(pages) > 15
    assert [page[0][-1] for page in pages if page[0][-1].startswith("—")] == []


@pytest.mark.parametrize("look", ["plain", "two-column"])
def test_no_figure_comes_between(look: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """A figure that makes room moves past a lead-in and what it leads to at once."""
    need("pdftotext")
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="260"/>'
    (tmp_path / "map.svg").write_text(drawing, encoding="utf-8")
    parts = ["---\ntitle: Leads\nauthor: Author One\nlang: en-GB\n---"]
    for number in range(40):
        follows = FOLLOWS[1 + number % (len(FOLLOWS) - 1)]
        parts.append(f"![The map of {number}](map.svg){{#fig-m{number}}}")
        parts.append(f"and in {number} we obtain:\n\n{follows}")
        parts.append(" ".join(f"word{number}s{place}" for place in range(10 + 7 * (number % 9))) + ".")
    (tmp_path / "article.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf", "--profile", look)
    assert built.problems == []
    lines = [line[-1] for line in lines_of(built.path("pdf"), 2 if look == "two-column" else 1)]
    behind = [after for line, after in pairwise(lines) if line.endswith("obtain:")]
    assert len(behind) == 40
    assert [line for line in behind if line.startswith("Figure")] == []
    places = {line.split(".")[0]: place for place, line in enumerate(lines)}
    moved = [number for number in range(40) if places[f"Figure {number + 1}"] > lines.index(f"and in {number} we obtain:")]
    assert len(moved) > 2


def test_no_table_parts_a_formula_from_what_goes_on(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A table that makes room moves past both: "where" goes on behind its formula."""
    need("pdftotext")
    draw = random.Random(3)
    parts = ["---\ntitle: Formulas\nauthor: Author One\nlang: en-GB\npage: 6x9\n---"]
    for number in range(30):
        parts.append(" ".join(f"word{number}s{place}" for place in range(draw.randint(20, 260))) + ".")
        rows = "\n".join(f"| {row} | {row} |" for row in range(8))
        parts.append(f"| a | b |\n|---|---|\n{rows}\n\n: Caption{number}")
        parts.append(f"We have in {number}\n\n$$ a = b $$ {{#eq-{number}}}\n\nwhere{number} it is so.")
    (tmp_path / "article.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf")
    assert built.problems == []
    said = " ".join(line[-1] for line in lines_of(built.path("pdf"), 1))
    moved = 0
    for number in range(30):
        led, table, rest = (said.index(words) for words in (f"We have in {number} ", f"Caption{number} ", f"where{number} "))
        assert not led < table < rest, number
        moved += table > rest
    assert moved > 3


@pytest.mark.parametrize(("end", "lines"), [("- one item\n- two items\n- three items", 31), ("$$x = y + z$$", 33)])
def test_the_end_of_a_proof_is_not_alone(end: str, lines: int, build: Callable[..., Built], tmp_path: Path) -> None:
    """Where a page ends before its sign, the item or the formula before goes to the next page with it."""
    words = "\n\n".join(["A line of words here."] * lines)
    head = "---\ntitle: T\nauthor: Author One\ndate: 2026-01-02\n---"
    proof = f"::: proof\nThe proof goes as follows:\n\n{end}\n:::\n\nWords behind it.\n"
    (tmp_path / "article.md").write_text(f"{head}\n\n{words}\n\n{proof}")
    with pypdfium2.PdfDocument(build(tmp_path, "--to", "pdf").path("pdf")) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    (before,) = (page.partition("□")[0] for page in pages if "□" in page)
    assert "three items" in before or "as follows" in before
