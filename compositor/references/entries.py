"""Where each work stands in the author's files, found in one pass over each file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from compositor.places import at, shown

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.model import Manuscript

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

    def where(self, key: str) -> str:
        """Give the place of the last entry with this key, which is the one used; or the file, where none spells it out."""
        if key in self.inline:
            return self.inline[key]
        return at(*self.lines[key]) if key in self.lines else self.fallback
