"""The Word document: the set document in, a DOCX that an editor can work in out.

It is written from the tree that the other editions are printed from, not by Pandoc's own writer: that writer drops raw
HTML, knows neither fields nor our title block, and starts from the AST before it was settled. So what the proof compares
is what was written, and no second document needs to be kept equal to it. Pandoc does make the formulas. The package is
templates and lxml: python-docx knows no notes, fields or SVG, and starts from a document of its own that nobody can read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree
from markupsafe import Markup

from compositor.editions import adapt
from compositor.editions.archive import pack
from compositor.reading.paper import NAMED
from compositor.result import Artifact
from compositor.setting import markup
from compositor.setting.direction import is_rtl
from compositor.templating import environment
from compositor.word import plan, revisions
from compositor.word.paragraphs import Place
from compositor.word.parts import NAMES, w
from compositor.word.writer import TURNED

if TYPE_CHECKING:
    from compositor.setting.sheet import Sheet
    from compositor.word.parts import Part

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SPACING = 1.2  # lines, where no journal says
PARTS = ("styles", "theme", "numbering", "settings", "fontTable", "header", "footer", "footnotes", "document")


@dataclass(frozen=True, slots=True)
class Form:
    """How the pages of a manuscript are set."""

    width: int  # twentieths of a point
    height: int
    spacing: float  # lines
    line_numbers: bool


def form(sheet: Sheet) -> Form:
    """Give the form that the journal asks of a manuscript. Its page is an office printer's, A4 or letter."""
    page = (sheet.paper.width, sheet.paper.height)
    width, height = page if page == NAMED["letter"] else NAMED["a4"]
    return Form(round(width * 20), round(height * 20), sheet.profile.spacing or SPACING, sheet.profile.line_numbers)


def render(sheet: Sheet) -> Artifact:
    """Write the Word document."""
    root = markup.clone(sheet.root)
    _turn(root)
    templates = environment(sheet.templates)
    front = markup.parse(templates.get_template("docx/front.html").render(adapt.take_front(root, sheet.front)))
    writer = plan.writer(sheet, [front, root])
    place = Place(rtl=is_rtl(sheet.front["lang"]))
    writer.walk(front, place)
    writer.close()
    start = len(writer.out)
    writer.walk(root, place)
    writer.close()
    writer.out[start:start] = [w("bookmarkStart", id=writer.bookmarks, name="Text"), w("bookmarkEnd", id=writer.bookmarks)]
    author = sheet.front["running_authors"] or sheet.document.terms["masked"]
    revisions.settle(writer.written_notes, author, revisions.settle(writer.out, author))
    context: dict[str, Any] = dict(
        sheet.front,
        form=form(sheet),
        rtl=is_rtl(sheet.front["lang"]),
        landscape=False,
        notes=_xml(writer.written_notes),
        instances=_xml(writer.lists.instances),
        numbered=bool(writer.heads),
        namespaces=NAMES,
        moment=_moment(sheet.front["date"]),
    )
    context["first"] = not _set_sections(writer.out, templates, context)
    context["blocks"] = _xml(writer.out)
    files: dict[str, bytes] = {
        f"word/{name}.xml": templates.get_template(f"docx/{name}.xml").render(context).encode() for name in PARTS
    }
    files["docProps/core.xml"] = templates.get_template("docx/core.xml").render(context).encode()
    files["docProps/app.xml"] = templates.get_template("docx/app.xml").render(context).encode()
    files["word/_rels/document.xml.rels"] = _relationships(templates, writer.part, main=True)
    files["word/_rels/footnotes.xml.rels"] = _relationships(templates, writer.note_part)
    for media in (media for pair in writer.pictures.values() for media in pair if media is not None):
        if media.name in writer.part.pictures:
            files[f"word/media/{media.name}"] = media.data
    first = {
        "[Content_Types].xml": templates.get_template("docx/content-types.xml").render().encode(),
        "_rels/.rels": templates.get_template("docx/package.xml").render().encode(),
    }
    return Artifact(f"{sheet.name}.docx", MEDIA_TYPE, pack([*first.items(), *sorted(files.items())]))


def _turn(root: etree._Element) -> None:
    """Put each figure or table that is wanted landscape into a block, with its notes; one in other blocks stays."""
    for part in root.xpath("//figure[@data-placement='landscape'] | //table[@data-placement='landscape']"):
        if any(around.tag not in ("section", "div", root.tag) for around in part.iterancestors()):
            continue
        block = etree.Element("div", {"class": TURNED})
        notes = adapt.table_notes(part)
        markup.replace(part, block)
        part.tail = None
        block.append(part)
        if notes is not None:
            markup.drop(notes)
            notes.tail = None
            block.append(notes)


def _set_sections(blocks: list[etree._Element], templates: Any, context: dict[str, Any]) -> int:
    """Say of the sections that the writer ended how their pages are; gives how many there are."""
    ends = [end for block in blocks for end in block.iter(w("sectPr").tag)]
    names = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
    for number, end in enumerate(ends):
        said = templates.get_template("docx/section.xml").render(context | {"first": number == 0, "landscape": len(end) > 0})
        properties = end.getparent()
        properties.remove(end)
        properties.append(etree.fromstring(f"<holder{names}>{said}</holder>")[0])  # last, behind a change to the paragraph
    return len(ends)


def _relationships(templates: Any, part: Part, *, main: bool = False) -> bytes:
    """Write what a part leads to."""
    text: str = templates.get_template("docx/relationships.xml").render(part=part, main=main)
    return text.encode()


def _xml(elements: list[etree._Element]) -> Markup:
    """Write elements without the declarations of names that the part's root has."""
    holder = etree.Element("holder", nsmap=NAMES)
    holder.extend(elements)
    etree.cleanup_namespaces(holder, top_nsmap=NAMES)
    text = etree.tostring(holder, encoding="unicode")
    return Markup(text[text.index(">") + 1 : text.rindex("<")] if elements else "")  # noqa: S704 - our own elements


def _moment(date: str) -> str:
    """Give the date of the article to the second, as core properties want it; empty without one: the clock is not asked."""
    return f"{date}{'-01-01'[3 * date.count('-') :]}T00:00:00Z" if date else ""
