"""The set body on paper: notes at the foot of the page, formulas drawn, pictures on the grid; a template of print filled in."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml import html as lxml_html
from markupsafe import Markup, escape

from compositor import maths
from compositor.editions import adapt, conformance
from compositor.fonts import fontface
from compositor.pages import (
    breaks,
    codelines,
    columns,
    continued,
    leads,
    longnotes,
    morphemes,
    pagination,
    placement,
    plates,
    shortcells,
    widetables,
)
from compositor.proof.expected import text_of
from compositor.reading.paper import landscape
from compositor.setting import glosses, markup
from compositor.templating import environment

if TYPE_CHECKING:
    from compositor.model import Paper
    from compositor.setting.media import Media
    from compositor.setting.sheet import Sheet

TEMPLATE = "print.html"
INDENTED = ("li", "blockquote", "dd")
INDENT = 1.6  # em; what each of them takes of the line, at the most
NO_WORDS = "…"  # what stands for a formula that says nothing
PANELS = {"columns-2": 0.48, "columns-3": 0.31, "columns-4": 0.23}  # of the measure; as in templates/css/core.css
AROUND = 4  # lines; what stands above and below a picture and its caption
LETTER = 4.5  # points; what a letter of a caption takes of its line, on an average
ALONE = 1.5  # em; what stands alone of a formula at the end or beginning of a line has more
SIGN = 0.6  # em; what a sign of a formula's number takes, and the space before it


def prepare(sheet: Sheet, edges: pagination.Edges, template: str = TEMPLATE) -> str:
    """Adapt the set body to paper and fill a template of print; gives HTML."""
    root = markup.clone(sheet.root)
    leads.mark(root)
    pagination.apply(root, edges, columns=sheet.paper.columns > 1)
    notes = adapt.take_notes(root)
    for number, call in enumerate(adapt.note_calls(root), start=1):
        _sink(call, notes[call.get("href", "")[1:]], number)
    if template == TEMPLATE:  # in a review copy each line has its number, and no box takes two for one
        adapt.part_verses(root)
    adapt.add_backlinks(root, sheet.document.entries, sheet.document.terms["cited_at"])
    adapt.embed_images(root, sheet.media, lambda media: f"compositor:media/{media.name}", inline_svg=False)
    if sheet.paper.columns > 1:
        columns.mark(root, sheet.media, sheet.paper)
    continued.offer(root, sheet.document.terms["continued"])
    wide = landscape(sheet.paper)
    widetables.shrink(root, sheet.paper.measure, wide.measure, widetables.SIZE if template == TEMPLATE else widetables.REVIEW)
    if template == TEMPLATE:
        shortcells.keep(root, sheet.paper, wide)
    _snap_images(root, sheet.media, sheet.paper, wide)
    conformance.mark_decorations(root)
    _draw_formulas(root, room=sheet.paper.column / sheet.paper.size)
    _part_displays(root)
    _draw_boxes(root)
    breaks.rag_code(root)
    breaks.indent_code(root)
    codelines.mark(root)
    morphemes.part(root)
    breaks.keep_compounds(root)
    longnotes.part(root, edges.cuts)
    if template == TEMPLATE:  # which lines stand on a page of a review copy is not to depend on the words of a command
        pagination.offer_colophons(root)
    front = adapt.take_front(root, in_print(sheet.front))
    if sheet.paper.columns > 1:
        columns.part(root)
    context = dict(
        front,
        body=Markup(markup.inner(root)),  # noqa: S704 - adapted from Pandoc's output
        faces=fontface.for_print(sheet.scripts),
        paper=sheet.paper,
        landscape=wide,
        page_rules=placement.page_rules(edges.spots),
    )
    page = fontface.accompany_page(environment(sheet.templates).get_template(template).render(context), sheet.scripts)
    return fontface.dressed(page, sheet.scripts)


def front_words(sheet: Sheet) -> tuple[str, str]:
    """Give the words that stand around the text on paper: title block, imprint and keywords; and those of the contents."""
    alone = replace(sheet, root=markup.parse(""))
    for part in sheet.root.xpath(f"./div[@id='abstract'] | {adapt.TRANSLATIONS}"):
        etree.SubElement(etree.SubElement(alone.root, "div", dict(part.attrib)), "p").text = "-"
    page = lxml_html.document_fromstring(prepare(alone, pagination.Edges()), parser=markup.DEEP)
    abstracts = "//section[@role='doc-abstract' or contains(@class, 'translated-abstract')]"
    for abstract in page.xpath(f"{abstracts}/p[. = '-']"):
        markup.drop(abstract)
    around = page.xpath(f"//header | //aside[@class='imprint'] | //*[@class='keywords'] | {abstracts}")
    parts = [part for part in around if not any(parent in around for parent in part.iterancestors())]
    return " ".join(map(text_of, parts)), " ".join(map(text_of, page.xpath("//nav")))


def _sink(call: etree._Element, note: etree._Element, number: int) -> None:
    """Put a note where its call stands; ``float: footnote`` takes it to the foot of the page."""
    blocks = list(note)
    simple = all(block.tag == "p" for block in blocks)
    if not simple:  # a list or quotation may stand in a div, not in a p
        for parent in call.iterancestors("p"):
            parent.tag = "div"
            parent.set("class", f"{parent.get('class', '')} p".strip())
    kind = "footnote adjacent" if "adjacent" in call.get("class", "") else "footnote"
    foot = etree.Element(
        "span" if simple else "div",
        {"class": kind, "id": note.get("id", ""), "data-number": str(number)},
    )
    if blocks and (block := blocks[0].get(pagination.BLOCK)):
        foot.set(pagination.BLOCK, block)
    adapt.copy_speech(note, foot)
    for block in blocks:
        if block.tag == "p":
            block.tag = "span"
            block.set("class", "footnote-par")
        block.tail = None
        foot.append(block)
    _close_up(foot)
    markup.replace(call, foot)


def _close_up(note: etree._Element) -> None:
    """Take out white space between the blocks of a note, and behind a line end in it: WeasyPrint makes an empty line of it."""
    for end in note.iter("br"):
        end.tail = (end.tail or "").lstrip("\n") or None
    for holder in [*note.iter("ul", "ol", "dl", "blockquote"), *note.xpath(f".//div[{glosses.IS_ONE}] | .//{glosses.ITEMS}")]:
        holder.text = (holder.text or "").strip() or None
        between = " " if holder.get("class") == glosses.WORDS else None  # a line may end there
        for block in holder:
            block.tail = (block.tail or "").strip() or (between if block.getnext() is not None else None)


def _snap_images(root: etree._Element, media: dict[str, Media], paper: Paper, wide: Paper) -> None:
    """Make each figure's picture as tall as a whole number of lines, so that the text below keeps to the grid.

    None is taller than its page, where its caption and the rows of its figure have room, too.
    """
    by_address = {f"compositor:media/{found.name}": found for found in media.values()}
    for image in root.xpath("//figure//img"):
        found = by_address.get(image.get("src", ""))
        if found is None:
            continue
        figures = [figure.get("class", "").split() for figure in image.iterancestors("figure")]
        share = next((PANELS[name] for names in figures[1:] for name in names if name in PANELS), 1.0)
        page, measure = paper, paper.column
        if placement.is_landscape(image):
            page, measure = wide, wide.measure
        elif any(columns.SPAN in names for names in figures):
            measure = paper.measure
        width, height = size(image, found, measure * share * 96 / 72)
        fits = min(1.0, _height_left(image, page, measure, share) * 96 / 72 / height)
        width, height = width * fits, height * fits
        lines = math.ceil(round(height * 72 / 96 / paper.line, 3))
        image.set("style", f"width: {width:.2f}px; height: {lines * paper.line:g}pt")
        for key in ("width", "height"):
            image.attrib.pop(key, None)


def _height_left(image: etree._Element, page: Paper, measure: float, share: float) -> float:
    """Give how tall a picture may be, in points, where the others of its figure stand in rows of the same height."""
    outer = list(image.iterancestors("figure"))[-1]
    panels = [figure for figure in outer.iter("figure") if figure is not outer]
    rows = math.ceil(len(panels) / math.floor(1 / share)) or 1
    longest = max((_caption_lines(panel, measure * share) for panel in panels), default=0)
    lines = AROUND + _caption_lines(outer, measure) + rows * longest
    return (page.height - page.top - page.bottom - lines * page.line) / rows


def _caption_lines(figure: etree._Element, width: float) -> int:
    """Estimate how many lines a figure's own caption takes."""
    letters = sum(len(text_of(caption)) for caption in figure.findall("figcaption"))
    return math.ceil(letters * LETTER / width)


def size(image: etree._Element, media: Media, measure: float) -> tuple[float, float]:
    """Width and height in CSS pixels as the author asked, no wider than the measure."""
    from compositor.setting.media import UNITS

    asked: dict[str, float] = {}
    style = dict(re.findall(r"(width|height)\s*:\s*([^;]+)", image.get("style", "")))
    for key in ("width", "height"):
        value = style.get(key) or image.get(key) or ""
        match = re.fullmatch(r"\s*([\d.]+)\s*(px|pt|pc|mm|cm|in|%|)\s*", value)
        if match:
            asked[key] = float(match[1]) * (measure / 100 if match[2] == "%" else UNITS[match[2]])
    ratio = media.height / media.width if media.width else 1.0
    width = asked.get("width") or (asked["height"] / ratio if "height" in asked else media.width)
    height = asked.get("height") or width * ratio
    if width > measure:
        width, height = measure, height * measure / width
    return width, height


def in_print(front: dict[str, Any]) -> dict[str, Any]:
    """Give front matter whose formulas are drawn."""
    drawn: dict[str, Any] = _titled(front)
    drawn["translations"] = [_kept_whole(item | _titled(item)) for item in front["translations"]]
    drawn["citation"] = front["citation"] | {"apa": _drawn(front["citation"]["apa"])}
    drawn["headings"] = [replace(head, html=_drawn({"html": head.html})["html"]) for head in front["headings"]]
    return front | drawn


def _kept_whole(item: dict[str, Any]) -> dict[str, Any]:
    """Keep the compounds of what stands around an abstract in another language; the abstract is part of the body."""
    titles = {key: item[key] | {"html": breaks.whole(item[key]["html"])} for key in ("title", "subtitle")}
    return item | titles | {"keywords": [breaks.whole(escape(word)) for word in item["keywords"]]}


def _titled(front: dict[str, Any]) -> dict[str, Any]:
    return {key: _drawn(front[key]) for key in ("title", "subtitle")}


def _drawn(short: dict[str, Any]) -> dict[str, Any]:
    if "<math" not in short["html"]:
        return short
    root = markup.parse(short["html"])
    _draw_formulas(root)
    return short | {"html": Markup(markup.inner(root))}  # noqa: S704 - Pandoc wrote it


def _draw_formulas(root: etree._Element, room: float = math.inf) -> None:
    """Put drawings in the place of formulas; ``room`` is the width of a column in em."""
    for head in root.xpath("//h2 | //h3 | //h4 | //h5 | //h6"):
        if maths.formulas(head):
            head.set("data-label", maths.in_words(head))  # a bookmark takes no drawing
    for formula in maths.formulas(root):
        drawn = maths.draw(formula)
        if formula.get("display") == "block":
            markup.replace(formula, _display(formula, drawn, room))
        elif drawn.parts and math.isfinite(room) and not _is_backwards(formula):
            markup.replace(formula, _parted(drawn))
        else:
            markup.replace(formula, _inline(drawn, drawn))


def _is_backwards(formula: etree._Element) -> bool:
    return next((around.get("dir") for around in formula.iterancestors() if around.get("dir")), "") == "rtl"


def _plate(drawn: maths.Formula, alt: str, style: str, kind: str) -> etree._Element:
    return etree.Element("img", {"class": kind, "src": plates.address(drawn), "alt": alt, "style": style})


def _told(drawn: maths.Formula) -> str:
    return f"{conformance.FORMULA}{drawn.tex or drawn.words or NO_WORDS}"


def _display(formula: etree._Element, drawn: maths.Formula, room: float) -> etree._Element:
    """Give a displayed formula its place."""
    scale, left = _fitted(formula, drawn.width, room)
    style = f"width: {scale * drawn.width:.4f}em; height: {scale * drawn.height:.4f}em"
    if left is not None:
        style += f"; margin-left: {left:.4f}em"
    return _plate(drawn, _told(drawn), style, f"math display {formula.get('class', '')}".strip())


def _inline(piece: maths.Formula, whole: maths.Formula) -> etree._Element:
    """Give a formula, or a part of one, its place in a line; the first part tells all."""
    alt = _told(whole) if piece is whole or piece is whole.parts[0] else conformance.FORMULA_GOES_ON
    style = f"width: {piece.width:.4f}em; height: {piece.height:.4f}em; vertical-align: {-piece.depth:.4f}em"
    return _plate(piece, alt, style, "math")


def _parted(drawn: maths.Formula) -> etree._Element:
    """Let a line end behind the signs between the parts of a formula; the spaces around them are those between words.

    Every second part is such a sign. Little is left alone at neither end of a line.
    """
    span = etree.Element("span")
    held = etree.SubElement(span, "span", {"class": breaks.WHOLE})
    done, length = 0.0, sum(piece.width for piece in drawn.parts)
    for place, piece in enumerate(drawn.parts):
        etree.SubElement(held, "img").tail = " "
        markup.replace(held[-1], _inline(piece, drawn))
        done += piece.width
        if place % 2 and ALONE < done < length - ALONE:
            held[-1].tail, held.tail = None, " "
            held = etree.SubElement(span, "span", {"class": breaks.WHOLE})
    held[-1].tail = None
    return span


def _fitted(formula: etree._Element, width: float, room: float) -> tuple[float, float | None]:
    """Give how much smaller a displayed formula is drawn, so that it fits its line, and what it leaves free before it, in em.

    None before it is free where it stands in the middle of the line, as it does unless its number needs the room there.
    """
    room -= INDENT * sum(1 for _ in formula.iterancestors(*INDENTED))
    number = formula.getnext()
    if number is None or number.get("class") != "equation-number":
        return min(1.0, room / width), None
    side = SIGN * len(markup.text(number)) + SIGN
    if width <= room - 2 * side:
        return 1.0, None
    scale = min(1.0, (room - side) / width)
    return scale, (room - side - scale * width) / 2


def _part_displays(root: etree._Element) -> None:
    """Put what follows a displayed formula inside a paragraph into a block: WeasyPrint would indent its first line."""
    for display in root.xpath("//p/span[contains(@class, 'equation')] | //p/img[contains(@class, 'display')]"):
        following = list(display.itersiblings())
        if not (display.tail or "").strip() and not following:
            continue
        rest = etree.Element("span", {"class": "after-display"})
        rest.text, display.tail = display.tail, None
        rest.extend(following)
        display.addnext(rest)


def _draw_boxes(root: etree._Element) -> None:
    """Draw the boxes of a task list; WeasyPrint prints no form."""
    for box in list(root.xpath("//input[@type='checkbox']")):
        drawn = etree.Element("span", {"class": "box checked" if box.get("checked") is not None else "box"})
        markup.replace(box, drawn)
