"""The colophon on paper: it does not take the last page for itself, however long the text is."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import need

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
