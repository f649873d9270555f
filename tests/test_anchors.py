"""Combining marks stand on their letters and are drawn with one font, in every weight and slope, in every edition."""

from __future__ import annotations

import base64
import ctypes
import io
import re
import unicodedata
import zipfile
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import uharfbuzz
from fontTools.ttLib import TTFont

from compositor.fonts import alphabets, cutting, typefaces
from tests import fonts as own
from tests.conftest import Built, run

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "---\ntitle: A title\nauthor: Author One\ndate: 2026-01-01\n---\n\n"
# of phoneticians, Russian stress, Greek, Vedic, two marks on a side; the italic has no ɑ and few more
ROMAN = "ɑ̃ ɪ̃ ɲ̊ ʃ̺ ɹ̩ ɒ̃ ɔ̃ ə̃ ʊ̃ ɔ́ ɔ̀ ə́ ŋ̊ o̹ ɔ̹ o̜ n̩ t̪ d̼ ɣ̞ y̥ k̫ ɔ̖ ю́ я́ а́ ы́ Я́ ᾱ́ ᾱ̓ r̥̄ l̥̄́ ə̃́ ā́ ḷ̥"
ITALIC = ROMAN.split(" ", 6)[-1]

Box = tuple[float, float, float, float]  # left, bottom, right, top


def shaped(data: bytes, text: str, weight: int | None = None) -> list[Box]:
    """Give the box of each glyph of a text, as HarfBuzz sets it."""
    font = uharfbuzz.Font(uharfbuzz.Face(data))
    if weight:
        font.set_variations({"wght": weight})
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    found, at = [], 0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        assert info.codepoint, text
        extents = font.get_glyph_extents(info.codepoint)
        left, top = at + place.x_offset + extents.x_bearing, place.y_offset + extents.y_bearing
        found.append((left, top + extents.height, left + extents.width, top))
        at += place.x_advance
    return found


def astray(boxes: list[Box], cluster: str, slant: float = 0) -> bool:
    """Whether a mark of a cluster is not over or under what stands before it, or beside it."""
    last = {True: boxes[0], False: boxes[0]}  # what stands outermost, above and below
    for mark, box in zip(cluster[1 - len(boxes) :], boxes[1:], strict=True):
        above = unicodedata.combining(mark) == 230
        before, last[above] = last[above], box
        gap = box[1] - before[3] if above else before[1] - box[3]
        middle = [(left + right) / 2 - (bottom + top) / 2 * slant for left, bottom, right, top in (before, box)]
        if not -60 <= gap <= 150 or abs(middle[0] - middle[1]) > 150:
            return True
    return False


@pytest.mark.parametrize(("style", "text", "slant"), [("normal", ROMAN, 0), ("italic", ITALIC, 0.31)], ids=["roman", "italic"])
@pytest.mark.parametrize("weight", [400, 600, 700])
def test_marks_stand_on_their_letters(style: str, text: str, slant: float, weight: int) -> None:
    """In fonts cut for print and in those that vary, for the web, whatever the script and however many the marks."""
    face = next(face for face in alphabets.anchored(text) if face.style == style)
    for data, varied in ((cutting.cut(face, (), weight), None), (cutting.cut(face, cutting.blocks_of(text)), weight)):
        clusters = unicodedata.normalize("NFC", text).split()
        assert [item for item in clusters if astray(shaped(data, item, varied), item, slant)] == []


def test_what_the_font_says_itself_stays() -> None:
    """Marks on the letters of European languages stand where they stood."""
    for old, new in zip(typefaces.FACES[:2], alphabets.anchored("r̃"), strict=True):
        for cluster in ("r̃", "m̃", "ẹ́", "g̃", "a̱", "n̥", "ą́"):
            assert shaped(old.read(), cluster) == shaped(new.read(), cluster)


@pytest.mark.parametrize("style", ["normal", "italic"])
def test_a_dot_gives_way_to_a_mark(style: str) -> None:
    """The i of Ukrainian with its stress, and others, have the mark where the dot was; with a mark below they keep it."""
    face = next(face for face in alphabets.anchored("і́") if face.style == style)
    data = cutting.cut(face, cutting.blocks_of("і́"), 400)
    for cluster in ("і́", "ј̏", "i̊", "j̊"):
        letter, mark = shaped(data, cluster)
        assert letter[3] < 450 < mark[1] + 60
    assert shaped(data, "i̥")[0] == shaped(data, "i")[0]


@pytest.mark.parametrize("text", ["Words, é, ǟ and Ệ; e\u0301 is one sign.", "Русский ё", "ᾅ", "בְּרֵא", "كِتَاب", "汉语", ""])
def test_a_text_of_whole_signs_has_the_faces_it_had(text: str) -> None:
    """What is worked out for others costs it nothing, and changes no byte of it."""
    assert alphabets.anchored(text) == ()


def test_every_edition_has_them(tmp_path: Path) -> None:
    """Pages, book and web page have fonts in which the marks stand on their letters."""
    clusters = ["ɔ̃", "ə́", "ŋ̊", "o̹", "ю́", "я́"]
    source = tmp_path / "article.md"
    source.write_text(HEAD + "\n\n".join(f"{item} *{item}* **{item}**" for item in clusters) + "\n")
    result = Built(tmp_path / "dist", run(source, "--out", tmp_path / "dist", "--json"))
    assert [item for item in result.problems if item["severity"] == "error"] == []
    page = result.path("html").read_text()
    packed = re.search(r'font-family: "EB Garamond";\s*font-style: normal;.*?base64,([^")]+)', page, re.DOTALL)
    assert packed
    unpacked = io.BytesIO()
    with TTFont(io.BytesIO(base64.b64decode(packed[1]))) as font:
        font.flavor = None
        font.save(unpacked)
    with zipfile.ZipFile(result.path("epub")) as book:
        data = [unpacked.getvalue(), *(book.read(f"EPUB/EBGaramond-{weight}.ttf") for weight in (400, 600))]
    assert [item for font in data for item in clusters if astray(shaped(font, item), item)] == []
    assert _beside(result.path("pdf")) == []


def test_a_letter_that_the_italic_lacks_keeps_its_mark(tmp_path: Path) -> None:
    """It stands upright among slanted ones, as it did, and its mark with it."""
    source = tmp_path / "article.md"
    source.write_text(HEAD + "*ɑ̃ ɪ̃ ɒ́ words*\n")
    result = Built(tmp_path / "dist", run(source, "--out", tmp_path / "dist", "--json", "--to", "pdf"))
    assert _beside(result.path("pdf")) == []


@pytest.fixture
def lacking(tmp_path: Path) -> Path:
    """Give a manuscript with a mark that no font of ours has, and with the same letter without one."""
    folder = tmp_path / "manuscript"
    (folder / "fonts").mkdir(parents=True)
    (folder / "article.md").write_text(HEAD + "Of m\u0359 and some words.\n")
    return folder


def test_a_font_of_the_author_s_that_has_the_mark_has_its_letter_too(lacking: Path) -> None:
    """Letter and mark are cut out of one font, the first that has both, and drawn with it; the letter alone is not."""
    (lacking / "fonts" / "a.ttf").write_bytes(own.own("\u0359", "Mark Alone"))
    (lacking / "fonts" / "b.ttf").write_bytes(own.own("abdemnorsw\u0359", "Both Boxes"))
    out = lacking.parent / "dist"
    result = Built(out, run(lacking, "--out", out, "--json"))
    assert [item for item in result.problems if item["code"].startswith("font")] == []
    with zipfile.ZipFile(result.path("epub")) as book:
        assert not [name for name in book.namelist() if "MarkAlone" in name]
        with TTFont(io.BytesIO(book.read("EPUB/BothBoxes-400.ttf"))) as font:
            assert set(font.getBestCmap()) - {0x20} == {0x6D, 0x359}
    named = _drawn_with(result.path("pdf"))
    assert {name for sign, name in named if sign == "\u0359"} == {"Both"}
    assert [name for sign, name in named if name == "Both" and sign != "\u0359"] == ["Both"]
    assert ("m", "EB") in named


def test_a_mark_that_no_font_has_with_its_letter_is_set_all_the_same(lacking: Path) -> None:
    """A font of marks alone is better than none."""
    (lacking / "fonts" / "a.ttf").write_bytes(own.own("\u0359", "Mark Alone"))
    out = lacking.parent / "dist"
    result = Built(out, run(lacking, "--out", out, "--json", "--to", "pdf"))
    assert [item for item in result.problems if item["code"].startswith("font")] == []


def _drawn_with(file: Path) -> list[tuple[str, str]]:
    """Give each sign of a PDF's first page with the first word of its font's name."""
    words = pypdfium2.PdfDocument(file)[0].get_textpage()
    found = []
    for index, sign in enumerate(words.get_text_range()):
        name = ctypes.create_string_buffer(100)
        pypdfium2.raw.FPDFText_GetFontInfo(words, index, name, len(name), None)
        found.append((sign, name.value.decode().partition("+")[2].partition("-")[0]))
    return found


def _beside(file: Path) -> list[str]:
    """Give the marks of a PDF's first page that stand beside their letters."""
    words = pypdfium2.PdfDocument(file)[0].get_textpage()
    found, letter = [], (0.0, 0.0)
    for index, sign in enumerate(words.get_text_range()):
        left, _, right, _ = words.get_charbox(index)
        if not unicodedata.combining(sign):
            letter = (left, right)
        elif not letter[0] <= (left + right) / 2 <= letter[1] + 1:
            found.append(f"{sign} at {left:.0f}")
    return found
