"""Which Pandoc is started: that of the lock file, whatever stands on the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from compositor.reading import manuscript
from compositor.setting import document
from tests.conftest import CASES, ROOT


def test_problems_come_in_one_order() -> None:
    """The manifest tells them. Lua gives the fields of a table in another order in each process."""
    text, _ = manuscript.read(CASES / "problems" / "note-misplaced")
    told = [document.compose(text)[1] for _ in range(8)]
    assert len(told[0]) == 2  # that of an author's name is met before
    assert told == told[:1] * 8


@pytest.mark.skipif(os.name != "posix", reason="the other Pandoc is a shell script")
@pytest.mark.parametrize("place", ["path", "home", "variable"])
def test_newer_pandoc_of_the_machine_is_not_started(place: str, tmp_path: Path) -> None:
    """Pypandoc would take it for its higher number, and the bytes would be others."""
    other = tmp_path / "bin" / "pandoc"
    other.parent.mkdir()
    other.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\necho pandoc 99.1\n")
    other.chmod(0o755)
    places = {
        "path": {"PATH": f"{other.parent}:{os.environ['PATH']}"},
        "home": {"HOME": str(tmp_path), "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))},
        "variable": {"PYPANDOC_PANDOC": str(other)},
    }
    command = [sys.executable, str(ROOT / "build.py"), str(CASES / "features" / "numbering"), "--to", "html"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "dist")],
        env=os.environ | places[place],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "started").exists()
