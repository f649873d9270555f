"""Metadata where it enters: the author's YAML in any of the usual forms in, one validated record out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from compositor.model import Affiliation, AppendixNumbering, Author, Grant, License
from compositor.reading import kinds, people, statements
from compositor.reading.paper import NAMED, PageSize
from compositor.references.completeness import REQUIRED

LICENSES = {  # SPDX identifier → printed name, address
    "CC-BY-4.0": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC-BY-SA-4.0": ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "CC-BY-NC-4.0": ("CC BY-NC 4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
    "CC-BY-ND-4.0": ("CC BY-ND 4.0", "https://creativecommons.org/licenses/by-nd/4.0/"),
    "CC-BY-NC-SA-4.0": ("CC BY-NC-SA 4.0", "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
    "CC-BY-NC-ND-4.0": ("CC BY-NC-ND 4.0", "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
    "CC0-1.0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}


def _text(value: Any) -> Any:
    """Take text, or a number somebody wrote without quotation marks."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _texts(value: Any) -> Any:
    """Take a list, or one text with commas or semicolons."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[;,]", value) if part.strip()]
    return value


def _paragraphs(value: Any) -> Any:
    """Take a text, or a list of texts, a paragraph each."""
    return "\n\n".join(str(_text(part)) for part in value) if isinstance(value, list) else _text(value)


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[list[Text], BeforeValidator(_texts)]
Paragraphs = Annotated[str, BeforeValidator(_paragraphs)]
Paths = Annotated[list[Text], BeforeValidator(_several)]


def _type(value: str) -> str:
    if value not in REQUIRED:
        raise ValueError(f"{value!r} is no type of work that CSL knows, such as article-journal or report")
    return value


def _stated(value: Any) -> Any:
    """Take a statement by itself, or a map as Quarto has it, whose years may be a list."""
    if isinstance(value, str):
        return {"statement": value}
    if isinstance(value, dict) and isinstance(value.get("year"), list):
        return value | {"year": ", ".join(map(str, value["year"]))}
    return value


class Copyright(BaseModel):
    """Whose the article is: a statement, or the holder and the year that make one."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    statement: Text = ""
    holder: Text = ""
    year: Text = ""


class Journal(BaseModel):
    """Where the article appears. Quarto's ``citation:`` and a plain ``journal:`` both arrive here."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, frozen=True)

    title: Text = Field("", alias="container-title")
    short: Text = Field("", alias="container-title-short")  # abbreviated, as catalogues do
    issn: Text = ""
    publisher: Text = ""
    volume: Text = ""
    issue: Text = ""
    page: Text = ""
    section: Text = ""  # "Research article", "Book review"
    type: Annotated[Text, AfterValidator(_type)] = ""  # of CSL


def _by_language(value: Any) -> Any:
    """Take a list, or a map from languages: ``{fr: {title: …}}``."""
    if isinstance(value, dict) and "lang" not in value:
        parts = [(lang, part if isinstance(part, dict) else {"title": part}) for lang, part in value.items()]
        return [{"lang": lang, **part} for lang, part in parts]
    return _maps(value, "a translation is a map with `lang:`, and `title:`, `abstract:` or `keywords:`")


def _maps(value: Any, said: str) -> Any:
    """Take a list of maps, or one by itself."""
    several = _several(value)
    if not (isinstance(several, list | tuple) and all(isinstance(item, dict) for item in several)):
        raise ValueError(said)
    return several


def _groups(value: Any) -> Any:
    return _maps(value, "a group is a map with `title:`, and `types:`, `keywords:` or `files:`")


def _once(value: tuple[Translation, ...]) -> tuple[Translation, ...]:
    langs = [item.lang.lower() for item in value]
    if twice := next((lang for lang in langs if langs.count(lang) > 1), None):
        raise ValueError(f"there are two translations into {twice!r}")
    return value


class Translation(BaseModel):
    """The title, abstract and keywords in another language than the article's."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)

    lang: Annotated[Text, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]  # BCP 47
    title: Text = ""
    subtitle: Text = ""
    abstract: Paragraphs = ""
    keywords: Texts = []
    heading: Text = ""  # of the abstract, where we have no word for it
    keywords_heading: Text = Field("", alias="keywords-heading")


class ReferenceGroup(BaseModel):
    """Part of the reference list, under a head: the works of some types, keywords or files, or without any, the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[Text, Field(min_length=1)]
    types: Annotated[list[Annotated[Text, AfterValidator(_type)]], BeforeValidator(_texts)] = []  # of CSL
    keywords: Texts = []
    files: Paths = []  # of ``bibliography:``


def _related(value: Any) -> Any:
    return _maps(value, "a related article is a map with `type:` and `doi:`")


def _doi(value: Any) -> Any:
    """Take a DOI, or its address."""
    return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)\s*", "", str(_text(value)).strip(), flags=re.IGNORECASE)


class Related(BaseModel):
    """Another article, and what it is to this one: the one that it corrects, retracts, discusses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Annotated[Text, AfterValidator(kinds.relation)]  # of JATS
    doi: Annotated[str, BeforeValidator(_doi), Field(pattern=r"^10\.[0-9]{4,9}/\S+$")]
    title: Text = ""


def _registrations(value: Any) -> Any:
    return _maps(value, "a registration is a map with `registry:` and `id:`")


class Registration(BaseModel):
    """Where a study was registered before it was made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    registry: Annotated[Text, Field(min_length=1)]  # "ClinicalTrials.gov", "OSF"
    id: Annotated[Text, Field(min_length=1)]  # as the registry writes it
    url: Annotated[Text, Field(pattern=r"^(https?://\S+)?$")] = ""
    stage: Literal["pre-results", "results", "post-results", ""] = ""  # what the article reports of a trial (JATS4R)


class Deposit(BaseModel):
    """Who deposits the article with Crossref."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    depositor: Text = ""
    email: Text = ""
    registrant: Text = ""
    policy: Annotated[str, BeforeValidator(_doi), Field(pattern=r"^(10\.[0-9]{4,9}/\S+)?$")] = ""  # DOI of the Crossmark policy
    timestamp: Annotated[Text, Field(pattern=r"^\d{0,19}$")] = ""  # of a second deposit; greater than that of the first


class Metadata(BaseModel):
    """What the pipeline itself reads from the metadata. Other keys are Pandoc's or the author's own business."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, frozen=True, arbitrary_types_allowed=True)

    title: Text = ""
    subtitle: Text = ""
    short_title: Text = Field("", alias="short-title")  # for the running head
    abstract: Text = ""
    keywords: Texts = []
    translations: Annotated[tuple[Translation, ...], BeforeValidator(_by_language), AfterValidator(_once)] = ()
    lang: Text = ""  # BCP 47
    date: Text = ""
    received: Text = ""
    accepted: Text = ""
    doi: Text = ""
    url: Text = ""
    type: Text = ""  # what kind of article: "editorial", "Erratum"
    related: Annotated[tuple[Related, ...], BeforeValidator(_related)] = ()
    registrations: Annotated[tuple[Registration, ...], BeforeValidator(_registrations)] = ()
    jinja: bool = False
    toc: bool = False  # contents in the PDF
    bibliography: Paths = []
    reference_groups: Annotated[tuple[ReferenceGroup, ...], BeforeValidator(_groups)] = Field((), alias="reference-groups")
    csl: Text = ""
    profile: Text = ""
    page: PageSize | None = None  # over the profile's
    first_page: int | None = Field(None, alias="first-page", ge=1, le=99999)  # the number it has, over the journal's
    appendix_numbering: AppendixNumbering = Field("", alias="appendix-numbering")  # over the profile's
    acknowledgements: Paragraphs = ""
    conflicts: Paragraphs = ""
    data_availability: Paragraphs = Field("", alias="data-availability")
    ethics: Paragraphs = ""
    funding: Text = ""
    grants: tuple[Grant, ...] = ()
    authors: tuple[Author, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    license: License | None = None
    copyright: Annotated[Copyright, BeforeValidator(_stated)] | None = None
    journal: Journal = Field(default_factory=lambda: Journal.model_validate({}))
    crossref: Deposit = Field(default_factory=Deposit)


PAGES = re.compile(r"[a-z]{0,3}\d+(?:\s*[-\N{EN DASH}]+\s*[a-z]{0,3}\d+)?", re.IGNORECASE)  # 1864, e12, 12-34, S3-S9

# What else people call a key.
SPELLINGS = {
    "acknowledgements": ("acknowledgments",),
    "conflicts": (
        "competing-interests", "competing-interest", "conflict-of-interest", "conflicts-of-interest", "conflict",
        "declaration-of-interest", "disclosure",
    ),
    "csl": ("citation-style",),
    "data-availability": ("data_availability", "data-availability-statement", "availability"),
    "ethics": ("ethics-statement", "ethics-approval", "ethical-approval"),
    "keywords": ("tags",),
}  # fmt: skip

Fault = tuple[tuple[str | int, ...], str]  # path of keys, what is wrong


def normalise(raw: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Bring the forms that Pandoc, JOSS and Quarto use for people, licence and journal into ours.

    Gives the values, and each fault with the place it was met at; what is faulty is left out.
    """
    faults: list[Fault] = []
    out = {key: value for key, value in raw.items() if value is not None}
    known = next((key for key in ("affiliations", "affiliation", "institute") if key in out), "affiliations")
    affiliations = people.Affiliations()
    for position, item in enumerate(people.listed(out.pop(known, None)), start=1):
        try:
            affiliations.declare(item, position)
        except (ValueError, TypeError, AttributeError) as error:
            faults.append(((known, position - 1), str(error)))
    role = "author" if out.get("author") is not None else "authors"
    persons = people.listed(out.pop(role, None))
    out.pop("authors", None)
    authors: list[Author] = []
    unmarked = []  # places of authors who have an address, and may be written to
    for position, person in enumerate(persons):
        try:
            authors.append(people.author(person, affiliations))
            unmarked += [len(authors) - 1] if authors[-1].email and people.corresponds(person) is None else []
        except (ValueError, TypeError, AttributeError) as error:
            named = [key for key in ("affiliations", "affiliation", "institute") if isinstance(person, dict) and key in person]
            faults.append((("authors", position, *(named[:1] if "affiliation" in str(error) else ())), str(error)))
    if len(unmarked) == 1 and not any(author.corresponding for author in authors):
        authors[unmarked[0]] = replace(authors[unmarked[0]], corresponding=True)  # whom else could a reader write to
    out["authors"] = tuple(authors)
    out["affiliations"] = tuple(affiliations.list)
    for key in ("license", "licence"):
        if key in out:
            try:
                out["license"] = _license(out.pop(key))
            except (ValueError, TypeError, IndexError) as error:
                faults.append(((key,), str(error)))
    citation, journal = out.pop("citation", None), out.get("journal")
    merged = dict(citation) if isinstance(citation, dict) else {}
    if isinstance(journal, str):
        merged["title"] = journal
    elif isinstance(journal, dict):
        merged |= journal
    if PAGES.fullmatch(str(out.get("page", ""))) and str(out["page"]).lower() not in NAMED:  # JOSS: where the article stands
        merged.setdefault("page", out.pop("page"))
    for key in ("volume", "issue", "issn", "publisher"):
        if key in out:
            merged.setdefault(key, out[key])
    out["journal"] = merged
    for key in ("doi", "url"):
        if key in merged:
            out.setdefault(key, merged[key])
    if "doi" in out:
        out["doi"] = _doi(out["doi"])
    for usual, others in SPELLINGS.items():
        for other in others:
            if other in out:
                out.setdefault(usual, out[other])
    out.pop("grants", None)
    if "funding" in out:
        try:
            out["funding"], out["grants"] = statements.funding(out["funding"])
        except (ValueError, TypeError, AttributeError) as error:
            faults.append((("funding",), str(error)))
            del out["funding"]
    return out, faults


def _license(raw: Any) -> License | None:
    if raw is None or raw in ("", []):
        return None
    if isinstance(raw, list):
        raw = raw[0]
    if isinstance(raw, dict):
        raw = {**raw, "name": raw.get("name") or raw.get("text") or raw.get("type") or raw.get("id") or ""}
        if not raw["name"]:
            raise ValueError("a licence needs a name")
        known = _license(str(raw["name"]))
        return License(
            known.name if known else str(raw["name"]),
            str(raw.get("url") or raw.get("link") or (known.url if known else "")),
        )
    key = re.sub(r"[\s_]+", "-", str(raw).strip().upper())
    key = key if re.search(r"\d$", key) else f"{key}-4.0"
    name, url = LICENSES.get(key, (str(raw).strip(), ""))
    return License(name, url)
