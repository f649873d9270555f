"""DOI, ISBN, ISSN, ORCID iD and address of a work: are they well formed, and do their check digits agree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stdnum import isbn, issn
from stdnum.iso7064 import mod_11_2

from compositor.places import at
from compositor.references.work import Finding, Work, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# The registrant's code has four to nine digits (Crossref, "DOIs and matching regular expressions"); a suffix that ends in a
# full stop or comma has usually taken it from the sentence.
DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\\]*[^\s\\.,;]")
ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]")  # ISO 3297
HOST = re.compile(r"[^\W_](?:[\w-]*\w)?(?:\.[^\W_](?:[\w-]*\w)?)+\.?|\[[\d:a-fA-F.]+\]")
# RFC 3987, 2.2: what may stand in a path, query or fragment; characters of other scripts may
PART = re.compile(r"(?:[^\x00-\x20\x7f-\x9f\s<>\"{}|\\^`%\[\]#\ue000-\uf8ff]|%[0-9A-Fa-f]{2})*")
# ORCID, "Structure of the ORCID Identifier": the ranges that ISNI has set aside, without the check digit
PEOPLE = (range(15_000_000, 35_000_001), range(900_000_000_000, 900_100_000_001))
ORCID = re.compile(
    r"orcid(?:\.org/|[\"']?\s*[:=]\s*[{\"']*(?:\d+\s*=\s*[\"'])?(?:https?://orcid\.org/)?)(\d[\dXx-]*)", re.IGNORECASE
)


def check(work: Work) -> Iterator[Finding]:
    """Give the identifiers of a work that cannot be right."""
    if (doi := text_of(work, "DOI")) and not DOI.fullmatch(doi):
        yield "ref-doi", f"has the DOI {doi!r}, which is no bare DOI"
    for number in _numbers(work, "ISBN"):
        if not is_isbn(number):
            yield "ref-isbn", f"has the ISBN {number!r}, which is none"
    for number in (part for text in _numbers(work, "ISSN") for part in text.split()):
        if not is_issn(number):
            yield "ref-issn", f"has the ISSN {number!r}, which is none"
    if (url := text_of(work, "URL")) and not is_url(url):
        yield "ref-url", f"has the address {url!r}, which is none"


def _numbers(work: Work, name: str) -> list[str]:
    """Part several numbers, leaving out words such as "(print)"."""
    text = re.sub(rf"\([^()]*[^\W\d][^()]*\)|\b(?:[ep]-?)?{name}(?:-1[03])?\b:?", " ", text_of(work, name), flags=re.IGNORECASE)
    parts = (part.strip() for part in re.split(r"[,;/]|\s(?=97[89][\s-]?\d)|\band\b", text))
    found: list[str] = []
    for part in parts:
        pieces = part.split()
        found += pieces if pieces and all(len(re.sub(r"\W", "", piece)) in (8, 10, 13) for piece in pieces) else [part]
    return [part for part in found if part]


def is_isbn(text: str) -> bool:
    """Tell whether it is an ISBN of 10 or 13 digits (ISO 2108); 979-0 numbers printed music, not books."""
    bare = re.sub(r"[\s\u2010-\u2015-]", "", text)
    return bool(re.fullmatch(r"\d{9}[\dXx]|97[89]\d{10}", bare)) and not bare.startswith("9790") and isbn.is_valid(bare)


def is_issn(text: str) -> bool:
    """Tell whether it is an ISSN."""
    return bool(ISSN.fullmatch(text)) and issn.is_valid(text)


def is_doi(text: str) -> bool:
    """Tell whether it is a DOI, bare or as an address."""
    return bool(DOI.fullmatch(re.sub(r"^(?:doi:\s*|https?://(?:dx\.)?doi\.org/)", "", text, flags=re.IGNORECASE)))


def is_orcid(text: str) -> bool:
    """Tell whether it is an ORCID iD, bare or as an address: ISO 7064's check digit, and a number that ORCID gives."""
    bare = re.sub(r"^https?://orcid\.org/", "", text).replace("-", "").replace(" ", "")
    if not re.fullmatch(r"\d{15}[\dX]", bare):
        return False
    return mod_11_2.is_valid(bare) and any(int(bare[:-1]) in numbers for numbers in PEOPLE)


def is_url(text: str) -> bool:
    """Tell whether it is a whole address: RFC 3987, so that other scripts may stand in it, with a scheme and a host."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    if re.search(r"\s", text) or not all(map(PART.fullmatch, (parts.path, parts.query, parts.fragment))):
        return False
    if parts.scheme == "urn":
        return bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*:.+", parts.path))  # RFC 8141: namespace, then what it names
    host = (parts.netloc.rsplit("@", 1)[-1]).removesuffix(f":{parts.port}")
    return parts.scheme in ("http", "https", "ftp") and bool(HOST.fullmatch(host))


def orcids(texts: Iterable[tuple[Path, str]]) -> Iterator[tuple[str, str]]:
    """Give place and text of every ORCID iD that cannot be right. Pandoc drops them, so the files themselves are read."""
    for path, text in texts:
        for match in ORCID.finditer(text):
            if not is_orcid(match[1]):
                yield at(path, text.count("\n", 0, match.start(1)) + 1), f"{match[1]} is not an ORCID iD"


def plain_ror(text: str) -> str:
    """Give the address of an institution in the Research Organization Registry, whichever way it was written."""
    match = re.search(r"0[a-z0-9]{6}\d{2}$", text.strip().rstrip("/"))
    return f"https://ror.org/{match[0]}" if match else ""
