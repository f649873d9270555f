"""Tables that go on: "Table 3 (continued)" over the head on each page, or in each column, but the first.

The words are no part of the text. As the running head does, they stand in a box of the page's margins: no tag of the file
has them, and the proof is told of them with the margins. So WeasyPrint's layout of a table, and of the margins of a page, are
stood in for while a layout is made.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lxml import etree

from compositor.pages import boxes
from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "data-continued"  # of the block that holds the words, before its table
SIGNS = " .:"  # behind the number of a table


def offer(root: etree._Element, word: str) -> None:
    """Put what a table says where it goes on before it; mending.py takes it out of the flow."""
    for box in root.xpath("//div[contains(concat(' ', @class, ' '), ' table-box ')]"):
        block = etree.Element("div", {"class": "table-goes-on", MARK: word})
        block.text = f"({word})"
        for label in box.xpath("./table/caption//span[@class='label']")[:1]:
            block.text = None
            etree.SubElement(block, "span", {"class": "label"}).text = markup.text(label).rstrip(SIGNS)
            block[0].tail = f" ({word})"
        box.insert(0, block)


@contextmanager
def said() -> Iterator[None]:
    """Let tables that go on say so."""
    from weasyprint import layout
    from weasyprint.layout import block

    theirs = block.table_layout, layout.make_margin_boxes

    def table_layout(context: Any, table: Any, bottom_space: float, skip_stack: Any, around: Any, *rest: Any) -> Any:
        said = context.mending.continued.get(table.element) if skip_stack and hasattr(context, "mending") else None
        if said is None:
            return theirs[0](context, table, bottom_space, skip_stack, around, *rest)
        said = said.deepcopy()
        said.position_x, said.position_y = table.position_x, table.position_y
        said = block.block_level_layout(context, said, -context.page_bottom, None, around, True, [], [])[0]
        table.position_y += said.margin_height()
        found = theirs[0](context, table, bottom_space, skip_stack, around, *rest)
        if found[0] is not None:
            found[0].said = said
        return found

    def margin_boxes(context: Any, page: Any, state: Any) -> Iterator[Any]:
        yield from theirs[1](context, page, state)
        if context.mending.continued:
            yield from _margins(page)

    block.table_layout, layout.make_margin_boxes = table_layout, margin_boxes
    try:
        yield
    finally:
        block.table_layout, layout.make_margin_boxes = theirs


def _margins(page: Any) -> Iterator[Any]:
    """Give what the tables of a page say, each as a box of its margins."""
    from weasyprint.formatting_structure.boxes import MarginBox

    for table in boxes.inside(page.children[0]):
        if (said := getattr(table, "said", None)) is None:
            continue
        said.translate(table.position_x - said.position_x, table.position_y - said.margin_height() - said.position_y)
        margin = MarginBox("@left-top", page.style.anonymous_style)  # by this name nothing else stands at the top of the page
        margin.children = [said]
        margin.position_x, margin.position_y = said.position_x, said.position_y
        margin.width, margin.height = said.width, said.margin_height()
        for side in ("top", "right", "bottom", "left"):
            margin._reset_spacing(side)
        yield margin
