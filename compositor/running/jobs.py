"""A build as a command asks for it: known already or made under the limits, written whole, and remembered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from compositor.result import Build, BuildError
from compositor.running import unchanged
from compositor.running.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.options import Options
    from compositor.running.listener import Listener


@dataclass(frozen=True, slots=True)
class Job:
    """What to build, from what, into what."""

    source: Path
    out: Path
    options: Options
    strict: bool = False
    draw: bool = False  # the figure scripts are run first
    limits: Limits = DEFAULT
    draft: bool = False  # the listener gets an early web page


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a job."""

    result: Build
    written: tuple[Path, ...] = ()  # one for each artifact
    known: bool = False  # nothing has changed since the last build


def do(job: Job, listener: Listener) -> Done:
    """Do a job. Problems are in the result, also those of writing; raises MissingTool."""
    always = job.draw or job.limits.trusted or job.options.changes
    mark = "" if always else unchanged.fingerprint(job.source, job.out, job.options, f"{job.strict} {job.limits}")
    if (known := unchanged.find(mark, job.source, job.out, job.options)) is not None:
        return Done(known, tuple(job.out / artifact.name for artifact in known.artifacts), known=True)
    from compositor import pipeline
    from compositor.running import output
    from compositor.running.guard import guarded

    build = partial(pipeline.build, options=job.options, strict=job.strict, draw=job.draw, draft=job.draft)
    result = guarded(build, job.source, listener, job.limits)
    if result.failed:
        return Done(result)
    try:
        written = output.write(result.artifacts, job.out)
    except BuildError as error:
        return Done(replace(result, artifacts=(), problems=(*result.problems, *error.problems)))
    unchanged.remember(mark, job.source, job.out, job.options, result)
    return Done(result, written)
