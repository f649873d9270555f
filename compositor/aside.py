"""Work that goes on beside other work, on another core: a function in, its result out when it is asked for."""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Aside(Generic[T]):
    """A function at work in a process of its own.

    Where processes are not forked, each would import everything anew, which takes longer than most work; there, and
    when the process gave nothing, the function is called when its result is asked for, so that what it raises is raised.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._process: Any = None
        self._given: list[T] = []
        if sys.platform == "linux":
            context = multiprocessing.get_context("fork")
            self._pipe, end = context.Pipe(duplex=False)
            self._process = context.Process(target=self._run, args=(end,), daemon=True)
            self._process.start()
            end.close()

    def _run(self, end: Any) -> None:
        try:
            result = self._work()
        except BaseException:
            return  # the caller does it again, and meets the same
        end.send(result)

    def result(self) -> T:
        """Give what the function gave, or raise what it raises."""
        if self._process is not None:
            with contextlib.suppress(EOFError):
                self._given.append(self._pipe.recv())
            self._pipe.close()
            self._process.join()
            self._process = None
        if not self._given:
            self._given.append(self._work())
        return self._given[0]
