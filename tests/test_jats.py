"""JATS: valid by the schema, no reference inside it that leads nowhere, and every word read back, for every case we have."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from compositor.editions import jats
from compositor.options import DEFAULT
from compositor.proof.prove import prove
from compositor.reading.manuscript import read
from compositor.result import Artifact
from compositor.setting.document import compose
from compositor.setting.sheet import Sheet, lay_out
from tests.conftest import CASES, FEATURES, ROOT, Built, expected, run
from tests.judges import xml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")  # of a library that ziamath uses
SUBMISSION = CASES / "features" / "submission"
XLINK = "{http://www.w3.org/1999/xlink}href"


@cache
def sheet_of(case: Path) -> Sheet:
    """Set a case the way it asks to be."""
    wanted = expected(case) if (case / "expected.yaml").is_file() else {}
    options = wanted.get("options", [])
    style = options[options.index("--style") + 1] if "--style" in options else ""
    source = next((case / name for name in ("paper.md", "article.md") if (case / name).is_file()), case)
    manuscript, _ = read(source if wanted.get("single") else case, style)
    document, _ = compose(manuscript)
    return lay_out(manuscript, document, DEFAULT)[0]


@pytest.mark.parametrize("case", [ROOT / "manuscript", CASES / "jats" / "nested", *FEATURES], ids=lambda case: case.name)
def test_valid_whole_and_read_back(case: Path) -> None:
    """The schema finds nothing, each reference inside leads somewhere, and the words are those that were set."""
    sheet = sheet_of(case)
    artifact = jats.render(sheet)
    assert xml.jats(artifact.data) == []
    assert [item.text for item in prove(sheet, (artifact,), case)] == []


@pytest.fixture(scope="module")
def article() -> etree._Element:
    """Tag the article that has everything an archive asks for."""
    return etree.fromstring(jats.render(sheet_of(SUBMISSION)).data)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("front/journal-meta//journal-title", ["Journal of Examples"]),
        ("front/journal-meta/issn", ["2049-3630"]),
        ("front/journal-meta//publisher-name", ["First Press"]),
        ("front//article-id[@pub-id-type='doi']", ["10.5555/submission.1"]),
        ("front//article-categories/subj-group[@subj-group-type='heading']/subject", ["Research & method"]),
        ("front//article-title", ["Ready to submit"]),
        ("front//permissions/copyright-statement", ["© 2025 The Project."]),
        ("front//permissions/copyright-year", ["2025"]),
        ("front//permissions/copyright-holder", ["The Project"]),
        ("front//article-title/italic", ["submit"]),
        ("front//subtitle/sub", ["1"]),
        ("front//contrib-id[@contrib-id-type='orcid']", ["https://orcid.org/0000-0002-1825-0097"]),
        ("front//surname", ["One", "Two"]),
        ("front//suffix", ["Jr."]),
        ("front//collab", ["The Project"]),
        ("front//role[@vocab='credit']", ["Conceptualization", "Writing – original draft"]),
        ("front//role[not(@vocab)]", ["Baking"]),
        ("front//aff//institution", ["First University, Town", "Second Institute"]),
        ("front//aff//institution-id[@institution-id-type='ror']", ["https://ror.org/00abcde12"]),
        ("front//contrib[@corresp='yes']//surname", ["One"]),
        ("front//contrib[@equal-contrib='yes']//surname", ["One", "Two"]),
        ("front//corresp/email", ["one@example.org"]),
        ("front//pub-date/year", ["2026"]),
        ("front//history/date[@date-type='accepted']/day", ["20"]),
        ("front//volume", ["12"]),
        ("front//fpage", ["101"]),
        ("front//kwd", ["one & two", "three"]),
        ("front//role[@degree-contribution='lead']", ["Conceptualization"]),
        ("front//funding-statement", ["Paid for by the Fund of Examples, grant 12.", "An Agency (grants A-1, A-2)."]),
        ("front//award-group/funding-source//institution", ["Fund of Examples", "An Agency"]),
        ("front//award-group//institution-id[@institution-id-type='ror']", ["https://ror.org/00abcde12"]),
        ("front//award-group/award-id", ["12", "A-1", "A-2"]),
        ("back/ack/p", ["Thanks to one."]),
        ("back/sec[@sec-type='data-availability']/p", ["All data are in the tables."]),
        ("front//abstract/p[2]", ["Its second paragraph."]),
        ("body/sec/label", ["1"]),
        ("body//fig/label", ["Figure 1."]),
        ("body//graphic/alt-text", ["Three rising bars"]),
        ("body//disp-formula/label", ["(1)"]),
        ("body//xref[@ref-type='fig']", ["Figure\N{NO-BREAK SPACE}1"]),
        ("body//xref[@ref-type='app']", ["Appendix\N{NO-BREAK SPACE}A"]),
        ("body//list-item/label", ["3.", "4."]),
        ("back//app/label", ["A"]),
        ("back//fn/p", ["In the abstract."]),
        ("back//ref[@id='ref-one']//element-citation/pub-id[@pub-id-type='doi']", ["10.5555/first"]),
        ("back//ref[@id='ref-two']//element-citation//surname", ["van Two", "Three"]),
        ("back//ref[@id='ref-two']//chapter-title", ["A chapter"]),
        ("back//ref[@id='ref-three']//date-in-citation", ["2024-01-02"]),
        ("back/notes[@notes-type='colophon']/title", ["Colophon"]),
    ],
)
def test_archive_finds(path: str, said: list[str], article: etree._Element) -> None:
    """Each fact stands in the element that archives look in."""
    assert ["".join(element.itertext()) for element in article.xpath(path)] == said


def test_reference_stands_as_printed_beside_its_parts(article: etree._Element) -> None:
    """The printed entry keeps its italics and its links."""
    (printed,) = article.xpath("//ref[@id='ref-one']//mixed-citation")
    assert "".join(printed.itertext()).startswith("One, A., & A Body. (2020). A first work. A Journal, 1(2), 1–9.")
    assert [link.get(XLINK) for link in printed.iter("ext-link")] == ["https://doi.org/10.5555/first"]


def test_works_reviewed_are_products() -> None:
    """An index finds the review under the works that it is of; notes on them stay in the text."""
    tree = etree.fromstring(jats.render(sheet_of(CASES / "features" / "reviewed")).data)
    assert [product.text for product in tree.iterfind(".//article-meta/product")] == [
        "Author Two. A second work. City: Publisher, 2021. xii + 417 pp. £45.00.",
        "Author Three. A third work. City: Publisher, 2022. 200 pp.",
    ]
    assert tree.get("article-type") == "book-review"


def test_an_author_who_has_died() -> None:
    """Archives find that, and degrees, which no reader sees."""
    root = etree.fromstring(jats.render(sheet_of(CASES / "features" / "authors-quarto")).data)
    (person,) = root.xpath("//contrib[@deceased='yes']")
    assert [item.text for item in person.findall("degrees")] == ["MD", "PhD"]
    assert root.xpath("string(//fn[@fn-type='deceased']/p)") == "Deceased."


def test_article_without_a_journal_stays_valid() -> None:
    """The tag set wants a journal's id and ISSN; they are there, and empty."""
    root = etree.fromstring(jats.render(sheet_of(CASES / "features" / "every-construct")).data)
    assert root.xpath("string(//journal-id)") == root.xpath("string(//issn)") == ""
    assert not root.xpath("//journal-title")


def test_drawing_in_the_text_becomes_a_file(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Raw SVG has no place in JATS: it stands beside it, and is named."""
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" aria-label="a dot"><circle r="4"/></svg>'
    (tmp_path / "article.md").write_text(f"---\ntitle: Drawn\n---\n\n# First\n\nA {drawing} here.\n", encoding="utf-8")
    built = build(tmp_path, "--to", "jats")
    root = etree.parse(built.path("jats"))
    (graphic,) = root.iter("inline-graphic")
    assert graphic.findtext("alt-text") == "a dot"
    assert etree.parse(built.folder / graphic.get(XLINK)).getroot().tag.endswith("svg")


def test_pictures_stand_beside(build: Callable[..., Built]) -> None:
    """Each file that the article names is there."""
    built = build(SUBMISSION, "--to", "jats")
    named = {graphic.get(XLINK) for graphic in etree.parse(built.path("jats")).iter("graphic", "inline-graphic")}
    assert named == {"article-fig-1.svg"}
    assert all((built.folder / name).is_file() for name in named)
    assert built.path("jats").name == "article.jats.xml"


@pytest.mark.parametrize(
    "text", ["<article>", "no XML", "<article><front/></article>", '<article xmlns:a="b"><body/></article>']
)
def test_own_template_is_told_when_it_breaks(text: str, tmp_path: Path) -> None:
    """A template of the author's own that makes no XML is a problem at its file; one that leaves things out differs."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "jats.xml").write_text(text, encoding="utf-8")
    (tmp_path / "article.md").write_text("---\ntitle: One\nauthor: Author One\n---\n\n# First\n\nWords.\n", encoding="utf-8")
    process = run(tmp_path, "--to", "jats", "--out", tmp_path / "dist")
    assert "Traceback" not in process.stderr
    broken = not text.endswith("</article>")
    assert process.returncode == (1 if broken else 0)
    assert ("jats.xml: error [template-broken]" if broken else "[proof-differs]") in process.stderr


def test_own_template_reads_no_file(tmp_path: Path) -> None:
    """An entity of an author's own template is not followed."""
    (tmp_path / "secret").write_text("hidden words", encoding="utf-8")
    (tmp_path / "templates").mkdir()
    entity = f'<!DOCTYPE article [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]><article><body>&x;</body></article>'
    (tmp_path / "templates" / "jats.xml").write_text(entity, encoding="utf-8")
    (tmp_path / "article.md").write_text("---\ntitle: One\n---\n\nWords.\n", encoding="utf-8")
    run(tmp_path, "--to", "jats", "--out", tmp_path / "dist")
    assert not any(b"hidden words" in file.read_bytes() for file in (tmp_path / "dist").glob("*"))


def test_all_names_every_edition_and_the_default_stays(tmp_path: Path) -> None:
    """``--to all`` adds JATS; a plain build does not make it."""
    process = run(CASES / "features" / "single-file" / "article.md", "--to", "html", "--out", tmp_path / "one", "--quiet")
    assert process.returncode == 0
    assert not list((tmp_path / "one").glob("*.jats.xml"))
    process = run(CASES / "features" / "single-file" / "article.md", "--to", "all", "--out", tmp_path / "all", "--quiet")
    assert process.returncode == 0, process.stderr
    assert {path.suffix for path in (tmp_path / "all").glob("article.*")} >= {".pdf", ".epub", ".html", ".xml"}


MUTATIONS = {  # what changes: pattern, what stands there instead, what the problem names
    "a number": (r"Force of 16,000\. ", "Force of 15,000. ", "2.3 Forces and threats"),
    "a word lost": (r"Reintegration began before ", "Reintegration before ", "1.1 The Commonwealth"),
    "a broken word": (r"Reintegration began", "Reinte gration began", "1.1 The Commonwealth"),
    "two words swapped": (r"Necessity and anxiety", "Anxiety and necessity", "1.1 The Commonwealth"),
    "the name in a citation": (r">Kuźniar, 2000", ">Kuzniar, 2000", "Introduction"),
    "the number of a section": (r"<label>2\.2</label>", "<label>2.3</label>", "2.2 The guarantee"),
    "the title of a section": (r"Forces and threats</title>", "Forces and dangers</title>", "2.3 Forces and threats"),
    "the label of a table": (r"<label>Table.2\.</label>", "<label>Table 4.</label>", "table 2"),
    "a cell": (r">4,000</td>", ">4,100</td>", "table 3"),
    "a caption": (r"Bars begin in the year", "Bars end in the year", "figure 1"),
    "a note": (r"No Russian national security strategy", "A Russian national security strategy", "note 5"),
    "a reference dropped": (r'(?s)<ref id="ref-weinstein2007".*?</ref>', "", "weinstein2007"),
    "a printed title": (r"<italic>Teorie stosunków", "<italic>Teoria stosunków", "czaputowicz2008"),
    "a year among the parts": (
        r'(?s)(<ref id="ref-weitz2015".*?)>2015</year>',
        r"\1>2005</year>",
        "the parts of reference weitz",
    ),
    "a name among the parts": (r"<surname>Boulègue", "<surname>Boulegue", "the parts of reference boulegue2017"),
    "two parts swapped": (
        r"<surname>Boulègue</surname><given-names>Mathieu",
        "<surname>Mathieu</surname><given-names>Boulégue",
        "the parts of reference boulegue2017",
    ),
    "a link": (r'href="http://kremlin\.ru/supplement/461"', 'href="http://kremlin.ru/461"', "ru/supplement/461"),
    "a citation that leads elsewhere": (r'rid="ref-legucka2016"', 'rid="ref-weitz2015"', "ref-legucka2016"),
    "a reference to nothing": (r'rid="fig-membership"', 'rid="fig-nothing"', "the cross-references"),
    "a description of a picture": (r"<alt-text>Timeline with", "<alt-text>Table with", "the descriptions of pictures"),
    "the title": (r"<article-title>The Collective", "<article-title>A Collective", "the title"),
    "the author": (r"<collab>The Compositor Project", "<collab>A Compositor Project", "author 1"),
    "the date": (r"<month>11</month><year>2026", "<month>12</month><year>2026", "the date published"),
    "the licence": (r"CC BY 4\.0\.</license-p>", "CC BY 3.0.</license-p>", "the licence"),
    "the address of the licence": (r"licenses/by/4\.0/</ali", "licenses/by/3.0/</ali", "the licence's address"),
    "a keyword": (r"<kwd>collective defence</kwd>", "", "the keywords"),
    "the colophon": (r"Colophon</title>", "Colofon</title>", "Colophon"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_mutation(name: str) -> None:
    """One thing changed in the finished file is found and named."""
    pattern, put, named = MUTATIONS[name]
    sheet = sheet_of(ROOT / "manuscript")
    text, count = re.subn(pattern, put, jats.render(sheet).data.decode(), count=1)
    assert count == 1, pattern
    found = [item.text for item in prove(sheet, (Artifact("article.jats.xml", "", text.encode()),), ROOT)]
    assert any(named in item and item.startswith("JATS") for item in found), found


def test_front_matter_mutations() -> None:
    """Swapped people, a role, an affiliation, an ORCID iD: each is found."""
    sheet = sheet_of(SUBMISSION)
    text = jats.render(sheet).data.decode()
    for old, new, named in (
        ("<surname>One</surname><given-names>Author", "<surname>Author</surname><given-names>One", "author 1"),
        ("0000-0002-1825-0097</contrib-id>", "0000-0002-1825-0098</contrib-id>", "ORCID iD of author 1"),
        (">Baking</role>", ">Brewing</role>", "roles of author 1"),
        ('rid="aff2"', 'rid="aff1"', "affiliations of author"),
        ("Second Institute</inst", "Third Institute</inst", "affiliation 2"),
        ("00abcde12", "00abcde13", "ROR iD of affiliation 1"),
        ("10.5555/submission.1", "10.5555/submission.2", "the DOI"),
        ("<award-id>A-2", "<award-id>A-3", "the funding"),
        ("<issue>3", "<issue>4", "the journal"),
    ):
        assert old in text
        changed = text.replace(old, new, 1).encode()
        found = [item.text for item in prove(sheet, (Artifact("article.jats.xml", "", changed),), SUBMISSION)]
        assert any(named in item for item in found), (old, found)


def front_of(folder: Path, head: str, *options: str) -> etree._Element:
    """Build the JATS of an article with such metadata, and give its front matter; it must be valid."""
    folder.mkdir(exist_ok=True)
    (folder / "a.md").write_text(
        f"---\ntitle: T\nauthor: Author One\ndate: 2026-01-01\n{head}\n---\n\nText.\n", encoding="utf-8"
    )
    process = run(folder / "a.md", "--to", "jats", "--out", folder / "out", *options)
    assert process.returncode == 0, process.stderr
    data = (folder / "out" / "a.jats.xml").read_bytes()
    assert xml.jats(data) == []
    return etree.fromstring(data)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("lang: en\njournal: {section: Editorial}", "editorial"),
        ("lang: en-GB\njournal: {section: Errata}", "correction"),
        ("lang: en\njournal: {section: Book reviews}", "book-review"),
        ("lang: en\njournal: {section: Reviews of examples}", "research-article"),
        ("lang: fr\njournal: {section: Introduction}", "research-article"),  # the word of another language is no guide
        ("lang: fr\ntype: Erratum\njournal: {section: Rectificatif}", "correction"),
        ("lang: en\ntype: case-report\njournal: {section: Editorial}", "case-report"),
        ("lang: en\njournal: {type: review-book}", "book-review"),
        ("lang: en\ntype: article-journal", "research-article"),
    ],
)
def test_kind_of_article(head: str, kind: str, tmp_path: Path) -> None:
    """``type:`` says it, or else the section's name in English, or the type of CSL."""
    assert front_of(tmp_path / "in", head).get("article-type") == kind


def test_what_it_corrects(tmp_path: Path) -> None:
    """Related articles are named with their DOIs, and not in a blind copy, which they would tell the author of."""
    head = "lang: en\ntype: correction\nrelated:\n- {type: corrected-article, doi: https://doi.org/10.5555/one.1}"
    (related,) = front_of(tmp_path / "in", head).xpath("//article-meta/related-article")
    assert dict(related.attrib) == {"related-article-type": "corrected-article", "ext-link-type": "doi", XLINK: "10.5555/one.1"}
    process = run(tmp_path / "in" / "a.md", "--blind", "--to", "jats", "--out", tmp_path / "blind")
    assert process.returncode == 0, process.stderr
    assert b"10.5555/one.1" not in (tmp_path / "blind" / "manuscript.jats.xml").read_bytes()


def test_number_of_pages_is_the_pdfs(tmp_path: Path) -> None:
    """Pages without a mark in the text, such as those that only a note or the references fill, count too."""
    text = "Words.[^a]\n\n[^a]: " + "A long note that fills pages. " * 600
    (tmp_path / "a.md").write_text(f"---\ntitle: T\nauthor: Author One\nlang: en\n---\n\n{text}\n", encoding="utf-8")
    process = run(tmp_path / "a.md", "--to", "pdf,jats", "--json", "--out", tmp_path / "out")
    made = {item["edition"]: item for item in json.loads(process.stdout)["outputs"] if item["edition"]}
    data = (tmp_path / "out" / "a.jats.xml").read_bytes()
    assert made["pdf"]["pages"] > 2
    assert etree.fromstring(data).xpath("//counts/page-count/@count") == [str(made["pdf"]["pages"])]
