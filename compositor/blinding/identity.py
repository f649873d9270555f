"""Who wrote an article: a manuscript in; every form in which it may name its authors, as patterns, out.

The same patterns mask a blind copy and search it, so that what is masked and what is looked for cannot part ways.
They are matched against folded text: without diacritics, sign for sign.
"""

from __future__ import annotations

import getpass
import re
import socket
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compositor.blinding import ours
from compositor.blinding.ours import Ours
from compositor.references.names import alike, given_words
from compositor.references.work import BASES, CREATORS, family_of, fold, name_of, people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compositor.model import Author, Document, Manuscript
    from compositor.references.work import Work

START, END = r"(?<![^\W\d_])", r"(?![^\W\d_])"  # no letter before, none behind: a whole word, though a digit may follow
JOINT = r"[\s._\-]+"  # between the words of a name, in texts and in the names of files
LEAST = 6  # signs of a name that is looked for in binary data too, where shorter ones come about by chance
NOBODY = {  # users and hosts that are no one's
    "admin", "build", "builder", "debian", "docker", "localhost", "root", "runner", "ubuntu", "user", "vagrant", "www-data",
}  # fmt: skip
INSTITUTION = re.compile(r"universi|institut|college|academ|akadem|hospital|laborator|polytech|hochschule|école", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Needle:
    """Something that tells who wrote the article."""

    kind: str  # "name", "e-mail address", "ORCID iD", "affiliation", "grant", "registration", "identifier", "user", "host"
    text: str  # as a person writes it
    pattern: str  # over folded text
    whole: str  # the same without what may be a word by itself, such as a family name alone: for the syntax of files


@dataclass(frozen=True, slots=True)
class Identity:
    """The authors, and everything that tells of them."""

    authors: tuple[Author, ...]
    needles: tuple[Needle, ...]
    ours: Ours = field(default_factory=Ours)  # what stands in a copy and is not the author's


class _Bases(dict[int, str]):
    """A table for ``str.translate``: each sign to its letter without marks, one for one."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        lower = sign.casefold()[:1]
        base = BASES.get(ord(lower), "") if lower else ""
        base = str(base)[:1] or unicodedata.normalize("NFKD", sign)[:1]
        self[code] = base.upper() if sign.isupper() else base
        return self[code]


_BASES = _Bases()


def folded(text: str) -> str:
    """Give a text without diacritics; its signs keep their places in the text's NFC form."""
    return unicodedata.normalize("NFC", text).translate(_BASES)


def identify(manuscript: Manuscript, document: Document) -> Identity:
    """Find what tells who wrote an article. Users and hosts are those of this machine."""
    metadata = manuscript.metadata
    words = set(re.findall(r"[^\W\d_]+", folded(re.sub(r"<[^>]+>", " ", document.body))))
    needles: list[Needle] = []
    for author in metadata.authors:
        needles.append(Needle("name", author.name, *_name(author, words, document.library, ours.months(manuscript.lang))))
        needles += [_needle("e-mail address", author.email, _exact(author.email))] if author.email else []
        needles += [_needle("ORCID iD", author.orcid, author.orcid.replace("-", "-?"))] if author.orcid else []
    for place in metadata.affiliations:
        parts = [place.name, *(part for part in place.name.split(", ") if INSTITUTION.search(part) and " " in part.strip())]
        needles += [Needle("affiliation", part, _phrase(part), _whole(part)) for part in dict.fromkeys(parts)]
        needles += [_needle("affiliation", place.ror, _exact(place.ror.rsplit("/", 1)[-1]))] if place.ror else []
    for award in (award for grant in metadata.grants for award in grant.awards if len(award) > 3):
        needles.append(_needle("grant", award, rf"(?<!\w){_exact(award)}(?!\w)"))
    for item in (item for item in metadata.registrations if len(item.id) > 3):
        needles.append(_needle("registration", item.id, rf"(?<!\w){_exact(item.id)}(?!\w)"))
    for key in ("doi", "url"):
        if value := getattr(metadata, key):
            needles.append(_needle("identifier", value, _exact(value)))
    return Identity(metadata.authors, (*needles, *_machine(words)), ours.find(manuscript, document, folded))


def wrote(authors: Iterable[Author], name: dict[str, str]) -> bool:
    """Whether a name of the bibliography is one of the authors': the same family name, and given names that may be one's."""
    for author in authors:
        family = author.family or author.literal or author.name
        if fold(name_of(name)) == fold(author.name):
            return True
        if fold(family) == fold(family_of(name)):
            mine, theirs = (tuple(map(fold, given_words(given))) for given in (author.given, str(name.get("given") or "")))
            if not mine or not theirs or alike(mine, theirs):
                return True
    return False


def _needle(kind: str, text: str, pattern: str) -> Needle:
    """Give a needle that is no word of any language."""
    return Needle(kind, text, pattern, pattern)


def _name(author: Author, words: set[str], library: Iterable[Work], months: set[str]) -> tuple[str, str]:
    """Give the forms of a name, and those of them that are no word by itself.

    A family name alone is one, unless it is a common word here, or a namesake's, or a month's beside a number.
    """
    if not (author.family and author.given):
        name = author.literal or author.family or author.name
        return _phrase(name), _whole(name)
    family = r"[\s\-]+".join(map(re.escape, re.split(r"[\s\-]+", folded(author.family))))
    loose = f"(?i:{family})" if len(author.family) > 3 else family
    given = [re.escape(word) for word in given_words(folded(author.given))]
    first, initial = given[0], given[0][:1]
    more = r"(?:[^\W\d_]+\.?[\s\-]*){0,2}"
    rest = rf"(?:\s+(?:{'|'.join(given[1:])}))*" if given[1:] else ""
    forms = [
        rf"(?i:{first})[\s._\-]*{more}{loose}{END}",  # Author Middle One, author-one
        rf"{initial}[.\s\-]+(?:[^\W\d_]\.?[\s\-]+){{0,3}}{loose}{END}",  # A. M. One
        rf"{loose}\s*,?[\s._\-]*(?i:{first}){END}{rest}",  # One, Author Middle
        rf"{loose}\s*,\s+{initial}(?:\.|{END})(?:[\s\-]*[^\W\d_]\.)*",  # One, A. M.
    ]
    names = [name for work in library for role in CREATORS for name in people(work, role)]
    namesake = any(fold(family_of(name)) == fold(author.family) and not wrote((author,), name) for name in names)
    lower = folded(author.family).lower()
    whole = f"{START}(?:{'|'.join(forms)})"
    if namesake:
        return f"{_phrase(author.name)}|{whole}", whole
    if lower in months:  # May (2017) and May, 2017 cite somebody; 15 May 2017 and May 2017 are dates
        alone = rf"{family}(?=,\s+\d{{4}}(?!\d)|\s+\(\d{{4}}(?!\d))"
        alone += "" if lower in words else rf"|(?<!\d\s)(?<!\d\.\s)(?<!\d{{4}},\s){family}{END}(?!\.?,?\s+\d)"
    else:
        alone = rf"{family}(?=,?\s+\(?\d{{4}}(?!\d))" if lower in words else f"{loose}{END}"
    return f"{_phrase(author.name)}|{whole}|{START}(?:{alone})", whole


def _phrase(text: str) -> str:
    words = re.findall(r"\w+", folded(text))
    joined = r"[\W_]+".join(map(re.escape, words))
    return f"{START}(?i:{joined}){END}" if len(joined) > 3 else f"{START}{joined}{END}"


def _whole(text: str) -> str:
    """Give the pattern of a phrase of several words; one word alone may be anything in the syntax of a file."""
    words = re.findall(r"\w+", folded(text))
    return f"{START}(?i:{JOINT.join(map(re.escape, words))}){END}" if len(words) > 1 else ours.NOTHING


def _exact(text: str) -> str:
    return f"(?i:{re.escape(folded(text))})"


def _machine(words: set[str]) -> Iterator[Needle]:
    """Give the user and the host: as they stand in paths; and alone, where they are no usual names nor words of the text."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # no such user: a container may run as any number
        user = ""
    host = socket.gethostname()
    if user:
        yield _needle("user", user, rf"(?:home|Users)[/\\]{re.escape(user)}{END}")
    for kind, name in (("user", user), ("host", host), ("host", host.partition(".")[0])):
        if len(name) > 3 and name.lower() not in NOBODY | {word.lower() for word in words}:
            yield _needle(kind, name, rf"(?<!\w){re.escape(folded(name))}(?!\w)")
