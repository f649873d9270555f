"""Version control: the manuscript's files in, the last commit that touched them out.

Read by dulwich, in Python, and never by the program git: a repository that came with a manuscript may name programs
that git would run (filters, monitors, hooks, signature checks).
"""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


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
        if (folder / ".git").exists():
            return folder
    return None


def _read(base: Path, paths: list[Path]) -> Commit | None:
    from dulwich.repo import Repo

    with Repo(str(base)) as repository:
        names = {path: path.relative_to(base).as_posix().encode() for path in paths if path.is_relative_to(base)}
        if not names:
            return None
        walk = (entry.commit for entry in repository.get_walker())
        commit = next((commit for commit in walk if _touched(repository, commit, sorted(names.values()))), None)
        if commit is None or commit.id in repository.get_shallow():
            return None
        zone = datetime.timezone(datetime.timedelta(seconds=commit.commit_timezone))
        date = datetime.datetime.fromtimestamp(commit.commit_time, zone).date().isoformat()
        exact = len(names) == len(paths) and all(_is_in(repository, path, name) for path, name in names.items())
        return Commit(commit.id.decode(), date, exact)


def _touched(repository: Any, commit: Any, names: list[bytes]) -> bool:
    """Whether a commit changed any of the files: one of them is in no parent as it is in the commit.

    Only these few names are looked up; comparing whole trees, as the walker itself would, takes ten times as long.
    """
    parents = [repository[parent].tree for parent in repository.get_parents(commit.id)]
    if commit.tree in parents:
        return False
    here = _found(repository, commit.tree, names)
    before = [_found(repository, tree, names) for tree in parents] or [dict.fromkeys(names)]
    return any(all(here[name] != found[name] for found in before) for name in names)


def _found(repository: Any, tree: bytes, names: list[bytes]) -> dict[bytes, bytes | None]:
    """Give the object of each file in a tree; None where it is not there."""
    folders: dict[bytes, Any] = {b"": repository[tree]}

    def folder(path: bytes) -> Any:
        if path not in folders:
            base, _, name = path.rpartition(b"/")
            parent = folder(base)
            found = repository[parent[name][1]] if parent is not None and name in parent else None
            folders[path] = found if found is not None and found.type_name == b"tree" else None
        return folders[path]

    result: dict[bytes, bytes | None] = {}
    for name in names:
        base, _, last = name.rpartition(b"/")
        parent = folder(base)
        result[name] = parent[last][1] if parent is not None and last in parent else None
    return result


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
