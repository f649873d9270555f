"""The Word document: what an editor finds in it, and that nothing in it depends on when or where it was made."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from compositor.editions import docx
from compositor.options import DEFAULT
from compositor.proof.word import read_docx
from compositor.reading.manuscript import read
from compositor.setting.document import compose
from compositor.setting.sheet import Sheet, lay_out
from tests.conftest import CASES, FEATURES, ROOT, expected, need
from tests.judges import word
from tests.reading import fold, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

EVERY_CONSTRUCT = CASES / "features" / "every-construct"
NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "asvg": "http://schemas.microsoft.com/office/drawing/2016/SVG/main",
    "adec": "http://schemas.microsoft.com/office/drawing/2017/decorative",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
}
VAL = f"{{{NAMES['w']}}}val"


def set_sheet(source: Path) -> Sheet:
    """Set a manuscript."""
    manuscript, _ = read(source)
    return lay_out(manuscript, compose(manuscript)[0], DEFAULT)[0]


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    """Set the case that holds every construct."""
    return set_sheet(EVERY_CONSTRUCT)


@pytest.fixture(scope="module")
def data(sheet: Sheet) -> bytes:
    """Write its Word document."""
    return docx.render(sheet).data


def part(data: bytes, name: str = "word/document.xml") -> etree._Element:
    """Give a part of a document."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read(name))


def styled(data: bytes, style: str) -> list[str]:
    """Give the words of each paragraph of a style, by the name that a person sees in Word."""
    styles = part(data, "word/styles.xml")
    (identifier,) = styles.xpath(f"w:style[w:name/@w:val='{style}']/@w:styleId", namespaces=NAMES)
    found = part(data).xpath(f"//w:p[w:pPr/w:pStyle/@w:val='{identifier}']", namespaces=NAMES)
    return ["".join(paragraph.xpath(".//w:t/text()", namespaces=NAMES)) for paragraph in found]


@pytest.mark.parametrize("case", FEATURES, ids=lambda case: case.name)
def test_every_feature_is_sound_and_says_what_it_should(case: Path, build: Callable[..., Built]) -> None:
    """The Word document of each case is valid, is read back without a difference, and says what the case promises."""
    wanted = expected(case)
    source = next((case / name for name in ("paper.md", "article.md") if (case / name).is_file()), case)
    options = [*wanted.get("options", []), "--to", "docx"]
    built = build(source if wanted.get("single") else case, *options)
    file = built.path("docx")
    assert not word.audit([file])
    assert "proof-differs" not in {item["code"] for item in built.problems}
    reading, _ = read_docx(file.read_bytes())
    said = squeeze(reading.front + "".join([*reading.abstract, *reading.flow, *(w for note in reading.notes for w in note)]))
    for words in [*wanted.get("text", []), *wanted.get("heads", []), *wanted.get("references", [])]:
        if "Abstract" not in words:
            assert squeeze(words) in said, words


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("Title", "Every construct, set once"),
        ("heading 1", "Lists"),
        ("heading 2", "A head with markup"),
        ("heading 3", "A head of the third level"),
        ("caption", "Figure\N{NO-BREAK SPACE}2. A photograph"),
        ("Quote", "A quotation of some length, which stands by itself."),
        ("Bibliography", "Two, A. (2021). A second work. A Publisher."),
        ("Author", "Author One1* 0000-0002-1825-0097"),
        ("Affiliation", "1 An Institution"),
    ],
)
def test_styles_are_words_own(style: str, words: str, data: bytes) -> None:
    """An editor finds heads, captions, quotations and references under the names that Word gives them."""
    assert words in styled(data, style)


def test_notes_are_words_notes(data: bytes) -> None:
    """A note is a footnote of Word's, in the style of one, and its number is Word's."""
    notes = part(data, "word/footnotes.xml").xpath("w:footnote[not(@w:type)]", namespaces=NAMES)
    calls = part(data).xpath("//w:footnoteReference/@w:id", namespaces=NAMES)
    assert [note.get(VAL.replace("val", "id")) for note in notes] == calls
    assert all(note.xpath("w:p[1]/w:pPr/w:pStyle/@w:val", namespaces=NAMES) == ["FootnoteText"] for note in notes)
    assert all(len(note.xpath(".//w:footnoteRef", namespaces=NAMES)) == 1 for note in notes)


def test_heads_over_several_columns_are_ruled() -> None:
    """The rule is the paragraph's, so that it does not run into that of the next cell."""
    body = part(docx.render(set_sheet(CASES / "features" / "spanning-heads")).data)
    ruled = body.xpath("//w:tc//w:p[w:pPr/w:pBdr/w:bottom]", namespaces=NAMES)
    said = ["".join(paragraph.xpath(".//w:t/text()", namespaces=NAMES)) for paragraph in ruled]
    assert said == ["Before", "After", "Temperature 1961-1990 in degree Celsius", "A", "C"]


def test_short_terms_stand_beside_their_meanings() -> None:
    """A term, a tab and what it means are one paragraph, whose further lines begin under the meaning."""
    body = part(docx.render(set_sheet(CASES / "features" / "short-terms")).data).find("w:body", NAMES)
    beside = body.xpath("w:p[w:pPr/w:ind[@w:hanging and @w:hanging = @w:left] and w:r/w:tab]", namespaces=NAMES)
    said = {"".join(item.xpath("w:r/w:t/text()", namespaces=NAMES)).strip() for item in beside}
    assert {"PParis, an imagined library", "ANNational archives"} <= said
    assert all(item.xpath("w:r[1]/w:rPr/w:b", namespaces=NAMES) for item in beside)


def test_landscape_is_a_section() -> None:
    """Each figure or table stands with its notes on pages that lie on their side; the first page alone has no running head."""
    body = part(docx.render(set_sheet(CASES / "features" / "landscape")).data).find("w:body", NAMES)
    sections: list[tuple[str, str]] = []
    said = ""
    for block in body:
        said += "".join(block.xpath(".//w:t/text()", namespaces=NAMES))
        for end in block.xpath("w:pPr/w:sectPr | self::w:sectPr", namespaces=NAMES):
            size = end.find("w:pgSz", NAMES)
            across, down = (int(size.get(VAL.replace("val", name))) for name in "wh")
            sections.append(("landscape" if across > down else "upright", said))
            assert (size.get(VAL.replace("val", "orient")) == "landscape") == (across > down)
            for name in ("w:titlePg", "w:headerReference"):
                assert (end.find(name, NAMES) is not None) == (len(sections) == 1)
            said = ""
    assert [kind for kind, _ in sections] == ["upright", "landscape"] * 4 + ["upright"]
    turned = [fold(words) for kind, words in sections if kind == "landscape"]
    assert turned[0].startswith("Table 1.")
    assert turned[0].endswith("Note. Something about it.")
    assert turned[1] == "Figure 1. A wide figure"
    widths = [int(width) for width in body.xpath("w:tbl[1]/w:tblPr/w:tblW/@w:w", namespaces=NAMES)]
    assert widths[0] > 9100  # twips; an upright page has no more
    columns = [int(width) for width in body.xpath("w:tbl[1]/w:tblGrid/w:gridCol/@w:w", namespaces=NAMES)]
    assert 900 < columns[0] < columns[1]  # "row 7" stands on one line


def test_panels_stand_side_by_side() -> None:
    """In a table without rules, each with its caption, its words for who does not see it, and its letter, in their order."""
    body = part(docx.render(set_sheet(CASES / "features" / "landscape")).data)
    (panels,) = body.xpath("//w:tbl[not(w:tblPr/w:tblStyle)]", namespaces=NAMES)
    cells = panels.xpath("w:tr[1]/w:tc", namespaces=NAMES)
    said = [fold("".join(cell.xpath(".//w:t/text()", namespaces=NAMES))) for cell in cells]
    assert said == ["(a) The left one", "(b) The right one"]
    assert [cell.xpath("string(.//*[local-name()='docPr']/@descr)") for cell in cells] == ["The left one", "The right one"]
    left, right = (int(cell.xpath("string(.//*[local-name()='extent']/@cx)")) for cell in cells)
    assert abs(left / 2 - right) < 2
    assert left < 9072 / 2 * 635
    assert not panels.xpath(".//w:tblBorders | .//w:tcBorders", namespaces=NAMES)
    caption = panels.getnext()
    assert fold("".join(caption.xpath(".//w:t/text()", namespaces=NAMES))) == "Figure 2. Two panels."


def test_captions_and_references_are_fields(data: bytes) -> None:
    """Figures, tables and equations count themselves, and references look the numbers up; counted again, none changes."""
    fields = [" ".join(item.split()) for item in part(data).xpath("//w:fldSimple/@w:instr", namespaces=NAMES)]
    assert fields.count("SEQ Figure \\* ARABIC") == 3
    assert fields.count("SEQ Table \\* ARABIC") == 5
    assert fields.count("SEQ Table_A \\* ARABIC") == 1  # in the appendix, and HTML
    assert fields.count("SEQ Equation \\* ARABIC") == 1
    assert "REF fig_drawing \\h" in fields
    assert "REF sec_lists \\n \\h" in fields
    assert read_docx(data)[1] == []


def test_heads_are_counted_by_word(data: bytes) -> None:
    """No number of a head is typed: an editor who adds a section has the others counted anew."""
    assert "Lists" in styled(data, "heading 1")
    assert "More" in styled(data, "heading 1")
    reading, _ = read_docx(data)
    said = " ".join(reading.flow)
    for head in ("1 Lists", "1.1.1.1 A head of the fourth level", "A More", "A.1 A part"):
        assert head in said


def test_header_rows_are_repeated(data: bytes) -> None:
    """Each row of a table's head is one for Word too, and no other row is."""
    rows = part(data).xpath("//w:tr[w:trPr/w:tblHeader]", namespaces=NAMES)
    assert [fold(" ".join(row.xpath(".//w:t/text()", namespaces=NAMES))) for row in rows] == [
        "Left Centre Right Default",
        "Location Warmth",
        "low high",
        "Measure Value",
        "Number Words in a cell Square",
        "One Two",
    ]


def test_pictures_have_svg_png_and_words(data: bytes) -> None:
    """An SVG stands behind a PNG; each picture has its alternative text, and one that shows nothing says so."""
    document = part(data)
    named = document.xpath("//wp:docPr", namespaces=NAMES)
    assert [item.get("descr") for item in named][:2] == ["Three rising bars", "A plain field of colour"]
    assert len({item.get("id") for item in named}) == len(named) == 6
    assert len(document.xpath("//asvg:svgBlip", namespaces=NAMES)) == 3
    assert [item.get("descr") for item in document.xpath("//wp:docPr[.//adec:decorative]", namespaces=NAMES)] == [None]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        pictures = {name.rsplit("/", 1)[-1]: package.read(name)[:8] for name in package.namelist() if "/media/" in name}
    assert sorted(pictures) == ["fig-1.png", "fig-1.svg", "fig-2.png"]
    assert pictures["fig-1.png"] == b"\x89PNG\r\n\x1a\n"


def test_formulas_are_words_own(data: bytes, sheet: Sheet) -> None:
    """Each formula is one that Word can edit."""
    formulas = sheet.root.xpath("//*[local-name()='math']")
    assert len(part(data).xpath("//m:oMath", namespaces=NAMES)) == len(formulas) > 0


def test_languages_are_named(data: bytes) -> None:
    """The document has its language, and a passage in another has that one: for spelling, and for voices."""
    assert part(data, "word/styles.xml").xpath("string(//w:docDefaults//w:lang/@w:val)", namespaces=NAMES) == "en-GB"
    runs = part(data).xpath("//w:r[w:rPr/w:lang/@w:val='ru']//w:t/text()", namespaces=NAMES)
    assert runs == ["Привет, мир"]


def test_properties_come_from_the_article(data: bytes) -> None:
    """Title, authors, keywords, language and dates are the article's own."""
    core = part(data, "docProps/core.xml")
    found = {etree.QName(item).localname: item.text for item in core}
    assert found["title"] == "Every construct, set once: A text for the judges"
    assert found["creator"] == "Author One; Author Two"
    assert found["keywords"] == "first; second & third"
    assert found["language"] == "en-GB"
    assert found["created"] == found["modified"] == "2026-01-02T00:00:00Z"


def test_a_manuscript_without_a_date_is_not_dated(tmp_path: Path) -> None:
    """Without a date of the article there is none in the file: the clock is not asked."""
    (tmp_path / "article.md").write_text("---\ntitle: Undated\n---\n\n# First\n\nWords.\n", encoding="utf-8")
    core = part(docx.render(set_sheet(tmp_path)).data, "docProps/core.xml")
    assert not core.xpath("dcterms:*", namespaces=NAMES)


def test_bytes_depend_on_the_sources_alone(data: bytes) -> None:
    """The same manuscript, set again, gives the same bytes."""
    assert docx.render(set_sheet(EVERY_CONSTRUCT)).data == data


@pytest.mark.parametrize(
    ("profile", "line", "numbered", "page"),
    [
        ("plain", "288", False, "11906"),
        ("lithuanian-annual-strategic-review", "240", False, "11906"),
        ("journal-of-global-south-studies", "480", False, "11906"),
        ("mcgill-journal-of-medicine", "480", True, "12240"),
    ],
)
def test_journal_gives_the_manuscript_its_form(
    profile: str, line: str, numbered: bool, page: str, build: Callable[..., Built], tmp_path: Path
) -> None:
    """Spacing, line numbers and paper are the profile's; Office's schemas find no fault, and LibreOffice opens it."""
    file = build(EVERY_CONSTRUCT, "--to", "docx", "--profile", profile).path("docx")
    data = file.read_bytes()
    spacing = "string(w:style[@w:styleId='Normal']/w:pPr/w:spacing/@w:line)"
    assert part(data, "word/styles.xml").xpath(spacing, namespaces=NAMES) == line
    assert part(data).xpath("//w:lnNumType/@w:restart", namespaces=NAMES) == ["continuous"] * numbered
    assert part(data).xpath("string(//w:pgSz/@w:w)", namespaces=NAMES) == page
    assert word.audit([file]) == []
    if numbered:
        assert "a2+b2=c2" in "".join(word.printed(file, tmp_path))


def test_libreoffice_prints_every_word(build: Callable[..., Built], tmp_path: Path) -> None:
    """LibreOffice opens the article, counts heads, notes and fields itself, and prints every letter that was set."""
    need("pdftotext")
    file = build(ROOT / "manuscript", "--to", "docx").path("docx")
    reading, _ = read_docx(file.read_bytes())
    pages = word.printed(file, tmp_path)
    flow = squeeze("".join(reading.flow))
    start = pages[0].index(flow[:60])
    assert squeeze("".join(reading.abstract)) in pages[0][:start]
    tables = part(file.read_bytes()).xpath("//w:tr[w:trPr/w:tblHeader]", namespaces=NAMES)
    heads = [squeeze("".join(row.xpath(".//w:t/text()", namespaces=NAMES))) for row in tables]
    notes = "".join(f"{number}{squeeze(''.join(note))}" for number, note in enumerate(reading.notes, start=1))
    assert word.unread([pages[0][start:], *pages[1:]], flow, notes, heads) == ""


def test_libreoffice_shows_formulas(build: Callable[..., Built], tmp_path: Path) -> None:
    """The formulas of the case with every construct are on the page too."""
    need("pdftotext")
    pages = "".join(word.printed(build(EVERY_CONSTRUCT, "--to", "docx").path("docx"), tmp_path))
    assert re.search(r"Inlinea2\+b2=c2", pages)


def test_boxes_have_a_style_of_their_own(tmp_path: Path) -> None:
    """Their title, too; a list in one stands in it, and no space is left behind the title's last word."""
    text = "---\ntitle: A\nlang: en\n---\n\n::: callout-note\n## Memory\nWords.\n\n- one\n:::\n\nBehind.\n"
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    data = docx.render(set_sheet(tmp_path)).data
    assert (styled(data, "Box Title"), styled(data, "Box")) == (["Memory"], ["Words.", "one"])


def test_words_of_a_narrow_column_stay_whole(tmp_path: Path) -> None:
    """A column that its source makes narrow by the length of its dashes alone has room for its longest word."""
    row = "| 1611, 4 March | Her brother writes of the loss of the ship, with all hands, off the skerries | tombstone |"
    rule = f"|{'-' * 24}|{'-' * 60}|{'-' * 8}|"
    text = f"---\ntitle: A title\nauthor: Author One\n---\n\n| Date | Event | Source |\n{rule}\n{row}\n"
    (tmp_path / "article.md").write_text(text)
    body = part(docx.render(set_sheet(tmp_path / "article.md")).data)
    widths = [int(width) for width in body.xpath("//w:tblGrid/w:gridCol/@w:w", namespaces=NAMES)]
    assert widths[2] > 230 + 130 * len("tombstone")  # twips: its margins, and what a letter takes
    assert widths[2] < widths[0] < widths[1]
