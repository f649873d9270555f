"""Quarto's and knitr's own: a text in, the same with chunks as plain code and without shortcodes out. Nothing is run here.

Pandoc knows ``{.r}`` for code in R, and takes a chunk's ``{r, echo=FALSE}`` for words, and the fence for code in a line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from compositor.places import Places, at
from compositor.problems import problem

if TYPE_CHECKING:
    from pathlib import Path

    from compositor.result import Problem

FENCE = re.compile(r"( {0,3})(`{3,}|~{3,})(.*)")
CHUNK = re.compile(r"\s*\{([A-Za-z][\w+-]*)(?:[\s,][^\n]*)?\}\s*")
SILENT = re.compile(r"(?:echo|include)\s*[:=]\s*(?:false|F)\b", re.IGNORECASE)  # what no reader is to see of a chunk's code
INLINE = re.compile(r"(?<![`\\])(?<!`` )`(?:(?P<quarto>\{(?:r|python|julia|ojs)\})|r)[ \t]+[^`\n]+`(?!`)")
SHORTCODE = re.compile(r"(?<!\{)\{\{<\s*([\w-]+)[^{}\n]*>\}\}(?!\})")
CONDITION = ".content-"  # how a class begins that shows something in one format only; see conditions.lua


def shown(path: Path, text: str, first_line: int, metadata: dict[str, Any]) -> tuple[str, list[Problem]]:
    """Make the chunks of a text plain code, but those whose code is not to be seen, and take shortcodes out.

    The chunks are reported at the first, what would run inside a line and shortcodes each. ``first_line`` is that of the text
    in its file; ``metadata`` may say for all chunks that their code is not to be seen.
    """
    execute = metadata.get("execute")
    unseen = isinstance(execute, dict) and execute.get("echo") is False
    written = text.split("\n")
    lines = list(written)
    found: list[int] = []
    hidden = 0
    language = open_fence = ""
    chunk_at = -1  # the line at which the present chunk begins
    for number, line in enumerate(written):
        if (fence := FENCE.fullmatch(line)) is None:
            continue
        if open_fence:
            if fence[2].startswith(open_fence) and not fence[3].strip():
                open_fence = ""
                if chunk_at >= 0 and (unseen or _is_silent(written[chunk_at : number + 1])):
                    lines[chunk_at : number + 1] = [""] * (number + 1 - chunk_at)
                    hidden += 1
                chunk_at = -1
            continue
        open_fence = fence[2]
        if chunk := CHUNK.fullmatch(fence[3]):
            language = language or chunk[1]
            found.append(number)
            chunk_at = number
            lines[number] = f"{fence[1]}{fence[2]} {{.{chunk[1]}}}"
    problems = [_unrun(at(path, first_line + found[0]), language, len(found), hidden)] if found else []
    text = "\n".join(lines)
    problems += _inline(path, text, first_line, chunks=bool(found))
    if "{{<" in text:
        text, told = _without_shortcodes(path, text, first_line)
        problems += told
    return text, problems


def labels(source: str, label: str) -> bool:
    """Whether a chunk of code of a text has this label."""
    bare = re.escape(label)
    return re.search(rf"^#\|\s*label:\s*{bare}\s*$|^\s*`{{3,}}\s*\{{\w+[\s,]+{bare}[\s,}}]", source, re.MULTILINE) is not None


def _is_silent(chunk: list[str]) -> bool:
    """Whether the options of a chunk, in its first line or behind ``#|``, say that its code is not to be seen."""
    options = [chunk[0], *(line for line in chunk[1:] if line.lstrip().startswith("#|"))]
    return any(SILENT.search(line) for line in options)


def _unrun(where: str, language: str, count: int, hidden: int) -> Problem:
    more = {1: "", 2: ", nor is another"}.get(count, f", nor are {count - 1} more")
    how = {0: "it is shown as it is written", count: "by its own options it is not shown"}.get(
        hidden, "each is shown as it is written, if its options do not hide it"
    )
    return problem("chunk-unrun", where, f"a chunk of code ({language}) is not run{more}; {how}")


def _inline(path: Path, text: str, first_line: int, *, chunks: bool) -> list[Problem]:
    """Report code inside a line that would be run: `` `{r} x` ``; and where there are chunks, `` `r x` `` too."""
    prose = Places(path, text)
    found = []
    for match in INLINE.finditer(prose.unfenced):
        if match["quarto"] or chunks:
            text = f"code in the line is not run, {match[0][:40]}; it is shown as it is written"
            found.append(problem("chunk-unrun", at(path, first_line + prose.unfenced.count("\n", 0, match.start())), text))
    return found


def _without_shortcodes(path: Path, text: str, first_line: int) -> tuple[str, list[Problem]]:
    problems = []
    for found in reversed(list(SHORTCODE.finditer(Places(path, text).prose))):
        said = f"Quarto's shortcode “{found[1]}” gives nothing here, and is left out"
        problems.append(problem("shortcode-unread", at(path, first_line + text.count("\n", 0, found.start())), said))
        text = text[: found.start()] + text[found.end() :]
    return text, problems[::-1]
