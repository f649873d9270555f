"""What is done once instead of again and again gives the same bytes as WeasyPrint's own way."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import CASES, ROOT

PRINT = """
import hashlib, pathlib, sys
from compositor import pipeline, speed
from compositor.pages import makeup
from compositor.options import Options

if sys.argv[2] == "theirs":
    speed.hasten = speed.files.compress_once  # the level of compression is no matter of speed alone
    makeup.LINES = 0
result = pipeline.build(pathlib.Path(sys.argv[1]), options=Options(to=("pdf",)))
assert not result.failed, result.problems
print(hashlib.sha256(result.artifacts[0].data).hexdigest())
"""


def printed(source: str, way: str) -> str:
    """Print a PDF, and give its digest."""
    command = [sys.executable, "-c", PRINT, source, way]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.mark.parametrize(
    "source", ["manuscript", str(CASES / "features" / "every-construct"), str(CASES / "features" / "maths")]
)
def test_the_same_bytes(source: str) -> None:
    """Styles, fonts, lines, style sheets and lists of pages that are kept are those that would be made anew."""
    assert printed(source, "ours") == printed(source, "theirs")
