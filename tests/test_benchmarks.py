"""The benchmark runs, and says what it measured; how fast anything is, no test asks."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_it_compares_and_draws(tmp_path: Path) -> None:
    """One pair with the peer that is always here: a row of three ratios, and a plot with its name."""
    command = [sys.executable, str(ROOT / "benchmarks" / "compare.py"), "--pairs", "1", "--peer", "Pandoc and WeasyPrint"]
    result = subprocess.run(
        [*command, "--plot", str(tmp_path / "speed.svg")], capture_output=True, text=True, encoding="utf-8", check=True
    )
    (row,) = [line for line in result.stdout.splitlines() if line.startswith("| Pandoc and WeasyPrint")]
    ratios = [float(number) for number in re.findall(r"(\d+\.\d\d) \(", row)]
    assert len(ratios) == 3
    assert all(ratio > 0 for ratio in ratios)
    assert "Pandoc and WeasyPrint" in (tmp_path / "speed.svg").read_text(encoding="utf-8")


def test_the_text_can_be_taken_several_times(tmp_path: Path) -> None:
    """Each copy has labels and notes of its own, so that our build finds nothing wrong."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from compare import write_article

    write_article(tmp_path / "article", 2)
    command = [
        sys.executable,
        str(ROOT / "build.py"),
        str(tmp_path / "article"),
        "--out",
        str(tmp_path / "dist"),
        "--to",
        "html",
    ]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    assert not re.search(r"\[(?:label|xref|note)-", result.stderr)


def test_lines_are_more_even_than_weasyprints() -> None:
    """In both widths: the spaces deviate less, and fewer are as wide as holes."""
    command = [sys.executable, str(ROOT / "benchmarks" / "evenness.py")]
    told = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in told.splitlines()]
    ours, theirs = ([row for row in rows if row[0] == name] for name in ("Compositor", "WeasyPrint"))
    assert len(ours) == len(theirs) == 2
    for mine, plain in zip(ours, theirs, strict=True):
        assert float(mine[3]) < 0.7 * float(plain[3])
        assert int(mine[4]) < int(plain[4])
