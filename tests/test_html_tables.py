"""Tables and figures in HTML become ordinary ones, but what runs or fetches is refused as ever, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compositor.options import DEFAULT
from compositor.reading.manuscript import read
from compositor.setting import markup
from compositor.setting.document import compose
from compositor.setting.sheet import lay_out
from tests.conftest import CASES

if TYPE_CHECKING:
    from pathlib import Path

    from lxml import etree

CASE = CASES / "features" / "html-tables"


def _set(folder: Path, text: str) -> tuple[etree._Element, list[str]]:
    """Set a text; gives the tree, and the codes of what is told."""
    (folder / "a.md").write_text(f"---\ntitle: T\nauthor: Author One\n---\n\n{text}\n", encoding="utf-8")
    manuscript, problems = read(folder / "a.md")
    document, found = compose(manuscript)
    sheet, told = lay_out(manuscript, document, DEFAULT)
    return sheet.root, [item.code for item in (*problems, *found, *told)]


def test_cells_stay_merged() -> None:
    """And each label has its number, in the order of the text, with those of tables drawn with bars."""
    document, problems = compose(read(CASE)[0])
    assert problems == []
    root = markup.parse(document.body)
    table = root.find(".//table[@id='tbl-div']")
    assert table is not None
    assert [(cell.get("rowspan"), cell.get("colspan")) for cell in table.iter("th")] == [
        ("2", None),
        (None, "2"),
        (None, None),
        (None, None),
    ]
    assert [(label.kind, label.number, label.id) for label in document.labels] == [
        ("tbl", "1", "tbl-div"), ("tbl", "2", "tbl-own"), ("tbl", "3", "tbl-under"), ("tbl", "4", "tbl-raw"),
        ("tbl", "5", "tbl-bars"), ("fig", "1", "fig-own"), ("fig", "2", "fig-words"), ("fig", "3", "fig-markdown"),
    ]  # fmt: skip


def test_no_cell_is_lost() -> None:
    """Pandoc leaves out the cells of columns beyond those that `<colgroup>` has; then its widths go."""
    document, _ = compose(read(CASE)[0])
    table = markup.parse(document.body).find(".//table[@id='tbl-own']")
    assert table is not None
    assert [markup.text(cell) for cell in table.iter("td", "th")] == ["row", "middleline", "last"]


@pytest.mark.parametrize(
    "text",
    [
        '<table><tr><td onclick="alert(1)">words</td></tr></table>',
        "<table><tr><td>\n<script>alert(1)</script>\nwords</td></tr></table>",
        "<table><tr><td>a<td><iframe src='https://example.org/'></iframe>words</table>",
        '<table id="tbl-x"><caption>C</caption><tr><td style="background: url(https://example.org/x.png)">words</td></tr></table>',
        '<table background="https://example.org/x.png"><tr><td>words</td></tr></table>',
        '<table><tr><td><a href="javascript:alert(1)">words</a></td></tr></table>',
        '<figure id="fig-x"><script>alert(1)</script>words<figcaption>C</figcaption></figure>',
        '<figure onmouseover="alert(1)">words<figcaption>C</figcaption></figure>',
        "```{=html}\n<table><tr><td>words<script>alert(1)</script></td></tr></table>\n```",
        "```{=html}\n<table><tr><td>words<a href='javascript:alert(1)'>a</a></td></tr></table>\n```",
        '```{=html}\n<figure><svg onload="alert(1)"></svg>words<figcaption>C</figcaption></figure>\n```',
    ],
)
def test_active_content_is_refused(text: str, tmp_path: Path) -> None:
    root, told = _set(tmp_path, text)
    html = markup.inner(root)
    assert "markup-dropped" in told
    assert "words" in html
    assert not any(part in html for part in ("alert", "<script", "<iframe", "background", "javascript"))


@pytest.mark.parametrize(
    "text",
    [
        "<table><tr><td>one<td>two</table>",
        "<table><tr><td>one</td><td><table><tr><td>two</td></tr></table></td></tr></table>",
        "<table>\n\n<tr>\n\n<td>\none\n\ntwo\n</td>\n\n</tr>\n\n</table>",
        "<table>\none\n<tr><td>two</td></tr></table>",
        "<table><tr><td>one</td></tr>\n\ntwo",
        "<figure>one<figcaption>two</figcaption>",
        "<figure>\n<table><tr><td>one</td></tr></table>\n<figcaption>two</figcaption></figure>",
        "<table><tr><td>one</td></tr></table> two",
        "> <table>\n> <tr><td>one</td></tr>\n> </table>\n>\n> two",
        "```{=html}\n<table><!-- no --><tr><td>one</td><td>two</td></tr></table>\n```",
        "</table>\n\none\n\n</figure><table two>",
    ],
)
def test_no_word_is_lost(text: str, tmp_path: Path) -> None:
    """However broken the table is; words stand once."""
    said = markup.text(_set(tmp_path, text)[0])
    assert said.count("one") == 1
    assert said.count("two") == (0 if "<table two" in text else 1)


def test_a_picture_needs_words_here_too(tmp_path: Path) -> None:
    """A caption describes one picture, not two; alt="" says that one is for show."""
    (tmp_path / "a.png").write_bytes((CASE / "figure.png").read_bytes())
    told = {}
    for name, pictures in {
        "one": '<img src="a.png">',
        "two": '<img src="a.png"><img src="a.png">',
        "show": '<img src="a.png" alt=""><img src="a.png" alt="">',
    }.items():
        told[name] = _set(tmp_path, f'<figure id="fig-x">{pictures}<figcaption>C</figcaption></figure>')[1]
    assert told == {"one": [], "two": ["alt-missing", "alt-missing"], "show": []}


def test_a_block_that_holds_no_table(tmp_path: Path) -> None:
    """It has the label, and what is missing is told."""
    (tmp_path / "a.md").write_text("---\ntitle: T\n---\n\nSee @tbl-x.\n\n::: {#tbl-x}\nWords.\n:::\n", encoding="utf-8")
    _, problems = compose(read(tmp_path / "a.md")[0])
    assert [(item.code, item.text) for item in problems] == [("xref-missing", 'the block "tbl-x" holds no table')]
