"""A submission: a manuscript and a journal's profile in, one ZIP with the files it asks for and a checklist out.

The ZIP is made only when nothing fails. The checklist says how each requirement stands, and is made in any case. Of a
revision, each manuscript has a copy beside it in which the changes are marked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from string import ascii_lowercase
from typing import TYPE_CHECKING

from compositor import pipeline
from compositor.blinding import leaks
from compositor.blinding.identity import identify
from compositor.editions.archive import pack
from compositor.options import DEFAULT, MARKED, REVIEW
from compositor.places import shown
from compositor.problems import problem
from compositor.reading import inside, manuscript
from compositor.result import Artifact, Build, BuildError
from compositor.setting import document, sheet
from compositor.submitting import companions, requirements
from compositor.templating import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compositor.model import Document, Manuscript, Profile, Wanted
    from compositor.options import Options
    from compositor.result import Problem, Requirement
    from compositor.running.listener import Listener
    from compositor.setting.sheet import Sheet

OWN = ("text", "bibliography")  # files that the author wrote
SHOWN = ("docx", "pdf", "review")  # editions in which changes can be marked
EDITIONS = {".docx": "docx", ".html": "html", ".epub": "epub", ".xml": "jats", ".pdf": "pdf"}
MARKS = {"pass": "✓", "fail": "✗", "advice": "!", "by hand": "?"}
LETTER, TITLE, CHECKLIST = "cover-letter.docx", "title-page.docx", "checklist.html"


@dataclass(slots=True)
class _Case:
    """What has been made so far."""

    text: Manuscript
    document: Document
    pages: Sheet  # with the authors
    result: Build  # of the manuscript itself
    revision: Build  # the same with its changes marked, where that is asked for
    files: list[Artifact] = field(default_factory=list)  # for referees: searched, where they must not know the authors
    letters: list[Artifact] = field(default_factory=list)  # for editors
    problems: list[Problem] = field(default_factory=list)

    @property
    def blind(self) -> bool:
        """Whether referees must not know the authors."""
        return self.text.profile.blind == "double"


def build(source: Path, *, options: Options = DEFAULT, listener: Listener | None = None) -> Build:
    """Make the submission: ZIP and checklist, or, where a requirement fails, the checklist alone with the errors.

    ``options`` name style and profile, and the earlier version of a revision. Raises BuildError where no document can exist
    or the profile names no files.
    """
    place = inside.find_text(source)
    text, problems = manuscript.read(source, options.style, options.date, options.profile)
    profile = text.profile
    if not profile.files:
        where = text.places.get("profile", shown(place))
        raise BuildError(
            (*problems, problem("submit-nothing", where, f"the profile “{profile.name}” names no files to submit"))
        )
    composed, found = document.compose(text)
    pages, more = sheet.lay_out(text, composed, options)
    problems += [*found, *more]
    if any(item.severity == "error" for item in problems):
        raise BuildError(tuple(problems))
    result = _manuscript(source, profile, options, listener)
    revision = _revision(source, profile, options, listener) if options.changes and not result.failed else Build((), ())
    case = _Case(text, composed, pages, result, revision)
    _gather(case)
    return _finish(case, profile.folder.name)


def _manuscript(source: Path, profile: Profile, options: Options, listener: Listener | None) -> Build:
    """Build the editions that the journal takes, its figures beside them."""
    editions = {_edition(profile, file) for file in profile.files if file.part == "manuscript"}
    names = {file.part: file.name for file in profile.files}
    figures, tables = names.get("figures", ""), names.get("tables", "")
    more = replace(options, to=tuple(sorted(editions)), blind=profile.blind == "double", changes="")
    apart = partial(companions.apart, figures=figures, tables=tables, source=source) if figures or tables else None
    return pipeline.build(source, options=more, listener=listener, apart=apart)


def _revision(source: Path, profile: Profile, options: Options, listener: Listener | None) -> Build:
    """Build what the journal takes again, whole, with the changes marked; where none of it can show them, a review copy."""
    found = {_edition(profile, file) for file in profile.files if file.part == "manuscript"} & set(SHOWN)
    more = replace(options, to=tuple(sorted(found)) or REVIEW, blind=profile.blind == "double")
    return pipeline.build(source, options=more, listener=listener)


def _edition(profile: Profile, file: Wanted) -> str:
    """Name the edition that a file is; a PDF for referees who want room or line numbers is the review copy."""
    edition = EDITIONS[PurePosixPath(file.name).suffix]
    return "review" if edition == "pdf" and (profile.line_numbers or profile.spacing == 2) else edition


def _gather(case: _Case) -> None:
    """Give each file the journal asks for its name, and make those that no edition is."""
    profile, text = case.text.profile, case.text
    made = {item.edition: item for item in case.result.artifacts if not item.beside}
    for file in profile.files:
        if file.part == "manuscript" and (edition := made.get(_edition(profile, file))):
            case.files.append(replace(edition, name=file.name))
            case.files += _marked(case, file)
            if edition.edition == "jats":  # the pictures that it shows stand beside it
                stem = edition.name.removesuffix(".jats.xml")
                case.files += [item for item in case.result.artifacts if item.beside and item.name.startswith(f"{stem}-")]
        elif file.part == "tables":
            case.files += [item for item in case.result.artifacts if item.beside and item.name == file.name]
        elif file.part == "figures":
            stem = file.name.rpartition(".")[0]
            case.files += [item for item in case.result.artifacts if item.beside and item.name.startswith(f"{stem}-")]
        elif file.part == "manuscript-with-authors":
            _keep(case, companions.with_authors(case.pages, file.name, text.path))
        elif file.part in OWN:
            case.files += _own(case, file)
    names = {file.part: file.name for file in profile.files}
    if not any(file.part == "manuscript" and _edition(profile, file) in SHOWN for file in profile.files):
        case.files += [replace(item, name=f"manuscript{MARKED}.pdf") for item in case.revision.artifacts if not item.beside]
    counts = case.result.counts
    if case.blind or "title-page" in names:
        _keep(case, companions.title_page(case.pages, names.get("title-page", TITLE), counts, text.path))
    held = [item.name for item in (*case.files, *case.letters)]
    marked = [name for name in held if MARKED in name]
    _keep(case, companions.letter(case.pages, names.get("cover-letter", LETTER), counts, held, marked, text.path))
    if case.blind:
        case.problems += leaks.check(case.files, identify(text, case.document))


def _marked(case: _Case, file: Wanted) -> Iterator[Artifact]:
    """Give the copy of a file in which the changes are marked."""
    name = PurePosixPath(file.name)
    for item in case.revision.artifacts:
        if item.edition == _edition(case.text.profile, file) and not item.beside:
            yield replace(item, name=f"{name.stem}{MARKED}{name.suffix}")


def _keep(case: _Case, made: companions.Made) -> None:
    artifact, problems = made
    case.letters.append(artifact)
    case.problems += problems


def _own(case: _Case, file: Wanted) -> Iterator[Artifact]:
    """Give the author's own text, with the pictures it names where it names them, or the bibliography."""
    if file.part == "bibliography":
        for path in (path for path in case.text.bibliography if path.name == file.name):
            yield Artifact(file.name, "text/plain", path.read_bytes(), beside=True)
        return
    yield Artifact(file.name, "text/markdown", case.text.path.read_bytes(), beside=True)
    folder = case.text.folder.resolve()
    for path in sorted({item.path.resolve() for item in case.pages.media.values() if item.path}):
        if path.is_relative_to(folder):
            yield Artifact(path.relative_to(folder).as_posix(), "application/octet-stream", path.read_bytes(), beside=True)


def _finish(case: _Case, name: str) -> Build:
    """Hold what was made against what is asked, and write checklist and, where nothing fails, the ZIP."""
    found = tuple(dict.fromkeys((*case.result.problems, *case.revision.problems, *case.problems)))
    problems = list(requirements.demanded(found, case.result.requirements))
    asked = tuple(_settled(case, item, problems) for item in case.result.requirements)
    errors = [item for item in problems if item.severity == "error" or item.code == "proof-differs"]
    files = [] if errors else [*case.files, *case.letters]
    page = _checklist(case, asked, errors, files)
    made = [Artifact(f"submission-{name}.html", "text/html", page, beside=True)]
    if not errors:
        members = [*((item.name, item.data) for item in files), (CHECKLIST, page)]
        made.insert(0, Artifact(f"submission-{name}.zip", "application/zip", pack(members), beside=True))
    final = tuple(replace(item, severity="error") if item in errors else item for item in problems)
    return Build(tuple(made), final, case.result.counts, asked)


def _settled(case: _Case, item: Requirement, problems: Iterable[Problem]) -> Requirement:
    """Say of a requirement that was left to the making of the submission how it stands now."""
    profile = case.text.profile
    if item.state != "by hand":
        return item
    if item.name.startswith("file: "):
        return _held(case, item)
    if item.name == "review":
        leaking = sum(problem.code == "blind-leak" for problem in problems)
        if profile.blind != "double":
            return replace(item, found="nothing is hidden", state="pass")
        said = f"authors are named in {leaking} places" if leaking else "no author is named"
        searched = f"{len(case.files)} file{'s' if len(case.files) > 1 else ''} searched"
        return replace(item, found=f"{searched}: {said}", state="fail" if leaking else "pass")
    forms = {_edition(profile, file) for file in profile.files if file.part == "manuscript"}
    if item.name in ("line spacing", "line numbers") and forms and forms <= {"docx", "review"}:
        return replace(item, found="set so", state="pass")
    return item


def _held(case: _Case, item: Requirement) -> Requirement:
    """Say whether a file was made."""
    part = item.name.removeprefix("file: ")
    made = [file.name for file in (*case.files, *case.letters)]
    number = case.result.counts.get(part, 0)
    if part in ("figures", "tables") and not number:
        return replace(item, found=f"not needed: no numbered {part.removesuffix('s')}", state="pass")
    stem, dot, ending = item.asked.rpartition(".")
    if part == "figures" and (there := [name for name in made if name.startswith(f"{stem}-")]):
        bare = number - len({name.removesuffix(dot + ending).rstrip(ascii_lowercase) for name in there})
        found = f"{', '.join(there)}; {bare} of {number} figures without a picture" if bare else ", ".join(there)
        return replace(item, found=found, state="by hand" if bare else "pass")
    return (
        replace(item, found="is there", state="pass") if item.asked in made else replace(item, found="not made", state="fail")
    )


def _checklist(case: _Case, asked: Iterable[Requirement], errors: list[Problem], files: Iterable[Artifact]) -> bytes:
    page = environment(case.pages.templates).get_template("submission/checklist.html")
    listed = [(item.name, len(item.data), hashlib.sha256(item.data).hexdigest()) for item in files]
    told = {"requirements": list(asked), "errors": errors, "files": listed, "marks": MARKS, "profile": case.text.profile}
    return page.render(case.pages.front | told).encode()
