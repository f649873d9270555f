"""Where combining marks stand: a font in, the same with anchors for every letter and mark that it has out.

A font says for a pair of letter and mark where they meet, its anchors; a pair that it says nothing of is set side by side.
EB Garamond says it of the letters of European languages, and not of those of phoneticians, of accents on Cyrillic letters, or
of a second mark. What is lacking is worked out from the outlines, as the font's own anchors stand to those of its letters.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fontTools.ttLib import TTFont

# Canonical combining classes (Unicode 17, UnicodeData.txt); of double marks and those at a corner fonts need say nothing.
ABOVE = frozenset({230})
BELOW = frozenset({202, 220, 240})  # attached below, below, iota subscript
OVERLAY = frozenset({1})
HOOKS = "\u0321\u0322"  # attached below at one end of the letter, which no outline tells
CAPITALS = ("smcp", "c2sc")
# Letters whose dot gives way to a mark (Unicode 17, Soft_Dotted), Latin and Cyrillic, and forms without it; two of each, so
# that a PDF's table of letters can tell the alphabets apart.
DOTTED = {"i": "i.dotless", "j": "j.dotless", "\u0456": "dotlessi", "\u0458": "uni0237"}


@dataclass(frozen=True, slots=True)
class Box:
    """What an outline covers: its middle, were it upright,  on the base line, its bottom and its top."""

    middle: float
    bottom: int
    top: int


class Outlines:
    """The outlines of a font that varies in weight: as it is drawn, and at its heaviest."""

    def __init__(self, font: TTFont, heavy: TTFont) -> None:
        """Take a variable font, and the same with its greatest weight alone."""
        self.fonts = (font, heavy)
        self.slant = round(math.tan(math.radians(-font["post"].italicAngle)), 3)
        self.deltas: dict[int, int] = {}
        self.known: dict[str, tuple[Box, Box] | None] = {}

    def boxes(self, name: str) -> tuple[Box, Box] | None:
        """Give the box of a glyph in both weights, none where it has no outline."""
        if name not in self.known:
            light, heavy = (self._box(font["glyf"], name) for font in self.fonts)
            self.known[name] = (light, heavy) if light and heavy else None
        return self.known[name]

    def _box(self, table: Any, name: str) -> Box | None:
        glyph = table[name]
        if not glyph.numberOfContours:
            return None
        lean = (glyph.yMin + glyph.yMax) / 2 * self.slant
        return Box((glyph.xMin + glyph.xMax) / 2 - lean, glyph.yMin, glyph.yMax)

    def anchor(self, name: str, height: Callable[[Box], float], shift: float = 0) -> Any:
        """Make an anchor in the middle of a glyph at a height; ``shift`` moves it to the right."""
        places = []
        for box in self.boxes(name) or ():
            y = round(height(box))
            places.append((round(box.middle + y * self.slant + shift), y))
        (x, y), (heavy_x, heavy_y) = places
        return self._varying(x, y, heavy_x - x, heavy_y - y)

    def _varying(self, x: int, y: int, right: int, up: int) -> Any:
        from fontTools.otlLib.builder import buildAnchor
        from fontTools.varLib.builder import buildVarDevTable

        outer = self.store.VarDataCount << 16
        devices = [
            buildVarDevTable(outer + self.deltas.setdefault(change, len(self.deltas))) if change else None
            for change in (right, up)
        ]
        return buildAnchor(x, y, None, *devices)

    @cached_property
    def store(self) -> Any:
        """Give the font's table of what varies."""
        return self.fonts[0]["GDEF"].table.VarStore

    def write(self) -> None:
        """Write what the anchors that were made vary by into the font."""
        from fontTools.varLib.builder import buildVarData

        regions = self.store.VarRegionList.Region
        whole = [(0, 1, 1)]  # from the weight it is drawn at to the greatest
        region = next(
            number
            for number, item in enumerate(regions)
            if [(axis.StartCoord, axis.PeakCoord, axis.EndCoord) for axis in item.VarRegionAxis] == whole
        )
        self.store.VarData.append(buildVarData([region], [[change] for change in self.deltas], optimize=False))
        self.store.VarDataCount = len(self.store.VarData)


@dataclass(frozen=True, slots=True)
class Side:
    """Marks of one side, and how far letters and marks stand from each other there."""

    classes: frozenset[int]
    edge: Callable[[Box], int]

    def has(self, mark: str) -> bool:
        """Whether a mark belongs here."""
        return unicodedata.combining(mark) in self.classes and mark not in HOOKS

    def marked(self, letter: str) -> bool:
        """Whether a letter has a mark of this side already, as é and ḍ have."""
        return any(self.has(mark) for mark in unicodedata.normalize("NFD", letter)[1:])


SIDES = (Side(ABOVE, lambda box: box.top), Side(BELOW, lambda box: box.bottom))


class Alphabet:
    """The letters and marks of a font, each with its forms as a small capital."""

    def __init__(self, font: TTFont) -> None:
        """Take a font."""
        self.order = font.getReverseGlyphMap()
        known = {name: chr(code) for code, name in sorted(font.getBestCmap().items(), reverse=True)}
        for name, form in _capitals(font):
            if name in known:
                known.setdefault(form, known[name])
        self.letters = {name: letter for name, letter in known.items() if unicodedata.category(letter)[0] == "L"}
        self.marks = {name: mark for name, mark in known.items() if unicodedata.combining(mark)}

    def sorted(self, names: Iterable[str]) -> list[str]:
        """Put glyphs into the font's order, which its tables must have."""
        return sorted(names, key=self.order.__getitem__)


def _capitals(font: TTFont) -> list[tuple[str, str]]:
    table = font["GSUB"].table
    lookups = {
        index
        for item in table.FeatureList.FeatureRecord
        if item.FeatureTag in CAPITALS
        for index in item.Feature.LookupListIndex
    }
    parts = (
        getattr(part, "ExtSubTable", part) for index in sorted(lookups) for part in table.LookupList.Lookup[index].SubTable
    )
    return [pair for part in parts for pair in getattr(part, "mapping", {}).items()]


def complete(font: TTFont, heavy: TTFont) -> None:
    """Give a font that varies in weight the anchors that it lacks; ``heavy`` is the same with its greatest weight alone.

    Marks that it hangs on the wrong side, as it does the right half ring below, are put on theirs. Its own other anchors stay,
    but for those of letters that have a mark already: a second one stands beyond the first, not in it.
    """
    outlines, alphabet = Outlines(font, heavy), Alphabet(font)
    table = font["GPOS"].table
    parts = [getattr(part, "ExtSubTable", part) for lookup in table.LookupList.Lookup for part in lookup.SubTable]
    parts = [part for part in parts if part.LookupType == 4 and part.ClassCount == 1]
    more = []
    for side in SIDES:
        counts = [(sum(side.has(alphabet.marks.get(name, " ")) for name in part.MarkCoverage.glyphs), part) for part in parts]
        mine = [part for count, part in counts if 2 * count > sum(name in alphabet.marks for name in part.MarkCoverage.glyphs)]
        most = max(counts, key=lambda pair: pair[0])[1]
        more.append(_extend(most, mine, side, outlines, alphabet))
    more.append(_overlays(outlines, alphabet))
    _register(table, more)
    outlines.write()
    _undot(font, alphabet)


def _extend(most: Any, parts: list[Any], side: Side, outlines: Outlines, alphabet: Alphabet) -> Any:
    """Complete what a font says of one side, ``most`` of it in one part; what comes out says how marks stand on marks."""
    drawn = {name: letter for name, letter in alphabet.letters.items() if outlines.boxes(name)}
    gap, shift = _distance(most, drawn, side, outlines)

    def away(box: Box) -> float:
        return side.edge(box) + gap

    marks = {name for name, mark in alphabet.marks.items() if side.has(mark) and outlines.boxes(name)}
    for part in parts:
        hung = dict(zip(part.MarkCoverage.glyphs, part.MarkArray.MarkRecord, strict=True))
        _put_marks(part, {name: item for name, item in hung.items() if name in marks or name not in alphabet.marks}, alphabet)
        bases = _anchors(part)
        again = {name for name, letter in drawn.items() if name in bases and side.marked(letter)}
        _put_bases(part, bases | {name: outlines.anchor(name, side.edge, shift) for name in alphabet.sorted(again)}, alphabet)
    hung = dict(zip(most.MarkCoverage.glyphs, most.MarkArray.MarkRecord, strict=True))
    usual = median(record.MarkAnchor.YCoordinate for name, record in hung.items() if name in marks)
    hung |= {name: _record(outlines.anchor(name, lambda _: usual)) for name in alphabet.sorted(marks - set(hung))}
    _put_marks(most, hung, alphabet)
    bases = _anchors(most)
    for name in alphabet.sorted(set(drawn) - set(bases)):
        bases[name] = outlines.anchor(name, side.edge if side.marked(drawn[name]) else away, shift)
    _put_bases(most, bases, alphabet)
    return _on_marks({name: hung[name] for name in marks}, side, outlines, alphabet)


def _distance(part: Any, letters: dict[str, str], side: Side, outlines: Outlines) -> tuple[float, float]:
    """Give how far the anchors of a part stand from the edge of its letters, and to the right of their middle."""
    known = [(anchor, outlines.boxes(name)) for name, anchor in _anchors(part).items() if _plain(letters.get(name, " "))]
    places = [(anchor.XCoordinate, anchor.YCoordinate, boxes[0]) for anchor, boxes in known if boxes]
    return (
        median(y - side.edge(box) for _, y, box in places),
        median(x - box.middle - y * outlines.slant for x, y, box in places),
    )


def _plain(letter: str) -> bool:
    """Whether a letter tells how anchors stand to outlines: a small one, without marks and dots of its own."""
    return unicodedata.category(letter) == "Ll" and unicodedata.normalize("NFD", letter) == letter and letter not in "ij"


def _anchors(part: Any) -> dict[str, Any]:
    return {
        name: record.BaseAnchor[0]
        for name, record in zip(part.BaseCoverage.glyphs, part.BaseArray.BaseRecord, strict=True)
        if record.BaseAnchor[0] is not None
    }


def _record(anchor: Any) -> Any:
    from fontTools.otlLib.builder import buildMarkRecord

    return buildMarkRecord(0, anchor)


def _put_marks(part: Any, marks: dict[str, Any], alphabet: Alphabet) -> None:
    part.MarkCoverage.glyphs = alphabet.sorted(marks)
    part.MarkArray.MarkRecord = [marks[name] for name in part.MarkCoverage.glyphs]
    part.MarkArray.MarkCount = len(marks)


def _put_bases(part: Any, bases: dict[str, Any], alphabet: Alphabet) -> None:
    from fontTools.otlLib.builder import buildBaseRecord

    part.BaseCoverage.glyphs = alphabet.sorted(bases)
    part.BaseArray.BaseRecord = [buildBaseRecord([bases[name]]) for name in part.BaseCoverage.glyphs]
    part.BaseArray.BaseCount = len(bases)


def _on_marks(marks: dict[str, Any], side: Side, outlines: Outlines, alphabet: Alphabet) -> Any:
    """Say how the marks of a side stand on one another."""
    from fontTools.otlLib.builder import buildMarkArray
    from fontTools.ttLib.tables import otTables

    part = otTables.MarkMarkPos()
    part.Format, part.ClassCount = 1, 1
    part.Mark1Array = buildMarkArray({name: (0, record.MarkAnchor) for name, record in marks.items()}, alphabet.order)
    part.Mark1Coverage, part.Mark2Coverage = otTables.Coverage(), otTables.Coverage()
    part.Mark1Coverage.glyphs = part.Mark2Coverage.glyphs = alphabet.sorted(marks)
    part.Mark2Array = otTables.Mark2Array()
    part.Mark2Array.Mark2Record = []
    for name in part.Mark2Coverage.glyphs:
        record = otTables.Mark2Record()
        record.Mark2Anchor = [outlines.anchor(name, side.edge)]
        part.Mark2Array.Mark2Record.append(record)
    part.Mark2Array.Mark2Count = len(marks)
    return part


def _overlays(outlines: Outlines, alphabet: Alphabet) -> Any:
    """Say how strokes and tildes go through letters: middle on middle."""
    from fontTools.otlLib.builder import buildMarkBasePosSubtable

    def middle(name: str) -> Any:
        return outlines.anchor(name, lambda box: (box.bottom + box.top) / 2)

    marks = [name for name, mark in alphabet.marks.items() if unicodedata.combining(mark) in OVERLAY and outlines.boxes(name)]
    simple = (name for name, letter in alphabet.letters.items() if unicodedata.normalize("NFD", letter) == letter)
    bases = [name for name in simple if outlines.boxes(name)]
    return buildMarkBasePosSubtable(
        {name: (0, middle(name)) for name in marks}, {name: {0: middle(name)} for name in bases}, alphabet.order
    )


def _register(table: Any, parts: list[Any]) -> None:
    """Put more into what a font says of marks, and make it say all of it in every script and language."""
    from fontTools.otlLib.builder import buildLookup

    first = len(table.LookupList.Lookup)
    table.LookupList.Lookup += [buildLookup([part]) for part in parts]
    table.LookupList.LookupCount = len(table.LookupList.Lookup)
    mine = []
    for number, record in enumerate(table.FeatureList.FeatureRecord):
        if record.FeatureTag == "mark":
            mine.append(number)
            record.Feature.LookupListIndex += range(first, first + len(parts))
            record.Feature.LookupCount = len(record.Feature.LookupListIndex)
    for system in _systems(table):
        if not set(mine) & set(system.FeatureIndex):
            system.FeatureIndex = sorted([*system.FeatureIndex, mine[0]])
            system.FeatureCount = len(system.FeatureIndex)


def _undot(font: TTFont, alphabet: Alphabet) -> None:
    """Make i and j lose their dots before a mark above."""
    from fontTools.otlLib.builder import buildLookup, buildSingleSubstSubtable
    from fontTools.ttLib.tables import otTables

    table = font["GSUB"].table
    forms = {
        name: DOTTED[letter]
        for name, letter in alphabet.letters.items()
        if name in font.getBestCmap().values() and letter in DOTTED
    }
    first = len(table.LookupList.Lookup)
    chain = otTables.ChainContextSubst()
    chain.Format = 3
    chain.BacktrackCoverage, chain.InputCoverage, chain.LookAheadCoverage = [], [otTables.Coverage()], [otTables.Coverage()]
    chain.InputCoverage[0].glyphs = alphabet.sorted(forms)
    chain.LookAheadCoverage[0].glyphs = alphabet.sorted(name for name, mark in alphabet.marks.items() if SIDES[0].has(mark))
    chain.BacktrackGlyphCount, chain.InputGlyphCount, chain.LookAheadGlyphCount, chain.SubstCount = 0, 1, 1, 1
    chain.SubstLookupRecord = [otTables.SubstLookupRecord()]
    chain.SubstLookupRecord[0].SequenceIndex, chain.SubstLookupRecord[0].LookupListIndex = 0, first + 1
    table.LookupList.Lookup += [buildLookup([chain]), buildLookup([buildSingleSubstSubtable(forms)])]
    table.LookupList.LookupCount = first + 2
    _compose(table, first)


def _compose(table: Any, lookup: int) -> None:
    """Make a font apply a lookup to every text, as one that puts signs together; features stand in order of their tags."""
    from fontTools.ttLib.tables import otTables

    listed = table.FeatureList.FeatureRecord
    at = sum(record.FeatureTag < "ccmp" for record in listed)
    record = otTables.FeatureRecord()
    record.FeatureTag, record.Feature = "ccmp", otTables.Feature()
    record.Feature.FeatureParams, record.Feature.LookupListIndex, record.Feature.LookupCount = None, [lookup], 1
    listed.insert(at, record)
    table.FeatureList.FeatureCount = len(listed)
    for system in _systems(table):
        system.FeatureIndex = sorted([at, *(number + (number >= at) for number in system.FeatureIndex)])
        system.FeatureCount = len(system.FeatureIndex)


def _systems(table: Any) -> list[Any]:
    """Give what a table says of each script and each language of it."""
    scripts = [record.Script for record in table.ScriptList.ScriptRecord]
    systems = [
        system for script in scripts for system in (script.DefaultLangSys, *(item.LangSys for item in script.LangSysRecord))
    ]
    return [system for system in systems if system is not None]
