"""Finds and installs what the judges need, once for all test processes."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

import pytest

from compositor import SURROUNDINGS
from tests.conftest import need

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

HERE = Path(__file__).parent
JAVA = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # a short run: half the time of Java's defaults
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def unavailable(message: str) -> NoReturn:
    """Skip, loudly, without a judge; in CI fail."""
    if os.environ.get("COMPOSITOR_CI"):
        pytest.fail(message)
    pytest.skip(message)


def run(
    command: Sequence[object], cwd: Path = HERE, environment: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[str]:
    """Run a judge and keep what it says; whether it is content is for its function to read."""
    need(str(command[0]))
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**SURROUNDINGS, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def cache() -> Path:
    """Give the folder that keeps what was installed."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("COMPOSITOR_JUDGES") or Path(base, "compositor", "judges"))


def once(name: str, source: bytes, make: Callable[[Path], subprocess.CompletedProcess[str]]) -> Path:
    """Give a folder of the cache that ``make`` filled from ``source``; another source gives another folder."""
    folder = cache() / f"{name}-{hashlib.sha256(source).hexdigest()[:12]}"
    if folder.is_dir():
        return folder
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix=f"{name}-") as work:
        fresh = Path(work, "fresh")
        fresh.mkdir()
        process = make(fresh)
        if process.returncode:
            unavailable(f"{name} cannot be installed:\n{(process.stdout + process.stderr)[-2000:]}")
        try:
            fresh.rename(folder)
        except OSError:  # another test process was faster
            assert folder.is_dir()
    return folder


def packaged(package: str, path: str) -> Path:
    """Give a file that a Python package of the ``dev`` extra brings."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        unavailable(f"the Python package {package} is not installed; `make test` installs it")
    return Path(found.origin).parent / path


def node_modules() -> Path:
    """Give the Node packages of package-lock.json. No script of theirs is run, and no browser fetched."""
    lock = (HERE / "package-lock.json").read_bytes()

    def install(folder: Path) -> subprocess.CompletedProcess[str]:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        return run(("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"), folder, {"PUPPETEER_SKIP_DOWNLOAD": "1"})

    return once("npm", lock, install) / "node_modules"


def browser() -> str:
    """Give the path of Chromium."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or unavailable("Chromium is not installed, so no page is looked at in a browser")
