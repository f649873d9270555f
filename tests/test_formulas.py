"""How formulas are drawn: TeX's spaces between their signs, and the place and size of accents, scripts, sums and brackets."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import pypandoc
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from ziamath.nodes.mrow import Mrow

from compositor import maths
from compositor.maths import atoms
from compositor.maths.marks import Sign, Stroke
from tests.conftest import CASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Built

MATH = "{http://www.w3.org/1998/Math/MathML}math"


@cache
def mathml(tex: str, display: bool = False) -> bytes:
    """Give a formula as Pandoc's MathML."""
    mark = "$$" if display else "$"
    written = pypandoc.convert_text(f"{mark}{tex.strip()}{mark}", "html", format="markdown", extra_args=["--mathml"])
    (found,) = etree.fromstring(f"<div>{written}</div>").iter(MATH)
    return bytes(etree.tostring(found, with_tail=False))


def drawn(tex: str, display: bool = False) -> maths.Formula:
    """Draw a formula of TeX."""
    root = etree.fromstring(mathml(tex, display))
    maths.settle(root)
    return maths.draw(root)


def spaced(tex: str) -> str:
    """Give the signs of a formula with the spaces between them, in eighteenths of an em: ``A 5 ⊂ 5 B``."""
    root = etree.fromstring(mathml(tex))
    maths.settle(root)
    for annotation in root.xpath("//*[local-name()='annotation']"):
        annotation.getparent().remove(annotation)
    parts = []
    for element in root.iter():
        gaps = [round(float(element.get(name, "0").removesuffix("em")) * 18) for name in ("lspace", "width", "rspace")]
        text = "" if len(element) or (element.text or "") in atoms.UNSEEN else element.text
        parts += [f" {gap} " if gap else "" for gap in gaps[:2]] + [text] + [f" {gap} " if gap else "" for gap in gaps[2:]]
    return "".join(parts)


@pytest.mark.parametrize(
    ("tex", "spaces"),
    [
        (r"\Box p \to \neg\Diamond\neg p", "□p 5 → 5 ¬◇¬p"),
        (r"A \subset B", "A 5 ⊂ 5 B"),
        (r"a \cdot b", "a 4 ⋅ 4 b"),
        ("a*b", "a 4 * 4 b"),
        (r"x \setminus y", "x 4 \\ 4 y"),
        (r"a - b", "a 4 − 4 b"),
        (r"a = -b", "a 5 = 5 −b"),
        (r"(-1)", "(−1)"),
        (r"-x", "−x"),
        (r"2 \times -3", "2 4 × 4 −3"),
        (r"\|a\| \le b", "∥a∥ 5 ≤ 5 b"),
        (r"|a| + b", "|a| 4 + 4 b"),
        (r"a \parallel b", "a 5 ∥ 5 b"),
        (r"a \mid b", "a 5 ∣ 5 b"),
        (r"c \log p", "c 3 log 3 p"),
        (r"\log(p)", "log(p)"),
        (r"\sin x \cos y", "sin 3 x 3 cos 3 y"),
        (r"\log^2 x", "log2 3 x"),
        (r"f(x, y; z)", "f(x, 3 y; 3 z)"),
        (r"1{,}000", "1,000"),
        (r"f\colon X \to Y", "f: 3 X 5 → 5 Y"),
        (r"\{x : y\}", "{x 5 : 5 y}"),
        (r"x^{a=b}", "xa=b"),
        (r"x^{\log n}", "xlog 3 n"),
        (r"\sum_j a_j", "∑j 3 aj"),
        (r"x \in \mathbb{R}", "x 5 ∈ 5 ℝ"),
        (r"\forall x \, \exists y", "∀x 3 ∃y"),
        (r"x_1, \dots, x_n", "x1, 3 … 3 , 3 xn"),
        (r"a \xrightarrow{f} b", "a 5 →f 5 b"),
        ("n!", "n!"),
        ("a/b", "a/b"),
        (r"\nabla \cdot F", "∇ 4 ⋅ 4 F"),
    ],
)
def test_spaces(tex: str, spaces: str) -> None:
    """Between relations, operators, functions and brackets stand the spaces that TeX has there."""
    assert spaced(tex) == spaces


@pytest.mark.parametrize("pair", [(r"\le", "≤"), (r"\subset", "⊂"), (r"\leadsto", "⇝"), (r"\ll", "≪")])
def test_every_relation_is_as_far(pair: tuple[str, str]) -> None:
    """A relation takes its own width and ten eighteenths of an em, whether the drawing program's dictionary has it or not."""
    tex, sign = pair
    alone = drawn(tex).width  # without the little that a font leaves beside each sign
    assert drawn(f"a {tex} b").width - drawn("ab").width == pytest.approx(alone + maths.SCALE * 10 / 18, abs=0.1), sign


def test_spaces_are_of_the_size_of_the_em() -> None:
    """A quad is an em of the formula's type."""
    assert drawn(r"a\quad b").width - drawn("ab").width == pytest.approx(maths.SCALE, abs=0.01)


@pytest.mark.parametrize("accent", ["hat", "bar", "tilde", "vec", "dot", "ddot"])
@pytest.mark.parametrize("letter", ["x", "f", "M"])
def test_accent_stands_over_its_letter(accent: str, letter: str) -> None:
    """It takes no room beside it, and is not stretched."""
    assert drawn(rf"\{accent} {letter}a").width == pytest.approx(drawn(f"{letter}a").width, abs=0.12)


def test_line_over_several_letters_is_as_long_as_they_are() -> None:
    """So is one below."""
    (rule,) = [mark for mark in drawn(r"\overline{ABC}").marks if isinstance(mark, Stroke)]
    assert rule.kind == "bar"
    assert rule.width > 0.9 * drawn("ABC").width


def test_sum_in_a_line_of_text_is_small() -> None:
    """It is as high as the line, also beside something high; displayed it is larger."""
    line = drawn(r"\sum_j a_j").height
    assert line < 1.4
    assert drawn(r"\int f \, \frac{a}{\frac{b}{c}}").height == pytest.approx(
        drawn(r"f \, \frac{a}{\frac{b}{c}}").height, abs=0.1
    )
    assert drawn(r"\sum a_j", display=True).height > 1.2


def test_limits_stand_beside_in_a_fraction() -> None:
    """A sum in a fraction is that of a line of text, as in TeX, whatever Pandoc calls it."""
    assert drawn(r"\frac{\sum_{i=1}^n x_i}{n}", display=True).height < 2.8


@pytest.mark.parametrize("sign", [r"\sum", r"\bigcup", r"\int", r"\prod"])
def test_large_signs_are_centred(sign: str) -> None:
    """Their middle is the axis, where the bar of a fraction is."""
    found = drawn(sign, display=True)
    assert found.height / 2 - found.depth == pytest.approx(0.258 * maths.SCALE, abs=0.03)


@pytest.mark.parametrize("base", ["(a)", "|a|", r"\|a\|", r"\bar x"])
def test_scripts_stand_as_high_beside_every_letter(base: str) -> None:
    """A bracket is no taller than a letter to its exponent, nor a letter with an accent."""
    tops = [found.height - found.depth for found in (drawn(f"{one}^2", display=True) for one in ("x", base))]
    assert tops[0] == pytest.approx(tops[1], abs=0.1)
    lower = [drawn(f"{one}_2").depth for one in ("x", base)]
    assert lower[0] == pytest.approx(lower[1], abs=0.12)


def test_matrix_has_room_between_rows_and_columns() -> None:
    """The columns are an em apart, and the rows no closer than lines."""
    one, two = drawn(r"\begin{matrix} a \end{matrix}"), drawn(r"\begin{matrix} a & a \\ a & a \end{matrix}")
    assert two.width - 2 * one.width == pytest.approx(maths.SCALE, abs=0.06)
    assert two.height > 2 * maths.SCALE


def test_aligned_lines_read_as_one_formula() -> None:
    """The sign behind the place of alignment has the space that it has in a line, and no more."""
    one, two = drawn("a = b", display=True), drawn(r"\begin{aligned} a &= b \end{aligned}", display=True)
    assert two.width == pytest.approx(one.width, abs=0.05)


def test_words_in_a_formula_have_one_space() -> None:
    """Pandoc says the space at the end of words twice."""
    assert drawn(r"\text{if } x").width - drawn(r"\text{if}x").width == pytest.approx(maths.SCALE / 3, abs=0.02)
    assert drawn(r"\text{ }").width < 1


@pytest.mark.parametrize(
    ("size", "least", "most"), [("big", 1.1, 1.5), ("Big", 1.5, 2.1), ("bigg", 2.1, 2.8), ("Bigg", 2.6, 3.4)]
)
def test_brackets_have_the_size_that_is_asked(size: str, least: float, most: float) -> None:
    r"""``\big`` and its kin are more than a letter high even around one."""
    assert least < drawn(rf"\{size}l( x \{size}r)").height / maths.SCALE < most


def test_accent_of_one_letter_is_not_stretched_on_screens() -> None:
    """``accent`` stands where MathML Core has it, and the mark has a width of its own; that of several letters grows."""
    one, many = (etree.fromstring(mathml(tex)) for tex in (r"\hat x", r"\overline{AB}"))
    for root in (one, many):
        maths.settle(root)
        assert [item.get("accent") for item in root.iter("{*}mover")] == ["true"]
    assert [(item.text, item.get("stretchy")) for item in one.iter("{*}mo")] == [("ˆ", "false")]
    assert [(item.text, item.get("stretchy")) for item in many.iter("{*}mo")] == [("‾", None)]


def test_spaces_of_mathml_stay_as_they_are() -> None:
    """Whoever writes MathML with a space of its own means it; the others are TeX's."""
    root = etree.fromstring(
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>a</mi><mo lspace="1em">=</mo><mi>b</mi></math>'
    )
    maths.settle(root)
    assert dict(root[1].attrib) == {"lspace": "1em", "rspace": "0.278em"}
    assert [element.tag.rpartition("}")[2] for element in root] == ["mi", "mo", "mi"]


def test_screens_have_the_font_of_formulas(build: Callable[..., Built]) -> None:
    """Page and book bring the font that formulas are drawn with on paper, with the letters that they use as they lean."""
    built = build(CASES / "features" / "maths")
    page = built.path("html").read_text(encoding="utf-8")
    (data,) = re.findall(r'font-family: "Formulas";[^}]*base64,([^"]*)"', page)
    with zipfile.ZipFile(built.path("epub")) as book:
        packed = book.read("EPUB/Formulas-400.ttf")
        assert b'href="Formulas-400.ttf"' in book.read("EPUB/package.opf")
    for font in (TTFont(io.BytesIO(base64.b64decode(data))), TTFont(io.BytesIO(packed))):
        assert {ord("𝑥"), ord("𝛼"), ord("∑"), ord("√"), ord("ℝ")} <= set(font.getBestCmap())
        assert "MATH" in font
        assert len(font.getBestCmap()) < 250
    plain = build(CASES / "features" / "code").path("html").read_text(encoding="utf-8")
    assert '"Formulas";' not in plain


def test_comma_stays_with_its_formula(build: Callable[..., Built]) -> None:
    """On screens a formula and the sign behind it are held together."""
    page = html.document_fromstring(build(CASES / "features" / "maths").path("html").read_bytes().decode())
    held = page.xpath("//span[@class='held']")
    assert "." in {span.text_content()[-1] for span in held}
    assert all(span[0].tag == "math" and len(span) == 1 for span in held)


def test_brackets_in_brackets_are_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many in one another take some four times the work, and not its square, then its square again."""
    rows = []
    made = Mrow.__init__

    def counted(row: Any, *arguments: Any, **options: Any) -> None:
        rows.append(row)
        made(row, *arguments, **options)

    monkeypatch.setattr(Mrow, "__init__", counted)
    counts = []
    for depth in (7, 14):
        rows.clear()
        drawn(r"\left(" * depth + "x" + r"\right)" * depth)
        counts.append(len(rows))
    assert counts[1] < 6 * counts[0]


TEX = st.sampled_from(
    [
        "a",
        "+",
        "-",
        "=",
        r"\le ",
        ",",
        r"\log ",
        r"\sum ",
        "|",
        r"\|",
        "(",
        ")",
        r"\cdot ",
        r"\hat x",
        r"\frac12 ",
        "2",
        r"\dots ",
    ]
)


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"x = y + z", ""),  # short
        (r"a \le b \le c \le d + e \le f \le g", "a|≤|b|≤|c|≤|d+e|≤|f|≤|g"),  # at relations
        (r"a + b + c + d + e + f + g = h - i", "a|+|b|+|c|+|d|+|e|+|f|+|g|=|h−i"),  # and where that is not enough
        (r"\left(a + b + c + d + e + f + g + h\right)", ""),  # not inside of brackets that grow
        (r"-1 \le -x + \sum_{i=1}^n x_i \le -1000000 + y", "−1|≤|−x+∑_(i = 1)ⁿ xᵢ|≤|−1000000+y"),  # no sign is taken for two
        (r"f \colon X_{aaaaaa} \to Y_{aaaaaa} \to Z_{aaaaaa}", "f : Xₐₐₐₐₐₐ|→|Yₐₐₐₐₐₐ|→|Zₐₐₐₐₐₐ"),
    ],
)
def test_wide_formula_has_parts(tex: str, parts: str) -> None:
    """A line may end behind its relations, and behind its operations between two that are far apart."""
    found = drawn(tex)
    assert [piece.words for piece in found.parts] == [part for part in parts.split("|") if part]
    for sign in (piece for piece in found.parts[1::2]):
        assert len(sign.marks) == 1
        assert sign.marks[0].x == pytest.approx(0, abs=0.02)


@settings(deadline=None)  # the first formula waits for its font
@given(st.lists(TEX, min_size=1, max_size=30))
def test_parts_are_the_whole(parts: list[str]) -> None:
    """Nothing of a formula is lost in its parts, or in two of them, and each stands inside of its own."""
    found = drawn("".join(parts))
    assert drawn("".join(parts), display=True).parts == ()
    if found.parts:
        pieces = [mark for piece in found.parts for mark in piece.marks]
        assert Counter(map(_bare, pieces)) == Counter(map(_bare, found.marks))
        assert sum(piece.width for piece in found.parts) < found.width
        assert "".join(piece.words for piece in found.parts).replace(" ", "") == found.words.replace(" ", "")
        for piece in found.parts:
            assert all(-0.6 < mark.x < piece.width + 0.1 for mark in piece.marks)


def _bare(mark: Any) -> tuple[Any, ...]:
    return (mark.glyph, mark.size) if isinstance(mark, Sign) else (mark.kind, mark.width)


@settings(deadline=None)
@given(st.lists(TEX, min_size=1, max_size=12))
def test_every_row_of_signs_is_drawn(parts: list[str]) -> None:
    """No row of signs is too odd to have spaces, and none is narrower than without them."""
    found = drawn("".join(parts))
    assert found.width > 0
    assert found.marks
    assert all(-0.5 < mark.x < found.width + 0.1 for mark in found.marks)
