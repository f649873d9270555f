"""Names of authors are Markdown: a note at one is no part of it, in any record or edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compositor import people
from compositor.manuscript import read
from tests.conftest import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("written", "name", "notes"),
    [
        ("Author One", "Author One", []),
        ("Author One^[University of Example]", "Author One", ["University of Example"]),
        ("Author^[First] One ^[With [a link](https://example.org), and more]", "Author One", ["First", None]),
        ("Author One[^1]", "Author One", ["1"]),
        ("One^[Places, Two], Author", "One, Author", ["Places, Two"]),
        ("Author One^[never closed", "Author One", ["never closed"]),
        (r"Author \^[One]", r"Author \^[One]", []),
    ],
)
def test_notes_are_taken_off(written: str, name: str, notes: list[str | None]) -> None:
    found, said = people.part_notes(written)
    assert found == name
    assert [note if note is None else text for note, text in zip(notes, said, strict=True)] == notes


@pytest.mark.parametrize(
    "header",
    [
        "---\ntitle: T\nauthor:\n  - Author One^[University of Example]\n  - Author Two\n---\n",
        "---\ntitle: T\nauthor:\n  - name: Author One^[University of Example]\n  - given: Author\n    family: Two[^2]\n---\n",
        "---\ntitle: T\nauthors:\n  - name: {given: Author, family: 'One^[University, of Example]'}\n  - Two, Author\n---\n",
        "% T\n% Author One^[University; of Example]; Author Two\n",
    ],
)
def test_names_are_whole(header: str, tmp_path: Path) -> None:
    """And the note is told, at its author."""
    (tmp_path / "a.md").write_text(f"{header}\nWords.\n", encoding="utf-8")
    manuscript, problems = read(tmp_path / "a.md")
    assert [(author.given, author.family) for author in manuscript.metadata.authors] == [("Author", "One"), ("Author", "Two")]
    assert {item.code for item in problems} == {"note-misplaced"}


def test_contributions_name_no_note(tmp_path: Path) -> None:
    """Who did what is said of the person, once; the record has the family name."""
    header = "title: T\nauthor:\n  - name: Author One^[University of Example]\n    roles: [software]\n"
    (tmp_path / "a.md").write_text(f"---\n{header}---\n\nWords.\n", encoding="utf-8")
    process = run(tmp_path / "a.md", "--to", "html", "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
    assert "a.md:4: warning [note-misplaced]" in process.stderr
    assert "University" not in (tmp_path / "dist" / "a.html").read_text(encoding="utf-8")
    assert "family-names: One\n" in (tmp_path / "dist" / "CITATION.cff").read_text(encoding="utf-8")
    assert process.stderr.count("[note-misplaced]") == 1


def test_a_note_is_no_name(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: T\nauthor: ^[University of Example]\n---\n\nWords.\n", encoding="utf-8")
    assert "metadata-invalid" in {item.code for item in read(tmp_path / "a.md")[1]}
