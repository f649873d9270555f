"""What a layout holds: WeasyPrint's boxes in, lines, columns and holes out.

WeasyPrint has no public view of its boxes; this module is the only one that knows their names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Frame:
    """A part of a page that text runs through: the page itself, a column, or a block that spans the columns."""

    box: Any
    page: Any
    hole: float  # CSS pixels; the empty height at its foot, 0 where something else follows on the page


def pages_of(layout: Any) -> list[Any]:
    """Give the page boxes of a layout."""
    return [page._page_box for page in layout.pages]


def inside(box: Any) -> Iterator[Any]:
    """Give a box and all that it holds, in order, but nothing that stands at the edge of a page, out of the flow."""
    if type(box).__name__ == "AbsolutePlaceholder":
        return
    yield box
    for child in getattr(box, "children", None) or ():
        yield from inside(child)


@dataclass(frozen=True)
class Ahead:
    """What the next page begins with."""

    fresh: tuple[Any, ...] = ()  # a source box of which nothing is set yet, its first child, and so on
    text: str = ""  # or the rest of a text


def ahead(root: Any, resume: Any) -> Ahead:
    """Follow WeasyPrint's way from the root of the source boxes to where the next page begins; None is the end."""
    if resume is None:
        return Ahead()
    box = root
    while resume:
        index, resume = next(iter(resume.items()))
        if is_text(box):
            return Ahead(text=box.text.encode()[index:].decode())
        children = getattr(box, "children", ())
        if index >= len(children):  # a layout of its own, such as a cell's, counts otherwise
            return Ahead()
        box = children[index]
    fresh = [box]
    while children := getattr(fresh[-1], "children", ()):
        fresh.append(children[0])
    return Ahead(tuple(fresh))


def is_text(box: Any) -> bool:
    """Whether a box is a text in one style, or the part of it on one line."""
    return type(box).__name__ == "TextBox"


def is_line(box: Any) -> bool:
    """Whether a box is a line of text."""
    return type(box).__name__ == "LineBox"


def margin_place(box: Any) -> str:
    """Give which margin of the page a box stands in, "top", "bottom", "left" or "right"; empty where it is none of them."""
    return str(box.at_keyword).strip("@").partition("-")[0] if type(box).__name__ == "MarginBox" else ""


def is_block(box: Any) -> bool:
    """Whether a box is a paragraph or the like as a whole, or the part of it on one page; its lines are not."""
    return type(box).__name__ == "BlockBox"


def is_snapped(box: Any) -> bool:
    """Whether a box is a figure's, or holds a table with its notes, and so takes a whole number of lines."""
    return is_block(box) and (box.element_tag == "figure" or (box.element_tag == "div" and _holds_table(box.element)))


def _holds_table(element: Any) -> bool:
    return element is not None and "table-box" in (element.get("class") or "").split()


def is_leaf(box: Any) -> bool:
    """Whether a box is a line or a picture."""
    return is_line(box) or "Replaced" in type(box).__name__


def marked(box: Any, name: str) -> Any:
    """Give a box's element where it carries a number of ours, else None."""
    element = getattr(box, "element", None)
    return element if element is not None and "::" not in str(box.element_tag) and element.get(name) else None


def note_areas(page: Any) -> list[Any]:
    """Give the areas of a page that hold notes."""
    return [box for box in page.children if type(box).__name__ == "FootnoteAreaBox" and box.children]


def text(line: Any) -> str:
    """Give the text of a line."""
    return "".join(box.text for box in inside(line) if is_text(box))


def words(line: Any) -> str:
    """Give the text of a line that its author wrote: not the number or dot of an item."""
    return "".join(box.text for box in inside(line) if is_text(box) and not str(box.element_tag).endswith("::marker"))


def width(line: Any) -> float:
    """Give how much of a line is filled, in CSS pixels."""
    return float(sum(child.margin_width() for child in line.children if child.is_in_normal_flow()))


def first_word(line: Any) -> float:
    """Give about how wide the first word of a line is, in CSS pixels."""
    words = text(line).split() or [""]
    return width(line) * (len(words[0]) + 1) / max(1, len(" ".join(words)))


def is_justified(line: Any) -> bool:
    """Whether a line is set to the full measure."""
    return bool(line.style["text_align_all"] == "justify")


def is_broken(line: str) -> bool:
    """Whether a line ends in a word that goes on in the next: compounds are never parted (see breaks.py)."""
    return re.search(r"\w-$", line) is not None


def broken_word(head: str, tail: str) -> str:
    """Give the word that two lines share, or nothing."""
    rest = re.match(r"\w+", tail)
    return head.split()[-1].removesuffix("-").lstrip("(“‘«„[") + rest[0] if is_broken(head) and rest else ""


def frames(page: Any) -> list[Frame]:
    """Give the frames of a page in reading order."""
    content = page.children[0]
    foot = min([page.content_box_y() + page.height, *(area.position_y for area in note_areas(page))])
    main = next((box for box in inside(content) if getattr(box, "element_tag", "") == "main"), None)
    runs = [[box for box in run.children if _is_column(box)] or [run] for run in (main.children if main else ())]
    if not any(_is_column(run[0]) for run in runs):
        return [Frame(content, page, _empty(content, foot))]
    return [Frame(box, page, _empty(box, foot) if run is runs[-1] else 0.0) for run in runs for box in run]


def _is_column(box: Any) -> bool:
    return bool(getattr(box, "is_column", False))


def _empty(box: Any, foot: float) -> float:
    leaves = [leaf.position_y + leaf.height for leaf in inside(box) if is_leaf(leaf)]
    return float(foot - max(leaves, default=foot))
