"""The command line: options in, progress, a closing table and an exit code out. It and reporter.py alone print.

Exit codes: 0 built, 1 problems that stop the build, 2 wrong usage, 3 a tool is missing.
"""

from __future__ import annotations

import atexit
import gc
import json
import signal
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from click.core import ParameterSource

from compositor import __version__
from compositor.reporter import EDITIONS, REVIEW, Reporter, Watching, as_data

if TYPE_CHECKING:
    from compositor.running.limits import Limits

ALL = tuple(name for name in EDITIONS if name != "crossref")  # a deposit is for a registry's members, and asked for by name
SELDOM = 100_000  # objects made before it is looked which of them nobody needs
USUAL = EDITIONS[:3]  # what a build gives when nothing is asked for


class DefaultGroup(click.Group):
    """A group whose first command is meant when none is named: ``build.py article.md`` builds."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``build`` in front, unless a command, the group's own help or a first word to complete is asked for."""
        completing = ctx.resilient_parsing and not args
        if not completing and (not args or args[0] not in (*self.commands, "--version", "--help", "-h")):
            args = ["build", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="compositor")
def cli() -> None:
    """Typeset a manuscript: one Markdown text, one bibliography, editions that agree.

    Without the name of a command it builds: `compositor paper.md` is `compositor build paper.md`.
    """


def _limits(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> Limits:
    from compositor.running import limits

    try:
        return limits.parse(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


TRUST = click.option(
    "--trust",
    is_flag=True,
    help="The text is your own: let it read other files and the network, and hold scripts.",
)
LIMIT = click.option(
    "--limit",
    multiple=True,
    callback=_limits,
    metavar="NAME=NUMBER",
    help="Allow more or less: seconds, memory, output, text, picture, font, pixels.",
)

CHANGES = click.option(
    "--changes", metavar="EARLIER", default="", help="Mark what has changed since: a text, a folder or a commit."
)


def _editions(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in value.split(",") if name.strip())
    names = tuple(name for word in names for name in (ALL if word == "all" else (word,)))
    for name in names:
        if name not in EDITIONS:
            raise click.BadParameter(f"{name!r} is not an edition; choose from {', '.join(EDITIONS)}, or all")
    if not names:
        raise click.BadParameter("name at least one edition")
    return names


@cli.command(short_help="Build the editions (the default command).")
@click.argument("source", type=click.Path(path_type=Path), default=Path("manuscript"))
@click.option(
    "--to",
    default=",".join(USUAL),
    show_default=True,
    callback=_editions,
    help=f"Editions, separated by commas: {', '.join(EDITIONS)}, or all but the last.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("dist"),
    show_default=True,
    help="Output folder.",
)
@click.option(
    "--style",
    default="",
    help="Citation style: a name from citationstyles.org, or a .csl file.  [default: the metadata's, or apa]",
)
@click.option(
    "--profile",
    default="",
    help="The look of a journal: a name, or the path of its folder.  [default: the metadata's, or plain]",
)
@click.option("--review", is_flag=True, help="Make a review copy instead: A4, double-spaced, its lines numbered.")
@click.option(
    "--number-lines",
    "numbers",
    type=click.Choice(["running", "page"]),
    default="running",
    show_default=True,
    help="Number a review copy's lines through, or anew on each page.",
)
@click.option("--attach-sources", "attach", is_flag=True, help="Put everything it is made from into the PDF.")
@click.option("--blind", is_flag=True, help="Make a copy for referees, that does not tell who wrote it.")
@CHANGES
@click.option("--figures", is_flag=True, help="Run the scripts in figures/ first.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@TRUST
@LIMIT
@click.option("--quiet", "-q", is_flag=True, help="Print problems only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def build(
    source: Path,
    to: tuple[str, ...],
    out: Path,
    style: str,
    profile: str,
    review: bool,
    numbers: str,
    changes: str,
    figures: bool,
    attach: bool,
    blind: bool,
    strict: bool,
    trust: bool,
    limit: Limits,
    quiet: bool,
    as_json: bool,
) -> None:
    """Build the editions of SOURCE, a manuscript folder or a Markdown file.

    Exit codes: 0 built, 1 problems, 2 wrong usage, 3 a tool is missing.
    """
    if quiet and as_json:
        raise click.UsageError("--quiet and --json exclude each other")
    if review and click.get_current_context().get_parameter_source("to") is ParameterSource.COMMANDLINE:
        raise click.UsageError("a review copy is made alone: leave out --to or --review")
    if blind and "crossref" in to:
        raise click.UsageError("a deposit names the authors: leave crossref out of --to, or --blind out")
    if blind and attach:
        raise click.UsageError("the sources name the authors: leave out --blind or --attach-sources")
    if changes and {"jats", "crossref"} & set(to) and not review:
        raise click.UsageError("marked changes are for readers: leave jats and crossref out of --to, or --changes out")
    if changes and attach:
        raise click.UsageError(
            "a copy with changes has two sources, and carries neither: leave --changes or --attach-sources out"
        )
    from compositor.options import Options
    from compositor.result import MissingTool
    from compositor.running import jobs

    say = Reporter(silent=quiet or as_json)
    options = Options(REVIEW if review else to, style, profile, attach=attach, blind=blind, numbers=numbers, changes=changes)
    try:
        with say:
            done = jobs.do(jobs.Job(source, out, options, strict, figures, replace(limit, trusted=trust)), say)
    except MissingTool as error:
        _tell_missing(error.name, error.line, as_json=as_json)
    result, written = done.result, done.written
    if done.known:
        say.unchanged()
    if as_json:
        click.echo(json.dumps(as_data(result, written), ensure_ascii=False, indent=2))
    else:
        say.problems(result.problems, quiet=quiet)
        if result.failed:
            say.failed(result, out)
        elif not quiet:
            say.table(result, written)
    sys.exit(1 if result.failed else 0)


@cli.command(short_help="Build at every save, and show a preview.")
@click.argument("source", type=click.Path(path_type=Path), default=Path("manuscript"))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("dist"), show_default=True, help="Output folder."
)
@click.option("--style", default="", help="Citation style, as for build.")
@click.option("--profile", default="", help="The look of a journal, as for build.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the preview.  [default: any that is free]")
@click.option("--open", "browse", is_flag=True, help="Open the preview in the browser.")
@TRUST
@LIMIT
def watch(source: Path, out: Path, style: str, profile: str, port: int, browse: bool, trust: bool, limit: Limits) -> None:
    """Build the editions of SOURCE whenever a file is saved, and show PDF and web page side by side in the browser.

    The preview is served to this machine only. An error leaves the last good build in place and is shown over it. Ctrl-C
    ends it. Exit codes: 0 ended, 2 the port is taken, 3 a tool is missing.
    """
    from compositor.options import Options
    from compositor.preview.watch import Unserved, follow
    from compositor.result import MissingTool
    from compositor.running import jobs

    job = jobs.Job(source, out, Options(style=style, profile=profile), limits=replace(limit, trusted=trust))
    try:
        follow(job, port, Watching(browse=browse))
    except KeyboardInterrupt:
        click.echo("\nStopped watching.")
    except Unserved as error:
        raise click.UsageError(f"the preview cannot be served at port {port}: {error}") from None
    except MissingTool as error:
        _tell_missing(error.name, error.line, as_json=False)


@cli.command(short_help="Check a manuscript and its editions, and write nothing.")
@click.argument("source", type=click.Path(path_type=Path), default=Path("manuscript"))
@click.option("--style", default="", help="Citation style, as for build.")
@click.option("--profile", default="", help="A journal, as for build: the article must also meet what it asks.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@TRUST
@LIMIT
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(source: Path, style: str, profile: str, strict: bool, trust: bool, limit: Limits, as_json: bool) -> None:
    """Build every edition of SOURCE in memory, read each back, and report all that is wrong.

    A difference between two editions fails the check, and so does what the journal of the profile asks and the article
    has not. Exit codes: 0 all is well, 1 problems, 3 a tool is missing.
    """
    import shutil

    from compositor import pipeline
    from compositor.options import Options
    from compositor.result import MissingTool
    from compositor.running import guard
    from compositor.submitting import requirements
    from compositor.system import install_line

    say = Reporter(silent=as_json)
    try:
        if shutil.which("pdftotext") is None:
            raise MissingTool("pdftotext", install_line(["poppler-utils"]))
        with say:
            job = partial(pipeline.build, options=Options(to=ALL, style=style, profile=profile), strict=strict)
            result = guard.guarded(job, source, say, replace(limit, trusted=trust))
    except MissingTool as error:
        _tell_missing(error.name, error.line, as_json=as_json)
    result = replace(result, problems=requirements.demanded(result.problems, result.requirements))
    differ = any(item.code == "proof-differs" for item in result.problems)
    if as_json:
        click.echo(json.dumps(as_data(result, ()) | {"ok": not (result.failed or differ)}, ensure_ascii=False, indent=2))
    else:
        say.problems(result.problems)
        say.requirements(result.requirements)
        say.verdict(result, differ=differ)
    sys.exit(1 if result.failed or differ else 0)


@cli.command(short_help="Make the files of a submission to a journal.")
@click.argument("source", type=click.Path(path_type=Path), default=Path("manuscript"))
@click.option("--profile", default="", help="The journal, as for build.")
@click.option("--style", default="", help="Citation style, as for build.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("dist"), show_default=True, help="Output folder."
)
@CHANGES
@TRUST
@LIMIT
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def submit(source: Path, profile: str, style: str, out: Path, changes: str, trust: bool, limit: Limits, as_json: bool) -> None:
    """Write one ZIP with the files that the journal asks for, and a checklist of its requirements.

    With --changes it is that of a revision, and holds a copy of the manuscript with its changes marked.
    Where one fails, the checklist is written alone. Exit codes: 0 written, 1 problems, 3 a tool is missing.
    """
    from compositor.options import Options
    from compositor.result import Build, BuildError, MissingTool
    from compositor.running import guard, output
    from compositor.submitting import submission

    say = Reporter(silent=as_json)
    written: tuple[Path, ...] = ()
    try:
        with say:
            job = partial(submission.build, options=Options(style=style, profile=profile, changes=changes))
            result = guard.guarded(job, source, say, replace(limit, trusted=trust))
            try:
                written = output.write(result.artifacts, out) if result.artifacts else ()
            except BuildError as error:
                result = Build((), (*result.problems, *error.problems), result.counts, result.requirements)
    except MissingTool as error:
        _tell_missing(error.name, error.line, as_json=as_json)
    if as_json:
        click.echo(json.dumps(as_data(result, written), ensure_ascii=False, indent=2))
    else:
        say.problems(result.problems)
        say.requirements(result.requirements)
        say.submission(result, written)
    sys.exit(1 if result.failed else 0)


@cli.command(short_help="Set an edition again from its sources, and compare the bytes.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--sources",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="The folder that a manifest's sources are in.  [default: the nearest above it that has them]",
)
@click.option(
    "--profile",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of a profile that lay outside of them.  [default: the one of its name beside them]",
)
@TRUST
@LIMIT
def verify(file: Path, sources: Path | None, profile: Path | None, trust: bool, limit: Limits) -> None:
    """Set FILE again and compare: a PDF built with --attach-sources, or the manifest.json of a build.

    Exit codes: 0 identical, 1 not, 2 wrong usage, 3 a tool is missing.
    """
    from compositor.commands import verify as verifying
    from compositor.problems import plain
    from compositor.records.attachments import NotRebuildable
    from compositor.result import MissingTool

    say = Reporter()
    try:
        with say:
            verdict = verifying.verify(file, sources, replace(limit, trusted=trust), say, profile)
    except NotRebuildable as error:
        raise click.UsageError(plain(str(error))) from None
    except MissingTool as error:
        _tell_missing(error.name, error.line, as_json=False)
    say.problems(verdict.problems)
    if verdict.identical:
        click.echo(plain(f"Identical: {', '.join(verdict.files)}."))
        sys.exit(0)
    for line in (*verdict.differences, *(f"Another version: {tool}" for tool in verdict.tools)):
        click.echo(plain(line), err=True)
    click.echo("Not identical.", err=True)
    sys.exit(1)


@cli.command(short_help="Find a line of a review copy in the source, and back.")
@click.argument("place")
@click.option(
    "--copy",
    type=click.Path(path_type=Path, exists=True),
    default=Path("dist"),
    show_default=True,
    help="The folder of the review copy, or its map.",
)
@click.option(
    "--old", type=click.Path(path_type=Path, exists=True), help="PLACE is in this older copy: its folder, or its map."
)
def where(place: str, copy: Path, old: Path | None) -> None:
    """Print a line of a review copy and where it comes from.

    PLACE is a line, 214, or page and line, 9:14; or a place in the source, article.md:41, and every line from there is
    printed. With --old, PLACE is in the older copy, and what it says is found in the new one.

    Exit codes: 0 found, 1 no longer there, 2 no such line or copy.
    """
    from compositor.commands import where as finding
    from compositor.problems import plain

    try:
        path = finding.find_map(copy)
        lines = finding.load(path)
        if old is None:
            found = finding.look_up(place, lines)
        else:
            before = finding.load(finding.find_map(old))
            found = [new for line in finding.look_up(place, before) for new in finding.carry_over(line, before, lines)]
    except finding.Nowhere as error:
        raise click.UsageError(str(error)) from None
    for line in dict.fromkeys(found):
        click.echo(plain(f"{finding.source_of(line, path)}: line {line.number}, page {line.page}, its line {line.on_page}"))
        click.echo(plain(f"    {line.text}"))
    if not found:
        click.echo("This passage is no longer there.", err=True)
        sys.exit(1)


@cli.command(short_help="Begin a manuscript that builds at once.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--profile", default="plain", show_default=True, help="The journal it is meant for.")
def new(folder: Path, profile: str) -> None:
    """Write a manuscript with an example of each construct into FOLDER, which must be empty or not there yet.

    Beside the text come a bibliography, settings for editors, and a workflow that publishes the editions. Exit codes:
    0 written, 1 the folder holds something, 2 wrong usage.
    """
    from compositor.commands import new as starting

    try:
        written = starting.start(folder, profile)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except (starting.Occupied, OSError) as error:
        click.echo(f"{error}. Nothing was written.", err=True)
        sys.exit(1)
    for name in written:
        click.echo((folder / name).as_posix())
    click.echo(f"\nBuild it with:\n\n    compositor build {folder.as_posix()}\n")


@cli.command(short_help="Say what this machine has, and what it lacks.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Look at everything a build needs, and at the judges of the tests; each missing thing with the line that installs it.

    Exit codes: 0 a build can run, 3 something it needs is missing.
    """
    from compositor.commands import doctor as looking

    findings = looking.examine()
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        Reporter().findings(findings)
    sys.exit(3 if any(finding.needed and not finding.found for finding in findings) else 0)


@cli.command(short_help="Print what a shell needs to complete commands and options.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script for SHELL. For bash, add to ~/.bashrc: eval "$(compositor completion bash)"."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(cli, {}, "compositor", "_COMPOSITOR_COMPLETE").source())


def _tell_missing(name: str, line: str, *, as_json: bool) -> NoReturn:
    """Say what the machine lacks and the line that installs it; exit code 3."""
    if as_json:
        click.echo(json.dumps({"ok": False, "missing": name, "install": line}))
    else:
        click.echo(f"{name} is missing. Install it with:\n\n    {line}\n", err=True)
    sys.exit(3)


def _leave(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def main() -> None:
    """Run the command; the door for ``compositor``, ``build.py`` and ``python -m compositor``."""
    gc.set_threshold(SELDOM)  # what is loaded stays; guard.py has its own way for the build
    atexit.register(gc.freeze)  # and is not looked through once more on the way out
    for name in ("SIGTERM", "SIGHUP"):  # a job is ended, a terminal closed: what stands in passing files goes with it
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) == signal.SIG_DFL:  # under nohup it is not for us
            signal.signal(number, _leave)
    try:
        cli(standalone_mode=False, complete_var="_COMPOSITOR_COMPLETE")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; nothing was written.", err=True)
        sys.exit(130)
