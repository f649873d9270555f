"""What one build may use, in one place; guard.py sees to it that it does not use more."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

MIB = 1 << 20


class TimeUp(BaseException):
    """The build's time is over. No Exception, so that nothing on the way takes it for a fault of its own."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a build; each may be set with ``--limit NAME=NUMBER``."""

    seconds: int = 600  # of the clock, for the whole build
    memory: int = 4096  # MiB, for each process of the build (Linux)
    output: int = 512  # MiB, for each file that is written and for all editions together
    text: int = 16  # MiB, for a text, bibliography, style or data file
    picture: int = 64  # MiB, for a file with a picture
    font: int = 64  # MiB, for a font of the author's own
    pixels: int = 80  # millions, for one picture
    trusted: bool = False  # the manuscript is one's own: it may read any file, use the network and hold scripts

    def bytes(self, name: str) -> int:
        """Give a limit that is told in MiB in bytes."""
        return int(getattr(self, name)) * MIB


DEFAULT = Limits()
_current = DEFAULT


def hold(limits: Limits) -> None:
    """Let these limits hold in this process."""
    global _current
    _current = limits


def current() -> Limits:
    """Give the limits that hold in this process."""
    return _current


def parse(settings: tuple[str, ...]) -> Limits:
    """Read ``NAME=NUMBER`` settings of the command over the defaults. Raises ValueError with what is wrong."""
    found = DEFAULT
    names = [field.name for field in fields(Limits) if field.name != "trusted"]
    for setting in settings:
        name, _, value = setting.partition("=")
        if name not in names:
            raise ValueError(f"{name!r} is not a limit; choose from {', '.join(names)}")
        if not value.isdecimal() or int(value) == 0:
            raise ValueError(f"{setting!r} is not NAME=NUMBER with a whole number above 0")
        changed: dict[str, Any] = {name: int(value)}
        found = replace(found, **changed)
    return found
