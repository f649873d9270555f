"""The artist: a sheet in, the pictures that its editions draw for themselves out, made beside the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from compositor.running.aside import Aside

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from compositor.setting.sheet import Sheet

Artist = Aside["tuple[Sheet, tuple[str, ...]]", None, "dict[str, Any]"]  # edition → what its module draws


def is_needed(editions: tuple[str, ...]) -> bool:
    """Whether these editions keep an artist busy; a Word document alone need not have a drawing."""
    return bool({"epub", "html"} & set(editions)) or {"pdf", "docx"} <= set(editions)


def begin(sheet: Sheet, editions: tuple[str, ...], artist: Artist | None) -> Sheet:
    """Have drawn what the editions will ask for, beside whatever comes before them."""
    if artist is None:
        return sheet
    artist.give((sheet, editions))
    return replace(sheet, drawn=artist)


def draw(asked: tuple[Sheet, tuple[str, ...]]) -> Generator[None, None, dict[str, Any]]:
    """Draw the cover of an ``epub``, the card of an ``html``, the drawings of a ``docx``."""
    from compositor.editions import cover
    from compositor.word import pictures

    sheet, editions = asked
    yield
    made: dict[str, Callable[[Sheet], Any]] = {"epub": cover.draw_cover, "html": cover.draw_card, "docx": pictures.draw_all}
    return {edition: made[edition](sheet) for edition in editions if edition in made}


def drawn(sheet: Sheet, edition: str, draw: Callable[[Sheet], Any]) -> Any:
    """Give what was drawn for an edition, or ``draw`` it where nobody has begun to."""
    return sheet.drawn.result()[edition] if sheet.drawn else draw(sheet)
