"""Profiles: the name or the folder of a journal in, its frozen Profile out, or the problems with it.

A journal is a folder with a ``profile.toml`` and any template or style sheet it overrides by the same name.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from compositor import inside
from compositor.model import Problem, Profile
from compositor.paper import NAMED, PageSize
from compositor.places import at, shown
from compositor.problems import problem
from compositor.templating import templates_folder

DEFAULT = "plain"
FILE = "profile.toml"


class _Toml(BaseModel):
    """What ``profile.toml`` may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""  # the journal's, for people
    description: str = ""
    csl: str = ""  # a citation style's name, or a .csl file in the profile's folder
    page: PageSize = NAMED["a4"]
    columns: Literal[1, 2] = 1
    size: float = Field(10.75, ge=7, le=16)  # points; the text's type
    line: float = Field(14.0, ge=8, le=24)  # points; from line to line, and the grid of the page


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
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        line = re.search(r"at line (\d+)", str(error))
        return [
            problem("profile-broken", at(path, int(line[1])) if line else shown(path), f"the profile cannot be read: {error}")
        ]
    try:
        said = _Toml.model_validate(values)
    except ValidationError as error:
        return [
            problem("profile-broken", _place(path, text, str(item["loc"][0])), f"{item['loc'][0]}: {item['msg']}")
            for item in error.errors()
        ]
    return Profile(said.name or folder.name, said.description, said.csl, said.page, said.columns, said.size, said.line, folder)


def _place(path: Path, text: str, key: str) -> str:
    """Give the line that sets a key."""
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.\]]|\s*\[+{re.escape(key)}\b", line):
            return at(path, number)
    return shown(path)
