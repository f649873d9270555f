"""What each element means, said in HTML: the body as Pandoc and authors write it in, the same for every reader's device out.

All editions begin with what stands here.
"""

from __future__ import annotations

import re
from math import ceil
from unicodedata import east_asian_width

from lxml import etree

from compositor import maths
from compositor.editions import adapt
from compositor.setting import markup

PHRASES = {
    "b",
    "big",
    "code",
    "em",
    "embed",
    "i",
    "img",
    "s",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "tt",
    "u",
    "var",
}
TEXT = PHRASES | {
    "blockquote", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "menu", "ol", "p", "pre",
    "ruby", "table", "ul",
}  # fmt: skip
HOMES = {"li": ("ul", "ol", "menu"), "dt": ("dl", "div"), "dd": ("dl", "div")}
SIGNS = (")", "()")  # around the numbers of a list
PARTS = ("caption", "colgroup", "thead", "tbody", "tfoot", "tr", "col")
SPANS = {"colspan": 1000, "rowspan": 65534}  # the most that browsers read (HTML, 4.9.11)
BRIEF, GAP = 5.0, 0.7  # em: the widest term of a list of abbreviations, and what stands behind it
LANDMARKS = ("doc-acknowledgments", "doc-appendix", "doc-bibliography", "doc-credits")


def name_maths(root: etree._Element) -> None:
    """Let a formula in raw HTML be one: a browser knows it by its name alone, and ends it before text (HTML, 13.2.6.5).

    So it does with a drawing. A formula of nothing is taken out.
    """
    for foreign in [node for node in root.iter("math", "svg") if next(node.iterancestors("math", "svg"), None) is None]:
        if held := {node.tag for node in foreign.iter(etree.Element)} & TEXT:
            if next(foreign.iter("foreignObject", "foreignobject"), None) is None:
                foreign.tag = "span" if held <= PHRASES else "div"
            continue
        if foreign.tag == "svg":
            continue
        if not "".join(foreign.itertext()).strip():
            markup.drop(foreign)
            continue
        if (foreign.text or "").strip():  # words of no element, which a browser shows and a drawing would lose
            words = etree.Element("mtext")
            words.text, foreign.text = foreign.text, None
            foreign.insert(0, words)
        written = etree.tostring(foreign, encoding="unicode", with_tail=False)
        markup.replace(foreign, etree.fromstring(written.replace("<math", f'<math xmlns="{markup.MATHML.strip("{}")}"', 1)))


def undisguise(root: etree._Element) -> None:
    """Give images their own addresses back; labels.lua adds an ending that keeps Pandoc from making ``embed`` of a PDF."""
    for image in root.iter("img"):
        image.set("src", image.get("src", "").removesuffix("/compositor-picture.png"))


def house_items(root: etree._Element) -> None:
    """Make an item that stands in no list, which only raw HTML can write, a paragraph's block like any other."""
    for item in list(root.iter(*HOMES)):
        home = item.getparent()
        if home is None or home.tag not in HOMES[item.tag]:
            item.tag = "div"


def house_strays(root: etree._Element) -> None:
    """Put what stands loose in a table, which only raw HTML can write, before it, as browsers do (HTML, 13.2.6.1)."""
    for table in list(root.iter("table")):
        for stray in [child for child in table if child.tag not in PARTS]:
            stray.tail = None
            table.addprevious(stray)
        if not len(table):
            markup.drop(table)


def bound_spans(root: etree._Element) -> None:
    """Read how far a cell reaches as browsers do: what is no number is 1, and none reaches beyond their bounds."""
    for cell in root.iter("td", "th"):
        for name, most in SPANS.items():
            value = cell.attrib.pop(name, "")
            if re.fullmatch(r"[0-9]{1,9}", value) and int(value) > 1:
                cell.set(name, str(min(int(value), most)))


def scope_headers(root: etree._Element) -> None:
    """Say which way each header cell points: over its column, or along its row."""
    for cell in root.iter("th"):
        if cell.get("scope") is None:
            inside_head = any(parent.tag == "thead" for parent in cell.iterancestors())
            cell.set("scope", "col" if inside_head else "row")


def carry_languages(root: etree._Element) -> None:
    """Let each note speak the language of the passage that calls it: it stands elsewhere, outside that passage."""
    notes = {item.get("id"): item for item in root.xpath("//section[@role='doc-endnotes']//li[@id]")}
    for call in adapt.note_calls(root):
        passage = next((parent for parent in call.iterancestors() if parent.get("lang")), None)
        note = notes.get(call.get("href", "")[1:])
        if passage is not None and note is not None and not note.get("lang"):
            adapt.copy_speech(passage, note)


def sign_lists(root: etree._Element) -> None:
    """Note on each ordered list the signs around its numbers, ``)`` or ``()``, which a box of set.lua tells.

    A start that is no number, which only raw HTML can have, is none, as browsers read it.
    """
    for numbered in root.iter("ol"):
        for own in ("data-marks", "data-kind"):  # only raw HTML has them
            numbered.attrib.pop(own, None)
        if not re.fullmatch(r"-?[0-9]{1,6}", numbered.get("start", "1")):
            del numbered.attrib["start"]
    for box in list(root.iter("div")):
        if box.get("class") == "list-marks" and len(box) == 1 and box[0].tag == "ol":
            if (signs := box.get("data-marks", "")) in SIGNS:
                box[0].set("data-marks", signs)
                box[0].set("data-kind", box[0].get("type", "1"))  # browsers do not tell "i" from "I" in a selector
            markup.replace(box, box[0])


def name_examples(root: etree._Element) -> None:
    """Name each numbered example, for references to lead to; one that is shown again keeps its place."""
    taken = {element.get("id") for element in root.iter(etree.Element) if element.get("id")}
    names: dict[int, str] = {}
    for numbered in root.xpath("//ol[contains(concat(' ', @class, ' '), ' example ')]"):
        for number, item in enumerate(numbered.findall("li"), start=int(numbered.get("start", "1"))):
            if number not in names and not item.get("id"):
                names[number] = f"example-{number}"
                while names[number] in taken:  # a head may be called so
                    names[number] += "-numbered"
                item.set("id", names[number])
    for link in root.xpath("//a[@class='xref example']"):
        said = markup.text(link)
        if said.isdecimal() and int(said) in names:
            link.set("href", f"#{names[int(said)]}")


def list_references(root: etree._Element) -> None:
    """Make the reference list the list it is: Pandoc writes it as nested divs. The author's own blocks there go before it."""
    for refs in root.xpath(f"//div{adapt.IS_LIST}"):
        for entry in refs.xpath(".//*[starts-with(@id, 'ref-') and contains(concat(' ', @class, ' '), ' csl-entry ')]"):
            if entry.getparent() is not refs:  # a block of the author's that was left open took it in
                markup.drop(entry)
                entry.tail = None
                refs.append(entry)
        for block in [block for block in refs if "csl-entry" not in block.get("class", "").split()]:
            block.tail = None
            refs.addprevious(block)
        refs.tag = "ul"
        refs.attrib.pop("role", None)
        refs.text = None
        for entry in refs:
            entry.tag = "li"
            entry.attrib.pop("role", None)
            entry.tail = None
            if entry.text:
                entry.text = entry.text.lstrip()
            if len(entry):
                entry[-1].tail = (entry[-1].tail or "").rstrip()
            else:
                entry.text = (entry.text or "").rstrip()


def name_parts(root: etree._Element) -> None:
    """Say what the sections are, in the words of DPUB-ARIA 1.1; a landmark takes its name from its head."""
    for section in root.xpath(f"//{adapt.REFERENCES}/ancestor::section[not(contains(@class, 'reference-group'))][1]"):
        section.set("role", "doc-bibliography")
    for section in root.xpath("./section[contains(concat(' ', @class, ' '), ' appendix ')][not(@role)]"):
        section.set("role", "doc-appendix")
    for section in root.iter("section"):
        head = section[0] if len(section) else None
        if section.get("role") in LANDMARKS and section.get("id") and head is not None and head.tag in markup.HEADS:
            head.set("id", f"{section.get('id')}-title")
            section.set("aria-labelledby", head.get("id"))


def name_boxes(root: etree._Element) -> None:
    """Say that a box is a note beside the text, and what it is called (WAI-ARIA 1.2, note)."""
    for box in root.xpath("//div[contains(concat(' ', @class, ' '), ' boxed ')][not(@role)]"):
        box.set("role", "note")
        if len(box) and box[0].get("class") == "boxed-title":
            box.set("aria-label", markup.text(box[0]))


def name_links(root: etree._Element) -> None:
    """Show the address of a link out that has no words, which nobody could see or hear (WCAG 2.2, 2.4.4)."""
    for link in root.iter("a"):
        if not len(link) and not (link.text or "").strip() and re.match(r"(https?|mailto):", link.get("href", "")):
            link.text = link.get("href", "").removeprefix("mailto:")


def name_formulas(root: etree._Element) -> None:
    """Say in words what a link or a head is that has only formulas: not every reader takes them for text."""
    for element in root.iter("a", *markup.HEADS):
        if element.get("aria-label") or next(element.iter(f"{markup.MATHML}math"), None) is None:
            continue
        if not "".join(element.xpath(".//text()[not(ancestor::*[local-name()='math'])]")).strip():
            element.set("aria-label", " ".join(maths.in_words(element).split()))


def part_links(root: etree._Element) -> None:
    """Take a link out of another, which no reader can follow (HTML, 4.5.1): the call of a note in a link's words parts them."""
    for link in [link for link in root.iter("a") if next(link.iterancestors("a"), None) is not None]:
        around = next(link.iterancestors("a"))
        part, text, rest = link, link.tail, list(link.itersiblings())
        while part is not around:
            part = part.getparent()
            if part is not around:
                tail, behind = part.tail, list(part.itersiblings())
            copied = {key: value for key, value in part.attrib.items() if key != "id"}
            half = etree.Element(part.tag, copied)
            half.text = text
            half.extend(rest)
            if part is not around:
                half.tail, part.tail = tail, None
                text, rest = None, [half, *behind]
        link.tail, half.tail, around.tail = None, around.tail, None
        around.addnext(link)
        link.addnext(half)
        for side in (around, half):
            said = "".join(side.itertext())
            if not said.strip() and next(side.iter("img", "svg", f"{markup.MATHML}math"), None) is None:
                side.tail = said + (side.tail or "")
                markup.drop(side)


def part_calls(root: etree._Element) -> None:
    """Mark a note's call that follows another at once: 3 and 4 must not read as 34."""
    for call in adapt.note_calls(root):
        before = _right_before(call)
        if before is not None and before.get("role") == "doc-noteref":
            call.set("class", f"{call.get('class', '')} adjacent".strip())


def _right_before(element: etree._Element) -> etree._Element | None:
    """Give what stands before an element with no text between; the spans around citations stand for what is in them."""
    parent = element.getparent()
    while element.getprevious() is None and parent is not None and parent.tag == "span" and not (parent.text or "").strip():
        element, parent = parent, parent.getparent()
    before = element.getprevious()
    if before is None or (before.tail or "").strip():
        return None
    while before.tag == "span" and len(before) and not (before[-1].tail or "").strip():
        before = before[-1]
    return before


def mark_continuations(root: etree._Element) -> None:
    """Mark a paragraph that goes on behind a formula of its own; it is no new one and takes no indent."""
    for paragraph in root.iter("p"):
        before = paragraph.getprevious()
        if before is None or before.tag != "p" or not markup.text(paragraph)[:1].islower():
            continue
        only = list(before)
        if len(only) == 1 and not (before.text or "").strip() and "equation" in (only[0].get("class") or ""):
            paragraph.set("class", "continued")


def mark_brief_terms(root: etree._Element) -> None:
    """Mark lists of abbreviations and the like, whose terms have room beside what they mean: ``brief`` and a width in em."""
    for defined in root.iter("dl"):
        terms, others = defined.findall("dt"), [child for child in defined if child.tag != "dt"]
        alone = all(term.getnext() is not None and term.getnext().tag == "dd" for term in terms)
        plain = not any(term.findall(".//br") for term in terms) and all(map(_begins_with_words, others))
        widest = max((_width(markup.text(term)) for term in terms), default=0.0)
        if len(terms) > 1 and alone and plain and 0 < widest <= BRIEF:
            defined.set("class", f"{defined.get('class', '')} brief brief-{ceil(widest + GAP)}".strip())


def _begins_with_words(meaning: etree._Element) -> bool:
    first = next(iter(meaning), None)
    return bool((meaning.text or "").strip()) or (first is not None and first.tag in PHRASES | {"a", "p"})


def _width(term: str) -> float:
    """Estimate how wide a term is in bold type, in em."""
    return sum(1.0 if east_asian_width(letter) in "WF" else 0.7 if letter.isupper() else 0.55 for letter in term)
