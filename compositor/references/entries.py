"""Where each work stands in the author's files, found in one pass over each file; and, of CSL JSON, what stands there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from compositor.places import at, shown

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.model import Manuscript
    from compositor.references.work import Work

BIBTEX = re.compile(r"@\w+\s*[{(]\s*([^\s,{}]+)\s*,")
YAML = re.compile(r"(?<![\w-])id:\s*[\"']?([^\s\"',}]+)")
KEYS = {  # suffix → how a key is written
    ".json": re.compile(r'"id"\s*:\s*("(?:[^"\\]|\\.)*"|\d+)'),
    ".bib": BIBTEX,
    ".bibtex": BIBTEX,
    ".ris": re.compile(r"^ID\s+-\s*(.*\S)", re.MULTILINE),
    ".yaml": YAML,
    ".yml": YAML,
}


class Entries:
    """Finds the line of a work by its key."""

    def __init__(self, manuscript: Manuscript) -> None:
        paths = manuscript.bibliography
        self.fallback = shown(paths[0] if paths else manuscript.path)
        self.texts = [(path, path.read_text(encoding="utf-8-sig", errors="replace")) for path in paths]
        self.lines: dict[str, tuple[Path, int]] = {}
        self.written: dict[str, Work] = {}  # of CSL JSON alone: each work as the author wrote it
        self.inline: dict[str, str] = {}
        for path, text in self.texts:
            self._index(path, text)
        inline = manuscript.pandoc_metadata.get("references")
        for position, entry in enumerate(inline if isinstance(inline, list) else [], start=1):
            if isinstance(entry, dict) and f"references {position}" in manuscript.places:
                self.inline[str(entry.get("id"))] = manuscript.places[f"references {position}"]

    def _index(self, path: Path, text: str) -> None:
        pattern = KEYS.get(path.suffix)
        line, counted = 1, 0
        for match in pattern.finditer(text) if pattern else ():
            line += text.count("\n", counted, match.start())
            counted = match.start()
            key = match[1]
            try:
                key = str(json.loads(key)) if path.suffix == ".json" else key
            except json.JSONDecodeError:
                continue
            self.lines[key] = (path, line)
            self.written.pop(key, None)  # an entry of an earlier file
        if path.suffix == ".json":
            self._keep(text)

    def _keep(self, text: str) -> None:
        try:
            works = json.loads(text)
        except (ValueError, RecursionError):  # reported as bib-unreadable, or of numbers and levels beyond Python's
            return
        for work in works if isinstance(works, list) else ():
            if isinstance(work, dict) and "id" in work:
                self.written[str(work["id"])] = work

    def as_written(self, key: str, read: Work) -> Work:
        """Give a work as it stands in a file of CSL JSON; of another format, what Pandoc ``read``."""
        if key in self.written and key not in self.inline:
            return self.written[key]
        # Pandoc gives BibTeX's misc no type, and a date in words an empty list of parts: neither is the author's doing
        dates = {
            name: {part: item for part, item in date.items() if item != []}
            for name, date in read.items()
            if isinstance(date, dict)
        }
        return read | dates | {"type": read.get("type") or "document"}

    def where(self, key: str) -> str:
        """Give the place of the last entry with this key, which is the one used; or the file, where none spells it out."""
        if key in self.inline:
            return self.inline[key]
        return at(*self.lines[key]) if key in self.lines else self.fallback
