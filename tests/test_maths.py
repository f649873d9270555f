"""Formulas outside the text: in titles, heads and abstracts, drawn on paper and in plain words for catalogues."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pypandoc
import pypdfium2
import pytest
import yaml
from lxml import etree, html

from compositor import maths
from compositor.setting import semantics
from compositor.setting.markup import MATHML
from tests.conftest import CASES, ROOT, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Built

CASE = CASES / "features" / "maths-in-title"
TITLE = "Energy E = mc² in small systems"


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        ("E=mc^2", "E = mc²"),
        (r"\alpha_1", "α₁"),
        (r"x_i^2 \le \frac{1}{2}", "xᵢ² ≤ 1/2"),
        (r"\sqrt{x+1}", "√(x+1)"),
        (r"10^{-3}", "10⁻³"),
        (r"a^{p+q}", "a^(p+q)"),
        (r"\frac{a+b}{2}", "(a+b)/2"),
        (r"SL_2(\mathbb{F}_p)", "SL₂(𝔽ₚ)"),
        (r"A \subset B", "A ⊂ B"),
        (r"2 \log n", "2 log n"),
        (r"f(x,y)", "f(x, y)"),
        (r"5\,\mathrm{km}", "5 km"),
        (r"x^{ab}y^{q}", "xᵃᵇy^q"),
        (r"\sum_{i=1}^n x_i", "∑_(i = 1)ⁿ xᵢ"),
        (r"\lim_{x\to 0} f(x)", "lim_(x → 0) f(x)"),
        (r"x_{j_0}", "x_(j₀)"),
        (r"\hat x + \bar y", "x̂+ȳ"),
        (r"\overline{AB}", "A\u0305B\u0305"),
        (r"\underbrace{a+b}_{n}", "(a+b)ₙ"),
        (r"\sqrt[3]{x+1}", "∛(x+1)"),
        (r"\binom{n}{k}", "(n k)"),
        (r"\begin{pmatrix}a&b\\c&d\end{pmatrix}", "(a b; c d)"),
        (r"f''(x)", "f″(x)"),
        (r"a\phantom{b}c", "ac"),
        (r"a \stackrel{!}{=} b", "a =^! b"),
    ],
)
def test_formula_in_words(tex: str, words: str) -> None:
    """A formula is told in letters and signs that every program shows."""
    written = pypandoc.convert_text(f"${tex}$", "html", format="markdown", extra_args=["--mathml"])
    root = etree.fromstring(f"<div>{written}</div>")
    for formula in maths.formulas(root):
        maths.settle(formula)
    assert " ".join(maths.in_words(root).split()) == words


def _settled(tex: str) -> etree._Element:
    written = pypandoc.convert_text(f"$${tex}$$", "html", format="markdown", extra_args=["--mathml"])
    (formula,) = maths.formulas(etree.fromstring(f"<div>{written}</div>"))
    maths.settle(formula)
    return formula


def test_hat_of_a_bold_letter_is_that_of_a_letter() -> None:
    """It is not as wide as the hat of a word, which would reach over the letters beside it."""
    space = {"m": MATHML.strip("{}")}
    bold, word = _settled(r"\hat{\textbf{u}}"), _settled(r"\widehat{\text{two}}")
    assert [mark.get("stretchy") for mark in bold.findall(".//m:mover/m:mo", space)] == ["false"]
    assert [mark.get("stretchy") for mark in word.findall(".//m:mover/m:mo", space)] != ["false"]
    assert maths.draw(bold).width < 1


def test_lines_of_an_align_are_displayed() -> None:
    """Browsers set the cells of every table small; those of an align have large sums, those of a matrix have not."""
    space = {"m": MATHML.strip("{}")}
    align = _settled(r"\begin{aligned} a &= \sum_{i=1}^n b_i \\ c &= d \end{aligned}")
    matrix = _settled(r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}")
    assert [table.get("displaystyle") for table in align.iterfind(".//m:mtable", space)] == ["true"]
    assert [table.get("displaystyle") for table in matrix.iterfind(".//m:mtable", space)] == [None]


def test_what_is_only_a_formula_is_said_in_words() -> None:
    """A link or a head without other words has the formula's for a name."""
    body = '<div><h2>{0}</h2><h3>Of {0}</h3><a href="#a"> {0} </a></div>'
    root = etree.fromstring(
        body.format('<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math>')
    )
    semantics.name_formulas(root)
    assert [element.get("aria-label") for element in root.iter("h2", "h3", "a")] == ["x²", None, "x²"]


def test_title_is_one_everywhere(build: Callable[..., Built]) -> None:
    """A title with a formula is the same plain words in the page's head, the book, the PDF and the records beside them."""
    built = build(CASE)
    page = html.document_fromstring(built.path("html").read_bytes().decode())
    assert page.findtext(".//title") == TITLE
    metas = {meta.get("name") or meta.get("property"): meta.get("content") for meta in page.iter("meta")}
    assert metas["citation_title"] == metas["og:title"] == f"{TITLE}: Of α₁"
    assert metas["description"] == "About E = mc²."
    (script,) = page.xpath("//script[@type='application/ld+json']")
    assert json.loads(script.text)["headline"] == f"{TITLE}: Of α₁"
    with zipfile.ZipFile(built.path("epub")) as book:
        assert f">{TITLE}</dc:title>" in book.read("EPUB/package.opf").decode()
        assert "1 A head with a² in it" in book.read("EPUB/toc.ncx").decode()
    with pikepdf.open(built.path("pdf")) as file:
        assert file.open_metadata()["dc:title"] == TITLE
        with file.open_outline() as outline:
            assert "1 A head with a² in it" in [item.title for item in outline.root]
    assert yaml.safe_load((built.folder / "CITATION.cff").read_text(encoding="utf-8"))["title"] == f"{TITLE}: Of α₁"
    assert f"TI  - {TITLE}: Of α₁" in (built.folder / "citation.ris").read_text(encoding="utf-8")
    assert json.loads((built.folder / "citation.json").read_text(encoding="utf-8"))[0]["title"] == f"{TITLE}: Of α₁"


def test_title_is_drawn_on_paper(build: Callable[..., Built]) -> None:
    """The PDF shows the formulas of title, contents and citation as drawings with their TeX told, not as TeX."""
    built = build(CASE)
    with pikepdf.open(built.path("pdf")) as file:
        told = [str(item["/Alt"]) for item in file.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
    assert sorted(set(told)) == ["E=mc^2", r"\alpha_1", "a^2"]
    assert told.count("E=mc^2") == 3  # title, abstract, how to cite


def test_manifest_of_the_book_names_files_with_formulas(build: Callable[..., Built]) -> None:
    """Title page and contents hold formulas here, and EPUB wants that said."""
    with zipfile.ZipFile(build(CASE).path("epub")) as book:
        package = book.read("EPUB/package.opf").decode()
    assert re.search(r'id="nav"[^>]*properties="nav mathml"', package)
    assert re.search(r'id="title-page"[^>]*properties="mathml"', package)


def known(tex: str, folder: Path) -> str:
    """Give a formula in the TeX that Pandoc knows."""
    script = folder / "a.lua"
    script.write_text(
        f"package.path = '{ROOT}/compositor/filters/?.lua;' .. package.path\nio.write(require('tex')(io.read('a'), false))"
    )
    pandoc = Path(pypandoc.__file__).parent / "files" / "pandoc"
    said = subprocess.run([pandoc, "lua", script], input=tex, capture_output=True, text=True, check=True)
    return " ".join(said.stdout.split())


CHEMISTRY = {
    "H2O": r"{\mathrm{H}_{2}\mathrm{O}}",
    "SO4^2-": r"{\mathrm{SO}_{4}^{\mathrm{2−}}}",
    "NH4+": r"{\mathrm{NH}_{4}^{+}}",
    "Cl-": r"{\mathrm{Cl}^{−}}",
    "[Fe(CN)6]^3-": r"{[\mathrm{Fe}(\mathrm{CN})_{6}]^{\mathrm{3−}}}",
    "^{227}_{90}Th+": r"{{}^{\mathrm{227}}_{\mathrm{90}}\mathrm{Th}^{+}}",
    "^14C": r"{{}^{\mathrm{14}}\mathrm{C}}",
    "2 H2 + O2 -> 2 H2O": r"{2\,\mathrm{H}_{2} + \mathrm{O}_{2} \rightarrow 2\,\mathrm{H}_{2}\mathrm{O}}",
    "A <=>[k] B": r"{\mathrm{A} \overset{\mathrm{k}}{\rightleftharpoons} \mathrm{B}}",
    "CuSO4 * 5H2O": r"{\mathrm{CuSO}_{4} \cdot 5\,\mathrm{H}_{2}\mathrm{O}}",
    "CH3-CH=CH2": r"{\mathrm{CH}_{3}\text{–}\mathrm{CH}\text{=}\mathrm{CH}_{2}}",
    "CaCO3 v": r"{\mathrm{CaCO}_{3}\,\downarrow}",
    "CO2(aq)": r"{\mathrm{CO}_{2}(\mathrm{aq})}",
}


@pytest.mark.parametrize("formula", CHEMISTRY)
def test_chemical_formulas(formula: str, tmp_path: Path) -> None:
    r"""What chemists write in mhchem's ``\ce`` has its indices, charges, isotopes, bonds and arrows."""
    assert known(rf"\ce{{{formula}}}", tmp_path) == CHEMISTRY[formula]


TEX = {
    # what people write → how Pandoc knows it
    r"a_{\rm x y}^{\bf z}": r"a_{\mathrm{x y}}^{\textbf{z}}",
    r"\mathbf{x}_i + \mathbf y + \mathbf{\beta}": r"\textbf{x}_i + \textbf{y} + \mathbf{\beta}",
    r"\cfrac{1}{\smash{x}} \nicefrac{a}{b}": r"\dfrac{1}{{x}} {a}/{b}",
    r"\begin{dcases} a & b \end{dcases}": r"\begin{cases} a & b \end{cases}",
    r"a\thinspace b\negthinspace c \S 1": r"a\, b\! c § 1",
    r"{\tt f(x)} + {\cal N}(0)": r"{\mathtt{f(x)}} + {\mathcal{N}}(0)",
    r"\rm \left( a \frac{b}{c} \right) = \begin{pmatrix} a & b \\ c & d \end{pmatrix}": (
        r"\mathrm{\left( a \frac{b}{c} \right) = \begin{pmatrix} a & b \\ c & d \end{pmatrix}}"
    ),
    r"\begin{aligned} \rm g &= h \notag \\ a &= b \end{aligned}": r"\begin{aligned} \mathrm{g }&= h \\ a &= b \end{aligned}",
    r"\left\{ \bf a \right.": r"\left\{ \mathbf{a }\right.",
    r"x \thicksim y \\": r"x \sim y",
    r"\{ x \\ y": r"\{ x \ y",
    r"\textcolor{red}{x}": "{x}",
    r"a \space d b": r"a \ d b",
    r"\text{\textsc{Agree} or \textbf{not}} x": r"\text{Agree or not} x",
    r"\rmfamily": r"\rmfamily",
}


@pytest.mark.parametrize("tex", TEX)
def test_tex_that_pandoc_does_not_know(tex: str, tmp_path: Path) -> None:
    """Old commands for fonts, which hold to the end of their group, ends of lines, and what has no effect."""
    assert known(tex, tmp_path) == TEX[tex]


def test_lines_of_a_display(tmp_path: Path) -> None:
    """Lines that end outside any environment stand above each other in every edition, and nothing is told."""
    head = "---\ntitle: A title\nauthor: Author One\n---\n\n"
    text = f"{head}$$a=b \\\\ c={{\\rm d}}$$\n\n\\begin{{equation}}\n{{\\bf a}} \\\\ b\n\\end{{equation}}\n"
    (tmp_path / "article.md").write_text(text)
    process = run(tmp_path, "--to", "all", "--out", tmp_path / "dist", "--json")
    assert json.loads(process.stdout)["problems"] == []
    page = html.fromstring((tmp_path / "dist" / "article.html").read_text())
    assert [len(formula.xpath(".//mtr")) for formula in page.xpath("//math")] == [2, 2]


@pytest.mark.parametrize("look", ["plain", "two-column"])
@pytest.mark.parametrize("terms", [3, 14, 30])
def test_wide_formula_keeps_to_its_column_and_off_its_number(
    terms: int, look: str, tmp_path: Path, build: Callable[..., Built]
) -> None:
    """It is drawn smaller, or moves to the left, where its number would stand in it."""
    sum_of = " + ".join(f"\\frac{{a_{{{term}}}}}{{b_{{{term}}}}}" for term in range(terms))
    text = f"---\ntitle: Wide\nauthor: Author One\nlang: en\n---\n\nText.\n\n$$ S = {sum_of} $$ {{#eq-a}}\n\n{'Text. ' * 90}\n"
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    built = build(tmp_path, "--to", "pdf", "--profile", look)
    assert built.problems == []
    page = pypdfium2.PdfDocument(built.path("pdf").read_bytes())[0]
    words = page.get_textpage()
    left, low, right, high = words.get_charbox(words.get_text_range().index("(1)"))
    drawn = page.render(scale=4, grayscale=True).to_pil().point(lambda shade: 255 * (shade < 200))
    top, bottom = (int(4 * (page.get_height() - edge)) for edge in (high + 8, low - 8))
    start = 4 * words.get_charbox(words.get_text_range().index("Text."))[0]
    formula = drawn.crop((int(start) - 40, top, int(4 * left) - 1, bottom)).getbbox()
    assert formula is not None
    assert formula[0] >= 36  # it begins at the column's edge or behind it
    assert formula[2] < 4 * left - start + 40 - 12  # and ends three points before its number
    assert right - left < 20
