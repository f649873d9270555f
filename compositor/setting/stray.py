"""Lines of marks that Pandoc took for words: what the filter found in, the line of each in the author's file out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.places import Places, at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.model import Manuscript

FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})([^`\n]*)")
POSSIBLE = re.compile(r"^[ \t>*+-]*(?::::|```|~~~)|\{#(?:tbl|tab)[-:]|\^\[", re.MULTILINE | re.IGNORECASE)
BRACKET = re.compile(r"(?<!\\)(?:\^\[[^\s\[\]^]*\)\^|\^?\[|\])")  # the first is raised, and no note: x^[1,2)^
CLOSING = {"^[": "]", "](": ")"}  # a note in the text, and the address of a link or picture
ADDRESS = re.compile(r"(?<!\\)(?:\]\(|[()])")
BLOCK = re.compile(r"(?:[ \t>]|[-*+][ \t])*(:{3,})[ \t]*(\{.*\}|[^\s{}]*)[ \t]*:*[ \t]*")


class Strays:
    """Gives the strays of a manuscript one after another: the filter and this meet them in the same order."""

    def __init__(self, manuscript: Manuscript) -> None:
        self.places = Places(manuscript.path, manuscript.source)
        lines = self.places.prose.split("\n")
        links = list(_unclosed(lines, ADDRESS, "]("))
        self.possible = (
            bool(links) or POSSIBLE.search(self.places.prose) is not None
        )  # else the filter need not look at every word
        notes = list(_unclosed(lines, BRACKET, "^[")) if self.possible else []
        self.notes = bool(notes)  # as before
        self.waiting = [*_blocks(lines), *_code(lines), *notes, *links] if self.possible else []

    def where(self, subject: str) -> str:
        """Give the place of what the filter tells of by a kind and a mark.

        Those are "::: :::note", "- :::", "code ```", "note ^[", "link ](" or "caption tbl-one". The place is empty for what is
        told already, and for what no line is surely: its author may have escaped it.
        """
        kind, _, mark = subject.partition(" ")
        if kind == "caption":
            return self.places.label(mark)
        found = next((item for item in self.waiting if item[0] == mark), None)
        if found is None:
            return ""
        self.waiting.remove(found)
        return at(self.places.path, found[1]) if kind != "-" else ""


def _blocks(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Find each ::: that closes nothing, or cannot open a block since words stand on the line before."""
    depth = 0
    after_words = False
    for number, line in enumerate(lines, start=1):
        fence = BLOCK.fullmatch(line)
        if fence and not fence[2] and depth:
            depth -= 1
        elif fence and fence[2] and not after_words:
            depth += 1
        elif fence:
            yield fence[1] + re.sub(r"\s+", "", fence[2]), number
            after_words = True
            continue
        after_words = not fence and bool(line.strip(" \t>")) and not line.startswith("#")


def _unclosed(lines: list[str], signs: re.Pattern[str], opener: str) -> Iterator[tuple[str, int]]:
    """Find each opener, a note's or an address's, whose paragraph ends before it does; ``signs`` are all that open or close."""
    opened: list[int] = []  # of each sign that is open, the line if it is this opener, or else 0
    for number, line in enumerate([*lines, ""], start=1):
        if not line.strip(" \t>"):
            yield from ((opener, start) for start in opened if start)
            opened = []
        for sign in signs.finditer(line):
            if sign[0] == CLOSING[opener]:
                del opened[-1:]
            elif sign[0] in (opener, opener[-1]):
                opened.append(number if sign[0] == opener else 0)


def _code(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Find each fence of code that has no other behind it to close it."""
    number = 0
    hopeless: dict[str, int] = {}  # sign → length of a fence that nothing closed; nor does it a later one that is as long
    while number < len(lines):
        if fence := FENCE.fullmatch(lines[number]):
            sign, length = fence[1][0], len(fence[1])
            closing = re.compile(rf"[ \t>]*{fence[1]}{sign}*[ \t]*")
            left = range(number + 1, len(lines)) if length < hopeless.get(sign, length + 1) else ()
            closed = next((later for later in left if closing.fullmatch(lines[later])), None)
            if closed is None:
                hopeless[sign] = min(length, hopeless.get(sign, length))
                yield fence[1][:3], number + 1
            else:
                number = closed
        number += 1
