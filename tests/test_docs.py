"""Every command that README and docs/ show is run, page by page, in a copy of what a reader would have.

``make`` and ``make test`` are how this test came to run; the other targets of make take hours or write lock files, and
``pip install`` is tested in test_install.py. What stands in docs/cli.md is made from the command itself (test_doctor.py).
"""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT, need

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [ROOT / "README.md", *sorted(path for path in ROOT.glob("docs/*.md") if path.name != "cli.md")]
COMMAND = re.compile(r"(?:\.venv/bin/python build\.py|(?<![\w/])build\.py|(?<![\w/-])compositor)(?= |$)[^`\n]*")
# Commands that end otherwise than with 0 when they are run on the article of this repository, and why.
ENDS = {
    "check --profile joss": 1,  # it is no paper on software
    "submit --profile joss --changes submitted": 1,
    "submit": 1,  # its profile, plain, is no journal
    "submit --profile mcgill-journal-of-medicine": 1,  # it is no article on medicine
    "check my-article --profile joss": 1,  # nor is the example
    "submit my-article --profile joss": 1,
    "--to crossref": 1,  # it has no DOI to be registered
}
UNSAID = {
    "check --profile NAME",
    "build",
    "new",
    "where",
    "build --attach-sources",
    "check .",
    "build . --out dist",
    'completion bash)"',
}  # patterns, and parts of sentences


def commands(page: Path) -> list[str]:
    """Give what is after the program's name in each command of a page, without remarks, each once and in order."""
    found = []
    for line in page.read_text(encoding="utf-8").splitlines():
        shown = re.findall(r"`([^`]+)`", line) if not line.startswith("    ") else [line.strip()]
        for text in shown:
            if match := COMMAND.match(text):
                words = re.split(r"\s+#", match[0])[0]
                found.append(re.sub(r"^(?:\.venv/bin/python )?(?:build\.py|compositor) ?", "", words).strip())
    return [command for command in dict.fromkeys(found) if command not in UNSAID]


def run_command(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command; ``watch`` until it has built, and then as a person ends it."""
    command = [sys.executable, str(ROOT / "build.py"), *words]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        if words[:1] == ["watch"]:
            assert process.stdout
            said = process.stdout.readline() + process.stdout.readline()
            process.send_signal(signal.SIGINT)  # before the assertion: without it the process would be waited for
            assert "built in" in said or "nothing new" in said, said
        out, errors = process.communicate()
        return subprocess.CompletedProcess(command, process.returncode, out, errors)


def test_commands_are_found() -> None:
    """Nothing in the way that pages are written hides their commands."""
    assert len(commands(ROOT / "README.md")) >= 8
    assert "verify dist/article.pdf" in commands(ROOT / "docs" / "reproducing.md")


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.stem)
def test_commands_of_a_page(page: Path, tmp_path: Path) -> None:
    """Each does what the page says it does: it ends well, or as is known of our article."""
    need("pdftotext")
    for name in ("manuscript", "bibliography"):
        shutil.copytree(ROOT / name, tmp_path / name)
    paper = tmp_path / "path" / "to" / "folder"
    paper.mkdir(parents=True)
    text = "---\ntitle: A title\nauthor: Author One\nlang: en\n---\n\n# Head\n\nWords.\n"
    for path in (paper / "article.md", paper.parent / "paper.md"):
        path.write_text(text, encoding="utf-8")
    for command in commands(page):
        if "--old v1" in command:
            shutil.copytree(tmp_path / "dist", tmp_path / "v1")
        if "--changes submitted" in command:
            shutil.copytree(tmp_path / "manuscript", tmp_path / "submitted", dirs_exist_ok=True)
        process = run_command(shlex.split(command), tmp_path)
        assert process.returncode == ENDS.get(command, 0), f"{command}\n{process.stdout}{process.stderr}"
        assert "Traceback" not in process.stderr
