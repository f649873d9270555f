"""Words that a cross-reference writes itself: "Fig. @fig-map" in, "Fig. Figure 1" told with its line."""

from __future__ import annotations

import re
from bisect import bisect
from functools import cache
from typing import TYPE_CHECKING, Any

from compositor import language
from compositor.places import at
from compositor.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compositor.places import Places
    from compositor.result import Problem

# Before the name of a label; the number alone, [-@fig-map] and \ref, is not among them.
REFERENCE = re.compile(
    r"(?P<word>(?:(?<!\w)[^\W\d_]{1,30}\.?|§§?))(?:\*\*|[*_])?(?:\\?[ \t\xa0~]|&nbsp;|\n(?!\s*\n))*"
    r"(?:\[?@\{?|\\(?:auto|c|C)ref\{|\[\]\(#)(?P<id>(?P<kind>[A-Za-z]+)[-:][\w:.-]*\w)"
)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
STEM = 5  # letters that no ending of a case changes; a shorter word is told as it stands


def check(places: Places, answer: dict[str, Any], lang: str) -> Iterator[Problem]:
    """Give the references that stand behind the word that they write; ``answer`` is what Pandoc made of the text."""
    numbered = {head["id"]: head["number"] for head in answer["headings"] if head["number"]}
    terms, _ = language.terms(lang)
    others = {work["id"] for work in answer["library"]}
    others |= {item["subject"] for item in answer["problems"] if item["code"] == "xref-missing"}
    prose = COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), places.prose)
    lines = [found.start() for found in re.finditer("\n", prose)]
    for found in REFERENCE.finditer(prose):
        name = found["kind"].lower()
        name = "tbl" if name == "tab" else name
        target = name + found["id"][len(found["kind"]) :]
        number = numbered.get(target) or numbered.get(found["id"])
        if found["id"] in others or (name == "sec" and not number):  # a head without a number is called by its title
            continue
        pattern = _words(lang, name)
        if pattern and pattern.fullmatch(found["word"]) and not _is_other(prose, found.start()):
            written = terms["app" if number and number[0].isalpha() else name][0]
            text = f"{found['word']!r} stands before @{found['id']}, which writes {written!r} itself"
            yield problem("xref-doubled", at(places.path, bisect(lines, found.start("id")) + 1), text)


def _is_other(prose: str, place: int) -> bool:
    """Whether words may be code, or stand in the brackets of a reference, whose word they replace: [Fig. @fig-map]."""
    paragraph = prose[prose.rfind("\n\n", 0, place) + 2 : place]
    start = max(paragraph.rfind(sign) for sign in "[]")
    bracketed = paragraph[start : start + 1] == "[" and paragraph[start - 1 : start] not in ("^", "!")  # notes and captions
    return bracketed or paragraph.startswith(("    ", "\t"))


@cache
def _words(lang: str, kind: str) -> re.Pattern[str] | None:
    """Give what finds the words for a kind, in the language of the text and in English, in any case and number, and short."""
    ways: list[str] = []
    kinds = ("sec", "app") if kind == "sec" else (kind,)
    for terms in (language.terms(lang)[0], language.terms("en")[0]):
        for word in (word for kind in kinds for word in terms.get(kind, ())):
            stem = word[: max(STEM, len(word) - 2)]
            ways.append(rf"{re.escape(stem)}\w{{0,3}}" if len(stem) >= STEM else re.escape(word))
        ways += [re.escape(word) for kind in kinds for word in terms["abbreviated"].get(kind, ())]
    if kind == "sec":
        ways.append("§§?")
    return re.compile("|".join(dict.fromkeys(ways)), re.IGNORECASE) if ways else None
