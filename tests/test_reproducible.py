"""The same sources give the same bytes, whatever is different about the machine, the place and the hour."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from compositor.difference import first_difference
from compositor.fonts import cache_folder
from tests.conftest import CASES, ROOT, need

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARTS = ("manuscript", "bibliography")


def copy_article(folder: Path) -> Path:
    """Copy the shipped article, without its repository; gives the folder that holds it."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    return folder


def build(sources: Path, out: Path, *, before: tuple[str, ...] = (), **options: Any) -> dict[str, bytes]:
    """Build with everything on; gives each file of the output folder."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONHASHSEED", "TZ", "LC_ALL", "LANG")}
    environment |= options.pop("env", {})
    options.setdefault("cwd", sources)
    command = [*before, sys.executable, str(ROOT / "build.py"), str(sources / "manuscript"), "--attach-sources", "--quiet"]
    done = subprocess.run(
        [*command, "--out", str(out)], capture_output=True, text=True, check=False, env=environment, **options
    )
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give the files of a build with nothing unusual about it."""
    folder = tmp_path_factory.mktemp("usual")
    return build(copy_article(folder), folder / "dist")


def same(usual: dict[str, bytes], found: dict[str, bytes]) -> None:
    """Compare two output folders, and name the first difference."""
    assert sorted(found) == sorted(usual)
    differences = [f"{name}: {said}" for name in usual if (said := first_difference(usual[name], found[name], name))]
    assert not differences, "\n".join(differences)


ENVIRONMENTS = {
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "hash seed": {"PYTHONHASHSEED": "4242"},
    "user": {"USER": "someone", "LOGNAME": "someone", "HOME": "/nonexistent", "XDG_CACHE_HOME": str(cache_folder().parent)},
    "source date": {"SOURCE_DATE_EPOCH": "86400"},
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environment(name: str, usual: dict[str, bytes], tmp_path: Path) -> None:
    """What the environment says is not in the bytes."""
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", env=ENVIRONMENTS[name]))


def test_clock(usual: dict[str, bytes], tmp_path: Path) -> None:
    """Five years later the bytes are the same."""
    need("faketime")
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", before=("faketime", "2031-02-03 04:05:06")))


def test_folder_and_where_one_stands(usual: dict[str, bytes], tmp_path: Path) -> None:
    """The name of the folder, with letters and spaces that programs stumble over, and the place of the command."""
    folder = tmp_path / "Ünï cödé, und Leerzeichen"
    folder.mkdir()
    same(usual, build(copy_article(folder), folder / "out put", cwd=tmp_path))


def test_umask(usual: dict[str, bytes], tmp_path: Path) -> None:
    """A umask that lets nobody in changes no byte."""
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", umask=0o077))


def test_one_core(usual: dict[str, bytes], tmp_path: Path) -> None:
    """On one core of the machine."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system has no way to name cores")
    core = min(os.sched_getaffinity(0))
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", before=("taskset", "--cpu-list", str(core))))


def test_order_of_files(usual: dict[str, bytes], tmp_path: Path) -> None:
    """On a file system that lists every folder backwards."""
    need("disorderfs")
    (tmp_path / "sources").mkdir()
    (tmp_path / "mirror").mkdir()
    copy_article(tmp_path / "sources")
    command = ["disorderfs", "--reverse-dirents=yes", str(tmp_path / "sources"), str(tmp_path / "mirror")]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        if os.environ.get("COMPOSITOR_CI"):
            pytest.fail(mounted.stderr)
        pytest.skip(f"disorderfs cannot mount here: {mounted.stderr}")
    try:
        same(usual, build(tmp_path / "mirror", tmp_path / "dist"))
    finally:
        subprocess.run(["umount", str(tmp_path / "mirror")], check=True)


def test_cache_that_is_damaged_or_gone(usual: dict[str, bytes], tmp_path: Path) -> None:
    """A cache with a wrong byte in every file, with other files, or none at all, gives the same bytes."""
    cache = tmp_path / "cache" / "compositor"
    shutil.copytree(cache_folder(), cache)
    kept = [path for path in cache.rglob("*") if path.is_file()]
    assert kept
    for number, path in enumerate(sorted(kept)):
        data = path.read_bytes()
        path.write_bytes([b"", data[:-1], data[:40] + b"\0\0\0\0" + data[44:]][number % 3])
    damaged = {path: path.read_bytes() for path in kept}
    (cache / "fonts" / "a folder").mkdir()
    same(usual, build(copy_article(tmp_path), tmp_path / "dist", env={"XDG_CACHE_HOME": str(tmp_path / "cache")}))
    assert any(path.read_bytes() != data for path, data in damaged.items()), "the damaged files were not even looked at"
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("a file where the cache should be")
    again = build(tmp_path, tmp_path / "again", env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    same(usual, again)


def test_every_construct_twice(build: Callable[..., Any], tmp_path: Path) -> None:
    """The case with everything in it, built in two places, is the same."""
    folders = (tmp_path / "here", tmp_path / "elsewhere")
    for folder in folders:
        shutil.copytree(CASES / "features" / "every-construct", folder)
    first, second = map(build, folders)
    for edition in ("pdf", "epub", "html"):
        one, other = (item.path(edition).read_bytes() for item in (first, second))
        assert not first_difference(one, other, f"x.{edition}")
