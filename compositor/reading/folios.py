"""The numbers of pages: where an article stands in its volume in, the number that its first page has out.

An editor has the range, ``journal: page: 113-128``; pages count from the first, and whether the last is true is told. A copy
that is not the journal's own has ``first-page: 1``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.places import shown
from compositor.problems import problem

if TYPE_CHECKING:
    from compositor.model import Manuscript
    from compositor.reading.metadata import Metadata
    from compositor.result import Problem

RANGE = re.compile(r"\s*(\d{1,5})\s*[-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}]+\s*(\d{1,5})\s*")


def span(pages: str) -> tuple[int, int] | None:
    """Read a range of pages: "113-128", "113–28" and "113--128" are 113 to 128; None for anything else, such as "e12"."""
    found = RANGE.fullmatch(pages)
    if found is None:
        return None
    first, last = found.groups()
    last = first[: max(0, len(first) - len(last))] + last  # 113–28
    return (int(first), int(last)) if 0 < int(first) <= int(last) else None


def first(metadata: Metadata) -> int:
    """Give the number of an article's first page: what the metadata say, or the journal's range, or else 1."""
    found = span(metadata.journal.page)
    return metadata.first_page or (found[0] if found else 1)


def printed(pages: str) -> str:
    """Give what a journal's line says of the pages, with an en dash."""
    return re.sub(r"(?<=\d)\s*-+\s*(?=\w)", "\N{EN DASH}", pages)


def check(manuscript: Manuscript, begin: int, count: int) -> list[Problem]:
    """Hold the range against the PDF, whose ``count`` pages begin at a number; those that begin at another are not its."""
    found = span(manuscript.metadata.journal.page)
    if found is None or count == found[1] - found[0] + 1 or begin != found[0]:
        return []
    last = found[0] + count - 1
    where = manuscript.places.get("journal", manuscript.places.get("page", shown(manuscript.path)))
    return [problem("page-range", where, f"the pages are said to be {found[0]} to {found[1]}, and the PDF ends on page {last}")]
