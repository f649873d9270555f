"""The manifest: what was made, from what and by what, as RO-Crate 1.1 metadata (JSON-LD) that archives understand.

https://www.researchobject.org/ro-crate/specification/1.1/. The build is a ``CreateAction`` from the sources by the tools
to the editions ("Provenance of entities"). The same bytes have two names: one that says what it is, one that archives
look for. A crate must have a date and should have a licence; where the manuscript has none, none is made up.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from compositor.proof.read import reader_version
from compositor.records import attachments
from compositor.result import Artifact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compositor.records.provenance import Provenance
    from compositor.result import Problem
    from compositor.setting.sheet import Sheet

NAME = "manifest.json"
CRATE = "ro-crate-metadata.json"
MEDIA_TYPE = "application/ld+json"
CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},  # RO-Crate's own term; 1.1 has none for digests
]


def render(sheet: Sheet, artifacts: Iterable[Artifact], problems: Iterable[Problem]) -> tuple[Artifact, ...]:
    """Write the manifest of one build. That of a blind copy is silent on sources and problems: they tell of the authors."""
    origin = sheet.origin
    made = tuple(artifacts)
    told = problems if not origin.options.blind else ()
    noted = [_problem(number, item, origin) for number, item in enumerate(told, start=1)]
    graph = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        },
        _article(sheet, made, noted),
        *[_file(artifact) for artifact in made],
        *_people(sheet),
        *_licence(sheet),
        _action(origin, made),
        *[_source(_id("source", source.name), source.name, source.data) for source in origin.sources],
        _source(_id("style", origin.style.name), origin.style_title, origin.style.data),
        *[_tool(name, number) for name, number in (*origin.tools, *origin.faces, *_readers(made))],
        {"@id": "#options", "@type": "PropertyValue", "name": attachments.BUILD, "value": attachments.write_build(origin)},
        *noted,
    ]
    text = json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"
    return tuple(Artifact(name, MEDIA_TYPE, text.encode(), beside=True) for name in (NAME, CRATE))


def _id(kind: str, name: str) -> str:
    return f"#{kind}/{quote(name)}"


def _refer(items: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"@id": item["@id"]} for item in items]


def _filled(entity: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty, and write a list of one as the one, as RO-Crate 1.1 recommends."""
    there = {key: value for key, value in entity.items() if value not in ("", [], None)}
    return {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in there.items()}


def _article(sheet: Sheet, made: tuple[Artifact, ...], noted: list[dict[str, Any]]) -> dict[str, Any]:
    front = sheet.front
    return _filled(
        {
            "@id": "./",
            "@type": "Dataset",
            "name": front["title"]["text"],
            "description": front["abstract"] or front["title"]["text"],
            "datePublished": front["date"],
            "inLanguage": front["lang"],
            "keywords": ", ".join(front["keywords"]),
            "identifier": f"https://doi.org/{front['doi']}" if front["doi"] else front["identifier"],
            "author": _refer(_people(sheet)[: len(front["authors"])]),
            "license": _refer(_licence(sheet)) or "No licence is stated.",  # RO-Crate 1.1 requires one, or words in its place
            "hasPart": [{"@id": artifact.name} for artifact in made],
            "mentions": [{"@id": "#build"}],
            "comment": _refer(noted),
        }
    )


def _file(artifact: Artifact) -> dict[str, Any]:
    return {
        "@id": artifact.name,
        "@type": "File",
        "name": artifact.name,
        "encodingFormat": artifact.media_type,
        "contentSize": str(len(artifact.data)),
        "sha256": hashlib.sha256(artifact.data).hexdigest(),
    }


def _people(sheet: Sheet) -> list[dict[str, Any]]:
    places = sheet.front["affiliations"]
    people = []
    for number, author in enumerate(sheet.front["authors"], start=1):
        marks = author["marks"] or ([1] if places else [])
        people.append(
            _filled(
                {
                    "@id": f"https://orcid.org/{author['orcid']}" if author["orcid"] else f"#author-{number}",
                    "@type": "Person",
                    "name": author["name"],
                    "familyName": author["family"],
                    "givenName": author["given"],
                    "affiliation": [{"@id": _place(places[mark - 1], mark)} for mark in marks],
                }
            )
        )
    for mark, place in enumerate(places, start=1):
        people.append({"@id": _place(place, mark), "@type": "Organization", "name": place["name"]})
    return people


def _place(affiliation: dict[str, Any], mark: int) -> str:
    return affiliation["ror"] or f"#affiliation-{mark}"


def _licence(sheet: Sheet) -> list[dict[str, Any]]:
    licence = sheet.front["license"]
    if not licence:
        return []
    return [{"@id": licence.url or "#licence", "@type": "CreativeWork", "name": licence.name}]


def _action(origin: Provenance, made: tuple[Artifact, ...]) -> dict[str, Any]:
    trust = " The text was trusted: it may have read other files and the network." if origin.trusted else ""
    return _filled(
        {
            "@id": "#build",
            "@type": "CreateAction",
            "name": "Typesetting",
            "description": f"{origin.command}{trust}",
            "instrument": [{"@id": _id("tool", name)} for name, _ in (*origin.tools, *origin.faces, *_readers(made))],
            "object": [
                *[{"@id": _id("source", source.name)} for source in origin.sources],
                {"@id": _id("style", origin.style.name)},
            ],
            "result": [{"@id": artifact.name} for artifact in made],
            "identifier": f"sha256:{origin.digest}" if origin.digest else "",
            "version": origin.options.commit,
            "additionalProperty": {"@id": "#options"},
        }
    )


def _readers(made: tuple[Artifact, ...]) -> tuple[tuple[str, str], ...]:
    """Name what read the PDF back. It shapes no byte of an edition, so that no edition names it."""
    version = reader_version() if any(artifact.pages for artifact in made) else ""
    return (("poppler", version),) if version else ()


def _source(place: str, name: str, data: bytes) -> dict[str, Any]:
    return {
        "@id": place,
        "@type": "CreativeWork",
        "name": name,
        "contentSize": str(len(data)),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _tool(name: str, number: str) -> dict[str, Any]:
    return {"@id": _id("tool", name), "@type": "SoftwareApplication", "name": name, "softwareVersion": number}


def _problem(number: int, item: Problem, origin: Provenance) -> dict[str, Any]:
    """Write a problem as a comment; its place starts from the folder of the sources, wherever that lies."""
    path, colon, line = item.where.rpartition(":") if item.where.rpartition(":")[2].isdecimal() else (item.where, "", "")
    real = Path(path).resolve()
    name = real.relative_to(origin.root).as_posix() if path and real.is_relative_to(origin.root) else Path(path).name
    return {
        "@id": f"#problem-{number}",
        "@type": "Comment",
        "name": f"{item.severity} {item.code}",
        "text": f"{name}{colon}{line}: {item.text}",
    }
