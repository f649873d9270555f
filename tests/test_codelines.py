"""Lines of code: numbers where the author asks for them, and a sign where one goes on; neither is text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pikepdf
import pytest

from compositor.pages import codelines, outlines
from compositor.setting import markup
from tests.conftest import CASES, build_case
from tests.reading import read
from tests.test_semantics import trees

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "numbered-lines"
NUMBERED = 4 + 4 + 3  # lines of the case
LONG = 5  # its lines that have no room in one, and go on in one more


def drawn(built: Built) -> list[int]:
    """Give what is drawn beside each line, in order: how many figures, or 0 for the sign of a line that goes on."""
    lines: dict[tuple[int, bytes], int] = {}
    with pikepdf.open(built.path("pdf")) as pdf:
        for number, page in enumerate(pdf.pages):
            page.contents_coalesce()
            content = page.obj["/Contents"].read_bytes()
            for block in re.findall(rb"/Artifact <</Type /Layout>> BDC q 0\.35 g(.*?)Q EMC", content, re.DOTALL):
                for height, path in re.findall(rb"q \S+ 0 0 \S+ \S+ (\S+) cm (.*?) Q", block, re.DOTALL):
                    sign = path == outlines.HOOK.encode()
                    lines[number, height] = 0 if sign else lines.get((number, height), 0) + 1
    return list(lines.values())


def test_numbers_are_drawn_and_not_written(build: Callable[..., Built]) -> None:
    """Each numbered line has its figures beside it, "98" to "101" and "1" to "4"; no reader of the file finds them as text."""
    built = build_case(build, CASE)
    assert [figures for figures in drawn(built) if figures] == [2, 2, 3, 3, *[1] * (NUMBERED - 4)]
    text = read(built.path("pdf")).text
    assert not re.search(r"\b(98|99|100|101)\b", text)


def test_a_line_that_goes_on_has_a_sign(build: Callable[..., Built]) -> None:
    """Where a line has no room, its continuation has a sign, numbered or not; other lines have none."""
    assert drawn(build_case(build, CASE)).count(0) == LONG


@pytest.mark.parametrize("edition", ["html", "epub"])
def test_numbers_on_screens_are_counted_by_the_style(edition: str, build: Callable[..., Built]) -> None:
    """The page says where numbers begin, and no more: they are neither copied nor words."""
    pages = trees(build_case(build, CASE), edition).values()
    codes = [code for page in pages for code in page.xpath("//pre[contains(@class, 'numberSource')]/code")]
    assert [code.get("style") for code in codes] == ["counter-reset: source-line 97;", None, None]
    assert [len(code.findall("span")) for code in codes] == [4, 4, 3]
    assert not re.search(r"\b98\b", "".join(codes[0].itertext()))


def test_lines_of_plain_code_are_told_apart() -> None:
    """Code of no language is text to Pandoc; its lines are elements for print, its letters stay; raw HTML stays as it is."""
    root = markup.parse("<pre><code>one\n\n  two\n</code></pre><pre><code>three <b>four</b>\nfive</code></pre>")
    before = "".join(root.itertext())
    codelines.mark(root)
    plain, raw = root.iter("code")
    assert [line.text for line in plain] == ["one", "", "  two", ""]
    assert {line.get("class") for line in plain} == {"code-line"}
    assert not raw.xpath(".//*[@class]")
    assert "".join(root.itertext()) == before


def test_words_of_code_stay_whole(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Where a line of highlighted code has a space to end at, no word behind it is broken."""
    line = "    pub fn get(&self, key: &T) -> Option<&Blob> { self.map.get(key) } // O(1)"
    text = f"---\ntitle: Code\nlang: en\npage: a5\n---\n\n```rust\n{line}\n```\n"
    (tmp_path / "text.md").write_text(text, encoding="utf-8")
    built = build(tmp_path / "text.md", "--to", "pdf")
    assert "self.map.get(key)" in read(built.path("pdf")).text
    assert not [problem for problem in built.problems if problem["code"] == "proof-differs"]
