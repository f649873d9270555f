"""The people of an article: names and institutions in any of the usual forms in, authors and affiliations out."""

from __future__ import annotations

import re
from typing import Any

from compositor.model import Affiliation, Author
from compositor.reading import statements

SUFFIX = re.compile(r"([^,]+), ((?:Jr|Sr)\.?|I{2,3}|IV|VI{0,3})")
CALL = re.compile(r"(?<!\\)(?:\^\[|\[\^)")
JOINING = ("y", "i", "e")  # of Spanish, Catalan and Portuguese family names


def listed(value: Any) -> list[Any]:
    """Take a list, one thing by itself, or nothing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


class Affiliations:
    """Collects institutions, once each, and finds them again by number, id or name."""

    def __init__(self) -> None:
        self.list: list[Affiliation] = []
        self.by_key: dict[str, int] = {}

    def declare(self, item: Any, position: int) -> None:
        """Take an entry of the metadata's list; it is found by its index or id, else by its position from 1."""
        key = item.get("index", item.get("id")) if isinstance(item, dict) else None
        self.by_key[str(key if key is not None else position)] = self.add(item)

    def add(self, item: Any) -> int:
        """Take an institution, once; gives its place. What only points at another gives that one's."""
        if isinstance(item, dict):
            if "ref" in item:
                return self.find(str(item["ref"]))
            name = item.get("name") or item.get("institution") or item.get("organization")  # of MyST, and of Pandoc for JATS
            region = item.get("region") or item.get("state")
            parts = [item.get("group"), item.get("department"), name, item.get("city"), region, item.get("country")]
            entry = Affiliation(", ".join(str(part) for part in parts if part), str(item.get("ror", "")))
            if "id" in item:
                self.by_key[str(item["id"])] = len(self.list)
        else:
            entry = Affiliation(str(item))
        for place, known in enumerate(self.list):
            if known.name == entry.name:
                return place
        self.list.append(entry)
        return len(self.list) - 1

    def find(self, key: str) -> int:
        """Give the place of an institution by its number or id. Raises ValueError."""
        if key.strip() in self.by_key:
            return self.by_key[key.strip()]
        raise ValueError(f"no affiliation has the number or id {key.strip()!r}")

    def of(self, value: Any) -> tuple[int, ...]:
        """Resolve what an author's entry says: numbers, ids, names or whole institutions."""
        if isinstance(value, str):
            keys = [part.strip() for part in re.split(r"[,;&]", value)]
            if all(key in self.by_key for key in keys):
                return tuple(self.by_key[key] for key in keys)
            if all(key.isdecimal() for key in keys):
                return tuple(self.find(key) for key in keys)
        found: list[int] = []
        for item in listed(value):
            place = self.by_key[str(item)] if isinstance(item, str) and item in self.by_key else self.add(item)
            if place not in found:
                found.append(place)
        return tuple(found)


# What the forms call the parts of a name: CSL, JOSS, Hugo.
NAME_PARTS = {
    "given": ("given-names", "given-name", "first", "firstname", "given"),
    "family": ("surname", "last", "lastname", "family-names", "family-name", "family"),
    "literal": ("literal",),
    "suffix": ("suffix",),
}


def part_notes(name: str) -> tuple[str, list[str]]:
    """Take the notes, ^[text] and [^name], out of a name, which is Markdown: "of]" is nobody's family name."""
    found: list[str] = []
    out, place = "", 0
    while call := CALL.search(name, place):
        depth, end = 1, call.end()
        while depth and end < len(name):
            depth += {"[": 1, "]": -1}.get(name[end], 0)
            end += 1
        out += name[place : call.start()]
        found.append(name[call.end() : end - (not depth)].strip())
        place = end
    return (" ".join(f"{out}{name[place:]}".split()), found) if found else (name, [])


def without_notes(raw: Any) -> tuple[Any, list[str]]:
    """Take the notes out of an author's name, or out of each part of it; gives the author, and what the notes say."""
    if isinstance(raw, str):
        return part_notes(raw)
    found: list[str] = []
    if not isinstance(raw, dict):
        return raw, found
    out = dict(raw)
    for key in (key for key in raw if key == "name" or any(key in several for several in NAME_PARTS.values())):
        out[key], said = without_notes(out[key])
        found += said
    return out, found


def author(raw: Any, affiliations: Affiliations) -> Author:
    """Read an author: a name, or a map of what is known of one. Raises ValueError, TypeError and AttributeError."""
    raw, notes = without_notes(raw)
    if notes and not raw:
        raise ValueError("an author needs a name")
    if isinstance(raw, str):
        return Author(**_curled(split_name(raw)))
    if not isinstance(raw, dict):
        raise ValueError("an author is a name, or a map with name, orcid, affiliation …")
    name = raw.get("name", "")
    parts = dict(name) if isinstance(name, dict) else {}
    for key, names_used in NAME_PARTS.items():
        for used in names_used:
            if raw.get(used) or parts.get(used):
                parts[key] = raw.get(used) or parts[used]
    given = " ".join(
        str(part) for part in (parts.get("given"), parts.get("dropping-particle") or raw.get("dropping-particle")) if part
    )
    family = " ".join(
        str(part)
        for part in (parts.get("non-dropping-particle") or raw.get("non-dropping-particle"), parts.get("family"))
        if part
    )
    names: dict[str, Any]
    if parts.get("literal"):
        names = {"name": str(parts["literal"]), "literal": str(parts["literal"])}
    elif family:
        display = str(name) if isinstance(name, str) and name else f"{given} {family}".strip()
        display += f", {parts['suffix']}" if parts.get("suffix") else ""
        names = {"name": display, "given": given, "family": family, "suffix": str(parts.get("suffix") or "")}
    elif name:
        names = split_name(str(name))
    else:
        raise ValueError("an author needs a name")
    attributes = _attributes(raw)
    places = raw.get("affiliations", raw.get("affiliation", raw.get("institute")))
    orcid = re.sub(r"^https?://orcid\.org/", "", str(raw.get("orcid") or "").strip())
    return Author(
        **_curled(names),
        orcid=orcid,
        email=str(raw.get("email") or ""),
        corresponding=corresponds(raw) is True,
        deceased=raw.get("deceased", attributes.get("deceased")) is True,
        degrees=_degrees(raw.get("degrees")),
        equal=(raw.get("equal-contrib") or raw.get("equal-contributor") or attributes.get("equal-contributor")) is True,
        affiliations=affiliations.of(places) if places is not None else (),
        roles=statements.roles(raw.get("roles", raw.get("role"))),
    )


def _attributes(raw: dict[str, Any]) -> dict[str, Any]:
    """Read Quarto's ``attributes:`` of an author: a list of words, which are true, or a map."""
    found: dict[str, Any] = {}
    for item in listed(raw.get("attributes")):
        found |= item if isinstance(item, dict) else {str(item): True}
    return found


def corresponds(raw: Any) -> bool | None:
    """Whether an author is marked as corresponding, marked as not, or not marked at all."""
    if not isinstance(raw, dict):
        return None
    marked = raw.get("corresponding", _attributes(raw).get("corresponding"))
    return None if marked is None else marked is True or str(marked).lower() == "true"


def _degrees(raw: Any) -> tuple[str, ...]:
    """Read ``degrees:`` of an author: a list, or one text with commas."""
    several = raw.split(",") if isinstance(raw, str) else listed(raw)
    return tuple(" ".join(str(degree).split()) for degree in several if str(degree or "").strip())


def _curled(names: dict[str, str]) -> dict[str, Any]:
    """Give the parts of a name with the apostrophe that is printed, as in O’Connell."""
    return {key: re.sub(r"(?<=\w)'(?=\w)", "\u2019", part) for key, part in names.items()}


def split_name(name: str) -> dict[str, Any]:
    """Take a name apart as BibTeX does: "Family, Given", or the last word and the lower-case words before it.

    What follows a comma may be no given name but a suffix, Jr. or III; and y, i or e joins two family names, as in
    "José Ortega y Gasset".
    """
    name = " ".join(name.split())
    if match := SUFFIX.fullmatch(name):
        return split_name(match[1]) | {"name": name, "suffix": match[2]}
    if ", " in name:
        family, given = name.split(", ", 1)
        return {"name": f"{given} {family}", "given": given, "family": family}
    words = name.split(" ")
    if len(words) == 1:
        return {"name": name, "literal": name}
    start = len(words) - 1
    while start > 1 and words[start - 1][:1].islower():
        start -= 2 if words[start - 1] in JOINING else 1
    if start < 1:
        return {"name": name, "literal": name}
    return {"name": name, "given": " ".join(words[:start]), "family": " ".join(words[start:])}
