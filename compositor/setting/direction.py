"""Words written from right to left: a set text in, each run of them in an element that says so out.

Where nothing says so, the signs and figures behind such a run take its direction: “לוי, אברהם. (2026)” would show the
year before the name (Unicode Standard Annex 9, rules W and N). Apart, a run keeps to itself (UAX 9, 6.1; HTML, dir).
"""

from __future__ import annotations

import re

from lxml import etree
from markupsafe import Markup

from compositor.setting import markup

# Letters, points and figures of Hebrew and Arabic; the signs between two of them are part of a run.
LETTERS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
ANY = re.compile(f"[{LETTERS}]")
RUN = re.compile(rf"[{LETTERS}](?:[{LETTERS}\W\d_]*[{LETTERS}])?")
RIGHT_TO_LEFT = {"ar", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"}
APART = {"math", "svg", "script", "style"}


def is_rtl(lang: str) -> bool:
    """Whether a language is written from right to left."""
    return lang.split("-")[0].lower() in RIGHT_TO_LEFT


def isolate(root: etree._Element) -> None:
    """Put each run into a ``span`` of its own, outside passages that tell their direction already."""
    for element in list(root.iter(etree.Element)):
        if ANY.search(element.text or "") and not _told(element):
            element.text = _part(element, 0, element.text or "")
        if ANY.search(element.tail or "") and (parent := element.getparent()) is not None and not _told(parent):
            element.tail = _part(parent, parent.index(element) + 1, element.tail or "")


def _told(element: etree._Element) -> bool:
    return any(
        parent.get("dir") or (isinstance(parent.tag, str) and etree.QName(parent).localname in APART)
        for parent in (element, *element.iterancestors())
    )


def _part(parent: etree._Element, place: int, text: str) -> str:
    """Insert the runs of a text as children of ``parent`` from ``place`` on; gives what stands before the first."""
    runs = list(RUN.finditer(text))
    ends = [*(run.start() for run in runs[1:]), len(text)]
    for number, (run, end) in enumerate(zip(runs, ends, strict=True)):
        span = etree.Element("span", {"dir": "rtl"})
        span.text, span.tail = run[0], text[run.end() : end]
        parent.insert(place + number, span)
    return text[: runs[0].start()]


def isolated(html: str) -> Markup:
    """Do the same to a piece of HTML, such as a title."""
    if not ANY.search(html):
        return Markup(html)  # noqa: S704 - Pandoc wrote it, and escaped what needed it
    root = markup.parse(html)
    isolate(root)
    return Markup(markup.inner(root))  # noqa: S704
