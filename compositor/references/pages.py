"""Page ranges: those that run backwards, and citations of a page that the work does not have."""

from __future__ import annotations

import re
from bisect import bisect
from typing import TYPE_CHECKING

from compositor.places import Places, at
from compositor.references.work import Finding, Work, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compositor.model import Manuscript

RANGE = re.compile(r"([A-Za-z]*)(\d+)\s*[-\u2010-\u2015]+\s*([A-Za-z]*)(\d+)")
# Works that are some pages of something longer; the pages of a book are how many it has.
PRINTED_IN = {
    "article-journal", "article-magazine", "article-newspaper", "chapter", "paper-conference", "entry", "entry-dictionary",
    "entry-encyclopedia", "review", "review-book",
}  # fmt: skip

KEY = re.compile(r"@(?:\{([^{}\s]+)\}|(\w(?:[:.#$%&\-+?<>~/]?\w)*))")
GROUP = re.compile(r"(?<![\\^])\[([^\[\]]*)\](?!\()")
# "p." in the languages of our tables; a number without a word is a page too (Pandoc's manual, "Citation syntax").
LABEL = r"(?:pages?|pp?|ss?|str|p[áa]gs?|стр|с|σελ|σσ?)\b\.?"
NUMBER = r"\d+(?:\s?[-\u2010-\u2015]+\s?\d+)?f{0,2}\b(?!\.\d)"
AND = r"(?:,|&|\b(?:and|und|et|y|i|и|και)\b)"
END = rf"(?=\.?\s*(?:$|[;)}}]|{AND}))"
LOCATOR = re.compile(
    rf"\s*,?\s*\{{?\s*(?:{LABEL}\s*{NUMBER}|{NUMBER}{END})(?:\s*{AND}\s*(?:{LABEL}\s*)?{NUMBER}{END})*", re.IGNORECASE
)


def check(work: Work) -> Iterator[Finding]:
    """Give a page range that runs backwards."""
    for part in re.split(r"[,;&]", text_of(work, "page")):
        match = RANGE.fullmatch(part.strip())
        if not match or match[3] not in ("", match[1]):
            continue
        first, last = int(match[2]), _last(match[2], match[4])
        numbered = match[2].startswith("0") or len(match[2]) > 5  # 054312-1 is an article's number, and its page 1
        if last < first and not numbered:
            yield "ref-pages", f"has the pages {part.strip()}, which run backwards"


def _last(first: str, last: str) -> int:
    """Give the last page of a range, which may be abbreviated: 251-6 ends at 256."""
    return int(first[: len(first) - len(last)] + last) if len(last) < len(first) else int(last)


def span(work: Work) -> tuple[int, int] | None:
    """Give the first and last page of a work inside a longer one; None where the pages are not plainly a range."""
    if text_of(work, "type") not in PRINTED_IN:
        return None
    ends: list[int] = []
    ranged = False
    for part in re.split(r"[,;&]", text_of(work, "page")):
        match = RANGE.fullmatch(part.strip())
        if match and not match[1] and not match[3]:
            ends += [int(match[2]), _last(match[2], match[4])]
            ranged = True
            if ends[-1] < ends[-2] or match[2].startswith("0"):
                return None
        elif part.strip().isascii() and part.strip().isdigit():
            ends.append(int(part))
        else:
            return None
    return (min(ends), max(ends)) if ranged else None


def locators(manuscript: Manuscript, works: Mapping[str, Work]) -> Iterator[tuple[str, str]]:
    """Give place and text of every citation of a page outside the pages of its work."""
    spans = {key: found for key, work in works.items() if (found := span(work))}
    if not spans:
        return
    prose = Places(manuscript.path, manuscript.source).prose
    prose = re.sub(r"<!--.*?-->", lambda comment: re.sub(r"[^\n]", " ", comment[0]), prose, flags=re.DOTALL)
    ends_of_lines = [match.start() for match in re.finditer("\n", prose)]
    for key, start, after in _citations(prose):
        match = LOCATOR.match(after)
        if key not in spans or not match:
            continue
        first, last = spans[key]
        for cited in re.finditer(r"(\d+)(?:\s?[-\u2010-\u2015]+\s?(\d+))?", match[0]):
            ends = [int(cited[1]), _last(cited[1], cited[2] or cited[1])]
            if ends[0] < first or ends[1] > last:
                yield (
                    at(manuscript.path, bisect(ends_of_lines, start) + 1),
                    f"{key} is cited for page {cited[0]}, but has the pages {first}–{last}",
                )
                break


def _citations(prose: str) -> Iterator[tuple[str, int, str]]:
    """Give key, offset and what follows of every citation that may carry a locator: ``[@key, …]`` and ``@key […]``."""
    for group in GROUP.finditer(prose):
        start = group.start(1)
        for position, part in enumerate(group[1].split(";")):
            keys = list(KEY.finditer(part))
            if len(keys) == 1:
                yield keys[0][1] or keys[0][2], start + keys[0].start(), part[keys[0].end() :]
            elif not keys and position == 0:
                before = re.search(KEY.pattern + r"\s?$", prose[max(0, group.start() - 200) : group.start()])
                if before:
                    yield before[1] or before[2], group.start(), part
            start += len(part) + 1
