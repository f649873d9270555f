"""Page make-up: each page is mended as it is made, and the rest of the text is not laid out again for it."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.conftest import ROOT, need, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

# In a process of its own: a layout starts threads of Pango's, and other tests fork this one.
FACTS = """
import json, pathlib, sys
from compositor.reading import manuscript
from compositor.setting import document, sheet
from compositor.editions import pdf
from compositor.pages import boxes
from compositor.pages.pagination import FIGURE
from compositor.editions.engine import load_engine
from compositor.options import Options

load_engine()
from weasyprint.layout import page as engine

count, made = 0, engine.remake_page

def counted(*given):
    global count
    count += 1
    return made(*given)

engine.remake_page = counted
text, _ = manuscript.read(pathlib.Path(sys.argv[1]), "", "", sys.argv[2])
composed, _ = document.compose(text)
found, _ = sheet.lay_out(text, composed, Options())
pages = boxes.pages_of(pdf.lay_out(found)[0])

def lines(box):
    return [item for item in boxes.inside(box) if boxes.is_line(item)]

def opens_with_figure(page):
    for box in boxes.inside(page.children[0]):
        if boxes.is_leaf(box):
            return False
        if boxes.marked(box, FIGURE) is not None:
            return True
    return False

calls = {}
for number, page in enumerate(pages):
    for box in boxes.inside(page.children[0]):
        if str(getattr(box, "element_tag", "")).endswith("::footnote-call"):
            calls[box.element] = number
areas = [(number, area) for number, page in enumerate(pages) for area in boxes.note_areas(page)]
notes = [(number, note.element) for number, area in areas for note in area.children]
leaves = [before for before, page in zip(pages, pages[1:]) if opens_with_figure(page)]
print(json.dumps({
    "pages": len(pages),
    "made": count,
    "holes": [sum(frame.hole for frame in boxes.frames(page)) for page in leaves],
    "figures": sum(boxes.marked(box, FIGURE) is not None for page in pages for box in boxes.inside(page.children[0])),
    "ends": [boxes.text(lines(frame.box)[-1]) for page in pages for frame in boxes.frames(page) if lines(frame.box)],
    "strays": [number for number, note in notes if calls.get(note, number) != number],
    "notes": len(notes),
}))
"""
LINES = """
import json
from compositor.fonts import fontface
from compositor.editions import pdf
from compositor.pages import boxes, makeup
from compositor.editions.engine import load_engine

engine = load_engine()
face = fontface.for_print(())[0]
css = (
    "@font-face {{ font-family: '{family}'; src: url({url}) }} "
    "body {{ margin: 0 }} b {{ white-space: nowrap }} p {{ font: 13px '{family}' }} "
).format(**face)
text = "Author One (2020). <em>A title of some length, in italics</em>. A Publisher of Books and Journals.\u00a0<b>a</b>"
found = []
for width in range(1200, 2200, 3):
    page = f"<style>{css} @page {{ margin: 0; size: {width / 4}px 400px }}</style><p>{text}"
    with makeup.made_up():
        layout = engine.HTML(string=page, url_fetcher=pdf.fetcher({}, ()), base_url=pdf.BASE).render()
    lines = [box for box in boxes.inside(layout.pages[0]._page_box) if boxes.is_line(box)]
    found += [
        (width / 4, boxes.text(line), boxes.text(after))
        for line, after in zip(lines, lines[1:])
        if width / 4 - boxes.width(line) > 1.5 * boxes.first_word(after)
    ]
print(json.dumps(found))
"""
SHORT = (
    "the", "of", "and", "to", "in", "is", "that", "it", "was", "for", "on", "are", "as", "with",
    "his", "they", "be", "at", "one", "have", "this", "from", "or", "had", "by", "word", "but", "not",
)  # fmt: skip
LONG = (
    "institutionalisation",
    "characteristically",
    "misinterpretation",
    "representatives",
    "incomprehensible",
    "notwithstanding",
)


def told(script: str, *given: str) -> Any:
    """Run a script, and give what it tells."""
    process = subprocess.run([sys.executable, "-c", script, *given], cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def facts(source: Path, profile: str = "") -> dict[str, Any]:
    """Lay a manuscript out and tell of its pages."""
    found: dict[str, Any] = told(FACTS, str(source), profile)
    return found


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a text with a figure or a note behind every other paragraph, each of another size."""
    folder = tmp_path_factory.mktemp("crowded")
    draw = random.Random(7)

    def says(count: int) -> str:
        return " ".join(draw.choices([*SHORT, *LONG], k=count)).capitalize() + "."

    parts = ["---\ntitle: A crowded text\nlang: en-GB\n---\n\n# Beginning"]
    for number in range(40):
        noted = number % 3 == 1
        parts.append(f"{says(draw.randint(30, 130))}{f'[^{number}]' if noted else ''}")
        if noted:
            parts.append(f"[^{number}]: {says(draw.randint(8, 50))}")
        elif number % 3 == 2:
            height = draw.choice((140, 240, 340, 440))
            drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="{height}"><path d="M0 0h300v9H0z"/></svg>'
            (folder / f"{number}.svg").write_text(drawing, encoding="utf-8")
            parts.append(f'![{says(6)}]({number}.svg){{#fig-{number} alt="A bar"}}')
    parts.append(says(200))
    (folder / "article.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return folder / "article.md"


def test_only_a_page_with_a_fault_is_made_again() -> None:
    """The article has some: half as many pages more are made, not twice or three times as many."""
    found = facts(ROOT / "manuscript")
    assert found["pages"] < found["made"] <= 1.5 * found["pages"]


@pytest.mark.parametrize("profile", ["", "two-column"])
def test_no_word_goes_over_a_page_and_no_note_strays(profile: str, crowded: Path) -> None:
    """However many figures and notes there are."""
    found = facts(crowded, profile)
    assert found["notes"] == 14  # the imprint stands as one
    assert found["strays"] == []
    assert [line for line in found["ends"] if line.endswith("-")] == []


def test_no_figure_leaves_a_hole(crowded: Path) -> None:
    """Where a figure opens a page, less than three lines are empty on the page before."""
    found = facts(crowded)
    assert found["figures"] == 13
    assert found["holes"]
    assert max(found["holes"]) < 56


@pytest.mark.parametrize("profile", ["", "two-column"])
def test_no_head_stays_alone(profile: str, tmp_path: Path) -> None:
    """Where a note drives the paragraph under a head to the next page or column, the heads over it go along."""
    draw = random.Random(11)
    parts = ["---\ntitle: Heads\nlang: en-GB\n---"]
    for number in range(60):
        words = draw.choices(SHORT, k=draw.randint(60, 140))
        words[draw.randint(8, 40)] += f"[^{number}]"
        heads = f"# Head {number}\n\n## Lower head {number}" if number % 2 else f"# Head {number}"
        parts += [heads, " ".join(words), f"[^{number}]: " + " ".join(draw.choices(SHORT, k=draw.randint(10, 60)))]
    (tmp_path / "article.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    found = facts(tmp_path / "article.md", profile)
    assert found["strays"] == []
    assert len(found["ends"]) > 12
    assert [line for line in found["ends"] if "head" in line.lower()] == []


def test_no_line_ends_early() -> None:
    """However wide the page, a line takes the next word where there is room; Pango ends some after one word."""
    assert told(LINES) == []


def test_notes_of_captions_keep_their_order(tmp_path: Path) -> None:
    """A figure whose caption has a note is not passed by text that has the next: note 2 would stand a page before note 1."""
    need("pdftotext")
    (tmp_path / "plan.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="220"><path d="M0 0h9"/></svg>'
    )
    words = "Words that fill a line of the page and go on to the next one, so that the paragraph is long enough. " * 5
    figure = "![A plan.^[Said in the caption.]](plan.svg){width=100%}"
    text = "\n\n".join([words] * 3 + [figure, f"{words}^[Said behind it.]", f"{words}^[Said at the end.]", words])
    (tmp_path / "article.md").write_text(f"---\ntitle: A\nauthor: Author One\nlang: en\n---\n\n{text}\n", encoding="utf-8")
    process = run(tmp_path, "--to", "pdf", "--out", tmp_path / "dist")
    assert "proof-differs" not in process.stderr
    command = ["pdftotext", str(tmp_path / "dist" / "article.pdf"), "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"Said (\w+ \w+)", said) == ["in the", "behind it", "at the"]


@pytest.mark.parametrize("look", ["plain", "two-column"])
@pytest.mark.parametrize("nested", [False, True], ids=["before-a-subhead", "at-the-end-of-a-subsection"])
def test_figure_passes_subheads_and_no_head(look: str, nested: bool, tmp_path: Path, build: Callable[..., Built]) -> None:
    """Text of the next subsection fills the page that a figure has left; that of the next section waits for it."""
    need("pdftotext")
    Image.new("RGB", (600, 450), "navy").save(tmp_path / "a.png")
    line = "This is a paragraph of plain words which fills the page with a few lines of text, so that it all goes on.\n\n"
    figure = '![A map.](a.png){#fig-map alt="A map" width=100%}\n\n'
    many = line * (12 if look == "plain" else 38)
    for mark, passes in (("## ", True), ("# ", False)):
        text = f"# One\n\n{'## Sub' if nested else ''}\n\n{many}See @fig-map.\n\n{figure}{mark}Next head\n\n{line * 30}"
        path = tmp_path / mark.strip() / "article.md"
        path.parent.mkdir()
        (path.parent / "a.png").write_bytes((tmp_path / "a.png").read_bytes())
        path.write_text(f"---\ntitle: T\nauthor: Author One\ndate: 2026-01-15\nlang: en\n---\n\n{text}", encoding="utf-8")
        built = build(path, "--to", "pdf", "--profile", look)
        assert not [problem for problem in built.problems if problem["code"] == "proof-differs"]
        said = subprocess.run(["pdftotext", str(built.path("pdf")), "-"], capture_output=True, text=True, check=True).stdout
        pages = said.split("\f")
        assert "A map." not in pages[0]
        assert "A map." in pages[1]
        assert ("Next head" in pages[0]) is passes
