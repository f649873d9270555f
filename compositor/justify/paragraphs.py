"""Paragraphs measured as a whole: a source box of lines in, the places where its lines may end out.

Everything follows WeasyPrint's own way of dividing a line, so that a line that is measured here comes out as it was measured.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from compositor.justify import hanging
from compositor.justify.totalfit import Place
from compositor.pages import boxes

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACES = frozenset(" \N{NO-BREAK SPACE}")  # those that are wider or narrower in a justified line
SPACE = ord(" ")
NOWHERE = 1 << 60  # a place in no paragraph
LINE_BREAK = 1 << 0  # bit of a PangoLogAttr
GLYPH, WIDTH = 5, 1  # numbers in a PangoGlyphInfo, and which of them is the width
UNITS = 1024.0  # of Pango in a CSS pixel
OWN_LINES = frozenset("\n\r\t\f\v\x85\u2028\u2029\xad")  # what ends a line by itself, or says where it may
OTHER_WAY = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
DASHES = "\u2013\u2014"  # no line begins with one that follows a word; Pango would let it
IDEOGRAPH = "\u2e80"  # what WeasyPrint takes a picture in a line for


class IntricateError(Exception):
    """A paragraph is not simple text in one direction, and is left to WeasyPrint."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one style; lengths are CSS pixels from the head of the paragraph."""

    box: Any
    base: int  # bytes of the paragraph before it
    reach: list[float]  # how far the paragraph goes before each of its bytes, and behind the last
    bytes_at: list[int] | range  # of each letter, and behind the last
    marks: list[int]  # for the same, what Pango says of a line's end there
    spaces: list[int]  # in the paragraph before each letter, and behind the last
    solid: float  # how much of the length before it is no text
    joined: frozenset[int]  # bytes that stand inside a glyph of several letters, whose width was shared among them

    def reach_of(self, letter: int) -> float:
        """Give how far the paragraph goes before a letter, by its number."""
        return self.reach[self.bytes_at[letter]]

    def byte_of(self, letter: int) -> int:
        """Give the byte of the paragraph that a letter begins with."""
        return self.base + self.bytes_at[letter]


@dataclass(slots=True)
class Outline:
    """Where the boxes of a paragraph stand in its bytes: those of its text, and one for each picture."""

    spans: dict[int, tuple[int, int]] = field(default_factory=dict)  # by identity of a box, its first byte and behind its last
    content: bytearray = field(default_factory=bytearray)
    blocks: set[int] = field(default_factory=set)  # the numbers of those that its texts belong to, as mending.py has them

    def byte(self, line: Any, resume: Any) -> int:
        """Give the byte of the paragraph that WeasyPrint's way to the next line leads to; None is its end.

        A box that was not there when it was measured is NOWHERE, and nothing is planned from there.
        """
        if resume is None:
            return len(self.content)
        box, at = line, 0
        while resume is not None:
            ((index, resume),) = resume.items()
            if boxes.is_text(box):
                at += index
            elif index >= len(box.children):
                _, at = self.spans.get(id(box), (0, NOWHERE))
            else:
                box = box.children[index]
                at, _ = self.spans.get(id(box), (NOWHERE, 0))
        while at < len(self.content) and self.content[at] == SPACE:
            at += 1
        return at


@dataclass(slots=True)
class Paragraph:
    """A measured paragraph. Only its outline is small."""

    outline: Outline = field(default_factory=Outline)
    places: list[Place] = field(default_factory=list)  # where its lines may end, from its head to its foot
    texts: list[Text] = field(default_factory=list)


class _Reach(NamedTuple):
    """How far a paragraph goes, and how many spaces it has so far."""

    length: float
    spaces: int


def measure(context: Any, line: Any, block: Any) -> Paragraph:
    """Measure a source box of lines that stand in a block. Raises IntricateError."""
    walk = _Walk(context, block)
    walk.inline(line)
    walk.end(0.0, len(walk.outline.content))
    return walk.found


class _Walk:
    """Goes through the boxes of a paragraph as WeasyPrint does where it divides a line."""

    def __init__(self, context: Any, block: Any) -> None:
        self.context, self.block = context, block
        self.found = Paragraph()
        self.outline = self.found.outline
        self.all = self.full = _Reach(0.0, 0)  # with the spaces at its end, and without
        self.solid = 0.0  # how much of its length is no text
        self.hung = 0.0  # how far its last letter would stand outside a line
        self.end(0.0, 0)

    def end(self, hung: float, byte: int) -> None:
        """Let a line end here, where the next would begin with a byte, and its first letter stand outside as far as is told."""
        full, whole = self.full, self.all
        there = (full.length - self.hung, whole.length + hung, full.spaces, whole.spaces)
        place = Place(byte, *there, hyphen=False, solid=self.solid, reach=whole.length, head=whole.length)
        self.found.places.append(place)

    def inline(self, box: Any) -> Any:
        """Go through a box of boxes; gives its last letter, or True where a space behind it was taken away."""
        from weasyprint.layout.percent import resolve_percentages

        begins = len(self.outline.content)
        last: Any = None
        left, right = _spacing(box)
        self._go_on(left)
        for child in box.children:
            byte = len(self.outline.content)
            self.outline.spans[id(child)] = byte, byte
            if child.is_floated() or child.is_absolutely_positioned():
                raise IntricateError
            if not child.is_in_normal_flow():
                continue
            resolve_percentages(child, self.block)
            first = _first(child)
            if byte and _may_part(box, child, last, first):
                self.end(_hung_before(first), byte)
            letter = self._text(child) if boxes.is_text(child) else self._other(child)
            last = True if child.trailing_collapsible_space else letter
        if right:
            self._go_on(right)
            self._fill(0.0)
        self.outline.spans[id(box)] = begins, len(self.outline.content)
        return last

    def _go_on(self, length: float) -> None:
        self.solid += length
        self.all = _Reach(self.all.length + length, self.all.spaces)

    def _fill(self, hung: float) -> None:
        """Note that no space stands at the end."""
        self.full, self.hung = self.all, hung

    def _other(self, box: Any) -> Any:
        """Go through what is no text: a box of boxes, or a picture; gives its last letter."""
        kind = type(box).__name__
        if kind == "InlineBox" and "auto" not in (box.margin_left, box.margin_right) and not box.is_leader:
            return self.inline(box)
        if kind != "InlineReplacedBox":
            raise IntricateError
        from weasyprint.layout.replaced import inline_replaced_box_layout

        measured = box.copy()
        inline_replaced_box_layout(measured, self.block)
        byte = len(self.outline.content)
        self.outline.content += b"\xff"
        self.outline.spans[id(box)] = byte, byte + 1
        self._go_on(measured.margin_width())
        self._fill(0.0)
        return IDEOGRAPH

    def _text(self, box: Any) -> str | None:
        """Measure a text, and note where a line may end in it; gives its last letter."""
        content: str = box.text
        base, encoded = len(self.outline.content), content.encode()
        self.outline.spans[id(box)] = base, base + len(encoded)
        if not content or not box.style["font_size"]:
            return None
        letters = set(content)
        if letters & OWN_LINES or letters & OTHER_WAY:
            raise IntricateError
        self.outline.content += encoded
        widths, marks, joined = _measured(content, len(encoded), box.style, self.context)
        reach = list(accumulate(widths, initial=self.all.length))
        simple = len(encoded) == len(content)
        at = range(len(content) + 1) if simple else list(accumulate((len(letter.encode()) for letter in content), initial=0))
        spaces = list(accumulate(map(SPACES.__contains__, content), initial=self.all.spaces))
        text = Text(box, base, reach, at, marks, spaces, self.solid, joined)
        self.found.texts.append(text)
        if getattr(box, "block", None) is not None:
            self.outline.blocks.add(box.block)
        self._places(text)
        return content[-1]

    def _places(self, text: Text) -> None:
        """Note where a line may end in a text."""
        content, style = text.box.text, text.box.style
        for letter in [*_breaks(text), len(content)]:
            end = letter
            while end and content[end - 1] == " ":
                end -= 1
            if end:
                self.all = _Reach(text.reach_of(end), text.spaces[end])
                self._fill(hanging.behind(style, content[end - 1]))
            self.all = _Reach(text.reach_of(letter), text.spaces[letter])
            if letter < len(content):
                self.end(hanging.before(style, content[letter]), text.byte_of(letter))


def _breaks(text: Text) -> list[int]:
    """Give the letters of a text before which a line may end."""
    way = text.box.style["white_space"]
    if way not in ("normal", "pre-line", "nowrap"):
        raise IntricateError
    content = text.box.text
    inner = text.marks[1 : len(content)] if way != "nowrap" else ()
    places = [place for place, mark in enumerate(inner, start=1) if mark & LINE_BREAK]
    return [place for place in places if content[place] not in DASHES or content[place - 1] == " "]


def _first(box: Any) -> Any:
    """Give the first text of a box that is not empty, or what stands before it, such as a picture, or None."""
    if boxes.is_text(box):
        return box if box.text else None
    if type(box).__name__ == "InlineBox":
        return next(filter(None, map(_first, filter(lambda child: child.is_in_normal_flow(), box.children))), None)
    return box


def _hung_before(first: Any) -> float:
    return hanging.before(first.style, first.text[0]) if boxes.is_text(first) else 0.0


def _may_part(box: Any, child: Any, last: Any, first: Any) -> bool:
    """Whether a line may end between two children of a box, as ``split_inline_box`` has it."""
    from weasyprint.layout.inline import can_break_text

    if last is True:
        last = " "
    elif box.style["white_space"] in ("pre", "nowrap"):
        return False
    if last is None or first is None:
        return False
    letter = first.text[0] if boxes.is_text(first) else IDEOGRAPH
    return bool(can_break_text(last + letter, child.style["lang"]))


def _spacing(box: Any) -> tuple[float, float]:
    """Give what stands before and behind the content of a box of boxes; the paragraph's own has nothing."""
    if boxes.is_line(box):
        return 0.0, 0.0
    left: float = box.padding_left + box.margin_left + box.border_left_width
    return left, box.padding_right + box.margin_right + box.border_right_width


def _measured(text: str, length: int, style: Any, context: Any) -> tuple[list[float], list[int], frozenset[int]]:
    """Give the width of each byte of a text, Pango's marks for each letter and behind the last, and bytes inside glyphs."""
    from weasyprint.text.ffi import ffi, pango
    from weasyprint.text.line_break import create_layout

    layout = create_layout(text, style, context, None, 0)
    line, second = layout.get_first_line()
    if second is not None:
        raise IntricateError
    widths, joined = [0.0] * len(layout.text.encode()), set()  # WeasyPrint may add to it, a zero-width space to a space alone
    for run in _runs(line, ffi.NULL):
        item, glyphs = run.item, run.glyphs
        if item.analysis.level % 2:  # from right to left
            raise IntricateError
        count = glyphs.num_glyphs
        said = memoryview(ffi.buffer(glyphs.glyphs, count * GLYPH * 4)).cast("i")[WIDTH::GLYPH].tolist()
        clusters = memoryview(ffi.buffer(glyphs.log_clusters, count * 4)).cast("i").tolist()
        for cluster, width in zip(clusters, said, strict=True):
            widths[item.offset + cluster] += width / UNITS
        if len({*clusters}) < item.length:
            joined |= _share(widths, item.offset, [*dict.fromkeys(clusters), item.length])
    marks = pango.pango_layout_get_log_attrs_readonly(layout.layout, ffi.NULL)
    return widths[:length], memoryview(ffi.buffer(marks, (len(text) + 1) * 4)).cast("I").tolist(), frozenset(joined)


def _runs(line: Any, end: Any) -> Iterator[Any]:
    run = line.runs
    while run != end:
        yield run.data
        run = run.next


def _share(widths: list[float], offset: int, clusters: list[int]) -> set[int]:
    """Share the width of letters that are one glyph, such as ff, among their bytes, and give those that stand inside one."""
    joined: set[int] = set()
    for head, end in pairwise(clusters):
        if end - head > 1:
            widths[offset + head : offset + end] = [widths[offset + head] / (end - head)] * (end - head)
            joined |= {*range(offset + head + 1, offset + end)}
    return joined
