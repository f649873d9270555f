"""The printed page's words against the document's: pages of words in, differences out.

A page of a PDF gives its words in one stream: running head, text, notes, and figures and tables wherever they were
put. The stream is taken apart (matcher.py) against what is expected: every word of the file must belong to something, once,
and everything expected must be there, in its order.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from compositor.direction import ANY
from compositor.proof import reversed as backwards
from compositor.proof.expected import Difference, Island
from compositor.proof.matcher import Matcher

if TYPE_CHECKING:
    from compositor.proof.expected import Expected, Word


def compare_pages(
    wanted: Expected, pages: list[list[str]], heads: list[list[str]], front: list[str], contents: list[str], first: int = 1
) -> list[Difference]:
    """Compare a PDF's pages with the document.

    ``heads`` are the two forms of the running head; ``front`` the words of the title block and the imprint;
    ``contents`` those of the table of contents, without its page numbers; ``first`` the number of the first page.
    """
    anywhere: Counter[str] = Counter()
    found: list[Difference] = []
    if any(ANY.search(word) for page in pages for word in page):
        parted = backwards.part(wanted, pages, heads, front, contents)
        wanted, pages, heads, front, contents = parted.wanted, parted.pages, parted.heads, parted.front, parted.contents
        anywhere, found = parted.anywhere, parted.differences
    flow = [*wanted.abstract, *wanted.flow]
    # a sign by itself (a stop behind a formula, or the end of a proof below it) is counted, but poppler may put it anywhere
    runs = [list(run) for _, run in groupby(flow, key=_is_loose)]
    flow = [word if any(map(_says, run)) else replace(word, loose=False) for run in runs for word in run]
    signs = [word.text for word in flow if not _says(word) and not word.loose]
    furniture = Counter([*front, *wanted.marks, *signs])
    words: list[Word] = []
    gaps: list[int] = []
    for word in flow:
        if word.loose:
            gaps.append(len(words))
        elif _says(word):
            words.append(word)
    # each run of them by itself: short as they may be, they are known by half of their words
    runs = [list(group) for loose, group in groupby(flow, key=_is_loose) if loose]
    starts = accumulate((len(run) for run in runs), initial=0)
    loose = [Island(run[0].item, [], [], [], run, gaps[start]) for run, start in zip(runs, starts, strict=False)]
    furniture.update(str(place) for place, note in enumerate(wanted.notes, start=1) if not note)
    matcher = Matcher(words, wanted.notes, furniture, [*wanted.islands, *loose], anywhere, gaps)
    for number, page in enumerate((page for page in _without_contents(pages, contents) if page), start=first):
        furniture[str(number)] += 1
        if number > first:
            furniture.update(heads[number % 2])
            matcher.run(_without_head(page, heads[number % 2], str(number), furniture))
        else:
            matcher.run(page)
    if rest := words[matcher.at :]:
        matcher.differences.append(Difference(rest[0].item, " ".join(word.text for word in rest[:12]), ""))
    for index in (index for index in range(matcher.note, len(wanted.notes)) if wanted.notes[index]):
        lost = " ".join(word.text for word in wanted.notes[index][:12])
        matcher.differences.append(Difference(f"note {index + 1}", lost, ""))
    if rest := matcher.inside or matcher.waiting:
        matcher.differences.append(Difference(rest[0].item, " ".join(word.text for word in rest[:12]), ""))
    for met in matcher.begun:
        if met.rest:
            matcher.differences.append(Difference(met.item, " ".join(met.rest.elements()), ""))
    for island in matcher.islands:
        if island.printed:
            matcher.differences.append(Difference(island.item, " ".join(word.text for word in island.printed[:12]), ""))
    matcher.differences += matcher.strays.left()
    furniture.pop("-", None)  # poppler leaves out one by itself at the end of a line
    if left := +furniture + +anywhere:
        matcher.differences.append(Difference("the front matter", " ".join(left), ""))
    return found + matcher.differences


def _without_head(words: list[str], head: list[str], number: str, furniture: Counter[str]) -> list[str]:
    """Take the running head and the page's number off the beginning of a page."""
    for form in ([number, *head], [*head, number]):
        if words[: len(form)] == form:
            furniture.subtract(form)
            return words[len(form) :]
    return words


def _without_contents(pages: list[list[str]], contents: list[str]) -> list[list[str]]:
    """Take the table of contents out, with its leaders and page numbers; its words are those of the heads.

    On each page it stands in one piece: what comes behind it, such as the number of a note, is not its own.
    """
    rest, last = list(contents), ""
    out = []
    for page in pages:
        kept, inside = [], False
        for index, word in enumerate(page):
            inside = inside or _goes_on(rest, page[index : index + 2])
            if inside and rest and rest[0] in (word, word.rstrip(".")):
                rest.pop(0)
                last = word if not rest else ""
            elif inside and (rest or last) and re.fullmatch(r"\.*\d*", word):
                last = "" if word.strip(".") else last  # behind the last entry its page number still comes
            else:
                inside = False
                kept.append(word)
        out.append(kept)
    return out


def _goes_on(contents: list[str], words: list[str]) -> bool:
    """Whether contents begin or go on with two words; the second may be a leader or the number of a page."""
    if len(words) < 2 or not contents or contents[0] not in (words[0], words[0].rstrip(".")):
        return False
    return contents[1:2] == words[1:] or re.fullmatch(r"[.\d]+", words[1]) is not None


def _is_loose(word: Word) -> bool:
    return word.loose


def _says(word: Word) -> bool:
    """Whether a word is more than a sign."""
    return re.search(r"\w", word.text) is not None
