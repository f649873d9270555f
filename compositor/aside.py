"""Work that goes on beside other work, on another core: a function in, its result out when it is asked for."""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

F = TypeVar("F")
R = TypeVar("R")


class Aside(Generic[F, R]):
    """Work in a process of its own that yields something on the way, which others wait for, and returns its result.

    Where processes are not forked, each would import everything anew, which takes longer than most work; there, and
    when the process gave nothing, the work is done when it is asked for, so that what it raises is raised.

    A fork takes along the locks of all threads and none of the threads that would open them, and Pango starts threads
    that read fonts. So what lays out text does so here, and the process that forks never does.
    """

    def __init__(self, work: Callable[[], Generator[F, None, R]]) -> None:
        self._work = work
        self._process: Any = None
        self._first: list[F] = []
        self._result: list[R] = []
        self._own: Generator[F, None, R] | None = None
        if sys.platform == "linux":
            context = multiprocessing.get_context("fork")
            self._pipe, end = context.Pipe(duplex=False)
            self._process = context.Process(target=self._run, args=(end,), daemon=True)
            self._process.start()
            end.close()

    def _run(self, end: Any) -> None:
        try:
            work = self._work()
            end.send(next(work))
            result = _returned(work)
        except BaseException:
            return  # the caller does it again, and meets the same
        end.send(result)

    def first(self) -> F:
        """Give what the work yielded, or raise what it raises."""
        if not self._first and self._process is not None:
            with contextlib.suppress(EOFError):
                self._first.append(self._pipe.recv())
        if not self._first:
            self._own = self._work()
            self._first.append(next(self._own))
        return self._first[0]

    def result(self) -> R:
        """Give what the work returned, or raise what it raises."""
        self.first()
        if self._process is not None:
            with contextlib.suppress(EOFError):
                self._result.append(self._pipe.recv())
            self._pipe.close()
            self._process.join()
            self._process = None
        if not self._result:
            if self._own is None:
                self._own = self._work()
                next(self._own)
            self._result.append(_returned(self._own))
        return self._result[0]


def _returned(work: Generator[Any, None, R]) -> R:
    try:
        next(work)
    except StopIteration as stop:
        result: R = stop.value
        return result
    raise AssertionError("work yields once")
