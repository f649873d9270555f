"""Section numbers of the shipped article, read back from every finished edition.

The abstract, introduction, conclusions and references carry no number; the sections between are 1, 1.1, … The case
folders with ``heads`` in their ``expected.yaml`` are compared head by head, too.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.conftest import EDITIONS, ROOT, build_case, expected, features_with, need
from tests.reading import Reading, bookmarks, fold, read, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

UNNUMBERED = ("Introduction", "Conclusions", "References")
SECTIONS = [
    "1 The reintegration of the post-Soviet area",
    "2 Objectives and tasks of the CSTO",
    "3 Premises for the consolidation of the member states",
]


@pytest.fixture(scope="module", params=EDITIONS)
def reading(request: pytest.FixtureRequest, article: Built) -> Reading:
    """Give the shipped article as one edition says it."""
    if request.param == "pdf":
        need("pdfinfo")
        need("pdftotext")
    return read(article.path(request.param))


def written_heads() -> list[tuple[int, str, bool]]:
    """Read level, title and whether it is numbered from the source, by the rules of Pandoc's Markdown alone."""
    source = (ROOT / "manuscript" / "article.md").read_text(encoding="utf-8")
    found = []
    for marks, rest in re.findall(r"^(#{1,6}) +(.+)$", source, re.MULTILINE):
        title, _, attributes = rest.partition("{")
        plain = re.sub(r"[*_\\]", "", title).strip().replace("'", "’")
        found.append((len(marks), plain, not re.search(r"(^|\s)-(\s|\})|\.unnumbered", attributes)))
    return found


def numbered_heads() -> list[tuple[int, str]]:
    """Count through the source's heads as a reader would: what every edition must show."""
    counters: list[int] = []
    heads = []
    quiet_above = 7
    for level, title, numbered in written_heads():
        if title == "Abstract":
            continue  # set apart, in the front matter
        if level <= quiet_above:
            quiet_above = 7
        if not numbered or level > quiet_above:
            quiet_above = min(quiet_above, level)
            heads.append((level, title))
            continue
        counters = [*counters[:level], *[0] * (level - len(counters))]
        counters[level - 1] += 1
        heads.append((level, f"{'.'.join(map(str, counters))} {title}"))
    return heads


def test_source_has_the_sections_of_the_brief() -> None:
    """The three numbered sections come in their order between the unnumbered ones."""
    top = [title for level, title in numbered_heads() if level == 1]
    assert top == [UNNUMBERED[0], *SECTIONS, *UNNUMBERED[1:]]
    assert any(level == 2 for level, _ in numbered_heads())


def test_heads(reading: Reading) -> None:
    """Every head has its number and title, in order, at its level."""
    assert [(level, squeeze(title)) for level, title in reading.heads if title != "Abstract"] == [
        (level, squeeze(title)) for level, title in numbered_heads()
    ]


def test_contents(reading: Reading) -> None:
    """Bookmarks and contents carry the same numbers and titles."""
    listed = [squeeze(title) for title in reading.contents if title != "Abstract"]
    wanted = [squeeze(title) for level, title in numbered_heads() if level <= 2]
    assert listed == wanted


def test_unnumbered_heads_have_no_number(reading: Reading) -> None:
    """Abstract, introduction, conclusions and references stand without a number."""
    titles = [title for _, title in reading.heads]
    for title in UNNUMBERED:
        assert title in titles
        assert not any(re.fullmatch(rf"[\d.]+ {title}", other) for other in titles)
    assert "Abstract" in reading.text


def test_bookmark_levels(article: Built) -> None:
    """The PDF's outline is nested as the sections are."""
    found = [(level, squeeze(title)) for level, title in bookmarks(article.path("pdf").read_bytes()) if title != "Abstract"]
    levels = {level for level, _ in found}
    assert len(levels) > 1
    lowest = min(levels)
    assert [(level - lowest + 1, title) for level, title in found] == [
        (level, squeeze(title)) for level, title in numbered_heads()
    ]


def test_ncx_and_nav_agree(article: Built) -> None:
    """The EPUB 2 contents that older readers use say what the nav says."""
    with zipfile.ZipFile(io.BytesIO(article.path("epub").read_bytes())) as book:
        ncx = etree.fromstring(book.read("EPUB/toc.ncx"))
        nav = etree.fromstring(book.read("EPUB/nav.xhtml"))
    spaces = {"n": "http://www.daisy.org/z3986/2005/ncx/", "x": "http://www.w3.org/1999/xhtml"}
    old = [
        (fold(point.findtext("n:navLabel/n:text", "", spaces)), point.find("n:content", spaces).get("src"))
        for point in ncx.iterfind(".//n:navPoint", spaces)
    ]
    new = [
        (fold("".join(link.itertext())), link.get("href"))
        for link in nav.xpath("//x:nav[@role='doc-toc']//x:a", namespaces=spaces)
    ]
    assert old == new


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("case", features_with("heads"), ids=lambda case: case.name)
def test_heads_of_a_case(case: Path, edition: str, build: Callable[..., Built]) -> None:
    """Every head of the case has its number and title, in order."""
    if edition == "pdf":
        need("pdftotext")
    heads = read(build_case(build, case).path(edition)).heads
    assert [squeeze(title) for _, title in heads] == [squeeze(title) for title in expected(case)["heads"]]
