"""The commit in the colophon and the date that stands in for a missing one; and nothing that a repository says is run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from dulwich import porcelain

from compositor.reading.history import last_commit
from tests.conftest import run

if TYPE_CHECKING:
    from pathlib import Path

AUTHOR = b"Author One <one@example.org>"
MOMENT = 1_700_000_000  # 14 November 2023, 22:13 UTC


def commit(folder: Path, moment: int = MOMENT, zone: int = 0) -> str:
    """Commit everything in a folder, at a given moment."""
    porcelain.add(str(folder))
    made = porcelain.commit(
        str(folder), message=b"A change", author=AUTHOR, committer=AUTHOR, commit_timestamp=moment, commit_timezone=zone
    )
    return made.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a repository with a manuscript in it."""
    porcelain.init(str(tmp_path)).close()
    (tmp_path / "article.md").write_text("---\ntitle: A title\n---\n\n# Head\n\nWords.\n")
    return tmp_path


def page(folder: Path) -> str:
    """Build the web page of a manuscript and read it."""
    process = run(folder, "--to", "html", "--out", folder / "dist")
    assert process.returncode == 0, process.stderr
    return (folder / "dist" / "article.html").read_text(encoding="utf-8")


def test_commit_and_date(folder: Path) -> None:
    """A text without a date takes that of its last commit, and the colophon names the commit."""
    made = commit(folder)
    text = page(folder)
    assert made[:12] in text
    assert "14 November 2023" in text or "November 14, 2023" in text


def test_changed_since(folder: Path) -> None:
    """A text that has changed since is not what was committed: the colophon names no commit. The date stays."""
    made = commit(folder)
    with (folder / "article.md").open("a") as file:
        file.write("\nMore.\n")
    text = page(folder)
    assert made[:12] not in text
    assert "14 November 2023" in text or "November 14, 2023" in text


def test_only_the_commit_that_touched_the_text_counts(folder: Path) -> None:
    """A later commit of something else changes nothing."""
    made = commit(folder)
    (folder / "other.txt").write_text("other")
    commit(folder, MOMENT + 10**6)
    found = last_commit([folder / "article.md"])
    assert found is not None
    assert (found.id, found.date, found.exact) == (made, "2023-11-14", True)


def test_the_date_is_the_committers(folder: Path) -> None:
    """East of Greenwich it was the next day already."""
    commit(folder, zone=3 * 3600)
    found = last_commit([folder / "article.md"])
    assert found is not None
    assert found.date == "2023-11-15"


def test_a_date_in_the_metadata_wins(folder: Path) -> None:
    """The author's date is not overruled."""
    (folder / "article.md").write_text("---\ntitle: A title\ndate: 2020-01-02\n---\n\nWords.\n")
    commit(folder)
    assert "2023" not in page(folder).split("<body>")[1]


def test_no_repository_no_commit(tmp_path: Path) -> None:
    """Without a repository, or with a broken one, there is neither date nor commit, and no problem."""
    (tmp_path / "article.md").write_text("Words.\n")
    assert last_commit([tmp_path / "article.md"]) is None
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(b"\xff\xfe\0nonsense")
    assert last_commit([tmp_path / "article.md"]) is None


def test_nothing_that_a_repository_says_is_run(folder: Path) -> None:
    """Filters, monitors, hooks and signature programs of a stranger's repository stay what they are: text."""
    commit(folder)
    mark = folder / "was-run"
    program = folder / "program"
    program.write_text(f"#!/bin/sh\ntouch '{mark}'\ncat\n")
    program.chmod(0o755)
    (folder / ".git" / "hooks").mkdir(exist_ok=True)
    (folder / ".git" / "hooks" / "post-index-change").write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    (folder / ".gitattributes").write_text("*.md filter=evil\n")
    with (folder / ".git" / "config").open("a") as file:
        file.write(
            f'[core]\n\tfsmonitor = {program}\n\tpager = {program}\n[filter "evil"]\n\tclean = {program}\n'
            f"[log]\n\tshowSignature = true\n[gpg]\n\tprogram = {program}\n"
        )
    with (folder / "article.md").open("a") as file:
        file.write("\nMore.\n")
    page(folder)
    time.sleep(0.1)
    assert not mark.exists()
