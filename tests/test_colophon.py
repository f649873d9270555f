"""The colophon on paper: it does not take the last page for itself, however long the text is."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT, need

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built


def pages_of(count: int, look: str, folder: Path, build: Callable[..., Built]) -> list[str]:
    """Give the text of each page of a text of so many lines."""
    text = "\n\n".join(f"Line {number} of the text." for number in range(count))
    folder.mkdir()
    (folder / "article.md").write_text(f"---\ntitle: A\nlang: en-GB\n---\n\n{text}\n", encoding="utf-8")
    built = build(folder, "--to", "pdf", "--profile", look)
    assert built.problems == []
    said = subprocess.run(["pdftotext", str(built.path("pdf")), "-"], capture_output=True, text=True, check=True).stdout
    return said.removesuffix("\f").split("\f")


@pytest.mark.parametrize(("look", "counts"), [("plain", range(26, 46, 2)), ("two-column", range(68, 98, 3))])
def test_colophon_has_company(look: str, counts: range, tmp_path: Path, build: Callable[..., Built]) -> None:
    """The last page has lines of the text, and none is begun for what a colophon set smaller would leave room for."""
    need("pdftotext")
    made = {count: pages_of(count, look, tmp_path / str(count), build) for count in counts}
    for pages in made.values():
        assert "Colophon" in pages[-1]
        assert "of the text." in pages[-1]
    assert {len(pages) for pages in made.values()} == {1, 2}


NOTED = """---
title: A
lang: en-GB
csl: chicago-notes-bibliography
references:
- {{id: one, type: book, author: [{{literal: Author One}}], title: "{title}", issued: 2001}}
- {{id: two, type: book, author: [{{literal: Author Two}}], title: "{title}", issued: 2002}}
- {{id: three, type: book, author: [{{literal: Author Three}}], title: "{title}", issued: 2003}}
- {{id: four, type: book, author: [{{literal: Author Four}}], title: "{title}", issued: 2004}}
---

{text}

The works are four [@one; @two; @three; @four].
"""


def test_colophon_leaves_the_reference_list(tmp_path: Path, build: Callable[..., Built]) -> None:
    """The more lines there are before the list, the later it begins: no last note goes over, and takes the list along."""
    need("pdftotext")
    begun = []
    for count in range(25, 33):
        folder = tmp_path / str(count)
        folder.mkdir()
        text = "\n\n".join(f"Line {number} of the text." for number in range(count))
        (folder / "article.md").write_text(NOTED.format(title="A long title of a work", text=text), encoding="utf-8")
        built = build(folder, "--to", "pdf", "--profile", "plain")
        said = subprocess.run(["pdftotext", str(built.path("pdf")), "-"], capture_output=True, text=True, check=True).stdout
        begun.append(next(number for number, page in enumerate(said.split("\f"), start=1) if "References" in page))
    assert set(begun) == {1, 2}
    assert begun == sorted(begun)


LAYOUTS = """
import pathlib, sys
from compositor.reading import manuscript
from compositor.setting import document, sheet
from compositor.editions import pdf
from compositor.editions.engine import load_engine
from compositor.options import Options

render, count = load_engine().HTML.render, []
load_engine().HTML.render = lambda *given, **named: count.append(1) or render(*given, **named)
for path in map(pathlib.Path, sys.argv[1:]):
    text, _ = manuscript.read(path, "", "", "plain")
    composed, _ = document.compose(text)
    pages, _ = sheet.lay_out(text, composed, Options(to=("pdf",)))
    count.clear()
    pdf.lay_out(pages)
    print(len(count))
"""


def test_colophon_costs_no_layout(tmp_path: Path) -> None:
    """Only the last pages are made again for it: a long text would take twice as long, or three times."""
    texts = []
    for count in range(30, 42, 2):
        text = "\n\n".join(f"Line {number} of the text." for number in range(count))
        texts.append(tmp_path / f"{count}.md")
        texts[-1].write_text(f"---\ntitle: A\nlang: en-GB\n---\n\n{text}\n", encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-c", LAYOUTS, *map(str, texts)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["1"] * len(texts)
