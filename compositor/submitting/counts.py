"""Counting words as journals do: a set document in, the words of each part of it out.

A word is what stands between white space and holds a letter or a digit. The numbers of notes and of heads, formulas,
the words drawn in pictures and abstracts in other languages are not counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compositor.editions import adapt, colophon
from compositor.proof.expected import text_of
from compositor.setting import markup

if TYPE_CHECKING:
    from lxml import etree

    from compositor.setting.sheet import Sheet


def _classed(name: str) -> str:
    return f"contains(concat(' ', @class, ' '), ' {name} ')"


# Where each part stands, from the inside out: what is counted is taken out, so that no word counts twice.
NOWHERE = (
    f"./div[@id='{colophon.ID}']",
    adapt.TRANSLATIONS,
    "//a[@role='doc-noteref' or @role='doc-backlink']",
    f"//*[self::h2 or self::h3 or self::h4 or self::h5 or self::h6]/span[{_classed('number')}]",
)
PLACES = (
    ("abstract", "./div[@id='abstract']"),
    ("notes", "//section[@role='doc-endnotes']"),
    ("references", f"//{adapt.REFERENCES}"),
    ("captions", f"//figcaption | //caption | //*[{_classed('table-notes')}]"),
    ("tables", "//table"),
    ("statements", f"//section[{_classed('statement')}]"),
    ("appendices", f"//section[{_classed('appendix')}]"),
)


def words(text: str) -> int:
    """Count the words of a text."""
    return sum(1 for word in text.split() if re.search(r"[^\W_]", word))


def count(sheet: Sheet) -> dict[str, int]:
    """Give the words of each part: the title, and those of ``PLACES``; "text" is the rest, with its heads."""
    root = markup.clone(sheet.root)
    for path in NOWHERE:
        _take(root, path)
    title = " ".join(sheet.front[key]["text"] for key in ("title", "subtitle"))
    found = {"title": words(title) if sheet.document.fields.get("title") else 0}
    found |= {part: sum(map(words, _take(root, path))) for part, path in PLACES}
    return found | {"text": words(text_of(root))}


def of_body(sheet: Sheet) -> int:
    """Count the words of the article itself: notes, captions, tables and statements among them; abstract and references not."""
    return sum(number for part, number in count(sheet).items() if part not in ("title", "abstract", "references"))


def as_asked(sheet: Sheet) -> int:
    """Count the words as the journal does, where it limits them; else those of the article itself."""
    limit = next((limit for limit in sheet.profile.limits if limit.of == "words"), None)
    if limit is None:
        return of_body(sheet)
    parts = count(sheet)
    return sum(parts[part] for part in limit.counts)


def _take(root: etree._Element, path: str) -> list[str]:
    """Take elements out of the tree; gives their texts. One that lies in another goes with it."""
    texts = []
    for element in root.xpath(path):
        if root in element.iterancestors():
            texts.append(text_of(element))
            markup.drop(element)
    return texts
