"""Writing: a set body in, the blocks of a Word document and its notes out.

One walk over the XHTML that every edition is printed from. A paragraph is opened by its first words and closed by the
next block, so that text, lists and pictures may stand in one another as they do in HTML.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from compositor.editions import adapt
from compositor.proof.expected import BLOCKS
from compositor.setting.direction import is_rtl
from compositor.setting.glosses import TERMS, WORDS
from compositor.word import glosses, numbers, tables
from compositor.word.inlines import Inlines
from compositor.word.paragraphs import LANDSCAPE, STEP, Item, Place
from compositor.word.parts import w
from compositor.word.runs import PLAIN, Look, run, text_runs

if TYPE_CHECKING:
    from lxml import etree

HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")
STYLES = {  # class or tag of a block → id of its paragraph style
    "journal": "Journal", "title": "Title", "subtitle": "Subtitle", "authors": "Author", "affiliations": "Affiliation",
    "corresponding": "FrontMatter", "equal": "FrontMatter", "deceased": "FrontMatter", "dates": "FrontMatter",
    "license": "FrontMatter", "copyright": "FrontMatter", "doi": "FrontMatter", "how-to-cite": "FrontMatter",
    "rubric": "Journal", "notice": "FrontMatter", "registration": "FrontMatter",
    "abstract-title": "AbstractTitle", "abstract": "Abstract", "keywords": "Keywords",
    "translated-title": "TranslatedTitle", "translated-subtitle": "TranslatedSubtitle",
    "blockquote": "Quote", "dt": "DefinitionTerm", "dd": "Definition", "pre": "HTMLPreformatted", "hr": "Rule",
    "refs": "Bibliography", "listing-caption": "ListingCaption", "colophon": "Colophon", "footnote": "FootnoteText",
    "boxed": "Box", "boxed-title": "BoxTitle", "reviewed": "Bibliography",
    "gloss": "Gloss", "gloss-translation": "GlossTranslation",
}  # fmt: skip
COLUMNS = {f"columns-{count}": count for count in (2, 3, 4)}  # class of a figure whose panels stand side by side
TURNED = "compositor-turned"  # class of a block that stands on pages on their side
BRIEF = "brief-"  # class of a list of short terms, and before the em that they take: semantics.mark_brief_terms
LETTER = 230  # twips of an em; as in templates/docx/styles.xml
BOX = 284  # twips that a box is set in; as in templates/docx/styles.xml


@dataclass(slots=True)
class Writer(Inlines):
    """Writes blocks and notes."""

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
        width = _terms(element) if tag == "dl" else 0
        if (width or tag in ("ul", "ol", "table", "figure")) and place.item is not None and not place.item.marked:
            self.start(place)
            self.close()
        caption = element.find("figcaption" if tag == "figure" else "caption")
        label = caption.find(".//span[@class='label']") if caption is not None else None
        if label not in self.captions:
            self.expect(element)
        if tag in HEADS:
            self.head(element, place, look)
        elif element.get("class") == WORDS:
            glosses.write(self, element, place)
        elif tag in ("ul", "ol") and not {"authors", "affiliations"} & set(element.get("class", "").split()):
            self.list(element, place, look)
        elif width:
            self.brief(element, replace(place, indent=place.indent + width), width, look)
        elif element.get("class") == TURNED:
            self.turned(element, place, look)
        elif tag == "figure":
            self.figure(element, replace(place, style="Figure", keep=True, indent=0), look)
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

    def figure(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write a figure. Its panels stand side by side where they do so elsewhere, and nothing else stands among them."""
        panels, others = element.findall("figure"), [child for child in element if child.tag != "figure"]
        columns = next((name for name in element.get("class", "").split() if name in COLUMNS), "")
        said = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
        if not columns or len(panels) < 2 or said or any(child.tag != "figcaption" for child in others):
            self.walk(element, place, look)
            return
        tables.write_panels(self, panels, min(COLUMNS[columns], len(panels)), place, look)
        for caption in others:
            self.child(caption, place, look)

    def turned(self, element: etree._Element, place: Place, look: Look) -> None:
        """Write what stands on a page that lies on its side: in Word, a section of its own."""
        self.end_section(landscape=False)
        measure, tallest = LANDSCAPE
        self.walk(element, replace(place, measure=measure, tallest=tallest), look)
        self.close()
        self.end_section(landscape=True)

    def end_section(self, *, landscape: bool) -> None:
        """End a section of Word's with the last paragraph; behind a table, with an empty one that takes no room.

        What is to be said of its pages stands in templates/docx/section.xml.
        """
        last = self.out[-1] if self.out else None
        if last is None or last.tag != w("p").tag or last.find("{*}pPr/{*}sectPr") is not None:
            last = w("p", w("pPr", w("spacing", before=0, after=0, line=20, lineRule="exact")))
            self.out.append(last)
        properties = last.find("{*}pPr")
        if properties is None:
            last.insert(0, properties := w("pPr"))
        properties.append(w("sectPr", *([w("pgSz", orient="landscape")] if landscape else [])))
        self.after_table = False

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
        if adapt.is_references(element):
            for entry in element.iter("li"):
                self.expect(entry)
                self.walk(entry, replace(place, style="Bibliography", unbroken=True), look.within(entry))
                self.close()
            return
        level = min(place.level + 1, numbers.DEEPEST)
        number = numbers.BULLETS
        if element.tag == "ol":
            signs = element.get("data-marks", ".")
            number = self.lists.ordered(element.get("type", "1"), signs, element.get("start", "1"), level)
        for entry in element:
            if entry.tag != "li":
                continue
            self.expect(entry)
            style = place.style if place.style in ("Abstract", "FootnoteText", "Box") else "ListParagraph"
            item = None if "task-list" in element.get("class", "") else Item(number, level)  # its boxes are its marks
            inside = replace(place, style=style, item=item, level=level, indent=place.indent + STEP)
            self.walk(entry, inside, look.within(entry))
            if inside.item is not None and not inside.item.marked:
                self.start(inside)
            self.close()

    def brief(self, element: etree._Element, place: Place, width: int, look: Look) -> None:
        """Write a list of short terms: each before a tab, and what it means beside it."""
        place = place if place.style == "FootnoteText" else replace(place, style="Definition")
        for child in element.iterchildren("dt", "dd"):
            self.expect(child)
            inside = look.within(child)
            if child.tag == "dt":
                self.close()
                first = replace(place, hanging=width)
                self.walk(child, first, replace(inside, bold=True))
                self.start(first).extend(text_runs("\t", look))
                self.bare = True
            else:
                self.walk(child.find("p") if len(child) and child[0].tag == "p" else child, place, inside)
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

    def note(self, call: etree._Element, place: Place, look: Look) -> None:
        """Write the call of a note, and the note."""
        note = self.notes.get(call.get("href", "")[1:])
        if note is None:
            return
        number = len(self.written_notes) + 1
        into = self.start(place)
        if "adjacent" in call.get("class", ""):
            into.extend(text_runs(" ", Look(height="superscript")))
        into.append(run(Look(style="FootnoteReference", change=look.change), w("footnoteReference", id=number)))
        self.bare = False
        self.written_notes.append(w("footnote", id=number))
        kept = (self.out, self.open, self.into, self.part, self.ends, self.pending, self.bare)
        self.out, self.open, self.into, self.part, self.ends, self.pending = [], None, None, self.note_part, [], []
        inside = Place(style="FootnoteText", rtl=place.rtl)
        self.start(inside).extend([run(Look(style="FootnoteReference"), w("footnoteRef")), *text_runs(" ", PLAIN)])
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


def _terms(element: etree._Element) -> int:
    """Give the twips that the terms of a list take beside what they mean; 0 where they stand above it."""
    width = next((int(name[len(BRIEF) :]) for name in element.get("class", "").split() if name.startswith(BRIEF)), 0)
    for meaning in element.iterchildren("dd"):
        blocks = [child for child in meaning if child.tag in BLOCKS]
        if blocks and (len(meaning) > 1 or blocks[0].tag != "p"):  # more than a paragraph
            return 0
    return width * LETTER


def _around(element: etree._Element, place: Place) -> Place:
    """Give the place of a block inside another."""
    names = [*element.get("class", "").split(), element.get("id", ""), str(element.tag)]
    style = next((STYLES[name] for name in names if name in STYLES), "")
    changed = replace(place, style=style) if style else place
    if element.tag in ("blockquote", "dd"):
        changed = replace(changed, indent=place.indent + STEP, style="FootnoteText" if place.style == "FootnoteText" else style)
    if style == "Box":
        changed = replace(changed, indent=place.indent + BOX)
    if element.get("class") == TERMS and element.get("dir") == "ltr":  # under words from right to left
        changed = replace(changed, align="right")
    if element.tag == "pre":
        changed = replace(changed, verbatim=True)
    if lang := element.get("lang"):
        changed = replace(changed, rtl=is_rtl(lang))
    return changed
