"""What every edition is printed from: the set document, its body as a tree, its pictures and its front matter."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lxml import etree

from compositor import maths, templating
from compositor.editions import colophon
from compositor.fonts import fontface, lettering, typefaces
from compositor.places import Places, shown
from compositor.problems import problem
from compositor.reading import language
from compositor.records import provenance
from compositor.references.entries import Entries
from compositor.running import limits
from compositor.setting import active, cells, decimals, direction, front, glosses, markup, media, reserved, semantics, ties

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.editions.artist import Artist
    from compositor.model import Document, Manuscript, Paper, Profile
    from compositor.options import Options
    from compositor.records.provenance import Provenance
    from compositor.result import Problem


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
    scripts: tuple[typefaces.Face, ...] = ()  # what stands beside the families, for letters that they lack
    formulas: dict[str, maths.Formula] = field(default_factory=dict)  # as they are drawn, by name
    pages: int = 0  # how many the PDF has; 0 as long as none is laid out
    drawn: Artist | None = None  # pictures of the editions, where they were begun beforehand

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process have it: lxml's trees travel as text."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return _restore, (values | {"root": etree.tostring(self.root, encoding="utf-8"), "drawn": None},)


def _restore(values: dict[str, Any]) -> Sheet:
    maths.recall(values["formulas"])
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    return Sheet(**values | {"root": etree.fromstring(values["root"], parser)})


def lay_out(manuscript: Manuscript, document: Document, options: Options) -> tuple[Sheet, list[Problem]]:
    """Make the sheet, and report what could not be shown in every edition."""
    problems: list[Problem] = []
    printed = bool({"pdf", "review"} & set(options.to))
    root = markup.parse(document.body)
    semantics.undisguise(root)
    semantics.name_maths(root)
    for formula in maths.formulas(root):
        maths.settle(formula)
    semantics.part_links(root)
    places = Places(manuscript.path, manuscript.source)
    if region := language.strange_region(manuscript.lang):
        where = manuscript.places.get("lang", shown(manuscript.path))
        problems.append(problem("lang-unknown", where, f"no country has the code {region}, as in {manuscript.lang!r}"))
    seen: Counter[str] = Counter()
    addresses = {work["id"]: work.get("URL") for work in document.library}
    for gone in () if limits.current().trusted else active.drop_active(root):
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
    semantics.sign_lists(root)
    semantics.name_examples(root)
    glosses.name(root, manuscript.lang)
    semantics.house_items(root)
    semantics.house_strays(root)
    semantics.bound_spans(root)
    semantics.scope_headers(root)
    cells.mark_spanners(root)
    decimals.set_minus(root)
    decimals.align(root, language.decimal_mark(manuscript.lang))
    semantics.list_references(root)
    semantics.name_parts(root)
    semantics.name_boxes(root)
    semantics.name_links(root)
    semantics.name_formulas(root)
    semantics.part_calls(root)
    semantics.carry_languages(root)
    semantics.mark_continuations(root)
    semantics.mark_brief_terms(root)
    ties.tie(root, manuscript.lang)
    direction.isolate(root)
    pictures, found = media.collect(root, manuscript)
    problems += found
    for span in root.xpath("//span[contains(concat(' ', @class, ' '), ' math ')]"):  # Pandoc could not read the TeX
        tex = markup.text(span).strip("$ ").removeprefix("\\(").removesuffix("\\)").removeprefix("\\[").removesuffix("\\]")
        problems.append(problem("math-failed", places.text(tex), f"the formula is not LaTeX that Pandoc knows: {tex}"))
    titled = [document.fields, *document.fields.get("translations", [])]
    titles = [markup.parse(said[key].html) for said in titled for key in ("title", "subtitle") if key in said]
    formulas: dict[str, maths.Formula] = {}
    for formula in [formula for part in (root, *titles) for formula in maths.formulas(part)]:
        try:
            drawing = maths.draw(formula)
            formulas[drawing.name] = drawing
        except maths.MathError as error:
            problems.append(problem("math-failed", places.text(str(error)), f"the formula cannot be drawn: {error}"))
            continue
        if printed and (absent := maths.lacking(formula)):
            text = f"the font of formulas has no {absent}; write it beside the formula"
            problems.append(problem("math-failed", places.text(absent[0]), text))
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    for link in root.xpath("//a[starts-with(@href, '#')]"):
        target = unquote(link.get("href")[1:])
        if target and target not in ids and not target.startswith("ref-"):  # a missing work is told as such
            problems.append(problem("link-broken", places.text(f"(#{target}"), f"a link leads to #{target}, which is nowhere"))
    front_matter = front.front_matter(manuscript, document, options.to) | {"abstract": _in_words(root, "abstract")}
    for translation in front_matter["translations"]:
        translation["abstract"] = _in_words(root, translation["id"])
    drawings = {found.path: _in_drawing(found.data) for found in pictures.values() if found.media_type == media.SVG}
    templates = manuscript.templates
    said = front.said(front_matter)
    whole = [_printed(root), *said, *_named(manuscript, options, document.terms), *drawings.values()]
    covers = _covered(front_matter) if {"epub", "html"} & set(options.to) else []
    drawn = whole if printed else [*covers, *(drawings.values() if "docx" in options.to else ())]
    around = [text for _, text in templating.written(templates)]
    scripts, own, found = lettering.accompany(
        manuscript, document, "".join([*whole, *around]), "".join(drawn), filter(None, drawings)
    )
    problems += found
    pictures = {
        address: replace(found, data=fontface.accompany(found.data.decode(), scripts).encode())
        if found.media_type == media.SVG
        else found
        for address, found in pictures.items()
    }
    files = [*(item.path for item in pictures.values() if item.path), *own]
    origin = provenance.gather(manuscript, files, document.pandoc, options, scripts, formulas=bool(formulas))
    colophon.append(root, origin, front_matter["terms"], templates)
    paper, profile = manuscript.paper, manuscript.profile
    sheet = Sheet(manuscript.name, document, root, pictures, front_matter, templates, paper, profile, origin, scripts, formulas)
    return sheet, problems


def _in_words(root: etree._Element, identifier: str) -> str:
    """Give an abstract in plain words, without its notes, for descriptions and catalogues."""
    blocks = [markup.clone(block) for block in root.xpath("./div[@id=$id]/*", id=identifier)]
    for block in blocks:
        for call in block.xpath(".//a[@role='doc-noteref']"):
            markup.drop(call)
    return "\n\n".join(" ".join(maths.in_words(block).split()) for block in blocks)


def _covered(front_matter: dict[str, Any]) -> list[str]:
    """Give the words of the cover, and of the picture beside a link."""
    titles = [front_matter[key]["text"] for key in ("title", "subtitle")]
    return [*titles, front_matter["journal"].title, *(author["name"] for author in front_matter["authors"])]


def _in_drawing(data: bytes) -> str:
    """Give the words of a drawing, and little else."""
    return re.sub(r"<[^>]*>", "", data.decode())


def _named(manuscript: Manuscript, options: Options, terms: dict[str, Any]) -> list[str]:
    """Give what a page says beside the author's words: heads and labels of ours, and the names in the colophon."""
    names = [manuscript.path.name, manuscript.path.resolve().parent.name, options.style, options.profile]
    return [*names, provenance.style_title(manuscript.style), *(term for term in terms.values() if isinstance(term, str))]


def _printed(root: etree._Element) -> str:
    """Give the text that needs glyphs: without the arrows of links back, which each edition draws its own way."""
    return "".join(root.xpath("//text()[not(ancestor::a[@role='doc-backlink']) and not(ancestor::*[local-name()='math'])]"))
