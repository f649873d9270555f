"""Pandoc's XHTML as a tree: the set body in, helpers that each edition adapts it with."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tinycss2
from lxml import etree
from lxml import html as lxml_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from compositor.media import Media
    from compositor.model import Entry

HEADS = ("h2", "h3", "h4", "h5", "h6")
XHTML = "http://www.w3.org/1999/xhtml"
# What an author notes for himself is nobody else's; and two hyphens in it are no XML.
DEEP = lxml_html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)  # browsers know 512 levels, libxml2 256
PLAIN = etree.XMLParser(remove_comments=True, remove_pis=True)
MATHML = "{http://www.w3.org/1998/Math/MathML}"
ARROW = "\N{UPWARDS ARROW}"
NO_BREAK = "\N{NO-BREAK SPACE}"


def parse(body: str) -> etree._Element:
    """Read a fragment of XHTML into a ``div``, without comments. Raw HTML that is not XML goes through an HTML parser first."""
    try:
        return etree.fromstring(f"<div>{body}</div>", PLAIN)
    except etree.XMLSyntaxError:
        before, start, notes = body.rpartition(NOTES)  # an element of the author's that is left open must not take them in
        root = _loosely(before or start + notes)
        if before:
            root.extend(_loosely(start + notes))
        return root


# as Pandoc writes the notes, last
NOTES = '<section id="footnotes" class="footnotes footnotes-end-of-document" role="doc-endnotes">'


def _loosely(body: str) -> etree._Element:
    loose = lxml_html.fragment_fromstring(body, create_parent="div", parser=DEEP)
    for element in list(loose.iter(etree.Element)):
        if not NAME.fullmatch(element.tag) and element is not loose:
            element.drop_tag()
        for key in [key for key in element.attrib if not NAME.fullmatch(key)]:
            del element.attrib[key]
    return etree.fromstring(etree.tostring(loose, method="xml", encoding="utf-8"), etree.XMLParser(recover=True))


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
            drop(foreign)
            continue
        if (foreign.text or "").strip():  # words of no element, which a browser shows and a drawing would lose
            words = etree.Element("mtext")
            words.text, foreign.text = foreign.text, None
            foreign.insert(0, words)
        written = etree.tostring(foreign, encoding="unicode", with_tail=False)
        replace(foreign, etree.fromstring(written.replace("<math", f'<math xmlns="{MATHML.strip("{}")}"', 1)))


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
NAME = re.compile(r"[A-Za-z_][\w.-]*")  # what may name an element here; MathML and SVG bring their own namespaces


def inner(element: etree._Element) -> str:
    """Write the content of an element as XHTML that is also HTML 5: void elements closed, others never empty."""
    for node in element.iter():
        if isinstance(node.tag, str) and node.text is None and len(node) == 0 and "}" not in node.tag and node.tag not in VOID:
            node.text = ""
    text: str = etree.tostring(element, encoding="unicode", with_tail=False)
    return text[text.index(">") + 1 : text.rindex("<")] if not text.endswith("/>") else ""


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def text(element: etree._Element) -> str:
    """Give the words of an element as a reader sees them, white space folded."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def drop(element: etree._Element) -> None:
    """Take an element out and leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def replace(old: etree._Element, new: etree._Element) -> None:
    """Put one element in the place of another."""
    new.tail = old.tail
    parent = old.getparent()
    if parent is not None:
        parent.replace(old, new)


# Elements that run, fetch or send; nothing of the kind belongs in a publication.
ACTIVE = {
    "applet", "audio", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link", "meta", "object",
    "portal", "script", "select", "source", "style", "textarea", "track", "video", "foreignobject", "set", "animate",
}  # fmt: skip
ADDRESSES = {
    "action",
    "background",
    "cite",
    "data",
    "formaction",
    "href",
    "longdesc",
    "manifest",
    "ping",
    "poster",
    "src",
    "srcset",
}
SCHEMES = ("http", "https", "ftp", "mailto", "tel", "doi", "urn")
# Attributes that hold CSS values: style, and SVG's own that may name something by url().
STYLED = {
    "style", "clip-path", "color-profile", "cursor", "fill", "filter", "marker", "marker-start", "marker-mid", "marker-end",
    "mask", "stroke",
}  # fmt: skip
FETCHING = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade", "expression", "paint"}
PICTURES = ("image", "feImage")  # of SVG
BITMAP = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp)[;,]", re.IGNORECASE)


def css_addresses(sheet: str) -> Iterator[str]:
    """Give every address that CSS asks for, as a browser reads it: escapes undone, in whatever function it stands."""
    if not re.search(r"[(\\@]", sheet):
        return
    waiting = tinycss2.parse_component_value_list(sheet, skip_comments=True)[::-1]
    while waiting:
        node = waiting.pop()
        if node.type == "url":
            yield node.value
        elif node.type == "at-keyword" and node.lower_value == "import":
            yield "@import"  # never harmless: a sheet in data: may import another
            while waiting and waiting.pop() != ";":
                pass
        elif node.type == "function":
            if node.lower_name in FETCHING:
                yield from (part.value for part in node.arguments if part.type == "string")
            if node.lower_name in ("expression", "paint"):
                yield f"{node.lower_name}("
            waiting += node.arguments[::-1]
        elif node.type in ("() block", "[] block", "{} block"):
            waiting += node.content[::-1]


def is_link(address: str) -> bool:
    """Whether a reader may follow an address: a place in the text, a relative one, or one of the schemes that run nothing."""
    bare = re.sub(r"[\s\x00-\x20\x7f-\xa0]+", "", address)
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", bare)
    return scheme is None or scheme[1].lower() in SCHEMES


def _is_safe(element: etree._Element, name: str, value: str) -> bool:
    """Whether an attribute neither runs, nor fetches, nor leads to a program."""
    if name.startswith("on") or (name in STYLED and any(not found.startswith("#") for found in css_addresses(value))):
        return False
    if name not in ADDRESSES:
        return True
    tag = etree.QName(element).localname
    if tag == "img" and name == "src":
        return True  # media.py looks at it
    if name == "href" and tag not in ("a", "area"):  # of SVG: a gradient, a path for text or a picture may be another file's
        return value.startswith("#") or (tag in PICTURES and BITMAP.match(value) is not None)
    return name in ("href", "cite") and is_link(value)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something active that was taken out."""

    name: str  # "<script>", "href='javascript:…'"
    needle: str  # the text it can be found by in the source
    work: str  # the key of the work in whose entry of the reference list it stood, or empty


def drop_active(root: etree._Element, keep: tuple[str, ...] = ()) -> list[Dropped]:
    """Take scripts and other active content out; gives what went."""
    gone = []
    for element in list(root.iter(etree.Element)):
        name = etree.QName(element).localname
        if name.lower() in ACTIVE and name not in keep and not (name == "input" and element.get("type") == "checkbox"):
            gone.append(Dropped(f"<{name}>", f"<{name}", _work(element)))
            drop(element)
            continue
        for key, value in list(element.attrib.items()):
            attribute = etree.QName(key).localname.lower()
            if not _is_safe(element, attribute, value):
                shown = value if attribute in ADDRESSES else f"{attribute}="
                gone.append(Dropped(f"{attribute}={value[:40]!r}", shown, _work(element)))
                del element.attrib[key]
    return gone


def _work(element: etree._Element) -> str:
    entries = element.xpath("ancestor-or-self::*[starts-with(@id, 'ref-')][1]/@id")
    return str(entries[0]).removeprefix("ref-") if entries else ""


def clean(fragment: str) -> str:
    """Take active content out of a short text of the front matter, and pictures with it."""
    root = parse(fragment)
    drop_active(root)
    for image in list(root.iter("img")):
        drop(image)
    return inner(root)


def undisguise(root: etree._Element) -> None:
    """Give images their own addresses back; labels.lua adds an ending that keeps Pandoc from making ``embed`` of a PDF."""
    for image in root.iter("img"):
        image.set("src", image.get("src", "").removesuffix("/compositor-picture.png"))


def table_notes(table: etree._Element, holder: etree._Element | None = None) -> etree._Element | None:
    """Give the notes under a table, which stand behind it or behind the element that holds it."""
    following = (table if holder is None else holder).getnext()
    tied = following is not None and following.get("id") and following.get("id") == table.get("aria-describedby")
    return following if tied else None


def align_decimals(root: etree._Element, mark: str) -> None:
    """Say what each number of a column lacks behind its decimal mark, in tables of class ``decimal``.

    The style sheets set it behind the number, unseen, so that the marks stand one under another. Only columns that the
    author set flush right are meant; ``mark`` is the language's, and stars of significance count.
    """
    number = re.compile(rf"[-+\u2212\u2013<>=\s]*[\d.,\s]*?\d(?P<part>(?:{re.escape(mark)}\d+)?)(?P<sign>[*†‡%]*)")
    for table in root.xpath("//table[contains(concat(' ', @class, ' '), ' decimal ')][not(.//*[@rowspan])]"):
        columns: dict[int, list[tuple[etree._Element, str, str]]] = {}
        for row in table.iter("tr"):
            column = 0
            for cell in row:
                bare = "".join(cell.xpath(".//text()[not(ancestor::sup)]")).strip()
                if cell.tag == "td" and "right" in cell.get("style", "") and (match := number.fullmatch(bare)):
                    columns.setdefault(column, []).append((cell, match["part"], match["sign"]))
                column += int(cell.get("colspan", "1"))
        for cells in columns.values():
            longest_part = max((part for _, part, _ in cells), key=len)
            longest_sign = max((sign for _, _, sign in cells), key=len)
            for cell, part, sign in cells:
                if lacks := longest_part[len(part) :] + longest_sign[len(sign) :]:
                    cell.set("data-lacks", lacks)


HOMES = {"li": ("ul", "ol", "menu"), "dt": ("dl", "div"), "dd": ("dl", "div")}


def house_items(root: etree._Element) -> None:
    """Make an item that stands in no list, which only raw HTML can write, a paragraph's block like any other."""
    for item in list(root.iter(*HOMES)):
        home = item.getparent()
        if home is None or home.tag not in HOMES[item.tag]:
            item.tag = "div"


PARTS = ("caption", "colgroup", "thead", "tbody", "tfoot", "tr", "col")


def house_strays(root: etree._Element) -> None:
    """Put what stands loose in a table, which only raw HTML can write, before it, as browsers do (HTML, 13.2.6.1)."""
    for table in list(root.iter("table")):
        for stray in [child for child in table if child.tag not in PARTS]:
            stray.tail = None
            table.addprevious(stray)
        if not len(table):
            drop(table)


SPANS = {"colspan": 1000, "rowspan": 65534}  # the most that browsers read (HTML, 4.9.11)


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


def take_notes(root: etree._Element) -> dict[str, etree._Element]:
    """Take the list of notes out of the body: id → its ``li``, without the link back."""
    notes = {}
    for section in root.xpath("//section[@role='doc-endnotes']"):
        for item in section.iter("li"):
            if item.get("id", "").startswith("fn"):
                for back in item.xpath(".//a[@role='doc-backlink']"):
                    drop(back)
                notes[item.get("id")] = item
        drop(section)
    return notes


def take_abstract(root: etree._Element) -> etree._Element | None:
    """Take the abstract out of the body, for the front matter."""
    found = root.xpath("./div[@id='abstract']")
    if not found:
        return None
    drop(found[0])
    found[0].tail = None
    return found[0]


def note_calls(root: etree._Element) -> list[etree._Element]:
    """Give the calls of notes, in document order."""
    return list(root.xpath("//a[@role='doc-noteref']"))


SPEECH = ("lang", "dir")  # what a passage in another language says of itself


def carry_languages(root: etree._Element) -> None:
    """Let each note speak the language of the passage that calls it: it stands elsewhere, outside that passage."""
    notes = {item.get("id"): item for item in root.xpath("//section[@role='doc-endnotes']//li[@id]")}
    for call in note_calls(root):
        passage = next((parent for parent in call.iterancestors() if parent.get("lang")), None)
        note = notes.get(call.get("href", "")[1:])
        if passage is not None and note is not None and not note.get("lang"):
            copy_speech(passage, note)


def copy_speech(source: etree._Element, target: etree._Element) -> None:
    """Let one element speak as another does."""
    for key in SPEECH:
        if source.get(key):
            target.set(key, source.get(key))


def list_references(root: etree._Element) -> None:
    """Make the reference list the list it is: Pandoc writes it as nested divs. The author's own blocks there go before it."""
    for refs in root.xpath("//div[@id='refs']"):
        for entry in refs.xpath(".//*[starts-with(@id, 'ref-') and contains(concat(' ', @class, ' '), ' csl-entry ')]"):
            if entry.getparent() is not refs:  # a block of the author's that was left open took it in
                drop(entry)
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


LANDMARKS = ("doc-acknowledgments", "doc-appendix", "doc-bibliography", "doc-credits")


def name_parts(root: etree._Element) -> None:
    """Say what the sections are, in the words of DPUB-ARIA 1.1; a landmark takes its name from its head."""
    for section in root.xpath("//ul[@id='refs']/ancestor::section[1]"):
        section.set("role", "doc-bibliography")
    for section in root.xpath("./section[contains(concat(' ', @class, ' '), ' appendix ')][not(@role)]"):
        section.set("role", "doc-appendix")
    for section in root.iter("section"):
        head = section[0] if len(section) else None
        if section.get("role") in LANDMARKS and section.get("id") and head is not None and head.tag in HEADS:
            head.set("id", f"{section.get('id')}-title")
            section.set("aria-labelledby", head.get("id"))


def name_links(root: etree._Element) -> None:
    """Show the address of a link out that has no words, which nobody could see or hear (WCAG 2.2, 2.4.4)."""
    for link in root.iter("a"):
        if not len(link) and not (link.text or "").strip() and re.match(r"(https?|mailto):", link.get("href", "")):
            link.text = link.get("href", "").removeprefix("mailto:")


def part_calls(root: etree._Element) -> None:
    """Mark a note's call that follows another at once: 3 and 4 must not read as 34."""
    for call in note_calls(root):
        before = call.getprevious()
        if before is not None and before.get("role") == "doc-noteref" and not (before.tail or "").strip():
            call.set("class", f"{call.get('class', '')} adjacent".strip())


def mark_continuations(root: etree._Element) -> None:
    """Mark a paragraph that goes on behind a formula of its own; it is no new one and takes no indent."""
    for paragraph in root.iter("p"):
        before = paragraph.getprevious()
        if before is None or before.tag != "p" or not text(paragraph)[:1].islower():
            continue
        only = list(before)
        if len(only) == 1 and not (before.text or "").strip() and "equation" in (only[0].get("class") or ""):
            paragraph.set("class", "continued")


def letters(count: int) -> Iterable[str]:
    """Give the letters a to z, then aa, ab and so on."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    for number in range(count):
        yield alphabet[number] if number < 26 else alphabet[number // 26 - 1] + alphabet[number % 26]


def counted(number: int, kind: str) -> str:
    """Give the number of a list's item as the list counts, by HTML's ``type``: 3, c, C, iii or III."""
    if kind in "aA":
        return chr(ord(kind) + (number - 1) % 26)
    if kind in "iI":
        roman, rest = "", number
        for value, sign in ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
            roman, rest = roman + sign * (rest // value), rest % value
        return roman if kind == "i" else roman.upper()
    return str(number)


def add_backlinks(root: etree._Element, entries: tuple[Entry, ...], label: str) -> None:
    """Let each entry of the reference list point back at the places that cite it."""
    by_id = {element.get("id"): element for element in root.xpath("//ul[@id='refs']/li")}
    for entry in entries:
        element = by_id.get(f"ref-{entry.id}")
        if element is None or not entry.places:
            continue
        span = etree.SubElement(element, "span", {"class": "backlinks"})
        marks = [ARROW] if len(entry.places) == 1 else list(letters(len(entry.places)))
        if len(marks) > 1:
            span.text = ARROW + NO_BREAK
        for number, (place, mark) in enumerate(zip(entry.places, marks, strict=True), start=1):
            link = etree.SubElement(span, "a", {"href": f"#{place}", "role": "doc-backlink", "aria-label": f"{label} {number}"})
            link.text = mark
            link.tail = NO_BREAK if number < len(marks) else None
        # an arrow should not stand alone on a line, but an address must be free to end anywhere
        space = " " if "/" in text(element).split(ARROW)[0].split(" ")[-1] else NO_BREAK
        last = span.getprevious()
        if last is not None:
            last.tail = (last.tail or "").rstrip() + space
        else:
            element.text = (element.text or "").rstrip() + space


def embed_images(root: etree._Element, media: dict[str, Media], address: Callable[[Media], str], *, inline_svg: bool) -> None:
    """Point each image at its embedded form. SVG goes into the page itself where ``inline_svg``, so that fonts reach it."""
    for image in list(root.iter("img")):
        found = media.get(image.get("src", ""))
        if found is None:
            continue
        if inline_svg and found.name.endswith(".svg"):
            drawing = etree.fromstring(found.data)
            drawing.set("role", "img")
            sizes = [f"{key}: {_css_length(image.get(key))}" for key in ("width", "height") if image.get(key)]
            styles = [drawing.get("style", ""), image.get("style", ""), *sizes]
            if not image.get("style") and not image.get("width"):
                styles.append(f"width: {found.width:g}px")
            drawing.set("style", "; ".join(part.strip().rstrip(";") for part in styles if part.strip()))
            if classes := f"{drawing.get('class', '')} {image.get('class', '')}".strip():
                drawing.set("class", classes)
            for key in ("width", "height"):
                drawing.attrib.pop(key, None)
            if image.get("alt"):
                drawing.set("aria-label", image.get("alt"))
            else:
                drawing.set("aria-hidden", "true")
            replace(image, drawing)
            if image.get("id"):  # the drawing's own id is what its rules start at
                drawing.addprevious(etree.Element("span", {"id": image.get("id")}))
        else:
            image.set("src", address(found))


def _css_length(value: str) -> str:
    return f"{value}px" if value.isdigit() else value


def clone(root: etree._Element) -> etree._Element:
    """Copy a tree, for an edition to adapt."""
    return copy.deepcopy(root)
