"""The press: a sheet in, where the PDF's pages begin out at once, then the file, and last what its tags are found to be.

It stands in a process of its own, started before there is a sheet: what WeasyPrint does but once, for a first layout and a
first file, is done while Pandoc sets the text. The artist works in another.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from compositor.editions import artist
from compositor.editions.engine import load_engine
from compositor.result import MissingTool
from compositor.running import aside

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from compositor.proof.structure import Tagged
    from compositor.result import Artifact
    from compositor.setting.sheet import Sheet

Starts = tuple[tuple[str, ...], ...]  # the first words of each page


class Press(aside.Aside["Sheet", Any, "Tagged"]):
    """A press at work: each of these is asked for once, in this order."""

    def starts(self) -> Starts:
        """Give the first words of each page, as soon as the pages are laid out."""
        found: Starts = self.next()
        return found

    def printed(self) -> Artifact:
        """Give the PDF."""
        found: Artifact = self.next()
        return found

    def tagged(self) -> Tagged:
        """Give what its tags are found to be."""
        return self.result()


def start(editions: tuple[str, ...]) -> tuple[Press | None, artist.Artist | None]:
    """Start what these editions need: a press, and somebody who draws. The press is prepared for a language and templates.

    What both load is loaded here, before they part from this process: it needs most of it too.
    """
    press = Press(_print, _warm) if "pdf" in editions else None
    drawer: artist.Artist | None = aside.Aside(artist.draw) if artist.is_needed(editions) else None
    if works := [work for work in (press, drawer) if work is not None]:
        with suppress(MissingTool, ImportError, OSError):  # told when it is needed
            _load()
        aside.start(*works)
    return press, drawer


def _load() -> None:
    """Load what printing needs; only imports."""
    load_engine()
    from compositor.editions import (
        cover,  # noqa: F401
        pdf,  # noqa: F401
    )
    from compositor.proof import structure  # noqa: F401


def _warm(known: tuple[str, tuple[Path, ...]]) -> None:
    from compositor.editions import pdf

    pdf.warm(*known)


def _print(sheet: Sheet) -> Generator[Starts | Artifact, None, Tagged]:
    """Lay the PDF out and tell where its pages begin; then write it, and compare its tags while its words are compared."""
    from compositor.editions import pdf
    from compositor.proof.structure import compare_structure

    begun = time.perf_counter()
    draft = pdf.draft(sheet)
    yield draft.starts
    artifact = draft.finish()
    yield replace(artifact, seconds=time.perf_counter() - begun)
    return compare_structure(sheet, artifact.data)
