"""Every problem code has a case that provokes it: a folder named by the code, with the lines it must report.

``expected.txt`` holds a line a problem, "severity code file:line". Where the case needs more than a folder (a missing
one, a read-only one), the test says so below.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from compositor.problems import CATALOGUE
from tests.conftest import CASES, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

PROBLEMS = sorted(path.parent for path in (CASES / "problems").glob("*/expected.txt"))
ELSEWHERE = {  # tests below, and in test_proof.py, test_limits.py, test_stranger.py, test_blind.py and test_changes.py
    "source-missing", "source-encoding", "source-name", "output-unwritable", "proof-differs", "limit-time", "limit-memory",
    "limit-output", "limit-size", "limit-nesting", "build-died", "blind-attach", "submit-nothing", "file-special",
    "changes-missing", "changes-broken",
}  # fmt: skip


def options_of(case: Path) -> list[str]:
    """Give what a case adds to the command."""
    return (case / "options.txt").read_text().split() if (case / "options.txt").is_file() else []


def test_every_code_has_a_case() -> None:
    """No code without a folder or a test here, and no folder without a code."""
    assert {case.name for case in PROBLEMS} | ELSEWHERE == set(CATALOGUE)


@pytest.mark.parametrize("case", PROBLEMS, ids=lambda case: case.name)
def test_problem(case: Path, build: Callable[..., Built]) -> None:
    """All problems of the case come in one run, each at its line; errors stop the build, warnings do not."""
    built = build(case, "--to", "html", *options_of(case))
    found = [f"{item['severity']} {item['code']} {item['where'].rsplit('/', 1)[-1]}" for item in built.problems]
    wanted = (case / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(found) == sorted(wanted)
    assert case.name in {line.split()[1] for line in wanted}
    fatal = any(line.startswith("error") for line in wanted)
    assert built.process.returncode == (1 if fatal else 0)
    assert built.data["ok"] is not fatal
    assert all(item["text"] and item["hint"] for item in built.problems)


@pytest.mark.parametrize("case", PROBLEMS, ids=lambda case: case.name)
def test_no_traceback(case: Path, tmp_path: Path) -> None:
    """A person sees place, code and hint, never a traceback; and the old output stays."""
    old = tmp_path / "article.html"
    old.write_text("old")
    process = run(case, "--to", "html", "--out", tmp_path, *options_of(case))
    assert "Traceback" not in process.stderr
    assert f"[{case.name}]" in process.stderr
    assert CATALOGUE[case.name][1] in process.stderr
    if process.returncode == 1:
        assert old.read_text() == "old"
        assert [path.name for path in tmp_path.iterdir()] == ["article.html"]


def test_a_place_under_another_spelling(tmp_path: Path) -> None:
    """What stands under another of a key's names has its line as well."""
    (tmp_path / "article.md").write_text("---\ntitle: A title\ncitation-style: 1.5\n---\n\nWords.\n")
    assert "article.md:3: error [style-unknown]" in run(tmp_path, "--to", "html", "--out", tmp_path / "dist").stderr


def test_strict_makes_warnings_errors(tmp_path: Path) -> None:
    """``--strict`` stops the build on a warning, and nothing is written."""
    process = run(CASES / "problems" / "ref-uncited", "--to", "html", "--strict", "--out", tmp_path / "dist")
    assert process.returncode == 1
    assert "error [ref-uncited]" in process.stderr
    assert not (tmp_path / "dist").exists()


def test_missing_source(tmp_path: Path) -> None:
    """A source that is not there is a problem, whether file or folder."""
    for name in ("nowhere", "nowhere.md"):
        process = run(tmp_path / name)
        assert process.returncode == 1
        assert "[source-missing]" in process.stderr
        assert "Traceback" not in process.stderr
    process = run(tmp_path)
    assert "holds no Markdown file" in process.stderr


def test_source_that_is_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is named with the line of its first wrong byte."""
    (tmp_path / "article.md").write_bytes("One\n\nZürich\n".encode("latin-1"))
    process = run(tmp_path)
    assert process.returncode == 1
    assert re.search(r"article\.md:3: error \[source-encoding\]", process.stderr)


def test_output_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where the output folder should be is a problem; it stays as it was."""
    (tmp_path / "dist").write_text("a file")
    process = run(CASES / "problems" / "ref-uncited", "--to", "html", "--out", tmp_path / "dist" / "inner")
    assert process.returncode == 1
    assert "[output-unwritable]" in process.stderr
    assert (tmp_path / "dist").read_text() == "a file"
    if os.geteuid() != 0:
        (tmp_path / "shut").mkdir(mode=0o500)
        assert run(CASES / "problems" / "ref-uncited", "--to", "html", "--out", tmp_path / "shut").returncode == 1
