"""Judges of the Word document: openxml-audit by the schemas of Office, LibreOffice by opening it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.proof.expected import INVISIBLE
from tests.judges.kit import run

if TYPE_CHECKING:
    from pathlib import Path

BODY = ("-x", "60", "-y", "69", "-W", "480", "-H", "704")  # points: the page without running head and page number


def audit(files: list[Path]) -> list[str]:
    """Hold the package, its parts and their relations against Office's schemas."""
    from openxml_audit import OpenXmlValidator

    return [f"{file.name}: {error}" for file in files for error in OpenXmlValidator().validate(str(file)).errors]


def printed(file: Path, folder: Path) -> list[str]:
    """Let LibreOffice print a document; gives the letters of each page, running heads aside, without white space."""
    process = run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf", "--outdir",
         folder, file],
        folder,
    )  # fmt: skip
    pdf = folder / f"{file.stem}.pdf"
    assert pdf.is_file(), process.stdout + process.stderr
    pages = run(["pdftotext", "-raw", *BODY, pdf, "-"], folder).stdout.split("\f")
    return [re.sub(r"\s+", "", INVISIBLE.sub("", page)) for page in pages]


def unread(pages: list[str], text: str, notes: str, heads: list[str]) -> str:
    """Follow the text and the notes through the pages: each page is a stretch of one, then of the other.

    The ``heads`` of tables are printed again on each page of them. Gives the first words that are not where they should be;
    empty when all are read.
    """
    for number, whole in enumerate(pages, start=1):
        again = next((head for head in heads if whole.startswith(head) and not text.startswith(head)), "")
        page = whole.removeprefix(again)
        same = next(
            (at for at, (one, two) in enumerate(zip(page, text, strict=False)) if one != two), min(len(page), len(text))
        )
        while same >= 0 and not notes.startswith(page[same:]):  # a note may begin as the text goes on
            same -= 1
        if same < 0:
            return f"page {number}: {page[:80]} … for {text[:80]}"
        text, notes = text[same:], notes[len(page) - same :]
    return text + notes
