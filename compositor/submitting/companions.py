"""What goes to a journal beside the text: a sheet in; the title page, the letter, figures and tables as files of their own out.

Title page and letter are Word documents by the house's own writer, from ``templates/submission/``. Each is a sheet too, so
that it is read back as an edition is.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lxml import etree
from markupsafe import Markup

from compositor.editions import adapt, docx
from compositor.proof.prove import prove
from compositor.result import Artifact
from compositor.setting import markup
from compositor.setting.media import SVG
from compositor.templating import environment
from compositor.word.pictures import DPI, drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from compositor.result import Problem
    from compositor.setting.media import Media
    from compositor.setting.sheet import Sheet

Made = tuple[Artifact, list["Problem"]]
STATEMENT = "//section[contains(concat(' ', @class, ' '), ' statement ')]"
NAMED = {"words": "word", "figures": "figure", "tables": "table", "references": "reference"}
KINDS = {".png": ("PNG", "image/png"), ".tif": ("TIFF", "image/tiff"), ".tiff": ("TIFF", "image/tiff")}


def with_authors(sheet: Sheet, name: str, source: Path) -> Made:
    """Write the manuscript with its authors."""
    return _written(sheet, name, source)


def title_page(sheet: Sheet, name: str, counts: dict[str, int], source: Path) -> Made:
    """Write the title page of a manuscript that does not name its authors: who they are, and every statement of theirs."""
    said = []
    for section in sheet.root.xpath(STATEMENT):
        copy = markup.clone(section)
        for call in copy.xpath(".//a[@role='doc-noteref']"):  # the notes stay in the manuscript
            markup.drop(call)
        said.append(copy)
    whole = markup.parse("")
    whole.extend(said)
    text = environment(sheet.templates).get_template("submission/title-page.html")
    body = text.render(sheet.front, counts=_counted(counts), statements=Markup(markup.inner(whole)))  # noqa: S704 - set by us
    page = replace(
        sheet, root=markup.parse(body), front=sheet.front | {"citation": _nothing(), "abstract": "", "translations": []}
    )
    return _written(_single(page), name, source)


def letter(sheet: Sheet, name: str, counts: dict[str, int], files: Iterable[str], marked: Iterable[str], source: Path) -> Made:
    """Write the draft of a letter to the editors; ``marked`` are those of its files that show the changes of a revision."""
    authors = sheet.front["authors"]
    context: dict[str, Any] = dict(
        sheet.front,
        profile=sheet.profile,
        blind=sheet.profile.blind == "double",
        counts=_counted(counts),
        files=list(files),
        marked=list(marked),
        senders=[author for author in authors if author["corresponding"]] or authors,
    )
    body = environment(sheet.templates).get_template("submission/cover-letter.html").render(context)
    title = {"html": Markup("Cover letter"), "text": "Cover letter"}
    front = _bare(sheet.front) | {"title": title, "short_title": "Cover letter", "subtitle": _empty(), "lang": "en"}
    return _written(_single(replace(sheet, root=markup.parse(body), front=front)), name, source)


def apart(sheet: Sheet, figures: str, tables: str, source: Path) -> tuple[Sheet, list[Artifact], list[Problem]]:
    """Take numbered figures and tables out of a sheet, as files; the captions stay where they are. An empty name takes none.

    ``figures`` is "figure.png": they are figure-1.png, figure-2.png; the pictures of one figure, figure-3a.png and on.
    ``tables`` is the one Word document that all of them are in.
    """
    rest = replace(sheet, root=markup.clone(sheet.root))
    found = list(_figures(rest, figures)) if figures else []
    problems: list[Problem] = []
    for page in _tables(rest) if tables else ():
        artifact, told = _written(page, tables, source)
        found.append(replace(artifact, beside=True))
        problems += told
    return _with_its_pictures(rest), found, problems


def _figures(sheet: Sheet, name: str) -> Iterator[Artifact]:
    """Take the pictures out of the figures."""
    stem, dot, ending = name.rpartition(".")
    figures = _numbered(sheet, "figure")
    for label in (label for label in sheet.document.labels if label.kind == "fig"):
        images = figures[label.number].xpath(".//img") if label.number in figures else []
        for place, image in enumerate(images):
            letters = chr(ord("a") + place) if len(images) > 1 else ""
            number = re.sub(r"[^\w-]+", "-", label.number)
            data = _picture(sheet, sheet.media[image.get("src", "")], dot + ending)
            yield Artifact(f"{stem}-{number}{letters}{dot}{ending}", KINDS[dot + ending][1], data, beside=True)
            markup.drop(image)


def _tables(sheet: Sheet) -> Iterator[Sheet]:
    """Take the tables out, with the notes they have, into a document of their own."""
    taken = markup.parse("")
    tables = _numbered(sheet, "table")
    for label in (label for label in sheet.document.labels if label.kind == "tbl" and label.number in tables):
        table = tables[label.number]
        caption = etree.Element("figure", id=label.id or f"table-{label.number}")
        caption.append(etree.SubElement(caption, "figcaption"))
        above = table.find("caption")
        if above is not None:
            caption[0].text = above.text
            caption[0].extend(markup.clone(above))
        table.addprevious(caption)
        for part in (table, *sheet.root.xpath("//*[@id=$name]", name=table.get("aria-describedby", ""))):
            markup.drop(part)
            part.tail = None
            taken.append(part)
    if not len(taken):
        return
    taken.extend(markup.clone(notes) for notes in sheet.root.xpath("//section[@role='doc-endnotes']"))
    for root in (sheet.root, taken):
        _count_notes(root)
    yield _single(replace(sheet, root=taken, front=_bare(sheet.front)))


def _numbered(sheet: Sheet, tag: str) -> dict[str, etree._Element]:
    """Find figures or tables by the number in their captions: many have no label of their author's."""
    captions = sheet.root.xpath(f"//{tag}/*[self::figcaption or self::caption]/span[@class='label']")
    delimiter = sheet.document.terms["delimiter"]
    return {markup.text(label).split()[-1].removesuffix(delimiter): label.getparent().getparent() for label in captions}


def _count_notes(root: etree._Element) -> None:
    """Count anew the notes that are called here, and leave the others out."""
    calls = adapt.note_calls(root)
    for number, call in enumerate(calls, start=1):
        for element in call.iter():
            element.text = str(number) if (element.text or "").strip().isdecimal() else element.text
    called = {call.get("href") for call in calls}
    for section in root.xpath("//section[@role='doc-endnotes']"):
        for item in [item for item in section.iter("li") if item.get("id", "").startswith("fn")]:
            if f"#{item.get('id')}" not in called:
                markup.drop(item)
        if not called:
            markup.drop(section)


def _picture(sheet: Sheet, media: Media, ending: str) -> bytes:
    """Give a picture as a journal takes it, with every pixel and colour it has; a drawing at 300 dots to the inch."""
    from PIL import Image

    kind, media_type = KINDS[ending]
    shown = drawn(sheet, media, flat=False) if media.media_type == SVG else media
    if shown.media_type == media_type:
        return shown.data
    out = io.BytesIO()
    with Image.open(io.BytesIO(shown.data)) as image:
        more = {"compression": "tiff_lzw"} if kind == "TIFF" else {"optimize": True}
        image.save(out, kind, dpi=image.info.get("dpi", (DPI, DPI)), **more)
    return out.getvalue()


def _written(sheet: Sheet, name: str, source: Path) -> Made:
    """Write a sheet as a Word document, and read it back."""
    made = replace(docx.render(sheet), name=name)
    return made, prove(sheet, (made,), source)


def _single(sheet: Sheet) -> Sheet:
    """Give a sheet that is a letter, not a manuscript to be marked: single-spaced, its lines without numbers."""
    return _with_its_pictures(replace(sheet, profile=replace(sheet.profile, spacing=0, line_numbers=False)))


def _with_its_pictures(sheet: Sheet) -> Sheet:
    """Leave out the pictures that the text does not show."""
    shown = {image.get("src") for image in sheet.root.iter("img")}
    return replace(sheet, media={address: media for address, media in sheet.media.items() if address in shown})


def _bare(front: dict[str, Any]) -> dict[str, Any]:
    """Give front matter that says no more than the title."""
    return front | {
        "authors": [], "affiliations": [], "keywords": [], "translations": [], "dates": [], "abstract": "", "doi": "",
        "license": None, "copyright": None, "journal": type(front["journal"])(), "journal_pages": "", "citation": _nothing(),
    }  # fmt: skip


def _empty() -> dict[str, Any]:
    return {"html": Markup(""), "text": ""}


def _nothing() -> dict[str, Any]:
    return {"apa": _empty(), "bibtex": "", "ris": ""}


def _counted(counts: dict[str, int]) -> list[str]:
    return list(_several(counts))


def _several(counts: dict[str, int]) -> Iterator[str]:
    for key, word in NAMED.items():
        if number := counts.get(key, 0):
            yield f"{number:,} {word}{'' if number == 1 else 's'}"
