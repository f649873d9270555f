"""Which space stands between the signs of a formula: TeX's classes of atoms, and its table of spaces.

Pandoc's MathML says what each sign is and leaves the space to a dictionary of operators, of which each program has its own.
The one that draws for us lacks many (⊂ ⋅ ∖), browsers have no space at functions, and none knows classes. So the space is put
in here, as TeX has it, and the operators are left with none of their own.
Source: D. E. Knuth, The TeXbook, chapter 18 and appendix G; amsmath for the colon.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Class = Literal["ord", "op", "bin", "rel", "open", "close", "punct", "inner"]
Sides = tuple[Class, Class]  # what an atom is to the one before it, and to the one behind it
Element = Any  # of lxml, with its namespace or without

UNSEEN = {"", "\u2061", "\u2062", "\u2063", "\u2064"}  # a function is applied, a product, a comma, a sum: said and not shown
BIG = set("∏∐∑⋀⋁⋂⋃⨀⨁⨂⨃⨄⨅⨆") | {chr(code) for code in (*range(0x222B, 0x2234), *range(0x2A0B, 0x2A1D))}  # and integrals
BINARY = set("+-−±∓×÷⋅·∗*⋆∘•∙∩∪⊎⊓⊔∧∨⊕⊖⊗⊘⊙⊚⊛⊝⊞⊟⊠⊡∖\\≀⋄†‡⨿⊲⊳⊴⊵⋉⋊⋋⋌⋎⋏⊺⊻⊼⊽∔∸⋒⋓⋇◁▷△▽○⩑⩒⨯")
BARS = set("|∥‖")
ORDINARY = set("∀∃∄¬∂∇∅∞′″‴⁗/!?%#&@√∠∡∢⊤ℵ…⋯⋮⋱'.°∎□◇◊")
DOTS = set("…⋯")
SINGLE = dict(zip("\u0300\u0301\u0302\u0303\u0306\u0307\u0308\u030a\u030c‾", "`´ˆ˜˘˙¨˚ˇ¯", strict=True))
STRETCHED = {"¯": "‾"}
ROWS = {"math", "semantics", "mrow", "mstyle", "mtd", "msqrt", "mphantom", "mpadded", "menclose", "merror"}
SCRIPTED = {"msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts"}
THIN, MEDIUM, THICK = 3, 4, 5  # eighteenths of an em

# (before, behind): eighteenths of an em. What stands in no pair has no space.
SPACES: dict[tuple[Class, Class], int] = {
    **{(before, "op"): THIN for before in ("ord", "op", "close", "punct", "inner")},
    **{("op", behind): THIN for behind in ("ord", "inner")},
    **{(before, "bin"): MEDIUM for before in ("ord", "close", "inner")},
    **{("bin", behind): MEDIUM for behind in ("ord", "op", "open", "inner")},
    **{(before, "rel"): THICK for before in ("ord", "op", "close", "inner")},
    **{("rel", behind): THICK for behind in ("ord", "op", "open", "inner")},
    **{(before, "inner"): THIN for before in ("ord", "close", "inner")},
    **{("inner", behind): THIN for behind in ("ord", "open", "punct")},
    **{("punct", behind): THIN for behind in ("ord", "rel", "open", "close", "punct", "inner")},
}
SMALL = {pair for pair in SPACES if "op" in pair and not {"bin", "rel", "punct"} & set(pair)}  # those that scripts have too


def name_signs(math: Element) -> None:
    """Make operators of signs that have a size, such as TeX's Big: Pandoc has them as letters (MathML Core, 3.2)."""
    for item in math.iter():
        if name_of(item) == "mi" and item.get("minsize"):
            item.tag = item.tag[: -len("mi")] + "mo"


def space_out(math: Element) -> None:
    """Put TeX's spaces into a formula, once; ``lspace`` and ``rspace`` that an author's MathML has stay as they are.

    What the author wrote in TeX tells a comma and a colon in braces or of their own name from others.
    """
    signs = [item for item in math.iter() if name_of(item) == "mo"]
    tex = "".join(text for item in math.iter() if name_of(item) == "annotation" for text in item.itertext())
    commas = "{,}" in tex
    colons = re.findall(r"\\colon(?![A-Za-z])|:(?!=)", tex)
    pairs = [item for item in signs if text_of(item) == ":"]
    names = (
        {id(item) for item, colon in zip(pairs, colons, strict=True) if colon != ":"} if len(pairs) == len(colons) else set()
    )
    for sign in signs:
        if sign.get("accent") != "true" and text_of(sign) not in UNSEEN:
            for side in ("lspace", "rspace"):
                sign.set(side, sign.get(side, "0"))
    for row, script in list(_rows(math, shown=math.get("display") == "block", script=False)):
        _space(row, script, commas, names)


def set_accents(math: Element) -> None:
    """Say which marks are accents, and that the accent of one letter is as it is: browsers stretch every one.

    ``accent`` belongs to the element that holds both (MathML Core, 3.4.4), where Pandoc has it at the mark. An accent that is
    not stretched must have a width, and one that is, parts to grow by, which fonts give to some marks and not to their likes.
    """
    for element in math.iter():
        if name_of(element) not in ("mover", "munder") or len(element) != 2 or element[1].get("accent") != "true":
            continue
        mark, single = element[1], is_letter(element[0])
        mark.text = (SINGLE if single else STRETCHED).get(text_of(mark), text_of(mark))
        if single and mark.text in (*SINGLE.values(), "→"):
            mark.set("stretchy", "false")
        if not single or mark.text != "→":  # over a letter it is a small one, as a script is
            element.set("accent" if name_of(element) == "mover" else "accentunder", "true")


def show_lines(math: Element) -> None:
    """Have the lines of an align displayed, as TeX does: browsers set the sums and fractions of every table small."""
    for table in math.iter() if math.get("display") == "block" else ():
        small = any(name_of(parent) in (*SCRIPTED, "mfrac") for parent in table.iterancestors())
        if name_of(table) == "mtable" and is_aligned(table) and not small:
            table.set("displaystyle", "true")


def is_aligned(table: Element) -> bool:
    """Tell whether a table is an align, whose columns Pandoc puts together."""
    return any(name_of(cell) == "mtd" and "padding" in cell.get("style", "") for cell in table.iter())


def is_letter(element: Element) -> bool:
    """Tell whether an element is one letter or figure; an upright bold one is a word to Pandoc."""
    return name_of(element) in ("mi", "mn", "mtext") and len(text_of(element)) == 1


def _rows(element: Element, *, shown: bool, script: bool) -> Iterator[tuple[Element, bool]]:
    """Give every row, the inner ones first, and whether it is in a script, where most spaces fall away."""
    name = name_of(element)
    for place, child in enumerate(element):
        style, small = shown, script
        if name in (*SCRIPTED, "mroot") and place > 0:
            style, small = False, True
        elif name == "mfrac":
            style, small = False, script or not shown
        elif name == "mstyle" and element.get("displaystyle"):
            style = element.get("displaystyle") == "true"
        yield from _rows(child, shown=style, script=small)
    if name in ROWS:
        yield element, script


def classes_of(row: Element) -> list[tuple[int, Class]]:
    """Give the places of a row's atoms among its children, and what each is to the one before it."""
    places = [(place, sides) for place, child in enumerate(row) if (sides := sides_of(child))]
    settled = _settled([sides for _, sides in places], None)
    return [(place, left) for (place, _), (left, _) in zip(places, settled, strict=True)]


def _space(row: Element, script: bool, commas: bool, names: set[int]) -> None:
    atoms: list[tuple[Element, Sides]] = []
    children = list(row)
    for place, child in enumerate(children):
        if not (sides := sides_of(child)):
            continue
        if id(child) in names:
            sides = ("punct", "punct")
        elif commas and sides == ("punct", "punct") and _within_number(children, place):
            sides = ("ord", "ord")
        atoms.append((child, sides))
    # the second of two cells that make one formula, as of an align, begins behind something
    before: Class | None = "ord" if name_of(row) == "mtd" and "padding-left: 0" in row.get("style", "") else None
    last: Element | None = None
    for (child, _), (left, right) in zip(atoms, _settled([sides for _, sides in atoms], before), strict=True):
        gap = SPACES.get((before, left), 0) if before else 0
        if gap and (not script or (before, left) in SMALL):
            _part(row, last, child, f"{gap / 18:.3f}em")
        before, last = right, child


def _part(row: Element, last: Element | None, child: Element, gap: str) -> None:
    """Put a space between two parts of a row: to the sign of an operator if one is, or for itself."""
    if last is not None and last.getnext() is child and last.get("rspace") == "0":
        last.set("rspace", gap)
    elif child.get("lspace") == "0":
        child.set("lspace", gap)
    elif not (child.get("lspace") or (last is not None and last.get("rspace"))):
        child.addprevious(row.makeelement(f"{row.tag.removesuffix(name_of(row))}mspace", {"width": gap}))


def _settled(classes: Iterable[Sides], before: Class | None) -> list[Sides]:
    """Make signs such as − ordinary where they have nothing to join: (−1), a = −1 (TeXbook, appendix G, rules 5 and 6)."""
    found = list(classes)
    for place, sides in enumerate(found):
        last = found[place - 1][1] if place else before
        if sides[0] == "bin" and last in (None, "bin", "op", "rel", "open", "punct"):
            found[place] = ("ord", "ord")
        elif sides[0] in ("rel", "close", "punct") and last == "bin":
            found[place - 1] = ("ord", "ord")
    if found and found[-1][1] == "bin":
        found[-1] = ("ord", "ord")
    return found


def _within_number(children: list[Element], place: int) -> bool:
    around = children[place - 1 : place] + children[place + 1 : place + 2]
    return place > 0 and len(around) == 2 and all(name_of(item) == "mn" for item in around)


def name_of(element: Element) -> str:
    """Give the name of an element without its namespace; none of a comment."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def text_of(element: Element) -> str:
    """Give the sign or word of an element that holds no others."""
    return (element.text or "").strip()


def sides_of(element: Element) -> Sides | None:
    """Give what an element is to its neighbours; nothing of one that is only a space or not seen."""
    name, text = name_of(element), text_of(element)
    sides: Sides | None = ("ord", "ord")
    if name in ("mspace", "annotation", ""):
        sides = None
    elif name == "mo":
        sides = _of_sign(element)
    elif name in SCRIPTED and len(element):
        sides = sides_of(element[0]) or sides
    elif name == "mfrac" or (name == "mi" and text in DOTS):
        sides = ("inner", "inner")
    elif name in ("mrow", "mstyle", "math", "semantics"):
        sides = _of_row(element)
    elif name == "mi" and text in BINARY:  # Pandoc's, where it takes one for a sign of what follows
        sides = ("bin", "bin")
    elif name == "mi" and len(text) > 1:
        sides = ("op", "op")
    return sides


def _of_row(row: Element) -> Sides | None:
    if len(row) and name_of(row[-1]) == "mo" and text_of(row[-1]) == "\u2061":
        return ("op", "op")
    seen = [child for child in row if sides_of(child)]
    if not seen:
        return ("ord", "ord") if len(row) == 0 else None
    if len(seen) == 1:
        return sides_of(seen[0])
    first, last = sides_of(seen[0]), sides_of(seen[-1])
    if first == ("open", "open") and last == ("close", "close") and seen[0].get("stretchy") == "true":
        return ("open", "close")
    return ("ord", "ord")


def _of_sign(sign: Element) -> Sides | None:
    text, form = text_of(sign), sign.get("form", "")
    if text in UNSEEN:
        return None
    kind: Class = "rel"
    if text in BIG or text.isalpha():
        kind = "op"
    elif text in BARS and form and (sign.get("stretchy") != "true" or sign.get("minsize")):  # no telling which of a pair it is
        kind = "ord"
    elif form:  # Pandoc says it of brackets alone
        kind = "open" if form == "prefix" else "close" if form == "postfix" else "ord"
    elif text in {",", ";"}:
        kind = "punct"
    elif text in BINARY:
        kind = "bin"
    elif text in ORDINARY or sign.get("stretchy") == "true":
        kind = "ord"
    return kind, kind
