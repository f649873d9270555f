"""The composition: read → set → print → prove. Everything else is a detail of one of these."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING

import jinja2

from compositor.commands import figures
from compositor.editions import artist, press
from compositor.options import DEFAULT, settled
from compositor.places import shown
from compositor.problems import problem
from compositor.problems import strict as make_strict
from compositor.reading import folios, inside, manuscript
from compositor.result import Build, BuildError
from compositor.running.listener import Silence, stage
from compositor.setting import document

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.blinding.identity import Identity
    from compositor.model import Document, Manuscript
    from compositor.options import Options
    from compositor.proof.prove import Proof
    from compositor.result import Artifact, Problem, Requirement
    from compositor.running.listener import Listener
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
    work = _Work(source, options, listener or Silence(), strict, draw, draft, apart)
    try:
        text = work.read()
        pages = work.set(text)
        if not work.blocked():
            pages = work.take_apart(pages)
        if not work.blocked():
            pages, proof = work.print(pages)
            if work.made() and not work.blocked():
                work.prove(text, pages, proof)
    except BuildError as error:
        work.problems += error.problems
    except jinja2.TemplateError as error:
        work.problems.append(_template_problem(error))
    except RecursionError:
        work.problems.append(problem("limit-nesting", shown(work.place), "something is nested too deeply to be set"))
    return work.result()


@dataclass
class _Work:
    """One build on its way: what it was asked for, and what there is of it so far."""

    source: Path
    options: Options
    listener: Listener
    strict: bool
    draw: bool
    draft: bool
    apart: Apart | None
    problems: list[Problem] = field(default_factory=list)
    artifacts: list[Artifact] = field(default_factory=list)
    taken: list[Artifact] = field(default_factory=list)  # files of their own, by ``apart``
    counts: dict[str, int] = field(default_factory=dict)
    asked: list[Requirement] = field(default_factory=list)
    texts: tuple[Path, ...] = ()
    hidden: list[Identity] = field(
        default_factory=list
    )  # whom a blind copy hides, and who were the authors of an earlier version
    printer: press.Press | None = None
    drawer: artist.Artist | None = None

    def __post_init__(self) -> None:
        self.place = self.source
        self.wanted = tuple(name for name in EDITIONS if name in self.options.to)
        self.since = self.options.changes

    def blocked(self) -> bool:
        """Whether nothing may be written."""
        return any(item.severity == "error" or self.strict for item in self.problems)

    def made(self) -> bool:
        """Whether there is anything to prove."""
        return bool(self.artifacts or self.printer or self.taken)

    def result(self) -> Build:
        """Give what there is, each problem once."""
        blocked, unique = self.blocked(), tuple(dict.fromkeys(self.problems))
        final = make_strict(unique) if self.strict else unique
        return Build(() if blocked else tuple(self.artifacts), final, self.counts, tuple(self.asked), self.texts)

    def read(self) -> Manuscript:
        """Read the manuscript, and settle the options by its profile."""
        with stage(self.listener, "read"):
            self.place = inside.find_text(self.source)
            self.problems += figures.draw(self.place.parent) if self.draw else figures.stale(self.place.parent)
            text, found = manuscript.read(self.source, self.options.style, self.options.date, self.options.profile)
            self.problems += found
            self.options = settled(replace(self.options, to=self.wanted), text.profile)
            if self.since:
                from compositor.changes import earlier

                self.options = replace(self.options, changes=earlier.told(self.since))
        return text

    def set(self, text: Manuscript) -> Sheet:
        """Set the text while what prints it is made ready; in a blind copy, hide who wrote it."""

        def make_ready() -> None:
            self.printer, self.drawer = press.start(self.wanted)
            if self.printer:
                self.printer.prepare((text.lang, text.templates))
                load(NEXT)
            else:
                load_all(self.wanted)

        with stage(self.listener, "set"):
            composed, found = document.compose(text, make_ready)
            unread = any(item.code == "yaml-broken" for item in self.problems)  # nor is the bibliography known that it names
            self.problems += [item for item in found if not (unread and item.code == "cite-missing")]
            from compositor.setting import sheet
            from compositor.submitting import requirements

            pages, found = sheet.lay_out(text, composed, self.options)
            self.problems += found
            if "crossref" in self.wanted:
                from compositor.editions import crossref

                self.problems += crossref.missing(text)
            self.texts = pages.origin.text_files
            self.asked, found = requirements.check(text, pages)
            self.problems += found
            self.counts = _counts(composed, pages)  # of the article, whatever a copy hides or leaves out
            if self.options.blind and not self.blocked():
                from compositor.blinding import blind
                from compositor.blinding.identity import identify

                self.hidden.append(identify(text, composed))
                pages = blind.hide(text, composed, self.hidden[0], self.options)
        return pages

    def take_apart(self, pages: Sheet) -> Sheet:
        """Take out what becomes files of their own, and mark what has changed since an earlier version."""
        if self.apart:
            pages, self.taken, found = self.apart(pages)
            self.problems += found
        if self.since and not self.blocked():
            from compositor import changes

            pages, others = changes.marked(pages, self.source, replace(self.options, changes=self.since))
            self.hidden += [others] if others else []
        return pages

    def print(self, pages: Sheet) -> tuple[Sheet, Proof]:
        """Print the editions, of which the PDF is still being written then.

        Gives the sheet with the PDF's page numbers, and the proof, which has read it without them.
        """
        if self.printer:
            self.printer.give(pages)
            load_all(self.wanted)
        pages = artist.begin(pages, self.wanted, self.drawer)
        from compositor.editions import fetches
        from compositor.proof.prove import Proof

        if self.draft and self.printer and "html" in self.wanted:
            self._show(pages)
        proof = Proof(pages, self.place)
        if self.printer:
            proof.read_sheet(self.wanted)  # while pages are laid out
        for name in sorted(self.wanted, key=lambda name: name not in NUMBERLESS):
            begun = time.perf_counter()
            with stage(self.listener, name):
                if name == "pdf" and self.printer:  # laid out now, and written and proved while the others are printed
                    pages = _numbered(pages, self.printer.starts())
                    continue
                artifact = import_module(EDITIONS[name]).render(pages)
            self.problems += fetches.check(artifact, pages)
            self.artifacts.append(replace(artifact, seconds=time.perf_counter() - begun))
        self.artifacts.sort(key=lambda made: self.wanted.index(made.edition))
        return pages, proof

    def _show(self, pages: Sheet) -> None:
        """Give the listener the web page as it is without page numbers, if it fetches nothing."""
        from compositor.editions import fetches

        early = import_module(EDITIONS["html"]).render(pages)
        if not fetches.check(early, pages):
            self.listener.drafted(early.data)

    def prove(self, text: Manuscript, pages: Sheet, proof: Proof) -> None:
        """Read every edition back, and write what goes beside them."""
        from compositor.blinding import leaks
        from compositor.editions import linemap
        from compositor.records import files, manifest

        with stage(self.listener, "beside"):
            beside = files.render(pages, self.wanted)
            beside += [linemap.write(item, pages.name, self.options.numbers) for item in self.artifacts if item.lines]
        with stage(self.listener, "prove"):
            found = [item for made in self.artifacts for item in proof.of(made)]
            if self.printer:
                printed = self.printer.printed()
                self.artifacts.insert(0, printed)
                found = [*proof.of(printed, self.printer.tagged), *found]
                found += folios.check(text, pages.paper.first, printed.pages or 0)
            self.problems += found
        self.artifacts += [*beside, *self.taken]
        self.artifacts += manifest.render(pages, self.artifacts, dict.fromkeys(self.problems))
        for authors in self.hidden:
            self.problems += leaks.check(self.artifacts, authors)


def _numbered(pages: Sheet, starts: press.Starts) -> Sheet:
    """Mark where the PDF's pages begin."""
    from compositor.pages import pagebreaks

    return replace(pages, root=pagebreaks.with_marks(pages.root, starts, pages.paper.first), pages=len(starts))


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
