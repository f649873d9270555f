"""Passages in other languages: each edition says where another language begins, so that a screen reader changes its voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from compositor.proof.structure import read_structure
from tests.conftest import CASES
from tests.reading import squeeze
from tests.test_semantics import trees

if TYPE_CHECKING:
    from collections.abc import Callable

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
