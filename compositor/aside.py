"""Work done beside other work, in processes of its own: what it is given in, what others wait for out."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

G = TypeVar("G")
F = TypeVar("F")
R = TypeVar("R")
DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux's prctl(2)


class Aside(Generic[G, F, R]):
    """One work: it is given something, yields something on the way that others wait for, and returns.

    ``warm`` is done on what the work is prepared with, before anything is given. What is given and what comes back is
    pickled. Where processes are not forked, each would import everything anew, which takes longer than most work; there, and
    when the process gave nothing, the work is done when it is asked for, so that what it raises is raised.
    """

    def __init__(self, work: Callable[[G], Generator[F, None, R]], warm: Callable[[Any], None] | None = None) -> None:
        self._work, self._warm = work, warm
        self._given: list[G] = []
        self._first: list[F] = []
        self._result: list[R] = []
        self._own: Generator[F, None, R] | None = None
        self._pipe: Any = None
        self._end: Any = None
        self.process: Any = None  # that of all works that were started together, known to the first

    def serve(self) -> None:
        """Do the work in the process at the other end of the pipe."""
        try:
            if self._warm:
                self._warm(self._end.recv())
            work = self._work(self._end.recv())
            self._end.send(next(work))
            result = _returned(work)
        except BaseException:
            self._end.close()  # the caller sees it, does it again, and meets the same
            return
        self._end.send(result)

    def prepare(self, value: Any) -> None:
        """Tell what is known of what will be given; said once, where there is something to be warmed."""
        self._send(value)

    def give(self, value: G) -> None:
        """Give what the work is done on."""
        self._given.append(value)
        self._send(value)

    def _send(self, value: Any) -> None:
        if self._pipe is not None:
            with contextlib.suppress(OSError):  # the process has ended already
                self._pipe.send(value)

    def first(self) -> F:
        """Give what the work yielded, or raise what it raises."""
        if not self._first and self._pipe is not None:
            with contextlib.suppress(EOFError, OSError):
                self._first.append(self._pipe.recv())
        if not self._first:
            self._begin()
        return self._first[0]

    def result(self) -> R:
        """Give what the work returned, or raise what it raises."""
        self.first()
        if not self._result and self._pipe is not None:
            with contextlib.suppress(EOFError, OSError):
                self._result.append(self._pipe.recv())
            self._pipe.close()
            self._pipe = None
            if self.process is not None:
                self.process.join()  # so that what it took is counted as taken by this one
        if not self._result:
            work = self._own or self._begin()
            self._result.append(_returned(work))
        return self._result[0]

    def _begin(self) -> Generator[F, None, R]:
        self._own = work = self._work(self._given[0])
        self._first[:] = [next(work)]
        return work

    def open(self) -> None:
        """Lay the pipe; both ends are here until the process is there."""
        self._pipe, self._end = multiprocessing.get_context("fork").Pipe()

    def close(self, *, other: bool) -> None:
        """Close the end of the pipe that is not needed: the ``other``'s, or one's own."""
        (self._end if other else self._pipe).close()


def start(*works: Aside[Any, Any, Any]) -> None:
    """Start the works, each in a process of its own.

    A fork takes along the locks of all threads and none of the threads that would open them, and Pango starts threads that
    read fonts. So what lays out text does so here, and nothing that forks ever does.
    """
    if sys.platform != "linux" or not works:
        return
    for work in works:
        work.open()
    process: Any = multiprocessing.get_context("fork").Process(target=_run, args=(works,), daemon=True)
    process.start()
    works[0].process = process
    for work in works:
        work.close(other=True)


def die_with_parent() -> None:
    """Let this process end with the one it was forked from: a parent that is killed can end nobody. Each fork must ask anew."""
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)


def _run(works: tuple[Aside[Any, Any, Any], ...]) -> None:
    die_with_parent()
    for work in works:
        work.close(other=False)  # the other's; when that one is gone nothing more is asked for
    mine, *others = works
    forked = []
    for work in others:
        if (child := os.fork()) == 0:
            die_with_parent()
            for neighbour in works:
                if neighbour is not work:
                    neighbour.close(other=True)
            work.serve()
            os._exit(0)
        forked.append(child)
        work.close(other=True)
    mine.serve()
    for child in forked:
        os.waitpid(child, 0)


def _returned(work: Generator[Any, None, R]) -> R:
    try:
        next(work)
    except StopIteration as stop:
        result: R = stop.value
        return result
    raise AssertionError("work yields once")
