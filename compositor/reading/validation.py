"""Checking metadata: a header in, the record of it out, and a problem for each value that cannot be meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from compositor.places import shown
from compositor.problems import problem
from compositor.reading import kinds, language, people
from compositor.reading.metadata import Metadata, normalise
from compositor.records.citation import date_parts
from compositor.references.identifiers import is_doi, is_orcid, is_url, plain_ror
from compositor.setting import active

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.reading.header import Header
    from compositor.result import Problem


def without_words(metadata: Metadata, header: Header) -> list[Problem]:
    """Report translations into a language whose words for abstract and keywords neither we nor the author give."""
    found = []
    for position, item in enumerate(metadata.translations):
        wants = {"heading": item.abstract and not item.heading, "keywords-heading": item.keywords and not item.keywords_heading}
        if keys := [f"`{key}:`" for key, wanted in wants.items() if wanted and not language.terms(item.lang)[1]]:
            text = f"no words for the language {item.lang!r}; English stands in for the translation's {' and '.join(keys)}"
            found.append(problem("lang-unknown", header.where("translations", position), text))
    return found


# pydantic's name of what is wrong with a value → what its author should write
WRONG = {
    "string_type": "it should be a line of text",
    "list_type": "it should be a list",
    "tuple_type": "it should be a list",
    "bool_type": "it should be true or false",
    "bool_parsing": "it should be true or false",
    "int_type": "it should be a whole number",
    "int_parsing": "it should be a whole number",
    "model_type": "it should be a map, with a key on each line",
    "dict_type": "it should be a map, with a key on each line",
}


def validate(header: Header, path: Path, problems: list[Problem]) -> Metadata:
    """Validate key by key, so that one wrong value does not hide the others."""
    values, faults = normalise(dict(header.value))
    for keys, text in faults:
        problems.append(problem("metadata-invalid", header.where(*keys) or shown(path), text))
    for _ in range(2):
        try:
            metadata = Metadata.model_validate(values)
            break
        except ValidationError as error:
            for item in error.errors():
                key = item["loc"][0]
                keys = tuple(part for part in item["loc"] if isinstance(part, str | int))
                said = WRONG.get(item["type"]) or item["msg"].removeprefix("Value error, ")
                problems.append(problem("metadata-invalid", header.where(*keys) or shown(path), f"{key}: {said}"))
                values.pop(str(key), None)
    title = header.value.get("reference-section-title")
    if title is not None and not isinstance(title, str):
        where = header.where("reference-section-title") or shown(path)
        problems.append(problem("metadata-invalid", where, "reference-section-title: it should be a line of text"))
    problems += _notes_of_authors(header, shown(path))
    if metadata.type and not kinds.is_known(metadata.type):
        text = f"{metadata.type!r} is no kind of article that JATS knows, such as editorial, letter, correction or book-review"
        problems.append(problem("metadata-unknown", header.where("type") or shown(path), text))
    addressed = [author.name for author in metadata.authors if author.email]
    if len(addressed) > 1 and not any(author.corresponding for author in metadata.authors):
        text = f"{' and '.join(addressed)} have e-mail addresses, and none is marked as the corresponding author"
        problems.append(problem("corresponding-missing", header.where("authors") or shown(path), text))
    for position, author in enumerate(metadata.authors):
        for number, role in enumerate(author.roles):
            if not role.url:
                where = header.where("authors", position, "roles", number) or shown(path)
                problems.append(problem("credit-unknown", where, f"CRediT has no role {role.term!r} ({author.name})"))
        if author.orcid and not is_orcid(author.orcid):
            where = header.where("authors", position, "orcid") or shown(path)
            problems.append(problem("orcid-invalid", where, f"{author.orcid} is not an ORCID iD ({author.name})"))
    places = []
    for position, place in enumerate(metadata.affiliations):
        if place.ror and not plain_ror(place.ror):
            where = header.where("affiliations", position, "ror") or header.where("authors") or shown(path)
            problems.append(problem("ror-invalid", where, f"{place.ror[:60]!r} is no ROR iD ({place.name})"))
        places.append(replace(place, ror=plain_ror(place.ror) and place.ror))
    metadata = metadata.model_copy(update={"affiliations": tuple(places)})
    if metadata.doi and not is_doi(metadata.doi):
        problems.append(problem("ref-doi", header.where("doi") or shown(path), f"{metadata.doi!r} is not a DOI"))
        metadata = metadata if metadata.doi.startswith("10.") else metadata.model_copy(update={"doi": ""})
    if metadata.url and not is_url(metadata.url):
        problems.append(problem("ref-url", header.where("url") or shown(path), f"{metadata.url!r} is not an address"))
        metadata = metadata if active.is_link(metadata.url) else metadata.model_copy(update={"url": ""})
    licence = metadata.license.url if metadata.license else ""
    for key, value in (("license", licence), ("licence", licence)):
        if (where := header.where(key)) and value and not active.is_link(value):
            problems.append(problem("metadata-invalid", where, f"{key}: {value[:60]!r} is no address to follow"))
    for key in ("date", "received", "accepted"):
        value = getattr(metadata, key)
        if value and not date_parts(value):
            problems.append(
                problem("date-unusable", header.where(key), f"{key}: {value!r} is no date this program can be sure of")
            )
            metadata = metadata.model_copy(update={key: ""})
    return metadata


def _notes_of_authors(header: Header, elsewhere: str) -> list[Problem]:
    """Report notes at authors' names, which are taken off them."""
    found = []
    persons = header.value.get("author") or header.value.get("authors")
    for position, person in enumerate(people.listed(persons)):
        for note in people.without_notes(person)[1]:
            text = f"the note at an author's name is printed nowhere, {note!r}; an institution is the author's `affiliation:`"
            found.append(problem("note-misplaced", header.where("authors", position) or elsewhere, text))
    return found
