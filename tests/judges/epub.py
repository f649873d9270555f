"""Judges of EPUBs: EPUBCheck of the W3C, and Ace by DAISY."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.judges import kit

if TYPE_CHECKING:
    from collections.abc import Sequence


def epubcheck(files: Sequence[Path]) -> list[str]:
    """Give fatal errors, errors and warnings of EPUBCheck."""
    jar = kit.packaged("epubcheck", "epubcheck.jar")
    found = []
    for file in files:
        process = kit.run((*kit.JAVA, "-jar", jar, "--quiet", "--json", "-", file))
        if not process.stdout.startswith("{"):
            found.append(f"{file}: no verdict: {process.stdout}{process.stderr}")
            continue
        report = json.loads(process.stdout)
        for message in report["messages"]:
            if message["severity"] in ("FATAL", "ERROR", "WARNING"):
                place = message["locations"][0] if message["locations"] else {"path": "", "line": 0}
                where = f"{file}: {place['path']}:{place['line']}"
                found.append(f"{where}: {message['severity']} {message['ID']} {message['message']}")
        counted = sum(report["checker"][key] for key in ("nFatal", "nError", "nWarning"))
        if counted and not any(line.startswith(f"{file}:") for line in found):
            found.append(f"{file}: {counted} complaints that the report does not name")
    return found


def ace(files: Sequence[Path]) -> list[str]:
    """Give the violations that Ace finds of EPUB Accessibility and of WCAG."""
    program = kit.node_modules() / ".bin" / "ace-cli"
    environment = {"PUPPETEER_EXECUTABLE_PATH": kit.browser()}
    found = []
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            process = kit.run((program, "--silent", "--outdir", folder, file), environment=environment)
            report = Path(folder, "report.json")
            if not report.is_file():
                found.append(f"{file}: no verdict: {process.stdout}{process.stderr}")
                continue
            for subject in json.loads(report.read_text(encoding="utf-8"))["assertions"]:
                page = subject["earl:testSubject"]["url"]
                found += [f"{file}: {page}: {_violation(item)}" for item in subject["assertions"]]
    return found


def _violation(item: dict[str, dict[str, str]]) -> str:
    test, result = item["earl:test"], item["earl:result"]
    return f"{test['dct:title']} ({test['earl:impact']}): {result['dct:description']} {result.get('html', '')}"
