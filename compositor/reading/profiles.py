"""Profiles: the name or the folder of a journal in, its frozen Profile out, or the problems with it.

A journal is a folder with a ``profile.toml`` and any template or style sheet it overrides by the same name.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from compositor.model import AppendixNumbering, Limit, Profile, Wanted
from compositor.places import at, shown
from compositor.problems import problem
from compositor.reading import inside
from compositor.reading.paper import NAMED, PageSize
from compositor.templating import templates_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.result import Problem

DEFAULT = "plain"
FILE = "profile.toml"


Part = Literal[
    "title", "abstract", "text", "notes", "captions", "tables", "statements", "appendices", "references",
]  # fmt: skip
PARTS: tuple[str, ...] = get_args(Part)  # what words are counted in; every word of the article is in one of them
COUNTED: tuple[Part, ...] = ("text", "notes", "captions", "tables", "statements", "appendices")  # where a journal is silent
Statement = Literal["contributions", "funding", "ethics", "data-availability", "acknowledgements", "conflicts"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Limit(_Strict):
    """``{ least = 3, most = 6 }``, or one of them."""

    least: int | None = Field(None, ge=0)
    most: int | None = Field(None, ge=0)
    advice: bool = False

    @model_validator(mode="after")
    def _has_room(self) -> _Limit:
        if self.least is None and self.most is None:
            raise ValueError("a limit has `least`, `most` or both")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"at least {self.least} and at most {self.most} leaves nothing")
        return self


class _Words(_Limit):
    counts: tuple[Part, ...] = COUNTED


class _Limits(_Strict):
    words: _Words | None = None
    abstract: _Limit | None = None  # words
    title: _Limit | None = None  # words
    keywords: _Limit | None = None
    references: _Limit | None = None
    figures: _Limit | None = None
    tables: _Limit | None = None
    displays: _Limit | None = None  # figures and tables together


def _plain_name(name: str) -> str:
    if not re.fullmatch(r"[\w][\w .-]*", name):
        raise ValueError(f"{name!r} is no plain name of a file")
    return name


Held = Literal[
    "manuscript", "manuscript-with-authors", "title-page", "cover-letter", "figures", "tables", "text", "bibliography",
]  # fmt: skip
ENDINGS = {  # of the files that are made
    "manuscript": (".docx", ".pdf", ".html", ".epub", ".xml"),
    "manuscript-with-authors": (".docx",),
    "title-page": (".docx",),
    "cover-letter": (".docx",),
    "tables": (".docx",),
    "figures": (".png", ".tif", ".tiff"),
}


class _File(_Strict):
    part: Held
    name: Annotated[str, AfterValidator(_plain_name)]

    @model_validator(mode="after")
    def _can_be_made(self) -> _File:
        if not self.name.endswith(endings := ENDINGS.get(self.part, ("",))):
            raise ValueError(f"{self.name}: the {self.part} can be {', '.join(endings)}")
        return self


def _once(files: tuple[_File, ...]) -> tuple[_File, ...]:
    names = [file.name for file in files]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two files are called {twice}")
    return files


class _Toml(_Strict):
    """What ``profile.toml`` may say."""

    name: str = ""  # the journal's, for people
    description: str = ""
    issn: str = Field("", pattern=r"^(\d{4}-\d{3}[\dX])?$")
    csl: str = ""  # a citation style's name, or a .csl file in the profile's folder
    lang: str = Field("", pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]+)*)?$")
    page: PageSize = NAMED["a4"]
    columns: Literal[1, 2] = 1
    size: float = Field(10.75, ge=7, le=16)  # points; the text's type
    line: float = Field(14.0, ge=8, le=24)  # points; from line to line, and the grid of the page
    numbering: Literal["", "decimal", "none"] = ""
    appendix_numbering: AppendixNumbering = Field("", alias="appendix-numbering")
    blind: Literal["", "open", "single", "double"] = ""
    spacing: Literal[0, 1, 1.5, 2] = 0  # type: ignore[valid-type]
    line_numbers: bool = Field(False, alias="line-numbers")
    statements: tuple[Statement, ...] = ()
    translations: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")], ...] = ()
    sections: tuple[str, ...] = ()
    limits: _Limits = _Limits()
    files: Annotated[tuple[_File, ...], AfterValidator(_once)] = ()


def names() -> list[str]:
    """Give the profiles that are shipped."""
    return sorted(path.parent.name for path in (templates_folder() / "profiles").glob(f"*/{FILE}"))


def find(name: str, folder: Path, where: str, *, named_by_user: bool) -> Profile | list[Problem]:
    """Resolve what ``--profile`` or ``profile:`` says: a folder's path, or the name of a profile of ours.

    A path from the metadata is read from the manuscript's folder, and must not lead out of it.
    """
    if name in names():
        return _read((templates_folder() / "profiles" / name).resolve())
    if named_by_user and (Path(name) / FILE).is_file():
        return _read(Path(name).resolve())
    own = inside.locate(f"{name}/{FILE}", folder, where)
    if not isinstance(own, Path):
        return [own]
    if own.is_file():
        return _read(own.parent.resolve())
    near = difflib.get_close_matches(name.lower(), names(), n=1, cutoff=0.6)
    guess = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names())}"
    return [problem("profile-unknown", where, f"there is no profile {name!r}{guess}")]


def _read(folder: Path) -> Profile | list[Problem]:
    path = folder / FILE
    if too_large := inside.oversized(path, "text"):
        return [too_large]
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        return [
            problem("profile-broken", at(path, int(line[1])) if line else shown(path), f"the profile cannot be read: {error}")
        ]
    try:
        said = _Toml.model_validate(values)
    except ValidationError as error:
        return [problem("profile-broken", _place(path, text, item["loc"]), _complaint(item)) for item in error.errors()]
    return Profile(
        name=said.name or folder.name,
        folder=folder,
        limits=tuple(_limits(said.limits)),
        files=tuple(Wanted(file.part, file.name) for file in said.files),
        **said.model_dump(exclude={"name", "limits", "files"}),
    )


def _limits(said: _Limits) -> Iterator[Limit]:
    for name in _Limits.model_fields:
        if limit := getattr(said, name):
            yield Limit(of=name, **limit.model_dump())


def _complaint(item: Any) -> str:
    """Say what is wrong with a value, and for a key that there is not, which one may be meant."""
    keys = [str(part) for part in item["loc"]]
    if item["type"] == "extra_forbidden":
        known = {**_Toml.model_fields, **_Limits.model_fields, **_Words.model_fields, **_File.model_fields}
        near = difflib.get_close_matches(keys[-1], [field.alias or name for name, field in known.items()], n=1)
        return f"{'.'.join(keys)}: there is no such key" + (f"; did you mean {near[0]}?" if near else "")
    return f"{'.'.join(keys)}: {item['msg'].removeprefix('Value error, ')}"


def _place(path: Path, text: str, keys: tuple[str | int, ...]) -> str:
    """Give the line that sets a value: each key is looked for behind the one before it."""
    lines = [re.sub(r"(^|\s)#.*", "", line) for line in text.splitlines()]
    found, name = -1, ""
    for key in keys:
        if isinstance(key, int):  # the nth table of an array of tables
            heads = [number for number, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{re.escape(name)}\s*\]\]", line)]
            found = heads[key] if key < len(heads) else found
            continue
        name = key
        sets = re.compile(rf"(?:^|[\s\[{{,.\"']){re.escape(key)}[\"']?\s*[=.\]]")
        here = next((number for number in range(max(found, 0), len(lines)) if sets.search(lines[number])), None)
        if here is None:
            break
        found = here
    return at(path, found + 1) if found >= 0 else shown(path)
