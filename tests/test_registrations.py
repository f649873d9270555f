"""Where a study was registered: among the facts of every edition, told to archives and Crossref, hidden in a blind copy."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from compositor.records import registries
from tests.conftest import CASES
from tests.judges import xml
from tests.reading import fold
from tests.test_notices import words_of
from tests.test_pdf import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "registrations"
ALL = "--to", "pdf,epub,html,docx,jats,crossref"
SAID = "ClinicalTrials.gov NCT00000000 ; German Clinical Trials Register DRKS00000000 ; OSF abcde."
TRIAL = "{http://www.crossref.org/clinicaltrials.xsd}clinical-trial-number"


@pytest.mark.parametrize(
    ("name", "doi"),
    [
        ("ClinicalTrials.gov", "10.18810/clinical-trials-gov"),
        ("https://clinicaltrials.gov/", "10.18810/clinical-trials-gov"),
        ("EU-CTR", "10.18810/euctr"),
        ("eu ctr", "10.18810/euctr"),
        ("OSF", ""),
        ("", ""),
    ],
)
def test_registries_of_trials_are_known_by_name(name: str, doi: str) -> None:
    """Whatever its spelling; one that registers other studies has no DOI of Crossref's."""
    assert registries.doi(name) == doi


def test_every_edition_says_it(build: Callable[..., Built]) -> None:
    """On paper, in the book, on the web and in Word, in the article's language, with a link where there is an address."""
    built = build(CASE, *ALL)
    assert built.problems == []
    page = html.document_fromstring(built.path("html").read_bytes().decode())
    (said,) = page.xpath("//p[@class='registration']")
    assert fold(said.text_content()) == f"Enregistrement de l’essai clinique : {SAID}"
    assert said.xpath("./a/@href") == ["https://example.org/NCT00000000", "https://osf.io/abcde"]
    book = zipfile.ZipFile(io.BytesIO(built.path("epub").read_bytes()))
    assert SAID in fold(html.document_fromstring(book.read("EPUB/title.xhtml")).text_content())
    assert SAID in fold(words_of(built.path("docx")))
    assert SAID.replace(" ", "") in fold("".join(line[3] for line in layout(built.path("pdf"))[0])).replace(" ", "")


def test_other_studies_are_no_trials(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Where no registry is one of trials, the words are others, and Crossref has no place for them."""
    head = "title: T\nauthor: Author One\ndate: 2026-01-02\nlang: en\nregistrations: {registry: OSF, id: abcde}\n"
    (tmp_path / "article.md").write_text(f"---\n{head}---\n\nWords.\n", encoding="utf-8")
    page = html.document_fromstring(build(tmp_path, "--to", "html").path("html").read_bytes().decode())
    assert fold(page.xpath("string(//p[@class='registration'])")) == "Study registration: OSF abcde."


def test_archives_and_crossref_are_told(build: Callable[..., Built]) -> None:
    """As JATS4R recommends; Crossref takes trials alone, each with its registry's DOI."""
    built = build(CASE, *ALL)
    assert xml.jats(built.path("jats").read_bytes()) == []
    objects = etree.parse(built.path("jats")).findall("front/article-meta/related-object")
    wanted = ("content-type", "source-type", "source-id", "source-id-type", "document-id", "document-id-type")
    assert [objects[0].get(name) for name in wanted] == [
        "results", "clinical-trials-registry", "10.18810/clinical-trials-gov", "crossref-doi",
        "NCT00000000", "clinical-trial-number",
    ]  # fmt: skip
    assert [objects[2].get(name) for name in wanted[1:4]] == ["registry", "OSF", "registry-name"]
    assert xml.crossref([built.path("crossref")]) == []
    trials = [(item.get("registry"), item.get("type"), item.text) for item in etree.parse(built.path("crossref")).iter(TRIAL)]
    assert trials == [
        ("10.18810/clinical-trials-gov", "results", "NCT00000000"),
        ("10.18810/drks", None, "DRKS00000000"),
    ]


def test_a_blind_copy_hides_it(build: Callable[..., Built]) -> None:
    """A registry names the authors: the number goes from the facts, and is masked in the text."""
    built = build(CASE, "--to", "html,jats", "--blind")
    assert not [item for item in built.problems if item["severity"] == "error"]
    for name in ("html", "jats"):
        text = built.path(name).read_text(encoding="utf-8")
        assert "00000000" not in text.replace("00000000-0000", "")
        assert "a été enregistré" in text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("NCT00000000", "a registration is a map"),
        ("{registry: OSF}", "registrations: Field required"),
        ("{registry: OSF, id: a, stage: soon}", "pre-results"),
        ("{registry: OSF, id: a, url: 'javascript:1'}", "registrations: "),
    ],
)
def test_a_wrong_one_is_told(written: str, said: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """With its line."""
    head = f"title: T\ndate: 2026-01-02\nregistrations: {written}\n"
    (tmp_path / "article.md").write_text(f"---\n{head}---\n\nWords.\n", encoding="utf-8")
    (problem,) = build(tmp_path, "--to", "html").problems
    assert problem["code"] == "metadata-invalid"
    assert problem["where"].endswith("article.md:4")
    assert said in problem["text"]
