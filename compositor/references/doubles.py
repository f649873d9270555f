"""Two keys for one work: the same DOI, ISBN or address, or the same title in the same year by the same first author."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from compositor.references.identifiers import is_isbn
from compositor.references.work import Work, family_of, fold, people, text_of, years

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Parts of a whole that may carry the whole's DOI, ISBN or address.
PARTS = {"chapter", "entry", "entry-dictionary", "entry-encyclopedia", "paper-conference", "figure"}
WHOLES = {"book", "collection", "periodical", "classic", "report", "thesis", "dataset", "map", "graphic"}
# Where both entries have the field and it differs, they are two editions, volumes or parts.
TELLING = ("edition", "volume", "issue", "number", "collection-number", "chapter-number", "genre", "version")


def groups(library: Iterable[Work]) -> list[list[str]]:
    """Give the keys that name one work, each group in the order of the library."""
    alike: dict[tuple[str, ...], list[Work]] = defaultdict(list)
    order: dict[str, int] = {}
    for work in library:
        order[work["id"]] = len(order)
        for sign in _signs(work):
            alike[sign].append(work)
    same: dict[str, set[str]] = {}  # key → the group it is in
    for (kind, *_), works in alike.items():
        for one, two in _pairs(works, kind):
            merged = same.get(one, {one}) | same.get(two, {two})
            same.update(dict.fromkeys(merged, merged))
    distinct = {id(group): group for group in same.values()}
    return [sorted(group, key=order.__getitem__) for group in distinct.values()]


def _signs(work: Work) -> Iterator[tuple[str, ...]]:
    """Give what two entries of one work would share."""
    if doi := re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text_of(work, "DOI").lower()):
        yield "DOI", doi
    if text_of(work, "type") in WHOLES:
        for isbn in re.split(r"[,;/]|\s(?=97[89])", text_of(work, "ISBN")):
            if is_isbn(isbn.strip()):  # a wrong number proves nothing
                yield "ISBN", re.sub(r"[^\dXx]", "", isbn)[-10:-1]  # the same in ten and thirteen digits
    address = re.sub(r"^https?://(?:www\.)?|#.*$", "", text_of(work, "URL").lower()).rstrip("/")
    if "/" in address or "?" in address:  # a bare host is where many works stand
        yield "URL", address, str(years(work)[:1])
        yield "URL", address, fold(text_of(work, "title"))
    title = text_of(work, "title")
    if fold(title) and not title.startswith("["):
        yield "title", fold(title), str(years(work)[:1]), _first(work)


def _first(work: Work) -> str:
    """Give the family name that stands first, or who else answers for the work."""
    for role in ("author", "editor", "director", "translator"):
        for name in people(work, role):
            return fold(family_of(name))
    return fold(next((text_of(work, name) for name in ("authority", "container-title", "publisher") if work.get(name)), ""))


def _pairs(works: list[Work], kind: str) -> Iterator[tuple[str, str]]:
    """Compare each work with the first of every different one met before; many parts of one whole are a long list."""
    if len(works) < 2:
        return
    firsts: dict[str, list[Work]] = defaultdict(list)
    for work in works:
        title = fold(text_of(work, "title")) if text_of(work, "type") in PARTS else ""
        for first in firsts[title]:
            if not _differ(first, work, kind):
                yield first["id"], work["id"]
                break
        else:
            firsts[title].append(work)


def _differ(one: Work, two: Work, kind: str) -> bool:
    """Tell two works that share a sign apart: editions, volumes, chapters, a version printed elsewhere."""
    kinds = {text_of(one, "type"), text_of(two, "type")}
    if kind in ("DOI", "ISBN", "URL") and kinds & PARTS and kinds & WHOLES:
        return True  # a chapter and its book
    if kind == "DOI":
        return False
    if kind == "URL" and _unlike(one, two, "title") and _first(one) != _first(two):
        return True  # two works on one page
    if any(_unlike(one, two, name) for name in (*TELLING, "DOI")):
        return True
    if text_of(one, "page") and text_of(two, "page"):
        return _first_page(one) != _first_page(two)
    return kind == "title" and _unlike(one, two, "container-title")


def _unlike(one: Work, two: Work, name: str) -> bool:
    texts = fold(text_of(one, name)), fold(text_of(two, name))
    return all(texts) and texts[0] != texts[1]


def _first_page(work: Work) -> str:
    return fold(re.split(r"[-–—,;]", text_of(work, "page"))[0])
