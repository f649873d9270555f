"""What a journal asks of a manuscript: a profile and the set document in, each requirement with its state out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from compositor.places import Places, shown
from compositor.problems import problem
from compositor.result import Requirement
from compositor.submitting import counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compositor.model import Limit, Manuscript, Profile
    from compositor.result import Problem, State
    from compositor.setting.sheet import Sheet

PREFIX = "profile-"  # of the codes of these problems
UNITS = {  # what a limit is counted in, one and several
    "words": ("word", "words"),
    "abstract": ("word", "words"),
    "title": ("word", "words"),
    "keywords": ("keyword", "keywords"),
    "references": ("reference", "references"),
    "figures": ("figure", "figures"),
    "tables": ("table", "tables"),
    "displays": ("figure or table", "figures and tables"),
}
DISPLAYS = {"figures": ("fig",), "tables": ("tbl",), "displays": ("fig", "tbl")}


@dataclass(frozen=True, slots=True)
class _Finding:
    requirement: Requirement
    code: str  # of the problem, where it is not met
    where: str
    text: str


def check(manuscript: Manuscript, sheet: Sheet) -> tuple[list[Requirement], list[Problem]]:
    """Hold a manuscript against its profile; a requirement that is not met is a problem, with the numbers."""
    found = [
        *_limits(manuscript, sheet),
        *_language(manuscript),
        *_translations(manuscript, sheet),
        *_statements(manuscript, sheet),
        *_sections(manuscript, sheet),
        *_files(manuscript),
    ]
    unmet = [problem(item.code, item.where, item.text) for item in found if item.requirement.state in ("fail", "advice")]
    return [*(item.requirement for item in found), *_by_hand(manuscript.profile)], unmet


def demanded(problems: Iterable[Problem], requirements: Iterable[Requirement]) -> tuple[Problem, ...]:
    """Make errors of the requirements that are not met: what a draft may lack, a submission must have."""
    advised = {PREFIX + item.name for item in requirements if item.state == "advice"}
    return tuple(
        replace(item, severity="error") if item.code.startswith(PREFIX) and item.code not in advised else item
        for item in problems
    )


def _limits(manuscript: Manuscript, sheet: Sheet) -> Iterator[_Finding]:
    if not manuscript.profile.limits:
        return
    parts = counts.count(sheet)
    kinds = [label.kind for label in sheet.document.labels]
    for limit in manuscript.profile.limits:
        if limit.of in DISPLAYS:
            number = sum(kinds.count(kind) for kind in DISPLAYS[limit.of])
        elif limit.of == "words":
            number = counts.as_asked(sheet)
        elif limit.of in parts and limit.of != "references":
            number = parts[limit.of]
        else:
            number = len(sheet.front["keywords"]) if limit.of == "keywords" else len(sheet.document.entries)
        yield _held(limit, number, _place(limit, manuscript, sheet))


def _held(limit: Limit, number: int, where: str) -> _Finding:
    low = limit.least is not None and number < limit.least
    met = not low and (limit.most is None or number <= limit.most)
    state: State = "pass" if met else "advice" if limit.advice else "fail"
    one, several = UNITS[limit.of]
    subject = "" if limit.of in (several, "displays") else f"{limit.of} "
    bound = (limit.least if low else limit.most) or 0
    more = f"{subject}{number:,} of {'at least ' if low else ''}{bound:,} {one if bound == 1 else several}"
    asked = " to ".join(f"{bound:,}" for bound in (limit.least, limit.most) if bound is not None)
    if limit.least is None or limit.most is None:
        asked = f"{'at most' if limit.least is None else 'at least'} {asked}"
    asked = f"{'about: ' if limit.advice else ''}{asked} {one if asked.endswith(' 1') else several}"
    counted = f" ({', '.join(limit.counts)})" if limit.counts else ""
    name = "figures and tables" if limit.of == "displays" else limit.of
    requirement = Requirement(name, asked + counted, f"{number:,}", state)
    return _Finding(requirement, PREFIX + limit.of, where, more + counted)


def _place(limit: Limit, manuscript: Manuscript, sheet: Sheet) -> str:
    """Give the line a person would go to: the key, the head of the abstract, or the first figure too many."""
    text = shown(manuscript.path)
    if limit.of in ("title", "keywords", "abstract"):
        keys = (limit.of, "tags") if limit.of == "keywords" else (limit.of,)
        named = (manuscript.places[key] for key in keys if key in manuscript.places)
        head = Places(manuscript.path, manuscript.source).heading(sheet.document.terms["abstract"])
        return next(named, head if limit.of == "abstract" else text)
    if limit.of in DISPLAYS:
        labels = [label for label in sheet.document.labels if label.kind in DISPLAYS[limit.of]]
        over = labels[limit.most : limit.most + 1] if limit.most is not None else []
        return Places(manuscript.path, manuscript.source).label(over[0].id) if over and over[0].id else text
    return shown(manuscript.bibliography[0]) if limit.of == "references" and manuscript.bibliography else text


def _language(manuscript: Manuscript) -> Iterator[_Finding]:
    if wanted := manuscript.profile.lang:
        met = _speaks(manuscript.lang, wanted)
        requirement = Requirement("language", wanted, manuscript.lang, "pass" if met else "fail")
        where = manuscript.places.get("lang", shown(manuscript.path))
        yield _Finding(
            requirement, "profile-language", where, f"the article is in {manuscript.lang}; the journal asks {wanted}"
        )


def _translations(manuscript: Manuscript, sheet: Sheet) -> Iterator[_Finding]:
    """Ask for the title, and for abstract and keywords where the article has them, in the languages of the journal."""
    asked = ["title", *(key for key in ("abstract", "keywords") if sheet.front[key])]
    for wanted in manuscript.profile.translations:
        if _speaks(manuscript.lang, wanted):
            continue
        said = next((item for item in manuscript.metadata.translations if _speaks(item.lang, wanted)), None)
        lacking = [key for key in asked if not (said and getattr(said, key))]
        there = f"no {', '.join(lacking)}" if lacking else "is there"
        requirement = Requirement(f"translation: {wanted}", ", ".join(asked), there, _state(not lacking))
        where = manuscript.places.get("translations", shown(manuscript.path))
        text = f"the journal asks for {', '.join(asked)} in {wanted}, too; there is no {' or '.join(lacking)}"
        yield _Finding(requirement, "profile-translation", where, text)


def _speaks(lang: str, wanted: str) -> bool:
    return f"{lang.lower()}-".startswith(f"{wanted.lower()}-")


def _statements(manuscript: Manuscript, sheet: Sheet) -> Iterator[_Finding]:
    for name in manuscript.profile.statements:
        key = name.replace("-", "_")
        there = bool(sheet.root.xpath(f"//section[contains(concat(' ', @class, ' '), ' statement {key} ')]"))
        title = str(sheet.document.terms[key])
        requirement = Requirement(f"statement: {title}", "required", "is there" if there else "none", _state(there))
        text = f"the statement “{title}” is required, and there is none"
        yield _Finding(requirement, "profile-statement", shown(manuscript.path), text)


def _sections(manuscript: Manuscript, sheet: Sheet) -> Iterator[_Finding]:
    heads = {head.text.casefold().strip() for head in sheet.document.headings}
    for title in manuscript.profile.sections:
        there = title.casefold() in heads
        requirement = Requirement(f"section: {title}", "required", "is there" if there else "none", _state(there))
        text = f"the section “{title}” is required, and no head is called that"
        yield _Finding(requirement, "profile-section", shown(manuscript.path), text)


def _files(manuscript: Manuscript) -> Iterator[_Finding]:
    """Compare the names of the author's own files; the others are made for the submission."""
    own = {"text": [manuscript.path], "bibliography": list(manuscript.bibliography)}
    for file in manuscript.profile.files:
        if file.part in own:
            names = [path.name for path in own[file.part]]
            requirement = Requirement(f"file: {file.part}", file.name, ", ".join(names) or "none", _state(file.name in names))
            text = f"the {file.part} must be called {file.name}, not {' and '.join(names) or 'nothing'}"
            where = shown(own[file.part][0] if own[file.part] else manuscript.path)
            yield _Finding(requirement, "profile-file", where, text)


def _by_hand(profile: Profile) -> Iterator[Requirement]:
    """Give what no program can see in the text, or what only the making of the submission settles."""
    for file in profile.files:
        if file.part not in ("text", "bibliography"):
            yield Requirement(f"file: {file.part}", file.name, "", "by hand")
    hides = {"double": "authors and referees do not know each other", "single": "referees are not named", "open": "open"}
    if profile.blind:
        yield Requirement("review", hides[profile.blind], "", "by hand")
    if profile.spacing:
        yield Requirement("line spacing", f"{profile.spacing:g}", "", "by hand")
    if profile.line_numbers:
        yield Requirement("line numbers", "required", "", "by hand")


def _state(met: bool) -> Literal["pass", "fail"]:
    return "pass" if met else "fail"
