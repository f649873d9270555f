"""Drawings inside a page: each keeps its own rules, whatever the text calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.test_semantics import trees

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

SVG = "{http://www.w3.org/2000/svg}"
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" class="own" viewBox="0 0 9 9">
<style>.own rect { fill: #123456 } #bar { stroke: #654321 }</style>
<rect id="bar" width="9" height="9"/>
</svg>
"""
TEXT = """---
title: A drawing with rules
author: Author One
---

One ![a bar](bar.svg){#mine .small width=20px} and again ![a bar](bar.svg){#other height=1em}; see [the first](#mine) and
[the second](#other).
"""


@pytest.mark.parametrize("edition", ["html", "epub"])
def test_drawing_keeps_its_rules(edition: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """An id, class or width that the text gives a drawing leaves its style sheet in force; links to it still lead there."""
    (tmp_path / "bar.svg").write_text(DRAWING, encoding="utf-8")
    (tmp_path / "article.md").write_text(TEXT, encoding="utf-8")
    built = build(tmp_path)
    assert built.problems == []
    pages = trees(built, edition).values()
    drawings = [found for page in pages for found in page.xpath("//*[local-name()='svg' and @role='img']")]
    assert len(drawings) == 2
    assert "small" in drawings[0].get("class").split()
    for drawing, size in zip(drawings, ("width: 20px", "height: 1em"), strict=True):
        name = drawing.get("id")
        rules = "".join(drawing.xpath(".//*[local-name()='style']//text()"))
        assert f".own#{name} rect" in rules
        assert "own" in drawing.get("class").split()
        (bar,) = drawing.xpath(".//*[local-name()='rect']/@id")
        assert f"#{name} #{bar} " in rules
        assert size in drawing.get("style").replace(":", ": ").replace("  ", " ")
    for target in ("mine", "other"):
        assert any(page.xpath("//*[@id=$id]", id=target) for page in pages)
    assert len({drawing.get("id") for drawing in drawings}) == 2


def test_a_drawing_nested_deep_is_read_back_whole(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A drawing of 250 levels, which is let in, hides nothing that stands behind it from the proof."""
    groups = 250
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{"<g>" * groups}<circle r="1"/>{"</g>" * groups}</svg>'
    )
    (tmp_path / "a.svg").write_text(drawing, encoding="utf-8")
    (tmp_path / "article.md").write_text(
        "---\ntitle: A title\nauthor: Author One\n---\n\n![A drawing.](a.svg)\n\nMore words.\n"
    )
    assert build(tmp_path).problems == []
