"""Draw the pictures of docs/ anew from the article in manuscript/: ``python docs/pictures.py`` (``make pictures``).

Needs poppler and Chromium, which ``make test`` installs.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
DESK, EDGE = "#e9e7e2", 28  # behind the pages, and how much of it, in pixels


def built(folder: Path, *options: str) -> Path:
    """Build the article, and give the folder."""
    subprocess.run([sys.executable, str(ROOT / "build.py"), "--quiet", "--out", str(folder), *options], cwd=ROOT, check=True)
    return folder


def pages(pdf: Path, first: int, last: int) -> list[Image.Image]:
    """Draw pages of a PDF, 900 pixels high."""
    stem = pdf.with_suffix("")
    command = ["pdftoppm", "-png", "-scale-to", "900", "-f", str(first), "-l", str(last), str(pdf), str(stem)]
    subprocess.run(command, check=True)
    return [Image.open(path).convert("RGB") for path in sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))]


def side_by_side(pictures: list[Image.Image], path: Path, gap: int = EDGE) -> None:
    """Lay pictures on a desk, and save them in few colours."""
    width = sum(picture.width for picture in pictures) + gap * (len(pictures) - 1) + 2 * EDGE
    desk = Image.new("RGB", (width, max(picture.height for picture in pictures) + 2 * EDGE), DESK)
    left = EDGE
    for picture in pictures:
        desk.paste(picture, (left, EDGE))
        left += picture.width + gap
    desk.quantize(160, dither=Image.Dither.NONE).save(path, optimize=True)


def screen(browser: Browser, address: str, size: tuple[int, int], *, dark: bool = False, css: str = "") -> Image.Image:
    """Draw the first screen of a page."""
    width, height = size
    view = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", device_scale_factor=1
    )
    view.goto(address)
    if css:
        view.add_style_tag(content=css)
    view.wait_for_timeout(300)
    picture = Image.open(io.BytesIO(view.screenshot())).convert("RGB")
    view.close()
    return picture


def main() -> None:
    """Draw the four pictures."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        plain, two = built(Path(name) / "plain"), built(Path(name) / "two", "--to", "pdf", "--profile", "two-column")
        side_by_side(pages(plain / "article.pdf", 1, 2), ROOT / "docs" / "pages.png", gap=6)
        side_by_side(pages(two / "article.pdf", 2, 3), ROOT / "docs" / "two-columns.png", gap=6)
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        web = (plain / "article.html").as_uri()
        side_by_side(
            [screen(browser, web, (1180, 760)), screen(browser, web, (360, 760), dark=True)], ROOT / "docs" / "web.png"
        )
        with zipfile.ZipFile(plain / "article.epub") as book:
            book.extractall(plain / "book")
        texts = [plain / "book" / "EPUB" / f"section-0{number}.xhtml" for number in (1, 4)]
        margins = "html { padding: 0 28px } body { margin: 24px 0 !important }"
        leaves = [screen(browser, path.as_uri(), (540, 760), css=margins) for path in texts]
        side_by_side(leaves, ROOT / "docs" / "book.png", gap=6)


if __name__ == "__main__":
    main()
