"""Searching a blind copy: finished files in; every place that still tells who wrote the article, as problems, out.

A family name alone may be a word of a format's syntax, as Page and Lang are: it is looked for in words, and without those of
ours (``ours.py``); whole names and everything else are looked for everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compositor.blinding.identity import LEAST, folded
from compositor.blinding.ours import Ours
from compositor.blinding.piece import BINARY, SYNTAX
from compositor.blinding.pieces import take_apart
from compositor.problems import problem
from compositor.proof.expected import INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compositor.blinding.identity import Identity, Needle
    from compositor.result import Artifact, Problem


AROUND = 24  # signs of the text that are told on each side of what was found


@dataclass(frozen=True, slots=True)
class Leak:
    """A place that tells of somebody."""

    where: str
    needle: Needle
    words: str  # what was found, with a little of what stands around it


def check(artifacts: Iterable[Artifact], who: Identity) -> list[Problem]:
    """Find every place of the artifacts that tells of somebody."""
    told: dict[tuple[str, str, Needle], str] = {}
    for artifact in artifacts:
        for leak in find(artifact.name, artifact.data, who.needles, who.ours):
            told.setdefault((artifact.name, leak.where, leak.needle), leak.words)
    return [
        problem("blind-leak", name, f"{where} has the {needle.kind} “{needle.text}”: {words}")
        for (name, where, needle), words in told.items()
    ]


def scan(name: str, data: bytes, needles: Iterable[Needle], own: Ours | None = None) -> Iterator[tuple[str, Needle]]:
    """Give the places in a file, its name among them, and what each holds."""
    yield from ((leak.where, leak.needle) for leak in find(name, data, needles, own))


def find(name: str, data: bytes, needles: Iterable[Needle], own: Ours | None = None) -> Iterator[Leak]:
    """Give the places in a file that hold something, with what was found. ``own`` says what is ours in it."""
    own = own or Ours()
    patterns = [(needle, re.compile(needle.pattern), re.compile(needle.whole)) for needle in needles]
    for where, text, kind in take_apart(name, data):
        plain = folded(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
        hidden = ""  # the same without what is ours: made only where something is found, which is rare
        for needle, pattern, whole in patterns:
            least = LEAST if kind == BINARY else 0
            if not _found(whole if kind == SYNTAX else pattern, plain, least):
                continue
            hidden = hidden or own.hidden(plain)
            match = _found(whole, hidden, least)
            if not match and kind != SYNTAX:
                match = _found(pattern, own.alone(plain), least)
            if match:
                yield Leak(where, needle, _around(plain, match))


def _found(pattern: re.Pattern[str], text: str, least: int) -> re.Match[str] | None:
    """Find the first place of at least so many signs."""
    return next((match for match in pattern.finditer(text) if len(match[0]) >= least), None)


def _around(text: str, match: re.Match[str]) -> str:
    """Quote what was found, from word to word, on one line and without what cannot be printed."""
    before = text[max(0, match.start() - AROUND) : match.start()]
    behind = text[match.end() : match.end() + AROUND]
    before = before.partition(" ")[2] if match.start() > AROUND and " " in before else before
    behind = behind.rpartition(" ")[0] if match.end() + AROUND < len(text) and " " in behind else behind
    said = "".join(sign if sign.isprintable() else " " for sign in f"{before}{match[0]}{behind}")
    return f"“{' '.join(said.split())}”"
