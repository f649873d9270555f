"""What a machine has, the page on the command, and what shells complete."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from compositor import system
from compositor.commands import doctor
from compositor.editions import engine
from tests.conftest import ROOT, run

if TYPE_CHECKING:
    from pathlib import Path


def test_this_machine_can_build() -> None:
    """All that a build needs is here, each with its version, and the exit code says so."""
    process = run("doctor", "--json")
    assert process.returncode == 0, process.stderr
    findings = {item["name"]: item for item in json.loads(process.stdout)}
    for name in ("Pandoc", "weasyprint", "Pango", "HarfBuzz", "EB Garamond"):
        assert findings[name]["needed"]
        assert findings[name]["found"][0].isdigit(), findings[name]
    assert findings["poppler"]["found"]
    assert "A build can run." in run("doctor").stdout


def test_what_is_missing_is_told_with_its_remedy(tmp_path: Path) -> None:
    """Without any program on the path, no judge that is one can run, and the line that installs it is there."""
    process = subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "doctor", "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={
            "PATH": str(tmp_path),
            "HOME": os.environ.get("HOME", ""),
            "PYPANDOC_PANDOC": os.environ.get("PYPANDOC_PANDOC", ""),
        },
    )
    findings = {item["name"]: item for item in json.loads(process.stdout)}
    assert findings["qpdf (PDF)"]["found"] == ""
    assert "qpdf" in findings["qpdf (PDF)"]["remedy"]
    assert findings["poppler"]["found"] == ""
    assert "poppler" in findings["poppler"]["remedy"]
    assert not findings["poppler"]["needed"]


def test_a_library_that_is_missing_stops_a_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pango by a name that no machine has."""
    monkeypatch.setattr(engine, "LIBRARIES", {"Pango": (("libpango-0.0.so.9",), "pango_version_string")})
    findings = {item.name: item for item in doctor.examine()}
    assert findings["Pango"].needed
    assert findings["Pango"].found == ""
    assert findings["Pango"].remedy == system.install_line()


def test_every_judge_is_told_of() -> None:
    """Each program that the tests install for a judge is one that the doctor looks for."""
    looked_for = {program for _, _, programs in doctor.JUDGES.values() for choice in programs for program in choice}
    others = {"disorderfs", "faketime", "/usr/lib/libreoffice/program/libsmlo.so"}  # they judge nothing
    assert set(system.JUDGES) - others <= looked_for


def test_the_page_on_the_command_is_current() -> None:
    """``make docs`` has been run since the command last changed."""
    process = subprocess.run(
        [sys.executable, "-c", "import cli; print(cli.page(), end='')"],
        cwd=ROOT / "docs",
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout == (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete(shell: str) -> None:
    """The script asks the command, and the command answers with what may come next."""
    script = run("completion", shell)
    assert script.returncode == 0
    assert "_COMPOSITOR_COMPLETE" in script.stdout
    if shell == "bash":
        process = subprocess.run(
            [sys.executable, "-m", "compositor"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            env=os.environ | {"_COMPOSITOR_COMPLETE": "bash_complete", "COMP_WORDS": "compositor ve", "COMP_CWORD": "1"},
        )
        assert process.stdout.split() == ["plain,verify"]
