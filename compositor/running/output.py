"""Writing: finished files in, an output folder that is wholly the new set or wholly as it was out.

The new set is written and synced in a folder beside the old one, and the two folders change names in one step of the
operating system. Whatever else stood in the old folder goes along. Where that step does not exist (Windows, a folder
that is a mount point, a parent that cannot be written to), the files are renamed one by one.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from compositor.places import shown
from compositor.problems import problem
from compositor.result import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.result import Artifact

EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2(2), and RENAME_SWAP of macOS's renamex_np(2)
HERE = -100  # AT_FDCWD


def write(artifacts: tuple[Artifact, ...], folder: Path) -> tuple[Path, ...]:
    """Put every file in place, all at once. Raises BuildError, and leaves the folder as it was, when it cannot."""
    paths = tuple(folder / artifact.name for artifact in artifacts)
    try:
        target = folder.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        with _lock(target.parent):
            for left in leftovers(target):  # of builds that were killed; we hold the lock
                shutil.rmtree(left, ignore_errors=True)
            if not _is_there(artifacts, target):
                _put(artifacts, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BuildError((problem("output-unwritable", shown(folder), f"the output cannot be written: {reason}"),)) from None
    return paths


def leftovers(folder: Path) -> list[Path]:
    """Give what builds into a folder left behind that were killed while they wrote: beside it, or in it."""
    return [left for home in (folder.parent, folder) for left in home.glob(f".{folder.name}.compositor-*")]


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let one build at a time write below a folder; the lock leaves no file and ends with its process."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _is_there(artifacts: tuple[Artifact, ...], folder: Path) -> bool:
    """Whether every file stands in the folder already, byte for byte."""
    try:
        return all((folder / artifact.name).read_bytes() == artifact.data for artifact in artifacts)
    except OSError:
        return False


def _put(artifacts: tuple[Artifact, ...], folder: Path) -> None:
    """Write the set beside the folder and exchange the two; where that cannot be, file by file inside."""
    mark = f".{folder.name}.compositor-"
    beside = os.access(folder.parent, os.W_OK) and not folder.is_mount() and folder != Path.cwd()
    home = folder.parent if beside else folder
    folder_was_there = folder.is_dir()
    home.mkdir(exist_ok=True)
    stage = Path(tempfile.mkdtemp(dir=home, prefix=mark))
    try:
        for artifact in artifacts:
            _write(stage / artifact.name, artifact.data)
        if beside and not folder_was_there:
            stage.chmod(0o777 & ~_umask())
            stage.rename(folder)
        elif not (beside and _exchange_with_the_rest(stage, folder)):
            for artifact in artifacts:
                (stage / artifact.name).replace(folder / artifact.name)
        _sync(home)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Have the folder's entries reach the disk; Windows neither can nor needs to."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _exchange_with_the_rest(stage: Path, folder: Path) -> bool:
    """Link whatever else the folder holds into the stage, and let the two change names; False where that is impossible."""
    if _exchange_call() is None:
        return False
    for item in folder.iterdir():
        copy = stage / item.name
        if copy.exists() or copy.is_symlink():
            continue
        if item.is_dir() and not item.is_symlink():
            shutil.copytree(item, copy, symlinks=True, copy_function=_link)
        else:
            _link(item, copy)
    shutil.copystat(folder, stage)
    _sync(stage)
    return _exchange(stage, folder)


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # a file system without links
        shutil.copy2(source, target, follow_symlinks=False)


def _exchange_call() -> str | None:
    names = {"linux": "renameat2", "darwin": "renamex_np"}
    name = names.get(sys.platform)
    return name if name is not None and hasattr(ctypes.CDLL(None), name) else None


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; False where the file system has no such step."""
    first, second = os.fsencode(one), os.fsencode(other)
    library = ctypes.CDLL(None)
    if sys.platform == "darwin":
        return bool(library.renamex_np(first, second, EXCHANGE) == 0)
    return bool(library.renameat2(HERE, first, HERE, second, EXCHANGE) == 0)
