"""Where a formula in a line of text may be parted: behind its relations, and behind its operations if that is not enough.

Source: D. E. Knuth, The TeXbook, chapter 18: a line ends behind a relation or a binary operation of the formula's own row, and
the spaces on both sides of such a sign stretch with those between the words. A short formula is left whole.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from compositor.maths.atoms import classes_of, name_of
from compositor.maths.words import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compositor.maths.marks import Mark

Element = Any  # of lxml, with its namespace or without
WIDE = 6.0  # em of the surrounding text; what is narrower stays on one line
GAP = 0.1  # em; a narrower space is none between words
HOLDERS = {"math", "semantics", "mrow", "mstyle"}


@dataclass(frozen=True, slots=True)
class Joint:
    """A sign between two parts; lengths in em from the formula's left edge."""

    place: int  # among the children of the row
    relation: bool
    left: float  # where what stands before it ends
    start: float
    end: float
    right: float  # where what stands behind it begins


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a formula that stands on one line, or the sign between two."""

    marks: tuple[Mark, ...]
    width: float
    words: str


def name_joints(math: Element) -> list[str]:
    """Give each child of a formula's row in words, and number the signs to part it at, which are known by it in the drawing."""
    row = math
    while len(row) == 1 and name_of(row[0]) in HOLDERS:
        row = row[0]
    grown = len(row) > 0 and row[0].get("stretchy") == "true"  # brackets hold what is inside of them together
    for place, kind in [] if grown else classes_of(row):
        if kind in ("rel", "bin") and name_of(row[place]) == "mo":
            row[place].set("joint", f"{place} {kind}")
    return [said(child) for child in row]


def part(drawing: Any, marks: tuple[Mark, ...], width: float, words: list[str], em: float) -> tuple[Part, ...]:
    """Part a formula that ziamath has drawn: parts, with a sign behind each but the last; none where it stays whole.

    ``em`` is how many of its units make one of the text's.
    """
    joints = _chosen(list(_joints(drawing, em)), width) if width > WIDE else []
    if not joints:
        return ()
    edges = [0.0, *(edge for joint in joints for edge in (joint.start, joint.right))]
    ends = [*(edge for joint in joints for edge in (joint.left, joint.end)), width]
    places = [0, *(edge for joint in joints for edge in (joint.place, joint.place + 1)), len(words)]
    held: list[list[Mark]] = [[] for _ in edges]
    bounds = [edge - GAP / 2 for edge in edges[1:]]
    for mark in marks:
        number = bisect_left(bounds, mark.x)
        held[number].append(replace(mark, x=mark.x - edges[number]))
    texts = ("".join(words[first:last]) for first, last in pairwise(places))
    return tuple(
        Part(tuple(own), end - edge, " ".join(text.split()))
        for own, edge, end, text in zip(held, edges, ends, texts, strict=True)
    )


def _joints(drawing: Any, em: float) -> Iterator[Joint]:
    """Find the numbered signs in a drawing that have a space on both sides."""
    node, x = drawing, 0.0
    while not any(map(_numbered, node.nodes)):
        if len(node.nodes) != 1 or not getattr(node.nodes[0], "nodes", None):
            return
        x, node = x + node.nodexy[0][0], node.nodes[0]
    places = [(x + right) / em for right, _ in node.nodexy]
    for index in range(2, len(node.nodes) - 2):
        number = _numbered(node.nodes[index])
        left, start, end, right = places[index - 1 : index + 3]
        spaces = [getattr(node.nodes[index + step], "mtag", "") == "mspace" for step in (-1, 1)]
        if number and all(spaces) and min(start - left, right - end) > GAP:
            place, kind = number.split()
            yield Joint(int(place), kind == "rel", left, start, end, right)


def _numbered(node: Any) -> str:
    element = getattr(node, "element", None)
    return "" if element is None else element.get("joint", "")


def _chosen(joints: list[Joint], width: float) -> list[Joint]:
    """Choose the relations, and the operations inside of what would still be wide."""
    edges = [0.0, *(joint.right for joint in joints if joint.relation)]
    ends = [*(joint.left for joint in joints if joint.relation), width]
    wide = [(edge, end) for edge, end in zip(edges, ends, strict=True) if end - edge > WIDE]
    return [joint for joint in joints if joint.relation or _inside(joint, wide)]


def _inside(joint: Joint, spans: Iterable[tuple[float, float]]) -> bool:
    return any(edge < joint.left and joint.right < end for edge, end in spans)
