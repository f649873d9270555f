"""Justified text: lines are even over the whole paragraph, and hold what they were planned to hold."""

from __future__ import annotations

import re
import subprocess
from itertools import combinations, pairwise
from math import inf
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as some

from compositor.justify import totalfit
from compositor.justify.totalfit import Measure, Place
from tests.conftest import run
from tests.test_makeup import told

if TYPE_CHECKING:
    from pathlib import Path

# In a process of its own: a layout starts threads of Pango's, and other tests fork this one.
LINES = """
import json, random, sys
from compositor.fonts import fontface
from compositor.editions import pdf
from compositor.pages import boxes, makeup
from compositor.editions.engine import load_engine
from compositor.justify import hanging

engine = load_engine()
faces = "".join(
    "@font-face {{ font-family: '{family}'; font-style: {style}; font-weight: {weight}; src: url({url}) }}".format(**face)
    for face in fontface.for_print(())
)
css = faces + '''
html { font: 14.5px/1.4 'EB Garamond'; text-align: justify }
html { hyphens: auto; hyphenate-character: '-'; hyphenate-limit-chars: 6 3 3 }
body, p { margin: 0 } p { text-indent: 1.4em } code { font-family: 'Source Code Pro'; font-size: .8em; padding: 0 2px }
b { white-space: nowrap } sup { font-size: .7em }
'''
PICTURE = "<img src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22 width=%2211%22 height=%229%22/>'>"
WORDS = '''the of and to in is that was for on as with from institutionalisation characteristically representatives office
difficulty difference sufficient, notwithstanding; economy economic: Commonwealth organisation. membership \u201cquoted\u201d
\u2018single\u2019 pre-war post-Soviet a I word\u2014word
1992\u20132019 \u00c9t\u00e9 na\u00efve caf\u00e9 1\u00a0000 p.\u00a012'''.split()
MARKS = ["<em>{}</em>", "<strong>{}</strong>", "<a href='#x'>{}</a>", "<b>{}</b>", "<code>{}</code>", "({})", "<em>{}</em>,",
         "{}<sup>3</sup>", "<em><strong>{}</strong> {}</em>", "{}" + PICTURE,
         PICTURE + " {}", "{} " + PICTURE.replace("2211", "2290"), "<a href='#x'>{} {}\u00a0{}</a>."]

def text(draw, count):
    def word():
        return draw.choice(WORDS)
    parts = [draw.choice(MARKS).format(word(), word(), word()) if draw.random() < .3 else word() for _ in range(count)]
    return " ".join(parts)

def paragraphs_of(layout):
    found = {}
    for page in boxes.pages_of(layout):
        for block in boxes.inside(page):
            if block.element_tag == "p" and boxes.is_block(block):
                found.setdefault(block.element, []).extend(box for box in block.children if boxes.is_line(box))
    return found

def told(line, last):
    leaves = [box for box in boxes.inside(line) if not getattr(box, "children", ()) and getattr(box, "text", "a picture")]
    texts = [box for box in leaves if boxes.is_text(box)]
    whole, em = boxes.text(line), line.style["font_size"]
    spaced = [box.justification_spacing / em for box in texts if set(box.text) & set(" \u00a0")]
    edges = [
        hanging.before(texts[0].style, whole[0]) if leaves[0] in texts else 0,
        hanging.behind(texts[-1].style, whole[-1]) if leaves[-1] in texts else 0,
    ]
    return {"text": whole, "width": line.width, "left": line.position_x - MARGIN, "edges": edges, "last": last,
            "spacing": max(spaced, default=None), "narrow": min(spaced, default=0)}

MARGIN = 50
found = []
draw = random.Random(int(sys.argv[1]))
given = dict(url_fetcher=pdf.fetcher({}, ()), base_url=pdf.BASE)
for wide in range(140, 600, 23):
    paragraphs = "".join(f"<p>{text(draw, draw.randint(20, 90))}</p>" for _ in range(3))
    size = f"@page {{ margin: {MARGIN}px; size: {wide + 2 * MARGIN}px 500px }}"
    page = f"<html lang='en'><style>{css} {size}</style>{paragraphs}"
    with makeup.made_up():
        ours = paragraphs_of(engine.HTML(string=page, **given).render())
    theirs = paragraphs_of(engine.HTML(string=page, **given).render())
    for (element, lines), plain in zip(ours.items(), theirs.values(), strict=True):
        found.append({
            "width": wide, "said": "".join(element.itertext()),
            "lines": [told(line, line is lines[-1]) for line in lines],
            "theirs": [told(line, line is plain[-1]) for line in plain],
        })
print(json.dumps(found))
"""


@pytest.fixture(scope="module", params=range(3))
def paragraphs(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Give paragraphs of every kind of words, in narrow and wide lines."""
    found: list[dict[str, Any]] = told(LINES, str(request.param))
    return found


def test_every_word_is_there(paragraphs: list[dict[str, Any]]) -> None:
    """And in its place, whatever it is in."""
    for paragraph in paragraphs:
        read = "".join(line["text"] for line in paragraph["lines"])
        squeezed, said = (re.sub(r"[\s-]", "", text) for text in (read, paragraph["said"]))
        assert squeezed == said


def test_lines_end_at_the_edge(paragraphs: list[dict[str, Any]]) -> None:
    """But for punctuation, which hangs, and for the last: nothing was filled otherwise than it was measured."""
    for paragraph in paragraphs:
        for line in paragraph["lines"]:
            before, behind = line["edges"]
            assert line["left"] == pytest.approx(-before, abs=0.01), line
            spaces = line["text"].strip().count(" ")
            holes = spaces * (8 if spaces > 2 else 16)  # CSS pixels; a line that would have them is left short
            short = spaces > 0 and line["width"] < paragraph["width"] - holes
            if not line["last"] and line["spacing"] is not None and not short:
                assert line["width"] == pytest.approx(paragraph["width"] + before + behind, abs=0.05), line


def test_spaces_are_neither_too_narrow_nor_as_wide_as_theirs(paragraphs: list[dict[str, Any]]) -> None:
    """The narrowest space is 0.16 em, where the font's own is 0.2; and they are far more even than WeasyPrint's by itself."""
    ours = [line for paragraph in paragraphs for line in paragraph["lines"]]
    theirs = [line for paragraph in paragraphs for line in paragraph["theirs"]]
    assert min(line["narrow"] for line in ours) >= -0.05

    def unevenness(lines: list[dict[str, Any]]) -> float:
        return float(sum(line["spacing"] ** 2 for line in lines if line["spacing"] and not line["last"]) / len(lines))

    assert unevenness(ours) < 0.5 * unevenness(theirs)


def test_no_line_begins_with_a_dash_or_the_call_of_a_note(paragraphs: list[dict[str, Any]]) -> None:
    """Though Pango would end a line before one."""
    heads = [line["text"] for paragraph in paragraphs for line in paragraph["lines"]]
    assert not [head for head in heads if re.match(r"[\u2013\u2014]|3\b", head)]


def test_no_three_hyphens_in_a_row(paragraphs: list[dict[str, Any]]) -> None:
    """Where lines are wide enough for the words; an author's own hyphen is none."""
    for paragraph in paragraphs:
        ends = [re.search(r"(?<!pre)(?<!post)-$", line["text"]) for line in paragraph["lines"] if paragraph["width"] > 300]
        assert not any(all(ends[place : place + 3]) for place in range(len(ends) - 2)), paragraph["width"]


# The choice of places, beside one by trying all


def _place(byte: int, end: float, start: float, spaces: int, passed: int, solid: float = 0.0, *, hyphen: bool = False) -> Place:
    return Place(byte, end, start, spaces, passed, hyphen, solid, reach=end, head=start)


@some.composite
def places(draw: some.DrawFn) -> list[Place]:
    """Give the places of a paragraph of a few words."""
    found, reach, spaces, solid = [_place(0, 0.0, 0.0, 0, 0)], 0.0, 0, 0.0
    for number in range(draw(some.integers(1, 9))):
        reach += draw(some.floats(5, 40))
        if number and draw(some.booleans()):
            found.append(_place(len(found), reach + 3, reach, spaces, spaces, solid, hyphen=True))
            reach += draw(some.floats(5, 40))
        if draw(some.integers(0, 4)) == 0:  # a picture
            reach, solid = reach + 15, solid + 15
        found.append(_place(len(found), reach, reach + 3, spaces, spaces + 1, solid))
        reach, spaces = reach + 3, spaces + 1
    return found


def demerits(found: list[Place], ends: tuple[int, ...], measure: Measure, first: float, loosest: float) -> float | None:
    """Add up what is to be said against lines that end at some places; None where one cannot be set."""
    total, run, before, width, head = 0.0, 0, 1, first, 0
    for end in ends:
        last = end == len(found) - 1 and not measure.filled
        left = width - (found[end].end - found[head].start)
        between = found[end].spaces - found[head].passed
        letters = measure.give * (width - left - found[end].solid + found[head].solid)
        more = left - between * (measure.best - measure.space)
        limit = between * (totalfit.STRETCH * measure.best if more >= 0 else measure.best - measure.least) + letters
        if last and left >= 0:
            ratio = 0.0
        elif not limit:
            ratio = 0.0 if abs(more) < 1e-6 else inf
        else:
            ratio = more / limit
        if ratio < -1.000001 or ratio > loosest:
            return None
        tight = 0 if ratio < -0.5 else 1 if ratio <= 0.5 else 2 if ratio <= 1 else 3
        run = run + 1 if found[end].hyphen else 0
        total += totalfit.MORE_HYPHENS * (run > totalfit.HYPHENS)
        total += (totalfit.LINE + 100 * abs(ratio) ** 3) ** 2
        total += (
            totalfit.HYPHEN * (run > 0)
            + totalfit.TWO_HYPHENS * (1 < run <= totalfit.HYPHENS)
            + totalfit.CONTRAST * (abs(tight - before) > 1)
        )
        if last:
            total += totalfit.RUNT * (left > width - measure.runt) + totalfit.LAST_HYPHEN * found[head].hyphen
        before, width, head = tight, measure.width, end
    return total


LIMITS = totalfit.EVEN, totalfit.LOOSE, totalfit.LOOSEST


@given(
    places(),
    some.floats(40, 160),
    some.floats(0, 20),
    some.sampled_from(LIMITS),
    some.booleans(),
    some.sampled_from((0.0, 0.02)),
)
def test_no_other_lines_are_better(
    found: list[Place], width: float, indent: float, loosest: float, filled: bool, give: float
) -> None:
    """Of all ways to end the lines of a paragraph, the one with the least demerits is taken, if there is any."""
    measure, first = Measure(width, 3.0, 2.6, 3.4, 30.0, give=give, filled=filled), width - indent
    inner = range(1, len(found) - 1)
    ways = [(*way, len(found) - 1) for count in range(len(found) - 1) for way in combinations(inner, count)]
    costs = [cost for way in ways if (cost := demerits(found, way, measure, first, loosest)) is not None]
    taken = totalfit.fit(found, measure, first, loosest)
    if taken is None:
        assert not costs
        return
    assert taken[-1] == len(found) - 1
    assert all(before < after for before, after in pairwise(taken))
    assert demerits(found, tuple(taken), measure, first, loosest) == pytest.approx(min(costs))


@given(places(), some.floats(15, 80), some.sampled_from(LIMITS))
def test_lines_before_a_word_that_no_line_holds(found: list[Place], width: float, loosest: float) -> None:
    """Where the foot cannot be reached, as much as can be is planned, and that in the best way."""
    measure = Measure(width, 3.0, 2.6, 3.4, 30.0, give=0.02)
    best: dict[int, float] = {}
    for end in range(1, len(found)):
        inner = range(1, end)
        ways = [(*way, end) for count in range(end) for way in combinations(inner, count)]
        costs = [cost for way in ways if (cost := demerits(found, way, measure, width, loosest)) is not None]
        if costs:
            best[end] = min(costs)
    taken = totalfit.fit(found, measure, width, loosest, partly=True)
    assert bool(taken) == bool(best)
    if taken:
        assert taken[-1] == max(best)
        assert demerits(found, tuple(taken), measure, width, loosest) == pytest.approx(best[taken[-1]])


@given(places(), some.floats(40, 160), some.floats(0, 20))
def test_heads_are_balanced(found: list[Place], width: float, indent: float) -> None:
    """No way to set a head in fewer lines, and none in as many that is more even."""
    measure, first = Measure(width, 3.0, 2.6, 3.4, 30.0), width - indent
    inner = range(1, len(found) - 1)

    def unevenness(ends: tuple[int, ...]) -> tuple[int, float]:
        heads = (0, *ends)
        left = [
            (width if head else first) - (found[end].end - found[head].start) for head, end in zip(heads, ends, strict=False)
        ]
        return (len(ends), sum(room**2 for room in left)) if min(left) >= -1e-6 else (99, 0.0)

    ways = [(*way, len(found) - 1) for count in range(len(found) - 1) for way in combinations(inner, count)]
    fewest, evenest = min(map(unevenness, ways))
    taken = totalfit.balance(found, measure, first)
    if taken is None:
        assert fewest == 99
    else:
        lines, uneven = unevenness(tuple(taken))
        assert lines == fewest
        assert uneven == pytest.approx(evenest)


def test_a_head_of_two_lines_ends_in_no_lone_word(tmp_path: Path) -> None:
    """On the page: neither in the title nor in heads."""
    long = "On the reintegration of the post-Soviet area and of the bodies beside it after the treaty"
    head = "A head that is only a little longer than a line of this page can be made to be"
    text = f"---\ntitle: {long}\nauthor: Author One\nlang: en\n---\n\n# {head}\n\nText.\n"
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    process = run(tmp_path, "--to", "pdf", "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
    read = subprocess.run(["pdftotext", tmp_path / "dist" / "article.pdf", "-"], capture_output=True, text=True, check=True)
    lines = [line for line in read.stdout.split("\n") if " " in line and line in f"{long} 1 {head}"]
    assert len(lines) >= 4, read.stdout
    assert all(len(line.split()) > 3 for line in lines), lines


def test_a_style_sheet_may_have_it_otherwise(tmp_path: Path) -> None:
    """No letter is scaled, and nothing stands outside the edge, where it says so; by default both are."""
    words = "Point. Comma, and hyphens - of all kinds; “quoted”, said it. Institutions: characteristically, of an economy. "
    (tmp_path / "article.md").write_text(
        f"---\ntitle: Edges\nauthor: Author One\nlang: en\n---\n\n{words * 30}\n", encoding="utf-8"
    )

    def edges(out: str) -> tuple[set[float], float]:
        process = run(tmp_path, "--to", "pdf", "--out", tmp_path / out)
        assert process.returncode == 0, process.stderr
        assert "proof-differs" not in process.stderr
        with pikepdf.open(tmp_path / out / "article.pdf") as file:
            page = pikepdf.parse_content_stream(file.pages[0])
        told: Any = [(found.operands, found.operator) for found in page]
        scales = {round(float(operands[0]), 4) for operands, operator in told if str(operator) == "Tm"}
        command = ["pdftotext", "-bbox", "-l", "1", str(tmp_path / out / "article.pdf"), "-"]
        boxes = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return scales, max(map(float, re.findall(r'xMax="([\d.]+)"', boxes)))

    scales, widest = edges("ours")
    assert len(scales) > 5
    assert 0.98 <= min(scales) <= 1 < max(scales) <= 1.02
    house = tmp_path / "templates" / "css" / "print-house.css"
    house.parent.mkdir(parents=True)
    house.write_text("body { --hanging-punctuation: none; --glyph-scaling: 0% }", encoding="utf-8")
    plain, within = edges("theirs")
    assert plain == {1.0}
    assert within < widest - 1


def test_spaces_and_letters_set_apart_by_a_style_sheet(tmp_path: Path) -> None:
    """Also where a space stands alone between two boxes, to which WeasyPrint adds a letter of no width."""
    text = "A *first* **second** [third](https://example.org) `fourth` *fifth* **sixth** and more words of it. " * 9
    (tmp_path / "article.md").write_text(f"---\ntitle: Apart\nauthor: Author One\nlang: en\n---\n\n{text}\n", encoding="utf-8")
    house = tmp_path / "templates" / "css" / "print-house.css"
    house.parent.mkdir(parents=True)
    house.write_text("p { word-spacing: 0.2em; letter-spacing: 0.05em }", encoding="utf-8")
    process = run(tmp_path, "--to", "pdf", "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
    assert "proof-differs" not in process.stderr, process.stderr
