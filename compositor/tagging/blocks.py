"""Paragraphs, lists, figures, tables and sections: block XHTML in, block elements of JATS out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from compositor.editions import adapt
from compositor.setting import glosses, markup
from compositor.tagging import inline
from compositor.tagging.tags import XML

if TYPE_CHECKING:
    from collections.abc import Callable

    from compositor.tagging.tags import Tags

HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "details", "dd", "div", "dl", "dt", "figcaption", "figure",
    "fieldset", "footer", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul", *HEADS,
}  # fmt: skip
LIST_TYPES = {"a": "alpha-lower", "A": "alpha-upper", "i": "roman-lower", "I": "roman-upper"}
LANGUAGES = re.compile(r"^(?!sourceCode$|numberSource$|numberLines$|example$)[\w+#.-]+$")


def fill(tags: Tags, parent: etree._Element, source: etree._Element) -> None:
    """Tag what a block holds. Loose words become paragraphs."""
    run: list[etree._Element] = []  # the paragraph that loose words are written into, while it is open

    def words(text: str | None) -> None:
        if text and (run or text.strip()):
            empty = not run
            inline.write(paragraph(), text.lstrip() if empty else text)

    def paragraph() -> etree._Element:
        if not run:
            run.append(tags.add(parent, "p", etree.Element("p")))  # for the id of a wrapper
        return run[0]

    words(source.text)
    for child in source:
        if not isinstance(child.tag, str):
            pass
        elif child.get("class") == "table-notes" and len(parent) and parent[-1].tag == "table-wrap":
            _close(run)
            fill(tags, tags.add(parent[-1], "table-wrap-foot"), child)
        elif _is_block(child):
            _close(run)
            block(tags, parent, child)
        elif child.tag == "img" and source.tag == "figure":
            _close(run)
            inline.picture(tags, tags.add(parent, "graphic"), child)
        elif not _is_silent(child):
            inline.add(tags, paragraph(), child)
        words(child.tail)
    _close(run)


def _close(run: list[etree._Element]) -> None:
    """End a paragraph of loose words; the white space at its end is that of the source."""
    if run:
        last = run[0][-1] if len(run[0]) else None
        if last is not None:
            last.tail = (last.tail or "").rstrip()
        else:
            run[0].text = (run[0].text or "").rstrip()
        run.clear()


def _is_block(node: etree._Element) -> bool:
    return node.tag in BLOCKS or any(child.tag in BLOCKS for child in node.iter(etree.Element))


def _is_silent(node: etree._Element) -> bool:
    return node.tag in inline.SILENT or node.get("role") in ("doc-pagebreak", "doc-backlink")


def block(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    """Tag one block; a wrapper that JATS has no element for leaves its content."""
    if node.tag in TAGGERS:
        TAGGERS[node.tag](tags, parent, node)
    elif node.tag in HEADS:
        inline.fill(tags, etree.SubElement(tags.add(parent, "p", node), "bold"), node)
    elif "line-block" in node.get("class", "").split():
        _verse(tags, parent, node)
    elif "theorem" in node.get("class", "").split():
        _statement(tags, parent, node)
    elif "boxed" in node.get("class", "").split():
        _box(tags, parent, node)
    elif (code := node.find("pre")) is not None and "sourceCode" in node.get("class", ""):
        _code(tags, parent, code)
    else:
        tags.wait(node)
        before = set(parent)
        fill(tags, parent, node)
        for child in parent if inline.language_of(node) else ():
            if child not in before and child.get(f"{XML}lang") is None:
                child.set(f"{XML}lang", inline.language_of(node))


def section(tags: Tags, parent: etree._Element, node: etree._Element, tag: str = "sec") -> etree._Element:
    """Tag a section with its number and title."""
    element = tags.add(parent, tag, node)
    head = next((child for child in node if child.tag in HEADS), None)
    if head is None:
        etree.SubElement(element, "title")
    else:
        for number in head.xpath("./span[@class='number']"):
            etree.SubElement(element, "label").text = markup.text(number)
            markup.drop(number)
        head.text = (head.text or "").lstrip()
        title = etree.SubElement(element, "title")
        inline.fill(tags, title, head)
        node.remove(head)
    fill(tags, element, node)
    return element


def _section(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    section(tags, parent, node, "ref-list" if "reference-group" in node.get("class", "").split() else "sec")


def _statement(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    """Tag a theorem or its proof; its label stands before its first paragraph there."""
    element = tags.add(parent, "statement", node)
    for label in node.xpath("./p[1]/span[@class='label'][1]"):
        said = etree.SubElement(element, "label")
        inline.fill(tags, said, label)
        if said.find(".//xref") is not None or said.find(".//ext-link") is not None:
            said.tag = "title"  # no link may stand in a label (JATS 1.3)
        paragraph = label.getparent()
        markup.drop(label)
        paragraph.text = (paragraph.text or "").lstrip()
    fill(tags, element, node)
    if element.find("p") is None and element.find("statement") is None:
        etree.SubElement(element, "p")


def _box(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    """Tag what stands apart from the text, with its title as a caption."""
    element = tags.add(parent, "boxed-text", node)
    if len(node) and node[0].get("class") == "boxed-title":
        title = etree.SubElement(etree.SubElement(element, "caption"), "title")
        for words in node[0].findall("strong"):
            inline.fill(tags, title, words)
        node.remove(node[0])
    fill(tags, element, node)


def _paragraph(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    if not len(node) and not (node.text or "").strip():
        return
    paragraph = tags.add(parent, "p", node)
    alone = len(node) == 1 and node[0].tag == "img" and not (node.text or "").strip() and not (node[0].tail or "").strip()
    if alone:
        inline.picture(tags, etree.SubElement(paragraph, "graphic"), node[0])
    else:
        inline.fill(tags, paragraph, node)


def _list(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    if adapt.is_references(node):
        from compositor.tagging.works import reference_list

        reference_list(tags, parent, node)
        return
    items = node.findall("li")
    if not items:
        return
    if node.get("class") == glosses.WORDS:
        _gloss(tags, parent, items)
        return
    element = tags.add(parent, "list", node)
    ordered = node.tag == "ol"
    plain = node.get("start", "1") == "1" and not node.get("data-marks")  # as whoever reads JATS would count
    element.set("list-type", LIST_TYPES.get(node.get("type", ""), "order") if ordered else "bullet")
    for item, mark in zip(items, adapt.marks(node), strict=True):
        entry = tags.add(element, "list-item", item)
        box = item.find(".//input")
        if box is not None and box.get("type") == "checkbox":
            element.set("list-type", "simple")
            etree.SubElement(entry, "label").text = "☒" if box.get("checked") is not None else "☐"
        elif ordered and not plain:  # JATS has no attribute for a list that goes on
            etree.SubElement(entry, "label").text = mark
        fill(tags, entry, item)
        if entry.find("p") is None and entry.find("list") is None and entry.find("def-list") is None:
            etree.SubElement(entry, "p")


def _gloss(tags: Tags, parent: etree._Element, items: list[etree._Element]) -> None:
    """Tag a gloss word by word, each with what it means, by the names of lists that journals of linguistics use."""
    element = tags.add(parent, "list")
    element.set("list-type", "sentence-gloss")
    for item in items:
        word = etree.SubElement(etree.SubElement(element, "list-item"), "list", {"list-type": "word"})
        for line in item:
            paragraph = tags.add(etree.SubElement(word, "list-item"), "p", line)
            source = line.get("class") == glosses.SOURCE
            inline.fill(tags, etree.SubElement(paragraph, "italic") if source else paragraph, line)


def _definitions(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    element = tags.add(parent, "def-list", node)
    item = None
    for child in node.xpath("./dt | ./dd | ./div/dt | ./div/dd"):
        if child.tag == "dt" or item is None:
            item = etree.SubElement(element, "def-item")
            term = etree.SubElement(item, "term")
            if child.tag == "dt":
                tags.mark(term, child)
                inline.fill(tags, term, child)
        if child.tag == "dd":
            meaning = etree.SubElement(item, "def")
            tags.mark(meaning, child)
            fill(tags, meaning, child)
            if not len(meaning):
                etree.SubElement(meaning, "p")


def _quotation(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    fill(tags, tags.add(parent, "disp-quote", node), node)


def _verse(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    group = tags.add(parent, "verse-group", node)
    line = etree.SubElement(group, "verse-line")
    inline.write(line, node.text)
    for child in node:
        if child.tag == "br":
            line = etree.SubElement(group, "verse-line")
        else:
            inline.add(tags, line, child)
        inline.write(line, (child.tail or "").lstrip("\n"))


def _code(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    """Tag a listing: its letters and its links inside the article, such as the call of a note, and the language it is in."""
    element = tags.add(parent, "code", node)
    words = [word for word in node.get("class", "").split() if LANGUAGES.match(word)]
    if words:
        element.set("language", words[0])
    element.set(f"{XML}space", "preserve")
    _letters(tags, element, node)


def _letters(tags: Tags, element: etree._Element, node: etree._Element) -> None:
    inline.write(element, node.text)
    for child in node.iterchildren(etree.Element):
        if child.tag == "a" and child.get("href", "").startswith("#") and (child.text or len(child)):
            inline.add(tags, element, child)
        else:
            _letters(tags, element, child)
        inline.write(element, child.tail)


def _nothing(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    """Leave out a rule between paragraphs: JATS has none."""


def _figure(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    """Tag a figure, or a group of them."""
    inner = [child for child in node if child.tag != "figcaption"]
    loose = (node.text or "").strip() or any((child.tail or "").strip() for child in node)
    grouped = inner and all(child.tag in ("figure", "img") for child in inner) and any(child.tag == "figure" for child in inner)
    element = tags.add(parent, "fig-group" if grouped and not loose else "fig", node)
    _turn(element, node)
    caption = node.find("figcaption")
    if caption is not None:
        _caption(tags, element, caption)
        markup.drop(caption)
    fill(tags, element, node)


def _turn(element: etree._Element, node: etree._Element) -> None:
    """Say that a figure or table is wanted landscape."""
    if node.get("data-placement") == "landscape":
        element.set("orientation", "landscape")


def _caption(tags: Tags, element: etree._Element, node: etree._Element) -> None:
    for label in node.xpath("./span[@class='label'] | ./p[1]/span[@class='label']"):
        etree.SubElement(element, "label").text = markup.text(label)
        markup.drop(label)
    if markup.text(node) or len(node):
        caption = etree.SubElement(element, "caption")
        fill(tags, caption, node)


def _table(tags: Tags, parent: etree._Element, node: etree._Element) -> None:
    wrap = tags.add(parent, "table-wrap", node)
    _turn(wrap, node)
    caption = node.find("caption")
    if caption is not None:
        _caption(tags, wrap, caption)
    table = etree.SubElement(wrap, "table")
    for part in (*node.findall("colgroup"), *node.findall("col")):
        _columns(table, part)
    grouped = any(node.find(name) is not None for name in ("thead", "tbody", "tfoot"))
    for name in ("thead", "tfoot", "tbody"):  # the order of XHTML 1.0, whose table JATS took
        for part in node.findall(name):
            if part.find("tr") is not None:
                _rows(tags, etree.SubElement(table, name), part)
    if node.find("tr") is not None:
        _rows(tags, etree.SubElement(table, "tbody") if grouped else table, node)
    if table.find("tbody") is None and table.find("tr") is None:
        row = etree.SubElement(etree.SubElement(table, "tbody"), "tr")
        etree.SubElement(row, "td")


def _columns(table: etree._Element, node: etree._Element) -> None:
    element = etree.SubElement(table, node.tag)
    if width := re.search(r"width:\s*([\d.]+%)", node.get("style", "")):
        element.set("width", width[1])
    for child in node.findall("col"):
        _columns(element, child)


def _rows(tags: Tags, element: etree._Element, node: etree._Element) -> None:
    for row in node.findall("tr"):
        made = etree.SubElement(element, "tr")
        for cell in (child for child in row if child.tag in ("td", "th")):
            box = tags.add(made, cell.tag, cell)
            for name in ("rowspan", "colspan", "scope", "abbr"):
                if cell.get(name):
                    box.set(name, cell.get(name))
            if where := inline.align(cell.get("style", "")):
                box.set("align", where)
            if any(_is_block(child) for child in cell.iterchildren(etree.Element)):
                fill(tags, box, cell)
            else:
                inline.fill(tags, box, cell)


TAGGERS: dict[str, Callable[[Tags, etree._Element, etree._Element], object]] = {
    "section": _section,
    "p": _paragraph,
    "ul": _list,
    "ol": _list,
    "dl": _definitions,
    "blockquote": _quotation,
    "pre": _code,
    "hr": _nothing,
    "figure": _figure,
    "table": _table,
}
