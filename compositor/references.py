"""Checks on the bibliography: every work in it and what is cited in, problems with ``file:line`` out. Repairs nothing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from compositor.places import at, shown
from compositor.problems import problem

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.model import Manuscript, Problem

Work = dict[str, Any]

UNCITED_LIMIT = 20  # more than this is a library, not a list: one line says so

# What a reader needs to find a work of each type (APA 7, chapter 9.4: author, date, title, source), beyond title and date.
REQUIRED = {
    "article-journal": ("container-title",),
    "article-magazine": ("container-title",),
    "article-newspaper": ("container-title",),
    "book": ("publisher",),
    "chapter": ("container-title", "publisher"),
    "paper-conference": ("container-title",),
    "report": ("publisher",),
    "thesis": ("publisher",),
}
# Any of these tells where the work is to be found; a type that is not above needs one.
SOURCES = ("container-title", "publisher", "URL", "DOI", "archive", "authority", "event-place", "event-title", "ISBN")
NEEDS_PERSON = ("article-journal", "book", "chapter", "paper-conference", "thesis")


class Library:
    """Finds the line of a work in the bibliography files, by its key."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self.texts = [(path, path.read_text(encoding="utf-8-sig", errors="replace")) for path in paths]

    def where(self, key: str, fallback: str) -> str:
        """Give the place of an entry, or ``fallback`` where no file spells its key out."""
        bare = re.escape(key)
        patterns = {
            ".json": rf'"id"\s*:\s*"{bare}"',
            ".bib": rf"@\w+\s*\{{\s*{bare}\s*,",
            ".bibtex": rf"@\w+\s*\{{\s*{bare}\s*,",
            ".ris": rf"^ID\s+-\s*{bare}\s*$",
            ".yaml": rf"\bid:\s*[\"']?{bare}[\"']?\s*$",
            ".yml": rf"\bid:\s*[\"']?{bare}[\"']?\s*$",
        }
        for path, text in self.texts:
            pattern = patterns.get(path.suffix)
            if pattern and (match := re.search(pattern, text, re.MULTILINE)):
                return at(path, text.count("\n", 0, match.start()) + 1)
        return fallback


def check_library(manuscript: Manuscript, library: list[Work], cited: list[str]) -> list[Problem]:
    """Report works that are uncited, doubled, incomplete, or carry a malformed identifier.

    What is never cited is never printed, so nothing else is said of it.
    """
    places = Library(manuscript.bibliography)
    fallback = shown(manuscript.bibliography[0] if manuscript.bibliography else manuscript.path)
    everything = "@*" in str(manuscript.pandoc_metadata.get("nocite", ""))
    used = set(cited) | set(re.findall(r"@\{?([\w:.#$%&+?<>~/-]*\w)", str(manuscript.pandoc_metadata.get("nocite", ""))))
    found: list[Problem] = []

    def report(code: str, key: str, text: str) -> None:
        found.append(problem(code, places.where(key, fallback), text))

    uncited = [work["id"] for work in library if work["id"] not in used and not everything]
    if len(uncited) > UNCITED_LIMIT:
        found.append(problem("ref-uncited", fallback, f"{len(uncited):,} of {len(library):,} works are never cited"))
    else:
        for key in uncited:
            report("ref-uncited", key, f"{key} is never cited")
    printed = [work for work in library if work["id"] not in set(uncited)]
    for work in printed:
        key = work["id"]
        if lacking := _incomplete(work):
            report("ref-incomplete", key, f"{key} {lacking}")
        for code, text in _identifiers(work):
            report(code, key, f"{key}: {text}")
    counted = Counter(work["id"] for work in library)
    for key, count in counted.items():
        if count > 1:
            report("ref-duplicate", key, f"the key {key} stands {count} times; the last entry is used")
    for keys in _doubles(library):
        if set(keys) <= set(uncited):
            continue
        report("ref-duplicate", keys[-1], f"{' and '.join(keys)} are the same work")
    return found


def _incomplete(work: Work) -> str:
    title = str(work.get("title", "")).strip()
    missing = [name for name in REQUIRED.get(work.get("type", ""), ()) if not work.get(name)]
    if not title:
        missing.insert(0, "title")
    if not work.get("issued"):
        missing.append("date")
    if work.get("type", "") not in REQUIRED and not any(work.get(name) for name in SOURCES):
        missing.append("source (publisher, container or address)")
    if work.get("type") in NEEDS_PERSON and not any(work.get(role) for role in ("author", "editor", "container-author")):
        missing.append("author or editor")
    found = [f"has no {', '.join(missing)}"] if missing else []
    if title.startswith("[") and title.endswith("]"):
        found.append("is not identified: a description stands in for the title")
    return ", and ".join(found)


def _identifiers(work: Work) -> list[tuple[str, str]]:
    from idutils import is_doi, is_isbn, is_issn

    found = []
    doi = str(work.get("DOI", "")).strip()
    if doi and not (is_doi(doi) and doi.lower().startswith("10.")):
        found.append(("ref-doi", f"{doi!r} is not a bare DOI"))
    for isbn in re.split(r"[\s,;]+(?=\d{3}|\d)", str(work.get("ISBN", "")).strip()):
        if isbn and not is_isbn(isbn):
            found.append(("ref-isbn", f"{isbn!r} is not an ISBN"))
    for issn in re.split(r"[\s,;]+", str(work.get("ISSN", "")).strip()):
        if issn and not is_issn(issn):
            found.append(("ref-issn", f"{issn!r} is not an ISSN"))
    return found


def _doubles(library: list[Work]) -> list[list[str]]:
    """Group the keys that name one work: the same DOI, or the same title in the same year by the same first name."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for work in library:
        doi = re.sub(r"^https?://(dx\.)?doi\.org/", "", str(work.get("DOI", "")).strip().lower())
        if doi:
            groups["doi", doi].append(work["id"])
        title = re.sub(r"\W+", " ", str(work.get("title", "")).lower()).strip()
        if title and not str(work.get("title", "")).startswith("["):
            groups["title", title, _year(work)].append(work["id"])
    doubles = [keys for keys in groups.values() if len(set(keys)) > 1]
    return [list(keys) for keys in dict.fromkeys(tuple(dict.fromkeys(keys)) for keys in doubles)]


def _year(work: Work) -> str:
    issued = work.get("issued")
    if isinstance(issued, dict):
        parts = issued.get("date-parts") or [[]]
        return str(parts[0][0]) if parts and parts[0] else ""
    return str(issued or "")
