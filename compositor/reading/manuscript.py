"""Reading: a folder or a Markdown file in, a validated Manuscript out, with every problem met on the way."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from compositor import templating
from compositor.model import AppendixNumbering, Manuscript, Profile
from compositor.places import Places, at, shown
from compositor.problems import problem
from compositor.reading import characters, chunks, data, folios, inside, kinds, language, people, profiles, slips, styles
from compositor.reading.history import last_commit
from compositor.reading.inside import find_text
from compositor.reading.metadata import SPELLINGS, Metadata, normalise
from compositor.reading.paper import paper
from compositor.reading.yaml_source import YamlError, YamlReadError, YamlSource, load, refuse_bombs
from compositor.records.citation import date_parts
from compositor.references.identifiers import is_doi, is_orcid, is_url, plain_ror
from compositor.result import BuildError, Problem
from compositor.setting import active

# What citeproc and our filters read from the metadata as the author wrote it.
PANDOC_KEYS = (
    "nocite", "references", "link-citations", "suppress-bibliography", "reference-section-title", "number-sections",
    "numbersections", "notes-after-punctuation",
)  # fmt: skip

HEADER = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# Pandoc's metadata may stand anywhere behind an empty line (Pandoc's manual, yaml_metadata_block).
INNER = re.compile(r"^---[ \t]*\n(?![ \t]*\n)(.*?\n)(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
TITLE_BLOCK = re.compile(r"\A(?:%[^\n]*\n(?:[ \t]+[^\n]*\n)*){1,3}")


# The first bytes of files that are no text, whatever their name.
OTHER_FORMATS = {
    b"PK\x03\x04": "a ZIP archive, such as a Word or EPUB file",
    b"PK\x05\x06": "an empty ZIP archive",
    b"%PDF-": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Word file",
    b"{\\rtf": "an RTF file",
    b"\x1f\x8b": "a gzip archive",
}


def _read_text(path: Path, problems: list[Problem]) -> str:
    if too_large := inside.oversized(path, "text"):
        raise BuildError((too_large,))
    try:
        written = path.read_bytes()
        for mark, kind in OTHER_FORMATS.items():
            if written.startswith(mark):
                raise BuildError((problem("source-format", shown(path), f"the file is {kind}, not Markdown"),))
        text = written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = written[: error.start].count(b"\n") + 1
        raise BuildError((problem("source-encoding", at(path, line), "the file is not UTF-8"),)) from None
    except (OSError, RuntimeError) as error:
        raise BuildError(
            (problem("source-missing", shown(path), getattr(error, "strerror", "") or "the file cannot be read"),)
        ) from None
    text, found = characters.clean(path, text.replace("\r\n", "\n").replace("\r", "\n"))
    problems += found
    return text


def _split(path: Path, text: str) -> tuple[YamlSource, str, int]:
    """Part the YAML header or Pandoc title block from the body; gives the line the body begins at."""
    if header := HEADER.match(text):
        return load(header[1] or "", first_line=2), text[header.end() :], header[0].count("\n") + 1
    if block := TITLE_BLOCK.match(text):
        parts = re.split(r"^%", block[0], flags=re.MULTILINE)[1:]
        title, authors, date = (*parts, "", "")[:3]
        value = {
            "title": " ".join(title.split()),
            "author": [name.strip() for name in re.split(r"[;\n](?![^\[]*\])", authors) if name.strip()],
            "date": date.strip(),
        }
        return (
            YamlSource({key: found for key, found in value.items() if found}),
            text[block.end() :],
            block[0].count("\n") + 1,
        )
    return YamlSource({}), text, 1


def _inner(path: Path, body: str, first_line: int, header: _Header, problems: list[Problem]) -> str:
    """Take the metadata blocks inside the text into the header, as Pandoc would; gives the text with their lines empty."""
    for block in INNER.finditer(Places(path, body).prose):
        start, end = block.span()
        if start and body[:start].rstrip(" \t")[-2:] != "\n\n" and body[:start].strip():
            continue
        line = first_line + body.count("\n", 0, start) + 1
        try:
            parsed = load(body[block.start(1) : block.end(1)], line)
        except YamlError as error:
            if re.match(r"[\w-]+:(\s|$)", block[1]):
                problems.append(problem("yaml-broken", at(path, error.line), str(error)))
            continue
        if isinstance(parsed.value, dict) and parsed.value:
            header.add(path, parsed)
            body = body[:start] + re.sub(r"[^\n]", " ", body[start:end]) + body[end:]
    return body


class _Header:
    """Metadata from one or two files, with the place of each key."""

    def __init__(self) -> None:
        self.value: dict[str, Any] = {}
        self.sources: dict[str, tuple[Path, YamlSource]] = {}

    def add(self, path: Path, source: YamlSource) -> None:
        if not isinstance(source.value, dict):
            raise YamlError(source.line(), "the metadata must be a map of keys and values")
        self.value |= source.value
        for key in source.value:
            self.sources[key] = (path, source)

    def where(self, *keys: str | int) -> str:
        named = (keys[0], "author", "authors") if keys and keys[0] in ("authors", "affiliations") else keys[:1]
        for key in (*named, *(other for name in named for other in SPELLINGS.get(str(name), ()))):
            if key in self.sources:
                path, source = self.sources[str(key)]
                return at(path, source.line(key, *keys[1:]))
        return ""

    def files(self, text: Path) -> list[Path]:
        """Give the files that the metadata came from, and the text."""
        return sorted({text, *(path for path, _ in self.sources.values())})

    def scrub(self, problems: list[Problem]) -> None:
        """Take characters out that YAML's escapes have hidden."""
        for key, value in self.value.items():
            self.value[key], gone = characters.scrub(value)
            problems += characters.hidden(gone, self.where(key))

    def places(self) -> dict[str, str]:
        """Give the place of every key, and of each member of a list as "key 1", "key 2"."""
        found = {}
        for key, value in self.value.items():
            found[key] = self.where(key)
            for position in range(len(value) if isinstance(value, list) else 0):
                found[f"{key} {position + 1}"] = self.where(key, position)
        return found


def read(source: Path, style: str = "", date: str = "", profile: str = "") -> tuple[Manuscript, list[Problem]]:
    """Read a manuscript. ``style`` and ``profile`` go over the metadata's; ``date`` is the last commit's, where known.

    Raises BuildError when nothing can be set.
    """
    path = find_text(source)
    if characters.unseen(path.name) or not path.name.isprintable():
        raise BuildError((problem("source-name", shown(path), "the name of the file holds characters that nobody sees"),))
    folder = path.parent
    problems: list[Problem] = []
    written = _read_text(path, problems)
    header = _Header()
    body, first_line = written, 1
    for candidate in (folder / "metadata.yaml", folder / "metadata.yml", path):
        if not candidate.is_file():
            continue
        try:
            if candidate == path:
                parsed, body, first_line = _split(path, written)
                header.add(path, parsed)
            else:
                header.add(candidate, load(_read_text(inside.found(candidate), problems)))
        except YamlError as error:
            problems.append(problem("yaml-broken", at(candidate, error.line), str(error)))
            if candidate == path and (block := HEADER.match(written)):
                body, first_line = written[block.end() :], block[0].count("\n") + 1

    body = _inner(path, body, first_line, header, problems)
    header.scrub(problems)
    metadata = _validate(header, path, problems)
    problems += [problem("metadata-unknown", header.where(*found), text) for found, text in slips.unread(header.value, body)]
    if not metadata.date:
        commit = None if date else last_commit(header.files(path))
        metadata = metadata.model_copy(update={"date": commit.date if commit else date})
    lang = metadata.lang or "en"
    _, known = language.terms(lang)
    if not known:
        problems.append(problem("lang-unknown", header.where("lang"), f"no words for the language {lang!r}; English stands in"))
    problems += _without_words(metadata, header)
    for position, group in enumerate(metadata.reference_groups):
        where = header.where("reference-groups", position, "files")
        strange = [name for name in group.files if name not in metadata.bibliography]
        problems += [
            problem("metadata-invalid", where, f"reference-groups: {name!r} is not among the files of `bibliography:`")
            for name in strange
        ]
    if not metadata.title and not any(item.code == "yaml-broken" for item in problems):
        problems.append(problem("title-missing", at(path, 1), "the article has no title"))
    if not body.strip():
        problems.append(problem("source-empty", at(path, first_line), "the manuscript has no text"))
    values, found = data.read(folder) if metadata.jinja else ({}, [])
    problems += found
    if metadata.jinja and not found:
        # keep the lines of the file, so that Jinja's numbers are the author's
        rendered, found = templating.render_text(path, "\n" * (first_line - 1) + body, values, lang)
        problems += found
        unseen = characters.unseen(rendered)
        problems += characters.hidden({rendered[place] for place in unseen}, shown(path))  # an escape in the data hid them
        body = characters.without(rendered, unseen)
        first_line = 1
    body, found = chunks.shown(path, body, first_line)
    problems += found
    chosen = _profile(profile, metadata.profile, folder, header.where("profile"), problems)
    manuscript = Manuscript(
        folder=folder,
        path=path,
        name=path.stem,
        source=written,
        text=body,
        metadata=metadata,
        pandoc_metadata=_for_pandoc(header, chosen.numbering, over=bool(profile)),
        bibliography=_bibliography(metadata, folder, header, problems),
        abbreviations=_abbreviations(folder, header, problems),
        style=_style((style or (profile and chosen.csl) or "", metadata.csl, chosen.csl), chosen, folder, header, problems),
        profile=chosen,
        paper=paper(metadata.page or chosen.page, chosen.columns, chosen.size, chosen.line, folios.first(metadata)),
        lang=lang,
        appendix_numbering=_appendix_numbering(metadata, chosen, over=bool(profile)),
        places=header.places(),
    )
    return manuscript, problems


def _without_words(metadata: Metadata, header: _Header) -> list[Problem]:
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


def _validate(header: _Header, path: Path, problems: list[Problem]) -> Metadata:
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


def _notes_of_authors(header: _Header, elsewhere: str) -> list[Problem]:
    """Report notes at authors' names, which are taken off them."""
    found = []
    persons = header.value.get("author") or header.value.get("authors")
    for position, person in enumerate(people.listed(persons)):
        for note in people.without_notes(person)[1]:
            text = f"the note at an author's name is printed nowhere, {note!r}; an institution is the author's `affiliation:`"
            found.append(problem("note-misplaced", header.where("authors", position) or elsewhere, text))
    return found


def _bibliography(metadata: Metadata, folder: Path, header: _Header, problems: list[Problem]) -> tuple[Path, ...]:
    found = []
    for position, name in enumerate(metadata.bibliography):
        where = header.where("bibliography", position)
        path = inside.locate(name, folder, where)
        if isinstance(path, Problem):
            problems.append(path)
        elif not path.exists():
            problems.append(problem("bib-missing", where, f"there is no bibliography {name}"))
        elif too_large := inside.oversized(path, "text", where):
            problems.append(too_large)
        else:
            text = path.read_bytes().decode("utf-8-sig", "replace")
            problems += characters.clean(path, text)[1]
            if path.suffix in (".yaml", ".yml") and (multiplied := _multiplied(path, text)):
                problems.append(multiplied)
            else:
                found.append(path.resolve())
    return tuple(found)


def _multiplied(path: Path, text: str) -> Problem | None:
    """Report a bibliography in YAML whose aliases multiply: Pandoc would write them out until its time is up."""
    try:
        refuse_bombs(text)
    except ValueError as error:
        return problem("bib-unreadable", at(path, error.args[0]), error.args[1])
    except (YamlReadError, RecursionError):
        return None  # Pandoc reads it otherwise, or tells what is wrong
    return None


def _abbreviations(folder: Path, header: _Header, problems: list[Problem]) -> Path | None:
    """Find the file of short journal titles that citeproc reads; Pandoc itself would take any path or address."""
    name = header.value.get("citation-abbreviations")
    if name is None:
        return None
    where = header.where("citation-abbreviations")
    path = inside.locate(str(name), folder, where)
    wrong = path if isinstance(path, Problem) else inside.oversized(path, "text", where)
    if isinstance(path, Path) and not path.exists():
        wrong = problem("bib-missing", where, f"there is no file of abbreviations {name}")
    if wrong:
        problems.append(wrong)
        return None
    return path.resolve() if isinstance(path, Path) else None


def _for_pandoc(header: _Header, numbering: str, *, over: bool) -> dict[str, Any]:
    """Give what Pandoc and our filters read; how a profile numbers heads goes ``over`` the metadata, or behind it."""
    told = {key: header.value[key] for key in PANDOC_KEYS if header.value.get(key) is not None}
    if numbering and (over or not {"number-sections", "numbersections"} & told.keys()):
        told.pop("numbersections", None)
        told["number-sections"] = numbering == "decimal"
    return told


def _appendix_numbering(metadata: Metadata, profile: Profile, *, over: bool) -> AppendixNumbering:
    """Give how an appendix counts: a profile's way goes ``over`` the metadata, or behind it; then comes APA's."""
    if over and profile.appendix_numbering:
        return profile.appendix_numbering
    return metadata.appendix_numbering or profile.appendix_numbering or "A1"


def _profile(option: str, own: str, folder: Path, where: str, problems: list[Problem]) -> Profile:
    """Find the profile; where it cannot be had, the plain one stands in and the problems are told."""
    for wanted, place in ((option or own or profiles.DEFAULT, "--profile" if option else where), (profiles.DEFAULT, "")):
        found = profiles.find(wanted, folder, place, named_by_user=bool(option))
        if isinstance(found, Profile):
            return found
        problems += found
    raise BuildError(tuple(problems))


def _style(named: tuple[str, str, str], profile: Profile, folder: Path, header: _Header, problems: list[Problem]) -> Path:
    """Find the citation style: the command line's, else the metadata's, else the profile's, else the default."""
    option, own, _ = named
    name = next(filter(None, named), styles.DEFAULT)
    of_profile = name == profile.csl and (profile.folder / name).is_file()
    where = header.where("csl") if own and name == own else shown(profile.folder / profiles.FILE)
    if of_profile and isinstance(led_out := inside.locate(name, profile.folder, where), Problem):
        problems.append(led_out)
        return styles.style_file(styles.DEFAULT)
    found = styles.find_style(
        str(profile.folder / name) if of_profile else name,
        folder,
        "--style" if option and not of_profile else where,
        named_by_user=bool(option) or of_profile,
    )
    if isinstance(found, Problem):
        problems.append(found)
        return styles.style_file(styles.DEFAULT)
    return found
