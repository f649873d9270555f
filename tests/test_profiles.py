"""Profiles and pages: the size that was asked for, nothing in the margins, and a profile's own files in their place."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from compositor import profiles
from compositor.paper import paper
from tests.conftest import CASES, ROOT, need

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
    from compositor import manuscript

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
    assert profiles.names() == ["plain", "two-column"]
    for name in profiles.names():
        assert not isinstance(profiles.find(name, ROOT, "--profile", named_by_user=True), list)
