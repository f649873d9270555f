"""A notice says which article it corrects, retracts or answers: to readers in their language, to archives and to Crossref."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from compositor.reading import kinds, language
from tests.conftest import CASES
from tests.judges import xml
from tests.reading import fold
from tests.test_crossref import NAMES
from tests.test_pdf import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "correction"
ALL = "--to", "pdf,epub,html,docx,jats,crossref"
ABOUT = "Erratum to: What a long study of one thing found and how it was done, https://doi.org/10.5555/the-article"
HEAD = """---
title: T
author: Author One
date: 2026-01-02
lang: {}
type: {}
related: {{type: {}, doi: 10.5555/one}}
{}---

Words.
"""


@pytest.mark.parametrize(
    ("related", "said", "kind"),
    [
        ("corrected-article", "correction", "correction"),
        ("corrected-article", "Errata", "erratum"),
        ("corrected-article", "corrigendum", "corrigendum"),
        ("retracted-article", "", "retraction"),
        ("commentary-article", "letter", "comment"),
        ("commentary-article", "Reply", "reply"),
        ("letter", "reply", "reply"),
        ("companion", "correction", ""),
    ],
)
def test_what_an_article_is_to_another(related: str, said: str, kind: str) -> None:
    """It follows from JATS's word for the other, and from what this one is called."""
    assert kinds.notice(related, said) == kind


@pytest.mark.parametrize("lang", ["en", "de", "fr", "es", "it", "pl", "pt", "ru", "uk"])
def test_every_language_has_every_notice(lang: str) -> None:
    """No language borrows an English one, or lacks one that an article may be."""
    notices = {*kinds.NOTICES.values(), *kinds.CORRECTIONS, *kinds.ABOUT}
    assert set(language.terms(lang)[0]["notices"]) == notices
    assert lang == "en" or language.terms(lang)[0]["notices"]["comment"] != "Comment on"


def test_first_page_says_what_it_corrects(build: Callable[..., Built]) -> None:
    """On paper, in the book, on the web and in Word, with a link; another article that is no part of it is not named."""
    built = build(CASE, *ALL)
    assert built.problems == []
    page = html.document_fromstring(built.path("html").read_bytes().decode())
    said = [fold(part.text_content()) for part in page.xpath("//header/p[@class='notice']")]
    assert said == [ABOUT, "Retraction of: https://doi.org/10.5555/another.2"]
    assert page.xpath("//header/p[@class='notice']/a/@href")[0] == "https://doi.org/10.5555/the-article"
    book = zipfile.ZipFile(io.BytesIO(built.path("epub").read_bytes()))
    assert ABOUT in fold(html.document_fromstring(book.read("EPUB/title.xhtml")).text_content())
    assert ABOUT in fold(words_of(built.path("docx")))
    printed = fold(" ".join(line[3] for line in layout(built.path("pdf"))[0]))
    assert ABOUT.replace(" ", "") in printed.replace(" ", "")


def words_of(path: Path) -> str:
    """Give every word of a Word document."""
    with zipfile.ZipFile(path) as package:
        return "".join(etree.fromstring(package.read("word/document.xml")).itertext())


def test_archives_and_crossref_are_told(build: Callable[..., Built]) -> None:
    """JATS names the article; Crossref's update has a type of its own and a date, and keeps grants and licence."""
    built = build(CASE, *ALL)
    assert xml.jats(built.path("jats").read_bytes()) == []
    related = etree.parse(built.path("jats")).xpath("//related-article[@related-article-type='corrected-article']")
    assert [item.text for item in related] == ["What a long study of one thing found and how it was done"]
    assert xml.crossref([built.path("crossref")]) == []
    root = etree.parse(built.path("crossref"))
    told = [(item.get("type"), item.get("date"), item.text) for item in root.iterfind(".//c:update", NAMES)]
    assert told == [("erratum", "2026-03-04", "10.5555/the-article"), ("retraction", "2026-03-04", "10.5555/another.2")]
    assert root.findtext(".//c:crossmark_policy", "", NAMES) == "10.5555/policy"
    assert len(root.find(".//c:custom_metadata", NAMES)) == 2


def test_comment_and_reply_change_no_record(tmp_path: Path, build: Callable[..., Built]) -> None:
    """They are relations, which need no policy; the words are the article's language's."""
    deposit = "doi: 10.5555/two\nurl: https://example.org/two\ncrossref: {depositor: P, email: p@example.org, registrant: P}\n"
    journal = "journal: {title: Revue, issn: 2049-3630}\n"
    wanted = {"letter": ("Commentaire sur", "isCommentOn"), "reply": ("Réponse à", "isReplyTo")}
    for said, (words, relation) in wanted.items():
        (tmp_path / said).mkdir()
        head = HEAD.format("fr", said, "commentary-article", deposit + (journal if said == "reply" else ""))
        (tmp_path / said / "article.md").write_text(head, encoding="utf-8")
        built = build(tmp_path / said, "--to", "html,crossref")
        assert built.problems == []
        page = html.document_fromstring(built.path("html").read_bytes().decode())
        assert page.xpath("string(//p[@class='notice'])").replace("\N{NO-BREAK SPACE}", " ").startswith(f"{words} : https:")
        assert xml.crossref([built.path("crossref")]) == []
        assert f'"{relation}" identifier-type="doi">10.5555/one<'.encode() in built.path("crossref").read_bytes()


def test_a_blind_copy_does_not_say(build: Callable[..., Built]) -> None:
    """Whose article it corrects tells who wrote it."""
    assert "10.5555/the-article" not in build(CASE, "--to", "html", "--blind").path("html").read_text(encoding="utf-8")
