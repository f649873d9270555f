"""The record that a PDF carries of its own making: where it comes from in, files to attach out; and back again.

``sources/`` holds the author's files, ``style/`` the citation style, ``templates/`` the templates that come with Compositor,
``requirements.lock`` the packages, and ``build.json`` the options and the version of every tool.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from compositor.options import Options
from compositor.records.provenance import Source, shipped_templates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compositor.records.provenance import Provenance

BUILD = "build.json"
LOCK = "requirements.lock"


def files(origin: Provenance) -> tuple[Source, ...]:
    """Give every file of the record, by name."""
    found = [Source(f"sources/{source.name}", source.data) for source in origin.sources]
    found += [Source(f"style/{origin.style.name}", origin.style.data)]
    found += [Source(f"templates/{source.name}", source.data) for source in shipped_templates()]
    found += [Source(LOCK, lock.read_bytes())] if (lock := lock_file()) else []
    found += [Source(BUILD, write_build(origin).encode())]
    return tuple(sorted(found, key=lambda source: source.name))


def write_build(origin: Provenance) -> str:
    """Write ``build.json``: what to build, with which options, and what set it."""
    build = {
        "name": origin.name,
        "source": origin.source,
        "options": asdict(origin.options),
        "tools": dict((*origin.tools, *origin.faces, (origin.style.name, origin.style.sha256[:12]))),
    }
    return json.dumps(build, ensure_ascii=False, indent=1) + "\n"


def lock_file() -> Path | None:
    """Give the lock file: inside the wheel, or at the top of a checkout."""
    package = Path(__file__).parents[1]
    return next((path for path in (package / LOCK, package.parent / LOCK) if path.is_file()), None)


class NotRebuildable(Exception):  # noqa: N818 - what the file is, not what went wrong in us
    """The file holds no record, or one that cannot be trusted; the message says which."""


@dataclass(frozen=True, slots=True)
class Build:
    """How a PDF or a set of editions was made."""

    name: str  # stem of the output files
    source: str  # what to build, from the folder that holds the sources
    options: Options
    tools: dict[str, str]  # name → version


def read_build(data: bytes | str) -> Build:
    """Read ``build.json``. Raises NotRebuildable."""
    try:
        build = json.loads(data)
        told = build["options"]
        options = Options(
            to=tuple(map(str, told["to"])),
            style=str(told["style"]),
            profile=str(told["profile"]),
            attach=bool(told["attach"]),
            blind=bool(told["blind"]),
            commit=str(told["commit"]),
            numbers=str(told["numbers"]),
            date=str(told["date"]),
        )
        if not re.fullmatch("[0-9a-f]{0,64}", options.commit) or options.numbers not in ("running", "page"):
            raise ValueError("the commit or the numbers of lines are none")
        if "\0" in f"{options.style}{options.profile}{build['source']}{build['name']}":
            raise ValueError("a name holds a NUL")
        tools = {str(name): str(number) for name, number in build["tools"].items()}
        return Build(str(build["name"]), str(build["source"]), options, tools)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotRebuildable(f"{BUILD} cannot be read: {error}") from None


def unpack(sources: Iterable[Source], folder: Path) -> None:
    """Write the author's files of a record into a folder. Raises NotRebuildable for a name that leads out of it."""
    for source in sources:
        path = PurePosixPath(source.name)
        if path.is_absolute() or ".." in path.parts or "\\" in source.name or ":" in source.name or "\0" in source.name:
            raise NotRebuildable(f"the name {source.name[:80]!r} leads out of its folder")
        if path.parts[0] != "sources" or len(path.parts) < 2:
            continue
        target = folder.joinpath(*path.parts[1:])
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.write(source.data)
        except OSError as error:  # two of one name, or a file where a folder should be
            raise NotRebuildable(f"{source.name[:80]!r} cannot be unpacked: {error.strerror}") from None
