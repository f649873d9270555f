"""What takes long to make and is the same for every manuscript, kept in the user's cache: bytes in, the same bytes out.

The folder may be deleted, damaged or written by another version at any time: what is kept is named by all that went into
it and by the code that made it, and carries its own digest. What has not been used for longest makes room.
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from compositor import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 32  # bytes of a digest
MOST_BYTES = 48_000_000  # of a folder of the cache
MOST_FILES = 400


def cache_folder() -> Path:
    """Give the folder of all that is kept; safe to delete at any time."""
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "compositor"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "compositor" / "cache"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "compositor"


def kept(kind: str, ingredients: tuple[bytes, ...], make: Callable[[], bytes]) -> bytes:
    """Give what ``make`` gives, made once for the same ``ingredients``; ``kind`` names the folder inside the cache.

    What else decides the bytes must be among the ingredients, such as the version of a library. The code of the module that
    ``make`` is in need not.
    """
    name = _digest(b"".join(_digest(item) for item in (_code(make), *ingredients))).hex()
    path = cache_folder() / kind / name
    if (data := read(path)) is not None:
        return data
    made = make()
    write(path, made)
    return made


def _code(make: Callable[[], bytes]) -> bytes:
    made_by = make.func if isinstance(make, partial) else make
    return source(str(sys.modules[made_by.__module__].__file__))


@cache
def source(file: str) -> bytes:
    """Give what names the code in a file, among the ingredients of what it makes."""
    return __version__.encode() + Path(file).read_bytes()


def read(path: Path) -> bytes | None:
    """Give what was kept under a path in the cache; None where it is gone or damaged."""
    try:
        data = path.read_bytes()
        if data[:SIZE] != _digest(data[SIZE:]):
            return None
        os.utime(path)
    except OSError:
        return None
    return data[SIZE:]


def write(path: Path, data: bytes) -> None:
    """Keep bytes under a path in the cache, where it can be written: no cache is slower, not wrong."""
    import tempfile  # only where something is written: it takes long to load

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(_digest(data) + data)
        Path(file.name).replace(path)
        _make_room(path.parent)
    except OSError:
        pass


def _make_room(folder: Path) -> None:
    """Take out the files that have not been used for longest."""
    with os.scandir(folder) as entries:
        stats = [(entry.stat(), entry.path) for entry in entries if entry.is_file()]
    total = 0
    for number, (stat, path) in enumerate(sorted(stats, key=lambda item: -item[0].st_mtime_ns), 1):
        total += stat.st_size
        if number > MOST_FILES or total > MOST_BYTES:
            Path(path).unlink(missing_ok=True)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=SIZE).digest()
