"""What stands at an article's end: the author's YAML about contributions and money in, records and Markdown out.

Contributions are CRediT's fourteen roles (ANSI/NISO Z39.104-2022, https://credit.niso.org), with its three degrees.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from compositor.model import Grant, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compositor.model import Author

CREDIT = "https://credit.niso.org/contributor-roles"
TERMS = (
    "Conceptualization", "Data curation", "Formal analysis", "Funding acquisition", "Investigation", "Methodology",
    "Project administration", "Resources", "Software", "Supervision", "Validation", "Visualization",
    "Writing – original draft", "Writing – review & editing",
)  # fmt: skip
DEGREES = ("lead", "equal", "supporting")
SHORT = {  # what Quarto takes for the full terms
    "analysis": "Formal analysis",
    "funding": "Funding acquisition",
    "writing": "Writing – original draft",
    "editing": "Writing – review & editing",
}


def _key(term: str) -> str:
    """Give a term without what spellings of it differ in: case, dashes, "&", "and", the British s."""
    words = re.sub(r"[^a-z]+", " ", term.lower()).replace("isation", "ization").split()
    return "".join(word for word in words if word != "and")


KNOWN = {_key(term): term for term in TERMS} | SHORT


def roles(raw: Any) -> tuple[Role, ...]:
    """Read ``roles:`` of an author: terms or addresses, or maps of a term and its degree. Raises ValueError."""
    if isinstance(raw, str) and "," in raw:
        raw = raw.split(",")
    return tuple(_role(item) for item in (raw if isinstance(raw, list) else [raw]) if item not in (None, ""))


def _role(raw: Any) -> Role:
    term, degree = raw, None
    if isinstance(raw, dict):
        named = next((raw[key] for key in ("role", "term", "name", "type") if key in raw), None)
        term, degree = (named, raw.get("degree")) if named else next(iter(raw.items()), ("", None))
    degree = str(degree or "").lower()
    if degree and degree not in DEGREES:
        raise ValueError(f"a degree of contribution is {', '.join(DEGREES[:-1])} or {DEGREES[-1]}, not {degree!r}")
    bare = str(term).strip()
    last = bare.rstrip("/").rsplit("/", 1)[-1] if re.match(r"https?://", bare) else bare
    known = KNOWN.get(_key(last))
    if known is None:
        return Role(bare, degree)
    return Role(known, degree, f"{CREDIT}/{re.sub(r'[^a-z]+', '-', known.lower())}/")


def contributions(authors: Sequence[Author], lang: str) -> str:
    """Write who did what, by author, in Markdown. CRediT's terms are English, and are marked so elsewhere."""
    parts = []
    for author in authors:
        if author.roles:
            said = ", ".join(_said(role, lang) for role in author.roles)
            parts.append(f"**{author.name}:** {said}.")
    return " ".join(parts)


def _said(role: Role, lang: str) -> str:
    said = role.term + (f" ({role.degree})" if role.degree else "")
    return f"[{said}]{{lang=en}}" if role.url and lang.split("-")[0] != "en" else said


def funding(raw: Any) -> tuple[str, tuple[Grant, ...]]:
    """Read ``funding:``: a text, or maps of funder and award in the usual forms; gives texts and grants. Raises ValueError."""
    texts: list[str] = []
    grants: list[Grant] = []
    for item in raw if isinstance(raw, list) else [raw]:
        if not isinstance(item, dict):
            texts.append(str(item))
            continue
        inner = item.get("awards")
        nested = [award for award in inner if isinstance(award, dict)] if isinstance(inner, list) else []
        nested = [inner] if isinstance(inner, dict) else nested
        found = [_grant({"funder": item.get("funder"), **award}) for award in nested]
        if not found and not ("statement" in item and len(item) == 1):
            found = [_grant(item)]
        if item.get("statement"):
            texts.append(str(item["statement"]))
            found = [Grant(grant.funder, grant.awards, grant.id, told=True) for grant in found]
        grants += found
    return "\n\n".join(texts), tuple(grants)


def _first(raw: dict[str, Any], *keys: str) -> Any:
    return next((raw[key] for key in keys if raw.get(key)), None)


def _grant(raw: dict[str, Any]) -> Grant:
    funder = _first(raw, "funder", "source", "agency", "institution", "organization", "funder-name")
    if isinstance(funder, list):
        funder = funder[0] if funder else None
    if isinstance(funder, dict):
        raw = funder | raw
        funder = _first(funder, "name", "text", "institution")
    if not funder:
        raise ValueError("funding is a text, or maps of funder, award and ror")
    awards = _first(raw, "award", "awards", "award-number", "award-id", "grant", "number", "id")
    listed = awards if isinstance(awards, list) else [awards] if awards else []
    address = str(_first(raw, "ror", "doi", "funder-id", "funder-doi", "url") or "")
    if re.fullmatch(r"0[a-z0-9]{6}\d{2}", address):
        address = f"https://ror.org/{address}"
    address = re.sub(r"^(?:doi:\s*)?(?=10\.\d{4,9}/)", "https://doi.org/", address)
    if address and not re.match(r"https?://", address):
        raise ValueError(f"{address!r} is neither a ROR nor a DOI nor an address")
    return Grant(str(funder), tuple(str(award) for award in listed), address)


def funding_text(text: str, grants: Sequence[Grant], words: tuple[str, str]) -> str:
    """Write who paid, in Markdown; ``words`` are "grant" and its plural. What a statement tells of is not told again."""
    said = []
    for grant in grants:
        if not grant.told:
            awards = f" ({words[len(grant.awards) > 1]} {', '.join(grant.awards)})" if grant.awards else ""
            said.append((f"[{grant.funder}]({grant.id})" if grant.id else grant.funder) + awards)
    return "\n\n".join(part for part in (text, "; ".join(said) + "." if said else "") if part)
