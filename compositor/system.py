"""What the operating system must supply, and the line that installs it.

Standard library only: it also runs as a program, before anything is installed.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

DEBIAN = {  # shared library → Debian package
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",  # without it fonts are cut differently, and bytes change
}
PROGRAMS = {"pdftotext": "poppler-utils"}  # reads the PDF back
JUDGES = {  # what the tests need: program or file → Debian package; without apt-get, tests that need one are skipped
    "chromium": "chromium",
    "disorderfs": "disorderfs",  # lists folders in another order
    "faketime": "faketime",  # tells another time
    "javac": "default-jdk-headless",
    "node": "nodejs",
    "npm": "npm",
    "qpdf": "qpdf",
    "soffice": "libreoffice-writer-nogui",  # opens the Word document
    "/usr/lib/libreoffice/program/libsmlo.so": "libreoffice-math-nogui",  # without it formulas vanish from its pages
    "/usr/share/java/jaxb-runtime.jar": "libjaxb-java",
}


def is_debian() -> bool:
    """Whether this machine installs packages with apt-get."""
    return sys.platform == "linux" and shutil.which("apt-get") is not None


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing(*, tests: bool = False) -> list[str]:
    """Name the Debian packages whose library or program is not here; elsewhere "pango" stands for all."""
    if sys.platform != "linux":
        found = ctypes.util.find_library("pango-1.0-0") or ctypes.util.find_library("pango-1.0")
        absent = [] if found else ["pango"]
    else:
        absent = [package for library, package in DEBIAN.items() if not _loads(library)]
    absent += [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if tests and is_debian():
        absent += [package for name, package in JUDGES.items() if shutil.which(name) is None and not Path(name).exists()]
    return absent


def install_line(packages: list[str] | None = None) -> str:
    """Give the one line that installs what is missing on this machine."""
    names = packages or list(DEBIAN.values())
    poppler = " poppler" if "poppler-utils" in names else ""
    if sys.platform == "darwin":
        return f"brew install pango{poppler}"
    if sys.platform == "win32":
        prefix = "mingw-w64-x86_64-"
        wanted = f"{prefix}pango" + (f" {prefix}poppler" if poppler else "")
        return f"winget install MSYS2.MSYS2 && C:\\msys64\\usr\\bin\\pacman -S --noconfirm {wanted}"
    if shutil.which("dnf"):
        return f"sudo dnf install pango harfbuzz{poppler and ' poppler-utils'}"
    if shutil.which("pacman"):
        return f"sudo pacman -S pango harfbuzz{poppler}"
    if shutil.which("apk"):
        return f"sudo apk add pango harfbuzz-subset{poppler and ' poppler-utils'}"
    return f"sudo apt-get install --yes {' '.join(names)}"


def _apt(*arguments: str) -> bool:
    command = [*([] if os.geteuid() == 0 else ["sudo"]), "apt-get", "-qq", "-o=Dpkg::Use-Pty=0", *arguments]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0


def install(packages: list[str]) -> bool:
    """Install Debian packages; the lists are fetched only when the first try fails."""
    arguments = ("install", "--yes", "--no-install-recommends", *packages)
    return _apt(*arguments) or (_apt("update") and _apt(*arguments))


def main(arguments: list[str]) -> int:
    """``python compositor/system.py [--tests] [--venv FOLDER]``: install what is missing, or say how. 0 when all is there."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file must say so on an old Python too
        print(f"Python 3.11 or newer is needed; this is {platform.python_version()}.", file=sys.stderr)
        return 3
    packages = missing(tests="--tests" in arguments)
    if "--venv" in arguments and is_debian():
        try:
            import ensurepip  # noqa: F401
        except ImportError:
            packages.append(f"python3.{sys.version_info.minor}-venv")
    if not packages:
        return 0
    if is_debian():
        print(f"Installing {' '.join(packages)}", file=sys.stderr)
        if install(packages):
            return 0
    print(f"Missing: {' '.join(packages)}. Install with:\n\n    {install_line(packages)}\n", file=sys.stderr)
    return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
