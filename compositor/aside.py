"""Work that goes on beside other work, on another core: a function in, its result out when it is asked for."""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

G = TypeVar("G")
F = TypeVar("F")
R = TypeVar("R")


class Aside(Generic[G, F, R]):
    """Work in a process of its own: it is given something, yields something on the way that others wait for, and returns.

    ``warm`` is done there before anything is given. What is given and what comes back is pickled.

    Where processes are not forked, each would import everything anew, which takes longer than most work; there, and
    when the process gave nothing, the work is done when it is asked for, so that what it raises is raised.

    A fork takes along the locks of all threads and none of the threads that would open them, and Pango starts threads
    that read fonts. So what lays out text does so here, and the process that forks never does.
    """

    def __init__(self, work: Callable[[G], Generator[F, None, R]], warm: Callable[[], None] | None = None) -> None:
        self._work, self._warm = work, warm
        self._process: Any = None
        self._given: list[G] = []
        self._first: list[F] = []
        self._result: list[R] = []
        self._own: Generator[F, None, R] | None = None
        if sys.platform == "linux":
            context = multiprocessing.get_context("fork")
            self._pipe, end = context.Pipe()
            self._process = context.Process(target=self._run, args=(end,), daemon=True)
            self._process.start()
            end.close()

    def _run(self, end: Any) -> None:
        self._pipe.close()  # the other's; when that one is gone nothing more is asked for
        try:
            if self._warm:
                self._warm()
            work = self._work(end.recv())
            end.send(next(work))
            result = _returned(work)
        except BaseException:
            return  # the caller does it again, and meets the same
        end.send(result)

    def give(self, value: G) -> None:
        """Give what the work is done on."""
        self._given.append(value)
        if self._process is not None:
            with contextlib.suppress(OSError):  # it has ended already
                self._pipe.send(value)

    def first(self) -> F:
        """Give what the work yielded, or raise what it raises."""
        if not self._first and self._process is not None:
            with contextlib.suppress(EOFError, OSError):
                self._first.append(self._pipe.recv())
        if not self._first:
            self._begin()
        return self._first[0]

    def result(self) -> R:
        """Give what the work returned, or raise what it raises."""
        self.first()
        if self._process is not None:
            with contextlib.suppress(EOFError, OSError):
                self._result.append(self._pipe.recv())
            self._pipe.close()
            self._process.join()
            self._process = None
        if not self._result:
            work = self._own or self._begin()
            self._result.append(_returned(work))
        return self._result[0]

    def _begin(self) -> Generator[F, None, R]:
        self._own = work = self._work(self._given[0])
        self._first.append(next(work))
        return work


def _returned(work: Generator[Any, None, R]) -> R:
    try:
        next(work)
    except StopIteration as stop:
        result: R = stop.value
        return result
    raise AssertionError("work yields once")
