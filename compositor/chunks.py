"""Chunks of code that Quarto or knitr would run: a text in, the same with each chunk as plain code out. Nothing is run here.

Pandoc knows ``{.r}`` for code in R, and takes a chunk's ``{r, echo=FALSE}`` for words, and the fence for code in a line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.places import at
from compositor.problems import problem

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.result import Problem

FENCE = re.compile(r"( {0,3})(`{3,}|~{3,})(.*)")
CHUNK = re.compile(r"\s*\{([A-Za-z][\w+-]*)(?:[\s,][^\n]*)?\}\s*")


def shown(path: Path, text: str, first_line: int) -> tuple[str, list[Problem]]:
    """Make the chunks of a text plain code, and report them at the first; ``first_line`` is that of the text in its file."""
    lines = text.split("\n")
    found: list[int] = []
    language = open_fence = ""
    for number, line in enumerate(lines):
        if (fence := FENCE.fullmatch(line)) is None:
            continue
        if open_fence:
            if fence[2].startswith(open_fence) and not fence[3].strip():
                open_fence = ""
            continue
        open_fence = fence[2]
        if chunk := CHUNK.fullmatch(fence[3]):
            language = language or chunk[1]
            found.append(number)
            lines[number] = f"{fence[1]}{fence[2]} {{.{chunk[1]}}}"
    if not found:
        return text, []
    more = {1: "", 2: ", nor is another"}.get(len(found), f", nor are {len(found) - 1} more")
    told = f"a chunk of code ({language}) is not run{more}; it is shown as it is written"
    return "\n".join(lines), [problem("chunk-unrun", at(path, first_line + found[0]), told)]
