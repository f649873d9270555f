"""Long notes on paper: parted at the foot of several pages, with every word, and no page left empty for them."""

from __future__ import annotations

import random
import re
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.conftest import need
from tests.judges.pdf import verapdf
from tests.test_pdf import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

WORDS = (
    "the", "of", "and", "to", "in", "is", "that", "it", "was", "for", "on", "with", "word", "but", "not", "from", "have",
    "representatives", "consideration", "circumstances", "article", "institution",
)  # fmt: skip


def said(pdf: Path) -> list[str]:
    """Give the text of each page."""
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    return text.removesuffix("\f").split("\f")


@pytest.mark.parametrize("look", ["plain", "two-column"])
def test_note_longer_than_a_page_loses_no_word(look: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """A note of 4,000 words begins on the page of its call, and goes on at the foot of the pages behind it."""
    need("pdftotext")
    words = [f"word{number}" for number in range(4000)]
    (tmp_path / "article.md").write_text(f"---\ntitle: A\n---\n\nA text.[^1]\n\n[^1]: {' '.join(words)}\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf", "--profile", look)
    assert [problem for problem in built.problems if problem["code"] == "proof-differs"] == []
    pages = said(built.path("pdf"))
    assert "A text." in pages[0]
    assert "word0 word1" in pages[0]
    assert re.findall(r"word\d+", " ".join(pages)) == words


@pytest.mark.parametrize("look", ["a4", "6x9", "two-column"])
def test_long_notes_leave_no_page_empty(look: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """However long the notes, text and notes fill every page but the last, and the proof finds all words in their order."""
    need("pdftotext")
    draw = random.Random(3)

    def says(count: int) -> str:
        return " ".join(draw.choices(WORDS, k=count)).capitalize() + "."

    notes = {3: says(500), 4: says(40), 9: f"{says(450)} With *emphasis*. {says(450)}", 15: says(350)}
    notes[15] += f"\n\n    {says(150)}\n\n    > {says(120)}\n\n    {says(30)}"
    parts = [f"---\ntitle: Long notes\nlang: en-GB\npage: {'a4' if look == 'two-column' else look}\n---\n\n# Beginning"]
    parts += [f"{says(90)}{f'[^{number}]' if number in notes else ''} {says(5)}" for number in range(24)]
    parts += [f"[^{number}]: {text}" for number, text in notes.items()]
    (tmp_path / "article.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf", "--profile", "two-column" if look == "two-column" else "plain")
    assert [problem for problem in built.problems if problem["code"] == "proof-differs"] == []
    for lines in layout(built.path("pdf"))[:-1]:
        edges = sorted((top, bottom) for _, top, bottom, _ in lines)
        gaps = [after - before for (_, before), (after, _) in pairwise(edges)]
        assert max(gaps) < 6 * 14  # points; the rule over the notes stands in one of them


def test_columns_leave_room_for_the_call_of_a_long_note(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Its first part stands on the page of its call, however far down the columns that is, and no page is left empty for it."""
    need("pdftotext")
    words = [f"word{number}" for number in range(1200)]
    draw = random.Random(3)
    blocks = [f"{' '.join(draw.choices(WORDS, k=90)).capitalize()}." for _ in range(24)]
    for place in (4, 7, 8):
        text = [*blocks[:place], f"{blocks[place]} A call.[^1]", *blocks[place + 1 :], f"[^1]: {' '.join(words)}"]
        (tmp_path / "article.md").write_text("---\ntitle: A\n---\n\n" + "\n\n".join(text) + "\n", encoding="utf-8")
        built = build(tmp_path, "--to", "pdf", "--profile", "two-column")
        assert [problem for problem in built.problems if problem["code"] == "proof-differs"] == []
        pages = said(built.path("pdf"))
        (of_call,) = [page for page in pages if re.search(r"A\s+call\.", page)]
        assert "word0 word1" in of_call
        assert re.findall(r"word\d+", " ".join(pages)) == words
        assert all(len(page.split()) > 800 for page in pages[:-1])


@pytest.mark.parametrize("look", ["plain", "two-column"])
def test_parted_notes_pass_both_profiles(look: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """A parted note is tagged, and linked to its call, as PDF/A-3a and PDF/UA-1 ask, with a quotation and a list in it, too."""
    text = " ".join(WORDS * 25)
    note = f"{text}\n\n    > {text}\n\n    - {text}"
    (tmp_path / "article.md").write_text(f"---\ntitle: A\nlang: en-GB\n---\n\n{text}[^1]\n\n[^1]: {note}\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf", "--profile", look)
    assert len(said(built.path("pdf"))) > 1
    assert verapdf([built.path("pdf")], ("3a", "ua1")) == []


@pytest.mark.parametrize("before", [24, 26, 28])
def test_text_goes_on_under_the_call_of_a_long_note(before: int, tmp_path: Path, build: Callable[..., Built]) -> None:
    """A note called in the first line of a paragraph leaves room for its next lines: it does not drive it to the next page."""
    need("pdftotext")
    line = (
        "This is a paragraph of plain words which fills the page with a few lines of text, so that the list below comes to "
        "the foot of the page and is parted there.\n\n"
    )
    note = (
        "A sentence of a long note which goes on for some time and says what the archive has, where it is and who used it. "
        * 32
    )
    head = "---\ntitle: A\nauthor: Author One\ndate: 2026-01-15\nlang: en-GB\n---\n\n# One\n\n"
    text = f"{head}{line * before}A claim which needs a note.[^l] {line}{line * 5}[^l]: {note}\n"
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    pages = layout(build(tmp_path, "--to", "pdf").path("pdf"))
    (at,) = [number for number, lines in enumerate(pages) if any("A claim" in line[3] for line in lines)]
    assert at == 1
    tops = sorted(line[1] for line in pages[at])
    assert max(below - above for above, below in pairwise(tops)) < 70
