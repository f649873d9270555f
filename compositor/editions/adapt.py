"""What several editions do to the set body: notes and abstract taken out of it, pictures and links back put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree
from markupsafe import Markup

from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from compositor.model import Entry
    from compositor.setting.media import Media

ARROW = "\N{UPWARDS ARROW}"
NO_BREAK = "\N{NO-BREAK SPACE}"
ROMAN = {
    "m": 1000,
    "cm": 900,
    "d": 500,
    "cd": 400,
    "c": 100,
    "xc": 90,
    "l": 50,
    "xl": 40,
    "x": 10,
    "ix": 9,
    "v": 5,
    "iv": 4,
    "i": 1,
}
# What translations.lua makes; an author's own block of that class is none.
TRANSLATIONS = "./div[@class='translated-abstract'][@id=concat('abstract-', @lang)]"
# The id of the reference list, and those of its groups; an author may call a block of another class "refs-primary".
IS_LIST = "[@id='refs' or (starts-with(@id, 'refs-') and contains(concat(' ', @class, ' '), ' csl-bib-body '))]"
REFERENCES = f"ul{IS_LIST}"
SPEECH = ("lang", "dir")  # what a passage in another language says of itself


def take_notes(root: etree._Element) -> dict[str, etree._Element]:
    """Take the list of notes out of the body: id → its ``li``, without the link back."""
    notes = {}
    for section in root.xpath("//section[@role='doc-endnotes']"):
        for item in section.iter("li"):
            if item.get("id", "").startswith("fn"):
                for back in item.xpath(".//a[@role='doc-backlink']"):
                    markup.drop(back)
                notes[item.get("id")] = item
        markup.drop(section)
    return notes


def take_abstract(root: etree._Element) -> etree._Element | None:
    """Take the abstract out of the body, for the front matter."""
    return next(iter(_taken(root, "./div[@id='abstract']")), None)


def take_translations(root: etree._Element) -> dict[str, etree._Element]:
    """Take the abstracts in other languages out of the body: language → its element."""
    return {element.get("lang", ""): element for element in _taken(root, TRANSLATIONS)}


def take_front(root: etree._Element, front: dict[str, Any]) -> dict[str, Any]:
    """Take the abstract and its translations out of the body; gives them as markup, with the front matter around them."""
    abstract, translations = take_abstract(root), take_translations(root)
    return front | {
        "abstract_html": _markup(abstract),
        "translations": [item | {"abstract_html": _markup(translations.get(item["lang"]))} for item in front["translations"]],
    }


def _taken(root: etree._Element, path: str) -> list[etree._Element]:
    found: list[etree._Element] = root.xpath(path)
    for element in found:
        markup.drop(element)
        element.tail = None
    return found


def _markup(element: etree._Element | None) -> Markup:
    return Markup("") if element is None else Markup(markup.inner(element))  # noqa: S704 - adapted from Pandoc's output


def is_references(element: etree._Element) -> bool:
    """Whether an element is the reference list, or that of a group."""
    return bool(element.xpath(f"self::{REFERENCES}"))


def note_calls(root: etree._Element) -> list[etree._Element]:
    """Give the calls of notes, in document order."""
    return list(root.xpath("//a[@role='doc-noteref']"))


def table_notes(table: etree._Element, holder: etree._Element | None = None) -> etree._Element | None:
    """Give the notes under a table, which stand behind it or behind the element that holds it."""
    following = (table if holder is None else holder).getnext()
    tied = following is not None and following.get("id") and following.get("id") == table.get("aria-describedby")
    return following if tied else None


def copy_speech(source: etree._Element, target: etree._Element) -> None:
    """Let one element speak as another does."""
    for key in SPEECH:
        if source.get(key):
            target.set(key, source.get(key))


def letters(count: int) -> Iterable[str]:
    """Give the letters a to z, then aa, ab and so on."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    for number in range(count):
        yield alphabet[number] if number < 26 else alphabet[number // 26 - 1] + alphabet[number % 26]


def marks(numbered: etree._Element) -> list[str]:
    """Give what stands before each item of an ordered list: 3., c) or (iii), by HTML's ``type`` and the text's signs."""
    kind, start, signs = numbered.get("type", "1"), int(numbered.get("start", "1")), numbered.get("data-marks", ".")
    return [f"{signs[:-1]}{_counted(number, kind)}{signs[-1]}" for number in range(start, start + len(numbered.findall("li")))]


def _counted(number: int, kind: str) -> str:
    if kind in "aA" and number > 0:
        letters, rest = "", number
        while rest > 0:  # after z comes aa
            letters, rest = chr(ord(kind) + (rest - 1) % 26) + letters, (rest - 1) // 26
        return letters
    if kind in "iI" and 0 < number < 4000:
        roman, rest = "", number
        for sign, value in ROMAN.items():
            roman, rest = roman + sign * (rest // value), rest % value
        return roman if kind == "i" else roman.upper()
    return str(number)


def add_backlinks(root: etree._Element, entries: tuple[Entry, ...], label: str) -> None:
    """Let each entry of the reference list point back at the places that cite it."""
    by_id = {element.get("id"): element for element in root.xpath(f"//{REFERENCES}/li")}
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
        # an arrow does not stand alone on a line; an address ends its lines at its joints
        last = span.getprevious()
        if last is not None:
            last.tail = (last.tail or "").rstrip() + NO_BREAK
        else:
            element.text = (element.text or "").rstrip() + NO_BREAK


def part_verses(root: etree._Element) -> None:
    """Put each line of verse into a box of its own: what has no room in it goes on further in, and is no new line."""
    for verses in root.xpath(".//div[contains(concat(' ', @class, ' '), ' line-block ')]"):
        line = etree.Element("span", {"class": "verse"})
        line.text, verses.text = verses.text, None
        content = list(verses)
        verses[:] = []
        for child in [*content, None]:
            if child is not None and child.tag != "br":
                line.append(child)
                continue
            if len(line) or (line.text or "").strip():
                verses.append(line)
            if child is not None:
                verses.append(child)
                line = etree.Element("span", {"class": "verse"})
                line.text, child.tail = (child.tail or "").lstrip("\n"), None


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
            markup.replace(image, drawing)
            if image.get("id"):  # the drawing's own id is what its rules start at
                drawing.addprevious(etree.Element("span", {"id": image.get("id")}))
        else:
            image.set("src", address(found))


def _css_length(value: str) -> str:
    return f"{value}px" if value.isdigit() else value
