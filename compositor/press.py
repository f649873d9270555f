"""The press: a sheet in, where the PDF's pages begin out at once, and later the file and what its proof found.

It stands in a process of its own, started before there is a sheet: what WeasyPrint does but once, for a first layout and a
first file, it does while the text is read and set.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from compositor.aside import Aside

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from compositor.model import Artifact, Problem
    from compositor.sheet import Sheet

Copy = tuple["Sheet", "Path"]  # what to print, and the text that it was set from
Starts = tuple[tuple[str, ...], ...]  # the first words of each page
Press = Aside[Copy, Starts, "tuple[Artifact, list[Problem]]"]


def start() -> Press:
    """Start a press."""
    return Aside(_print, _warm)


def _warm() -> None:
    from compositor import pagebreaks  # noqa: F401 - so that they are loaded by then
    from compositor.editions import pdf
    from compositor.proof import prove  # noqa: F401

    pdf.warm()


def _print(copy: Copy) -> Generator[Starts, None, tuple[Artifact, list[Problem]]]:
    """Lay the PDF out and tell where its pages begin; then write it and prove it."""
    from compositor import pagebreaks
    from compositor.editions import pdf
    from compositor.proof.prove import prove

    sheet, path = copy
    begun = time.perf_counter()
    draft = pdf.draft(sheet)
    yield draft.starts
    artifact = draft.finish()
    artifact = replace(artifact, seconds=time.perf_counter() - begun)
    sheet = replace(sheet, root=pagebreaks.with_marks(sheet.root, draft.starts))
    return artifact, prove(sheet, (artifact,), path)
