"""The pinned fonts: found in their packages, one weight each for print, cut to the text's alphabet for screens and e-readers.

HarfBuzz cuts a font in milliseconds. Packing one as WOFF2 takes a second or so, and the same text asks for the same
font again; those are kept in the user's cache, named by what went into them.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tempfile
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Face:
    """One file of a family; ``weight`` is a CSS weight or range."""

    family: str
    style: str  # normal or italic
    weight: str
    package: str
    file: str

    @property
    def path(self) -> Path:
        """Where the package keeps the file."""
        return Path(str(files(self.package) / "files" / self.file))


FACES = (
    Face("EB Garamond", "normal", "400 800", "fontpkg_eb_garamond", "EBGaramond[wght].ttf"),
    Face("EB Garamond", "italic", "400 800", "fontpkg_eb_garamond", "EBGaramond-Italic[wght].ttf"),
    Face("Source Sans 3", "normal", "200 900", "fontpkg_source_sans_3", "SourceSans3[wght].ttf"),
    Face("Source Sans 3", "italic", "200 900", "fontpkg_source_sans_3", "SourceSans3-Italic[wght].ttf"),
    Face("Source Code Pro", "normal", "200 900", "fontpkg_source_code_pro", "SourceCodePro[wght].ttf"),
)

WEIGHTS = (400, 600, 700)  # of print
ADDRESS = "compositor:font/"
NAMES = (*range(7), 13, 14)  # OpenType's name table: who made it, what it is called, its licence

# What the style sheets ask for; every other feature is left out of a cut.
FEATURES = [
    "kern",
    "liga",
    "clig",
    "calt",
    "ccmp",
    "locl",
    "mark",
    "mkmk",
    "onum",
    "pnum",
    "lnum",
    "tnum",
    "smcp",
    "c2sc",
    "sups",
]

# A cut covers whole blocks, so that an edit rarely needs a new one. Unicode 17, Blocks.txt.
BLOCKS = (
    (0x0020, 0x00FF), (0x0100, 0x024F), (0x0250, 0x02FF), (0x0300, 0x036F), (0x0370, 0x03FF), (0x0400, 0x052F),
    (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x218F),
    (0x2190, 0x21FF), (0x2200, 0x22FF), (0xFB00, 0xFB06),
)  # fmt: skip
ALWAYS = (0x0020, 0x2000, 0x2190)


def blocks_of(text: str) -> tuple[tuple[int, int], ...]:
    """Give the Unicode blocks a text needs, the basic ones always."""
    used = {ord(character) for character in text}
    return tuple(block for block in BLOCKS if block[0] in ALWAYS or any(block[0] <= code <= block[1] for code in used))


@lru_cache(maxsize=8)
def _alphabet(path: Path) -> frozenset[int]:
    import uharfbuzz

    return frozenset(uharfbuzz.Face(path.read_bytes()).unicodes)


def missing(text: str) -> str:
    """Give the characters that no pinned text or sans face has, in order, each once."""
    known = _alphabet(FACES[0].path) | _alphabet(FACES[2].path) | _alphabet(FACES[4].path)
    return "".join(
        sorted(
            character
            for character in set(text)
            if ord(character) not in known and unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp")
        )
    )


def cache_folder() -> Path:
    """Give the folder for cuts; safe to delete at any time."""
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "compositor"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "compositor" / "cache"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "compositor"


def cut(face: Face, blocks: tuple[tuple[int, int], ...] = (), weight: int | None = None) -> bytes:
    """Give a face as TrueType, with only these blocks if any are named; ``weight`` pins a variable face."""
    import uharfbuzz

    opened = uharfbuzz.Face(face.path.read_bytes())
    wanted = uharfbuzz.SubsetInput()
    if blocks:
        wanted.unicode_set.update(code for start, end in blocks for code in range(start, end + 1))
        wanted.layout_feature_tag_set.clear()
        wanted.layout_feature_tag_set.update(int.from_bytes(tag.encode()) for tag in FEATURES)
        wanted.name_id_set.update(NAMES)
        wanted.flags |= uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    else:
        wanted.keep_everything()
    if weight is not None:
        wanted.pin_axis_location(opened, "wght", weight)
    data: bytes = wanted.subset(opened).blob.data
    return data


@lru_cache(maxsize=32)
def of_address(address: str) -> bytes:
    """Give the face that a style sheet of print names by an address of ``for_print``."""
    index, weight = address.removeprefix(ADDRESS).split("/")
    return cut(FACES[int(index)], weight=int(weight))


def for_print(*families: str) -> list[dict[str, Any]]:
    """Give the faces that style sheets of print may ask for, as ``@font-face`` needs them; of all families if none is named.

    One weight each: WeasyPrint would make a variable face static again on every write, which takes longer than the rest.
    """
    return [
        {"family": face.family, "style": face.style, "weight": weight, "url": f"{ADDRESS}{index}/{weight}"}
        for index, face in enumerate(FACES)
        if not families or face.family in families
        for weight in WEIGHTS
    ]


def woff2(face: Face, blocks: tuple[tuple[int, int], ...]) -> bytes:
    """Give a variable face with only these blocks as WOFF2."""
    from fontTools import version

    data = cut(face, blocks)
    name = hashlib.sha256(version.encode() + b"\0" + data).hexdigest()
    kept = cache_folder() / "fonts" / name
    try:
        packed = kept.read_bytes()
        if packed[:32] == hashlib.sha256(packed[32:]).digest():  # a damaged file is made again
            return packed[32:]
    except OSError:
        pass
    packed = _pack(data)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
            file.write(hashlib.sha256(packed).digest() + packed)
        Path(file.name).replace(kept)
    except OSError:
        pass  # no cache is slower, not wrong
    return packed


def _pack(data: bytes) -> bytes:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
