"""Stable archives: files in an order in, a ZIP whose bytes depend on nothing else out."""

from __future__ import annotations

import io
import mimetypes
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date a ZIP can hold; the clock has no say


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Write a ZIP: files in the order given, one date, one mode; ``mimetype`` and pictures are stored, the rest deflated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files:
            info = zipfile.ZipInfo(name, EARLIEST)
            stored = name == "mimetype" or (mimetypes.guess_type(name)[0] or "").startswith(("image/png", "image/jpeg"))
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, wherever this runs
            info.external_attr = 0o644 << 16
            archive.writestr(info, data, compresslevel=9)
    return out.getvalue()
