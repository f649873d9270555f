"""Where lines may end: a body in, the same body with words that must stay whole, or places in addresses, marked.

Programs that read a PDF join a word that a hyphen breaks at a line's end, and take the hyphen away. That is right for a
hyphen the typesetter put in, and wrong for one the author wrote: "post-Soviet" comes back as "postSoviet", "pre- and
post-war" as "preand post-war", and an address leads nowhere. So words with a hyphen, dash or stroke of their own are not
broken, a line does not end in an author's hyphen, and an address is broken only where nothing is lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree
from markupsafe import Markup

from compositor.setting import markup

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

WHOLE = "whole"  # the class that the style sheet of print keeps on one line
RAGGED = "ragged"  # the class that it does not fill lines of
WORD = re.compile(r"[^\s\u2014]+")
OWN_BREAK = re.compile(r"[^\W_][-\u2010\u2013/]")
BARE_DECIMAL = re.compile(r"(?<!\w)[.,]\d")  # Pango would end a line behind the point (UAX 14, LB25)
HYPHENABLE = re.compile(r"[^\W\d_]{4}")
ADDRESS = re.compile(r"(?:https?://|www\.|10\.\d{4,9}/)\S+")
JOINTS = re.compile(r"(?<=[/._?=&#%,~+:])(?<!//)(?=[^\s/])")
HOST = re.compile(r"(?:https?://)?[^\s/]{1,30}/(?=.)")  # its name stays whole: "https://doi." says nothing
CODE, NEXT = re.compile(r"\S+"), re.compile(r"[^\S\n]+\S+")
INDENT = re.compile(r"(?:^|(?<=\n))[^\S\n]+$")
CELL = 16  # characters; a longer word of code is much for a cell
SHORT = 50  # characters; a line of code that any page has room for
INLINE = ("em", "strong", "a", "code", "span", "cite", "b", "i", "u", "q")
CLOSED = {"pre", "code", "svg", "math"}  # their text is not prose
ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
HYPHENS = "-\u2010"
HYPHENED = re.compile(r"(?<![^\s\u2014\u200b])[^\s\u2014\u200b]*[^\W_][-\u2010]\s*$")  # a last word that ends in a hyphen
HYPHEN = re.compile(r"[-\u2010]\w")
FOLLOWING = re.compile(r"\s*[^\s\u2014\u200b]+")
LONGEST = 40  # characters; a longer word has to break somewhere


def keep_compounds(root: etree._Element) -> None:
    """Mark every compound of a body, and part its addresses where they may break."""
    _rewrite(root, _compounds)
    for code in root.iter("code"):
        block = next(code.iterancestors("pre"), None)
        if block is None and next(code.iterancestors("td", "th"), None) is not None:
            _rewrite(code, _celled, closed=())
        elif block is None or any(len(line) > SHORT for line in "".join(code.itertext()).split("\n")):
            _rewrite(code, _coded, closed=())
    for element in list(root.iter(*INLINE)):
        _keep_with_hyphen(element)


def rag_code(root: etree._Element) -> None:
    """Mark paragraphs that are code for the most part: its words are long, and no line of them is filled well."""
    for paragraph in root.iter("p"):
        code = sum(len("".join(element.itertext())) for element in paragraph.iter("code"))
        if 2 * code > len("".join(paragraph.itertext())):
            paragraph.set("class", f"{paragraph.get('class', '')} {RAGGED}".strip())


def indent_code(root: etree._Element) -> None:
    """Put the indent of a line of code into the word behind it: a long string would go to the next line without it."""
    for code in root.iterfind(".//pre/code"):
        for word in code.iter("span"):
            before, parent = word.getprevious(), word.getparent()
            text = (parent.text if before is None else before.tail) or ""
            if indent := INDENT.search(text):
                left = text[: indent.start()]
                if before is None:
                    parent.text = left
                else:
                    before.tail = left
                word.text = indent[0] + (word.text or "")


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
        first, *rest = _joints(match[0])
        pieces.append(text[end : match.start()] + first)
        for part in rest:
            pieces += [etree.Element("wbr"), part]
        end = match.end()
    return [*pieces, text[end:]]


def _joints(address: str) -> list[str]:
    """Part an address behind its host and each joint after it."""
    host = HOST.match(address)
    return [host[0], *JOINTS.split(address[host.end() :])] if host else JOINTS.split(address)


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
        else:
            while text[at - 1] in HYPHENS and (more := FOLLOWING.match(text, at)) and more.end() - start <= LONGEST:
                at, own = more.end(), True
            if not own or at - start > LONGEST:
                continue
            pieces += [text[end:start], _span(text[start:at])]
        end = at
    return [*pieces, text[end:]]


def _coded(text: str) -> list[Any]:
    """Keep a word of code with a hyphen whole, and with what follows one at its end; a longer one breaks before hyphens."""
    pieces: list[Any] = []
    end = at = 0
    while match := CODE.search(text, at):
        start, at = match.span()
        if (more := text[at - 1] == "-" and NEXT.match(text, at)) and more.end() - start <= LONGEST:
            at = more.end()
        if "-" not in text[start : at - 1]:
            continue
        pieces.append(text[end:start])
        for place, piece in enumerate(
            re.split(r"(?<=[^-\s])(?=-)", text[start:at]) if at - start > LONGEST else [text[start:at]]
        ):
            pieces += [*([ZERO_WIDTH_SPACE] if place else []), _span(piece) if len(piece) <= LONGEST else piece]
        end = at
    return [*pieces, text[end:]]


def _celled(text: str) -> list[Any]:
    """Let a long word of code in a cell break behind its joints: it would push the table out of the page."""
    pieces: list[Any] = []
    end = 0
    for match in CODE.finditer(text):
        parts = JOINTS.split(match[0]) if len(match[0]) > CELL else [match[0]]
        pieces.append(text[end : match.start()])
        for place, part in enumerate(parts):
            pieces += [*([ZERO_WIDTH_SPACE] if place else []), *(_coded(part) if "-" in part else [part])]
        end = match.end()
    return [*pieces, text[end:]]


def _short(piece: str) -> Any:
    return _span(piece) if len(piece) <= LONGEST else piece


def _keep_with_hyphen(element: etree._Element) -> None:
    """Let no line end at a hyphen between a piece of a line and the text beside it: non-*linear*, *post-*war."""
    before, parent = element.getprevious(), element.getparent()
    if parent is None:
        return
    inner = "".join(element.itertext())
    text = (parent.text if before is None else before.tail) or ""
    head = found[0] if (found := HYPHENED.search(text)) and inner[:1].strip() else ""
    goes_on = HYPHENED.search(inner) or HYPHEN.match(element.tail or "")
    tail = found[0] if goes_on and (found := FOLLOWING.match(element.tail or "")) else ""
    if not (head or tail) or len(head + inner + tail) > LONGEST:
        return
    if any(_is_closed(item) for item in (parent, *parent.iterancestors())):
        return
    whole = _span(head)
    whole.tail = (element.tail or "").removeprefix(tail)
    if before is None:
        parent.text = text.removesuffix(head)
    else:
        before.tail = text.removesuffix(head)
    parent.replace(element, whole)
    element.tail = tail
    whole.append(element)


def _has_own_break(word: str) -> bool:
    """Whether a hyphen, dash or stroke stands between letters or figures of a word, or it is a number such as .05."""
    if BARE_DECIMAL.search(word):
        return True
    found = OWN_BREAK.search(word)
    return found is not None and re.search(r"[^\W_]", word[found.end() :]) is not None


def _address(text: str) -> list[Any]:
    """Part an address where a line may end: behind its joints, and in a part that no line holds before a hyphen.

    Behind a hyphen a program that reads the PDF would take it away. A zero-width space prints nothing: Pango breaks there, and
    the file holds no trace of it.
    """
    pieces: list[Any] = []
    for index, part in enumerate(_joints(text)):
        for place, piece in enumerate(re.split(r"(?<=\w)(?=-)", part) if len(part) > LONGEST else [part]):
            if index or place:
                pieces.append(ZERO_WIDTH_SPACE)
            held = ("-" in piece or HYPHENABLE.search(piece)) and len(piece) <= LONGEST  # no hyphen is put into an address
            pieces.append(_span(piece) if held else piece)
    return pieces


def _rewrite(root: etree._Element, change: Callable[[str], list[Any]], closed: Collection[str] = CLOSED) -> None:
    """Rewrite the text of a tree; ``change`` gives texts and elements in turn, the first and last being texts."""
    for parent in list(root.iter(etree.Element)):
        if any(_is_closed(element, closed) for element in (parent, *parent.iterancestors())):
            continue
        for before in [None, *parent]:
            text = parent.text if before is None else before.tail
            pieces = change(text) if text else []
            if len(pieces) > 1:
                _place(parent, before, pieces)


def _is_closed(element: etree._Element, closed: Collection[str] = CLOSED) -> bool:
    return etree.QName(element).localname in closed or element.get("class") == WHOLE


def _place(parent: etree._Element, before: etree._Element | None, pieces: list[Any]) -> None:
    """Put pieces behind a child, or at the head of the parent, in place of the text there."""
    index = 0 if before is None else parent.index(before) + 1
    at_end = index == len(parent)
    last = before
    if last is None:
        parent.text = None
    else:
        last.tail = None
    for piece in pieces:
        if not isinstance(piece, str):
            if at_end:
                parent.append(piece)  # an insertion counts the children before it
            else:
                parent.insert(index, piece)
            index, last = index + 1, piece
        elif last is None:
            parent.text = (parent.text or "") + piece
        else:
            last.tail = (last.tail or "") + piece
