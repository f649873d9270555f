"""Changes inside a block: its tokens and those of its earlier version in, the block with ``ins`` and ``del`` out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from compositor.changes import words
from compositor.setting import markup
from compositor.word.revisions import MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compositor.changes.words import Change, Token

FORMS = {"bdi", "em", "strong", "sub", "sup", "code", "b", "i", "u", "s", "q", "kbd"}  # what deleted words keep of their look
SAID = ("lang", "dir")  # and of what a span says


@dataclass(slots=True)
class _Slot:
    """A text between two tags: the ranges of it that are new, and what is deleted before a place in it."""

    new: list[tuple[int, int]] = field(default_factory=list)
    gone: list[tuple[int, etree._Element, str]] = field(default_factory=list)  # and the space behind it


def insertion() -> etree._Element:
    """Give an empty insertion."""
    return etree.Element("ins", {"class": MARK})


def wrap(block: etree._Element) -> None:
    """Mark all of a block as new; other blocks inside it are not touched."""
    if any(map(words.is_block, block)):
        found = words.tokens(block, {})
        mark(block, found, (), [words.Change(range(0), range(len(found)))], {})
        return
    new = insertion()
    new.text, block.text = block.text, None
    new.extend(list(block))
    block.append(new)


def deletion(tokens: Sequence[Token], notes: dict[str, str]) -> etree._Element:
    """Give deleted tokens as they were, but for links and what else would stand there twice."""
    gone = etree.Element("del", {"class": MARK})
    path: list[tuple[etree._Element, etree._Element]] = []  # an old element of form, and its copy
    for number, token in enumerate(tokens):
        forms = [outer for outer in reversed(list(token.element.iterancestors())) if _is_form(outer)]
        if not (token.is_atom or token.is_tail) and _is_form(token.element):
            forms.append(token.element)
        shared = 0
        while shared < min(len(path), len(forms)) and path[shared][0] is forms[shared]:
            shared += 1
        del path[shared:]
        if number:
            _say(path[-1][1] if path else gone, token.gap)
        for form in forms[shared:]:
            around = path[-1][1] if path else gone
            path.append((form, etree.SubElement(around, form.tag, {key: form.get(key, "") for key in SAID if form.get(key)})))
        _append(path[-1][1] if path else gone, token, notes)
    return gone


def _is_form(element: etree._Element) -> bool:
    return element.tag in FORMS or (element.tag == "span" and any(element.get(key) for key in SAID))


def _append(around: etree._Element, token: Token, notes: dict[str, str]) -> None:
    if not token.is_atom:
        _say(around, token.text)
    elif etree.QName(token.element).localname == "math":
        copy = markup.clone(token.element)
        copy.tail = None
        around.append(copy)
    elif token.element.get("role") == "doc-noteref":
        _say(around, f" [{notes.get(token.element.get('href', '')[1:], '')}]")
    else:
        _say(around, token.element.get("alt") or markup.text(token.element))


def _say(around: etree._Element, text: str) -> None:
    if len(around):
        around[-1].tail = (around[-1].tail or "") + text
    else:
        around.text = (around.text or "") + text


def mark(
    block: etree._Element, new: Sequence[Token], old: Sequence[Token], changes: Sequence[Change], notes: dict[str, str]
) -> None:
    """Mark the changes in a block; ``notes`` are the words of the earlier version's notes by their ids."""
    slots: dict[tuple[etree._Element, bool], _Slot] = defaultdict(_Slot)
    around: list[etree._Element] = []  # atoms that are new
    beside: list[tuple[etree._Element, bool, etree._Element]] = []  # what is deleted before or behind an atom
    for change in changes:
        for token in (new[number] for number in change.new):
            if token.is_atom:
                around.append(token.element)
            else:
                slots[token.element, token.is_tail].new.append((token.start, token.end))
        if not change.old:
            continue
        gone = deletion([old[number] for number in change.old], notes)
        if change.new == range(0) and change.old.stop < len(old):
            behind = old[change.old.stop]  # begins the block now, without the space that stood before it
            _say(gone, " " if behind.gap or (not behind.is_atom and behind.text[:1].isspace()) else "")
        _place(gone, _is_spaced(old, change.old.start), change.new.start, block, new, slots, beside)
    for (element, is_tail), slot in slots.items():
        _fill(element, is_tail, slot)
    for atom, before, gone in beside:
        (atom.addprevious if before else atom.addnext)(gone)
    for atom in around:
        inserted = insertion()
        markup.replace(atom, inserted)
        atom.tail = None
        inserted.append(atom)


def _is_spaced(tokens: Sequence[Token], at: int) -> bool:
    """Whether a space stands before a token, or a block begins there."""
    if at == 0:
        return True
    before, behind = tokens[at - 1], tokens[at] if at < len(tokens) else None
    if behind is not None and (behind.gap or (not behind.is_atom and behind.text[:1].isspace())):
        return True
    return not before.is_atom and before.text[-1:].isspace()


def _place(
    gone: etree._Element,
    parted: bool,
    at: int,
    block: etree._Element,
    new: Sequence[Token],
    slots: dict[tuple[etree._Element, bool], _Slot],
    beside: list[tuple[etree._Element, bool, etree._Element]],
) -> None:
    """Find the place of a deletion before a token: behind the one before, or before its own, whichever is less deep.

    ``parted`` says whether a space stood before what is deleted; it stands there again.
    """
    before, behind = (new[at - 1] if at else None), (new[at] if at < len(new) else None)
    if before is None and behind is None:
        block.append(gone)
        return
    token = min(filter(None, (behind, before)), key=_depth)
    if parted and not _is_spaced(new, at):
        gone.text = f" {gone.text or ''}"
    elif not parted and before is not None and not before.is_atom and before.text[-1:].isspace():
        _strip(gone)
        slots[before.element, before.is_tail].gone.append((before.start + len(before.text.rstrip()), gone, ""))
        return
    if token.is_atom:
        beside.append((token.element, token is behind, gone))
    else:
        space = _strip(gone) if _is_spaced(new, at) else ""  # one more changes nothing
        slots[token.element, token.is_tail].gone.append((token.start if token is behind else token.end, gone, space))


def _depth(token: Token) -> int:
    holder = token.element.getparent() if token.is_tail or token.is_atom else token.element
    return sum(1 for _ in holder.iterancestors()) if holder is not None else 0


def _strip(gone: etree._Element) -> str:
    """Take the space behind deleted words away, and give it."""
    last = gone
    while len(last) and not last[-1].tail:
        last = last[-1]
    holder, name = (last[-1], "tail") if len(last) else (last, "text")
    text = getattr(holder, name) or ""
    setattr(holder, name, text.rstrip())
    return text[len(text.rstrip()) :]


def _fill(element: etree._Element, is_tail: bool, slot: _Slot) -> None:
    """Write a text with what is new in it marked, and what is deleted."""
    text = (element.tail if is_tail else element.text) or ""
    fresh = {place for start, end in slot.new for place in range(start, end)}
    for start, end in slot.new:  # the space around new words is not marked, unless more of them follow
        if end not in fresh:
            fresh -= {*range(start + len(text[start:end].rstrip()), end)}
        if start - 1 not in fresh:
            fresh -= {*range(start, end - len(text[start:end].lstrip()))}
    gone = sorted(slot.gone, key=lambda found: found[0])
    parts: list[str | etree._Element] = [""]
    for place in range(len(text) + 1):
        for piece in (piece for where, *piece in gone if where == place):
            parts += piece
        if place == len(text):
            break
        if place in fresh:
            last = parts[-1]
            if isinstance(last, str) or last.tag != "ins":
                last = insertion()
                parts.append(last)
            last.text = (last.text or "") + text[place]
        else:
            parts.append(text[place])
    parent = element.getparent() if is_tail else element
    if parent is None:
        return
    index = parent.index(element) + 1 if is_tail else 0
    before: etree._Element | None = element if is_tail else None  # what the next words stand behind
    if is_tail:
        element.tail = None
    else:
        element.text = None
    for part in parts:
        if not isinstance(part, str):
            part.tail = None
            parent.insert(index, part)
            before, index = part, index + 1
        elif before is not None:
            before.tail = (before.tail or "") + part
        else:
            parent.text = (parent.text or "") + part
