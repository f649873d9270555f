"""What every edition is printed from: the set document, its body as a tree, its pictures and its front matter."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from compositor import colophon, fonts, front, language, limits, markup, maths, media, provenance, reserved
from compositor.places import Places
from compositor.problems import problem
from compositor.references.entries import Entries

if TYPE_CHECKING:
    from pathlib import Path

    from lxml import etree

    from compositor.aside import Aside
    from compositor.model import Document, Manuscript, Paper, Problem, Profile
    from compositor.options import Options
    from compositor.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document ready for print. An edition copies the tree before it changes it."""

    name: str  # stem of the output files
    document: Document
    root: etree._Element  # the body, cleaned
    media: dict[str, media.Media]  # by the address in the text
    front: dict[str, Any]  # for the templates
    templates: tuple[Path, ...]  # folders that go before ours: the manuscript's own, the profile's
    paper: Paper
    profile: Profile
    origin: Provenance
    drawn: Aside[None, dict[str, bytes]] | None = None  # cover and card, where they were begun beforehand


def lay_out(manuscript: Manuscript, document: Document, options: Options) -> tuple[Sheet, list[Problem]]:
    """Make the sheet, and report what could not be shown in every edition."""
    problems: list[Problem] = []
    root = markup.parse(document.body)
    markup.undisguise(root)
    places = Places(manuscript.path, manuscript.source)
    seen: Counter[str] = Counter()
    addresses = {work["id"]: work.get("URL") for work in document.library}
    for gone in () if limits.current().trusted else markup.drop_active(root):
        if gone.work and gone.needle == addresses.get(gone.work):
            continue  # told as ref-url
        seen[gone.needle] += 1
        where = Entries(manuscript).where(gone.work) if gone.work else places.text(gone.needle, seen[gone.needle])
        problems.append(problem("markup-dropped", where, f"{gone.name} is left out of every edition"))
    for role in reserved.disown(root):
        seen[role] += 1
        text = f"the role {role} is left out: only what the program writes has it"
        problems.append(problem("markup-dropped", places.text(role, seen[role]), text))
    pictured: Counter[str] = Counter()
    for image in root.iter("img"):
        address = image.get("src", "")
        pictured[address] += 1
        if image.get("alt") is None:
            where = places.image(address, pictured[address])
            problems.append(problem("alt-missing", where, f"the image {address} has no alternative text"))
    markup.house_items(root)
    markup.house_strays(root)
    markup.bound_spans(root)
    markup.scope_headers(root)
    markup.align_decimals(root, language.decimal_mark(manuscript.lang))
    markup.list_references(root)
    markup.name_parts(root)
    markup.part_calls(root)
    markup.carry_languages(root)
    markup.mark_continuations(root)
    pictures, found = media.collect(root, manuscript)
    problems += found
    for span in root.xpath("//span[contains(concat(' ', @class, ' '), ' math ')]"):  # Pandoc could not read the TeX
        tex = markup.text(span).strip("$ ").removeprefix("\\(").removesuffix("\\)").removeprefix("\\[").removesuffix("\\]")
        problems.append(problem("math-failed", places.text(tex), f"the formula is not LaTeX that Pandoc knows: {tex}"))
    for formula in maths.formulas(root):
        try:
            maths.draw(formula)
        except maths.MathError as error:
            problems.append(problem("math-failed", places.text(str(error)), f"the formula cannot be drawn: {error}"))
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    for link in root.xpath("//a[starts-with(@href, '#')]"):
        target = unquote(link.get("href")[1:])
        if target and target not in ids and not target.startswith("ref-"):  # a missing work is told as such
            problems.append(problem("link-broken", places.text(f"(#{target}"), f"a link leads to #{target}, which is nowhere"))
    if absent := fonts.missing(_printed(root)):
        problems.append(problem("font-missing", places.text(absent[0]), f"no pinned font has: {' '.join(absent)}"))
    templates = tuple(folder for folder in (manuscript.folder / "templates", manuscript.profile.folder) if folder.is_dir())
    origin = provenance.gather(manuscript, [item.path for item in pictures.values() if item.path], document.pandoc, options)
    front_matter = front.front_matter(manuscript, document, options.to) | {"abstract": _abstract_text(root)}
    colophon.append(root, origin, front_matter["terms"], templates)
    paper, profile = manuscript.paper, manuscript.profile
    return Sheet(manuscript.name, document, root, pictures, front_matter, templates, paper, profile, origin), problems


def _abstract_text(root: etree._Element) -> str:
    """Give the abstract in plain words, without its notes, for descriptions and catalogues."""
    return "\n\n".join(
        re.sub(r"\s+", " ", "".join(block.xpath(".//text()[not(ancestor::a[@role='doc-noteref'])]"))).strip()
        for block in root.xpath("./div[@id='abstract']/*")
    )


def _printed(root: etree._Element) -> str:
    """Give the text that needs glyphs: without the arrows of links back, which each edition draws its own way."""
    return "".join(root.xpath("//text()[not(ancestor::a[@role='doc-backlink']) and not(ancestor::*[local-name()='math'])]"))
