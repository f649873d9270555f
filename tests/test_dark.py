"""The book on a black page, as readers turn it at night: words, rules, code and drawings can still be read."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from compositor import SURROUNDINGS
from tests.conftest import CASES
from tests.judges import kit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

NIGHT = "body { background: #000; color: #fff }"  # what Kindle, Apple Books and others add
# Elements whose own words, or what they draw, are dark on black or light on white: how bright ink and ground are, from 0 to 1.
UNREADABLE = """() => {
  const bright = colour => {
    const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
    return alpha === 0 ? null : (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  };
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const found = bright(getComputedStyle(at).backgroundColor);
      if (found !== null) return found;
    }
    return 1;
  };
  const says = element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  const found = [];
  for (const element of document.body.querySelectorAll('*')) {
    const name = element.localName, drawn = element.closest('svg');
    if (name === 'img' || name === 'svg') {
      if (ground(element) < 0.9 || bright(getComputedStyle(element).color) > 0.1) found.push(name);
    } else if (!drawn && says(element) && Math.abs(bright(getComputedStyle(element).color) - ground(element)) < 0.5) {
      found.push(name + ': ' + element.textContent.trim().slice(0, 40));
    }
  }
  return found;
}"""


def test_black_page_hides_nothing(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Nothing is set in a colour of ours but pictures, which keep the white paper they were drawn for."""
    executable = kit.browser()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        kit.unavailable(f"{error}; `make test` installs it")
    data = build(CASES / "features" / "every-construct").path("epub").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        book.extractall(tmp_path)
    chapters = sorted(path for path in (tmp_path / "EPUB").glob("*.xhtml") if path.name != "cover.xhtml")
    pictures = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"], env=dict(SURROUNDINGS))
        for scheme in ("light", "dark"):
            page = browser.new_page(color_scheme=scheme)
            for chapter in chapters:
                page.goto(chapter.as_uri())
                page.add_style_tag(content=NIGHT)
                assert page.evaluate(UNREADABLE) == [], (chapter.name, scheme)
                pictures += page.locator("img, svg").count()
            page.close()
        browser.close()
    assert pictures >= 10
    assert len(chapters) > 5
