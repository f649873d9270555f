"""What takes long to make and is the same for every manuscript, kept in the user's cache: bytes in, the same bytes out.

The folder may be deleted, damaged or written by another version at any time: what is kept is named by all that went into
it, and carries its own digest.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 32  # bytes of a digest


def cache_folder() -> Path:
    """Give the folder of all that is kept; safe to delete at any time."""
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "compositor"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "compositor" / "cache"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "compositor"


def kept(kind: str, ingredients: tuple[bytes, ...], make: Callable[[], bytes]) -> bytes:
    """Give what ``make`` gives, made once for the same ``ingredients``; ``kind`` names the folder inside the cache."""
    name = _digest(b"".join(_digest(item) for item in ingredients)).hex()
    path = cache_folder() / kind / name
    try:
        data = path.read_bytes()
        if data[:SIZE] == _digest(data[SIZE:]):  # what is damaged is made again
            return data[SIZE:]
    except OSError:
        pass
    made = make()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(_digest(made) + made)
        Path(file.name).replace(path)
    except OSError:
        pass  # no cache is slower, not wrong
    return made


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=SIZE).digest()
