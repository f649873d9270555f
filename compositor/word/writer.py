"""Writing: a set body in, the blocks of a Word document and its notes out.

One walk over the XHTML that every edition is printed from. A paragraph is opened by its first words and closed by the
next block, so that text, lists and pictures may stand in one another as they do in HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from compositor import markup
from compositor.proof.expected import BLOCKS
from compositor.word import numbers, pictures, tables
from compositor.word.parts import NAMES, TWIPS, Part, attribute, is_rtl, w
from compositor.word.runs import PLAIN, Look, run, text_runs
from compositor.word.runs import field as make_field

if TYPE_CHECKING:
    from compositor.sheet import Sheet

MEASURE = 160.0  # millimetres: A4 less two margins of 25 mm; as in templates/docx/document.xml
STEP = 425  # twips that a list or a quotation is set in, 7.5 mm; as in templates/docx/numbering.xml
HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")
STYLES = {  # class or tag of a block → id of its paragraph style
    "journal": "Journal", "title": "Title", "subtitle": "Subtitle", "authors": "Author", "affiliations": "Affiliation",
    "corresponding": "FrontMatter", "equal": "FrontMatter", "dates": "FrontMatter", "license": "FrontMatter",
    "doi": "FrontMatter", "how-to-cite": "FrontMatter", "abstract-title": "AbstractTitle", "keywords": "Keywords",
    "blockquote": "Quote", "dt": "DefinitionTerm", "dd": "Definition", "pre": "HTMLPreformatted", "hr": "Rule",
    "refs": "Bibliography", "colophon": "Colophon", "footnote": "FootnoteText",
}  # fmt: skip


@dataclass(slots=True)
class Item:
    """An item of a list, whose first paragraph bears its mark."""

    number: int
    level: int
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands."""

    style: str = ""  # id of the paragraph style; empty for Normal
    item: Item | None = None
    level: int = -1  # of the list around it
    indent: int = 0  # twips, of the text around it
    align: str = ""
    keep: bool = False  # on the page of the next paragraph
    verbatim: bool = False
    unbroken: bool = False  # blocks inside are lines, as in an entry of the reference list
    rtl: bool = False


@dataclass(slots=True)
class Writer:
    """Holds what is counted on the way: bookmarks, notes, numbers, pictures."""

    sheet: Sheet
    part: Part
    notes: dict[str, etree._Element]
    pictures: dict[str, tuple[pictures.Media, pictures.Media | None]]
    formulas: dict[etree._Element, etree._Element | None]
    note_part: Part
    heads: dict[etree._Element, tuple[int, int]]  # head → list and level
    captions: dict[etree._Element, tuple[str, str, str]]  # label or number → typed before, instruction, result
    references: dict[str, tuple[str, str]]  # id → instruction, result
    look: Look  # of all runs: names a language written from right to left
    names: dict[str, str]  # id that links lead to → bookmark
    out: list[etree._Element] = field(default_factory=list)
    written_notes: list[etree._Element] = field(default_factory=list)
    lists: numbers.Lists = field(default_factory=numbers.Lists)
    placed: set[str] = field(default_factory=set)  # ids whose bookmark is set
    pending: list[str] = field(default_factory=list)
    ends: list[etree._Element] = field(default_factory=list)
    open: etree._Element | None = None
    into: etree._Element | None = None
    bare: bool = True  # no space is wanted: a paragraph or line begins, or a space has just been written
    drawn: int = 0
    bookmarks: int = 0
    after_table: bool = False

    # paragraphs

    def start(self, place: Place) -> etree._Element:
        """Open a paragraph, if none is open; gives what its runs go into."""
        if self.into is not None:
            return self.into
        properties = w("pPr")
        if place.style:
            properties.append(w("pStyle", val=place.style))
        if place.keep:
            properties.append(w("keepNext"))
        item = place.item
        if item is not None and not item.marked:
            item.marked = True
            properties.append(w("numPr", w("ilvl", val=item.level), w("numId", val=item.number)))
            if place.indent > STEP * (item.level + 1):  # a list inside a quotation
                properties.append(w("ind", left=place.indent, hanging=STEP))
        elif place.indent:
            properties.append(w("ind", left=place.indent))
        if place.rtl:
            properties.insert(len(properties.findall("{*}pStyle")) + len(properties.findall("{*}keepNext"))
                              + len(properties.findall("{*}numPr")), w("bidi"))  # fmt: skip
        if self.after_table:
            where = next((index for index, child in enumerate(properties) if child.tag == attribute("ind")), len(properties))
            properties.insert(where, w("spacing", before=240))
            self.after_table = False
        if place.align:
            properties.append(w("jc", val=place.align))
        self.open = self.into = w("p", *([properties] if len(properties) else []))
        for name in self.pending:
            self.ends.append(self.bookmark(self.open, name))
        self.pending = []
        self.bare = True
        return self.open

    def close(self) -> None:
        """Close the paragraph."""
        if self.open is not None:
            self.open.extend(self.ends)
            self.ends = []
            self.out.append(self.open)
        self.open = self.into = None

    def bookmark(self, into: etree._Element, identifier: str) -> etree._Element:
        """Begin a bookmark; gives its end."""
        into.append(w("bookmarkStart", id=self.bookmarks, name=self.names[identifier]))
        self.placed.add(identifier)
        self.bookmarks += 1
        return w("bookmarkEnd", id=self.bookmarks - 1)

    def expect(self, element: etree._Element) -> None:
        """Note the id of an element that links lead to, for the next paragraph to bear."""
        identifier = element.get("id")
        if identifier in self.names and identifier not in self.placed and identifier not in self.pending:
            self.pending.append(identifier)

    # blocks

    def walk(self, element: etree._Element, place: Place, look: Look | None = None) -> None:
        """Write what an element holds."""
        look = look or self.look
        self.text(element.text, place, look)
        for child in element:
            if isinstance(child.tag, str):
                self.child(child, place, look)
            self.text(child.tail, place, look)

    def child(self, child: etree._Element, place: Place, look: Look) -> None:
        """Write an element: a block, or part of a paragraph."""
        if child.tag == "br":
            self.start(place).extend(text_runs("\n", look))
            self.bare = True
        elif child.tag in BLOCKS and place.unbroken:
            self.line(child, place, look)
        elif child.tag in BLOCKS:
            self.close()
            self.block(child, _around(child, place), look.within(child))
            self.close()
        else:
            self.inline(child, place, look.within(child))

    def block(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a block."""
        tag = element.tag
        if tag in ("ul", "ol", "table", "figure") and place.item is not None and not place.item.marked:
            self.start(place)
            self.close()
        caption = element.find("figcaption" if tag == "figure" else "caption")
        label = caption.find(".//span[@class='label']") if caption is not None else None
        if label not in self.captions:
            self.expect(element)
        if tag in HEADS:
            self.head(element, place, look)
        elif tag in ("ul", "ol") and not {"authors", "affiliations"} & set(element.get("class", "").split()):
            self.list(element, place, look)
        elif tag == "figure":
            self.walk(element, replace(place, style="Figure", keep=True, indent=0), look)
        elif tag in ("figcaption", "caption"):
            panel = any(parent.tag == "figure" for parent in element.getparent().iterancestors())
            style = "PanelCaption" if panel and tag == "figcaption" else "Caption"
            self.walk(element, replace(place, style=style, keep=tag == "caption"), look)
        elif tag == "table":
            tables.write(self, element, place)
        elif tag == "hr":
            self.start(place)
        else:
            if tag == "p" and not place.style and place.item is not None:
                place = replace(place, style="ListParagraph")
            self.walk(element, place, look)

    def head(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a head. Its number is Word's own where Word counts to the same, and typed where not."""
        if element.tag != "h1" and place.style != "AbstractTitle":
            place = replace(place, style=f"Heading{int(element.tag[1]) - 1}", item=None, indent=0)
            counted = self.heads.get(element)
            into = self.start(place)
            properties = into.find("{*}pPr")
            which, level = counted or (numbers.UNNUMBERED, 0)
            style = properties.find("{*}pStyle")
            style.addnext(w("numPr", w("ilvl", val=level), w("numId", val=which)))
            if counted is not None:
                number = element.find("span[@class='number']")
                self.text((number.tail or "").lstrip(), place, look)
                for child in number.itersiblings():
                    self.child(child, place, look)
                    self.text(child.tail, place, look)
                return
        self.walk(element, place, look)

    def list(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a list; that of references has no marks."""
        if element.get("id") == "refs":
            for entry in element.iter("li"):
                self.expect(entry)
                self.walk(entry, replace(place, style="Bibliography", unbroken=True), look.within(entry))
                self.close()
            return
        level = min(place.level + 1, numbers.DEEPEST)
        number = numbers.BULLETS
        if element.tag == "ol":
            kind = "(1)" if "example" in element.get("class", "") else element.get("type", "1")
            number = self.lists.ordered(kind, element.get("start", "1"), level)
        for entry in element:
            if entry.tag != "li":
                continue
            self.expect(entry)
            style = place.style if place.style in ("Abstract", "FootnoteText") else "ListParagraph"
            item = None if "task-list" in element.get("class", "") else Item(number, level)  # its boxes are its marks
            inside = replace(place, style=style, item=item, level=level, indent=place.indent + STEP)
            self.walk(entry, inside, look.within(entry))
            if inside.item is not None and not inside.item.marked:
                self.start(inside)
            self.close()

    def line(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a block inside an entry: the number of a numbered style before a tab, anything else on a line of its own."""
        into = self.start(place)
        if not self.bare:
            into.extend(text_runs("\n", look))
            self.bare = True
        self.walk(element, place, look.within(element))
        if "csl-left-margin" in element.get("class", ""):
            into.extend(text_runs("\t", look))
            self.bare = True

    # parts of a paragraph

    def text(self, text: str | None, place: Place, look: Look) -> None:
        """Write words; white space is folded, as HTML does."""
        if not text:
            return
        if place.verbatim:
            self.start(place).extend(text_runs(text, look))
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        if self.into is None and text == " ":
            return
        into = self.start(place)
        if self.bare:
            text = text.lstrip(" ")
        if text:
            into.extend(text_runs(text, look))
            self.bare = text.endswith(" ")

    def inline(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write an element of a paragraph."""
        classes = element.get("class", "").split()
        if element.tag == f"{markup.MATHML}math":
            self.formula(element, place, look)
        elif not isinstance(element.tag, str) or "}" in element.tag:
            return
        elif element.get("role") == "doc-noteref":
            self.note(element, place)
        elif element.tag == "a" and element.get("href"):
            self.link(element, place, look)
        elif element.tag == "img":
            self.picture(element, place, look)
        elif element.tag == "input":
            self.start(place).append(run(look, w("sym", font="Wingdings", char="F0FE" if "checked" in element.attrib else "F0A8")))
            self.text("\N{NO-BREAK SPACE}", place, look)
        elif "equation" in classes:
            self.close()
            self.walk(element, replace(place, style="Equation", item=None), look)
            self.close()
        elif element in self.captions:
            self.counted(element, place, look)
        else:
            self.expect(element)
            if self.into is not None and self.pending:  # a word of a paragraph that has begun
                into, names, self.pending = self.into, self.pending, []
                ends = [self.bookmark(into, name) for name in names]
                self.walk(element, place, look)
                into.extend(ends)
            else:
                self.walk(element, place, look)

    def counted(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write the label of a caption, or the number of an equation, with its number as a field."""
        before, instruction, result = self.captions[element]
        label = re.sub(r"[ \t\r\n]+", " ", "".join(element.itertext()))
        at = label.rindex(before + result) + len(before)
        if "equation-number" in element.get("class", ""):
            self.start(place).extend(text_runs("\t", PLAIN))
        self.bare = False
        into = self.start(place)
        into.extend(text_runs(label[:at], look))
        holder = next((up for up in element.iterancestors("figure", "table", "span") if up.get("id")), None)
        identifier = holder.get("id") if holder is not None else ""
        end = self.bookmark(into, identifier) if identifier in self.names and identifier not in self.placed else None
        into.append(make_field(instruction, result, look))
        if end is not None:
            into.append(end)
        into.extend(text_runs(label[at + len(result) :], look))
        self.bare = label.endswith(" ")

    def link(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a link: a cross-reference as a field, one inside the text to a bookmark, one outside by relationship."""
        address = element.get("href")
        target = unquote(address[1:]) if address.startswith("#") else ""
        said = "".join(element.itertext())
        if target in self.references and said.endswith(self.references[target][1]) and "xref" in element.get("class", ""):
            instruction, result = self.references[target]
            self.text(said[: -len(result)], place, look)
            self.start(place).append(make_field(instruction.format(self.names[target]), result, look))
            self.bare = False
            return
        into = self.start(place)
        if (address.startswith("#") and target not in self.names) or into.tag == attribute("hyperlink"):
            self.walk(element, place, look)
            return
        link = w("hyperlink", history=1)
        if target:
            link.set(attribute("anchor"), self.names[target])
        else:
            link.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", self.part.link(address))
        into.append(link)
        self.into = link
        self.walk(element, place, look if target or look.style else replace(look, style="Hyperlink"))
        if self.into is link:
            self.into = into

    def picture(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a picture."""
        found = self.pictures.get(element.get("src", ""))
        if found is None:
            return
        self.drawn += 1
        drawing = pictures.draw(element, *found, self.part, self.drawn, (MEASURE * TWIPS - place.indent) / 15)
        self.start(place).append(run(look, drawing))
        self.bare = False

    def formula(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a formula; one of its own stands in the middle of a line."""
        formula = self.formulas.get(element)
        if formula is None:
            self.text("".join(element.xpath(".//*[local-name()='annotation']/text()")), place, look)
        elif place.style == "Equation":
            into = self.start(place)
            into.extend(text_runs("\t", PLAIN))
            into.append(formula)
        elif element.get("display") == "block":
            self.close()
            holder = etree.SubElement(self.start(replace(place, item=None)), f"{{{NAMES['m']}}}oMathPara")
            holder.append(formula)
            self.close()
        else:
            self.start(place).append(formula)
        self.bare = False

    def note(self, call: etree._Element, place: Place) -> None:
        """Write the call of a note, and the note."""
        note = self.notes.get(call.get("href", "")[1:])
        if note is None:
            return
        number = len(self.written_notes) + 1
        into = self.start(place)
        if "adjacent" in call.get("class", ""):
            into.extend(text_runs(" ", Look(height="superscript")))
        into.append(run(Look(style="FootnoteReference"), w("footnoteReference", id=number)))
        self.bare = False
        self.written_notes.append(w("footnote", id=number))
        kept = (self.out, self.open, self.into, self.part, self.ends, self.pending, self.bare)
        self.out, self.open, self.into, self.part, self.ends, self.pending = [], None, None, self.note_part, [], []
        inside = Place(style="FootnoteText", rtl=place.rtl)
        self.start(inside).append(run(Look(style="FootnoteReference"), w("footnoteRef")))
        self.open.extend(text_runs(" ", PLAIN))  # type: ignore[union-attr]
        blocks = list(note)
        if blocks and blocks[0].tag == "p" and not (note.text or "").strip():
            self.walk(blocks[0], inside)
            self.close()
            blocks = blocks[1:]
            for block in blocks:
                self.child(block, inside, self.look)
        else:
            self.walk(note, inside)
        self.close()
        self.written_notes[number - 1].extend(self.out)
        self.out, self.open, self.into, self.part, self.ends, self.pending, self.bare = kept


def _around(element: etree._Element, place: Place) -> Place:
    """Give the place of a block inside another."""
    names = [*element.get("class", "").split(), element.get("id", ""), str(element.tag)]
    style = next((STYLES[name] for name in names if name in STYLES), "")
    changed = replace(place, style=style) if style else place
    if element.tag in ("blockquote", "dd"):
        changed = replace(changed, indent=place.indent + STEP, style="FootnoteText" if place.style == "FootnoteText" else style)
    if element.tag == "pre":
        changed = replace(changed, verbatim=True)
    if lang := element.get("lang"):
        changed = replace(changed, rtl=is_rtl(lang))
    return changed
