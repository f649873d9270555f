"""Hyphens as poppler finds them in the finished PDF of the shipped article, in one column, on a small page and in two."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import time
from collections import Counter
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from compositor.pages import breaks
from tests.conftest import ROOT, need, run
from tests.reading import squeeze

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

SPACE = {"x": "http://www.w3.org/1999/xhtml"}
Line = tuple[int, int, float, float, str]  # page, column, top, height, text


def lines_of(pdf: Path, columns: int) -> list[Line]:
    """Give the lines of running text and notes, column by column and from top to bottom."""
    output = subprocess.run(["pdftotext", "-bbox-layout", str(pdf), "-"], capture_output=True, check=True).stdout
    found = []
    for number, page in enumerate(etree.fromstring(output).iterfind(".//x:page", SPACE)):
        middle = float(page.get("width")) / 2
        for line in page.iterfind(".//x:line", SPACE):
            left, right, top, bottom = (float(line.get(key)) for key in ("xMin", "xMax", "yMin", "yMax"))
            spans = left < middle < right and right - middle > 20
            column = 1 if columns > 1 and left > middle - 10 and not spans else 0
            words = " ".join(word.text for word in line.iterfind("x:word", SPACE))
            found.append((number, column, top, round(bottom - top, 1), words))
    return sorted(found)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the shipped article with a page of 6 by 9 inches asked for."""
    folder = tmp_path_factory.mktemp("small") / "manuscript"
    shutil.copytree(ROOT / "manuscript", folder)
    shutil.copytree(ROOT / "bibliography", folder.parent / "bibliography")
    with (folder / "metadata.yaml").open("a", encoding="utf-8") as file:
        file.write("page: 6x9\n")
    return folder


def hold_limits(lines: list[Line], *, last: bool = True) -> None:
    """Two hyphens in a row at the most, and, of running text, none in the ``last`` line of a page or column."""
    run = 0
    for line in lines:
        run = run + 1 if line[-1].endswith("-") else 0
        assert run <= 2, line
    for _, column in groupby(lines, key=lambda line: line[:2]):
        *_, end = column
        assert not (last and end[-1].endswith("-")), end


@pytest.mark.parametrize("look", ["plain", "6x9", "two-column"])
def test_hyphens_keep_to_their_limits(look: str, small: Path, build: Callable[..., Built]) -> None:
    """Fewer than a fifth of the lines, no more than two in a row, none at the end of a page or column, in a head or caption."""
    need("pdftotext")
    built = build(small) if look == "6x9" else build(ROOT / "manuscript", "--profile", look)
    lines = lines_of(built.path("pdf"), 2 if look == "two-column" else 1)
    usual = Counter(height for *_, height, _ in lines).most_common(1)[0][0]
    text = [line for line in lines if line[3] == usual]
    broken = [line for line in text if line[-1].endswith("-")]
    assert len(text) > 250
    assert 0 < len(broken) / len(text) < 0.2

    for height in {height for *_, height, _ in lines}:
        hold_limits([line for line in lines if line[3] == height], last=height == usual)

    page = html.document_fromstring(built.path("html").read_bytes().decode())
    closed = [
        squeeze(item.text_content())
        for item in page.xpath("//main//*[self::h2 or self::h3 or self::figcaption or self::caption]")
    ]
    for line in lines:
        if line[-1].endswith("-") and len(line[-1]) > 12:
            assert not any(squeeze(line[-1][:-1]) in words for words in closed), line


LONG = (
    "counterrevolutionary", "institutionalisation", "incomprehensibilities", "characteristically", "internationalisation",
    "misrepresentations", "disproportionately", "electromagnetically", "responsibilities", "telecommunications",
    "uncharacteristic", "transcendentalism", "overcompensation", "interdisciplinary", "photosynthetically",
)  # fmt: skip

SHORT = ("in", "the", "of", "a", "ford", "sand", "by", "that", "some", "time", "and", "river", "there", "were", "few", "to")


def closed(start: int) -> str:
    """Give seven words that are not broken: those of text, with an end of their own."""
    return " ".join(f"{LONG[(start + 4 * step) % len(LONG)]}x" for step in range(7))


@pytest.mark.parametrize("look", ["plain", "6x9", "two-column"])
def test_heads_and_captions_are_never_hyphenated(look: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """However long their words, and those of the text, which does have hyphens: two in a row, none at the end of a page."""
    need("pdftotext")
    draw = random.Random(5)
    (tmp_path / "map.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"/>', encoding="utf-8")
    size = "page: 6x9" if look == "6x9" else "page: a4"
    parts = [f"---\ntitle: {closed(3)}\nauthor: Author One\nlang: en-GB\n{size}\n---"]
    for number in range(15):
        parts.append(f"{'#' * (1 + number % 3)} {closed(number)}")
        parts += [" ".join(draw.choices((*LONG, *SHORT), k=110)).capitalize() + "." for _ in range(2)]
        parts.append(f"![{closed(number + 1)}](map.svg){{#fig-m{number}}}")
        parts.append(f"| a | b |\n|---|---|\n| c | d |\n\n: {closed(number + 2)} {{#tbl-t{number}}}")
    (tmp_path / "article.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf", "--profile", "plain" if look == "6x9" else look)
    assert built.problems == []
    lines = lines_of(built.path("pdf"), 2 if look == "two-column" else 1)
    words = Counter(word for line in lines for word in line[-1].split())
    assert {word: words[word] >= 3 * 15 * 7 // len(LONG) for word in closed(0).split()} == dict.fromkeys(
        closed(0).split(), True
    )
    assert (
        sum(count for word, count in words.items() if word.endswith("x") and word.removesuffix("x") in LONG) >= (3 * 15 + 1) * 7
    )
    usual = Counter(height for *_, height, _ in lines).most_common(1)[0][0]
    text = [line for line in lines if line[3] == usual]
    assert sum(line[-1].endswith("-") for line in text) > 20
    assert [line for line in lines if line[3] != usual and line[-1].endswith("-")] == []
    hold_limits(text)


@pytest.mark.parametrize("look", ["plain", "6x9", "two-column"])
def test_no_line_ends_early(look: str, small: Path, build: Callable[..., Built]) -> None:
    """No line of one word or two stands between two lines of text at the usual distance, unless a paragraph ends there."""
    need("pdftotext")
    built = build(small) if look == "6x9" else build(ROOT / "manuscript", "--profile", look)
    lines = lines_of(built.path("pdf"), 2 if look == "two-column" else 1)
    usual = Counter(height for *_, height, _ in lines).most_common(1)[0][0]
    text = [line for line in lines if line[3] == usual]
    for line, following in pairwise(text):
        if line[:2] == following[:2] and len(line[-1].split()) == 1 and following[2] - line[2] < 1.6 * usual:
            assert not following[-1][:1].islower(), (line, following)


@pytest.fixture
def long_word(tmp_path: Path) -> Path:
    """Give a text with one German word of 10,200 letters, which has a note."""
    text = f"---\ntitle: Ein Wort\nauthor: Author One\nlang: de\n---\n\n{WORD * 300}^[Eine Note.] und mehr.\n"
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    return tmp_path


WORD = "Donaudampfschifffahrtsgesellschaft"


def test_a_word_that_no_line_holds_is_printed_whole(long_word: Path, tmp_path: Path) -> None:
    """It is broken line by line, in seconds, leaves no page, and is followed over the ends of pages by the proof."""
    need("pdftotext")
    process = run(long_word, "--to", "pdf", "--out", tmp_path / "dist", "--limit", "seconds=60", "--json")
    assert json.loads(process.stdout)["problems"] == []
    pages = subprocess.run(
        ["pdftotext", str(tmp_path / "dist" / "article.pdf"), "-"], capture_output=True, text=True, check=True
    )
    pieces = pages.stdout.split("\f")
    assert len(pieces) > 3
    found = "".join(word for page in pieces for word in page.split() if len(word) > len(WORD)).replace("-", "")
    assert found == f"{WORD * 300}1"


def test_a_build_of_it_that_has_no_time_ends_as_a_problem(long_word: Path, tmp_path: Path) -> None:
    """The limit on time ends a layout too."""
    process = run(long_word, "--to", "pdf", "--out", tmp_path / "dist", "--limit", "seconds=1", "--json")
    assert [item["code"] for item in json.loads(process.stdout)["problems"]] == ["limit-time"]
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a post-Soviet one", ["a ", "<post-Soviet>", " one"]),
        ("(1990–2000) and/or", ["", "<(1990–2000)>", " ", "<and/or>", ""]),
        ("at https://example.org/a-b now", ["at <https://example.org/>", "|", "<a-b>", " now"]),
        (
            f"https://example.org/{'a' * 30}-{'b' * 30}-c",
            ["<https://example.org/>", "|", f"<{'a' * 30}>", "|", f"<-{'b' * 30}>", "|", "<-c>"],
        ),
        ("(www.example.org)", ["(www.", "|", "<example.>", "|", "org)"]),
        (f"{'a' * 30}-{'b' * 30} is too long", [f"{'a' * 30}-{'b' * 30} is too long"]),
        ("-a b- --", ["-a ", "<b- -->"]),
        ("pre- and post-war, mid- or none", ["<pre- and>", " ", "<post-war,>", " ", "<mid- or>", " none"]),
        ("vor-, mit- und nachher", ["vor-, ", "<mit- und>", " nachher"]),
    ],
)
def test_words_with_a_break_of_their_own_stay_whole(text: str, pieces: list[str]) -> None:
    """A compound stays whole where a line may hold it, and an address is broken where nothing is lost."""
    root = etree.fromstring("<div><p/></div>")
    root[0].text = text
    breaks.keep_compounds(root)
    marked = etree.tostring(root[0], encoding="unicode").removeprefix("<p>").removesuffix("</p>")
    marked = marked.replace('<span class="whole">', "<").replace("</span>", ">").replace("\u200b", "|")
    assert marked == "".join(pieces)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("a non-<em>linear</em> one", "a <non-<em>linear</em>> one"),
        ("a <em>post-</em>war one", "a <<em>post-</em>war> one"),
        ("a <em>pre-</em> and a-<a>b</a>", "a <<em>pre-</em> and> <a-<a>b</a>>"),
        ("a <em>post</em>-war one", "a <<em>post</em>-war> one"),
        ("<code>--a-word f(x)</code>", "<code><--a-word> f(x)</code>"),
        ("<pre><code>a-b  c- d</code></pre>", "<pre><code>a-b  c- d</code></pre>"),
        (f"<pre><code>a-b  c- d\ne-\nf {'g' * 60}</code></pre>", f"<pre><code><a-b>  <c- d>\ne-\nf {'g' * 60}</code></pre>"),
        (f"<code>{'a' * 30}-{'b' * 30}</code>", f"<code><{'a' * 30}>|<-{'b' * 30}></code>"),
        ("<code>x &lt;- f(y)</code> and", "<code>x <&lt;- f(y)></code> and"),
        ("a- <em>b</em>", "<a- <em>b</em>>"),
    ],
)
def test_a_line_does_not_end_in_an_authors_hyphen(text: str, marked: str) -> None:
    """Beside emphasis and links, and in code, either."""
    root = etree.fromstring(f"<div><p>{text}</p></div>")
    breaks.keep_compounds(root)
    found = etree.tostring(root[0], encoding="unicode").removeprefix("<p>").removesuffix("</p>")
    found = re.sub(r'<span class="whole">((?:(?!</?span).)*)</span>', r"<\1>", found.replace("\u200b", "|"))
    assert found == marked


def test_a_text_without_spaces_is_looked_through_once() -> None:
    """A hundred thousand letters in a row take no pattern's patience."""
    root = etree.fromstring("<div><p/></div>")
    root[0].text = "a" * 100_000 + " " + "-a" * 50_000
    etree.SubElement(root[0], "code").text = "a" * 100_000 + " " + "-a" * 50_000
    begun = time.process_time()
    breaks.keep_compounds(root)
    assert time.process_time() - begun < 5
