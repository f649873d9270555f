"""The PDF: the set document in, a paginated, tagged file out, by WeasyPrint."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import escape

from compositor.editions import body, conformance, fetches, voices
from compositor.editions.engine import load_engine
from compositor.fonts import fontface, lettering, typefaces
from compositor.pages import clusters, codelines, continued, grid, makeup, pagination, plates
from compositor.records import attachments
from compositor.result import Artifact, BuildError
from compositor.running import limits
from compositor.templating import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from compositor.setting.media import Media
    from compositor.setting.sheet import Sheet

MEDIA_TYPE = "application/pdf"
TEMPLATES = (body.TEMPLATE, "base.html", "front.html", "xmp.xml")  # what is filled in for each PDF
STYLES = ("css/core.css", "css/print.css", "css/print-house.css")  # each is a <style> of its own there
VARIANT = "pdf/a-3a"  # conformance.py makes it PDF/UA-1 too
# the hints are the numbers of ordered lists and the width of an image in a line
OPTIONS = {"pdf_variant": VARIANT, "pdf_tags": True, "presentational_hints": True}
BASE = "compositor:nowhere/"  # what a relative address is relative to
PASSES = 10  # layouts at the most
_read: list[Any] = []  # WeasyPrint's fonts, where they have been read for a layout to come


def fetcher(pictures: dict[str, Media], scripts: tuple[typefaces.Face, ...]) -> Any:
    """Give WeasyPrint our fonts and pictures from memory, and nothing else from anywhere; what it was refused is noted."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    known: dict[str, tuple[bytes, str]] = {
        f"compositor:media/{media.name}": (media.data, media.media_type) for media in pictures.values()
    }

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.refused: dict[str, None] = {}

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            if url.startswith(fontface.ADDRESS):
                return URLFetcherResponse(url, fontface.of_address(url, scripts), {"Content-Type": "font/ttf"})
            if url in known:
                data, media_type = known[url]
                return URLFetcherResponse(url, data, {"Content-Type": media_type})
            if limits.current().trusted and not url.startswith(BASE):
                return super().fetch(url, headers)
            self.refused[url.removeprefix(BASE)] = None
            raise ValueError(f"nothing is fetched from outside the manuscript: {url}")

    return Fetcher()


def tell_refused(fetch: Any, sheet: Sheet, name: str) -> None:
    """Raise BuildError for what a fetcher was asked for and did not give; WeasyPrint goes on without."""
    if fetch.refused:
        raise BuildError(
            tuple(fetches.unsafe(f"the address {url[:60]!r}", url, name, sheet.templates) for url in fetch.refused)
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A PDF laid out and not yet written; the other editions need no more than where its pages begin."""

    sheet: Sheet
    layout: Any
    fetch: Any
    starts: tuple[tuple[str, ...], ...]  # the first words of running text of each page

    def finish(self) -> Artifact:
        """Write the file."""
        name = f"{self.sheet.name}.pdf"
        data = write(self.sheet, self.layout, self.fetch, name)
        margins = pagination.page_margins(self.layout)
        return Artifact(name, MEDIA_TYPE, data, pages=len(self.layout.pages), starts=self.starts, margins=margins)


def draft(sheet: Sheet) -> Draft:
    """Lay the PDF out."""
    layout, fetch = lay_out(sheet)
    return Draft(sheet, layout, fetch, pagination.page_starts(layout))


def render(sheet: Sheet) -> Artifact:
    """Print the PDF."""
    return draft(sheet).finish()


def write(sheet: Sheet, layout: Any, fetch: Any, name: str, draw: Callable[[Any], None] | None = None) -> bytes:
    """Write laid-out pages as a file; ``draw`` may add to it what is no part of the text. Raises BuildError."""
    finish = conformance.finisher(sheet)

    def finisher(document: Any, file: Any) -> None:
        finish(document, file)
        codelines.draw(layout, file)
        if draw:
            draw(file)

    together = clusters.kept_together(sheet.scripts)
    with conformance.stopped_clock(), voices.spoken(sheet.scripts), lettering.watched(name, sheet.templates), together:
        data: bytes = layout.write_pdf(
            **OPTIONS,
            pdf_identifier=bytes.fromhex(sheet.document.digest[:32]),
            attachments=_attachments(load_engine(), sheet) if sheet.origin.options.attach else None,
            finisher=finisher,
        )
    tell_refused(fetch, sheet, name)
    return data


def _attachments(weasyprint: Any, sheet: Sheet) -> list[Any]:
    """Give the sources and what set them as files associated with the PDF (ISO 19005-3, 6.8)."""
    date = conformance.moment(sheet.front["date"])
    kinds = {"sources": "Source", "build.json": "Data"}
    return [
        weasyprint.Attachment(
            string=source.data,
            name=source.name,
            created=date,
            modified=date,
            description=f"SHA-256 {source.sha256}",
            relationship=kinds.get(source.name.partition("/")[0], "Supplement"),
        )
        for source in attachments.files(sheet.origin)
    ]


def lay_out(sheet: Sheet, template: str = body.TEMPLATE) -> tuple[Any, Any]:
    """Lay the pages out, and again where figures for an edge of a page ask for it; gives the layout and its fetcher."""
    weasyprint = load_engine()
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    _quiet(logging.getLogger("weasyprint"))
    fetch = fetcher(sheet.media, sheet.scripts)
    from weasyprint.text.fonts import FontConfiguration

    # One for all layouts, so that each font is read once. Of two faces of one name and weight the first read would be taken.
    warmed = _read.pop() if _read else None
    known = warmed if warmed and not any(face.anchored for face in sheet.scripts) else FontConfiguration()

    def set_out(edges: pagination.Edges) -> Any:
        page = weasyprint.HTML(string=body.prepare(sheet, edges, template), url_fetcher=fetch, base_url=BASE)
        with makeup.made_up(), grid.kept(sheet.paper.line), continued.said(), clusters.kept_together(sheet.scripts):
            return page.render(font_config=known, cache=plates.store(), **OPTIONS)

    edges = pagination.Edges()
    for _ in range(PASSES):
        layout = set_out(edges)
        wanted = pagination.improve(layout, edges)
        if wanted == edges:
            break
        edges = wanted
    else:
        if (settled := pagination.give_up(layout, edges)) != edges:
            layout = set_out(settled)
    return layout, fetch


def warm(lang: str, before: tuple[Path, ...] = ()) -> None:
    """Do beforehand what is done but once in a process: most of it is reading, of fonts, hyphens, rules and templates."""
    weasyprint = load_engine()
    faces = "".join(
        "@font-face {{ font-family: '{family}'; font-style: {style}; font-weight: {weight}; src: url({url}) }}".format(**face)
        for face in fontface.for_print(())
    )
    rules = f"{faces} p {{ hyphens: auto; width: 4em }}"
    page = f"<html lang='{escape(lang)}'><style>{rules}</style><p>A first paragraph is hyphenated.</p>"
    from weasyprint.text.fonts import FontConfiguration

    known = FontConfiguration()
    with makeup.made_up():
        layout = weasyprint.HTML(string=page, url_fetcher=fetcher({}, ()), base_url=BASE).render(known, **OPTIONS)
    _read[:] = [known]
    templates = environment(before)
    with suppress(jinja2.TemplateError, BuildError):  # told when they are filled in
        for name in TEMPLATES:
            templates.get_template(name)
        for name in STYLES:
            weasyprint.CSS(string=templates.get_template(name).render(), base_url=BASE)
    layout.write_pdf(**OPTIONS)


def _quiet(logger: logging.Logger) -> None:
    """Let WeasyPrint's messages go to whoever listens, not to standard error."""
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.addHandler(logging.NullHandler())
