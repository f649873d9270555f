"""What is left of a draft or of another markup: a text in, a problem for each thing that would be printed as words out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.places import Places, at
from compositor.problems import problem

if TYPE_CHECKING:
    from compositor.model import Manuscript
    from compositor.result import Problem

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
FORMULA = re.compile(r"\$\$.*?\$\$|(?<![\\$])\$(?=\S)[^$\n]*(?<=\S)\$(?!\d)", re.DOTALL)
DRAFT = re.compile(r"\b(?:TODO|FIXME|TKTK)\b|\[citation needed\]|\blorem ipsum dolor\b", re.IGNORECASE)
# criticmarkup.com
CRITIC = re.compile(r"\{(?:\+\+.{1,400}?\+\+|--.{1,400}?--|~~.{1,400}?~~|>>.{1,400}?<<|==.{1,400}?==)\}", re.DOTALL)
MARKED = re.compile(r"(?<![\w={])==(?=[^\s=])[^=\n]{1,400}(?<=[^\s=])==(?![\w=}])")
QUOTED = re.compile(r"(?<![`\w])``(?=[^`\s])[^`\n]{1,200}?(?<=[^`\s])''(?![`'])")


def check(manuscript: Manuscript) -> list[Problem]:
    """Report what its author did not mean to publish, at its line; formulas, code and comments are left alone."""
    places = Places(manuscript.path, manuscript.source)
    words = FORMULA.sub(_blank, COMMENT.sub(_blank, places.prose))
    with_code = COMMENT.sub(_blank, places.unfenced)
    found: list[tuple[int, str, str]] = []
    for match in DRAFT.finditer(words):
        if match[0].isupper() or match[0][0] in "[lL":  # a "todo list" is a thing to write of
            found.append((match.start(), "draft-left", f"“{match[0]}” is left in the text, and printed"))
    for match in CRITIC.finditer(words):
        found.append((match.start(), "draft-left", f"a mark of a revision, {_short(match[0])}, is printed as it stands"))
    for match in MARKED.finditer(words):
        text = f"{_short(match[0])} highlights nothing here, and is printed as it stands"
        found.append((match.start(), "markup-stray", text))
    for match in QUOTED.finditer(with_code):
        text = f'{_short(match[0])} has LaTeX\'s quotation marks, which are those of code here; write "…"'
        found.append((match.start(), "markup-stray", text))
    lines = ((manuscript.source.count("\n", 0, start) + 1, code, text) for start, code, text in found)
    return [problem(code, at(manuscript.path, line), text) for line, code, text in sorted(lines)]


# Words between which ** opens or closes nothing; behind a number, and before a single letter, it is a star of significance
BOLD = re.compile(r"[^\W\d_]{2,}\*\*(?=[\s.,;:!?)<]|$)|(?<![\w*])\*\*[^\W\d_]{2,}")
NO_WORDS = re.compile(r"<(code|pre|math|td|script|style)\b.*?</\1>", re.DOTALL)


def check_set(body: str, places: Places) -> list[Problem]:
    """Report marks for bold words that are printed as they stand; ``body`` is HTML. In tables they are stars."""
    if "**" not in body:
        return []
    told = dict.fromkeys(found[0] for found in BOLD.finditer(NO_WORDS.sub("", body)))
    text = "has marks for bold words that nothing closes or opens, and is printed as it stands"
    return [problem("markup-stray", places.text(words), f"“{words}” {text}") for words in told]


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:30]} … {text[-7:]}"
