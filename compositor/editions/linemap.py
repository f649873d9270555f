"""The map of a review copy: printed lines and sources in; for each line its place in the author's files, out.

The map is JSON and stands beside the PDF. Each block of the print is looked for in the text, the metadata and the
bibliography; a line has the places of its own words. What the program itself wrote has none.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

from compositor.result import Artifact, Line
from compositor.setting.alignment import Found, Index, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compositor.pages.lines import Block, Printed
    from compositor.records.provenance import Source

ENDING = ".review.json"
Place = tuple[str, int]  # name of a source, line from 1


class Unreadable(ValueError):  # noqa: N818 - what the file is, not what went wrong in us
    """A file is no map of a review copy."""


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    index: Index
    lines: tuple[int, ...]  # of each word


def place(printed: Sequence[Printed], texts: Sequence[Source]) -> tuple[Line, ...]:
    """Find the place of each printed line in the author's files."""
    sources = [_source(item.name, item.data.decode("utf-8", "replace")) for item in texts]
    found: list[list[Place]] = [[] for _ in printed]
    blocks: dict[Block, list[tuple[int, str]]] = defaultdict(list)
    for number, line in enumerate(printed):
        for block, text in line.runs:
            blocks[block] += [(number, word) for word in words_of(text)]
    after: dict[tuple[str, bool], int] = {}
    for block, words in blocks.items():
        if not block.own:
            _place_block(block, words, sources, after, found)
    _fill(printed, found)
    return tuple(_line(number, line, places) for number, (line, places) in enumerate(zip(printed, found, strict=True), start=1))


def _source(name: str, text: str) -> _Source:
    words: list[str] = []
    lines: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        here = words_of(line)
        words += here
        lines += [number] * len(here)
    return _Source(name, Index(words), tuple(lines))


def _is_number(word: tuple[int, str]) -> bool:
    return word[1].isdecimal()


def _is_sure(match: Found, passage: list[str]) -> bool:
    """Whether a passage stands there: a run of it, or half of its words; numbers are the program's own as often as not."""
    return bool(match.runs) or 2 * sum(not passage[word].isdecimal() for word in match.pairs) >= sum(
        not word.isdecimal() for word in passage
    )


def _rank(match: Found) -> tuple[int, int]:
    return match.runs, len(match.pairs)


def _entry(block: Block, sources: list[_Source]) -> tuple[_Source, int] | None:
    """Find a work by its key: the source, and the word of it at which the work begins."""
    if key := words_of(block.key):
        for source in reversed(sources):  # the bibliography comes last
            if (start := source.index.first(key)) is not None:
                return source, start
    return None


def _place_block(
    block: Block,
    words: list[tuple[int, str]],
    sources: list[_Source],
    after: dict[tuple[str, bool], int],
    found: list[list[Place]],
) -> None:
    """Give the places of a block's words to the lines they stand in; the source with the most runs of it has it."""
    words = list(dropwhile(_is_number, words)) or words  # the number of a head is not the author's
    passage = [word for _, word in words]
    best, best_source = None, None
    if (entry := _entry(block, sources)) is not None:  # its own words may be found in another work, too
        source, start = entry
        found[words[0][0]].append((source.name, source.lines[start]))
        sources = [source]
        after = {(source.name, block.note): start}
    for source in sources:
        match = source.index.find(passage, after.get((source.name, block.note), 0))
        if match and _is_sure(match, passage) and (best is None or _rank(match) > _rank(best)):
            best, best_source = match, source
    if best is None or best_source is None or (entry and min(best.pairs.values()) < entry[1]):
        return
    for word, there in best.pairs.items():
        found[words[word][0]].append((best_source.name, best_source.lines[there]))
    after[best_source.name, block.note] = max(best.pairs.values()) + 1


def _fill(printed: Sequence[Printed], found: list[list[Place]]) -> None:
    """Give a line none of whose words was found the place of the nearest line of its block, the one before it first."""
    blocks: dict[Block, list[int]] = defaultdict(list)
    for number, line in enumerate(printed):
        for block, _ in line.runs:
            blocks[block].append(number)
    for numbers in blocks.values():
        known = [number for number in numbers if found[number]]
        for number in (number for number in numbers if not found[number] and known):
            near = max((other for other in known if other < number), default=known[0])
            found[number] = [max(found[near]) if near < number else min(found[near])]


def _line(number: int, line: Printed, places: list[Place]) -> Line:
    names = [name for name, _ in places]
    name = max(sorted(set(names)), key=names.count, default="")
    lines = [there for file, there in places if file == name]
    return Line(line.page, line.on_page, number, line.text, name, min(lines, default=0), max(lines, default=0))


def write(copy: Artifact, name: str, numbers: str) -> Artifact:
    """Write the map; one line of the file for one of the print."""
    rows = ",\n".join(json.dumps(asdict(line), ensure_ascii=False) for line in copy.lines)
    head = json.dumps({"pdf": copy.name, "numbers": numbers}, ensure_ascii=False)[:-1]
    return Artifact(f"{name}{ENDING}", "application/json", f'{head}, "lines": [\n{rows}\n]}}\n'.encode(), beside=True)


def read(data: bytes) -> tuple[Line, ...]:
    """Read a map. Raises Unreadable."""
    try:
        return tuple(
            Line(
                int(item["page"]), int(item["on_page"]), int(item["number"]), str(item["text"]),
                str(item["file"]), int(item["first"]), int(item["last"]),
            )
            for item in json.loads(data)["lines"]
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable(f"this is no map of a review copy: {error}") from None
