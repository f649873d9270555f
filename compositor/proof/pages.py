"""The printed page's words against the document's: pages of words in, differences out.

A page of a PDF gives its words in one stream: running head, text, notes, and figures and tables wherever they were
put. The stream is taken apart (matcher.py) against what is expected: every word of the file must belong to something, once,
and everything expected must be there, in its order.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import accumulate, groupby, permutations
from typing import TYPE_CHECKING

from compositor.proof import reversed as backwards
from compositor.proof.expected import Difference, Island
from compositor.proof.matcher import Matcher
from compositor.setting.direction import ANY

if TYPE_CHECKING:
    from compositor.proof.expected import Expected, Word

Edge = tuple[str, list[str]]  # a margin of the page, and words in it


def compare_pages(
    wanted: Expected,
    pages: list[list[str]],
    margins: list[list[Edge]],
    front: list[str],
    contents: list[str],
    others: list[list[str]] | None = None,
) -> list[Difference]:
    """Compare a PDF's pages with the document.

    ``margins`` are what stands around each page; ``front`` the words of the title block and the imprint;
    ``contents`` those of the table of contents, without its page numbers. ``others`` are the pages read in another order:
    where a page differs in the one, such as a column of short terms beside what they mean, it may agree in the other.
    """
    anywhere: Counter[str] = Counter()
    found: list[Difference] = []
    if any(ANY.search(word) for page in pages for word in page):
        heads = [words for page in margins for _, words in page]
        parted = backwards.part(wanted, pages, heads, front, contents)
        wanted, pages, front, contents = parted.wanted, parted.pages, parted.front, parted.contents
        cleaned = iter(parted.heads)
        margins = [[(place, next(cleaned)) for place, _ in page] for page in margins]
        others = others and [backwards.others(page) for page in others]
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
    readings = [pages, others] if others else [pages]
    longest = max(len(margins), *(len(reading) for reading in readings))
    margins = margins + [[]] * (longest - len(margins))
    read = [_without_contents(reading, contents) + [[]] * (longest - len(reading)) for reading in readings]
    for around, *same in zip(margins, *read, strict=True):
        matcher.furniture.update(word for _, said in around for word in said)
        matcher = _best(matcher, same, around)
    furniture = matcher.furniture
    if lost := matcher.flow[matcher.at :]:
        matcher.differences.append(Difference(lost[0].item, " ".join(word.text for word in lost[:12]), ""))
    for index in (index for index in range(matcher.note, len(wanted.notes)) if wanted.notes[index]):
        said = " ".join(word.text for word in wanted.notes[index][:12])
        matcher.differences.append(Difference(f"note {index + 1}", said, ""))
    if lost := matcher.inside or matcher.waiting:
        matcher.differences.append(Difference(lost[0].item, " ".join(word.text for word in lost[:12]), ""))
    for met in matcher.begun:
        if met.rest:
            matcher.differences.append(Difference(met.item, " ".join(met.rest.elements()), ""))
    for island in matcher.islands:
        if island.printed:
            matcher.differences.append(Difference(island.item, " ".join(word.text for word in island.printed[:12]), ""))
    matcher.differences += matcher.strays.left()
    furniture.pop("-", None)  # poppler leaves out one by itself at the end of a line
    if left := +furniture + +matcher.anywhere:
        matcher.differences.append(Difference("the front matter", " ".join(left), ""))
    return found + matcher.differences


def _best(matcher: Matcher, readings: list[list[str]], around: list[Edge]) -> Matcher:
    """Take a page apart in each of its readings until one does not differ; gives what has been read with the best of them."""
    tried: list[Matcher] = []
    for reading in readings:
        one = matcher.copy() if len(readings) > 1 else matcher
        one.run(_without_margins(reading, around, one.furniture))
        if one.differences == matcher.differences:
            return one
        tried.append(one)
    return min(tried, key=lambda one: len(one.differences))


def usual_margins(heads: list[list[str]], count: int, first: int) -> list[list[Edge]]:
    """Give what our own margins hold, for a file whose layout is not known; ``heads`` are the two forms of the running head."""
    numbered = [(number, [str(number)]) for number in range(first, first + count)]
    return [[("top", said), ("top", heads[number % 2])] if number > first else [("bottom", said)] for number, said in numbered]


def _without_margins(words: list[str], around: list[Edge], furniture: Counter[str]) -> list[str]:
    """Take what stands in the upper margin off the beginning of a page, and a foot of several words off its end.

    Where a reader finds them elsewhere, they stay among what is around the text.
    """
    for place in ("top", "bottom"):
        for order in permutations([said for where, said in around if where == place and said]):
            form = [word for said in order for word in said]
            if place == "top" and form and words[: len(form)] == form:
                furniture.subtract(form)
                words = words[len(form) :]
                break
            if place == "bottom" and len(form) > 1 and words[-len(form) :] == form:
                furniture.subtract(form)
                words = words[: -len(form)]
                break
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
