"""Which letters no font has: what is to be set in, the author's fonts that complete ours out, and a problem for each place.

No font of the machine stands in: another machine has another. Only what is drawn here needs a font here, as pages and
pictures are; a reader's device has fonts of its own for a web page, an e-book or a Word document.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

from compositor.fonts import alphabets, fontfolder, typefaces
from compositor.places import at, shown
from compositor.problems import problem
from compositor.reading import inside
from compositor.reading.characters import MOST
from compositor.references.entries import Entries
from compositor.result import BuildError
from compositor.templating import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from compositor.model import Document, Manuscript
    from compositor.result import Problem

NAMED = 12  # letters of one place that a problem names
# fonts that have letters which authors cite most, by the first word of the letters' names in Unicode
ADVICE = {
    "CJK": "Noto Serif SC",
    "KANGXI": "Noto Serif SC",
    "IDEOGRAPHIC": "Noto Serif SC",
    "FULLWIDTH": "Noto Serif SC",
    "HIRAGANA": "Noto Serif JP",
    "KATAKANA": "Noto Serif JP",
    "HANGUL": "Noto Serif KR",
}


def accompany(
    manuscript: Manuscript, document: Document, said: str, drawn: str, pictures: Iterable[Path]
) -> tuple[tuple[typefaces.Face, ...], tuple[Path, ...], list[Problem]]:
    """Give the faces that what is ``said`` needs beside our families or in their places, and the author's files among them.

    ``drawn`` is what is drawn here, on pages or in pictures: for each letter of it that no font has there is a problem. The
    ``pictures`` are those whose words count.
    """
    missing = alphabets.missing(said)
    faces, left, used, problems = fontfolder.complete(manuscript.folder, missing, alphabets.clusters(said, missing))
    lacking = set(left) & set(drawn)
    if lacking:
        problems += _told(_places(manuscript, document, lacking, pictures))
    return (*alphabets.anchored(said), *alphabets.beside(said), *faces), used, problems


def _places(manuscript: Manuscript, document: Document, letters: set[str], pictures: Iterable[Path]) -> dict[str, str]:
    """Find where each letter stands first: in the text, its metadata, data or drawings, or in a work of its bibliography."""
    from compositor.records.provenance import texts

    own = shown(manuscript.path)
    paths = (path for path in (*texts(manuscript), *pictures) if path.is_file() and not inside.oversized(path, "text"))
    files = ((path, path.read_bytes().decode("utf-8", "replace")) for path in paths)
    found = _in_files([(manuscript.path, manuscript.source), *files], letters, own)
    if escaped := {letter for letter in letters if found[letter] == own}:
        entries = Entries(manuscript)
        for work in document.library:
            inside_of = escaped & set(json.dumps(work, ensure_ascii=False))
            found |= dict.fromkeys(inside_of, entries.where(work["id"]))
            escaped -= inside_of
    return found


def _told(found: dict[str, str]) -> list[Problem]:
    """Report the letters, one problem a place; the places in order of file and line."""
    groups: dict[str, list[str]] = {}
    for letter in sorted(found):
        groups.setdefault(found[letter], []).append(letter)

    def order(where: str) -> tuple[str, int]:
        path, _, line = where.rpartition(":")
        return (path, int(line)) if line.isdecimal() else (where, 0)

    wheres = sorted(groups, key=order)
    problems = [problem("font-missing", where, _named(groups[where])) for where in wheres[:MOST]]
    if rest := [letter for where in wheres[MOST:] for letter in groups[where]]:
        problems.append(problem("font-missing", wheres[MOST], f"{_named(rest)}, and in places after this one"))
    return problems


def _named(letters: list[str]) -> str:
    """Say which letters have no font, and name a font that has such, where there is a usual one."""
    listed = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in letters[:NAMED])
    more = f" and {len(letters) - NAMED} more" if len(letters) > NAMED else ""
    kinds = {re.split(r"[ -]", unicodedata.name(letter, ""))[0] for letter in letters}
    advice = sorted({ADVICE[kind] for kind in kinds if kind in ADVICE})
    return f"no font has {listed}{more}" + (f"; {' or '.join(advice)} has such letters" if advice else "")


@contextmanager
def watched(name: str, templates: tuple[Path, ...]) -> Iterator[None]:
    """Raise BuildError where a page that is written meanwhile has a letter that no font has.

    What a template of the author's, or its style sheet, brings forth is known no earlier. WeasyPrint draws an empty box for
    it, and only says so. ``name`` is that of the file, for a letter that none of the ``templates`` spells out.
    """
    lacking: dict[str, None] = {}

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if str(record.msg).startswith(".notdef glyph") and isinstance(record.args, tuple):
                lacking[str(record.args[0])] = None

    listener, logger = Listener(logging.WARNING), logging.getLogger("weasyprint")
    logger.addHandler(listener)
    try:
        yield
    finally:
        logger.removeHandler(listener)
    if letters := {letter for letter in lacking if not alphabets.unseen(letter)}:
        raise BuildError(tuple(_told(_in_files(written(templates), letters, name))))


def _in_files(files: Iterable[tuple[Path, str]], letters: set[str], otherwise: str) -> dict[str, str]:
    """Find the line that each letter stands in first."""
    found = dict.fromkeys(letters, otherwise)
    for path, text in files:
        for letter in sorted(letters):
            if found[letter] == otherwise and (place := text.find(letter)) >= 0:
                found[letter] = at(path, text.count("\n", 0, place) + 1)
    return found
