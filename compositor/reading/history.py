"""Version control: the manuscript's files in, the last commit that touched them out.

Read by dulwich, in Python, and never by the program git: a repository that came with a manuscript may name programs
that git would run (filters, monitors, hooks, signature checks).
"""

from __future__ import annotations

import datetime
import os
import stat
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from compositor.running.kept import kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


VERSION = 256 << 20  # bytes that an earlier version may have


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as the colophon and the date need it."""

    id: str  # 40 hexadecimal digits
    date: str  # YYYY-MM-DD, in the committer's time zone
    exact: bool  # the files are as they were committed


def last_commit(paths: Sequence[Path]) -> Commit | None:
    """Give the last commit that touched any of the files; None without a repository, or when none of them is in it.

    In a shallow clone the commit at its edge seems to have touched everything; it is not given.
    """
    base = _repository(paths[0].resolve())
    if base is None:
        return None
    try:
        return _read(base, [path.resolve() for path in paths])
    except Exception:  # a repository may be broken in any way; the text can be set without it
        return None


def _repository(path: Path) -> Path | None:
    """Find the folder of the repository that a file is in. GIT_CEILING_DIRECTORIES ends the search, as it does git's."""
    ceilings = os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep)
    for folder in path.parents:
        if str(folder) in ceilings:
            return None
        git = folder / ".git"
        if git.is_dir() and not all(_is_plain(git / name) for name in ("HEAD", "config", "packed-refs")):
            return None  # a pipe would be read for ever
        if git.exists():
            return folder
    return None


def _is_plain(path: Path) -> bool:
    return not path.is_symlink() and (path.is_file() or not path.exists())


def _read(base: Path, paths: list[Path]) -> Commit | None:
    from dulwich.repo import Repo

    with Repo(str(base)) as repository:
        names = {path: path.relative_to(base).as_posix().encode() for path in paths if path.is_relative_to(base)}
        if not names:
            return None
        # a text that was not touched for long lies under many commits, which stay what they are
        marks = (os.fsencode(base), repository.head(), b" ".join(sorted(repository.get_shallow())))
        told = kept("history", (*marks, *sorted(names.values())), partial(_find, repository, tuple(names.values())))
        if not told:
            return None
        commit, date = told.decode().split()
        exact = len(names) == len(paths) and all(_is_in(repository, path, name) for path, name in names.items())
        return Commit(commit, date, exact)


def _find(repository: Any, names: tuple[bytes, ...]) -> bytes:
    """Give the last commit that touched one of the files, and its date; nothing where it is not known."""
    files = _Files(repository, names)
    commits = (entry.commit for entry in repository.get_walker())
    commit = next((commit for commit in commits if files.touched_by(commit)), None)
    if commit is None or commit.id in repository.get_shallow():
        return b""
    zone = datetime.timezone(datetime.timedelta(seconds=commit.commit_timezone))
    date = datetime.datetime.fromtimestamp(commit.commit_time, zone).date()
    return bytes(commit.id) + b" " + date.isoformat().encode()


class _Files:
    """Some files through the history.

    Only their names are looked up in each tree, and a tree that two commits share once: comparing whole trees takes long.
    """

    def __init__(self, repository: Any, names: tuple[bytes, ...]) -> None:
        self._repository = repository
        self._names = [name.split(b"/") for name in names]
        self._trees: dict[bytes, Any] = {}

    def touched_by(self, commit: Any) -> bool:
        """Whether a commit changed any of them: one of them is in no parent as it is in the commit."""
        parents = [self._repository[parent].tree for parent in self._repository.get_parents(commit.id)]
        if commit.tree in parents:
            return False
        for name in self._names:
            here = self._find(commit.tree, name)
            if all(here != before for before in ([self._find(tree, name) for tree in parents] or [None])):
                return True
        return False

    def _find(self, tree: bytes, name: list[bytes]) -> bytes | None:
        """Give the object of a file in a tree; None where it is not there."""
        found: bytes | None = tree
        for part in name:
            if found not in self._trees:
                self._trees[found or b""] = self._repository[found]
            folder = self._trees[found or b""]
            if folder.type_name != b"tree" or part not in folder:
                return None
            found = folder[part][1]
        return found


def _is_in(repository: Any, path: Path, name: bytes) -> bool:
    """Whether a file is the one that was committed last, but for its line ends."""
    from dulwich.object_store import tree_lookup_path
    from dulwich.objects import Blob

    try:
        _, committed = tree_lookup_path(repository.__getitem__, repository[repository.head()].tree, name)
    except KeyError:
        return False
    data = path.read_bytes()
    return committed in {Blob.from_string(data).id, Blob.from_string(data.replace(b"\r\n", b"\n")).id}


class NoVersion(Exception):  # noqa: N818 - what was asked for, not what went wrong in us
    """There is no such version; the message says why."""


def write_version(name: str, text: Path, folder: Path) -> None:
    """Write the manuscript of a commit, tag or branch: its folder as ``manuscript``, and ``bibliography`` beside it.

    Raises NoVersion.
    """
    base = _repository(text.resolve())
    if base is None:
        raise NoVersion(f"there is no {name}, and no repository in which it could be the name of a commit")
    try:
        held = _write(name, base, text.resolve().parent, folder)
    except NoVersion:
        raise
    except Exception:
        raise NoVersion(f"{name} is neither a file or folder nor a commit, a tag or a branch") from None
    if not held:
        raise NoVersion(f"the commit {name} does not hold this manuscript")


def _write(name: str, base: Path, own: Path, folder: Path) -> bool:
    from dulwich.object_store import iter_tree_contents
    from dulwich.objectspec import parse_commit
    from dulwich.repo import Repo

    found, size = False, 0
    with Repo(str(base)) as repository:
        tree = parse_commit(repository, name.encode()).tree
        parts = {own.relative_to(base): "manuscript"}
        if own != base:
            parts[(own.parent / "bibliography").relative_to(base)] = "bibliography"
        for entry in iter_tree_contents(repository.object_store, tree):
            path = PurePosixPath(os.fsdecode(entry.path))
            for part, instead in parts.items():
                inner = part.as_posix()
                if not stat.S_ISREG(entry.mode) or not path.is_relative_to(inner) or ".." in path.parts:
                    continue
                data: bytes = repository[entry.sha].as_raw_string()
                size += len(data)
                if size > VERSION:
                    raise NoVersion(f"the folder of the manuscript holds more than {VERSION >> 20} MiB in {name}")
                target = folder / instead / path.relative_to(inner)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                found = found or instead == "manuscript"
    return found
