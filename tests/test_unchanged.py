"""A build that was made already: it is not made again, and whatever changes is seen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from compositor.running import kept
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

SAID = "Nothing has changed since the last build."
TEXT = """---
title: A title
author: Author One
lang: en-GB
bibliography: works.json
---

# First

Text with one citation [@one2001].

# References
"""
WORK = {
    "id": "one2001",
    "type": "book",
    "title": "A book",
    "author": [{"family": "One", "given": "Author"}],
    "issued": {"date-parts": [[2001]]},
    "publisher": "A house",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Build a manuscript once."""
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "article.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "paper" / "works.json").write_text(json.dumps([WORK]), encoding="utf-8")
    assert SAID not in build(tmp_path).stdout
    return tmp_path


def build(place: Path, *options: str, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *python, str(ROOT / "build.py"), str(place / "paper"), "--out", str(place / "dist")]
    result = subprocess.run(
        [*command, "--to", "html", *options],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"XDG_CACHE_HOME": str(place / "cache")},
        cwd=place,
    )
    assert result.returncode == 0, result.stderr
    return result


def test_the_same_again(place: Path) -> None:
    """Neither Pandoc nor WeasyPrint is so much as loaded, and what was reported is reported again."""
    before = {path.name: path.read_bytes() for path in (place / "dist").iterdir()}
    again = build(place, python=("-X", "importtime"))
    assert SAID in again.stdout
    assert "article.html" in again.stdout
    loaded = {line.rsplit("|", 1)[-1].strip() for line in again.stderr.splitlines() if line.startswith("import time:")}
    assert "compositor.running.unchanged" in loaded
    assert not loaded & {"weasyprint", "pypandoc", "compositor.pipeline", "lxml.etree", "rich.console"}
    assert {path.name: path.read_bytes() for path in (place / "dist").iterdir()} == before


def test_problems_are_told_again(place: Path) -> None:
    text = place / "paper" / "article.md"
    text.write_text(text.read_text(encoding="utf-8").replace("# First", "# First\n\n### Third"), encoding="utf-8")
    first, second = build(place), build(place)
    assert "[heading-skipped]" in first.stderr
    assert SAID in second.stdout
    assert second.stderr == first.stderr


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        path = place / name
        times = path.stat()
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # neither size nor time tells

    return change


def _add(name: str, text: str) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return change


def _cut_short(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:200])


def _fill(folder: Path) -> None:
    """Let a hundred others have been made since, of a megabyte each."""
    for number in range(100):
        kept.write(folder / f"{number}", bytes(1_000_000))


CHANGES: dict[str, Callable[[Path], None]] = {
    "a letter": _edit("paper/article.md", "Text with", "Next with"),
    "a work": _edit("paper/works.json", "A book", "A boot"),
    "metadata beside the text": _add("paper/metadata.yaml", "keywords: [one]\n"),
    "a style sheet": _add("paper/templates/css/screen.css", "p { color: black }\n"),
    "an output is edited": _edit("dist/article.html", "<body", "<Body"),
    "an output is gone": lambda place: (place / "dist" / "article.html").unlink(),
    "the record is gone": lambda place: shutil.rmtree(place / "cache" / "compositor" / "builds"),
    "the record is damaged": lambda place: _cut_short(place / "cache" / "compositor" / "builds"),
    "the cache is full of others": lambda place: _fill(place / "cache" / "compositor" / "builds"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(change: str, place: Path) -> None:
    """It is built again, and gives what a build without a memory gives."""
    CHANGES[change](place)
    assert SAID not in build(place).stdout
    made = {path.name: path.read_bytes() for path in (place / "dist").iterdir()}
    assert SAID in build(place).stdout
    shutil.rmtree(place / "dist")
    shutil.rmtree(place / "cache" / "compositor" / "builds")
    build(place)
    assert {path.name: path.read_bytes() for path in (place / "dist").iterdir()} == made


def test_the_cache_has_an_end(place: Path) -> None:
    """It keeps what was used last, and never more than it may."""
    builds = place / "cache" / "compositor" / "builds"
    for number in range(60):
        kept.write(builds / f"{number}", bytes(1_000_000))
        assert SAID in build(place).stdout
    assert sum(path.stat().st_size for path in builds.iterdir()) <= kept.MOST_BYTES
    assert not (builds / "0").exists()
    assert (builds / "59").exists()


def test_another_folder_behind_a_link_is_a_change(place: Path) -> None:
    """A link to a folder of data that leads to another one now."""
    paper = place / "paper"
    for name in ("one", "other"):
        _add(f"paper/{name}/a.yaml", f"word: {name}\n")(place)
    _edit("paper/article.md", "lang: en-GB", "lang: en-GB\njinja: true")(place)
    _edit("paper/article.md", "Text with", "{{ data.a.word }} with")(place)
    (paper / "data").symlink_to("one")
    build(place)
    (paper / "data").unlink()
    (paper / "data").symlink_to("other")
    assert SAID not in build(place).stdout
    assert "other with" in (place / "dist" / "article.html").read_text(encoding="utf-8")


def _to_kernel(path: Path) -> None:
    path.symlink_to("/proc/kmsg")  # a plain file by its looks, whose reader waits for ever


ENDLESS: dict[str, Callable[[Path], None]] = {
    "a link among the files": lambda paper: _to_kernel(paper / "notes.txt"),
    "a pipe among the files": lambda paper: os.mkfifo(paper / "notes.txt"),
    "a repository that is a pipe": lambda paper: os.mkfifo(paper / ".git" / "HEAD"),
    "a repository that is a link": lambda paper: _to_kernel(paper / ".git" / "HEAD"),
    "a repository that leads out": lambda paper: _add(".git/HEAD", f"ref: refs/{'../' * 40}proc/kmsg\n")(paper),
}


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason="this system has no file that looks plain and never ends")
@pytest.mark.parametrize("name", ENDLESS)
def test_nothing_is_waited_for(name: str, place: Path) -> None:
    """What comes with a manuscript is looked at before the limits of a build hold, and so only where it must end."""
    (place / "paper" / ".git").mkdir()
    ENDLESS[name](place / "paper")
    began = time.monotonic()
    build(place, "--limit", "seconds=60")
    assert time.monotonic() - began < 60


def test_another_option_is_another_build(place: Path) -> None:
    assert SAID not in build(place, "--style", "chicago-author-date").stdout
    assert SAID not in build(place, "--strict").stdout
    assert SAID not in build(place, "--limit", "seconds=300").stdout


def test_a_commit_is_a_change(place: Path) -> None:
    """The colophon names the commit."""
    git = ["git", "-c", "user.name=Author One", "-c", "user.email=one@example.org"]
    subprocess.run([*git, "init", "-q", str(place / "paper")], check=True)
    build(place)
    subprocess.run([*git, "-C", str(place / "paper"), "add", "."], check=True)
    subprocess.run([*git, "-C", str(place / "paper"), "commit", "-qm", "one"], check=True)
    assert SAID not in build(place).stdout
    assert SAID in build(place).stdout
