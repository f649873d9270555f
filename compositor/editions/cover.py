"""The cover of the e-book and the card of a shared link: front matter in, a PNG out, drawn by WeasyPrint from a template."""

from __future__ import annotations

import hashlib
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from compositor.fonts import alphabets, fontface, lettering, typefaces
from compositor.problems import problem
from compositor.result import BuildError
from compositor.running.kept import kept
from compositor.setting.media import flat_png
from compositor.templating import environment, templates_folder

if TYPE_CHECKING:
    from compositor.setting.sheet import Sheet

COVER = (1600, 2400)  # pixels; the 2:3 that shops ask for
CARD = (1200, 630)  # pixels; the 1.91:1 in which a shared link shows its picture
LONGEST = 5.0  # times the width that a page may have, either way
COVER_PAGE = 400.0  # CSS pixels: the width of the page in cover.html
CARD_PAGE = 1200.0  # the same of card.html

# background, ornament, text: pairs with a contrast of at least 7:1 (WCAG 2.2, 1.4.6)
PALETTES = (
    ("#1d3557", "#b9a16b", "#f6f1e4"),
    ("#3b1f2b", "#c6a27c", "#f7efe6"),
    ("#1f3a34", "#b7a878", "#f2f0e4"),
    ("#2b2d42", "#c0a98e", "#f3eee8"),
)


def _digest(front: dict[str, Any]) -> bytes:
    """Tell articles apart by what their covers say and their DOI: an article keeps its cover when a word of it is corrected."""
    words = (front["title"]["text"], front["subtitle"]["text"], *(item["name"] for item in front["authors"]), front["doi"])
    return hashlib.sha256("\0".join((*words, front["journal"].title)).encode()).digest()


def ornament(digest: bytes) -> list[dict[str, float]]:
    """Give the bars of the ornament, as fractions of the width: one a byte of the digest, so that no two articles share one."""
    values = [byte / 255 for byte in digest[:24]]
    return [{"x": index / len(values), "height": 0.15 + 0.85 * value} for index, value in enumerate(values)]


def draw_cover(sheet: Sheet) -> bytes:
    """Draw the cover."""
    return _draw(sheet, "epub/cover.html", COVER_PAGE, COVER, (40, 33, 27, 22))


def draw_card(sheet: Sheet) -> bytes:
    """Draw the picture that stands beside a link to the article, wherever one is shared."""
    return _draw(sheet, "card.html", CARD_PAGE, CARD, (84, 66, 50, 40))


def _families(front: dict[str, Any]) -> tuple[str, ...]:
    """Give the one family that a cover is set in, or none, which stands for all, where it lacks a letter."""
    words = [
        front["title"]["text"],
        front["subtitle"]["text"],
        front["journal"].title,
        *(item["name"] for item in front["authors"]),
    ]
    return () if alphabets.beyond_text("".join(words)) else typefaces.TEXT


def _draw(sheet: Sheet, template: str, width: float, pixels: tuple[int, int], sizes: tuple[int, int, int, int]) -> bytes:
    """Draw one page; ``width`` and ``sizes``, of the title from short to long, are CSS pixels."""
    from compositor.editions.body import in_print

    digest = _digest(sheet.front)
    background, accent, ink = PALETTES[digest[-1] % len(PALETTES)]
    length = len(sheet.front["title"]["text"])
    context: dict[str, Any] = dict(
        in_print(sheet.front),
        background=background,
        accent=accent,
        ink=ink,
        bars=ornament(digest),
        size=sizes[sum(length >= limit for limit in (40, 90, 150))],
        faces=fontface.for_print(sheet.scripts, *_families(sheet.front)),
    )
    page = fontface.accompany_page(environment(sheet.templates).get_template(template).render(context), sheet.scripts)
    page = fontface.dressed(page, sheet.scripts)
    make = partial(_made, sheet, template, page, width, pixels)
    own = [folder for folder in sheet.templates if not folder.is_relative_to(templates_folder())]
    if own or sheet.scripts:  # they may lead to anything
        return make()
    versions = (*sheet.origin.tools, *sheet.origin.faces, *((name, version(name)) for name in ("pypdfium2", "pillow")))
    return kept("pictures", (page.encode(), repr(versions).encode(), repr((width, pixels)).encode()), make)


def _made(sheet: Sheet, template: str, page: str, width: float, pixels: tuple[int, int]) -> bytes:
    from compositor.editions.engine import load_engine
    from compositor.editions.pdf import BASE, fetcher, tell_refused
    from compositor.pages import clusters, plates

    weasyprint = load_engine()
    fetch = fetcher(sheet.media, sheet.scripts)
    with lettering.watched(template, sheet.templates), clusters.kept_together(sheet.scripts):
        pdf = weasyprint.HTML(string=page, url_fetcher=fetch, base_url=BASE).write_pdf(cache=plates.store())
    tell_refused(fetch, sheet, "the cover")
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    if len(document) == 0 or max(document[0].get_size()) > width * 0.75 * LONGEST:
        where = next((folder / template for folder in sheet.templates if (folder / template).is_file()), template)
        raise BuildError((problem("template-broken", where, "the page is far larger than a cover or card can be"),))
    picture = document[0].render(scale=pixels[0] / (width * 0.75)).to_pil().convert("RGB").resize(pixels)
    document.close()
    return flat_png(picture)
