"""Checks on the bibliography: every work in it and what is cited in, problems with ``file:line`` out. Repairs nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from compositor.problems import problem
from compositor.references import completeness, doubles, identifiers, names, pages, schema
from compositor.references.entries import Entries

if TYPE_CHECKING:
    from compositor.model import Manuscript
    from compositor.references.work import Work
    from compositor.result import Problem

UNCITED_LIMIT = 20  # works; more than this is a library, not a list: one line says so


def check_library(manuscript: Manuscript, library: list[Work], cited: list[str]) -> list[Problem]:
    """Report works that are uncited, doubled, incomplete or at odds with themselves, each other or the text.

    ``library`` is every work as CSL JSON, ``cited`` the keys in the text. What is never cited is never printed, so nothing
    else is said of it, but that a cited work has a double there. ORCID iDs are looked for in all of the files.
    """
    entries = Entries(manuscript)
    nocite = str(manuscript.pandoc_metadata.get("nocite", ""))
    used = set(cited) | set(re.findall(r"@\{?([\w:.#$%&+?<>~/-]*\w)", nocite))
    works = {work["id"]: work for work in library}  # of several entries with one key citeproc uses the last
    printed = works if "@*" in nocite else {key: work for key, work in works.items() if key in used}
    found: list[Problem] = []

    def report(code: str, key: str, text: str) -> None:
        found.append(problem(code, entries.where(key), text))

    uncited = [key for key in works if key not in printed]
    if len(uncited) > UNCITED_LIMIT:
        found.append(problem("ref-uncited", entries.fallback, f"{len(uncited):,} of {len(works):,} works are never cited"))
    else:
        for key in uncited:
            report("ref-uncited", key, f"{key} is never cited")
    for key, work in printed.items():
        for check in (completeness.check, identifiers.check, pages.check):
            for code, text in check(work):
                report(code, key, f"{key} {text}")
        for text in schema.check(entries.as_written(key, work)):
            report("ref-schema", key, f"{key} {text}")
    for key, count in Counter(work["id"] for work in library).items():
        if count > 1:
            report("ref-duplicate", key, f"the key {key} stands {count} times; the last entry is used")
    for keys in doubles.groups(works.values()):
        if any(key in printed for key in keys):
            report("ref-duplicate", keys[-1], f"{' and '.join(keys)} seem to be one work")
    for key, text in names.differences(printed.values()):
        report("ref-name", key, text)
    found += [problem("ref-locator", where, text) for where, text in pages.locators(manuscript, printed)]
    found += [problem("orcid-invalid", where, text) for where, text in identifiers.orcids(entries.texts)]
    return found
