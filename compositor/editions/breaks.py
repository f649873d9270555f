"""Where lines may end: a body in, the same body with words that must stay whole, or places in addresses, marked.

Programs that read a PDF join a word that a hyphen breaks at a line's end, and take the hyphen away. That is right for a
hyphen the typesetter put in, and wrong for one the author wrote: "post-Soviet" comes back as "postSoviet", and an
address leads nowhere. So words with a hyphen, dash or stroke of their own are not broken, and an address is broken only
where nothing is lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree
from markupsafe import Markup

from compositor import markup

if TYPE_CHECKING:
    from collections.abc import Callable

WHOLE = "whole"  # the class that print.css keeps on one line
WORD = re.compile(r"[^\s\u2014]+")
OWN_BREAK = re.compile(r"[^\W_][-\u2010\u2013/]")
ADDRESS = re.compile(r"(?:https?://|www\.|10\.\d{4,9}/)\S+")
JOINTS = re.compile(r"(?<=[/._?=&#%,~+:])(?<!//)(?=[^\s/])")
CLOSED = {"pre", "code", "svg", "math"}  # their text is not prose
ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
LONGEST = 40  # characters; a longer word has to break somewhere


def keep_compounds(root: etree._Element) -> None:
    """Mark every compound of a body, and part its addresses where they may break."""
    _rewrite(root, _compounds)


def whole(html: str) -> Markup:
    """Mark the same in a piece of a page, as a filter of its templates."""
    root = markup.parse(html)
    keep_compounds(root)
    return Markup(markup.inner(root))  # noqa: S704 - it was HTML before


def open_addresses(root: etree._Element) -> None:
    """Mark where the addresses of a body may break on a screen, which knows no such places in them."""
    _rewrite(root, _opened)


def _opened(text: str) -> list[Any]:
    pieces: list[Any] = []
    end = 0
    for match in ADDRESS.finditer(text):
        first, *rest = JOINTS.split(match[0])
        pieces.append(text[end : match.start()] + first)
        for part in rest:
            pieces += [etree.Element("wbr"), part]
        end = match.end()
    return [*pieces, text[end:]]


def keep_word(block: etree._Element, word: str) -> None:
    """Mark one word of a block, wherever it stands there."""
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    _rewrite(block, lambda text: _marked(text, pattern))


def _span(text: str) -> etree._Element:
    span = etree.Element("span", {"class": WHOLE})
    span.text = text
    return span


def _marked(text: str, pattern: re.Pattern[str]) -> list[Any]:
    pieces: list[Any] = []
    end = 0
    for match in pattern.finditer(text):
        pieces += [text[end : match.start()], _span(match[0])]
        end = match.end()
    return [*pieces, text[end:]]


def _compounds(text: str) -> list[Any]:
    pieces: list[Any] = []
    end = at = 0
    while match := WORD.search(text, at):  # word by word: one pattern for all would begin anew at every letter
        start, at = match.span()
        own = _has_own_break(match[0])
        inner = ADDRESS.match(text, start) or (None if own else ADDRESS.search(text, start, at + 1))
        if inner:
            whole = ADDRESS.match(text, inner.start())
            start, at = (whole or inner).span()
            pieces += [text[end:start], *_address(text[start:at])]
        elif own and len(match[0]) <= LONGEST:
            pieces += [text[end:start], _span(match[0])]
        else:
            continue
        end = at
    return [*pieces, text[end:]]


def _has_own_break(word: str) -> bool:
    """Whether a hyphen, dash or stroke stands between letters or figures of a word."""
    found = OWN_BREAK.search(word)
    return found is not None and re.search(r"[^\W_]", word[found.end() :]) is not None


def _address(text: str) -> list[Any]:
    """Part an address where a line may end: behind its joints, and in a part that no line holds before a hyphen.

    Behind a hyphen a program that reads the PDF would take it away. A zero-width space prints nothing: Pango breaks there, and
    the file holds no trace of it.
    """
    pieces: list[Any] = []
    for index, part in enumerate(JOINTS.split(text)):
        for place, piece in enumerate(re.split(r"(?<=\w)(?=-)", part) if len(part) > LONGEST else [part]):
            if index or place:
                pieces.append(ZERO_WIDTH_SPACE)
            pieces.append(_span(piece) if "-" in piece and len(piece) <= LONGEST else piece)
    return pieces


def _rewrite(root: etree._Element, change: Callable[[str], list[Any]]) -> None:
    """Rewrite the text of a tree; ``change`` gives texts and elements in turn, the first and last being texts."""
    for parent in list(root.iter(etree.Element)):
        if any(_is_closed(element) for element in (parent, *parent.iterancestors())):
            continue
        for before in [None, *parent]:
            text = parent.text if before is None else before.tail
            pieces = change(text) if text else []
            if len(pieces) > 1:
                _place(parent, before, pieces)


def _is_closed(element: etree._Element) -> bool:
    return etree.QName(element).localname in CLOSED or element.get("class") == WHOLE


def _place(parent: etree._Element, before: etree._Element | None, pieces: list[Any]) -> None:
    """Put pieces behind a child, or at the head of the parent, in place of the text there."""
    index = 0 if before is None else parent.index(before) + 1
    last = before
    if last is None:
        parent.text = None
    else:
        last.tail = None
    for piece in pieces:
        if not isinstance(piece, str):
            parent.insert(index, piece)
            index, last = index + 1, piece
        elif last is None:
            parent.text = (parent.text or "") + piece
        else:
            last.tail = (last.tail or "") + piece
