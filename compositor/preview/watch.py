"""Watching: a job in, the same job done again whenever a file is saved, and a preview that shows it."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from watchfiles import DefaultFilter, watch

from compositor import pipeline
from compositor.editions import engine
from compositor.preview import server
from compositor.reading import inside
from compositor.reporter import as_data
from compositor.result import BuildError
from compositor.running import jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compositor.running.jobs import Done, Job
    from compositor.running.listener import Listener

QUIET = 100  # milliseconds without a change after which an editor has saved all it had to
TICK = 200  # milliseconds after which it is looked whether anybody wants to stop
LONGEST = 1000  # milliseconds that changes are waited for


class Unserved(Exception):  # noqa: N818 - what the machine said, not what went wrong in us
    """The preview cannot be served; the message says why."""


class Teller(Protocol):
    """Tells a person what happens."""

    def watching(self, address: str) -> None:
        """Tell where the preview is."""

    def rebuilt(self, done: Done, names: tuple[str, ...], seconds: float) -> None:
        """Tell what a build gave, and which files made it."""


@dataclass
class _Relay:
    """Hears what a build is doing, and lets the preview know."""

    pipe: Any

    def started(self, stage: str) -> None:
        self.pipe.send({"building": stage})

    def ended(self, stage: str, seconds: float) -> None:
        """Wait for the next stage."""

    def drafted(self, page: bytes) -> None:
        self.pipe.send({"draft": page, "building": "pdf"})


def follow(job: Job, port: int, say: Teller) -> None:
    """Build, and build again at each change, until interrupted. Raises Unserved and MissingTool."""
    engine.load_engine()  # once, here; each build is a fork of this process and finds all of it loaded
    pipeline.load_all(("pdf", *job.options.to))
    context = multiprocessing.get_context("spawn")  # no fork beside its threads, no thread beside our forks
    pipe, end = context.Pipe()
    process = context.Process(target=server.serve, args=(job.out, port, end), daemon=True)
    process.start()
    end.close()
    try:
        answer = pipe.recv()
        if isinstance(answer, str):
            raise Unserved(answer)
        say.watching(f"http://{server.LOOPBACK}:{answer}/")
        _follow(job, pipe, _Relay(pipe), say)
    finally:
        pipe.close()
        process.join(1)


def _follow(job: Job, pipe: Any, listener: Listener, say: Teller) -> None:
    names: tuple[str, ...] = ()
    watched: tuple[Path, ...] = ()
    texts: tuple[Path, ...] = ()
    while True:
        if (folders := _folders(job, texts)) != watched:
            watched, saves = folders, _saves(folders, job.out)
            next(saves)  # listens from here on: what is saved during a build is not missed
        begun = time.perf_counter()
        done = jobs.do(replace(job, draft=True), listener)
        texts = done.result.texts or texts
        pipe.send(as_data(done.result, done.written) | {"texts": [str(text) for text in texts]})
        say.rebuilt(done, names, time.perf_counter() - begun)
        names = next(filter(None, saves))


def _saves(folders: tuple[Path, ...], out: Path) -> Iterator[tuple[str, ...]]:
    """Give the names of the files that were saved; at first none, at once."""
    ours = out.resolve()

    class Filter(DefaultFilter):
        def __call__(self, change: Any, path: str) -> bool:
            where = Path(path)
            within = next((where.relative_to(folder) for folder in folders if where.is_relative_to(folder)), where)
            hidden = any(part.startswith(".") for part in within.parts)  # an editor's own, and ours while dist/ is written
            return not hidden and not where.is_relative_to(ours) and super().__call__(change, path)

    for changes in watch(
        *folders,
        watch_filter=Filter(),
        debounce=LONGEST,
        step=QUIET,
        rust_timeout=TICK,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    ):
        paths = [Path(path) for _, path in changes]
        there = [path for path in paths if path.exists()]  # an editor's working copy is gone by now
        yield tuple(sorted({path.name for path in there or paths}))


def _folders(job: Job, texts: Iterable[Path]) -> tuple[Path, ...]:
    """Give the folders that a build reads, each once and none below another."""
    try:
        own = inside.find_text(job.source).resolve().parent
    except BuildError:  # nothing there yet
        own = (job.source if job.source.is_dir() else job.source.parent).resolve()
    named = [Path(name) for name in (job.options.profile, job.options.style) if name and Path(name).exists()]
    found = {own, own.parent / "bibliography", *(path.resolve() if path.is_dir() else path.resolve().parent for path in named)}
    found |= {text.resolve().parent for text in texts}
    there = sorted(folder for folder in found if folder.is_dir())
    return tuple(folder for folder in there if not any(folder != other and folder.is_relative_to(other) for other in there))
