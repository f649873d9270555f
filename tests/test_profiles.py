"""Profiles and pages: the size that was asked for, nothing in the margins, and a profile's own files in their place."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from lxml import html as lxml_html
from PIL import Image

from compositor.editions import body
from compositor.options import Options
from compositor.pages import pagination
from compositor.reading import manuscript, profiles, styles
from compositor.reading.paper import paper
from compositor.setting import document, sheet
from compositor.submitting import counts
from compositor.templating import templates_folder
from tests.conftest import CASES, ROOT, need, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

SPACE = {"x": "http://www.w3.org/1999/xhtml"}


def sheets(pdf: Path) -> list[etree._Element]:
    """Give poppler's pages, with their words."""
    output = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True).stdout
    return list(etree.fromstring(output).iterfind(".//x:page", SPACE))


@pytest.mark.parametrize(
    ("source", "options", "size"),
    [
        (CASES / "features" / "page-size", (), (432, 648)),
        (CASES / "features" / "profile", (), (155 * 72 / 25.4, 235 * 72 / 25.4)),
        (ROOT / "manuscript", ("--profile", "two-column"), (595.28, 841.89)),
    ],
    ids=["6x9", "house", "two-column"],
)
def test_page_has_its_size_and_clear_margins(
    source: Path, options: tuple[str, ...], size: tuple[float, float], build: Callable[..., Built]
) -> None:
    """Each page is as large as was asked, and no word stands nearer to an edge than a third of an inch."""
    need("pdftotext")
    for page in sheets(build(source, *options).path("pdf")):
        assert (float(page.get("width")), float(page.get("height"))) == pytest.approx(size, abs=0.1)
        words = page.findall("x:word", SPACE)
        assert min(float(word.get("xMin")) for word in words) > 24
        assert max(float(word.get("xMax")) for word in words) < size[0] - 24
        assert max(float(word.get("yMax")) for word in words) < size[1] - 24


def test_paper_is_no_part_of_the_citation(build: Callable[..., Built]) -> None:
    """``page`` names the paper; the pages of the journal stand in ``journal``."""
    folder = build(CASES / "features" / "page-size").folder
    assert "page" not in json.loads((folder / "citation.json").read_text(encoding="utf-8"))[0]


def test_type_area_is_whole_lines() -> None:
    """On every page the type area holds a whole number of lines, and one column is never longer than 122 mm."""
    for page in ((595.28, 841.89), (432.0, 648.0), (612.0, 792.0), (420.0, 595.0)):
        for line in (12.0, 13.5, 14.0):
            made = paper(page, 1, 10.75, line)
            lines = (page[1] - made.top - made.bottom) / line
            assert lines - int(lines) < 0.02
            assert made.measure < 346


def test_profile_rules_style_and_look(build: Callable[..., Built]) -> None:
    """A profile's style sheet is read after ours, and its citation style is used where the manuscript names none."""
    need("pdftotext")
    case = CASES / "features" / "profile"
    heights = []
    for options in ((), ("--profile", "plain")):
        title = sheets(build(case, *options).path("pdf"))[0].find("x:word", SPACE)
        assert title is not None
        heights.append(float(title.get("yMax")) - float(title.get("yMin")))
    assert heights[0] > 1.2 * heights[1]
    for profile, citation in (((), "[1]"), (("--profile", "plain"), "(One, 2020)")):
        page = build(case, *profile).path("html").read_text(encoding="utf-8")
        assert citation in re.sub(r"<[^>]+>", "", page)


def test_command_line_goes_over_the_metadata(tmp_path: Path) -> None:
    """--profile brings its page and style; --style goes over both; the manuscript's own page stays."""
    folder = CASES / "features" / "profile"
    (tmp_path / "article.md").write_text("---\ntitle: T\ncsl: apa\npage: letter\n---\n\nText.\n", encoding="utf-8")
    read, problems = manuscript.read(tmp_path, profile=str(folder / "house"))
    assert not problems
    assert read.style.stem == "ieee"
    assert (read.paper.width, read.paper.height) == (612.0, 792.0)
    assert read.paper.columns == 2
    read, _ = manuscript.read(tmp_path, "chicago-author-date", profile=str(folder / "house"))
    assert read.style.stem == "chicago-author-date"
    assert manuscript.read(tmp_path)[0].style.stem == "apa"


def test_every_shipped_profile_is_whole() -> None:
    """The names that are offered are there, and each can be read."""
    journals = {"journal-of-global-south-studies", "joss", "lithuanian-annual-strategic-review", "mcgill-journal-of-medicine"}
    assert set(profiles.names()) == {"plain", "two-column"} | journals
    for name in profiles.names():
        found = profiles.find(name, ROOT, "--profile", named_by_user=True)
        assert not isinstance(found, list)
        assert bool(found.limits) is (name in journals)
        assert not found.csl or styles.style_file(found.csl).is_file()


@pytest.mark.parametrize("name", [name for name in profiles.names() if name not in ("plain", "two-column")])
def test_every_number_of_a_journal_has_its_source(name: str) -> None:
    """Each line of a shipped journal that says what it asks carries a comment, or stands under one; each file names a page."""
    text = (templates_folder() / "profiles" / name / "profile.toml").read_text(encoding="utf-8")
    assert re.search(r"https://\S+", text.split("\nname", 1)[0])
    assert "2026-" in text.split("\nname", 1)[0]
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if re.search(r"=.*\d", line.partition("#")[0]) and not line.startswith(("name", "description")):
            assert "#" in line or lines[number - 1].startswith("#"), line


def _state(data: dict[str, Any], name: str) -> tuple[str, str]:
    found = next(item for item in data["requirements"] if item["name"] == name)
    return found["found"], found["state"]


def test_check_fails_with_the_numbers() -> None:
    """A limit that is passed is a warning of a build and an error of a check, and the table tells every requirement."""
    case = CASES / "problems" / "profile-abstract"
    process = run("check", case)
    assert process.returncode == 1
    assert "article.md:8: error [profile-abstract] abstract 3 of 2 words" in process.stderr
    assert re.search(r"abstract +at most 2 words +3 +fail", process.stdout)


def test_check_passes_where_nothing_is_asked_or_all_is_met(tmp_path: Path) -> None:
    """What the journal calls "about" never fails a check, and what is met is told as well."""
    text = "---\ntitle: T\nprofile: house\nkeywords: [one]\n---\n\nThree words here.\n"
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    (tmp_path / "house").mkdir()
    limits = "[limits]\nwords = { most = 2, advice = true }\nkeywords = { least = 1, most = 5 }\n"
    (tmp_path / "house" / "profile.toml").write_text(limits, encoding="utf-8")
    process = run("check", tmp_path, "--json")
    assert process.returncode == 0
    data = json.loads(process.stdout)
    assert [(item["severity"], item["code"]) for item in data["problems"]] == [("warning", "profile-words")]
    assert _state(data, "words") == ("3", "advice")
    assert _state(data, "keywords") == ("1", "pass")
    assert run("check", tmp_path, "--profile", "plain").stdout.find("Requirement") == -1


def test_words_are_counted_as_the_profile_says(tmp_path: Path) -> None:
    """Each part of the article counts its own words, once: notes, captions, cells, abstract, references, statements."""
    text = """---
title: Two words
subtitle: And three more
abstract: Four words of abstract.
funding: One two three four five six.
references:
- {id: one2020, type: book, author: [{family: One, given: Author}], issued: 2020, title: First work, publisher: House}
---

# A head

Text of five words here.[^n] Cited [@one2020].

[^n]: Note of four words.

| A | B |
|---|---|
| 1 | 2 |

: Two words {#tbl-a}

# More {.appendix}

Seven words stand in this appendix alone.
"""
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    read, _ = manuscript.read(tmp_path)
    composed, _ = document.compose(read)
    found = counts.count(sheet.lay_out(read, composed, Options())[0])
    assert found == {
        "title": 5,
        "abstract": 4,
        "notes": 4,
        "references": 6,  # One, A. (2020). First work. House.
        "captions": 4,  # with "Table 1."
        "tables": 4,
        "statements": 7,  # with the head
        "appendices": 8,
        "text": 11,  # two of the head, five, one, "(One, 2020)", and the head of the reference list
    }


def test_words_of_the_article_are_those_of_its_body(tmp_path: Path) -> None:
    """What the closing table, the JATS and the web page's record say: no words of the metadata, and no quotation marks."""
    head = "title: A title of many words that count for nothing here\nauthor: Author One\nlang: en"
    text = f"---\n{head}\n---\n\nFour “words” – “and one”.\n"
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    read, _ = manuscript.read(tmp_path)
    composed, _ = document.compose(read)
    assert counts.of_body(sheet.lay_out(read, composed, Options())[0]) == 4


def test_profile_switches_style_look_and_numbers(build: Callable[..., Built]) -> None:
    """One text, two journals: numbered citations in one, author and date in the other; heads with and without numbers."""
    case = CASES / "features" / "profile"
    said = {}
    for name in ("mcgill-journal-of-medicine", "joss", "lithuanian-annual-strategic-review"):
        page = build(case, "--profile", name).path("html").read_text(encoding="utf-8")
        said[name] = re.sub(r"<[^>]+>", "", page)
    assert "(1)" in said["mcgill-journal-of-medicine"]
    assert "(One 2020)" in said["joss"]
    assert "(One, 2020)" in said["lithuanian-annual-strategic-review"]
    for name, numbered in (("joss", False), ("lithuanian-annual-strategic-review", True)):
        folder = build(CASES / "features" / "numbering", "--profile", name)
        page = folder.path("html").read_text(encoding="utf-8")
        assert ('<span class="number">1</span>' in page) is numbered


def test_two_columns_say_everything(build: Callable[..., Built]) -> None:
    """Every construct comes back from two columns, and the contents name a page for each head."""
    assert build(CASES / "features" / "table-notes", "--profile", "two-column").problems == []
    built = build(CASES / "features" / "every-construct", "--profile", "two-column")
    assert built.problems == []
    assert "ERROR" not in built.process.stderr
    need("pdftotext")
    text = subprocess.run(["pdftotext", str(built.path("pdf")), "-"], capture_output=True, text=True, check=True).stdout
    contents = text[text.index("Contents") : text.index("A.1 A part")]
    assert len(re.findall(r"[. ]{9,}\d+$", contents, re.MULTILINE)) == 13


@pytest.mark.parametrize(
    ("look", "spans"), [("width=60%", False), (".span width=60%", True), ("width=150mm", True), ("", True)]
)
def test_share_of_a_width_is_a_columns(look: str, spans: bool, tmp_path: Path) -> None:
    """A picture of ``width=60%`` is six tenths of its column, and of the page with ``.span``; one that is wide itself spans."""
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="60"><rect width="9" height="9"/></svg>'
    (tmp_path / "a.svg").write_text(drawing)
    (tmp_path / "paper.md").write_text(f"---\ntitle: A\n---\n\nWords.\n\n![One](a.svg){{#fig-a {look} alt=a}}\n\nWords.\n")
    text, _ = manuscript.read(tmp_path / "paper.md", profile="two-column")
    composed, _ = document.compose(text)
    pages, _ = sheet.lay_out(text, composed, Options())
    page = lxml_html.document_fromstring(body.prepare(pages, pagination.Edges()))
    (figure,) = page.iter("figure")
    assert ("columns" in figure.getparent().get("class", "")) is not spans
    (image,) = figure.iter("img")
    width = re.search(r"width: ([\d.]+)px", image.get("style"))
    measure = pages.paper.measure if spans else pages.paper.column
    assert width
    assert "60%" not in look or abs(float(width[1]) * 0.75 - 0.6 * measure) < 0.1


@pytest.mark.parametrize(
    ("size", "look", "profile", "spans"),
    [
        ((900, 1400), "", "two-column", False),
        ((1600, 1200), "", "two-column", True),
        ((900, 1400), ".span", "two-column", True),
        ((700, 1900), "", "plain", False),
        ((700, 1900), "width=100%", "two-column", False),
    ],
)
def test_no_picture_is_taller_than_its_page(
    size: tuple[int, int], look: str, profile: str, spans: bool, tmp_path: Path
) -> None:
    """A tall picture leaves room for its caption on the page, and goes into a column where both would make it too tall."""
    Image.new("RGB", size, "grey").save(tmp_path / "a.png")
    caption = "A caption that names the painter, the owner and who took the photograph. " * 5
    (tmp_path / "paper.md").write_text(
        f"---\ntitle: A\n---\n\nWords.\n\n![{caption}](a.png){{#fig-a {look} alt=a}}\n\nWords.\n"
    )
    text, _ = manuscript.read(tmp_path / "paper.md", profile=profile)
    composed, _ = document.compose(text)
    pages, _ = sheet.lay_out(text, composed, Options())
    page = lxml_html.document_fromstring(body.prepare(pages, pagination.Edges()))
    (figure,) = page.iter("figure")
    assert ("span" in figure.get("class", "").split()) is spans
    (image,) = figure.iter("img")
    width, height = (float(value) for value in re.findall(r"([\d.]+)p[xt]", image.get("style")))
    room = pages.paper.height - pages.paper.top - pages.paper.bottom
    assert height < room - 4 * pages.paper.line
    assert width * 0.75 * size[1] / size[0] == pytest.approx(height, abs=pages.paper.line)
