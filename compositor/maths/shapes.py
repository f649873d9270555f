"""What the drawing of a formula must be told of its shapes: styles, accents, brackets, cells, words.

ziamath takes MathML, but not all that Pandoc means by it: an accent is stretched over its letter, a bracket grows with an
index, a sum in a line of text is as large as the line, a word has spaces
of its own, the rows of a matrix stand as close as they can. Each is said here in a way that it draws as TeX does.
"""

from __future__ import annotations

import re
from typing import Any

from compositor.maths.atoms import BIG, ROWS, SCRIPTED, SINGLE, UNSEEN, is_aligned, is_letter, sides_of, text_of

Element = Any  # of lxml, without namespaces

# Pandoc's signs above and below: the mark for one letter, and the one that is as wide as what it belongs to.
ONE = {one: many for many, one in SINGLE.items()} | {"¯": "\u0304", "→": "\u20d7", "^": "\u0302", "~": "\u0303"}
WIDE = {"‾": "―", "¯": "―", "_": "―", "\u0332": "―"}  # ziamath draws this one as a rule
STARS = {"*": "∗", "-": "−"}  # what TeX sets for these
LIMITS = {"munder": "msub", "mover": "msup", "munderover": "msubsup"}
ROW_GAP, LINE_GAP, COLUMN_GAP = "0.15em", "0.35em", "1em"
STRUT = {"width": "0", "height": "0.75em", "depth": "0.3em"}  # no row is lower than a line


def set_styles(math: Element) -> None:
    """Say of each part whether it is displayed, as TeX does: a fraction in a line of text is small, its sums are in line."""
    shown = math.get("display") == "block"
    _style(math, shown)


def _style(element: Element, shown: bool) -> None:
    for place, child in enumerate(element):
        inner = shown and not (element.tag == "mfrac" or (element.tag in SCRIPTED and place > 0))
        if element.tag == "mtable":
            inner = shown and is_aligned(element)
        if child.tag == "mstyle":
            inner = child.get("displaystyle", str(inner)).lower() == "true"
        child.set("displaystyle", str(inner).lower())
        if child.tag in LIMITS and not inner and len(child) and sides_of(child[0]) == ("op", "op"):
            child.tag = LIMITS[child.tag]
        _style(child, inner)


def set_shapes(math: Element) -> None:
    """Say the rest, once the spaces are in."""
    for element in list(math.iter()):
        match element.tag:
            case "mover" | "munder" | "munderover":
                _accent(element)
            case "mtable":
                _table(element)
            case "mstyle":
                element.tag = "mrow"
            case "mrow":
                _word(element)
            case "mtext":
                _words(element)
    parents = {child: parent for parent in math.iter() for child in parent}
    for element in list(math.iter("mo", "mi")):
        parent = parents.get(element)
        if parent is None:
            continue
        if element.tag == "mo":
            _sign(element, parent)
        else:
            _letter(element)
    for element in math.iter():
        if element.tag in ROWS:
            for child in [child for child in element if child.tag == "mo" and text_of(child) in UNSEEN]:
                element.remove(child)


def _accent(element: Element) -> None:
    base = element[0]
    single = is_letter(base)
    for mark in list(element)[1:]:
        if mark.tag != "mo" or mark.get("accent") != "true":
            continue
        element.set("accent", "true")
        element.set("accentunder", "true")
        text = text_of(mark)
        if single and element.tag == "mover":
            mark.tag, mark.text = "mtext", ONE.get(text, text)  # which is not stretched, nor moved
        else:
            mark.text = WIDE.get(text, text)
            mark.set("stretchy", "true")


def _table(table: Element) -> None:
    """Give rows and columns TeX's distances: those of an align stand together in pairs."""
    aligned = is_aligned(table)
    columns = max((len(row) for row in table), default=0)
    gaps = ["0em" if aligned and place % 2 == 0 else "2em" if aligned else COLUMN_GAP for place in range(columns)]
    table.set("columnspacing", " ".join(gaps) or COLUMN_GAP)
    table.set("rowspacing", LINE_GAP if aligned else ROW_GAP)
    for row in table:
        for cell in list(row)[:1]:
            inner = cell.makeelement("mrow", {"displaystyle": cell.get("displaystyle", "false")})
            inner.extend(list(cell))
            for child in list(cell):
                cell.remove(child)
            cell.extend([cell.makeelement("mspace", dict(STRUT)), inner])


def _word(row: Element) -> None:
    """Make the upright letters of a word one word, so that it is kerned: Pandoc gives each by itself."""
    letters = [
        child for child in row if child.tag == "mi" and child.get("mathvariant") == "normal" and text_of(child).isalpha()
    ]
    if len(letters) > 1 and len(letters) == len(row) and all(len(text_of(child)) == 1 for child in letters):
        word = row.makeelement("mtext", {"mathvariant": "normal"})
        word.text = "".join(text_of(child) for child in letters)
        for child in letters:
            row.remove(child)
        row.append(word)


def _words(text: Element) -> None:
    """Leave off the spaces around words, as MathML does: Pandoc says them once more, as spaces."""
    text.text = (text.text or "").strip(" \t\n")
    if not text.text:
        text.tag, text.text = "mspace", None


def _sign(sign: Element, parent: Element) -> None:
    text = STARS.get(text_of(sign), text_of(sign))
    sign.text = text
    for side, put in (("lspace", sign.addprevious), ("rspace", sign.addnext)):
        if sign.get(side, "0") != "0" and parent.tag in ROWS:  # a space that stands for itself remains where the sign changes
            put(sign.makeelement("mspace", {"width": sign.get(side)}))
        sign.set(side, "0")
    for bound in ("minsize", "maxsize"):
        if size := re.fullmatch(r"(\d+)%", sign.get(bound, "")):
            sign.set(bound, f"{int(size[1]) / 100}em")
    if sign.get("accent") == "true":
        return
    if text in BIG:
        sign.attrib.update({"largeop": "true", "stretchy": "false", "movablelimits": "false", "form": "prefix"})
    elif sign.get("stretchy") != "true":
        sign.set("stretchy", "false")
        script = parent.tag in SCRIPTED and list(parent).index(sign) > 0
        if len(text) == 1 and not script:  # one that stands in the line, and whose index does too
            sign.tag = "mn"
            sign.set("mathvariant", "normal")


def _letter(letter: Element) -> None:
    text = STARS.get(text_of(letter), text_of(letter))
    letter.text = text
    if len(text) > 1:
        letter.tag = "mtext"
    elif len(text) == 1 and not text.isalpha():  # ziamath would take it for an operator, with space around it
        letter.tag = "mn"
        letter.set("mathvariant", "normal")
