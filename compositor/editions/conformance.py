"""What makes one PDF both PDF/A-3a and PDF/UA-1: WeasyPrint's file in, its structure put right and described.

WeasyPrint writes PDF/A-3a. What PDF/UA-1 (ISO 14289-1) asks beyond that is done here, on the objects of the file before
they are written. Each function names the clause it serves; tests/test_judges.py has veraPDF judge the outcome.
"""

from __future__ import annotations

import datetime
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydyf

from compositor.templating import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

    from compositor.setting.sheet import Sheet

DECORATION = "compositor:decoration"  # the alternative text of a picture that says nothing
OURS = "compositor:"  # what an alternative text of ours begins with
FORMULA = "compositor:formula "  # what the alternative text of one begins with
FORMULA_GOES_ON = "compositor:formula-goes-on"  # that of a part behind the first
IN_LIST = ("/LI", "/L", "/Caption")
IN_ITEM = ("/Lbl", "/LBody", "/L")
SRGB = Path(__file__).with_name("srgb.icc")  # LittleCMS's own, free to use, as version 4.2 and with a date that stays
HEADS = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")


@contextmanager
def stopped_clock() -> Iterator[None]:
    """Keep the hour of the build out of the file: fontTools writes it into each font that it cuts, unless told another."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def moment(date: str) -> datetime.datetime:
    """Give the date of the article, YYYY, YYYY-MM or YYYY-MM-DD, for what a PDF must date; without one, the first of 1980."""
    year, month, day = (*map(int, date.split("-") if date else (1980,)), 1, 1)[:3]
    return datetime.datetime(year, month, day, tzinfo=datetime.UTC)


def mark_decorations(root: etree._Element) -> None:
    """Mark each picture that its author gave an empty alternative text, for it to be found again in the finished file."""
    for image in root.iter("img"):
        if image.get("alt") == "":
            image.set("alt", DECORATION)
        elif image.get("alt", "").startswith(OURS):  # the author's is no sign of ours
            image.set("alt", f" {image.get('alt')}")


def finisher(sheet: Sheet) -> Callable[[Any, Any], None]:
    """Give what WeasyPrint calls with the document and the file, before it writes."""

    def finish(document: Any, pdf: Any) -> None:
        _fill_lists(pdf)
        _part_links(pdf)
        _hide_decorations(pdf)
        _name_formulas(pdf)
        _show_pixels(pdf)
        _scope_headers(document)
        for table in [element for element in _elements(pdf) if element["S"] == "/Table"]:
            _connect_headers(pdf, table)
        begin = {"St": sheet.paper.first} if sheet.paper.first > 1 else {}
        numbers = pydyf.Dictionary({"S": "/D", **begin})  # ISO 32000-1, 12.4.2
        pdf.catalog["PageLabels"] = pydyf.Dictionary({"Nums": pydyf.Array([0, numbers])})
        if "AF" in pdf.catalog:  # WeasyPrint lists each attached file twice
            pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
        _curve_colours(document, pdf)
        _describe(sheet, pdf)

    return finish


def _object(pdf: Any, reference: bytes) -> Any:
    """Give the object behind a reference such as ``b"12 0 R"``."""
    return pdf.objects[int(reference.split()[0])]


def _kids(pdf: Any, element: Any) -> Iterator[tuple[bytes, Any]]:
    """Give the elements and annotations below an element, with their references; marked content is a bare number."""
    for kid in list(element["K"]):
        if isinstance(kid, bytes):
            yield kid, _object(pdf, kid)


def _elements(pdf: Any) -> list[Any]:
    """Give every element of the structure tree, in reading order."""
    found: list[Any] = []
    waiting = [_object(pdf, kid) for kid in _object(pdf, pdf.catalog["StructTreeRoot"])["K"]]
    while waiting:
        element = waiting.pop()
        found.append(element)
        for reference in reversed(element["K"]):
            if isinstance(reference, bytes) and "S" in (kid := _object(pdf, reference)):
                waiting.append(kid)
    return found


def _new_element(pdf: Any, tag: str, parent: Any) -> Any:
    element = pydyf.Dictionary({"Type": "/StructElem", "S": tag, "K": pydyf.Array(), "Pg": parent["Pg"], "P": parent.reference})
    pdf.add_object(element)
    return element


def _move(pdf: Any, kid: bytes, old: Any, new: Any) -> None:
    old["K"].remove(kid)
    new["K"].append(kid)
    _object(pdf, kid)["P"] = new.reference


def _fill_lists(pdf: Any) -> None:
    """Let a list hold items only, and an item a label and a body only (7.2; ISO 32000-1, 14.8.4.3.3)."""
    for element in _elements(pdf):
        if element["S"] == "/L":
            _gather(pdf, element)
    for element in _elements(pdf):
        if element["S"] == "/LI":
            _embody(pdf, element)


def _gather(pdf: Any, element: Any) -> None:
    """Move what stands between the items of a list, such as the space between authors, into the item before."""
    item = None
    for reference, kid in _kids(pdf, element):
        if kid["S"] == "/LI":
            item = kid
        elif kid["S"] not in IN_LIST:
            if item is None:
                item = _new_element(pdf, "/LI", element)
                element["K"].insert(element["K"].index(reference), item.reference)
            _move(pdf, reference, element, item)


def _embody(pdf: Any, item: Any) -> None:
    """Wrap the content of an item in one LBody."""
    body = next((kid for _, kid in _kids(pdf, item) if kid.get("S") == "/LBody"), None)
    for reference, kid in _kids(pdf, item):
        if kid.get("S") in IN_ITEM:
            continue
        if body is None:
            body = _new_element(pdf, "/LBody", item)
            item["K"].append(body.reference)
        _move(pdf, reference, item, body)


def _part_links(pdf: Any) -> None:
    """Leave a link one annotation a line, held by its Link element itself (7.18.5).

    WeasyPrint gives each inline element inside a link an annotation of its own, over the link's. They go; that of a
    picture stays, for the picture is taller than the line, and is handed to the link.
    """
    for link in [element for element in _elements(pdf) if element["S"] == "/Link"]:
        inside = [kid for _, kid in _kids(pdf, link) if "S" in kid]
        while inside:
            element = inside.pop()
            for reference, kid in _kids(pdf, element):
                if "S" in kid:
                    inside.append(kid)
                elif element["S"] != "/Link":
                    element["K"].remove(reference)
                    if element["S"] == "/Figure":
                        link["K"].append(reference)
                        _answer_for(pdf, kid["Obj"], link)
                    else:
                        _drop_annotation(pdf, kid["Obj"])


def _numbers(pdf: Any) -> Any:
    """Give the tree that leads from marked content and annotations back to their elements: a number, its object, and so on."""
    return _object(pdf, _object(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])["Nums"]


def _answer_for(pdf: Any, annotation: bytes, element: Any) -> None:
    """Make an element the parent of an annotation."""
    numbers = _numbers(pdf)
    place = numbers[::2].index(_object(pdf, annotation)["StructParent"])
    numbers[2 * place + 1] = element.reference


def _drop_annotation(pdf: Any, annotation: bytes) -> None:
    """Take an annotation from its page and from the tree of parents."""
    numbers = _numbers(pdf)
    place = numbers[::2].index(_object(pdf, annotation).pop("StructParent"))
    del numbers[2 * place : 2 * place + 2]
    for page in pdf.page_references:
        annotations = _object(pdf, page).get("Annots", [])
        if annotation in annotations:
            annotations.remove(annotation)


def _hide_decorations(pdf: Any) -> None:
    """Make an artifact of each picture whose author says that it shows nothing (7.3)."""
    for parent in _elements(pdf):
        for reference, kid in _kids(pdf, parent):
            alt = kid.get("Alt")
            if kid.get("S") == "/Figure" and alt is not None and alt.string == DECORATION:
                parent["K"].remove(reference)
                for number in kid["K"]:
                    _unmark(pdf, kid["Pg"], number)


def _name_formulas(pdf: Any) -> None:
    """Call each formula one, with all its parts; to WeasyPrint each part is a figure (ISO 32000-1, 14.8.4.5)."""
    formula: Any = None
    gone = []
    for parent in _elements(pdf):
        for reference, kid in _kids(pdf, parent):
            alt = kid["Alt"].string if kid.get("S") == "/Figure" and "Alt" in kid else ""
            if alt.startswith(FORMULA):
                formula = kid
                formula["S"] = "/Formula"
                formula["Alt"] = pydyf.String(alt.removeprefix(FORMULA))
            elif alt == FORMULA_GOES_ON:
                parent["K"].remove(reference)
                for number in kid["K"]:
                    _take_in(pdf, kid["Pg"], number, formula)
                gone.append(kid)
    for part in gone:
        part.clear()  # in the file, it is nothing


def _take_in(pdf: Any, page: bytes, number: int, element: Any) -> None:
    """Give a piece of marked content to an element, which may have begun on the page before (14.7.4.2)."""
    piece = pydyf.Dictionary({"Type": "/MCR", "Pg": page, "MCID": number})
    element["K"].append(number if element["Pg"] == page else piece)
    numbers = _numbers(pdf)
    numbers[2 * numbers[::2].index(pdf.page_references.index(page)) + 1][number] = element.reference


def _unmark(pdf: Any, page: bytes, number: int) -> None:
    """Turn a piece of marked content into an artifact (7.1)."""
    content = _object(pdf, _object(pdf, page)["Contents"]).stream
    place = next(
        place for place, item in enumerate(content) if isinstance(item, pydyf.Dictionary) and item.get("MCID") == number
    )
    content[place - 1 : place + 2] = ["/Artifact", b"BMC"]
    numbers = _numbers(pdf)
    numbers[2 * numbers[::2].index(pdf.page_references.index(page)) + 1][number] = b"null"


def _show_pixels(pdf: Any) -> None:
    """Ask no viewer to smooth a picture (ISO 19005-3, 6.2.8)."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and "Interpolate" in item.extra:
            item.extra["Interpolate"] = "false"


def _boxes(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", None) or ():
        yield from _boxes(child)


def _scope_headers(document: Any) -> None:
    """Say of each header cell whether it heads columns or rows, as the HTML does (7.5)."""
    for page in document.pages:
        for box in _boxes(page._page_box):  # WeasyPrint has no public view of its boxes
            element = getattr(box, "mark", None)
            if element is not None and element["S"] == "/TH":
                across = box.element.get("scope") in ("row", "rowgroup")
                element["A"]["Scope"] = "/Row" if across else "/Column"


def _connect_headers(pdf: Any, table: Any) -> None:
    """Name the headers of each cell anew (7.5): WeasyPrint counts wrongly behind a header that spans rows."""
    cells = list(_grid(pdf, table))
    for cell, rows, columns in cells:
        if cell["S"] != "/TD":
            continue
        headers = [
            header["ID"]
            for header, down, across in cells
            if header["S"] == "/TH"
            and (down & rows if header["A"]["Scope"] == "/Row" else across & columns and max(down) < max(rows))
        ]
        cell["A"].pop("Headers", None)
        if headers:
            cell["A"]["Headers"] = pydyf.Array(headers)


def _grid(pdf: Any, table: Any) -> Iterator[tuple[Any, set[int], set[int]]]:
    """Give each cell of a table with the rows and the columns that it covers."""
    rows = [row for _, part in _kids(pdf, table) for _, row in ([(b"", part)] if part["S"] == "/TR" else _kids(pdf, part))]
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(row for row in rows if row.get("S") == "/TR"):
        column = 0
        for _, cell in _kids(pdf, row):
            if cell.get("S") not in ("/TH", "/TD"):
                continue
            while (number, column) in taken:
                column += 1
            down = set(range(number, number + cell["A"].get("RowSpan", 1)))
            across = set(range(column, column + cell["A"].get("ColSpan", 1)))
            taken |= {(line, place) for line in down for place in across}
            yield cell, down, across


def _is_accessible(pdf: Any) -> bool:
    """Whether the author's part is done: every picture described (7.3) and no level of heads left out (7.4.2)."""
    level = 0
    for element in _elements(pdf):
        if element["S"] == "/Figure" and "Alt" not in element:
            return False
        if element["S"] in HEADS:
            following = HEADS.index(element["S"]) + 1
            if following > level + 1:
                return False
            level = following
    return True


def _curve_colours(document: Any, pdf: Any) -> None:
    """Say sRGB's curves as formulas (ISO 15076-1, 10.18): the colours of WeasyPrint's profile, which has tables.

    Poppler, the reader in Evince and Okular and in our proof, turns a table round for each page: three quarters of its work.
    """
    _object(pdf, document.color_profiles["srgb"].pdf_reference).stream = [SRGB.read_bytes()]


def _describe(sheet: Sheet, pdf: Any) -> None:
    """Add what templates/xmp.xml says to the one ``rdf:RDF`` of the file; PDF/UA is claimed only where it holds (5)."""
    metadata = _object(pdf, pdf.catalog["Metadata"])
    template = environment(sheet.templates).get_template("xmp.xml")
    added = template.render(sheet.front, accessible=_is_accessible(pdf)).encode()
    metadata.stream = [b"".join(metadata.stream).replace(b"</rdf:RDF>", added + b"</rdf:RDF>", 1)]
    metadata.compress = False  # so that programs that cannot read PDF find it
