"""Displayed formulas on the web page, as a browser sets them: beside their numbers, with their lines aligned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compositor import SURROUNDINGS
from tests.judges import kit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

TEXT = r"""---
title: Formulas
lang: en
---

$$ a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + a_8 + a_9
+ b_1 + b_2 + b_3 + b_4 + b_5 + b_6 = \text{as wide as the column} $$ {#eq-wide}

$$ \begin{aligned} \text{long left side} &= 1 \\ x &= 2 \end{aligned} $$ {#eq-lines}
"""
# How far each number stands behind its formula, and how far the left sides of lines end from each other, in pixels.
MEASURED = """() => {
  const edge = (found, side) => found.getBoundingClientRect()[side];
  const gaps = [...document.querySelectorAll('.equation')].map(
    one => edge(one.querySelector('.equation-number'), 'left') - edge(one.querySelector('.formula-scroll'), 'right'));
  const ends = [...document.querySelectorAll('mtr > mtd:first-child > :last-child')].map(one => edge(one, 'right'));
  return [Math.min(...gaps), Math.abs(ends[0] - ends[1])];
}"""


def test_formula_stands_beside_its_number(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A number is never printed over a wide formula, and what stands before the = of a line ends there."""
    executable = kit.browser()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        kit.unavailable(f"{error}; `make test` installs it")
    (tmp_path / "text.md").write_text(TEXT, encoding="utf-8")
    built = build(tmp_path / "text.md", "--to", "html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"], env=dict(SURROUNDINGS))
        page = browser.new_page(viewport={"width": 1100, "height": 800})
        page.goto(built.path("html").as_uri())
        gap, apart = page.evaluate(MEASURED)
        browser.close()
    assert gap >= 0
    assert apart < 1
