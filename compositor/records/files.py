"""The files beside the editions: a sheet in; the article's citation in four forms, and pictures, out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from compositor.editions import artist, jats
from compositor.editions.cover import draw_card
from compositor.records.cff import cff
from compositor.result import Artifact

if TYPE_CHECKING:
    from collections.abc import Callable

    from compositor.setting.sheet import Sheet

# Name, media type, what it holds. An empty one is not written: an article without a title cannot be cited.
CITATIONS: tuple[tuple[str, str, Callable[[Sheet], str]], ...] = (
    ("CITATION.cff", "application/yaml", cff),
    ("citation.bib", "application/x-bibtex", lambda sheet: sheet.document.citation.bibtex),
    ("citation.ris", "application/x-research-info-systems", lambda sheet: sheet.document.citation.ris),
    ("citation.json", "application/vnd.citationstyles.csl+json", lambda sheet: csl(sheet)),
)


def render(sheet: Sheet, editions: tuple[str, ...]) -> list[Artifact]:
    """Write what stands beside the editions. The picture is named in the web page, and is drawn along with it."""
    found = (
        [Artifact(sheet.front["card"], "image/png", artist.drawn(sheet, "html", draw_card), beside=True)]
        if "html" in editions
        else []
    )
    found += jats.pictures(sheet) if "jats" in editions else []
    for name, media_type, write in CITATIONS if sheet.document.citation.csl else ():
        if text := write(sheet):
            found.append(Artifact(name, media_type, text.encode(), beside=True))
    return found


def csl(sheet: Sheet) -> str:
    """Write the article as CSL JSON, a list of one."""
    return json.dumps([sheet.document.citation.csl], ensure_ascii=False, indent=2) + "\n"
