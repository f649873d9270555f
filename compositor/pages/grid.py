"""The grid of lines: what figures and tables lack to a whole number of lines is added at their foot.

Their captions and cells are set closer than the text, so that a line that goes on in a cell is told from a new row; what stands
below them is on the grid again. A head at the top of a column stands on its first line. While a layout is made, this module
stands in for WeasyPrint's layout of a block.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from compositor.pages import boxes

if TYPE_CHECKING:
    from collections.abc import Iterator


HEADS = {"h2", "h3", "h4", "h5", "h6"}


@contextmanager
def kept(line: float) -> Iterator[None]:
    """Let layouts keep to a grid whose lines are so many points apart."""
    from weasyprint.layout import block

    theirs = block.block_container_layout
    step = line * 96 / 72

    def layout(context: Any, box: Any, bottom_space: float, *rest: Any, **named: Any) -> Any:
        if context.in_column and box.element_tag in HEADS and rest[:2] == (None, True):  # whole, and the first
            box.margin_top = 0  # as at the top of a page
        found = theirs(context, box, bottom_space, *rest, **named)
        new, resume = found[:2]
        if new is not None and resume is None and boxes.is_snapped(new):
            height = new.border_height()
            lacks = math.ceil(round(height / step, 3)) * step - height
            if not context.overflows_page(bottom_space, new.border_box_y() + height + lacks):
                new.height += lacks
        return found

    block.block_container_layout = layout
    try:
        yield
    finally:
        block.block_container_layout = theirs
