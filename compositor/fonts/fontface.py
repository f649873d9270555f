"""Fonts in style sheets: faces in, what ``@font-face`` and ``font-family`` say of them out; an address in, its font out.

In print each weight is a font of its own: WeasyPrint would make a variable face static again on every write.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache, partial
from importlib.metadata import version
from typing import Any

from compositor.fonts.cutting import cut
from compositor.fonts.typefaces import FACES, SCRIPTS, WEIGHTS, Face, ours
from compositor.running.kept import kept

ADDRESS = "compositor:font/"

# what asks for fonts: not a rule that brings one, but a declaration, or the attribute of a drawing
ASKED = re.compile(
    r"(?P<face>@font-face\s*\{[^}]*\})|\bfont-family=(?P<mark>['\"])(?P<inside>.*?)(?P=mark)|\bfont(?:-family)?\s*:[^;{}]*"
)


def accompany(css: str, faces: tuple[Face, ...]) -> str:
    """Name the faces behind the families that they complete, in style sheets and in the attributes of drawings."""
    behind: dict[str, dict[str, None]] = {}
    for face in faces:
        for family in face.beside:
            behind.setdefault(family, {})[face.family] = None
    if not behind:
        return css

    def named(match: re.Match[str]) -> str:
        return ", ".join([match[0], *behind[match[2]]])

    names = re.compile(rf"(['\"]?)\b({'|'.join(behind)})\b\1")

    def completed(match: re.Match[str]) -> str:
        if match["face"]:
            return match[0]
        start = match.start("inside") - match.start() if match["inside"] else 0
        end = match.end("inside") - match.start() if match["inside"] else len(match[0])
        return match[0][:start] + names.sub(named, match[0][start:end]) + match[0][end:]

    return ASKED.sub(completed, css)


def accompany_page(page: str, faces: tuple[Face, ...]) -> str:
    """Do the same to the style sheets at the head of a page."""
    head, end, body = page.partition("</head>")
    return re.sub(r"<style>.*?</style>", lambda match: accompany(match[0], faces), head, flags=re.DOTALL) + end + body


def dressed(page: str, more: tuple[Face, ...]) -> str:
    """Give a page of print that a template of the author's made without fonts ours: it can have no other."""
    if "@font-face" in page:
        return page
    rules = "".join(
        f'@font-face {{ font-family: "{face["family"]}"; font-style: {face["style"]}; font-weight: {face["weight"]}; '
        f'src: url("{face["url"]}") }}\n'
        for face in for_print(more)
    )
    head = re.search(r"<head\b[^>]*>", page) or re.search(r"<html\b[^>]*>", page)
    at = head.end() if head else 0
    return f"{page[:at]}<style>{rules}</style>{page[at:]}"


def of_address(address: str, more: tuple[Face, ...] = ()) -> bytes:
    """Give the face that a style sheet of print names by an address of ``for_print``; ``more`` are those it was given."""
    name, weight = address.removeprefix(ADDRESS).split("/")
    face = (*FACES, *SCRIPTS)[int(name)] if name.isdecimal() else next(item for item in more if _address(item) == name)
    return _printed(face, int(weight))


@lru_cache(maxsize=64)
def _printed(face: Face, weight: int) -> bytes:
    make = partial(cut, face, face.blocks, weight)
    if face.beside:
        return make()
    return kept("fonts", (version("uharfbuzz").encode(), face.read(), str(weight).encode()), make)


@lru_cache(maxsize=64)
def _address(face: Face) -> str:
    """Name one of the author's faces, or one with anchors."""
    return f"anchored-{face.style}" if face.anchored else f"own-{hashlib.sha256(face.data).hexdigest()}"


def for_print(more: tuple[Face, ...], *families: str) -> list[dict[str, Any]]:
    """Give the faces that style sheets of print may ask for, as ``@font-face`` needs them; of all families if none is named.

    ``more`` are those that stand beside them. One weight each: WeasyPrint would make a variable face static again on every
    write, which takes longer than the rest.
    """
    own = {face: _address(face) for face in more if face.data}
    named = {face.family for face in more if face.beside and not face.data}
    known = {face: _address(face) if face.anchored else str(index) for index, face in enumerate((*ours(more), *SCRIPTS))}
    return [
        {"family": face.family, "style": face.style, "weight": weight, "url": f"{ADDRESS}{address}/{weight}"}
        for face, address in (known | own).items()
        if (face.data or face.family in named if face.beside else not families or face.family in families)
        for weight in (WEIGHTS if " " in face.weight else (int(face.weight),))
    ]
