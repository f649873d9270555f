"""The press: a sheet in, where the PDF's pages begin out at once, and later the file and what its proof found.

It stands in a process of its own, started before there is a sheet: what WeasyPrint does but once, for a first layout and a
first file, is done while Pandoc sets the text. The artist works in another.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from compositor import artist, aside
from compositor.engine import load_engine
from compositor.result import MissingTool

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from compositor.result import Artifact, Problem
    from compositor.sheet import Sheet

Copy = tuple["Sheet", "Path"]  # what to print, and the text that it was set from
Starts = tuple[tuple[str, ...], ...]  # the first words of each page
Press = aside.Aside[Copy, Starts, "tuple[Artifact, list[Problem]]"]


def start(editions: tuple[str, ...]) -> tuple[Press | None, artist.Artist | None]:
    """Start what these editions need: a press, and somebody who draws. The press is prepared for a language and templates.

    What both load is loaded here, before they part from this process: it needs most of it too.
    """
    press: Press | None = aside.Aside(_print, _warm) if "pdf" in editions else None
    drawer: artist.Artist | None = aside.Aside(artist.draw) if artist.is_needed(editions) else None
    if works := [work for work in (press, drawer) if work is not None]:
        with suppress(MissingTool, ImportError, OSError):  # told when it is needed
            _load()
        aside.start(*works)
    return press, drawer


def _load() -> None:
    """Load what printing needs; only imports."""
    load_engine()
    from compositor import cover  # noqa: F401
    from compositor.editions import pdf  # noqa: F401
    from compositor.proof import prove  # noqa: F401


def _warm(known: tuple[str, tuple[Path, ...]]) -> None:
    from compositor.editions import pdf

    pdf.warm(*known)


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
    sheet = replace(sheet, root=pagebreaks.with_marks(sheet.root, draft.starts, sheet.paper.first))
    return artifact, prove(sheet, (artifact,), path)
