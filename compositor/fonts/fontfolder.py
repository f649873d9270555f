"""The author's own fonts: the folder ``fonts/`` beside a text in, faces for the letters that no pinned font has out.

The files are read within the limits of a build; what cannot be used is told.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from compositor.fonts import fontfile, mathfont, typefaces
from compositor.fonts.fontfile import BrokenFont, Font
from compositor.places import shown
from compositor.problems import problem
from compositor.reading import inside

if TYPE_CHECKING:
    from compositor.result import Problem

FOLDER = "fonts"
ENDINGS = (".ttf", ".otf", ".woff2", ".woff")
COLLECTIONS = (".ttc", ".otc")
MOST = 40  # files that are read


def complete(
    folder: Path, letters: str, clusters: tuple[str, ...] = ()
) -> tuple[tuple[typefaces.Face, ...], str, tuple[Path, ...], list[Problem]]:
    """Give faces for as many letters as the fonts of a manuscript's folder have, the letters left over, and the files used.

    A letter comes from the first family, by the names of the files, that has it; a sign that none has, from the font of
    formulas. A mark comes from the first that has the ``clusters`` it stands in whole, and brings their letters along.
    Problems are ``font-broken``, ``file-outside`` and ``limit-size``.
    """
    found, problems = _read(folder) if letters else ([], [])
    if letters:
        path = mathfont.of_formulas()
        found.append(fontfile.read(path, path.read_bytes()))
    faces: list[typefaces.Face] = []
    used: list[Path] = []
    shares = _shared(found, letters, clusters)
    for font in (font for family in shares for font in found if font.family == family):
        taken = shares[font.family]
        codes = sorted(ord(letter) for letter in taken if ord(letter) in font.alphabet)
        if not codes:
            continue
        whole = tuple(cluster for cluster in clusters if taken & set(cluster) and font.carries(cluster))
        try:
            faces += fontfile.faces(font, codes, whole)
            used += [font.path] if font.path.parent == folder / FOLDER else []
        except BrokenFont as error:
            problems.append(problem("font-broken", shown(font.path), str(error)))
    left = set(letters).difference(*shares.values())
    return tuple(faces), "".join(sorted(left)), tuple(used), problems


def _shared(found: list[Font], letters: str, clusters: tuple[str, ...]) -> dict[str, set[str]]:
    """Give the letters that each family is to bring; those of marks that no font has with their letters, as they are had."""
    families: dict[str, list[Font]] = {}
    for font in found:
        families.setdefault(font.family, []).append(font)
    shares: dict[str, set[str]] = {family: set() for family in families}
    left = set(letters)
    for whole in (True, False):
        for family, mine in families.items():
            taken = {letter for letter in left if any(ord(letter) in font.alphabet for font in mine)}
            if whole:
                parted = {cluster for cluster in clusters if not any(font.carries(cluster) for font in mine)}
                taken -= {letter for letter in taken if any(letter in cluster for cluster in parted)}
            shares[family] |= taken
            left -= taken
    return shares


def _read(folder: Path) -> tuple[list[Font], list[Problem]]:
    found: list[Font] = []
    problems: list[Problem] = []
    place = folder / FOLDER
    files = sorted(place.iterdir()) if place.is_dir() and inside.may_read(place, folder) else []
    files = [path for path in files if path.suffix.lower() in (*ENDINGS, *COLLECTIONS)]
    if len(files) > MOST:
        problems.append(problem("font-broken", shown(place), f"the folder has {len(files)} fonts; {MOST} are read"))
    for path in files[:MOST]:
        allowed = inside.locate(f"{FOLDER}/{path.name}", folder, shown(path))
        if wrong := allowed if not isinstance(allowed, Path) else inside.oversized(path, "font"):
            problems.append(wrong)
            continue
        try:
            font = fontfile.read(path, path.read_bytes())
            found.append(replace(font, family=_other(font, found)))
        except BrokenFont as error:
            problems.append(problem("font-broken", shown(path), str(error)))
        except OSError as error:
            problems.append(problem("font-broken", shown(path), f"it cannot be read: {error.strerror}"))
    return found, problems


def _other(font: Font, before: list[Font]) -> str:
    """Give a font's family, or another name where a file of the same family, style and weight has been read."""
    taken = {other.family for other in before if (other.style, other.weight) == (font.style, font.weight)}
    names = (font.family, *(f"{font.family}{number}" for number in range(2, MOST + 2)))
    return next(name for name in names if name not in taken)
