"""Fixtures: the shipped article and the case folders, built once a session with the real tools."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from compositor.editions.engine import load_engine
from compositor.result import MissingTool

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
EDITIONS = ("pdf", "epub", "html")

# Builds in this process fork others that set pages; here WeasyPrint is loaded once for all of them, and lays out nothing.
with contextlib.suppress(MissingTool):
    load_engine()

# A shell starts what it puts in the background deaf to Ctrl-C, and that is inherited; the commands tested here listen to it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def need(program: str) -> None:
    """Skip, loudly, without an outside program; in CI fail."""
    if shutil.which(program) is None:
        message = f"{program} is not installed, so this edition is not read back"
        if os.environ.get("COMPOSITOR_CI"):
            pytest.fail(message)
        pytest.skip(message)


def small_disk(folder: Path, size: str) -> Path:
    """Mount a disk of this size at a new folder, or skip, loudly; in CI fail."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = shutil.which("mount") and subprocess.run(command, capture_output=True, text=True, check=False)
    if not mounted or mounted.returncode != 0:
        message = f"no small disk can be mounted here, which only root may: {mounted.stderr if mounted else 'no mount'}"
        if os.environ.get("COMPOSITOR_CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


def run(*arguments: object, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``python build.py`` as a person does, with its own process and no terminal."""
    command = [sys.executable, str(ROOT / "build.py"), *map(str, arguments)]
    ours = {"GIT_CEILING_DIRECTORIES": str(CASES)}  # a case is dated by itself, not by our last commit
    settings = os.environ | ours | (environment or {})
    return subprocess.run(command, cwd=cwd, env=settings, capture_output=True, text=True, check=False, encoding="utf-8")


class Built:
    """What one build gave."""

    def __init__(self, folder: Path, process: subprocess.CompletedProcess[str]) -> None:
        self.folder = folder
        self.process = process
        self.data: dict[str, Any] = json.loads(process.stdout) if process.stdout.startswith("{") else {}

    def path(self, edition: str) -> Path:
        """Give the file of an edition; the build must have made it."""
        assert self.data["ok"], self.process.stdout + self.process.stderr
        return next(self.folder / Path(item["path"]).name for item in self.data["outputs"] if item["edition"] == edition)

    @property
    def problems(self) -> list[dict[str, str]]:
        """The problems, as the JSON says them."""
        found: list[dict[str, str]] = self.data["problems"]
        return found


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Built]:
    """Give a function that builds a source once a session, whatever the number of tests that look at it."""

    @cache
    def _build(source: Path, *options: str) -> Built:
        out = tmp_path_factory.mktemp("dist")
        return Built(out, run(source, "--out", out, "--json", *options))

    return _build


@pytest.fixture(scope="session")
def article(build: Callable[..., Built]) -> Built:
    """Give the shipped article."""
    return build(ROOT / "manuscript")


FEATURES = sorted(path.parent for path in (CASES / "features").glob("*/expected.yaml"))


def expected(case: Path) -> dict[str, Any]:
    """Read what a feature case promises."""
    wanted: dict[str, Any] = yaml.safe_load((case / "expected.yaml").read_text(encoding="utf-8"))
    return wanted


def build_case(build: Callable[..., Built], case: Path) -> Built:
    """Build a feature case the way it asks to be."""
    source = next((case / name for name in ("paper.md", "article.md") if (case / name).is_file()), case)
    return build(source if expected(case).get("single") else case, *expected(case).get("options", []))


def features_with(key: str) -> list[Path]:
    """Give the feature cases that promise something of this kind."""
    return [case for case in FEATURES if key in expected(case)]
