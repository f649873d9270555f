"""The proof: the shipped article's editions say the same, and one changed thing in any of them is found and named."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from compositor.editions import body, docx, engine, epub, html, pdf
from compositor.editions.archive import pack
from compositor.editions.epub import archive
from compositor.options import DEFAULT
from compositor.pages import makeup, pagination
from compositor.proof.expected import expect, text_of, words_of
from compositor.proof.prove import prove
from compositor.reading.manuscript import read
from compositor.result import Artifact
from compositor.setting import markup
from compositor.setting.document import compose
from compositor.setting.sheet import Sheet, lay_out
from tests.conftest import CASES, ROOT, need, run

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """One thing changed in the markup of a finished edition."""

    name: str
    find: str  # regular expression, first match in the edition
    put: str
    named: str  # what the problem must name


MUTATIONS = [
    Mutation("a number", r"Force of 16,000\. ", "Force of 15,000. ", "2.3 Forces and threats"),
    Mutation("a word lost", r"Reintegration began before ", "Reintegration before ", "1.1 The Commonwealth"),
    Mutation("a word too many", r"Reintegration began before ", "Reintegration soon began before ", "1.1 The Commonwealth"),
    Mutation("a broken word", r"Reintegration began", "Reinte gration began", "1.1 The Commonwealth"),
    Mutation("two words swapped", r"Necessity and anxiety", "Anxiety and necessity", "1.1 The Commonwealth"),
    Mutation("a name in a citation", r">Kuźniar, 2000", ">Kuzniar, 2000", "Introduction"),
    Mutation("the year of a citation", r">Legucka, 2016<", ">Legucka, 2015<", "Introduction"),
    Mutation("a section number", r'<span class="number">2\.2</span>', '<span class="number">2.3</span>', "2.2 The guarantee"),
    Mutation("the title of a section", r"Forces and threats</h3>", "Forces and dangers</h3>", "2.3 Forces and threats"),
    Mutation("the label of a table", r">Table.2\.</span>", ">Table 4.</span>", "table 2"),
    Mutation("a cell of a table", r">4,000</td>", ">4,100</td>", "table 3"),
    Mutation("a caption", r"Bars begin in the year of joining", "Bars end in the year of joining", "figure 1"),
    Mutation("a note", r"No Russian national security strategy", "A Russian national security strategy", "note 5"),
    Mutation("a reference dropped", r'(?s)<li id="ref-weinstein2007".*?</li>', "", "weinstein2007"),
    Mutation("a title in a reference", r"Teorie stosunków", "Teoria stosunków", "czaputowicz2008"),
    Mutation("a link", r'href="http://kremlin\.ru/supplement/461"', 'href="http://kremlin.ru/461"', "ru/supplement/461"),
    Mutation("a word of the abstract", r"this article asks what role", "this article says what role", "abstract"),
]  # fmt: skip
DROPPED = r'<w:p><w:pPr><w:pStyle w:val="Bibliography"/></w:pPr><[^>]*"ref_weinstein2007"/>(?:(?!</w:p>).)*</w:p>'
STRATEGY = "Russian national security strategy"
TREATY = "kremlin.ru/supplement/461"
WORD = [  # part, and the change in it
    ("document", Mutation("a number", r"Force of 16,000\. ", "Force of 15,000. ", "2.3 Forces and threats")),
    ("document", Mutation("a word lost", r"Reintegration began before ", "Reintegration before ", "1.1 The Commonwealth")),
    ("document", Mutation("a broken word", r"Reintegration began", "Reinte gration began", "1.1 The Commonwealth")),
    ("document", Mutation("two words swapped", r"Necessity and anxiety", "Anxiety and necessity", "1.1 The Commonwealth")),
    ("document", Mutation("a name in a citation", r">Kuźniar, 2000", ">Kuzniar, 2000", "Introduction")),
    ("document", Mutation("the year of a citation", r">Legucka, 2016", ">Legucka, 2015", "Introduction")),
    ("document", Mutation("the title of a section", r">Forces and threats<", ">Forces and dangers<", "2.3 Forces and threats")),
    ("document", Mutation("the number of a table", r'(SEQ Table [^>]*>(?:(?!</w:t>).)*>)1</w:t>', r"\g<1>4</w:t>", "table 1")),
    ("document", Mutation("a field that would change", r"SEQ Table \\\* ARABIC", r"SEQ Table \\* ARABIC \\r 4", "SEQ Table")),
    ("document", Mutation("a reference elsewhere", r"REF tbl_force", "REF tbl_organs", "REF tbl_organs")),
    ("document", Mutation("a cell of a table", r">4,000<", ">4,100<", "table 3")),
    ("document", Mutation("a caption", r"Bars begin in the year of joining", "Bars end in the year of joining", "figure 1")),
    ("document", Mutation("a call lost", r"<w:r>(?:(?!</w:r>).)*<w:footnoteReference[^>]*/></w:r>", "", "Introduction")),
    ("document", Mutation("two notes swapped", r'footnoteReference w:id="1"', 'footnoteReference w:id="2"', "note 1")),
    ("document", Mutation("a reference dropped", DROPPED, "", "weinstein2007")),
    ("document", Mutation("a title in a reference", r"Teorie stosunków", "Teoria stosunków", "czaputowicz2008")),
    ("document", Mutation("a word of the abstract", r"This article asks what role", "This article says what role", "abstract")),
    ("document", Mutation("the author", r">The Compositor Project<", ">The Compositor Team<", "author The Compositor Project")),
    ("document", Mutation("the licence", r">CC BY 4\.0<", ">CC BY 3.0<", "licence")),
    ("document", Mutation("a keyword", r"collective defence; ", "", "keywords")),
    ("footnotes", Mutation("a note", f"No {STRATEGY}", f"A {STRATEGY}", "note 5")),
    ("numbering", Mutation("the form of a number", r'"%1\.%2"', '"%1-%2"', "1.1 The Commonwealth")),
    ("_rels/document.xml.rels", Mutation("a link", TREATY, "kremlin.ru/461", TREATY)),
]  # fmt: skip
FRONT = [
    Mutation("the author", r"The Compositor Project</span>", "The Compositor Team</span>", "author The Compositor Project"),
    Mutation("the licence", r">CC BY 4\.0<", ">CC BY 3.0<", "licence"),
    Mutation("a keyword", r"collective defence; ", "", "keywords"),
]


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    """Set the shipped article."""
    manuscript, _ = read(ROOT / "manuscript")
    document, _ = compose(manuscript)
    return lay_out(manuscript, document, DEFAULT)[0]


@pytest.fixture(scope="module")
def web(sheet: Sheet) -> Artifact:
    """Print the web page."""
    return html.render(sheet)


@pytest.fixture(scope="module")
def book(sheet: Sheet) -> Artifact:
    """Print the e-book."""
    return epub.render(sheet)


@pytest.fixture(scope="module")
def manuscript(sheet: Sheet) -> Artifact:
    """Write the Word document."""
    return docx.render(sheet)


@pytest.fixture(scope="module")
def paper(sheet: Sheet) -> Artifact:
    """Print the PDF."""
    return pdf.render(sheet)


def differences(sheet: Sheet, artifact: Artifact) -> list[str]:
    """Prove one edition, and give what the problems say."""
    return [item.text for item in prove(sheet, (artifact,), ROOT / "manuscript" / "article.md")]


def mutate(text: str, mutation: Mutation) -> str:
    """Change the first match, which must exist."""
    flags = re.IGNORECASE if mutation.name == "a word of the abstract" else 0
    changed, count = re.subn(mutation.find, mutation.put, text, count=1, flags=flags)
    assert count == 1, mutation.find
    return changed


def test_every_edition_of_the_article_says_the_same(tmp_path: Path) -> None:
    """``build.py check`` reads every edition back and finds no difference; it writes nothing."""
    need("pdftotext")
    process = run("check", ROOT / "manuscript", "--json", cwd=tmp_path)
    data = json.loads(process.stdout)
    assert process.returncode == 0, process.stderr
    assert data["ok"] is True
    assert "proof-differs" not in {item["code"] for item in data["problems"]}
    assert list(tmp_path.iterdir()) == []


def test_the_proof_covers_the_whole_article(sheet: Sheet) -> None:
    """Nothing is left out of what is compared: the streams hold every word of the set body."""
    wanted = expect(sheet)
    streams = [wanted.abstract, wanted.flow, *wanted.notes, *(island.caption + island.inner for island in wanted.islands)]
    words = sum(len(stream) for stream in streams)
    body = re.sub(r"<[^>]+>", " ", sheet.document.body)
    assert abs(words - len(body.split())) < 0.05 * words  # links back, and signs that tags part from their words, aside
    assert len(wanted.notes) == 9
    assert len(wanted.islands) == 4


@pytest.mark.parametrize("mutation", [*MUTATIONS, *FRONT], ids=lambda mutation: mutation.name)
def test_mutation_of_the_web_page(mutation: Mutation, sheet: Sheet, web: Artifact) -> None:
    """One change in the web page is found and named."""
    assert differences(sheet, web) == []
    start = web.data.decode().index("<main")
    text = web.data.decode()[:start] + mutate(web.data.decode()[start:], mutation)
    found = differences(sheet, Artifact(web.name, web.media_type, text.encode()))
    assert any(mutation.named in item and item.startswith("HTML") for item in found), found


@pytest.mark.parametrize("mutation", [*MUTATIONS, *FRONT], ids=lambda mutation: mutation.name)
def test_mutation_of_the_book(mutation: Mutation, sheet: Sheet, book: Artifact) -> None:
    """One change in the e-book is found and named."""
    with zipfile.ZipFile(io.BytesIO(book.data)) as opened:
        files = {name: opened.read(name) for name in opened.namelist() if name != "mimetype"}
    for name in sorted(files):
        page = files[name].decode() if name.endswith(".xhtml") and "nav" not in name and "cover" not in name else ""
        flags = re.IGNORECASE if mutation.name == "a word of the abstract" else 0
        if page and re.search(mutation.find, page, flags):
            files[name] = mutate(page, mutation).encode()
            break
    else:
        pytest.fail(f"no page holds {mutation.find}")
    found = differences(sheet, Artifact(book.name, book.media_type, archive(files)))
    assert any(mutation.named in item and item.startswith("EPUB") for item in found), found


@pytest.mark.parametrize(("part", "mutation"), WORD, ids=[mutation.name for _, mutation in WORD])
def test_mutation_of_the_word_document(part: str, mutation: Mutation, sheet: Sheet, manuscript: Artifact) -> None:
    """One change in the Word document is found and named."""
    assert differences(sheet, manuscript) == []
    name = f"word/{part}" if part.endswith(".rels") else f"word/{part}.xml"
    with zipfile.ZipFile(io.BytesIO(manuscript.data)) as opened:
        files = {item: opened.read(item) for item in opened.namelist()}
    files[name] = mutate(files[name].decode(), mutation).encode()
    found = differences(sheet, Artifact(manuscript.name, manuscript.media_type, pack(files.items())))
    assert any(mutation.named in item and item.startswith("DOCX") for item in found), found


@pytest.mark.parametrize("mutation", [*MUTATIONS, *FRONT], ids=lambda mutation: mutation.name)
def test_mutation_of_the_pdf(mutation: Mutation, sheet: Sheet) -> None:
    """One change on paper is found and named."""
    need("pdftotext")
    weasyprint = engine.load_engine()
    page = body.prepare(sheet, pagination.Edges())
    start = page.index("<body")
    page = page[:start] + mutate(page[start:], mutation)
    fetch = pdf.fetcher(sheet.media, sheet.scripts)
    with makeup.made_up():
        data = weasyprint.HTML(string=page, url_fetcher=fetch, base_url="compositor:print/").write_pdf(**pdf.OPTIONS)
    found = differences(sheet, Artifact("article.pdf", "application/pdf", data))
    named = "front matter" if mutation in FRONT else mutation.named
    assert any(named in item and item.startswith("PDF") for item in found), found


def test_a_picture_between_signs_is_no_difference(tmp_path: Path) -> None:
    """Signs that stand close on both sides of a picture are parted by it in one reading, and not in the other."""
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>')
    text = "Words.\n\na) ~[![A picture.](a.svg){#fig-b}]{#a}~\n"
    (tmp_path / "article.md").write_text(f"---\ntitle: A title\nauthor: Author One\nlang: en\n---\n\n{text}")
    process = run(tmp_path, "--to", "html,epub", "--out", tmp_path / "dist")
    assert process.returncode == 0
    assert "proof-differs" not in process.stderr


def test_contents_may_go_over_a_page(tmp_path: Path) -> None:
    """Numbers of notes below the first part of a table of contents are not taken for its page numbers."""
    heads = "\n\n".join(f"# Head number {number}\n\nWords." for number in range(30))
    text = "---\ntitle: Contents\nlang: en-GB\ntoc: true\npage: 6x9\n---\n\n# Abstract {-}\n\nAn abstract.^[A note.]\n\n"
    (tmp_path / "article.md").write_text(f"{text}{heads}\n", encoding="utf-8")
    process = run(tmp_path, "--to", "pdf", "--out", tmp_path / "out")
    assert process.returncode == 0, process.stderr
    assert "proof-differs" not in process.stderr


PARTED = """---
title: A title that is too long for one line of a running head, since it says everything that could be said of it
author:
{authors}
date: 2020-01-02
references:
- id: k
  type: article-journal
  title: Of a method with $\\alpha$ and of another with $\\ell$ in their names
  author: [{family: "R\N{LATIN SMALL LETTER DOTLESS I}\N{COMBINING ACUTE ACCENT}o", given: Author}]
  container-title: Journal
  URL: https://example.org/an-address-whose-last-part-is-longer-than-any-line-has-room-for-and-has-many-hyphens-in-it
  issued: {date-parts: [[2001]]}
---

![A caption. It has an address that no line has room for: <http://example.org/a-first-folder/a_second_folder/picture.png>](a.svg){alt=""}

"""


def test_what_a_line_parts_is_put_together(tmp_path: Path) -> None:
    """Words that poppler does not join, addresses in captions, names with hyphens in the imprint, formulas in works."""
    authors = "\n".join(f"- {{name: Author {letter}one-{letter}two}}" for letter in "ABCDEFGHIJKLMNOP")
    words = "further usability and performance improvements characteristic misrepresentation"
    lists = [
        f"- An item of a list, which stands before it,\n- and another.\n\n"
        f"`21codeFAST` is still in very active use. Of it {'a ' * (n % 6)}{'of ' * (n // 6)}{words} [@k], and {words}."
        for n in range(30)
    ]
    option = "an-option-that-is-longer-than-any-other-and-has-many-hyphens"
    lists += [f"Words {'of ' * n}`{option}` and <https://example.org/{option}>, $a$, {words}." for n in range(12)]
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>')
    (tmp_path / "article.md").write_text(PARTED.replace("{authors}", authors) + "\n\n".join(lists), encoding="utf-8")
    process = run(tmp_path, "--to", "pdf", "--out", tmp_path / "dist")
    assert "proof-differs" not in process.stderr, process.stderr
    command = ["pdftotext", str(tmp_path / "dist" / "article.pdf"), "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.search(r"\w-\n\n?[a-z]", said), "poppler joined them all: the case shows nothing"
    assert "R\N{LATIN SMALL LETTER I WITH ACUTE}o, A. (2001)" in said
    assert "an-address-whose-last-part-is-longer-than-any-line-has-room-for-and-has-many-hyphens-in-it" in said.replace(
        "\n", ""
    )
    heads = [page.split("\n")[0] for page in said.split("\f")[2:-1:2]]
    assert set(heads) == {"A title that is too long for one line of a running head, since it says everything …"}


@pytest.mark.parametrize("profile", ["plain", "two-column"])
def test_what_stands_beside_formulas_is_put_together(profile: str, tmp_path: Path) -> None:
    """Poppler reads a line with gaps in pieces: hyphens, captions, lists and figures of tables beside formulas are known."""
    shutil.copytree(CASES / "features" / "mathematics", tmp_path / "text")
    boxes = (CASES / "features" / "boxes" / "article.md").read_text(encoding="utf-8").partition("---\n\n")[2]
    with (tmp_path / "text" / "article.md").open("a", encoding="utf-8") as file:
        file.write(f"\n{boxes}")
    process = run(tmp_path / "text", "--to", "pdf", "--profile", profile, "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
    assert "proof-differs" not in process.stderr, process.stderr


CODE = """
```
fit_partial <-
  fit_model(cbind(Hits, AB - Hits) ~ (1 | Player), data = all,
            seed = SEED)
a = b \\
  (c)
```

To illustrate: ```{r, name} fit.lm <- lm(scale(strength) ~ machine * scale(diameter), data = fiber) fit_all <- update(fit.lm, \
newdata = all_of_them) emmeans(fit.lm, ~ machine) more(fit.lm)``` is said.
"""
BESIDE = (
    "When the model of observation $i$ is one of the models, as is said of the value $x_i$, it may be that all of it "
    "is in the data of $N$ cases[^{n}]). It is easy to say so in a stable fashion—or in a few words—of the $p$-values. "
    "Although this is easy to compute in a stable fashion, it is not the same as what is said of the model in $y_{{-i}}$.\n\n"
)
PLAIN = "It is said of the model that all of it is easy to compute in a stable fashion, and as it is said it may be done.\n\n"
BARE = r"""\[ \int_{\Theta} \left( \log p(\tilde{y} \, | \, \theta) \right) \ p(\theta \, | \, y) \ \mathrm{d}\theta.
\]

Although this is easy, it is not the same.

"""


@pytest.mark.parametrize("profile", ["plain", "two-column"])
def test_paragraphs_with_formulas_that_say_much_the_same(profile: str, tmp_path: Path) -> None:
    """Each is looked for near its place only; signs by themselves, arrows in code and dashes at ends of lines part nothing."""
    text = "---\ntitle: On models\nauthor: Author One\nlang: en\n---\n\n" + CODE
    for number in range(1, 13):
        there = PLAIN.replace("It", "There")
        text += f"# Head {number}\n\n" + BESIDE.format(n=number) + PLAIN + there + BARE + f"[^{number}]: A note on it.\n\n"
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    process = run(tmp_path, "--to", "pdf", "--profile", profile, "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
    assert "proof-differs" not in process.stderr, process.stderr


TABLE_BETWEEN = """---
title: On models
author: Author One
---

# Models

- one
- two with $x^2$

$$a = b$$ {#eq-one}

| Name | Value |
|:-----|------:|
| a    |   1.5 |

: A caption with it. {#tbl-one}

There is no $x$ here.
"""


def test_a_table_between_short_paragraphs_with_formulas(tmp_path: Path) -> None:
    """Their words are looked for together, and the table's caption has one of them."""
    (tmp_path / "article.md").write_text(TABLE_BETWEEN, encoding="utf-8")
    process = run(tmp_path, "--to", "pdf", "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
    assert "proof-differs" not in process.stderr, process.stderr


@pytest.mark.parametrize("change", [("stable", ""), ("value", "xyzzy"), ("cases", "cases plover"), ("of the", "of")])
def test_a_word_beside_a_formula_is_told(change: tuple[str, str], tmp_path: Path) -> None:
    """A word that is lost, another, or too many: in one of many paragraphs that say much the same."""
    place = tmp_path / "article.md"
    head = "---\ntitle: On models\nauthor: Author One\nlang: en\n---\n\n"
    notes = "".join(f"[^{number}]: A note on it.\n\n" for number in range(1, 9))
    place.write_text(head + "".join(BESIDE.format(n=number) + PLAIN for number in range(1, 9)) + notes, encoding="utf-8")
    manuscript, _ = read(tmp_path)
    document, _ = compose(manuscript)
    sheet, _ = lay_out(manuscript, document, replace(DEFAULT, to=("pdf",)))
    printed = pdf.render(sheet)
    assert prove(sheet, (printed,), place) == []
    root = markup.clone(sheet.root)
    text = next(node for node in list(root.iter("p"))[8].iter() if change[0] in (node.tail or ""))
    text.tail = (text.tail or "").replace(change[0], change[1], 1)
    assert prove(replace(sheet, root=root), (printed,), place) != []


def test_line_that_the_author_ends_in_a_hyphen(tmp_path: Path) -> None:
    """Editors of verse and of inscriptions do; poppler takes it for one that breaks a word."""
    text = "| Aurelius Zaikai-\n|     denthe set up the pre-\n|     and post-war stone\n\nAvenue 12-\\\n14 is the address.\n"
    (tmp_path / "article.md").write_text(f"---\ntitle: A\nauthor: Author One\nlang: en\n---\n\n{text}", encoding="utf-8")
    process = run(tmp_path, "--to", "pdf", "--out", tmp_path / "dist")
    assert (process.returncode, "proof-differs" in process.stderr) == (0, False), process.stderr


def test_note_that_begins_as_a_head_does(tmp_path: Path) -> None:
    """The number and first words of the first note may be those of the first head."""
    text = "# The find\n\nIn the autumn it was struck.[^a] It was taken.\n\n[^a]: The find was noted, and never reported.\n"
    (tmp_path / "article.md").write_text(f"---\ntitle: A\nauthor: Author One\nlang: en\n---\n\n{text}", encoding="utf-8")
    process = run(tmp_path, "--to", "pdf", "--out", tmp_path / "dist")
    assert (process.returncode, "proof-differs" in process.stderr) == (0, False), process.stderr


def test_words_that_are_lost_at_the_end_are_told(tmp_path: Path) -> None:
    """Where the readings never meet again, such as behind Latin words said to run from right to left, that is what is told."""
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>')
    text = """# A section

![A figure.](a.svg){#fig-a}

| a | b |
|---|---|
| c | d |

: A table. {#tbl-a}

Words.

::: {#abstract}
# [(c) a-b of]{lang=he dir=rtl} head {#sec-b}
:::
"""
    (tmp_path / "article.md").write_text(f"---\ntitle: A title\nauthor: Author One\nlang: en\n---\n\n{text}")
    process = run(tmp_path, "--to", "pdf", "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
    assert "error" not in process.stderr


WAYS = [("--to", "pdf"), ("--review",), ("--to", "pdf", "--profile", "two-column")]
READ_ELSEWHERE = ["raised-signs", "margins", "short-terms", "marks"]  # poppler gives their words in another order, or in pieces


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
@pytest.mark.parametrize("case", READ_ELSEWHERE)
def test_what_a_reader_orders_otherwise_is_no_difference(case: str, way: tuple[str, ...], tmp_path: Path) -> None:
    """Each way to print it reads back as the text that was set; the cases are built in one column by test_cases.py, too."""
    process = run(CASES / "features" / case, *way, "--out", tmp_path)
    assert process.returncode == 0, process.stderr
    assert "proof-differs" not in process.stderr, process.stderr


def printed(case: str) -> tuple[Sheet, Artifact]:
    """Set a case, and print it."""
    manuscript, _ = read(CASES / "features" / case)
    document, _ = compose(manuscript)
    sheet, _ = lay_out(manuscript, document, replace(DEFAULT, to=("pdf",)))
    return sheet, pdf.render(sheet)


def changed(sheet: Sheet, path: str, text: str, new: str) -> Sheet:
    """Give a sheet in which the first of the elements at ``path`` that holds a text says another."""
    root = markup.clone(sheet.root)
    node = next(node for node in root.xpath(path) if text in markup.text(node))
    part, tail = next(
        (part, tail) for part in node.iter() for tail in (False, True) if text in str(part.tail if tail else part.text)
    )
    if tail:
        part.tail = part.tail.replace(text, new, 1)
    else:
        part.text = part.text.replace(text, new, 1)
    return replace(sheet, root=root)


@pytest.mark.parametrize(
    ("path", "text", "new", "named"),
    [
        ("//section/p", "dating", "", "Of 14C"),
        ("//section/p/sup", "137", "", "Of 14C"),
        ("//section/p/sup", "137", "138", "Of 14C"),
        ("//td/sup", "7", "", "table 1"),
        ("//td/sup", "7", "8", "table 1"),
        ("//td", "organic", "inorganic", "table 1"),
        ("//figcaption//sup", "14", "", "figure 1"),
        ("//*[contains(@class, 'table-notes')]//sup", "†", "‡", "table 2"),
        ("//*[contains(@class, 'table-notes')]//p", "In years", "In old years", "table 3"),
        ("//li[starts-with(@id, 'fn')]//sup", "14", "15", "note 1"),
        ("//li[starts-with(@id, 'fn')]//p", "head", "foot", "note 1"),
    ],
)
def test_a_sign_that_is_raised_is_told_where_it_differs(path: str, text: str, new: str, named: str) -> None:
    """It may stand anywhere near its word; one that is lost, another, or one too many is told all the same."""
    sheet, artifact = printed("raised-signs")
    found = [item.text for item in prove(changed(sheet, path, text, new), (artifact,), CASES)]
    assert any(named in item or "raised or lowered" in item for item in found), found
    assert len(found) < 6, found


@pytest.mark.parametrize("lost", [True, False])
def test_proof_finds_its_footing_again(lost: bool, sheet: Sheet, paper: Artifact) -> None:
    """A passage of many words that is lost, or stands there and should not, is told once, and nothing behind it."""
    root = markup.clone(sheet.root)
    paragraph = next(node for node in root.xpath("//section/p") if "laid down in art. 4" in markup.text(node))
    if lost:
        others = " ".join(f"other{number}" for number in range(200))
        paragraph.addnext(markup.parse(f"<p>{others}</p>")[0])
    else:
        markup.drop(paragraph)
    found = differences(replace(sheet, root=root), paper)
    assert len(found) == 1, found


def test_margins_of_pages_are_proved() -> None:
    """A journal adds what it likes, known from the layout; what is ours must be there, all printed as it was laid out."""
    sheet, artifact = printed("margins")

    def found(sheet: Sheet, old: str = "", new: str = "") -> list[str]:
        margins = tuple(tuple(replace(one, text=one.text.replace(old, new)) for one in page) for page in artifact.margins)
        return [item.text for item in prove(sheet, (replace(artifact, margins=margins),), CASES)]

    assert len(artifact.margins) == artifact.pages
    assert found(sheet) == []
    assert any("the running head" in item for item in found(replace(sheet, front=sheet.front | {"short_title": "On two"})))
    assert any("the running head" in item for item in found(sheet, "בְּרֵאשִׁית", ""))
    assert any("Journal" in item for item in found(sheet, "Journal of Examples 12(1)", ""))
    assert any("Journals" in item for item in found(sheet, "Journal", "Journals"))
    assert any("the number of page 2" in item for item in found(sheet, "2", "7"))


@pytest.mark.parametrize(
    ("path", "text", "new"),
    [("//dt", "Syr", "Arm"), ("//dt", "P", ""), ("//dd", "the Syriac", "Syriac the"), ("//p", "Prose in a", "Prose in")],
)
def test_a_word_beside_a_short_term_is_told(path: str, text: str, new: str) -> None:
    """A page may agree in another order of reading, but it must agree: a term that is lost or another, or words exchanged."""
    sheet, artifact = printed("short-terms")
    assert prove(sheet, (artifact,), CASES) == []
    assert len(prove(changed(sheet, path, text, new), (artifact,), CASES)) in (1, 2, 3)


@pytest.mark.parametrize(
    ("path", "text", "new"),
    [
        ("//section/p", "ɛ̃, ɔ̃", "ɛ, ɔ̃"),
        ("//section/p", "(ɛ̃)", "(ɔ̃)"),
        ("//section/p", "ɛ̃.", "ɛ̃"),
        ("//section//span", "за́мок", "замо́к"),
        ("//td", "(ɔ̃)", "(ɔ)"),
        ("//dd", "(ɛ̃)", "(ɛ̃, ɛ̃)"),
        ("//li[starts-with(@id, 'fn')]//p", "ɔ̃,", "ɛ̃,"),
    ],
)
def test_a_mark_that_differs_is_told(path: str, text: str, new: str) -> None:
    """White space beside a combining mark is poppler's; the letter, its mark and the signs are the text's."""
    sheet, artifact = printed("marks")
    assert prove(sheet, (artifact,), CASES) == []
    assert prove(changed(sheet, path, text, new), (artifact,), CASES) != []


def test_a_narrow_space_may_be_none_to_who_reads_a_pdf() -> None:
    """A sign behind one is a word of its own or none, as the line that it stands in is loose or tight."""
    said = etree.fromstring("<p>Oui\u202f! Non\u202f?</p>")
    words = words_of(text_of(said, joints=True), "")
    assert [(word.text, word.pieces()) for word in words] == [("Oui!", ("Oui", "!")), ("Non?", ("Non", "?"))]
    assert [word.text for word in words_of(text_of(said), "")] == ["Oui", "!", "Non", "?"]
