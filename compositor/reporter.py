"""What a person sees: a moving line while a build goes on, its problems, and a closing table; or one object of JSON."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from compositor import SURROUNDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from rich.console import Console

    from compositor.commands.doctor import Finding
    from compositor.result import Build, Problem, Requirement
    from compositor.running.jobs import Done

EDITIONS = ("pdf", "epub", "html", "docx", "jats", "crossref")
REVIEW = ("review",)  # made alone
TITLES = {
    "read": "Reading",
    "set": "Setting",
    "pdf": "PDF",
    "epub": "EPUB",
    "html": "HTML",
    "docx": "DOCX",
    "jats": "JATS",
    "crossref": "Crossref",
    "review": "Review copy",
    "beside": "Citations",
    "prove": "Proof",
}


class Reporter:
    """Tells a person what happens: a moving line on a terminal, plain lines in a pipe, nothing when silent.

    What draws on terminals takes longer to load than a build of what has not changed, and a pipe needs none of it.
    """

    def __init__(self, *, silent: bool = False) -> None:
        self.silent = silent
        self._consoles: tuple[Console, Console] | None = None
        self._status: Any = None

    def _console(self, *, err: bool = False) -> Console:
        if self._consoles is None:
            from rich.console import Console

            wide = 1000  # where nobody looks on nothing is cut or wrapped
            self._consoles = (
                Console(highlight=False, emoji=False, markup=False, width=None if sys.stdout.isatty() else wide),
                Console(highlight=False, emoji=False, markup=False, stderr=True, width=None if sys.stderr.isatty() else wide),
            )
        return self._consoles[1 if err else 0]

    def _print(self, *parts: str | tuple[str, str], err: bool = False) -> None:
        """Print a line of parts, some with a style, which only a terminal shows; in a pipe nothing is wrapped."""
        if is_terminal(err=err):
            from rich.text import Text

            self._console(err=err).print(Text.assemble(*parts))
        else:
            words = "".join(part if isinstance(part, str) else part[0] for part in parts)
            print(words, file=sys.stderr if err else sys.stdout, flush=True)  # or a process forked from this one says it again

    def __enter__(self) -> Reporter:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def started(self, stage: str) -> None:
        """Show that a stage has begun."""
        if self.silent:
            return
        if is_terminal():
            self._stop()
            self._status = self._console().status(f"{TITLES[stage]} …")
            self._status.start()
        elif stage in (*EDITIONS, *REVIEW):
            self._print(f"{TITLES[stage]} …")

    def drafted(self, page: bytes) -> None:
        """Wait for the whole page."""

    def ended(self, stage: str, seconds: float) -> None:
        """Show that a stage is done, and how long it took."""
        if self.silent:
            return
        self._stop()
        mark = [("✓ ", "green")] if is_terminal() else []
        self._print(*mark, f"{TITLES[stage]}: {seconds:.2f} s")

    def unchanged(self) -> None:
        """Say that there is nothing to do."""
        if not self.silent:
            self._print("Nothing has changed since the last build.")

    def problems(self, problems: tuple[Problem, ...], *, quiet: bool = False) -> None:
        """Print every problem on standard error: place, code, what is wrong, what to do."""
        told: set[str] = set()
        for item in problems:
            colour = "red" if item.severity == "error" else "yellow"
            self._print(f"{item.where}: ", (item.severity, colour), " ", (f"[{item.code}]", "bold"), f" {item.text}", err=True)
            if item.code not in told and not (quiet and item.severity == "warning"):
                self._print((f"    {item.hint}", "dim"), err=True)
                told.add(item.code)

    def verdict(self, result: Build, *, differ: bool) -> None:
        """Say how a check ended."""
        if result.failed:
            errors = sum(item.severity == "error" for item in result.problems)
            self._print(f"{_count(errors, 'error')}.", err=True)
        elif differ:
            self._print("The editions do not say the same.", err=True)
        else:
            names = ", ".join(TITLES[artifact.edition] for artifact in result.artifacts if not artifact.beside)
            warnings = sum(item.severity == "warning" for item in result.problems)
            more = f" {_count(warnings, 'warning')}." if warnings else ""
            asked = any(item.name == "words" for item in result.requirements)
            how = "as the journal counts them" if asked else "notes and captions counted, abstract and references not"
            read = f"{_count(result.counts['words'], 'word')}, {how}"
            self._print(f"\n{names} say the same, abstract and references too, read back. The article has {read}.{more}")

    def requirements(self, requirements: Iterable[Requirement]) -> None:
        """Print what the journal asks, and whether the article has it."""
        marks = {"pass": "green", "fail": "red", "advice": "yellow", "by hand": "dim"}
        rows = [(item.name, item.asked, item.found, item.state) for item in requirements]
        if rows:
            self._table(("Requirement", "Asked", "Found", "State"), rows, colours=marks)

    def findings(self, findings: Iterable[Finding]) -> None:
        """Print what a machine has; below the table, what is missing and what installs it."""
        marks = {"missing": "red", "not needed": "dim"}
        states = [(item, item.found or ("missing" if item.needed else "not needed")) for item in findings]
        self._table(("What", "Kind", "Here"), [(item.name, item.kind, state) for item, state in states], colours=marks)
        absent = [(item, state) for item, state in states if not item.found]
        for item, _ in sorted(absent, key=lambda pair: not pair[0].needed):
            use = (
                "needed"
                if item.needed
                else "only the tests need it"
                if item.kind == "judge"
                else "without it the PDF is not read back"
            )
            self._print(f"\n{item.name} is missing ({use}). Install it with:\n\n    {item.remedy}")
        ready = not any(item.needed for item, _ in absent)
        self._print("\nA build can run." if ready else "\nNothing can be built yet.")

    def failed(self, result: Build, out: Path) -> None:
        """Say that nothing was written."""
        errors = sum(item.severity == "error" for item in result.problems)
        warnings = len(result.problems) - errors
        more = f", {_count(warnings, 'warning')}" if warnings else ""
        self._print(f"{_count(errors, 'error')}{more}. Nothing was written; {out.as_posix()} is as it was.", err=True)

    def submission(self, result: Build, written: tuple[Path, ...]) -> None:
        """Say what was written of a submission."""
        if result.failed:
            errors = sum(item.severity == "error" for item in result.problems)
            more = f" {written[0].as_posix()} says how each requirement stands." if written else ""
            self._print(f"{_count(errors, 'error')}. No submission was written.{more}", err=True)
        else:
            self.table(result, written)

    def table(self, result: Build, written: tuple[Path, ...]) -> None:
        """Print what was built: files with size and time, then what they hold."""
        rows = [
            (
                path.as_posix(),
                _count(artifact.pages, "page") if artifact.pages else "",
                _size(len(artifact.data)),
                "" if artifact.beside else f"{artifact.seconds:.2f} s",
            )
            for artifact, path in zip(result.artifacts, written, strict=True)
        ]
        self._table(("File", "Pages", "Size", "Time"), rows)
        names = {
            "words": "word",
            "references": "reference",
            "figures": "figure",
            "tables": "table",
            "equations": "equation",
            "notes": "note",
        }
        parts = [
            _count(result.counts[key], word)
            for key, word in names.items()
            if result.counts.get(key) or key in ("words", "references", "figures", "tables")
        ]
        warnings = sum(item.severity == "warning" for item in result.problems)
        if warnings:
            parts.append(_count(warnings, "warning"))
        self._print("\n" + ", ".join(parts) + ".")

    def _table(self, titles: tuple[str, ...], rows: Sequence[tuple[str, ...]], colours: dict[str, str] | None = None) -> None:
        """Print a table; without ``colours`` of its last column, all but the first column are numbers."""
        self._print("")
        if not is_terminal():
            columns = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
            for row in (titles, *rows):
                right = [str.ljust, *[str.ljust if colours else str.rjust] * (len(row) - 1)]
                self._print("  ".join(put(cell, width) for put, cell, width in zip(right, row, columns, strict=True)).rstrip())
            return
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for title in titles:
            first = title == titles[0]
            table.add_column(
                title,
                justify="left" if first or colours else "right",
                no_wrap=not first and not colours,
                overflow="fold",
            )
        for row in rows:
            table.add_row(*row[:-1], Text(row[-1], style=(colours or {}).get(row[-1], "")))
        self._console().print(table)


class Watching:
    """Tells a person at a terminal what ``watch`` does."""

    def __init__(self, *, browse: bool) -> None:
        self._browse = browse
        self._say = Reporter()

    def watching(self, address: str) -> None:
        """Tell where the preview is, and open it if that was asked for."""
        print(f"Preview: {address}  (Ctrl-C ends it)", flush=True)
        if self._browse:
            import webbrowser

            ours = dict(os.environ)
            del os.environ["FONTCONFIG_FILE"]  # a browser has the machine's fonts
            os.environ.update(SURROUNDINGS)
            webbrowser.open(address)
            os.environ.update(ours)

    def rebuilt(self, done: Done, names: tuple[str, ...], seconds: float) -> None:
        """Tell what a build gave, and which files made it."""
        result = done.result
        errors = sum(item.severity == "error" for item in result.problems)
        found = [
            _count(number, word) for number, word in ((errors, "error"), (len(result.problems) - errors, "warning")) if number
        ]
        pages = next((artifact.pages for artifact in result.artifacts if artifact.pages), 0)
        counts = [_count(pages, "page"), _count(result.counts["words"], "word")] if pages else []
        if errors:
            self._say.problems(tuple(item for item in result.problems if item.severity == "error"))
        saved = f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''}: " if names else ""
        state = "nothing new" if done.known else "not built" if result.failed else f"built in {seconds:.1f} s"
        print(f"{saved}{', '.join([state, *counts, *found])}", flush=True)


def is_terminal(*, err: bool = False) -> bool:
    """Whether a person looks on, or somebody wants what a person would see (``FORCE_COLOR``, as in services that build)."""
    return (sys.stderr if err else sys.stdout).isatty() or bool(os.environ.get("FORCE_COLOR"))


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _size(number: int) -> str:
    return f"{number / 1_000_000:.1f} MB" if number >= 1_000_000 else f"{max(1, round(number / 1000))} kB"


def as_data(result: Build, written: tuple[Path, ...]) -> dict[str, Any]:
    """Give a build as plain data, for ``--json``."""
    outputs = [
        {
            "edition": None if artifact.beside else artifact.edition,
            "path": path.as_posix(),
            "media_type": artifact.media_type,
            "bytes": len(artifact.data),
            "sha256": hashlib.sha256(artifact.data).hexdigest(),
            "pages": artifact.pages,
            "seconds": round(artifact.seconds, 3),
        }
        for artifact, path in zip(result.artifacts, written, strict=False)
    ]
    problems = [
        {"code": p.code, "severity": p.severity, "where": p.where, "text": p.text, "hint": p.hint} for p in result.problems
    ]
    asked = [asdict(item) for item in result.requirements]
    return {
        "ok": not result.failed,
        "outputs": outputs,
        "counts": result.counts,
        "requirements": asked,
        "problems": problems,
    }
