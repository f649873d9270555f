"""Who hears what a build is doing: its stages, as they begin and end."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Listener(Protocol):
    """Hears what the build is doing."""

    def started(self, stage: str) -> None:
        """Note that a stage or edition has begun."""

    def ended(self, stage: str, seconds: float) -> None:
        """Note that it is done."""

    def drafted(self, page: bytes) -> None:
        """Take the web page as it is before the PDF's page numbers are known; only a build with ``draft`` gives one."""


class Silence:
    """A listener that does nothing."""

    def started(self, stage: str) -> None:
        """Do nothing."""

    def ended(self, stage: str, seconds: float) -> None:
        """Do nothing."""

    def drafted(self, page: bytes) -> None:
        """Do nothing."""


@contextmanager
def stage(listener: Listener, name: str) -> Iterator[None]:
    """Tell a listener when a stage begins and ends."""
    listener.started(name)
    begun = time.perf_counter()
    yield
    listener.ended(name, time.perf_counter() - begun)
