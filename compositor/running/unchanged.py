"""A build that has been made already: what went into it and what came out is remembered, and the same again costs nothing.

Everything that a build may read goes into a fingerprint: each file of the manuscript's folder and of ``bibliography``
beside it, the style and profile that were named, the last commit, the program with its templates and libraries, and the
options. Where all of it is as it was, and the output folder still holds what was written, byte for byte, there is
nothing to do. What is remembered stands in the user's cache, and may be deleted or damaged at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compositor import __version__
from compositor.editions import engine
from compositor.result import Artifact, Build, Problem, Requirement
from compositor.running.kept import cache_folder, read, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.options import Options

MOST_FILES = 2_000  # a folder with more is not looked through: it is somebody's home, and the build is worth its time
MOST_BYTES = 64_000_000
HERE = Path(__file__).parents[1]


class TooMuchError(Exception):
    """A folder holds more than is worth looking through."""


def fingerprint(source: Path, out: Path, options: Options, settings: str) -> str:
    """Give one digest of all that the build of a source depends on; "" where that cannot be told cheaply.

    ``settings`` are those of the command that are no options of the editions.
    """
    folder = source if source.is_dir() else source.parent
    named = [Path(name) for name in (options.style, options.profile) if name and Path(name).exists()]
    try:
        told = [
            *_program(),
            *(str(part) for part in (Path.cwd(), source, out.resolve(), options, settings, sys.version)),
            os.environ.get("GIT_CEILING_DIRECTORIES", ""),
            *_commit(folder.resolve()),
            *([_digest(source)] if source.is_file() else []),
            *(line for place in (folder, folder.resolve().parent / "bibliography", *named) for line in _tree(place, out)),
        ]
    except (OSError, TooMuchError, RuntimeError):
        return ""
    return hashlib.sha256("\0".join(told).encode("utf-8", "surrogateescape")).hexdigest()


def _program() -> Iterator[str]:
    """Name what builds: our own files by size and time, the packages by their folder's time, the libraries by version."""
    from importlib.util import find_spec

    yield __version__
    templates = HERE / "templates" if (HERE / "templates").is_dir() else HERE.parent / "templates"
    for base in (HERE, templates):
        for place, folders, names in os.walk(base):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for path in (Path(place, name) for name in sorted(names)):
                stat = path.stat()
                yield f"{path} {stat.st_size} {stat.st_mtime_ns}"
    for package in ("weasyprint", "pypandoc", "fontpkg_eb_garamond"):
        if (spec := find_spec(package)) and spec.origin:
            packages = Path(spec.origin).parent.parent
            yield f"{packages} {packages.stat().st_mtime_ns}"
    yield str(engine.libraries())
    yield shutil.which("pdftotext") or ""  # without it less is proved


def _commit(folder: Path) -> Iterator[str]:
    """Name the commit that a repository stands at, by the few files that tell it."""
    for above in (folder, *folder.parents):
        git = above / ".git"
        if git.is_file():  # a linked work tree: its files are elsewhere
            raise TooMuchError
        if git.is_dir():
            head = _plain(git / "HEAD").strip()
            yield head
            ref = head.removeprefix("ref: ")
            if ".." in ref:  # it came with the manuscript, and leads out of it
                raise TooMuchError
            for name in (ref, "packed-refs", "shallow"):
                yield _plain(git / name) if (git / name).exists() else ""
            return


def _plain(path: Path) -> str:
    """Read a small file of a repository; a pipe or a link in its place, which may never end, is not for here."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise TooMuchError
    return path.read_text("utf-8", "replace")


def _tree(place: Path, out: Path) -> Iterator[str]:
    """Name every file below a place with its contents, the output and the history apart."""
    if place.is_file():
        yield _digest(place)
        return
    ours = out.resolve()
    files = total = 0
    for base, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name != ".git" and Path(base, name).resolve() != ours)
        for name in folders:
            if Path(base, name).is_symlink():  # what it leads to is not walked through, but may be read
                yield f"{base}/{name} {_inner(Path(base, name), place)}"
        for name in sorted(names):
            path = Path(base, name)
            if path.is_symlink():
                _inner(path, place)
            files, total = files + 1, total + path.stat().st_size
            if files > MOST_FILES or total > MOST_BYTES:
                raise TooMuchError
            yield f"{path} {os.path.realpath(path)} {_digest(path)}"


def _inner(link: Path, place: Path) -> Path:
    """Give where a link leads. What lies outside the place is not read here, without limits: it may never end."""
    if not (real := link.resolve()).is_relative_to(place.resolve()):
        raise TooMuchError
    return real


def _digest(path: Path) -> str:
    if not path.is_file():  # a pipe would never end
        raise TooMuchError
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _record(source: Path, out: Path, options: Options) -> Path:
    name = hashlib.sha256(f"{source.resolve()}\0{out.resolve()}\0{options}".encode("utf-8", "surrogateescape")).hexdigest()
    return cache_folder() / "builds" / name


def find(mark: str, source: Path, out: Path, options: Options) -> Build | None:
    """Give the build with this fingerprint, if its files are where they were written."""
    if not mark or any(out.resolve().parent.glob(f".{out.name}.compositor-*")):  # a killed build left something to be cleared
        return None
    try:
        told = json.loads(read(_record(source, out, options)) or b"{}")
        if told["fingerprint"] != mark:
            return None
        artifacts = [_restore(out, item) for item in told["artifacts"]]
        return Build(
            tuple(artifacts),
            tuple(Problem(**item) for item in told["problems"]),
            {str(key): int(value) for key, value in told["counts"].items()},
            tuple(Requirement(**item) for item in told["requirements"]),
            tuple(map(Path, told["texts"])),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # never made, gone, or damaged
        return None


def _restore(out: Path, item: dict[str, Any]) -> Artifact:
    """Read a file that was written. Raises ValueError when it is no longer what it was."""
    data = (out / item["name"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != item.pop("sha256"):
        raise ValueError(item["name"])
    return Artifact(data=data, **item)


def remember(mark: str, source: Path, out: Path, options: Options, result: Build) -> None:
    """Keep what a build gave, once it is written. A review copy is not kept: its lines are more than its file."""
    if not mark or any(artifact.lines for artifact in result.artifacts):
        return
    told = {
        "fingerprint": mark,
        "artifacts": [
            {
                "name": artifact.name,
                "media_type": artifact.media_type,
                "pages": artifact.pages,
                "seconds": artifact.seconds,
                "beside": artifact.beside,
                "sha256": hashlib.sha256(artifact.data).hexdigest(),
            }
            for artifact in result.artifacts
        ],
        "problems": [asdict(problem) for problem in result.problems],
        "counts": result.counts,
        "requirements": [asdict(item) for item in result.requirements],
        "texts": list(map(str, result.texts)),
    }
    write(_record(source, out, options), json.dumps(told).encode())
