"""The gate to files: what a manuscript names in, a file that it may read out, or a problem.

A manuscript may come from a stranger. It reads its own folder, and a folder ``bibliography`` beside it; nothing by an
absolute path, nothing above, nothing by a symbolic link that leads out. ``--trust`` opens the gate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.places import shown
from compositor.problems import problem
from compositor.result import BuildError
from compositor.running import limits

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.result import Problem

TEXT_NAMES = ("article.md", "paper.md", "manuscript.md", "main.md", "index.md")
MARKDOWN = (".md", ".markdown", ".qmd", ".text", ".txt")
ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:|//")


def may_read(path: Path, folder: Path) -> bool:
    """Whether a file lies where a manuscript in ``folder`` may read, links followed."""
    if limits.current().trusted:
        return True
    try:
        real, base = path.resolve(), folder.resolve()
    except (OSError, RuntimeError, ValueError):  # a link that leads to itself, a NUL in the name
        return False
    return real.is_relative_to(base) or real.is_relative_to(base.parent / "bibliography")


def is_address(name: str) -> bool:
    """Whether a name is an address of the network or of another kind, not a path."""
    return ADDRESS.match(name) is not None


def find_text(source: Path) -> Path:
    """Find the text file of a source. Raises BuildError when there is none, or more than one could be meant."""
    if source.is_file():  # named by the user, so a link may lead anywhere
        return source
    if not source.is_dir():
        raise BuildError((problem("source-missing", shown(source), f"there is no {shown(source)}"),))
    for name in TEXT_NAMES:
        if (source / name).is_file():
            return found(source / name)
    texts = sorted(
        path for path in source.iterdir() if path.is_file() and path.suffix in MARKDOWN and path.stem.lower() != "readme"
    )
    if not texts:
        raise BuildError((problem("source-missing", shown(source), "the folder holds no Markdown file"),))
    if len(texts) > 1:
        names = ", ".join(path.name for path in texts)
        raise BuildError((problem("source-ambiguous", shown(source), f"the folder holds several texts: {names}"),))
    return found(texts[0])


def found(path: Path) -> Path:
    """Give a text that was found, not named. Raises BuildError where it is a link that leads out of the folder."""
    if not may_read(path, path.parent):
        raise BuildError((_outside(path.name, shown(path)),))
    return path


def locate(name: str, folder: Path, where: str) -> Path | Problem:
    """Give the file that a name means, from the manuscript's folder, or the problem that it may not be read.

    The file need not exist. The problem is ``file-outside``.
    """
    if "\0" in name or is_address(name) or not may_read(folder / name, folder):
        return _outside(name, where)
    return folder / name


def _outside(name: str, where: str) -> Problem:
    return problem("file-outside", where, f"{name[:80]!r} is outside the manuscript's folder")


def oversized(path: Path, kind: str, where: str = "") -> Problem | None:
    """Report a file beyond the limit ``text``, ``picture`` or ``font``, or one that is no plain file: it may never end."""
    most = limits.current().bytes(kind)
    if not path.is_file():
        return problem("file-special", where or shown(path), f"{shown(path)} is not a plain file")
    size = path.stat().st_size
    if size <= most:
        return None
    return problem(
        "limit-size", where or shown(path), f"{shown(path)} has {size / limits.MIB:.1f} MiB; the limit is {most // limits.MIB}"
    )
