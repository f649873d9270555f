"""Two columns: a body in, the same body parted into runs of text in columns and what spans them out.

WeasyPrint can let a block inside the columns span them, but then sets text over the notes of that page. So a block
that spans stands between two runs of columns instead. The text's sections are taken apart for it; their heads and ids stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from compositor.pages import placement, widetables

if TYPE_CHECKING:
    from compositor.model import Paper
    from compositor.setting.media import Media

SPAN = "span"  # the class of what goes over both columns; an author may give it, too
RUN = "run-in-columns"  # the class of what stands in them
ROOM = 1.2  # of the column: a picture that is wider by more than this would be too small in it
TALL = 0.6  # of the page's text: a picture that over both columns would be taller is large enough in one


def mark(root: etree._Element, media: dict[str, Media], paper: Paper) -> None:
    """Mark the figures and tables that need both columns."""
    for figure in root.iter("figure"):
        if next(figure.iterancestors("figure"), None) is None and _is_wide(figure, media, paper):
            figure.set("class", f"{figure.get('class', '')} {SPAN}".strip())
    for table in root.iter("table"):
        box = table.getparent()
        if box is None or "table-box" not in box.get("class", ""):
            continue
        if placement.is_landscape(box) or widetables.least_width(table) > paper.column:
            box.set("class", f"{box.get('class')} {SPAN}")


def part(root: etree._Element) -> None:
    """Part a body into runs of columns and what stands between them."""
    for section in list(root.iter("section")):
        if len(section) and section.get("id") and section[0].get("id") in (None, section.get("aria-labelledby")):
            section[0].set("id", section.get("id", ""))  # a name for screens only gives way: links lead to the section
        if (parent := section.getparent()) is not None:
            at = parent.index(section)
            parent[at : at + 1] = list(section)
    run = None
    for block in list(root):
        if SPAN in block.get("class", "").split():
            run = None
            continue
        if run is None:
            run = etree.Element("div", {"class": RUN})
            block.addprevious(run)
        run.append(block)


def _is_wide(figure: etree._Element, media: dict[str, Media], paper: Paper) -> bool:
    from compositor.editions.body import size

    spans = any(SPAN in element.get("class", "").split() for element in (figure, *figure.iter("img")))
    if spans or placement.is_landscape(figure):
        return True
    by_address = {f"compositor:media/{found.name}": found for found in media.values()}
    if any(name.startswith("columns-") for name in figure.get("class", "").split()):
        return True
    known = [(image, by_address[image.get("src", "")]) for image in figure.iter("img") if image.get("src") in by_address]
    sizes = [size(image, found, paper.measure * 96 / 72) for image, found in known if not _is_share(image)]
    tallest = TALL * (paper.height - paper.top - paper.bottom)
    return any(width * 72 / 96 > ROOM * paper.column and height * 72 / 96 < tallest for width, height in sizes)


def _is_share(image: etree._Element) -> bool:
    """Whether an image's width is a share of the measure: of a column, as in LaTeX, unless its figure spans."""
    style = re.search(r"(?:^|;)\s*width\s*:\s*([^;]+)", image.get("style", ""))
    return (style[1] if style else image.get("width", "")).strip().endswith("%")
