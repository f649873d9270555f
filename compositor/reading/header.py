"""The text and its metadata: files in; the text, and one header from all places where metadata may stand, out.

Those are ``metadata.yaml`` beside the text, the YAML or Pandoc's title block at its head, and blocks inside it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from compositor.places import Places, at, shown
from compositor.problems import problem
from compositor.reading import characters, inside
from compositor.reading.metadata import SPELLINGS
from compositor.reading.yaml_source import YamlError, YamlSource, load
from compositor.result import BuildError, Problem

if TYPE_CHECKING:
    from pathlib import Path

HEADER = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)

# Pandoc's metadata may stand anywhere behind an empty line (Pandoc's manual, yaml_metadata_block).
INNER = re.compile(r"^---[ \t]*\n(?![ \t]*\n)(.*?\n)(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
TITLE_BLOCK = re.compile(r"\A(?:%[^\n]*\n(?:[ \t]+[^\n]*\n)*){1,3}")

# The first bytes of files that are no text, whatever their name.
OTHER_FORMATS = {
    b"PK\x03\x04": "a ZIP archive, such as a Word or EPUB file",
    b"PK\x05\x06": "an empty ZIP archive",
    b"%PDF-": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Word file",
    b"{\\rtf": "an RTF file",
    b"\x1f\x8b": "a gzip archive",
}


def read_text(path: Path, problems: list[Problem]) -> str:
    """Read a file as UTF-8, with its lines as ours and without what nobody sees. Raises BuildError for what is no text."""
    if too_large := inside.oversized(path, "text"):
        raise BuildError((too_large,))
    try:
        written = path.read_bytes()
        for mark, kind in OTHER_FORMATS.items():
            if written.startswith(mark):
                raise BuildError((problem("source-format", shown(path), f"the file is {kind}, not Markdown"),))
        text = written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = written[: error.start].count(b"\n") + 1
        raise BuildError((problem("source-encoding", at(path, line), "the file is not UTF-8"),)) from None
    except (OSError, RuntimeError) as error:
        raise BuildError(
            (problem("source-missing", shown(path), getattr(error, "strerror", "") or "the file cannot be read"),)
        ) from None
    text, found = characters.clean(path, text.replace("\r\n", "\n").replace("\r", "\n"))
    problems += found
    return text


def part_header(path: Path, text: str) -> tuple[YamlSource, str, int]:
    """Part the YAML header or Pandoc title block from the body; gives the line the body begins at."""
    if header := HEADER.match(text):
        return load(header[1] or "", first_line=2), text[header.end() :], header[0].count("\n") + 1
    if block := TITLE_BLOCK.match(text):
        parts = re.split(r"^%", block[0], flags=re.MULTILINE)[1:]
        title, authors, date = (*parts, "", "")[:3]
        value = {
            "title": " ".join(title.split()),
            "author": [name.strip() for name in re.split(r"[;\n](?![^\[]*\])", authors) if name.strip()],
            "date": date.strip(),
        }
        return (
            YamlSource({key: found for key, found in value.items() if found}),
            text[block.end() :],
            block[0].count("\n") + 1,
        )
    return YamlSource({}), text, 1


def take_inner(path: Path, body: str, first_line: int, header: Header, problems: list[Problem]) -> str:
    """Take the metadata blocks inside the text into the header, as Pandoc would; gives the text with their lines empty."""
    for block in INNER.finditer(Places(path, body).prose):
        start, end = block.span()
        if start and body[:start].rstrip(" \t")[-2:] != "\n\n" and body[:start].strip():
            continue
        line = first_line + body.count("\n", 0, start) + 1
        try:
            parsed = load(body[block.start(1) : block.end(1)], line)
        except YamlError as error:
            if re.match(r"[\w-]+:(\s|$)", block[1]):
                problems.append(problem("yaml-broken", at(path, error.line), str(error)))
            continue
        if isinstance(parsed.value, dict) and parsed.value:
            header.add(path, parsed)
            body = body[:start] + re.sub(r"[^\n]", " ", body[start:end]) + body[end:]
    return body


class Header:
    """Metadata from one or two files, with the place of each key."""

    def __init__(self) -> None:
        self.value: dict[str, Any] = {}
        self.sources: dict[str, tuple[Path, YamlSource]] = {}

    def add(self, path: Path, source: YamlSource) -> None:
        """Take a map of metadata in; its keys go over those that are there. Raises YamlError for what is no map."""
        if not isinstance(source.value, dict):
            raise YamlError(source.line(), "the metadata must be a map of keys and values")
        self.value |= source.value
        for key in source.value:
            self.sources[key] = (path, source)

    def where(self, *keys: str | int) -> str:
        """Give the place of a key, and of what stands in it under more keys and positions; "" where there is none."""
        named = (keys[0], "author", "authors") if keys and keys[0] in ("authors", "affiliations") else keys[:1]
        for key in (*named, *(other for name in named for other in SPELLINGS.get(str(name), ()))):
            if key in self.sources:
                path, source = self.sources[str(key)]
                return at(path, source.line(key, *keys[1:]))
        return ""

    def files(self, text: Path) -> list[Path]:
        """Give the files that the metadata came from, and the text."""
        return sorted({text, *(path for path, _ in self.sources.values())})

    def scrub(self, problems: list[Problem]) -> None:
        """Take characters out that YAML's escapes have hidden."""
        for key, value in self.value.items():
            self.value[key], gone = characters.scrub(value)
            problems += characters.hidden(gone, self.where(key))

    def places(self) -> dict[str, str]:
        """Give the place of every key, and of each member of a list as "key 1", "key 2"."""
        found = {}
        for key, value in self.value.items():
            found[key] = self.where(key)
            for position in range(len(value) if isinstance(value, list) else 0):
                found[f"{key} {position + 1}"] = self.where(key, position)
        return found
