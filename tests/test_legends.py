"""Words in drawings are shaped as in the text: kerned, accents on their letters, Hebrew from right to left."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from lxml import etree

from compositor.editions import legends

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

Edges = list[tuple[float, float]]


@pytest.fixture
def drawn(tmp_path: Path, build: Callable[..., Built]) -> Callable[[str, str], Edges]:
    """Print a drawing with a text; gives the left and right edge of each of some letters in points."""

    def draw(text: str, letters: str) -> Edges:
        font = 'font-family="EB Garamond" font-size="20"'
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 40"><g {font}>{text}</g></svg>'
        place = tmp_path / hashlib.sha256(text.encode()).hexdigest()[:8]
        place.mkdir()
        (place / "a.svg").write_text(svg, encoding="utf-8")
        head = "---\ntitle: 'T'\nauthor: O\nlang: en\n---\n\n"
        (place / "article.md").write_text(f'{head}![A](a.svg "-"){{width=300px}}\n', encoding="utf-8")
        built = build(place, "--to", "pdf")
        assert [item["code"] for item in built.problems if item["code"] == "proof-differs"] == []
        page = pypdfium2.PdfDocument(built.path("pdf").read_bytes())[0].get_textpage()
        found: Edges = []
        for index in range(page.count_chars()):
            if len(found) < len(letters) and page.get_text_range(index, 1) == letters[len(found)]:
                left, _, right, _ = page.get_charbox(index)
                found.append((left, right))
        return found

    return draw


def test_hebrew_is_drawn_from_right_to_left(drawn: Callable[[str, str], Edges]) -> None:
    """The first letter of a word stands on its right."""
    edges = drawn('<text x="10" y="30">שלום</text>', "שלום")
    assert len(edges) == 4
    assert edges == sorted(edges, reverse=True)


def test_letters_are_kerned(drawn: Callable[[str, str], Edges]) -> None:
    """An A comes under the V before it, unless the drawing says how far they stand apart."""
    (_, end), (start, _) = drawn('<text x="10" y="30">VA</text>', "VA")
    assert start < end
    (_, end), (start, _) = drawn('<text x="10" y="30" letter-spacing="3">VA</text>', "VA")
    assert start > end


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("abc", ["a", "b", "c"]),
        ("x\u0301y", ["x\u0301", "y"]),
        ("क्षि", ["क्", "षि"]),
        ("\u0301a", ["\u0301", "a"]),
        ("a\u200db", ["a\u200db"]),
        ("", []),
    ],
)
def test_a_mark_belongs_to_its_letter(text: str, parts: list[str]) -> None:
    """Where letters have places of their own, an accent goes where its letter goes."""
    assert legends.clusters(text) == parts


def test_places_of_letters_are_kept(drawn: Callable[[str, str], Edges]) -> None:
    """Each letter stands where the drawing says."""
    edges = drawn('<text x="20 80 140" y="30">VWX</text>', "VWX")
    assert [round(right[0] - left[0]) for left, right in pairwise(edges)] == [45, 45]


@pytest.mark.parametrize(
    ("attributes", "whole"),
    [
        ({"x": "3", "y": "4"}, True),
        ({"x": "3 4"}, False),
        ({"dy": "1,2"}, False),
        ({"rotate": "0"}, True),
        ({"rotate": "none"}, True),
        ({"rotate": "-1.5e1"}, False),
        ({"letter-spacing": "normal"}, True),
        ({"letter-spacing": "2px"}, False),
        ({"textLength": "40"}, False),
    ],
)
def test_what_is_said_of_single_letters(attributes: dict[str, str], whole: bool) -> None:
    """A text is one piece unless its drawing says where single letters stand."""
    assert legends.has_one_place(etree.Element("text", attributes)) is whole
