"""Reading: a folder or a Markdown file in, a validated Manuscript out, with every problem met on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compositor import templating
from compositor.model import AppendixNumbering, Manuscript, Profile
from compositor.places import at, shown
from compositor.problems import problem
from compositor.reading import characters, chunks, data, folios, inside, language, slips
from compositor.reading.header import HEADER, Header, part_header, read_text, take_inner
from compositor.reading.history import last_commit
from compositor.reading.inside import find_text
from compositor.reading.named import find_abbreviations, find_bibliography, find_profile, find_style
from compositor.reading.paper import paper
from compositor.reading.validation import validate, without_words
from compositor.reading.yaml_source import YamlError, load
from compositor.result import BuildError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.reading.metadata import Metadata

# What citeproc and our filters read from the metadata as the author wrote it.
PANDOC_KEYS = (
    "nocite", "references", "link-citations", "suppress-bibliography", "reference-section-title", "number-sections",
    "numbersections", "notes-after-punctuation",
)  # fmt: skip


def read(source: Path, style: str = "", date: str = "", profile: str = "") -> tuple[Manuscript, list[Problem]]:
    """Read a manuscript. ``style`` and ``profile`` go over the metadata's; ``date`` is the last commit's, where known.

    Raises BuildError when nothing can be set.
    """
    path = find_text(source)
    if characters.unseen(path.name) or not path.name.isprintable():
        raise BuildError((problem("source-name", shown(path), "the name of the file holds characters that nobody sees"),))
    folder = path.parent
    problems: list[Problem] = []
    written = read_text(path, problems)
    header = Header()
    body, first_line = written, 1
    for candidate in (folder / "metadata.yaml", folder / "metadata.yml", path):
        if not candidate.is_file():
            continue
        try:
            if candidate == path:
                parsed, body, first_line = part_header(path, written)
                header.add(path, parsed)
            else:
                header.add(candidate, load(read_text(inside.found(candidate), problems)))
        except YamlError as error:
            problems.append(problem("yaml-broken", at(candidate, error.line), str(error)))
            if candidate == path and (block := HEADER.match(written)):
                body, first_line = written[block.end() :], block[0].count("\n") + 1

    body = take_inner(path, body, first_line, header, problems)
    header.scrub(problems)
    metadata = validate(header, path, problems)
    problems += [problem("metadata-unknown", header.where(*found), text) for found, text in slips.unread(header.value, body)]
    if not metadata.date:
        commit = None if date else last_commit(header.files(path))
        metadata = metadata.model_copy(update={"date": commit.date if commit else date})
    lang = metadata.lang or "en"
    _, known = language.terms(lang)
    if not known:
        problems.append(problem("lang-unknown", header.where("lang"), f"no words for the language {lang!r}; English stands in"))
    problems += without_words(metadata, header)
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
    body, found = chunks.shown(path, body, first_line, header.value)
    problems += found
    chosen = find_profile(profile, metadata.profile, folder, header.where("profile"), problems)
    manuscript = Manuscript(
        folder=folder,
        path=path,
        name=path.stem,
        source=written,
        text=body,
        metadata=metadata,
        pandoc_metadata=_for_pandoc(header, chosen.numbering, over=bool(profile)),
        bibliography=find_bibliography(metadata, folder, header, problems),
        abbreviations=find_abbreviations(folder, header, problems),
        style=find_style((style or (profile and chosen.csl) or "", metadata.csl, chosen.csl), chosen, folder, header, problems),
        profile=chosen,
        paper=paper(metadata.page or chosen.page, chosen.columns, chosen.size, chosen.line, folios.first(metadata)),
        lang=lang,
        appendix_numbering=_appendix_numbering(metadata, chosen, over=bool(profile)),
        places=header.places(),
    )
    return manuscript, problems


def _for_pandoc(header: Header, numbering: str, *, over: bool) -> dict[str, Any]:
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
