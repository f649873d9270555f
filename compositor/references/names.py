"""One person spelled in two ways: another diacritic, case or letter, or the names swapped. Namesakes are let be."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations, islice, pairwise
from typing import TYPE_CHECKING

from compositor.references.work import CREATORS, Work, family_of, fold, people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(eq=False, slots=True)
class Person:
    """A name as it is spelled, and the works it stands in."""

    family: str  # with particles
    given: tuple[str, ...]  # words and initials
    works: list[str] = field(default_factory=list)  # keys, in the order of the library
    folded: str = ""  # family name
    words: tuple[str, ...] = ()  # given names, folded

    def __str__(self) -> str:
        given = " ".join(f"{word}." if len(word) == 1 else word for word in self.given)
        return f"{self.family}, {given}" if given else self.family

    @property
    def full(self) -> bool:
        """Whether the first given name is written out."""
        return bool(self.words) and len(self.words[0]) > 2


def differences(library: Iterable[Work]) -> Iterator[tuple[str, str]]:
    """Give, for each two spellings of one name, the key of the rarer (or the later) and what to say of it."""
    persons = _persons(library)
    order = {id(person): position for position, person in enumerate(persons)}
    seen: set[frozenset[int]] = set()
    for one, two in (*_respelled(persons), *_swapped(persons), *_slips(persons)):
        pair = frozenset((id(one), id(two)))
        if pair in seen or set(one.works) & set(two.works):  # who wrote a work together are two people
            continue
        seen.add(pair)
        usual, odd = sorted((one, two), key=lambda person: (-len(person.works), order[id(person)]))
        yield odd.works[0], f"{odd.works[0]} has “{odd}”, {usual.works[0]} has “{usual}”; they seem to be one name"


def _persons(library: Iterable[Work]) -> list[Person]:
    found: dict[tuple[object, ...], Person] = {}
    for work in library:
        for name in (name for role in CREATORS for name in people(work, role)):
            family = unicodedata.normalize("NFC", family_of(name))
            given = tuple(given_words(unicodedata.normalize("NFC", str(name.get("given") or ""))))
            if not fold(family):
                continue
            identity = (_letters(family), tuple(map(_letters, given)), str(name.get("suffix") or ""))
            person = found.setdefault(identity, Person(family, given, [], fold(family), tuple(map(fold, given))))
            if work["id"] not in person.works[-1:]:
                person.works.append(work["id"])
    return list(found.values())


def given_words(given: str) -> list[str]:
    """Part given names; initials that stand together, as PubMed writes them, are parted too."""
    words = re.findall(r"[^\W\d_](?:\w|['’])*", given)
    if len(words) == 1 and len(words[0]) in (2, 3) and words[0].isupper():
        return list(words[0])
    return words


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum() or unicodedata.category(sign).startswith("M"))


def alike(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether given names may be one person's: each word is the other's, or its initial."""
    pairs = list(zip(one, two, strict=False))
    return bool(pairs) and all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in pairs)


def _respelled(persons: list[Person]) -> Iterator[tuple[Person, Person]]:
    """Pair names that differ in diacritics or case alone."""
    exact: dict[tuple[object, ...], list[Person]] = defaultdict(list)
    families: dict[tuple[str, str], dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
    for person in persons:
        exact[person.folded, person.words].append(person)
        if person.words:
            families[person.folded, person.words[0][:1]][_letters(person.family)].append(person)
    for group in exact.values():
        for one, two in pairwise(group):
            family = _letters(one.family) == _letters(two.family)
            if (family or not one.words) and _letters(str(one)) != _letters(str(two)):
                yield one, two
    for spellings in families.values():
        for ones, twos in combinations(spellings.values(), 2):
            yield from islice(((one, two) for one in ones for two in twos if alike(one.words, two.words)), 1)


def _swapped(persons: list[Person]) -> Iterator[tuple[Person, Person]]:
    """Pair "One, Author" with "Author, One"."""
    known = {(person.folded, "".join(person.words)): person for person in persons if person.full}
    for (family, given), person in known.items():
        other = known.get((given, family))
        if other and family < given:
            yield person, other


def _slips(persons: list[Person]) -> Iterator[tuple[Person, Person]]:
    """Pair names that one slip of the keys parts. Names that are a letter apart meet where that letter is left out."""
    near: dict[str, list[Person]] = defaultdict(list)
    for person in persons:
        if person.full:
            name = f"{person.folded},{' '.join(person.words)}"
            for short in {name, *(name[:cut] + name[cut + 1 :] for cut in range(len(name)))}:
                near[short].append(person)
    for group in near.values():
        for one, two in combinations(group, 2) if len(group) > 1 else ():
            if one.words == two.words:
                letters = sum(map(len, one.words))
                kind = slip(one.folded, two.folded)
                if kind == "typed" or (kind == "letter" and (letters >= 6 or len(one.words) > 1)):
                    yield one, two
            elif one.folded == two.folded and len(one.words) == len(two.words):
                unlike = [(a, b) for a, b in zip(one.words, two.words, strict=True) if a != b]
                kind = slip(*unlike[0]) if len(unlike) == 1 else ""
                if kind == "typed" or (kind == "letter" and len(one.words) > 1):
                    yield one, two


def slip(one: str, two: str) -> str:
    """Say how two words of five letters or more differ: "typed" (letters swapped or doubled), "letter", or more than that.

    The last letter must be the same: Ivanov and Ivanova, Daniel and Daniela are two people.
    """
    shorter = min(len(one), len(two))
    if one == two or shorter < 5 or one[-1] != two[-1] or abs(len(one) - len(two)) > 1:
        return ""
    start = next((place for place in range(shorter) if one[place] != two[place]), shorter)
    stop = next((place for place in range(shorter - start) if one[-1 - place] != two[-1 - place]), shorter - start)
    a, b = one[start : len(one) - stop], two[start : len(two) - stop]
    if len(a) == len(b) == 2 and a == b[::-1]:
        return "typed"
    if len(a) > 1 or len(b) > 1:
        return ""
    return "typed" if not (a and b) and one[start - 1] == (a or b) else "letter"
