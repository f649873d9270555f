"""Numbers in the cells of tables: signs of minus where a hyphen was typed, and decimal marks that stand one under another."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from compositor.setting import cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

MINUS = "\N{MINUS SIGN}"
SAID = re.compile(rf"(?:[\d.,;:()\[\]*†‡§%<>=≤≥±–{MINUS}\s-]|\bto\b)+")  # a cell that holds numbers alone
TYPED = re.compile(r"(?<![\w.,)\]-])-(?=[.,]?\d)")
MORE = 2  # characters by which a whole number may be longer before the mark than any other, to stand in their line
Number = tuple["etree._Element", str, str]  # the cell, what stands before the decimal mark, and the rest from the mark on


def set_minus(root: etree._Element) -> None:
    """Write a minus for the hyphen before a number, in cells of numbers: statistical programs write hyphens."""
    for cell in root.iter("td"):
        if SAID.fullmatch("".join(cell.itertext())):
            for element in cell.xpath("descendant-or-self::*[not(ancestor-or-self::code)]"):
                element.text = element.text and TYPED.sub(MINUS, element.text)
                for child in element:
                    child.tail = child.tail and TYPED.sub(MINUS, child.tail)


def align(root: etree._Element, mark: str) -> None:
    """Say what each number of a column lacks before and behind its decimal mark, in tables of class ``decimal``.

    The style sheets set it there, unseen, so that the marks stand one under another: behind the number where its column is
    flush right, before it where it is flush left, on both sides where it is centred. Brackets and stars of significance
    count, a raised star does not. ``mark`` is the language's.
    """
    for table in root.xpath("//table[contains(concat(' ', @class, ' '), ' decimal ')]"):
        columns: dict[tuple[int, str], list[Number]] = {}
        for line in cells.grid(cells.rows_of(table)):
            for column, span, part, cell in line:
                if cell.tag == "td" and span == 1 and part != "continue" and (number := _number(cell, mark)):
                    columns.setdefault((column, _side(cell)), []).append(number)
        for (_, side), numbers in columns.items():
            kept = numbers if side == "right" else _in_line(numbers)
            if side != "right":
                _lack("data-leads", [(cell, before) for cell, before, _ in kept])
            if side != "left":
                _lack("data-lacks", [(cell, behind) for cell, _, behind in kept])


def _side(cell: etree._Element) -> str:
    found = re.search(r"text-align:\s*(right|center)", cell.get("style", ""))
    return found[1] if found else "left"


def _number(cell: etree._Element, mark: str) -> Number | None:
    """Take a cell's number apart, or give nothing where it holds none or more than one."""
    bare = "".join(cell.xpath(".//text()[not(ancestor::sup)]")).strip()
    parts = re.escape("".join(sign for sign in ".,'’\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE} " if sign != mark))
    before = rf"[\[(<>=≤≥≈~±+–{MINUS}\s-]*(?:\d[\d{parts}]*(?<=\d))?"
    found = re.fullmatch(rf"({before})((?:{re.escape(mark)}\d+)?[)\]*†‡§%\s]*)", bare)
    return (cell, found[1], found[2]) if found and re.search(r"\d", bare) else None


def _in_line(numbers: list[Number]) -> list[Number]:
    """Leave out whole numbers that are much longer than the others, such as how many were observed under coefficients."""
    broken = [len(before) for _, before, behind in numbers if re.search(r"\d", behind)]
    most = max(broken, default=0) + MORE
    return [number for number in numbers if not broken or re.search(r"\d", number[2]) or len(number[1]) <= most]


def _lack(key: str, numbers: Iterable[tuple[etree._Element, str]]) -> None:
    """Give each cell the characters that the others of its column have and it has not; all figures are of one width."""
    counted = [(cell, Counter(re.sub(r"\d", "0", text))) for cell, text in numbers]
    all_of_them: Counter[str] = Counter()
    for _, own in counted:
        all_of_them |= own
    for cell, own in counted:
        if lacks := "".join(sorted((all_of_them - own).elements())):
            cell.set(key, lacks.replace(" ", "\N{NO-BREAK SPACE}"))
