"""Review copies: every line has a number that is no word, and leads to the source and back."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from compositor.commands import where
from compositor.setting.alignment import words_of
from tests.conftest import CASES, ROOT, need, run
from tests.judges import pdf

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """---
title: A copy
author: Author One
---

# First

Alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec.
Romeo sierra tango uniform victor whiskey xray yankee zulu, and a note.[^n]

The same words again. The same words again.

# Second

The same words again, in another place. {MORE}

$$a^2 + b^2$$

[^n]: What the note says is said here alone.
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a review copy of the shipped article."""
    folder: Path = tmp_path_factory.mktemp("review")
    process = run(ROOT / "manuscript", "--review", "--out", folder)
    assert process.returncode == 0, process.stderr
    assert "proof-differs" not in process.stderr
    return folder


def lines_of(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(next(folder.glob("*.review.json")).read_text(encoding="utf-8"))["lines"]
    return found


def ask(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "build.py", "where", "--copy", str(folder), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def make(folder: Path, text: str, *options: str) -> Path:
    folder.mkdir()
    (folder / "article.md").write_text(text, encoding="utf-8")
    process = run(folder, "--review", "--out", folder / "dist", *options)
    assert process.returncode == 0, process.stderr
    assert "proof-differs" not in process.stderr
    return folder / "dist"


def test_twenty_lines_go_there_and_back(copy: Path) -> None:
    """The source's lines hold the printed words, and the place in the source leads back to the printed line."""
    lines = [line for line in lines_of(copy) if line["file"].endswith("article.md") and len(words_of(line["text"])) > 5]
    source = (ROOT / "manuscript" / "article.md").read_text(encoding="utf-8").split("\n")
    for line in random.Random(214).sample(lines, 20):
        there = ask(copy, str(line["number"])).stdout
        match = re.search(r"(\S+article\.md):(\d+)", there)
        assert match is not None, there
        assert line["text"] in there
        here = " ".join(words_of(" ".join(source[int(match[2]) - 1 : line["last"]])))
        words = words_of(line["text"])
        assert any(" ".join(words[at : at + 3]) in here for at in range(len(words) - 2)), there
        assert f"line {line['number']}, page {line['page']}," in ask(copy, f"{match[1]}:{match[2]}").stdout


def test_every_line_of_the_article_has_a_place(copy: Path) -> None:
    """Only what the program wrote comes from nowhere."""
    lost = [line["text"] for line in lines_of(copy) if not line["file"]]
    assert lost
    assert lost[0] == "Colophon"


def test_numbers_are_no_words(copy: Path) -> None:
    """What a reader copies from the page is the text of its lines, without their numbers."""
    need("pdftotext")
    command = ["pdftotext", "-f", "6", "-l", "6", "-raw", str(copy / "article.review.pdf"), "-"]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    printed = [word for line in lines_of(copy) if line["page"] == 6 for word in line["text"].split()]
    assert sorted((Counter(words) - Counter(printed)).elements()) == ["6", "Compositor", "Project", "The"]
    assert not Counter(printed) - Counter(words)


def test_both_profiles_of_pdf_are_kept(copy: Path) -> None:
    """PDF/A-3a and PDF/UA-1 find nothing in the copy."""
    assert pdf.verapdf([copy / "article.review.pdf"], ["3a", "ua1"]) == []


def test_numbers_run_or_begin_anew(tmp_path: Path) -> None:
    """The numbers are drawn another way, and the text stays as it was."""
    long = TEXT.replace("{MORE}", "Word after word. " * 300)
    running, anew = (make(tmp_path / name, long, *more) for name, more in (("one", ()), ("two", ("--number-lines", "page"))))
    assert lines_of(running)[:-1] == lines_of(anew)[:-1]  # the last of the colophon tells the command
    assert (running / "article.review.pdf").read_bytes() != (anew / "article.review.pdf").read_bytes()
    assert [line["number"] for line in lines_of(running)] == list(range(1, len(lines_of(running)) + 1))


def test_places_are_exact(tmp_path: Path) -> None:
    """Wrapped text, a note, words said thrice and a formula have their own lines."""
    copy = make(tmp_path / "one", TEXT.replace("{MORE}", ""))
    found = {line["text"].lstrip("123 "): line["first"] for line in lines_of(copy)}  # without the numbers of heads and notes
    source = TEXT.split("\n")
    for words in ("First", "Second", "The same words again. The same words again.", "The same words again, in another place."):
        assert found[words] == next(at for at, line in enumerate(source, 1) if line.strip("# {}MORE") == words.rstrip()), words
    assert found["What the note says is said here alone."] == source.index("[^n]: What the note says is said here alone.") + 1
    assert found["A copy"] == 2
    assert found["a^2 + b^2"] == source.index("$$a^2 + b^2$$") + 1
    assert next(at for text, at in found.items() if text.startswith("Alpha")) == 8


def test_passage_is_found_in_the_new_version(tmp_path: Path) -> None:
    """Paragraphs put before it move a passage; one taken out is told to be gone."""
    old = make(tmp_path / "old", TEXT.replace("{MORE}", "It ends as it began, with kestrels over the weir."))
    text = TEXT.replace("# First", "# First\n\n" + "Something new stands here. " * 40)
    new = make(tmp_path / "new", text.replace("{MORE}", "").replace("Alpha bravo", "Alpha and bravo"))
    number = next(line["number"] for line in lines_of(old) if line["text"].startswith("Alpha"))
    process = ask(new, "--old", str(old), str(number))
    assert process.returncode == 0, process.stderr
    assert "Alpha and bravo charlie" in process.stdout
    assert (
        f"article.md:{text.split(chr(10)).index(next(line for line in text.split(chr(10)) if line.startswith('Alpha'))) + 1}"
        in (process.stdout)
    )
    gone = next(line["number"] for line in lines_of(old) if "kestrels over the weir" in line["text"])
    lines, before = (where.load(where.find_map(folder)) for folder in (new, old))
    assert not any("kestrels" in line.text for line in where.carry_over(before[gone - 1], before, lines))


def test_other_page_or_columns_of_a_profile_do_not_matter(tmp_path: Path) -> None:
    """A journal in two columns has the same review copy."""
    text = TEXT.replace("{MORE}", "")
    plain, columns = (make(tmp_path / name, text, "--profile", name) for name in ("plain", "two-column"))
    assert [line["text"] for line in lines_of(plain)][:-8] == [line["text"] for line in lines_of(columns)][:-8]


@pytest.mark.parametrize("case", ["every-construct", "languages-in-text", "submission", "tables"])
def test_every_construct_is_read_back(case: str, tmp_path: Path) -> None:
    """Right-to-left text, pictures and tables keep their words."""
    shutil.copytree(CASES / "features" / case, tmp_path / case)
    process = run(tmp_path / case, "--review", "--out", tmp_path / "out")
    assert process.returncode == 0, process.stderr
    assert "proof-differs" not in process.stderr


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("99999", "there is no line 99999"),
        ("x", "is no line"),
        ("99:1", "there is no line 99:1"),
        ("article.md:9999", "nothing is printed"),
    ],
)
def test_what_is_not_there_is_told(asked: str, said: str, copy: Path) -> None:
    """No such line, or no question: exit code 2 and a sentence."""
    process = ask(copy, asked)
    assert (process.returncode, "Traceback" in process.stderr) == (2, False)
    assert said in process.stderr


def test_a_map_from_a_stranger_gives_a_terminal_no_orders(tmp_path: Path) -> None:
    """What a terminal would obey is printed as escapes."""
    line = {"page": 1, "on_page": 1, "number": 1, "text": "\x1b[2JWords", "file": "a\x1b.md", "first": 1, "last": 1}
    (tmp_path / "a.lines.json").write_text(json.dumps({"lines": [line]}))
    command = [sys.executable, "build.py", "where", "--copy", str(tmp_path / "a.lines.json"), "1"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "\\x1b[2JWords" in process.stdout
    assert "\x1b" not in process.stdout


def test_no_map_is_told(tmp_path: Path) -> None:
    """A folder without a copy, and a map that is none."""
    assert "there is no map" in ask(tmp_path, "1").stderr
    (tmp_path / "a.review.json").write_text("[]", encoding="utf-8")
    assert "this is no map" in ask(tmp_path, "1").stderr
