"""Title, abstract and keywords in other languages: as authors write them, and in every edition in their own words."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from fontTools.ttLib import TTFont
from lxml import etree
from lxml import html as lxml_html
from pydantic import ValidationError

from compositor.editions import crossref, html, jats
from compositor.options import DEFAULT
from compositor.proof.prove import prove
from compositor.reading.manuscript import read
from compositor.reading.metadata import Metadata
from compositor.setting.document import compose
from compositor.setting.sheet import Sheet, lay_out
from compositor.submitting import counts
from tests.conftest import CASES
from tests.judges import xml
from tests.reading import read as read_words
from tests.test_docx import styled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "translations"
LANGUAGES = ["fr", "uk", "lt", "he"]
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMES = {"h": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    """Set the case."""
    text, _ = read(CASE)
    composed, _ = compose(text)
    return lay_out(text, composed, DEFAULT)[0]


@pytest.mark.parametrize(
    "written",
    [
        [{"lang": "fr", "title": "Un titre", "keywords": ["un", "deux"]}],
        {"lang": "fr", "title": "Un titre", "keywords": "un, deux"},
        {"fr": {"title": "Un titre", "keywords": "un; deux"}},
    ],
    ids=("list", "one", "map"),
)
def test_forms(written: Any) -> None:
    """A list, one translation by itself, or a map from languages."""
    (found,) = Metadata.model_validate({"translations": written}).translations
    assert (found.lang, found.title, found.keywords) == ("fr", "Un titre", ["un", "deux"])


def test_map_of_titles() -> None:
    """A language may have a title alone."""
    found = Metadata.model_validate({"translations": {"fr": "Un titre", "pt-BR": "Um título"}}).translations
    assert [(item.lang, item.title) for item in found] == [("fr", "Un titre"), ("pt-BR", "Um título")]


@pytest.mark.parametrize(
    "wrong",
    [
        [{"title": "No language"}],
        [{"lang": "fr lang=x", "title": "No language tag"}],
        [{"lang": "fr"}, {"lang": "FR"}],
        [{"lang": "fr", "abstrakt": "A slip"}],
        "fr",
    ],
    ids=("none", "no tag", "twice", "slip", "text"),
)
def test_wrong_forms(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        Metadata.model_validate({"translations": wrong})


def test_web_page_says_languages_and_directions(build: Callable[..., Built]) -> None:
    """Each translation is a summary with a head of its own, in its own language and direction."""
    page = lxml_html.document_fromstring(build(CASE).path("html").read_bytes())
    found = page.xpath("//section[@role='doc-abstract']")
    assert [part.get("lang") for part in found] == [None, *LANGUAGES]
    assert [part.get("dir") for part in found] == [None, None, None, None, "rtl"]
    for part in found:
        (head,) = page.xpath("//*[@id=$name]", name=part.get("aria-labelledby"))
        assert head.getparent() is part
        assert head.tag == "h2"
    assert found[1].getprevious().get("class") == "keywords"
    described = page.xpath("//meta[@name='dcterms.abstract']")
    assert [tag.get("lang") for tag in described] == [None, *LANGUAGES]
    assert page.xpath("//meta[@name='dcterms.alternative'][@lang='lt']/@content") == ["Uosto rinkliavos ir druskos kaina"]


def test_book_has_them_behind_the_abstract(build: Callable[..., Built]) -> None:
    """They share the abstract's file, and say their language in XML's words too."""
    with zipfile.ZipFile(io.BytesIO(build(CASE).path("epub").read_bytes())) as book:
        page = etree.fromstring(book.read("EPUB/abstract.xhtml"))
    parts = page.xpath("//h:section[@role='doc-abstract']", namespaces=NAMES)
    assert [part.get(LANG) for part in parts] == [None, *LANGUAGES]
    assert page.xpath("string(//h:h2)", namespaces=NAMES) == "Abstract"


def test_archive_finds_them(sheet: Sheet) -> None:
    """JATS has each translation of the title, the abstract and the keywords under its language."""
    article = etree.fromstring(jats.render(sheet).data)
    for path in ("title-group/trans-title-group", "trans-abstract", "kwd-group[@xml:lang]"):
        assert [part.get(LANG) for part in article.xpath(f"//article-meta/{path}")] == LANGUAGES, path
    assert article.xpath("//trans-title-group[1]/trans-subtitle/text()") == ["Deux ports"]
    assert article.xpath("//trans-abstract[@xml:lang='lt']/title/text()") == ["Santrauka"]
    assert article.xpath("//kwd-group[@xml:lang='uk']/kwd/text()") == ["сіль", "портові збори"]
    assert article.xpath("//kwd-group[not(@xml:lang)]/kwd/text()") == ["salt", "harbour dues"]


def test_deposit_has_the_abstracts(tmp_path: Path) -> None:
    """Crossref gets each abstract under its language, by its schema, and the proof reads them."""
    more = (
        "url: https://example.org/one\ncrossref: {depositor: First Press, email: deposits@example.org, registrant: First Press}"
    )
    (tmp_path / "article.md").write_text((CASE / "article.md").read_text().replace("lang: en-GB", f"lang: en-GB\n{more}", 1))
    text, _ = read(tmp_path)
    composed, _ = compose(text)
    pages, _ = lay_out(text, composed, DEFAULT)
    deposit = crossref.render(pages)
    path = tmp_path / deposit.name
    path.write_bytes(deposit.data)
    assert xml.crossref([path]) == []
    assert [part.get(LANG) for part in etree.fromstring(deposit.data).iter("{*}abstract")] == [None, *LANGUAGES]
    assert prove(pages, (deposit,), path) == []
    lost = replace(deposit, data=deposit.data.replace("двічі".encode(), b""))
    assert ["abstract in uk" in item.text for item in prove(pages, (lost,), path)] == [True]


def test_word_document_has_styles_for_them(build: Callable[..., Built]) -> None:
    """An editor finds titles, heads, abstracts and keywords under names of their own."""
    data = build(CASE, "--to", "docx").path("docx").read_bytes()
    assert styled(data, "Translated Title")[1:3] == ["Портові збори та ціна солі", "Uosto rinkliavos ir druskos kaina"]
    assert styled(data, "Translated Subtitle") == ["Deux ports"]
    assert styled(data, "Abstract Title") == ["Abstract", "Résumé", "Анотація", "Santrauka", "תקציר"]
    assert styled(data, "Abstract")[0].startswith("Dues on salt rose twice")
    assert len(styled(data, "Abstract")) == 6
    assert styled(data, "Keywords")[3] == "Reikšminiai žodžiai: druska"


def test_their_words_do_not_count(sheet: Sheet) -> None:
    """A journal's limits are for the article's own language."""
    found = counts.count(sheet)
    assert found["abstract"] == 15
    assert counts.of_body(sheet) == found["text"] + found["notes"]
    assert found["text"] == 35  # of the introduction, and the heads


@pytest.mark.parametrize("word", ["augmenté", "étude", "портові", "Deux", "druska"])
def test_lost_word_is_found(word: str, sheet: Sheet) -> None:
    """A word of a translated title, abstract or list of keywords that a page lacks is told."""
    page = html.render(sheet)
    assert prove(sheet, (page,), CASE) == []
    head, _, body = page.data.decode().partition("<body>")
    assert body.count(word) == 1
    lost = replace(page, data=f"{head}<body>{body.replace(word, '')}".encode())
    assert len(prove(sheet, (lost,), CASE)) == 1


def test_referees_copy_masks_names_in_them(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A name in a translated title or abstract is taken out like any other."""
    text = (CASE / "article.md").read_text()
    named = text.replace("author: Author One", "author: Ada Examplename").replace("une *étude*", "par Ada Examplename")
    (tmp_path / "article.md").write_text(named.replace("Druskos rinkliavos didėjo", "Examplename rinkliavos didėjo"))
    built = build(tmp_path, "--blind")
    assert not [item for item in built.problems if item["severity"] == "error"]
    for edition in ("html", "epub"):
        assert "examplename" not in read_words(built.path(edition)).text.lower()


def test_letters_of_the_page_are_its_own(build: Callable[..., Built]) -> None:
    """The web page brings the letters of each language of the front matter, Cyrillic among them."""
    page = build(CASE).path("html").read_bytes()
    packed = re.findall(rb"data:font/woff2;base64,([A-Za-z0-9+/=]+)", page)
    letters = {code for font in packed for code in TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap()}
    assert set(map(ord, "Портові ž ė מלח")) <= letters
