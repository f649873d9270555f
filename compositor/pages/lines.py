"""The lines of a print: a layout in; each line with its page, its height on it, its words and their blocks, out.

What stands side by side, such as the cells of a row, is one line. Running heads and the numbers of pages are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compositor.editions.conformance import FORMULA
from compositor.pages import boxes
from compositor.proof.expected import INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "table", "caption", "figcaption", "pre"}
CLASSES = {"p", "footnote", "line-block"}  # of what is a block without such a tag
WHOLE = {"table", "pre"}  # blocks whose parts are no blocks
NEAR = 0.4  # of a line's height; what is no farther apart stands on one line


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, head, note or the like, wherever its lines are."""

    number: int  # in the order of the pages
    note: bool
    own: bool  # the program's own words, as the colophon's are
    key: str = ""  # of the work, where it is a reference


@dataclass(frozen=True, slots=True)
class Printed:
    """A line of a page."""

    page: int  # from 1
    on_page: int  # from 1, from the top
    baseline: float  # CSS pixels from the top of the page
    edge: float  # CSS pixels from the left of the page to the type area
    runs: tuple[tuple[Block, str], ...]  # what stands on it, from left to right

    @property
    def text(self) -> str:
        """The words of the line."""
        return " ".join(text for _, text in self.runs if text)


@dataclass(frozen=True, slots=True)
class _Piece:
    block: Block
    text: str
    baseline: float
    left: float
    height: float


def read(layout: Any) -> list[Printed]:
    """Give every line of a layout, page by page, each page from its top to its foot."""
    found: list[Printed] = []
    blocks: dict[Any, Block] = {}
    for number, page in enumerate(boxes.pages_of(layout), start=1):
        pieces = [*_pieces(page.children[0], blocks, note=False)]
        for area in boxes.note_areas(page):
            pieces += _pieces(area, blocks, note=True)
        for on_page, row in enumerate(_rows(pieces), start=1):
            runs = tuple((piece.block, piece.text) for piece in sorted(row, key=lambda piece: piece.left))
            found.append(Printed(number, on_page, row[0].baseline, page.content_box_x(), runs))
    return found


def _rows(pieces: list[_Piece]) -> list[list[_Piece]]:
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.baseline, piece.left)):
        if rows and piece.baseline - rows[-1][0].baseline <= NEAR * min(piece.height, rows[-1][0].height):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _pieces(box: Any, blocks: dict[Any, Block], *, note: bool, block: Any = None, own: bool = False) -> Iterator[_Piece]:
    """Give the lines inside a box; ``block`` is the element of the block it stands in."""
    if type(box).__name__ == "AbsolutePlaceholder":
        return
    element = getattr(box, "element", None)
    if element is not None and "::" not in str(box.element_tag):
        named = set((element.get("class") or "").split())
        own = own or "colophon" in named
        tag = str(box.element_tag)
        if (tag in BLOCKS or named & CLASSES) and (block is None or block.tag not in WHOLE or tag == "caption"):
            block = element
        if block is None:
            block = element
    if boxes.is_line(box) or _is_formula(box):
        text = INVISIBLE.sub("", boxes.text(box)) if boxes.is_line(box) else box.element.get("alt", "").removeprefix(FORMULA)
        if text or any("Replaced" in type(part).__name__ for part in boxes.inside(box)):
            name = block.get("id") or ""
            key = name.removeprefix("ref-") if name.startswith("ref-") else ""
            place = blocks.setdefault(block, Block(len(blocks), note, own, key))
            baseline = box.position_y + (box.baseline if boxes.is_line(box) else box.height / 2)
            yield _Piece(place, " ".join(text.split()), baseline, box.position_x, box.height)
        return
    for child in getattr(box, "children", None) or ():
        yield from _pieces(child, blocks, note=note, block=block, own=own)


def _is_formula(box: Any) -> bool:
    """Whether a box is a displayed formula, which stands in no line."""
    name, element = type(box).__name__, getattr(box, "element", None)
    return name == "BlockReplacedBox" and element is not None and "math" in (element.get("class") or "").split()
