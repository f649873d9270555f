"""Pictures of style sheets: an author's sheet in, the same with the pictures that it names inside it out.

``url(logo.svg)`` means a file beside the style sheet, within the folder of templates or of the profile. It goes through
what every picture goes through, and stands in the sheet as ``data:``, so that PDF, e-book and web page all have it.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from lxml import etree

from compositor.places import at
from compositor.problems import problem
from compositor.reading import inside
from compositor.result import BuildError

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.setting.media import Media

NAMED = re.compile(r"""\burl\(\s*(["']?)(?P<name>[^"'()\s{}]+\.(?:svg|png|jpe?g|gif|webp))\1\s*\)""", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def embed(text: str, sheet: Path, folder: Path) -> str:
    """Put the pictures that a style sheet names into it; ``folder`` is what they must lie in, be it one's own.

    Other addresses stay as they are. Raises BuildError, with the line, for a picture that is not there, lies outside of
    the folder, or cannot be shown.
    """
    comments = [match.span() for match in COMMENT.finditer(text)]

    def put(match: re.Match[str]) -> str:
        if inside.is_address(match["name"]) or any(start < match.start() < end for start, end in comments):
            return match[0]
        picture = _picture(match["name"], sheet, folder, at(sheet, text.count("\n", 0, match.start()) + 1))
        return f'url("data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}")'

    return NAMED.sub(put, text)


def _picture(name: str, sheet: Path, folder: Path, where: str) -> Media:
    """Read a picture, cleaned. Raises BuildError."""
    from compositor.setting import media

    path = sheet.parent / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BuildError((problem("file-outside", where, f"{name[:80]!r} is outside the folder {folder.name}"),))
    if not path.exists():
        raise BuildError((problem("image-missing", where, f"there is no image {name[:80]} beside the style sheet"),))
    if wrong := inside.oversized(path, "picture", where):
        raise BuildError((wrong,))
    try:
        found = media.load(path.read_bytes(), "picture")
        if found.dropped:
            raise ValueError(f"it holds {found.dropped[0][1]}")
        return media.as_png(found) if found.media_type == media.TYPES["WEBP"] else found
    except (ValueError, OSError, etree.XMLSyntaxError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BuildError((problem("image-unreadable", where, f"{name[:80]}: {said}"),)) from None
