"""Tables drawn with bars: the text in, rows with more cells than the head has out; Pandoc leaves what they hold out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.places import Places, at
from compositor.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.model import Manuscript
    from compositor.result import Problem

RULE = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:[|+][ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
WHOLE = re.compile(r"\\.|(?<!\\)\$(?=\S)[^$\n]*?(?<=\S)\$")  # a bar in a formula, or behind a backslash, parts nothing
SHOWN = 40  # characters of what is lost


def check(manuscript: Manuscript) -> Iterator[Problem]:
    """Report each row that holds words beyond the last column."""
    lines = Places(manuscript.path, manuscript.source).prose.split("\n")
    columns = 0
    for number, line in enumerate(lines, start=1):
        if "|" not in line:
            columns = 0
        elif RULE.fullmatch(line) and "|" in lines[number - 2] and number > 1:
            columns = len(_cells(line.replace("+", "|")))
        elif columns and (lost := " ".join(filter(None, _cells(line)[columns:]))):
            text = f"the row has more cells than its table has columns: “{lost[:SHOWN]}” is in no edition"
            yield problem("table-cells", at(manuscript.path, number), text)


def _cells(row: str) -> list[str]:
    row = WHOLE.sub(lambda match: match[0].replace("|", " "), row.strip())
    return [cell.strip() for cell in row.removeprefix("|").removesuffix("|").split("|")]
