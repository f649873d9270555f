"""What no line may part stays together, in every edition; each language has its own."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from compositor.reading import language
from compositor.setting import ties
from tests.conftest import need
from tests.test_pdf import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built


@pytest.mark.parametrize(
    ("lang", "text", "tied"),
    [
        ("en-GB", "See art. 51 and Art. 5.", "See art.~51 and Art.~5."),
        ("en", "pp. 3–5, vol. II, no. 4, §\n 3, §§ 4", "pp.~3–5, vol.~II, no.~4, §~3, §§~4"),
        ("en", "He said no. I went. He said no. A start. 5 heart. 6", "He said no. I went. He said no. A start. 5 heart. 6"),
        ("en", "xii + 417 pp., 3 + 4, a + 4", "xii~+~417~pp., 3~+~4, a + 4"),
        ("en", "a, b, etc. 5 and the rest. 6", "a, b, etc. 5 and the rest. 6"),
        ("de-CH", "Bd. 3, Abs. 2, Nr. 7, S. 12, vol. 3", "Bd.~3, Abs.~2, Nr.~7, S.~12, vol. 3"),
        ("de", "24 × 36 cm, 1,5 × 2 × 3 m und a × b", "24~×~36~cm, 1,5~×~2~×~3~m und a × b"),
        ("ru", "ст. 51, с. 3, art. 5", "ст.~51, с.~3, art. 5"),
        ("grc", "art. 5, § 3", "art. 5, §~3"),
        ("fr", "« Oui ! » : non ; quoi ? Rien…", "«~Oui^!~»~: non^; quoi^? Rien…"),
        ("fr", "M. Dupont, Mme de Staël, le Dr Émile. M. a dit", "M.~Dupont, Mme~de Staël, le Dr~Émile. M. a dit"),
        ("fr", "à 8 h 30, n° 5, p. 47, t. II, art. 3, 10 €", "à 8~h~30, n°~5, p.~47, t.~II, art.~3, 10~€"),
        ("fr", "au XIXe siècle, du XXᵉ siècle, 19e siècle", "au XIXe~siècle, du XXᵉ~siècle, 19e~siècle"),
        ("de", "Dr. Müller und Prof. Dr. Öz, § 5, S. 5", "Dr.~Müller und Prof.~Dr.~Öz, §~5, S.~5"),
        ("pl", "w domu i z ogrodu. A dr hab. Łucja, s. 5", "w~domu i~z~ogrodu. A~dr~hab.~Łucja, s.~5"),
        ("es", "pág. 5, n.º 5, siglo XIX, Sra. Núñez", "pág.~5, n.º~5, siglo~XIX, Sra.~Núñez"),
        ("it", "n. 5, sec. XX, dott. Rossi", "n.~5, sec.~XX, dott.~Rossi"),
        ("pt", "pág. 5, n.º 5, século XIX, Dr. Sá", "pág.~5, n.º~5, século~XIX, Dr.~Sá"),
        ("en", "M. Dupont ; a b, Dr X, 484 pp. £1", "M. Dupont ; a b, Dr~X, 484~pp. £1"),
        ("fr-CA", "dit-il : «\noui\n»", "dit-il~: «~oui~»"),
        ("de", "so ; was ? « nein »", "so ; was ? « nein »"),
        ("fr", "1 250 000 £, 37,5 %, en 1591 112 feuillets, 12 34", "1~250~000~£, 37,5~%, en 1591 112 feuillets, 12 34"),
        ("de", "z. B. 5 f., d.\nh. i. d. R. im 19. Jh. v. Chr.", "z.~B. 5~f., d.~h. i.~d.~R. im 19.~Jh. v.~Chr."),
        ("ru", "в XIX в. и т. д., 1918 г. до н. э.", "в XIX~в. и~т.~д., 1918~г. до~н.~э."),
        ("en", "5 km, 20 ms, 3 m², 5 men, 12 ff. and i. e. 3 kgs", "5~km, 20~ms, 3~m², 5 men, 12~ff. and i.~e. 3 kgs"),
        ("en", "word – word, a – b, 2001 –2003, no. 5", "word~– word, a~– b, 2001 –2003, no.~5"),
        ("fr", "mot – mot, n. 5, f. 12, 47 et s., 417 p.", "mot – mot, n.~5, f.~12, 47~et~s., 417~p."),
        ("de", "vgl. Müller, Nr. 5, No. 5, Bl. 3, 417 S. – so", "vgl.~Müller, Nr.~5, No.~5, Bl.~3, 417~S.~– so"),
        ("es", "núm. 5, n. 5, No. 5, 47 y ss., 417 pp.", "núm.~5, n.~5, No.~5, 47~y~ss., 417~pp."),
        ("it", "n° 5, c. 12, 47 e ss.", "n°~5, c.~12, 47~e~ss."),
        ("pt", "nº 5, fol. 3, 47 e ss.", "nº~5, fol.~3, 47~e~ss."),
        ("pl", "nr 5, k. 12, 417 s.", "nr~5, k.~12, 417~s."),
        ("ru", "л. 5, № 5 — так", "л.~5, №~5~— так"),
        ("en", "St. Louis, fols. 3–5, 47 et seq.", "St.~Louis, fols.~3–5, 47~et~seq."),
        ("en", "1 250 men at 20 °C, 5 % of them", "1 250 men at 20~°C, 5~% of them"),
    ],
)
def test_words_of_the_language_are_tied_to_numbers(lang: str, text: str, tied: str) -> None:
    """A no-break space takes the place of what stood there, and nothing else changes."""
    root = etree.fromstring("<div><p/></div>")
    root[0].text = text
    ties.tie(root, lang)
    assert root[0].text.replace("\N{NO-BREAK SPACE}", "~").replace("\N{NARROW NO-BREAK SPACE}", "^") == tied


@pytest.mark.parametrize(
    ("lang", "date", "written"),
    [
        ("fr", [2026, 3, 1], "1er mars 2026"),
        ("fr-CH", [2026, 3, 11], "11 mars 2026"),
        ("fr", [2026, 3], "mars 2026"),
        ("en-GB", [2026, 3, 1], "1 March 2026"),
        ("de", [2026, 3, 1], "1. März 2026"),
    ],
)
def test_a_date_is_written_as_its_language_writes_it(lang: str, date: list[int], written: str) -> None:
    """In French, the first of a month is the 1er."""
    assert language.long_date(date, lang) == written


def test_what_stands_around_a_french_text_has_french_spaces(tmp_path: Path, build: Callable[..., Built]) -> None:
    """In the title, after each term, and between keywords; the metadata have the author's own."""
    head = "title: '« Oui » : un essai'\nauthor: Author One\nlang: fr\nkeywords: [un, deux]\ndate: 2026-03-01"
    (tmp_path / "article.md").write_text(f"---\n{head}\n---\n\nTexte.\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf,epub,html,docx,jats")
    assert built.problems == []
    page = built.path("html").read_text(encoding="utf-8")
    said = html.fromstring(page).text_content().replace("\N{NO-BREAK SPACE}", "~").replace("\N{NARROW NO-BREAK SPACE}", "^")
    for words in ("«~Oui~»~: un essai", "Mots-clés~: un^; deux", "Publié~: 1er mars 2026", "Composé avec~: "):
        assert words in said
    assert '<meta name="citation_title" content="« Oui » : un essai">' in page


def test_a_passage_has_the_ties_of_its_own_language_and_code_none() -> None:
    """The language is that of the nearest element that says one; code and formulas are no prose."""
    root = etree.fromstring('<div><p>art. 1 <i lang="de">Bd. 2</i> Bd. 3 <code>art. 4</code> art. 5</p><pre>p. 6</pre></div>')
    ties.tie(root, "en")
    said = "".join(root.itertext()).replace("\N{NO-BREAK SPACE}", "~")
    assert said == "art.~1 Bd.~2 Bd. 3 art. 4 art.~5p. 6"


def test_an_ordinal_stays_with_its_century() -> None:
    """Its letters are raised as a rule, and stand in an element of their own; so may a word before a sign."""
    root = etree.fromstring("<p>au XIX<sup>e</sup> siècle, m<sup>2</sup> et XX<sup>e</sup> <i>Oui</i> ! a<sup>e</sup> non</p>")
    ties.tie(root, "fr")
    said = "".join(root.itertext()).replace("\N{NO-BREAK SPACE}", "~").replace("\N{NARROW NO-BREAK SPACE}", "^")
    assert said == "au XIXe~siècle, m2 et XXe Oui^! ae non"


def test_no_french_line_begins_with_a_sign(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Wherever it ends, on paper; a narrow space is narrower than one between words, and all editions have it."""
    need("pdftotext")
    text = " ".join(f"{'ainsi va ' * (number % 6)}« non ! » ; quoi ? : oui {number}" for number in range(100, 260))
    head = "---\ntitle: Signes\nauthor: Author One\nlang: fr\npage: 6x9\n---\n\n"
    (tmp_path / "article.md").write_text(f"{head}{text}\n", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf,epub,html,docx,jats")
    assert built.problems == []
    lines = [line for page in layout(built.path("pdf")) for line in page]
    assert not [line[3] for line in lines if line[3].strip()[:1] in tuple("»;:!?") or line[3].strip().endswith("«")]
    book = zipfile.ZipFile(io.BytesIO(built.path("epub").read_bytes()))
    word = zipfile.ZipFile(io.BytesIO(built.path("docx").read_bytes()))
    chapters = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xhtml"))
    texts = [built.path(name).read_text(encoding="utf-8") for name in ("html", "jats")]
    for said in (*texts, chapters, word.read("word/document.xml").decode()):
        assert said.count("«\N{NO-BREAK SPACE}non\N{NARROW NO-BREAK SPACE}!\N{NO-BREAK SPACE}»") == 160


def test_no_line_parts_a_short_word_from_its_number(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Wherever a line ends, in the text or a note; all editions have the space, and say the same words."""
    need("pdftotext")
    text = " ".join(f"{'so it is ' * (number % 7)}(art. {number})" for number in range(60, 260))
    head = "---\ntitle: Ties\nauthor: Author One\nlang: en-GB\npage: 6x9\n---\n\n"
    source = f"{head}{text}[^1]\n\nA `no. 5` of code.\n\n[^1]: {text}\n"
    (tmp_path / "article.md").write_text(source, encoding="utf-8")
    built = build(tmp_path, "--to", "pdf,epub,html,docx,jats")
    assert built.problems == []
    printed = subprocess.run(["pdftotext", str(built.path("pdf")), "-"], capture_output=True, text=True, check=True).stdout
    assert len(re.findall(r"\(art\.\s\d+\)", printed)) == 400
    assert not re.search(r"\bart\.\s*\n", printed)
    page = html.document_fromstring(built.path("html").read_bytes().decode()).text_content()
    book = zipfile.ZipFile(io.BytesIO(built.path("epub").read_bytes()))
    word = zipfile.ZipFile(io.BytesIO(built.path("docx").read_bytes()))
    notes = [word.read("word/document.xml").decode(), word.read("word/footnotes.xml").decode()]
    chapters = [book.read(name).decode() for name in book.namelist() if name.endswith(".xhtml")]
    jats = (built.path("pdf").parent / "article.jats.xml").read_text(encoding="utf-8")
    for said in (page, "".join(chapters), "".join(notes), jats):
        assert said.count("art.\N{NO-BREAK SPACE}") == 400
        assert "no. 5" in said


def test_a_wide_gap_takes_no_longer_than_it_is_wide() -> None:
    """Raw HTML may hold any run of white space; each place in it is looked at once."""
    root = etree.fromstring("<p/>")
    root.text = f"« a{' ' * 400_000}b ?"  # at every place anew, this would take half an hour
    ties.tie(root, "fr")
    assert root.text.endswith("b\N{NARROW NO-BREAK SPACE}?")
