"""Words written from right to left: set apart, in fonts of our own, on the grid, and counted by the proof."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from compositor.editions import pdf
from compositor.fonts import alphabets, fontface
from compositor.options import DEFAULT
from compositor.proof.prove import prove
from compositor.reading.manuscript import read
from compositor.setting import direction
from compositor.setting.document import compose
from compositor.setting.sheet import Sheet, lay_out
from tests.conftest import CASES, need

if TYPE_CHECKING:
    from collections.abc import Callable

    from compositor.result import Artifact
    from tests.conftest import Built

CASE = CASES / "features" / "languages-right-to-left"
MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0591-\u05c7\u202a-\u202e]")  # points, and poppler's marks of direction


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    """Set the case."""
    manuscript, _ = read(CASE)
    document, _ = compose(manuscript)
    return lay_out(manuscript, document, DEFAULT)[0]


@pytest.fixture(scope="module")
def printed(sheet: Sheet) -> Artifact:
    """Print the PDF."""
    return pdf.render(sheet)


@pytest.mark.parametrize(
    ("html", "parted"),
    [
        ("A שלום b", 'A <span dir="rtl">שלום</span> b'),
        ("לוי, אברהם. (2026)", '<span dir="rtl">לוי, אברהם</span>. (2026)'),
        ("<em>שלום</em> (2026) שלום", '<em><span dir="rtl">שלום</span></em> (2026) <span dir="rtl">שלום</span>'),
        ('<span dir="rtl">שלום <em>b</em> לכם</span>', '<span dir="rtl">שלום <em>b</em> לכם</span>'),
        ("سنة ١٩٤٨، a", '<span dir="rtl">سنة ١٩٤٨،</span> a'),
        ("no such letter", "no such letter"),
    ],
)
def test_run_keeps_to_itself(html: str, parted: str) -> None:
    """A run of such words is an element of its own, so that a year behind a name does not go before it."""
    assert direction.isolated(html) == parted


def test_fonts_for_other_scripts_come_only_where_they_are_needed(build: Callable[..., Built]) -> None:
    """A text with Hebrew brings Hebrew fonts, one without brings none of them into any edition."""
    need("pdffonts")
    hebrew, plain = CASES / "features" / "languages-hebrew", CASES / "features" / "single-file"
    for case, there in ((hebrew, {"Frank-Ruhl-Libre"}), (plain, set())):
        file = build(case).path("pdf")
        output = subprocess.run(["pdffonts", str(file)], capture_output=True, text=True, check=True).stdout
        families = {re.split(r"[+ ]", row)[1] for row in output.splitlines()[2:]}
        assert families - {family for family in families if re.match("EB-?Garamond|Source", family)} == there
        page = build(case).path("html").read_text(encoding="utf-8")
        assert ("Frank Ruhl Libre" in page) == bool(there)


@pytest.mark.parametrize(
    ("css", "named"),
    [
        ('html { font-family: "EB Garamond", serif; }', 'html { font-family: "EB Garamond", Frank Ruhl Libre, serif; }'),
        ('p { font: 9pt "Source Sans 3" }', 'p { font: 9pt "Source Sans 3", Assistant }'),
        ('@font-face { font-family: "EB Garamond"; }', '@font-face { font-family: "EB Garamond"; }'),
        ('<text font-family="Source Sans 3">EB Garamond', '<text font-family="Source Sans 3, Assistant">EB Garamond'),
        ('h1 { color: "EB Garamond" }', 'h1 { color: "EB Garamond" }'),
    ],
)
def test_face_is_named_behind_the_family_that_it_completes(css: str, named: str) -> None:
    """Style sheets name one family; where a text needs it, the other is named behind, whoever wrote the sheet."""
    assert fontface.accompany(css, alphabets.beside("שלום")) == named
    assert fontface.accompany(css, alphabets.beside("peace")) == css


def test_words_come_back_whole(printed: Artifact) -> None:
    """A reader of the PDF gets every Arabic and Hebrew word that has no points, letter for letter."""
    need("pdftotext")
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    text = subprocess.run(command, input=printed.data, capture_output=True, check=True).stdout.decode()
    words = set(re.findall(r"\w+", MARKS.sub(" ", text)))
    assert {"בראשית", "השמים", "ובזכויותיהם", "الناس", "متساوين", "والحقوق", "بالعربية", "ملاحظة", "سلام"} <= words


def test_lines_keep_their_distance(sheet: Sheet) -> None:
    """A line with such words in it is as tall as another, so that the text keeps to its grid."""
    layout, _ = pdf.lay_out(sheet)
    lines = []

    def walk(box: object) -> None:
        if type(box).__name__ == "LineBox" and getattr(box, "element_tag", "") == "p":
            lines.append(box.height)  # type: ignore[attr-defined]
        for child in getattr(box, "children", None) or ():
            walk(child)

    walk(layout.pages[0]._page_box)
    tall = sheet.paper.line * 96 / 72
    assert sum(abs(height - tall) < 0.01 for height in lines) >= 8


def test_proof_accepts_the_pdf(sheet: Sheet, printed: Artifact) -> None:
    """Poppler's order of such words is no difference."""
    need("pdftotext")
    assert prove(sheet, (printed,), CASE) == []


@pytest.mark.parametrize(
    ("word", "other"), [("האדם", "האדום"), ("الناس", "الباس"), ("בְּרֵאשִׁית", "רֵאשִׁית"), ("1948", "1949"), ("greeting", "meeting")]
)
def test_proof_finds_a_changed_word(word: str, other: str, sheet: Sheet, printed: Artifact) -> None:
    """A word of the text that the PDF does not have is found, and so are figures inside such a passage."""
    need("pdftotext")
    for element in sheet.root.iter():
        if word in (element.text or "") or word in (element.tail or ""):
            before = element.text, element.tail
            element.text, element.tail = ((part or "").replace(word, other, 1) for part in before)
            break
    try:
        assert prove(sheet, (printed,), CASE)
    finally:
        element.text, element.tail = before
