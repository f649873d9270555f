"""The cells of a table: its rows in, the column that each cell begins in and how far it reaches out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compositor.setting import markup

if TYPE_CHECKING:
    from lxml import etree

Cell = tuple[int, int, str, "etree._Element"]  # first column, columns, "" or its part in a span of rows, the element
SPANNER = "spanner"  # the class of a head over several columns, under which a rule tells which they are


def rows_of(table: etree._Element) -> list[etree._Element]:
    """Give the rows of a table, and none of a table in it."""
    return [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]


def grid(rows: list[etree._Element]) -> list[list[Cell]]:
    """Give the cells of each row, those too that go on from a row above."""
    found: list[list[Cell]] = []
    running: dict[int, tuple[int, Cell]] = {}  # first column → rows left, cell
    for row in rows:
        line: list[Cell] = []
        below: dict[int, tuple[int, Cell]] = {}
        column = 0
        fresh = list(row.iterchildren("td", "th"))
        while fresh or column in running:
            if column in running:
                left, (_, span, _, cell) = running.pop(column)
                line.append((column, span, "continue", cell))
            else:
                cell = fresh.pop(0)
                span, left = _count(cell, "colspan"), _count(cell, "rowspan")
                line.append((column, span, "restart" if left > 1 else "", cell))
            if left > 1:
                below[column] = (left - 1, line[-1])
            column += span
        found.append(line)
        running |= below
    return found


def columns_of(lines: list[list[Cell]]) -> int:
    """Give how many columns a grid has."""
    return max((start + span for line in lines for start, span, _, _ in line), default=1)


def _count(cell: etree._Element, key: str) -> int:
    value = cell.get(key, "1")
    return max(1, int(value)) if value.isdecimal() else 1


def mark_spanners(root: etree._Element) -> None:
    """Mark each head over several columns that have heads of their own; neither an empty one nor that of all columns."""
    for table in root.iter("table"):
        rows = rows_of(table)
        head = sum(parent is not None and parent.tag == "thead" for parent in (row.getparent() for row in rows))
        if head < 2:
            continue
        lines = grid(rows)
        columns = columns_of(lines)
        last = [cell for _, _, _, cell in lines[head - 1]]
        for _, span, _, cell in (found for line in lines[: head - 1] for found in line):
            if 1 < span < columns and cell not in last and (markup.text(cell).strip() or len(cell)):
                cell.set("class", f"{cell.get('class', '')} {SPANNER}".strip())
