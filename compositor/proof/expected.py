"""What every edition must say: a set document in, its words in order, each with the item it belongs to, out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lxml import etree

from compositor import maths
from compositor.editions import adapt, legends
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from compositor.setting.sheet import Sheet

# Elements that end a word: text before and after them does not run together.
BLOCKS = {
    "p", "div", "section", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "figure", "figcaption", "table", "caption",
    "thead", "tbody", "tr", "td", "th", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "aside", "header",
}  # fmt: skip
NARROW = "\N{NARROW NO-BREAK SPACE}"
JOINT = "\N{WORD JOINER}"  # is set to part what is raised or lowered from the rest of its word
SILENT = {"math", "svg", "script", "style"}  # formulas are compared as formulas, drawings as drawings
# What shows nothing: joiners, soft hyphens, and the marks of writing direction that readers of a PDF add.
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

# Scripts that are written without spaces, and Hangul, which may end a line anywhere too: each letter is a word of its own here,
# so that it does not matter where a line ends. Unicode 17, Blocks.txt.
UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"
    "\U0001aff0-\U0001b16f\U00020000-\U0003ffff])"
)

POINTS = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")  # of Hebrew and Arabic
APART = re.compile(r"\S {2,}\S")  # what stands apart on its line a reader of the PDF may take for a column


@dataclass(frozen=True, slots=True)
class Word:
    """A word, and what a person would call the thing it stands in."""

    text: str
    item: str  # "section 2.1", "reference weitz2015", "note 3", …
    loose: bool = (
        False  # beside what is drawn, points set high and low, or gaps in code, where a reader of the PDF may take other ways
    )
    parts: tuple[str, ...] = ()  # where it is raised or lowered inside, as H₂O: a reader of the PDF may part it there
    near: bool = False  # beside a word written from right to left, which may take signs over

    def pieces(self) -> tuple[str, ...]:
        """Give its parts; without such, or where letters written from right to left were taken out of it, the word itself."""
        return self.parts if self.parts and "".join(self.parts) == self.text else (self.text,)


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where an edition says something else."""

    item: str
    expected: str
    found: str


@dataclass(slots=True)
class Island:
    """A figure or table: it may stand elsewhere on the printed page, and its cells have no one order there."""

    item: str  # "figure 1"
    caption: list[Word]
    inner: list[Word]  # cells, or text set beside pictures
    head: list[Word]  # a table's head, which every page of it repeats
    printed: list[Word]  # every word a page of paper shows of it
    place: int | None = None  # of what stands in the text: before which of its words; a figure may stand anywhere

    def pieces(self) -> Counter[str]:
        """Give what it shows on paper piece by piece, as a reader of the PDF may find what is raised or lowered anywhere."""
        return Counter(piece for word in self.printed for piece in word.pieces())


@dataclass(slots=True)
class Expected:
    """The document as words. ``flow`` holds running text, heads and references, without notes, figures and tables."""

    abstract: list[Word] = field(default_factory=list)
    flow: list[Word] = field(default_factory=list)
    islands: list[Island] = field(default_factory=list)
    whole: list[Word] = field(default_factory=list)  # the flow with figures and tables where they stand in the text
    notes: list[list[Word]] = field(default_factory=list)
    links: set[str] = field(default_factory=set)  # outside addresses
    marks: list[str] = field(
        default_factory=list
    )  # the numbers of ordered lists, and the words of drawings in a line: paper prints them as text


def split(text: str) -> list[str]:
    """Split a text into words, without what shows nothing."""
    return UNSPACED.sub(r" \1 ", INVISIBLE.sub("", text)).split()


def words_of(text: str, item: str, *, loose: bool = False) -> list[Word]:
    """Split a text into words."""
    if JOINT not in text:
        return [Word(word, item, loose) for word in split(text)]
    found = []
    for word in UNSPACED.sub(r" \1 ", text).split():
        parts = [part for part in (INVISIBLE.sub("", piece) for piece in word.split(JOINT)) if part]
        if parts:
            found.append(Word("".join(parts), item, loose, tuple(parts) if JOINT in word else ()))
    return found


def text_of(element: etree._Element, *, skip: Any = None, joints: bool = False) -> str:
    """Give the text of an element as a reader sees it: blocks apart, formulas and drawings silent.

    ``skip`` says which elements to leave out; ``joints`` marks where something raised or lowered begins and ends,
    and narrow spaces, such as those of French: whether they part words is a guess of who reads a PDF.
    """
    parts: list[str] = []

    def walk(node: etree._Element) -> None:
        name = etree.QName(node).localname if isinstance(node.tag, str) else ""
        if name in SILENT:
            parts.append(" ")
        elif name and not (skip and skip(node)):
            edge = " " if name in BLOCKS else ""
            joint = JOINT if joints and name in ("sub", "sup") else ""
            ends = " " if "adjacent" in node.get("class", "") and not joints else joint
            parts.append(edge + ends + (node.text or ""))
            for child in node:
                walk(child)
            parts.append(edge + (ends if name == "sup" else joint))
        if node is not element:
            parts.append(node.tail or "")

    walk(element)
    text = "".join(parts)
    return text.replace(NARROW, JOINT) if joints else text


def expect(sheet: Sheet, prepare: Callable[[etree._Element], None] | None = None, *, paper: bool = False) -> Expected:
    """Read the set body into words; ``prepare`` may change it before. On ``paper``, what is raised may stand off its word."""
    root = markup.clone(sheet.root)
    if prepare:
        prepare(root)
    wanted = Expected()
    wanted.links = {link.get("href") for link in root.iter("a") if re.match(r"(https?|mailto):", link.get("href", ""))}
    for number, note in enumerate(adapt.take_notes(root).values(), start=1):
        wanted.notes.append(words_of(text_of(note, joints=paper), f"note {number}"))
    wanted.marks = [mark for numbered in sheet.root.iter("ol") for mark in _marks(numbered)]
    abstract = adapt.take_abstract(root)
    if abstract is not None:
        _flow(abstract, "the abstract", wanted.abstract, paper=paper)
    for lang, translation in adapt.take_translations(root).items():
        _flow(translation, f"the abstract in {lang}", wanted.abstract, paper=paper)
    _flow(root, "the text", wanted.whole, paper=paper)
    for number in list(root.iter("span")) if paper else ():
        if number.get("class") == "equation-number":  # it stands beside the text, and may be read before a table or behind it
            wanted.marks += [word.text for word in words_of(markup.text(number), "")]
            markup.drop(number)
    for element in list(root.iter("figure", "table")):
        if any(parent.tag in ("figure", "table") for parent in element.iterancestors()):
            continue
        wanted.islands.append(_island(sheet, element, paper=paper))
        if (notes := adapt.table_notes(element)) is not None:
            words = words_of(text_of(notes, joints=paper), f"the notes of {wanted.islands[-1].item}")
            wanted.islands[-1].inner += words
            wanted.islands[-1].printed += words
            markup.drop(notes)
        markup.drop(element)
    wanted.marks += [word.text for image in root.iter("img") for word in _drawn(sheet, image.get("src", ""), "")]
    _flow(root, "the text", wanted.flow, paper=paper)
    return wanted


def _island(sheet: Sheet, element: etree._Element, *, paper: bool) -> Island:
    """Take a figure or table apart into caption and content."""
    caption = element.find("figcaption" if element.tag == "figure" else "caption")
    item = _named(element, caption)
    printed = words_of(text_of(element, joints=True), item)
    printed += [word for image in element.iter("img") for word in _drawn(sheet, image.get("src", ""), item)]
    said = words_of(text_of(caption, joints=paper), f"the caption of {item}") if caption is not None else []
    if caption is not None:
        markup.drop(caption)
    head = [word for part in element.iter("thead") for word in words_of(text_of(part, joints=paper), item)]
    return Island(item, said, words_of(text_of(element, joints=paper), item), head, printed)


def _whole(element: etree._Element, *, paper: bool) -> list[Word]:
    """Give the words of a figure or table in the order of the text."""
    caption = element.find("figcaption" if element.tag == "figure" else "caption")
    item = _named(element, caption)
    said = words_of(text_of(caption, joints=paper), f"the caption of {item}") if caption is not None else []
    inner = words_of(text_of(element, skip=lambda node: node is caption, joints=paper), item)
    return said + inner if caption is not None and caption.getprevious() is None else inner + said


def _named(element: etree._Element, caption: etree._Element | None) -> str:
    """Name a figure or table as a person would: "table 2"."""
    label = caption.find(".//span[@class='label']") if caption is not None else None
    return markup.text(label).rstrip(".").lower() if label is not None else f"an unnumbered {element.tag}"


def _marks(numbered: etree._Element) -> list[str]:
    """Give the numbers an ordered list prints: 1. 2., c) d) or (iv) (v); notes have their own."""
    around = numbered.getparent()
    return [] if around is not None and around.get("role") == "doc-endnotes" else adapt.marks(numbered)


def _drawn(sheet: Sheet, address: str, item: str) -> list[Word]:
    """Give the words of an SVG picture; each of its texts is a line of its own."""
    found = sheet.media.get(address)
    if found is None or not found.name.endswith(".svg"):
        return []
    words: list[Word] = []
    for text in etree.fromstring(found.data).iter("{http://www.w3.org/2000/svg}text"):
        said = "".join(text.itertext())
        if not all(map(legends.has_one_place, text.iter())):
            said = " ".join(legends.clusters(said))  # a letter that stands apart is a word to whoever reads the page
        words += words_of(said, item)
    return words


def _flow(root: etree._Element, item: str, words: list[Word], *, paper: bool) -> None:
    """Walk the body block by block, so that each word knows its place."""
    words += words_of(root.text or "", item)
    for child in root:
        name = child.tag if isinstance(child.tag, str) else ""
        if name in ("section", "div", "ul", "ol", "blockquote", "dl") and any(part.tag in BLOCKS - {"br"} for part in child):
            head = next(
                (" ".join(maths.in_words(head).split()) for head in child if head.tag in ("h2", "h3", "h4", "h5", "h6")), ""
            )
            _flow(child, f"section “{head}”" if head else item, words, paper=paper)
        elif name == "li" and child.get("id", "").startswith("ref-"):
            words += words_of(text_of(child, joints=paper), f"reference {child.get('id')[4:]}")
        elif name in ("h2", "h3", "h4", "h5", "h6"):
            words += words_of(text_of(child, joints=paper), f"the head of {item}")
        elif name in ("figure", "table"):
            words += _whole(child, paper=paper)
        elif name:
            loose = next(child.iter(f"{markup.MATHML}math", "img"), None) is not None
            loose = loose or (paper and POINTS.search(markup.text(child)) is not None)
            loose = loose or (paper and name == "pre" and APART.search("".join(child.itertext())) is not None)
            place = f"{item}, beside a formula, a picture, a pointed word or a gap in code" if loose else item
            words += words_of(text_of(child, joints=paper), place, loose=loose)
        words += words_of(child.tail or "", item)
