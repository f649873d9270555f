"""The form of one work: CSL JSON in, each field that the CSL-JSON schema does not allow out.

``csl-data.json`` is the schema of CSL 1.0.2, as the Citation Style Language project publishes it (MIT licence).
"""

from __future__ import annotations

import difflib
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import Draft7Validator, ValidationError

    from compositor.references.work import Work

WORDS = {"array": "a list", "boolean": "true or false", "number": "a number", "object": "a map", "string": "text"}
LONGEST = 40  # characters of a value that a problem quotes
MOST = 4  # unknown fields that a problem names


@lru_cache(maxsize=1)
def _validator() -> Draft7Validator:
    from jsonschema import Draft7Validator

    schema = json.loads(Path(__file__).with_name("csl-data.json").read_text(encoding="utf-8"))
    return Draft7Validator(schema["items"] | {"definitions": schema["definitions"]})


def types() -> tuple[str, ...]:
    """Give the types of work that CSL knows."""
    return tuple(_validator().schema["properties"]["type"]["enum"])


def check(work: Work) -> Iterator[str]:
    """Give what is wrong with the form of a work: the field, what it holds, what it may hold. A type is checked elsewhere."""
    alike: dict[tuple[str, ...], list[str]] = {}  # one slip in ten names is told once
    for error in _validator().iter_errors(work):
        for leaf in _leaves(error):
            if leaf.validator != "enum" or leaf.instance == "":
                kind = (leaf.validator, *(part for part in leaf.absolute_path if isinstance(part, str)))
                alike.setdefault(kind, []).append(_say(leaf))
    for first, *others in alike.values():
        yield f"{first}; {len(others)} more like it" if others else first


def explain(works: Any, position: int) -> tuple[str, str] | None:
    """Give the key of the work at a position, from 0, and what is wrong with it; None where the schema finds nothing."""
    work = works[position] if isinstance(works, list) and position < len(works) else None
    found = "; ".join(check(work)) if isinstance(work, dict) else ""
    key = str(work["id"]) if isinstance(work, dict) and "id" in work else f"the work at position {position + 1}"
    return (key, f"{key} {found}") if found else None


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Give the errors inside an ``anyOf``, which by itself only says that nothing fits."""
    if not error.context:
        yield error
    for inner in error.context or ():
        yield from _leaves(inner)


def _say(error: ValidationError) -> str:
    """Put an error of the schema into words."""
    place = _place(error)
    if error.validator == "additionalProperties":
        return _unknown(error, place)
    if error.validator == "required":
        lacking = [name for name in error.validator_value if name not in error.instance]
        return f"has no {' and no '.join(lacking)}, which every work in CSL JSON has"
    if error.validator == "type":
        allowed = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
        fields = f" of {', '.join(error.schema['properties'])}" if allowed == ["object"] else ""
        words = " or ".join(WORDS[name] for name in allowed)
        return f"has {_shown(error.instance)} in {place}, which must be {words}{fields}"
    if error.validator in ("minItems", "maxItems"):
        least, most = (error.schema.get(name, 0) for name in ("minItems", "maxItems"))
        return f"has {_shown(error.instance)} in {place}, which must hold {least} to {most} items"
    return f"has {_shown(error.instance)} in {place}, which must be one of CSL's: such as article-journal, book or chapter"


def _unknown(error: ValidationError, place: str) -> str:
    known = list(error.schema["properties"])
    names = [name for name in error.instance if name not in known]
    said = [f"{name!r} (for {near!r}?)" if (near := _nearest(name, known)) else repr(name) for name in names[:MOST]]
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    listed = ", ".join(said) + more
    if place:
        return f"has {listed} in {place}, which may hold {', '.join(known)}"
    return f"has {'the field' if len(names) == 1 else 'the fields'} {listed}, which CSL JSON does not know"


def _nearest(name: str, known: list[str]) -> str:
    small = {word.lower(): word for word in known}
    found = difflib.get_close_matches(name.lower(), small, n=1, cutoff=0.7)
    return small[found[0]] if found else ""


def _place(error: ValidationError) -> str:
    """Give the way to a value: ``author 1, family``."""
    out = ""
    for part in error.absolute_path:
        out += f" {part + 1}" if isinstance(part, int) else f", {part}" if out else str(part)
    return out


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
