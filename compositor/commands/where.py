"""Where a line is: a line's number or a place in the source, and the maps of review copies, in; the lines meant out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.editions import linemap
from compositor.options import MARKED
from compositor.places import shown
from compositor.setting.alignment import Index, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from compositor.result import Line

AROUND = 2  # lines before and behind that help to tell a passage from its like


class Nowhere(Exception):  # noqa: N818 - what was asked for, not what went wrong in us
    """There is no such line or map; the message says which."""


def find_map(place: Path) -> Path:
    """Give the map that a path means: itself, or the only one in a folder. Raises Nowhere.

    A copy with changes marked has lines of its own; it is meant where there is no other.
    """
    found = [place] if place.is_file() else sorted(place.glob(f"*{linemap.ENDING}"))
    found = [path for path in found if MARKED not in path.name] or found
    if len(found) != 1:
        many = "more than one map" if found else "no map"
        raise Nowhere(f"there is {many} of a review copy in {shown(place)}; `compositor build --review` makes one")
    return found[0]


def load(path: Path) -> tuple[Line, ...]:
    """Read a map. Raises Nowhere."""
    try:
        return linemap.read(path.read_bytes())
    except (OSError, linemap.Unreadable) as error:
        raise Nowhere(f"{shown(path)}: {error}") from None


def look_up(asked: str, lines: Sequence[Line]) -> list[Line]:
    """Find what is asked for: ``214``, ``9:14`` (page and line on it), or ``article.md:41``. Raises Nowhere."""
    if asked.isdecimal():
        found = [line for line in lines if line.number == int(asked)]
    elif match := re.fullmatch(r"(\d+):(\d+)", asked):
        found = [line for line in lines if (line.page, line.on_page) == (int(match[1]), int(match[2]))]
    elif match := re.fullmatch(r"(.*\D.*):(\d+)", asked):
        name, number = match[1].replace("\\", "/").removeprefix("./"), int(match[2])
        files = {line.file for line in lines if line.file}
        ours = {file for file in files if f"/{name}".endswith(f"/{file}") or f"/{file}".endswith(f"/{name}")}
        found = [line for line in lines if line.file in ours and line.first <= number <= line.last]
    else:
        raise Nowhere(f"{asked!r} is no line; write 214, 9:14 for line 14 of page 9, or article.md:41")
    if not found:
        raise Nowhere(f"nothing is printed from {asked}" if re.search(r"\D:", asked) else f"there is no line {asked}")
    return found


def carry_over(line: Line, old: Sequence[Line], new: Sequence[Line]) -> list[Line]:
    """Find a line of an old copy in a new one: the lines that now say half of its words or more, or none."""
    at = old.index(line)
    passage: list[str] = []
    for near in old[max(0, at - AROUND) : at]:
        passage += words_of(near.text)
    own = range(len(passage), len(passage) + len(words_of(line.text)))
    for near in old[at : at + AROUND + 1]:
        passage += words_of(near.text)
    words = [(word, there) for there in new for word in words_of(there.text)]
    found = Index([word for word, _ in words]).find(passage)
    pairs = {place: found.pairs[place] for place in own if place in found.pairs} if found else {}
    if 2 * len(pairs) < max(1, len(own)):
        return []
    return list(dict.fromkeys(words[place][1] for place in pairs.values()))


def source_of(line: Line, path: Path) -> str:
    """Give the place of a line as a person would type it; the sources are looked for above the map."""
    if not line.file:
        return "the program's own words"
    folder = next((folder for folder in path.resolve().parents if (folder / line.file).is_file()), None)
    name = shown(folder / line.file) if folder else line.file
    return f"{name}:{line.first}" + (f"–{line.last}" if line.last > line.first else "")
