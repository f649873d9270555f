"""Names of authors are Markdown: a note at one is no part of it, in any record or edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from compositor.reading import people
from compositor.reading.manuscript import read
from tests.conftest import run
from tests.judges import xml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built


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


HEAD = "---\ntitle: T\ndate: 2026-01-02\nauthor:\n{}\n---\n\nWords.\n"
ONE, TWO = "  - {name: Author One, email: one@example.org", "  - {name: Author Two, email: two@example.org"


@pytest.mark.parametrize(
    ("authors", "corresponding"),
    [
        (f"{ONE}}}\n  - Author Two", ["one@example.org"]),  # the one address that there is
        (f"{ONE}}}\n{TWO}}}", []),
        (f"{ONE}}}\n{TWO}, corresponding: true}}", ["two@example.org"]),
        (f"{ONE}, corresponding: false}}\n  - Author Two", []),
        (f"{ONE}, attributes: {{corresponding: false}}}}\n{TWO}}}", ["two@example.org"]),
        ("  - Author One\n  - Author Two", []),
    ],
)
def test_who_has_the_only_address_is_written_to(authors: str, corresponding: list[str], tmp_path: Path) -> None:
    """Where nobody is marked, and unless its author is marked as not corresponding."""
    (tmp_path / "article.md").write_text(HEAD.format(authors), encoding="utf-8")
    manuscript, _ = read(tmp_path)
    assert [author.email for author in manuscript.metadata.authors if author.corresponding] == corresponding


def test_address_is_printed_or_kept_for_machines(tmp_path: Path, build: Callable[..., Built]) -> None:
    """One address stands on the page; of several, none marked, JATS and the page's record hold each; a blind copy none."""
    for name, authors in (("one", f"{ONE}}}\n  - Author Two"), ("two", f"{ONE}}}\n{TWO}}}")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "article.md").write_text(HEAD.format(authors), encoding="utf-8")
    alone = build(tmp_path / "one", "--to", "html,jats")
    assert alone.problems == []
    page = html.document_fromstring(alone.path("html").read_bytes().decode())
    assert "Author One, one@example.org" in page.xpath("string(//p[@class='corresponding'])")
    several = build(tmp_path / "two", "--to", "html,jats")
    assert [item["code"] for item in several.problems] == ["corresponding-missing"]
    page = html.document_fromstring(several.path("html").read_bytes().decode())
    assert not page.xpath("//p[@class='corresponding']")
    wanted = ["one@example.org", "two@example.org"]
    assert page.xpath("//meta[@name='citation_author_email']/@content") == wanted
    assert etree.parse(several.path("jats")).xpath("//contrib/email/text()") == wanted
    assert xml.jats(several.path("jats").read_bytes()) == []
    hidden = build(tmp_path / "two", "--to", "html,jats", "--blind")
    assert all("@example.org" not in hidden.path(name).read_text(encoding="utf-8") for name in ("html", "jats"))


@pytest.mark.parametrize("key", ["name", "institution", "organization"])
def test_an_institution_has_several_keys(key: str) -> None:
    """MyST calls it institution, Pandoc's JATS organization; Quarto takes a state for a region."""
    places = people.Affiliations()
    places.add({key: "An Institution", "department": "A Department", "city": "A City", "state": "A State"})
    assert places.list[0].name == "A Department, An Institution, A City, A State"


def test_a_value_of_the_wrong_form_is_told_in_our_words(tmp_path: Path) -> None:
    """Where a list stands for a line of text, or a word for yes and no, the message says what to write."""
    (tmp_path / "article.md").write_text("---\ntitle: A title\ntype: [erratum, letter]\njinja: perhaps\n---\n\nWords.\n")
    said = run(tmp_path, "--to", "html", "--out", tmp_path / "dist").stderr
    assert "article.md:3: error [metadata-invalid] type: it should be a line of text" in said
    assert "article.md:4: error [metadata-invalid] jinja: it should be true or false" in said
