"""Formulas in the PDF: letters of their font to who looks, words to who copies, and formulas to who listens."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest

from compositor.pages import plates
from tests.conftest import CASES, need

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PIL.Image import Image

    from tests.conftest import Built

CASE = CASES / "features" / "mathematics"
HEAD = "---\ntitle: Formulas\nauthor: Author One\nlang: en\n---\n\n"


@pytest.fixture
def printed(build: Callable[..., Built], tmp_path: Path) -> Callable[[str], bytes]:
    """Print a text."""

    def render(text: str) -> bytes:
        path = tmp_path / f"{hashlib.sha256(text.encode()).hexdigest()[:8]}.md"
        path.write_text(HEAD + text)
        return build(path, "--to", "pdf").path("pdf").read_bytes()

    return render


def page(data: bytes) -> Image:
    """Draw the first page, in four dots a point."""
    shown: Image = pypdfium2.PdfDocument(data)[0].render(scale=4).to_pil()
    return shown


def shown(text: str) -> str:
    """Give a text without the signs around its formulas."""
    return text.replace(plates.BOUND, "").replace(plates.LEFT_TO_RIGHT, "")


def structure(data: bytes, tmp_path: Path) -> dict[str, list[str]]:
    """Give the alternative texts of a file by the kind of what has them."""
    path = tmp_path / "of.pdf"
    path.write_bytes(data)
    found: dict[str, list[str]] = {}
    with pikepdf.open(path) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/Alt" in item:
                found.setdefault(str(item["/S"]), []).append(str(item["/Alt"]))
    return found


def test_formula_is_letters_of_its_font(printed: Callable[[str], bytes]) -> None:
    """The page has a font for it, and neither outlines nor pictures."""
    file = pypdfium2.PdfDocument(printed(r"Let $\sum_{i=1}^n x_i \le \sqrt{2}$ hold."))
    kinds = {item.type for item in file[0].get_objects()}
    assert kinds <= {pypdfium2.raw.FPDF_PAGEOBJ_TEXT, pypdfium2.raw.FPDF_PAGEOBJ_PATH}  # rules, and the bar of the root
    assert len([item for item in file[0].get_objects() if item.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH]) < 6


def test_formula_is_copied_in_words(printed: Callable[[str], bytes]) -> None:
    """Two programs that take the text of a page out have the same, in its place in the sentence."""
    need("pdftotext")
    data = printed(r"Let $x_i^2 \le \frac{a+b}{2}$ hold, and $\hat\beta$.")
    wanted = "Let xᵢ² ≤ (a+b)/2 hold, and β̂."
    poppler = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
    pdfium = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
    for text in (poppler, pdfium):
        assert wanted in " ".join(shown(text).split())


def test_formula_beside_words_from_right_to_left(build: Callable[..., Built], tmp_path: Path) -> None:
    """It parts none of them from their places, in such a passage or in another."""
    word = "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}\N{HEBREW LETTER VAV}\N{HEBREW LETTER FINAL MEM}"
    text = f"The word {word} $x^2$ and $y$ {word}, it says.\n\n::: {{lang=he dir=rtl}}\n{word} $a_1 + a_2$ {word}.\n:::\n"
    (tmp_path / "article.md").write_text(HEAD + text, encoding="utf-8")
    built = build(tmp_path / "article.md", "--to", "pdf,html")
    assert [problem for problem in built.data["problems"] if problem["code"] == "proof-differs"] == []


def test_what_was_read_is_parted_from_formulas() -> None:
    """Only what stands between two bounds is taken out."""
    assert plates.without(f"Let {plates.bounded('a b')}, and {plates.bounded('c')}.").split() == ["Let", ",", "and", "."]
    assert plates.without(f"One {plates.BOUND} alone") == f"One {plates.BOUND} alone"


def test_formula_is_tagged_as_one(printed: Callable[[str], bytes], tmp_path: Path) -> None:
    """Its alternative text is its source."""
    told = structure(printed("Let $a^2$ be, and\n\n$$b_2 = c$$ {#eq-one}\n"), tmp_path)
    assert told == {"/Formula": ["a^2", "b_2 = c"]}


def test_words_of_a_picture_are_no_formula(build: Callable[..., Built], tmp_path: Path) -> None:
    """Whatever an author calls a picture, a figure it is."""
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>')
    text = "A ![compositor:formula x](a.svg) and ![compositor:formula-goes-on](a.svg) and $x$.\n"
    (tmp_path / "article.md").write_text(HEAD + text)
    data = build(tmp_path / "article.md", "--to", "pdf").path("pdf").read_bytes()
    assert structure(data, tmp_path) == {"/Figure": [" compositor:formula x", " compositor:formula-goes-on"], "/Formula": ["x"]}


def test_mathml_of_no_form_is_told(build: Callable[..., Built], tmp_path: Path) -> None:
    """Elements of an author's that lack their parts are an error in the text, and comments none."""
    wrong = '<math><msup><mi>x</mi></msup></math> <math><mover accent="true"/></math> <math><!-- c --><mi>x</mi></math>'
    (tmp_path / "article.md").write_text(f"{HEAD}A {wrong}.\n")
    codes = {problem["code"] for problem in build(tmp_path / "article.md", "--to", "pdf").data["problems"]}
    assert codes == {"math-failed"}


@pytest.mark.parametrize(
    "tex",
    [
        r"\left(\begin{matrix} a \\ b \\ c \\ d \\ e \\ f \end{matrix}\right)",  # brackets that are put together
        r"\overbrace{a+b+c+d+e+f+g+h}",
        r"\boxed{a+b}",
        r"\frac{a}{\sqrt{b}}",
        r"\mathbb{R}\mathcal{F}\mathfrak{g}\mathsf{x}",
    ],
)
def test_every_kind_of_mark_is_drawn(printed: Callable[[str], bytes], tex: str) -> None:
    """There is ink where the formula is, as nothing is where it is a phantom."""
    shown, phantom = (page(printed(f"$${text}$$")).convert("L") for text in (tex, rf"\phantom{{{tex}}}"))
    assert shown.histogram()[0] > phantom.histogram()[0] + 50


def test_colour_is_that_of_the_text_unless_another_is_asked(printed: Callable[[str], bytes]) -> None:
    """A letter that is asked for in red is red, and a formula in blue text blue."""
    other = '<math><mi mathcolor="currentColor">x</mi><mi mathcolor="#no">x</mi></math>'
    text = f'A <math><mi mathcolor="red">x</mi></math> and <span style="color: blue">$y$ {other}</span>.'
    colours = {pixel for _, pixel in page(printed(text)).convert("RGB").getcolors(1 << 24) or ()}
    assert {(255, 0, 0), (0, 0, 255)} <= colours


WIDE = r"$a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 = b_1 + b_2 + b_3 + b_4 + b_5 + b_6 + b_7$"


def test_line_ends_inside_a_wide_formula(printed: Callable[[str], bytes]) -> None:
    """It ends behind a sign, and no line is wide or narrow for it; the words of the formula come in their order."""
    need("pdftotext")
    data = printed(f"It follows from what was said above that here {WIDE}, and that the rest is {WIDE} as well.")
    text = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
    paragraph = next(part for part in shown(text).split("\n\n") if "It follows" in part)
    lines = [line.strip() for line in paragraph.split("\n") if line.strip() and "Author" not in line]
    assert sum(line.endswith(("+", "=")) for line in lines) >= 1
    assert not any(line.startswith(("+", "=", ",")) for line in lines)
    assert "here a₁ + a₂ + a₃ + a₄ + a₅ + a₆ + a₇ = b₁ + b₂" in " ".join(lines)


def test_formula_of_several_parts_is_one_to_who_listens(printed: Callable[[str], bytes], tmp_path: Path) -> None:
    """Also where it begins on one page and ends on the next: every piece of marked content leads back to it."""
    words = "It is said once more, so that the page is full. " * 14
    text = "\n\n".join([words] * 3 + [f"So {WIDE}, and again {WIDE}, {WIDE} and {WIDE}."] * 12)
    data = printed(text)
    assert structure(data, tmp_path) == {"/Formula": [WIDE.strip("$")] * 48}
    with pikepdf.open(io.BytesIO(data)) as pdf:
        parents = pdf.Root.StructTreeRoot.ParentTree.Nums
        pages = {int(number): list(found) for number, found in zip(parents[::2], parents[1::2], strict=True)}
        formulas = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Formula"]
        over = 0
        for formula in formulas:
            places = []
            for kid in formula.K:
                page, number = (kid.Pg, kid.MCID) if isinstance(kid, pikepdf.Dictionary) else (formula.Pg, kid)
                assert pages[int(page.StructParents)][int(number)].objgen == formula.objgen
                places.append(page.objgen)
            assert len(places) == 27
            over += len(set(places)) > 1
        assert over > 0


def test_same_formula_is_drawn_once(printed: Callable[[str], bytes]) -> None:
    """Each further one costs a few letters of the file, and no font of its own."""
    one, many = (printed(" and ".join(["$x^2$"] * count)) for count in (1, 40))
    assert len(many) - len(one) < 6000
    fonts = [re.findall(rb"/BaseFont ?/\w{6}\+(Formulas)", _unpacked(data)) for data in (one, many)]
    assert len(fonts[0]) == len(fonts[1]) > 0


def _unpacked(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()
