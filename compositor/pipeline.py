"""The composition: read → set → print → prove. Everything else is a detail of one of these."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

import jinja2

from compositor.commands import figures
from compositor.editions import artist, press
from compositor.options import DEFAULT, settled
from compositor.places import shown
from compositor.problems import problem
from compositor.problems import strict as make_strict
from compositor.reading import folios, inside, manuscript
from compositor.result import Build, BuildError
from compositor.setting import document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from compositor.blinding.identity import Identity
    from compositor.model import Document
    from compositor.options import Options
    from compositor.result import Artifact, Problem, Requirement
    from compositor.setting.sheet import Sheet

# Each edition's module has render(sheet) -> Artifact.
EDITIONS = {
    "pdf": "compositor.editions.pdf",
    "epub": "compositor.editions.epub",
    "html": "compositor.editions.html",
    "docx": "compositor.editions.docx",
    "jats": "compositor.editions.jats",
    "crossref": "compositor.editions.crossref",
    "review": "compositor.editions.review",
}
NUMBERLESS = ("docx", "crossref")  # made while the PDF is laid out; the others wait for its page numbers

# What is needed right behind Pandoc, and loaded while it works; libraries that take long to load are named, too.
NEXT = (
    "compositor.references",
    "compositor.submitting.requirements",
    "compositor.setting.sheet",
    "jsonschema",
    "dulwich.repo",
    "uharfbuzz",
)
# What is needed only to print, and loaded while pages are laid out.
LATER = (
    "compositor.blinding.blind",
    "compositor.editions.fetches",
    "compositor.editions.linemap",
    "compositor.records.manifest",
    "compositor.blinding.leaks",
    "compositor.proof.prove",
    "compositor.records.files",
)
Apart = Callable[["Sheet"], "tuple[Sheet, list[Artifact], list[Problem]]"]


class Listener(Protocol):
    """Hears what the build is doing."""

    def started(self, stage: str) -> None:
        """Note that a stage or edition has begun."""

    def ended(self, stage: str, seconds: float) -> None:
        """Note that it is done."""

    def drafted(self, page: bytes) -> None:
        """Take the web page as it is before the PDF's page numbers are known; only a build with ``draft`` gives one."""


class Silence:
    """A listener that does nothing."""

    def started(self, stage: str) -> None:
        """Do nothing."""

    def ended(self, stage: str, seconds: float) -> None:
        """Do nothing."""

    def drafted(self, page: bytes) -> None:
        """Do nothing."""


@contextmanager
def _stage(listener: Listener, name: str) -> Iterator[None]:
    listener.started(name)
    begun = time.perf_counter()
    yield
    listener.ended(name, time.perf_counter() - begun)


def build(
    source: Path,
    *,
    options: Options = DEFAULT,
    strict: bool = False,
    draw: bool = False,
    draft: bool = False,
    listener: Listener | None = None,
    apart: Apart | None = None,
) -> Build:
    """Build the editions of one manuscript, in memory.

    ``options`` go over the metadata's citation style and profile; ``strict`` makes warnings errors; ``draw`` runs the
    figure scripts first; ``draft`` gives the listener an early web page; ``apart`` takes parts out of the sheet before it is
    printed, as files of their own. An error anywhere means no artifact at all; every problem found is in the result.
    """
    listener = listener or Silence()
    printer: press.Press | None = None
    drawer: artist.Artist | None = None
    wanted = tuple(name for name in EDITIONS if name in options.to)
    problems: list[Problem] = []
    counts: dict[str, int] = {}
    asked: list[Requirement] = []
    texts: tuple[Path, ...] = ()
    who: Identity | None = None  # whom a blind copy hides
    others: Identity | None = None  # and who were the authors of an earlier version
    artifacts: list[Artifact] = []
    place = source

    def blocked() -> bool:
        return any(item.severity == "error" or strict for item in problems)

    try:
        with _stage(listener, "read"):
            place = inside.find_text(source)
            problems += figures.draw(place.parent) if draw else figures.stale(place.parent)
            text, found = manuscript.read(source, options.style, options.date, options.profile)
            problems += found
            options = settled(replace(options, to=wanted), text.profile)
            if since := options.changes:
                from compositor.changes import earlier

                options = replace(options, changes=earlier.told(since))

        def make_ready() -> None:
            nonlocal printer, drawer
            printer, drawer = press.start(wanted)
            if printer:
                printer.prepare((text.lang, text.templates))
                load(NEXT)
            else:
                load_all(wanted)

        with _stage(listener, "set"):
            composed, found = document.compose(text, make_ready)
            unread = any(item.code == "yaml-broken" for item in problems)  # nor is the bibliography known that it names
            problems += [item for item in found if not (unread and item.code == "cite-missing")]
            from compositor.setting import sheet
            from compositor.submitting import requirements

            pages, found = sheet.lay_out(text, composed, options)
            problems += found
            if "crossref" in wanted:
                from compositor.editions import crossref

                problems += crossref.missing(text)
            texts = pages.origin.text_files
            asked, found = requirements.check(text, pages)
            problems += found
            counts = _counts(composed, pages)  # of the article, whatever a copy hides or leaves out
            if options.blind and not blocked():
                from compositor.blinding import blind
                from compositor.blinding.identity import identify

                who = identify(text, composed)
                pages = blind.hide(text, composed, who, options)
        pages, taken, found = apart(pages) if apart and not blocked() else (pages, [], [])
        problems += found
        if since and not blocked():
            from compositor import changes

            pages, others = changes.marked(pages, source, replace(options, changes=since))
        if printer and not blocked():
            printer.give(pages)
            load_all(wanted)
        pages = artist.begin(pages, wanted, drawer) if not blocked() else pages
        from compositor.blinding import leaks
        from compositor.editions import fetches, linemap
        from compositor.pages import pagebreaks
        from compositor.proof.prove import Proof
        from compositor.records import files, manifest

        if draft and printer and "html" in wanted and not blocked():
            early = import_module(EDITIONS["html"]).render(pages)
            if not fetches.check(early, pages):
                listener.drafted(early.data)
        proof = Proof(pages, text.path)
        if printer and not blocked():
            proof.read_sheet(wanted)  # while pages are laid out
        for name in sorted(wanted, key=lambda name: name not in NUMBERLESS) if not blocked() else ():
            begun = time.perf_counter()
            with _stage(listener, name):
                if name == "pdf" and printer:  # laid out now, and written and proved while the others are printed
                    starts = printer.starts()
                    marked = pagebreaks.with_marks(pages.root, starts, pages.paper.first)
                    pages = replace(pages, root=marked, pages=len(starts))
                    continue
                artifact = import_module(EDITIONS[name]).render(pages)
            problems += fetches.check(artifact, pages)
            artifacts.append(replace(artifact, seconds=time.perf_counter() - begun))
        if (artifacts or printer or taken) and not blocked():
            artifacts.sort(key=lambda made: wanted.index(made.edition))
            with _stage(listener, "beside"):
                beside = files.render(pages, wanted)
                beside += [linemap.write(item, pages.name, options.numbers) for item in artifacts if item.lines]
            with _stage(listener, "prove"):
                found = [item for made in artifacts for item in proof.of(made)]
                if printer:
                    printed = printer.printed()
                    artifacts.insert(0, printed)
                    found = [*proof.of(printed, printer.tagged), *found]
                    found += folios.check(text, pages.paper.first, printed.pages or 0)
                problems += found
            artifacts += [*beside, *taken]
            artifacts += manifest.render(pages, artifacts, dict.fromkeys(problems))
            for authors in filter(None, (who, others)):
                problems += leaks.check(artifacts, authors)
    except BuildError as error:
        problems += error.problems
    except jinja2.TemplateError as error:
        problems.append(_template_problem(error))
    except RecursionError:
        problems.append(problem("limit-nesting", shown(place), "something is nested too deeply to be set"))
    unique = tuple(dict.fromkeys(problems))
    final = make_strict(unique) if strict else unique
    return Build(tuple(artifacts) if not blocked() else (), final, counts, tuple(asked), texts)


def load(modules: tuple[str, ...]) -> None:
    """Load modules before they are needed; what fails is told when they are."""
    for name in modules:
        with suppress(ImportError, OSError):
            import_module(name)
    with suppress(ImportError, OSError):
        from compositor.records import provenance

        provenance.prepare()


def load_all(editions: tuple[str, ...]) -> None:
    """Load all that is needed behind Pandoc, for these editions."""
    load((*NEXT, *LATER, *(EDITIONS[edition] for edition in editions)))


def _template_problem(error: jinja2.TemplateError) -> Problem:
    """Place a fault in a template; an author's own may hold one."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return problem("template-broken", f"{error.filename or error.name}:{error.lineno}", error.message or "not a template")
    where, trace = "templates", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if not name.startswith("<") and not name.endswith(".py"):
            where = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return problem("template-broken", where, error.message or str(error))


def _counts(composed: Document, pages: Sheet) -> dict[str, int]:
    from compositor.submitting.counts import as_asked

    kinds = [label.kind for label in composed.labels]
    return {
        "words": as_asked(pages),
        "references": len(composed.entries),
        "figures": kinds.count("fig"),
        "tables": kinds.count("tbl"),
        "equations": kinds.count("eq"),
        "notes": len(pages.root.xpath("//a[@role='doc-noteref']")),
    }
