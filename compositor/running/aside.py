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
    """One work: it is given something, yields what others wait for as it goes on, and returns.

    ``warm`` is done on what the work is prepared with, before anything is given. What is given and what comes back is
    pickled. Where processes are not forked, each would import everything anew, which takes longer than most work; there, and
    when the process gave nothing, the work is done when it is asked for, so that what it raises is raised.
    """

    def __init__(self, work: Callable[[G], Generator[F, None, R]], warm: Callable[[Any], None] | None = None) -> None:
        self._work, self._warm = work, warm
        self._given: list[G] = []
        self._heard = 0  # how much of what it yields
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
            while not (said := _step(work))[0]:
                self._end.send(said)
        except BaseException:
            self._end.close()  # the caller sees it, does it again, and meets the same
            return
        self._end.send(said)

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

    def next(self) -> F:
        """Give what the work yields next, or raise what it raises."""
        done, said = self._hear()
        if done:
            raise StopIteration
        found: F = said
        return found

    def result(self) -> R:
        """Give what the work returned, or raise what it raises."""
        while not self._result:
            done, said = self._hear()
            self._result += [said] if done else []
        return self._result[0]

    def _hear(self) -> tuple[bool, Any]:
        """Give what the work says next, and whether it has returned with it."""
        if self._pipe is not None:
            said = None
            with contextlib.suppress(EOFError, OSError):
                said = self._pipe.recv()
            if said is None or said[0]:
                self._pipe.close()
                self._pipe = None
            if said is not None:
                if said[0] and self.process is not None:
                    self.process.join()  # so that what it took is counted as taken by this one
                self._heard += 1
                return bool(said[0]), said[1]
        if self._own is None:
            self._own = self._work(self._given[0])
            for _ in range(self._heard):
                next(self._own)
        return _step(self._own)

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


def _step(work: Generator[Any, None, Any]) -> tuple[bool, Any]:
    """Give what a work yields, or returns, and which of the two it does."""
    try:
        return False, next(work)
    except StopIteration as stop:
        return True, stop.value
