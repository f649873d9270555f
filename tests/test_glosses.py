"""Interlinear glosses: each word over what it means, in the same order in every edition."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from lxml import etree

from tests.conftest import CASES, build_case
from tests.reading import fold
from tests.test_semantics import trees

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "glosses"
DUTCH = ["Deze DEM", "zin sentence", "is be.3SG.PRS", "in in", "het DET.N.SG", "Nederlands. Dutch"]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def lists(built: Built, edition: str) -> list[etree._Element]:
    """Give the lists of words."""
    return [found for page in trees(built, edition).values() for found in page.xpath("//ul[@class='gloss-words']")]


@pytest.mark.parametrize("edition", ["html", "epub"])
def test_words_stand_with_what_they_mean(edition: str, build: Callable[..., Built]) -> None:
    """A list holds a word and its meaning an item; the language is that of the word, and of nothing else."""
    found = lists(build_case(build, CASE), edition)
    assert len(found) == 4
    assert [fold(" ".join("".join(line.itertext()) for line in item)) for item in found[0]] == DUTCH
    assert {line.get("lang") for line in found[0].xpath("./li/div[@class='gloss-source']")} == {"nl"}
    assert not found[0].xpath("./li/div[@class='gloss-terms'][@lang] | ancestor::div[@lang='nl']")
    assert [len(item) for item in found[1]] == [3] * 10
    translation = found[0].getnext()
    assert (translation.get("class"), fold("".join(translation.itertext()))) == (
        "gloss-translation",
        "‘This sentence is in Dutch.’",
    )


def test_braces_and_empty_places(build: Callable[..., Built]) -> None:
    """Braces hold words together or leave a place empty; marked words are one; an author's list stays one."""
    *_, quoted = lists(build_case(build, CASE), "html")
    assert [["".join(line.itertext()).strip("\n") for line in item] for item in quoted] == [
        ["a", "1PL"],
        ["*b", "\N{NO-BREAK SPACE}"],
        ["c d", "I"],
    ]


def test_labels_are_small_capitals(build: Callable[..., Built]) -> None:
    """Capitals of abbreviations are marked, figures and other words are not."""
    first, second, _, quoted = lists(build_case(build, CASE), "html")
    labels = [[span.text for span in found.xpath(".//span[@class='gloss-label']")] for found in (first, second, quoted)]
    assert labels[0] == ["DEM", "SG", "PRS", "DET", "N", "SG"]
    assert labels[1] == ["CAUS", "NEG", "POT", "NMLZ", "PL", "PL", "POSS", "ABL", "EVID", "PL", "PL", "PST", "PL"]
    assert labels[2] == ["PL"]


def test_print_sets_words_over_their_meanings(build: Callable[..., Built]) -> None:
    """On paper a word and its meaning begin at the same place, one below the other, and words stand on one line."""
    page = pypdfium2.PdfDocument(build_case(build, CASE).path("pdf"))[0]
    text = page.get_textpage()

    def corner(word: str) -> tuple[float, float]:
        left, bottom, *_ = text.get_charbox(text.search(word).get_next()[0])
        return left, bottom

    for word, meaning in (("zin", "sentence"), ("het", "DET"), ("değildiniz", "not")):
        assert corner(word)[0] == pytest.approx(corner(meaning)[0], abs=1.5)
        assert corner(word)[1] > corner(meaning)[1]
    assert corner("zin")[1] == pytest.approx(corner("het")[1], abs=1)


def test_word_has_a_table_of_rows(build: Callable[..., Built]) -> None:
    """In Word each word stands in a cell over what it means; a long line has several rows."""
    with zipfile.ZipFile(io.BytesIO(build(CASE, "--to", "docx,jats").path("docx").read_bytes())) as opened:
        document = etree.fromstring(opened.read("word/document.xml"))
    first, second, *_ = document.iter(f"{W}tbl")
    assert [" ".join("".join(line.itertext()) for line in cell.iter(f"{W}p")) for cell in first.iter(f"{W}tc")] == DUTCH
    assert len(first.findall(f"{W}tr")) == 1
    assert len(second.findall(f"{W}tr")) > 1


def test_archives_have_lists_of_words(build: Callable[..., Built]) -> None:
    """JATS has a list for a gloss, and one for each word in it."""
    article = etree.fromstring(build(CASE, "--to", "docx,jats").path("jats").read_bytes())
    glosses = article.xpath("//list[@list-type='sentence-gloss']")
    assert len(glosses) == 4
    words = glosses[0].xpath("./list-item/list[@list-type='word']")
    assert [" ".join("".join(line.itertext()).strip() for line in word.iter("p")) for word in words] == DUTCH


def test_words_from_right_to_left(build: Callable[..., Built], tmp_path: Path) -> None:
    """The first word of a gloss in Hebrew stands at the right, and what it means, in the text's language, below it."""
    gloss = "::: {.gloss lang=he}\nהילד קרא את הספר\nthe-boy read.PST ACC the-book\n‘The boy read the book.’\n:::\n"
    (tmp_path / "article.md").write_text(f"---\ntitle: A title\nauthor: Author One\n---\n\n{gloss}", encoding="utf-8")
    built = build(tmp_path, "--to", "pdf,html,docx")
    assert built.problems == []
    (words,) = lists(built, "html")
    assert words.get("dir") == "rtl"
    assert {line.get("dir") for line in words.xpath(".//*[@class='gloss-terms']")} == {"ltr"}
    with zipfile.ZipFile(built.path("docx")) as opened:
        body = etree.fromstring(opened.read("word/document.xml"))
    assert len(body.findall(f".//{W}tblPr/{W}bidiVisual")) == 1
    page = pypdfium2.PdfDocument(built.path("pdf"))[0].get_textpage()
    left = {word: page.get_charbox(page.search(word).get_next()[0])[0] for word in ("the-boy", "ACC", "the-book")}
    assert left["the-boy"] > left["ACC"] > left["the-book"]
