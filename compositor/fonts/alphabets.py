"""Which letters a face has: a text in; what it needs, and what no face of ours has, out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from compositor.fonts.typefaces import FACES, SCRIPTS, TEXT, Face

if TYPE_CHECKING:
    from pathlib import Path

# Unicode 17, DerivedCoreProperties.txt, Default_Ignorable_Code_Point: those that are letters or marks
IGNORABLE = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
)  # fmt: skip


def anchored(text: str) -> tuple[Face, ...]:
    """Give the faces that take the place of the text's where it has a letter and a mark that are not one sign: ɔ̃, ы́, r̥.

    Making them takes some seconds, once, and few texts need them.
    """
    known = alphabet(FACES[0].path)
    composed = unicodedata.normalize("NFC", text)
    apart = "".join(sign if ord(sign) in known else unicodedata.normalize("NFD", sign) for sign in sorted(set(composed)))
    if not any(unicodedata.combining(sign) and ord(sign) in known for sign in apart):
        return ()
    return tuple(replace(face, anchored=True) for face in FACES if face.family in TEXT)


@lru_cache(maxsize=8)
def alphabet(path: Path) -> frozenset[int]:
    """Give the letters that a font has, by their numbers."""
    import uharfbuzz

    return frozenset(uharfbuzz.Face(path.read_bytes()).unicodes)


def beside(text: str) -> tuple[Face, ...]:
    """Give the faces that complete the families for the letters of a text, each for the blocks that the text has of it."""
    used = {ord(character) for character in set(text)}
    cut = {
        face: tuple((start, end) for start, end in face.blocks if any(start <= code <= end for code in used))
        for face in SCRIPTS
    }
    return tuple(replace(face, blocks=blocks) for face, blocks in cut.items() if blocks)


def beyond_text(text: str) -> bool:
    """Whether a text has letters that the family of the text lacks."""
    return any(ord(letter) not in alphabet(FACES[0].path) and not unseen(letter) for letter in text)


def missing(text: str) -> str:
    """Give the characters that no pinned text or sans face has, in order, each once."""
    known = alphabet(FACES[0].path) | alphabet(FACES[2].path) | alphabet(FACES[4].path)
    known = known.union(*(alphabet(face.path) for face in beside(text)))
    return "".join(sorted(item for item in set(text) if ord(item) not in known and not unseen(item)))


def clusters(text: str, letters: str) -> tuple[str, ...]:
    """Give the clusters of a text, each a sign with its marks, that have a mark among these letters; each once, in order."""
    marks = {sign for sign in set(text) if unicodedata.category(sign).startswith("M")}
    if marks.isdisjoint(letters):
        return ()
    some = "".join(map(re.escape, sorted(marks)))
    found = set(re.findall(rf"[^\s{some}][{some}]+", text))
    return tuple(sorted(cluster for cluster in found if not set(letters).isdisjoint(cluster[1:])))


@lru_cache(maxsize=1)
def upright_only() -> re.Pattern[str]:
    """Give what finds letters with marks where the text's italic has the marks alone."""
    upright, italic = (alphabet(face.path) for face in FACES[:2])
    letters = "".join(re.escape(chr(code)) for code in sorted(upright - italic) if chr(code).isalpha())
    marks = "".join(re.escape(chr(code)) for code in sorted(upright) if unicodedata.combining(chr(code)))
    return re.compile(f"[{letters}][{marks}]+")


def unseen(character: str) -> bool:
    """Whether a character needs no glyph: spaces and orders, and what changes the form of the one before."""
    return unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp") or any(
        start <= ord(character) <= end for start, end in IGNORABLE
    )
