"""Passages in other languages: each edition says where another language begins, so that a screen reader changes its voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree
from lxml import html as lxml_html

from compositor.proof.structure import read_structure
from compositor.reading import manuscript
from compositor.setting import document
from tests.conftest import CASES
from tests.reading import squeeze
from tests.test_semantics import trees

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "languages-in-text"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# language, and words of the passage
PASSAGES = [
    ("fr", "le texte"),
    ("fr", "mot français"),
    ("grc", "μῆνιν ἄειδε"),
    ("de", "Ein Zitat mit Donaudampfschifffahrtsgesellschaft."),
    ("de", "Über"),
    ("it", "parola"),
    ("pl", "Całe zdanie"),
    ("fr", "lien"),
    ("ru", "слово"),
    ("it", "titolo"),
    ("de", "Auch die Fußnote ist deutsch, mit einem"),
    ("en", "English"),
]


def test_structure_of_the_pdf_says_the_language(build: Callable[..., Built]) -> None:
    """Each passage is an element of the structure tree with its language, and nothing else has one."""
    said = {(node.lang, node.words()) for node in read_structure(build(CASE).path("pdf").read_bytes()).walk() if node.lang}
    assert len(said) == len(PASSAGES)
    for lang, words in PASSAGES:
        assert any(found == lang and squeeze(words) in text for found, text in said), (lang, words, said)


@pytest.mark.parametrize("edition", ["html", "epub"])
def test_markup_says_the_language(edition: str, build: Callable[..., Built]) -> None:
    """Each passage has its ``lang``; in the book, which is XML, its ``xml:lang`` too."""
    said = [
        (element.get("lang"), squeeze("".join(element.itertext())))
        for page in trees(build(CASE), edition).values()
        for element in page.xpath("//body//*[@lang]")
    ]
    for lang, words in PASSAGES:
        assert any(found == lang and squeeze(words) in text for found, text in said), (lang, words, said)
    if edition == "epub":
        spoken = [page.xpath("//*[@lang]") for page in trees(build(CASE), edition).values()]
        assert all(element.get(XML_LANG) == element.get("lang") for elements in spoken for element in elements)


def test_weasyprint_is_left_as_it_was() -> None:
    """What is noted while printing is noted then only."""
    from weasyprint.pdf import tags

    from compositor.editions import voices

    before = tags._build_box_tree
    with pytest.raises(etree.XMLSyntaxError), voices.spoken():
        assert tags._build_box_tree is not before
        etree.fromstring("<")
    assert tags._build_box_tree is before


@pytest.mark.parametrize(
    ("lang", "more", "before_the_stop"),
    [("fr", "", True), ("pl-PL", "", True), ("en-GB", "", False), ("fr", "notes-after-punctuation: true\n", False)],
)
def test_call_of_a_note_stands_where_its_language_has_it(
    lang: str, more: str, before_the_stop: bool, tmp_path: Path, build: Callable[..., Built]
) -> None:
    """Before the stop in French and Polish, behind it in English, where a citation becomes a note; or as its author says."""
    work = "{id: book, type: book, title: A book, author: [{family: One, given: Author}], publisher: A Press, issued: 1999}"
    head = f"title: Notes\nauthor: Author One\nlang: {lang}\ncsl: chicago-notes-bibliography\n{more}references: [{work}]"
    (tmp_path / "article.md").write_text(f"---\n{head}\n---\n\nA word [@book, p. 3].\n", encoding="utf-8")
    built = build(tmp_path, "--to", "html")
    assert not [item for item in built.problems if item["severity"] == "error"]
    (call,) = lxml_html.document_fromstring(built.path("html").read_bytes()).xpath("//a[@role='doc-noteref']")
    paragraph = next(call.iterancestors("p"))
    assert squeeze("".join(paragraph.itertext())).startswith("Aword1." if before_the_stop else "Aword.1")


def test_country_that_there_is_not_is_told(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Browsers and readers know no en-UK, and would speak it as any English."""
    (tmp_path / "article.md").write_text("---\ntitle: A\nauthor: Author One\nlang: en-UK\n---\n\nWords.\n", encoding="utf-8")
    assert [item["code"] for item in build(tmp_path, "--to", "html").problems] == ["lang-unknown"]


GENRES = """---
title: A title
author: Author One
lang: {lang}
bibliography: works.bib
csl: chicago-author-date
---

Words [@one; @two; @three].
"""
THESES = """@phdthesis{one, author={One, Author}, title={First}, school={A University}, year={2015}}
@mastersthesis{two, author={Two, Author}, title={Second}, school={A University}, year={2016}}
@report{three, type={techreport}, author={Three, Author}, title={Third}, institution={A University}, year={2017}}
"""


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("de", ("Dissertation", "Masterarbeit", "Technischer Bericht")),
        ("it", ("Tesi di dottorato", "Tesi di laurea magistrale", "Rapporto tecnico")),
        ("nl", ("PhD thesis", "Master’s thesis", "Technical report")),
    ],
)
def test_kinds_of_bibtex_are_words(lang: str, words: tuple[str, ...], tmp_path: Path) -> None:
    """A thesis is called one in the language of the article, and never "Phdthesis"."""
    (tmp_path / "works.bib").write_text(THESES)
    (tmp_path / "paper.md").write_text(GENRES.replace("{lang}", lang))
    text, _ = manuscript.read(tmp_path / "paper.md")
    composed, _ = document.compose(text)
    entries = " ".join(entry.text for entry in composed.entries)
    assert all(word in entries for word in words), entries
