"""Figures drawn from data: the scripts of ``figures/`` in, SVG files beside them out.

A normal build never runs a script. When one has run, the SVG ends in a comment with a digest of the script and
the data folder; a different digest later means that the figure is older than what it was drawn from. File times
are no help: a clone has none worth trusting.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from compositor import SURROUNDINGS
from compositor.places import shown
from compositor.problems import problem
from compositor.reading import inside

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.result import Problem

MARK = re.compile(rb"\n?<!-- drawn from sha256:([0-9a-f]{64}) -->\n?\Z")
TIME_LIMIT = 120  # seconds a script


def scripts(folder: Path) -> list[Path]:
    """Give the figure scripts of a manuscript, sorted; a name with a leading underscore is a helper module."""
    found = (path for path in (folder / "figures").glob("*.py") if not path.name.startswith("_"))
    return sorted(path for path in found if inside.may_read(path, folder) and path.is_file())


def digest(script: Path) -> str:
    """Give the SHA-256 of a script, its helpers and every data file."""
    folder = script.parent.parent
    sources = [
        script,
        *sorted(path for path in script.parent.glob("_*.py") if path.is_file() and inside.may_read(path, folder)),
        *sorted(path for path in (folder / "data").rglob("*") if path.is_file() and inside.may_read(path, folder)),
    ]
    total = hashlib.sha256()
    for path in sources:
        content = path.read_bytes().replace(b"\r\n", b"\n")  # git may have changed the line ends
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def stale(folder: Path) -> list[Problem]:
    """Report each figure that is missing, or older than its script or data."""
    found = []
    for script in scripts(folder):
        drawing = script.with_suffix(".svg")
        if not drawing.is_file() or not inside.may_read(drawing, folder):
            found.append(problem("figure-stale", shown(script), f"{drawing.name} was never drawn"))
            continue
        mark = MARK.search(drawing.read_bytes())
        if mark is None or mark[1].decode() != digest(script):
            found.append(problem("figure-stale", shown(drawing), f"{drawing.name} is older than its script or data"))
    return found


def draw(folder: Path) -> list[Problem]:
    """Run every figure script, in the manuscript's folder, with a fixed date and hash seed."""
    found = []
    environment = SURROUNDINGS | {"MPLBACKEND": "svg", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"}
    for script in scripts(folder):
        drawing = script.with_suffix(".svg")
        before = drawing.read_bytes() if drawing.is_file() else None
        try:
            run = subprocess.run(
                [sys.executable, "-B", str(script.resolve())],
                cwd=folder, env=environment, capture_output=True, errors="replace", text=True, timeout=TIME_LIMIT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            found.append(problem("figure-failed", shown(script), f"the script ran longer than {TIME_LIMIT} seconds"))
            continue
        if run.returncode != 0 or not drawing.is_file():
            if before is not None:
                drawing.write_bytes(before)
            last = (run.stderr.strip().splitlines() or ["the script drew nothing"])[-1]
            found.append(problem("figure-failed", _place(script, run.stderr), last))
            continue
        data = MARK.sub(b"", drawing.read_bytes()).rstrip() + f"\n<!-- drawn from sha256:{digest(script)} -->\n".encode()
        if data != drawing.read_bytes():
            drawing.write_bytes(data)
    return found


def _place(script: Path, trace: str) -> str:
    lines = re.findall(rf'File "[^"]*{re.escape(script.name)}", line (\d+)', trace)
    return f"{shown(script)}:{lines[-1]}" if lines else shown(script)
