"""Details that a copy-editor looks for: heads of an abstract, widths of tables, marks of notes, numbers kept whole."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from lxml import etree, html

from compositor.model import Paper
from compositor.pages import breaks, shortcells, widetables
from compositor.pages.breaks import ZERO_WIDTH_SPACE
from compositor.setting import semantics
from compositor.setting.markup import inner, parse
from compositor.setting.ties import tied
from tests.conftest import CASES, need
from tests.reading import fold
from tests.test_pdf import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "details"
HEAD = "---\ntitle: T\nauthor: Author One\ndate: 2026-11-28\nlang: {}\n---\n\n"


@pytest.fixture
def page(build: Callable[..., Built]) -> html.HtmlElement:
    """Give the web page of the case."""
    return html.document_fromstring(build(CASE, "--to", "all").path("html").read_bytes().decode())


def test_abstract_has_sections_in_jats_alone(page: html.HtmlElement, build: Callable[..., Built]) -> None:
    """Its heads run in elsewhere; archives read them as titles of sections."""
    said = [fold(part.text_content()) for part in page.xpath("//section[@id='abstract']/p/strong")]
    assert said == ["Background.", "Methods:"]
    article = etree.fromstring(build(CASE, "--to", "all").path("jats").read_bytes())
    assert article.xpath("//abstract/sec/title/text()") == ["Background.", "Methods:"]
    assert article.xpath("//abstract/sec/p/text()") == ["Why it was done.", "How it was done."]


def test_titles_and_signs(page: html.HtmlElement) -> None:
    """A title of one paragraph is none; a sign that has a size is an operator."""
    assert [child.tag for child in page.xpath("//h1")[0]] == []
    assert [item.text for item in page.iter("mo") if item.get("minsize")] == ["/"]


def test_columns_of_a_table(page: html.HtmlElement) -> None:
    """Widths that are all alike were not chosen; a table that the page has no room for is set smaller in print."""
    (free,) = page.xpath("//table[@id='tbl-free']")
    assert not free.xpath(".//col/@style")
    (wide,) = page.xpath("//table[@id='tbl-wide']")
    assert wide.xpath(".//col/@style")
    root = parse(etree.tostring(page.find(".//main"), encoding="unicode"))
    widetables.shrink(root, 300, 500)
    assert ["--shrink" in table.get("style", "") for table in root.iter("table")] == [False, True]


def test_wide_table_stays_in_the_measure(build: Callable[..., Built]) -> None:
    """No letter stands farther right than the text does."""
    need("pdftotext")
    document = pypdfium2.PdfDocument(build(CASE, "--to", "all").path("pdf"))
    rights = []
    for sheet in document:
        reader = sheet.get_textpage()
        rights.append(max(reader.get_charbox(index)[2] for index in range(reader.count_chars())))
        assert rights[-1] < sheet.get_width() - 60
    assert len(rights) == 2


def test_statements_stand_before_appendices(page: html.HtmlElement) -> None:
    """What belongs to the article does not look like a part of its last appendix."""
    heads = [fold(head.text_content()) for head in page.iter("h2")]
    assert heads.index("Funding") < next(place for place, head in enumerate(heads) if "Questionnaire" in head)


def test_verse_in_a_note_has_no_empty_lines(build: Callable[..., Built]) -> None:
    """Its lines are as close as those of the note."""
    need("pdftotext")
    (lines,) = [lines for lines in layout(build(CASE, "--to", "all").path("pdf")) if any("Warte" in line[3] for line in lines)]
    tops = [line[1] for words in ("Warte nur", "ruhest du", "Und ruh") for line in lines if line[3].startswith(words)]
    assert [round(below - above) for above, below in pairwise(tops)] == [11, 11]


def test_author_s_columns_stand_side_by_side(build: Callable[..., Built]) -> None:
    """Lines of a text and of its translation share their height, and are not broken."""
    need("pdftotext")
    lines = layout(build(CASE, "--to", "all").path("pdf"))[0]
    tops = {line[3]: line[1] for line in lines}
    whole = next((text for text in tops if text.startswith("One line")), "")
    assert whole == "One line Eine Zeile" or tops["One line"] == tops["Eine Zeile"]


@pytest.mark.parametrize("style", ["apa", "chicago-notes-bibliography"])
def test_calls_of_notes_that_meet_are_told_apart(style: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """3 and 4 do not read as 34, whether notes are citations or the author's own."""
    work = "references: [{id: k, type: book, title: Title, author: [{family: One, given: Author}], issued: 2001}]\n"
    text = "So it was.[@k]^[A note.] And so.[^a][^b]\n\n[^a]: One.\n\n[^b]: Two.\n"
    path = tmp_path / "article.md"
    path.write_text(HEAD.format("en").replace("---\n\n", f"{work}---\n\n") + text, encoding="utf-8")
    tree = html.document_fromstring(build(path, "--to", "html", "--style", style).path("html").read_bytes().decode())
    calls = tree.xpath("//a[@role='doc-noteref']")
    marked = ["adjacent" in call.get("class", "") for call in calls]
    assert marked == ([False, False, True] if style == "apa" else [False, True, False, True])


@pytest.mark.parametrize(
    ("text", "whole"),
    [("p = .047,", [".047,"]), ("−.21 and 0.5", ["−.21"]), ("x.5 and 3.14", []), ("of ,5 only", [",5"])],
)
def test_a_number_is_not_parted_behind_its_point(text: str, whole: list[str]) -> None:
    """A number without a nought before its point is one word (UAX 14, LB25)."""
    root = parse(f"<p>{text}</p>")
    breaks.keep_compounds(root)
    assert [span.text for span in root.iter("span")] == whole


def test_no_hyphen_is_put_into_an_address() -> None:
    """An address breaks at its joints alone."""
    root = parse("<p>https://example.org/of/details.html</p>")
    breaks.keep_compounds(root)
    assert ZERO_WIDTH_SPACE in inner(root)
    loose = "".join([root[0].text or "", *(span.tail or "" for span in root.iter("span"))])
    assert not breaks.HYPHENABLE.search(loose)


@pytest.mark.parametrize(
    ("written", "lang", "set_so"),
    [
        ("<i>p</i> = .047", "en", "<i>p</i> =\N{NO-BREAK SPACE}.047"),
        ("12.4 ± 3.1", "en", "12.4 ±\N{NO-BREAK SPACE}3.1"),
        ("<a>1998, 45</a> f.", "de", "<a>1998, 45</a>\N{NO-BREAK SPACE}f."),
        ("<a>a = b</a> fine", "en", "<a>a = b</a> fine"),
    ],
)
def test_numbers_stand_with_what_belongs_to_them(written: str, lang: str, set_so: str) -> None:
    """A sign of relation stays with its number, and "f." with a page whose number is a link."""
    assert tied(written, lang) == set_so


@pytest.mark.parametrize("lang", ["la", "de"])
def test_letters_are_those_of_the_author(lang: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """EB Garamond has other forms of u and f for some languages; the page looks as it does in one that it has none for."""
    text = "[requiescat, uvula, universum]{lang=LANG} and [Auf der Hoffnung]{.smallcaps lang=LANG}\n"
    drawn = []
    for name in (lang, "it"):
        path = tmp_path / name / "article.md"
        path.parent.mkdir()
        path.write_text(HEAD.format("en") + text.replace("LANG", name), encoding="utf-8")
        sheet = pypdfium2.PdfDocument(build(path, "--to", "pdf").path("pdf"))[0]
        reader = sheet.get_textpage()
        end = reader.get_charbox(reader.search("Hoffnung").get_next()[0])[1]  # behind it the colophon tells of the sources
        image = sheet.render(scale=2).to_pil()
        drawn.append(image.crop((0, 0, image.width, int(2 * (sheet.get_height() - end + 4)))).tobytes())
    assert drawn[0] == drawn[1]


def test_a_line_that_would_have_holes_is_left_short(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Where code leaves three words to fill a line, its spaces stay as they are."""
    need("pdftotext")
    code = "`--distribution=zipfian-of-all-the-keys-that-there-are-to-be-had-here`"
    path = tmp_path / "article.md"
    path.write_text(HEAD.format("en") + f"It is so. Three words stand {code} before it, and some behind.\n", encoding="utf-8")
    pdf = build(path, "--to", "pdf").path("pdf")
    read = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True).stdout
    words = [(word.text, float(word.get("xMin")), float(word.get("xMax"))) for word in etree.fromstring(read).iter("{*}word")]
    at = next(index for index, word in enumerate(words) if word[0] == "Three")
    gaps = [behind[1] - before[2] for before, behind in zip(words[at:], words[at + 1 : at + 3], strict=False)]
    assert max(gaps) < 8


def test_abbreviations_stand_beside_their_meanings(build: Callable[..., Built]) -> None:
    """Short terms share the first line of what they mean; so do they in no list that has a long one, or two in a row."""
    need("pdftotext")
    built = build(CASES / "features" / "short-terms", "--to", "all")
    said = subprocess.run(
        ["pdftotext", "-layout", str(built.path("pdf")), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert [line.split() for line in said.splitlines() if line.strip().startswith(("Syr", "AN"))] == [
        ["Syr", "the", "Syriac", "gloss"],
        ["AN", "National", "archives"],
    ]
    lists = {
        "<dl><dt>A</dt><dd>Words</dd><dt>BC</dt><dd><p>Words</p></dd></dl>": "brief brief-3",
        "<dl><dt>A</dt><dd>Words</dd><dt>A long term</dt><dd>Words</dd></dl>": None,
        "<dl><dt>A</dt><dt>B</dt><dd>Words</dd></dl>": None,
        "<dl><dt>A</dt><dd><pre>Code</pre></dd><dt>B</dt><dd>Words</dd></dl>": None,
    }
    for written, marked in lists.items():
        root = parse(written)
        semantics.mark_brief_terms(root)
        assert root.find(".//dl").get("class") == marked


@pytest.mark.parametrize("front", ["keywords: [Words]", "", "translations: [{lang: fr, title: Un titre, abstract: Fin.}]"])
def test_front_matter_is_set_apart(front: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """A rule and room for it part the text from what is before it: keywords, or the abstract where there are none."""
    need("pdftotext")
    head = f"---\ntitle: T\nlang: en-GB\nabstract: Fin.\n{front}\n---\n\n"
    (tmp_path / "article.md").write_text(head + "First line.\n\nSecond line.\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf")
    said = subprocess.run(["pdftotext", "-bbox", str(built.path("pdf")), "-"], capture_output=True, check=True).stdout
    tops = {word.text: float(word.get("ymin")) for word in html.document_fromstring(said).iter("word")}
    before = tops["Words" if "keywords" in front else "Fin."]
    line = tops["Second"] - tops["First"]
    assert 2.3 * line < tops["First"] - before < 3.5 * line


TABLE = "<table>{}<thead><tr><th>A head of words</th><th>Two</th></tr></thead><tbody>{}</tbody></table>"
WIDTHS = '<colgroup><col style="width: 50%"/><col style="width: 50%"/></colgroup>'


@pytest.mark.parametrize(
    ("widths", "rows", "measure", "whole", "freed"),
    [
        ("", [("1", "06:00 (+1 d)"), ("2", "12:00")], 300, [False, True], True),
        ("", [("1", "06:00 (+1 d)"), ("2", "12:00")], 70, [False, False], True),
        ("", [("four words of it", "two words"), ("1", "two words"), ("1", "two words")], 105, [False, True], True),
        (WIDTHS, [("1", "06:00 (+1 d)"), ("2", "12:00")], 300, [False, True], True),
        (WIDTHS, [("1", "06:00 (+1 d)"), ("2", "A text that is longer than a value")], 300, [False, False], False),
    ],
)
def test_short_cells_stay_whole(
    widths: str, rows: list[tuple[str, str]], measure: float, whole: list[bool], freed: bool
) -> None:
    """Where there is room: first in the column where most lines are saved; and then no widths of Pandoc's stand against it."""
    written = "".join(f"<tr><td>{first}</td><td>{second}</td></tr>" for first, second in rows)
    root = parse(TABLE.format(widths, written))
    page = Paper(2 * measure, 600, 50, 50, measure / 2, 1, 0, 11, 14)
    shortcells.keep(root, page, page)
    assert ["whole" in cell.get("class", "") for cell in root.find(".//tbody/tr")] == whole
    assert (root.find(".//colgroup") is None) == freed


def test_paragraphs_of_a_meaning_stay_apart(tmp_path: Path, build: Callable[..., Built]) -> None:
    """The second paragraph of a definition is not run into the first, where no empty line stands before the definition."""
    text = "Term\n:   The first.\n\n    The second.\n\nOther\n:   One alone.\n"
    (tmp_path / "article.md").write_text(f"---\ntitle: A title\nauthor: Author One\n---\n\n{text}", encoding="utf-8")
    built = build(tmp_path)
    assert built.problems == []
    meanings = html.parse(str(built.path("html"))).getroot().xpath("//dd")
    assert [[fold(part.text_content()) for part in meaning] for meaning in meanings] == [["The first.", "The second."], []]


NOTED = """---
title: A title
author: Author One
---

Begin.

> First of the quotation, with a note.[^a]
>
> Second of the quotation.

Behind it.[^b]

[^a]: A note.

    > With a quotation.

[^b]: Another.

    > With a quotation.
"""


def test_a_note_of_blocks_indents_no_line(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A paragraph whose note holds a quotation is indented as others are: not at the head of a quotation, nor behind one."""
    need("pdftotext")
    (tmp_path / "article.md").write_text(NOTED, encoding="utf-8")
    lines = layout(build(tmp_path).path("pdf"))[0]
    left = {line[3].split()[0]: line[0] for line in lines if line[3].split()[0] in ("Begin.", "First", "Second", "Behind")}
    assert left["Begin."] == pytest.approx(left["Behind"], abs=0.5)
    assert left["First"] + 5 < left["Second"]


def test_a_line_of_verse_goes_on_further_in(tmp_path: Path, build: Callable[..., Built]) -> None:
    """What has no room in it is no new line, and stands to the right of those that are; a note in it is one."""
    need("pdftotext")
    verse = f"| One {'long line of verse ' * 6}overrun.[^a]\n| Two is short.\n\n[^a]: A note.\n"
    (tmp_path / "article.md").write_text(f"---\ntitle: A title\nauthor: Author One\n---\n\n{verse}", encoding="utf-8")
    built = build(tmp_path)
    assert built.problems == []
    lines = layout(built.path("pdf"))[0]
    one, over, two = (next(line for line in lines if said in line[3]) for said in ("One long", "overrun", "Two is"))
    assert one[0] == pytest.approx(two[0], abs=0.5)
    assert one[1] < over[1] < two[1]
    assert one[0] + 10 < over[0]
    assert [fold(part.text_content()) for part in html.parse(str(built.path("html"))).getroot().xpath("//*[@class='verse']")][
        1:
    ] == ["Two is short."]
