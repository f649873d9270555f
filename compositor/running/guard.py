"""The process that a build runs in: whatever exceeds a limit ends as a problem.

A manuscript may come from a stranger. The build runs in a child that reports what it does through a pipe and writes
nothing to the output folder; the parent waits, and ends the child with everything it started when time is up.
"""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from compositor.places import shown
from compositor.problems import problem
from compositor.result import Build, BuildError, MissingTool
from compositor.running import aside
from compositor.running.limits import MIB, TimeUp, hold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from compositor.result import Problem
    from compositor.running.limits import Limits

T = TypeVar("T")
GRACE = 3.0  # seconds the child has to say where it was when its time was up
GARBAGE = 400_000  # objects made before the youngest are looked through; an article makes fewer
ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)  # what ails a disk or a file, not the program


def guarded(build: Callable[..., Build], source: Path, listener: Any, limits: Limits) -> Build:
    """Run ``build(source, listener=…)`` in a process of its own, under the limits; what it told and gave comes back.

    Raises MissingTool as the build does. A child that dies, or that is out of time or memory, gives a failed Build.
    """
    from compositor.reading import inside

    story = Story(shown(source), limits)
    try:
        story.source = shown(inside.find_text(source))
        # a child that ends leaves what its libraries put aside, WeasyPrint its fonts: it gets a place that goes with it
        with tempfile.TemporaryDirectory(prefix="compositor-", ignore_cleanup_errors=True) as story.scratch:
            return cast("Build", _guarded(build, source, listener, story))
    except BuildError as error:
        return Build((), error.problems)
    except OSError as error:  # there is no place for passing files at all
        return Build((), (story.no_room(error),))


def apart(work: Callable[[], T], name: str, limits: Limits) -> T:
    """Do work on a file that anyone may have made in a process of its own, under the limits; gives what it returns.

    ``name`` is the file's, for the problem. Raises BuildError where the work is over a limit, or its process dies.
    """
    story = Story(name, limits)
    with tempfile.TemporaryDirectory(prefix="compositor-", ignore_cleanup_errors=True) as story.scratch:
        return cast("T", _guarded(partial(_silently, work), Path(name), None, story))


def _silently(work: Callable[[], T], _: Path, *, listener: Any) -> T:
    return work()


def _guarded(build: Callable[..., Any], source: Path, listener: Any, story: Story) -> Any:
    import multiprocessing

    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(build, source, send, story))
    deadline = time.monotonic() + story.limits.seconds + GRACE
    try:
        with _uninterrupted():
            child.start()
        send.close()
        while receive.poll(max(0.0, deadline - time.monotonic())):
            try:
                kind, value = receive.recv()
            except EOFError:
                child.join()
                raise BuildError((story.died(child.exitcode or 0),)) from None
            if kind == "started":
                story.stage = value
                listener.started(value)
            elif kind == "ended":
                listener.ended(*value)
            elif kind == "drafted":
                listener.drafted(value)
            elif kind == "failed":
                raise value
            else:
                return value
        raise BuildError((story.too_long(),))
    finally:
        _end(child)
        receive.close()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keep Ctrl-C until a process has been started: Python drops what is raised on the way into and out of a fork."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(child: Any) -> None:
    """End the child and everything that it started."""
    if child.pid is None:
        return
    if os.name == "posix":
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # it never came to lead a group, or all are gone
            child.kill()
    else:
        child.kill()
    child.join()


class Wire:
    """Tells the parent what the build is doing."""

    def __init__(self, pipe: Connection, story: Story) -> None:
        self.pipe = pipe
        self.story = story

    def started(self, stage: str) -> None:
        """Note that a stage or edition has begun."""
        if not self.story.late:
            self.story.stage = stage
        self.pipe.send(("started", stage))

    def ended(self, stage: str, seconds: float) -> None:
        """Note that it is done."""
        self.pipe.send(("ended", (stage, seconds)))

    def drafted(self, page: bytes) -> None:
        """Pass an early web page on."""
        self.pipe.send(("drafted", page))


def _child(build: Callable[..., Any], source: Path, pipe: Connection, story: Story) -> None:
    hold(story.limits)
    try:
        tempfile.tempdir = os.environ["TMPDIR"] = story.scratch
        _confine(story)
        # the process ends with the build, and what a layout leaves is freed by counting; looking for cycles takes a tenth
        gc.freeze()
        gc.set_threshold(GARBAGE, 50, 100)
        sys.set_int_max_str_digits(0)  # a number of ten thousand digits is no error; what takes too long, the time limit ends
        result = build(source, listener=Wire(pipe, story))
        if story.late and not (isinstance(result, Build) and result.failed):
            raise TimeUp
        message: tuple[str, Any] = ("built", _measured(result, story) if isinstance(result, Build) else result)
    except TimeUp:
        message = ("failed", BuildError((story.too_long(),)))
    except MemoryError:
        message = ("failed", BuildError((story.too_large(),)))
    except (BuildError, MissingTool) as error:
        message = ("failed", error)
    except OSError as error:
        message = ("failed", BuildError((story.no_room(error) if error.errno in ROOM else story.our_fault(error),)))
    except Exception as error:
        if os.environ.get("COMPOSITOR_DEBUG"):
            raise
        message = ("failed", BuildError((story.our_fault(error),)))
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    pipe.send(message)
    pipe.close()


def _confine(story: Story) -> None:
    """Set this process and those it starts the limits that the system keeps."""
    if os.name != "posix":
        return
    import resource

    limits = story.limits
    os.setpgid(0, 0)

    def stop(*_: object) -> None:
        story.late = True  # a library may catch everything and go on
        raise TimeUp

    signal.signal(signal.SIGALRM, stop)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # an error of the write, not a death
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.bytes("output"), resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the system takes the number and does nothing with it
        aside.die_with_parent()
        resource.setrlimit(resource.RLIMIT_DATA, (limits.bytes("memory"), resource.RLIM_INFINITY))


def _measured(result: Build, story: Story) -> Build:
    total = sum(len(artifact.data) for artifact in result.artifacts)
    if total <= story.limits.bytes("output"):
        return result
    text = f"the editions have {total // MIB} MiB; the limit is {story.limits.output}"
    return Build((), (*result.problems, problem("limit-output", story.source, text)), result.counts)


@dataclass(slots=True)
class Story:
    """Where a build is, for the problem that tells how it ended."""

    source: str  # as shown
    limits: Limits
    stage: str = "read"
    late: bool = False  # time was up
    scratch: str = ""  # the folder for temporary files

    def _during(self) -> str:
        return {"read": "reading", "set": "setting", "prove": "proving"}.get(self.stage, f"printing {self.stage.upper()}")

    def too_long(self) -> Problem:
        """Tell that time was up."""
        return problem(
            "limit-time", self.source, f"the build took more than {self.limits.seconds} seconds; it was {self._during()}"
        )

    def too_large(self) -> Problem:
        """Tell that there was no more memory."""
        text = f"the build needed more than {self.limits.memory} MiB of memory; it was {self._during()}"
        return problem("limit-memory", self.source, text)

    def died(self, code: int) -> Problem:
        """Tell that the process ended without a word; ``code`` as multiprocessing gives it."""
        if -code == getattr(signal, "SIGKILL", 9):  # the system's own guard against running out of memory
            return self.too_large()
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return problem("build-died", self.source, f"the build was ended {how} while it was {self._during()}")

    def no_room(self, error: OSError) -> Problem:
        """Tell that a passing file could not be written."""
        where = Path(self.scratch).parent if self.scratch else "TMPDIR"
        return problem("output-unwritable", where, f"a passing file cannot be written while {self._during()}: {error.strerror}")

    def our_fault(self, error: Exception) -> Problem:
        """Tell of a mistake of ours, with the place in our code that a report needs."""
        frames = [f for f in traceback.extract_tb(error.__traceback__) if "compositor" in f.filename]
        place = f" in {frames[-1].filename.rsplit('compositor', 1)[-1].lstrip('/')}:{frames[-1].lineno}" if frames else ""
        return problem("build-died", self.source, f"{type(error).__name__}{place} while {self._during()}: {str(error)[:200]}")
