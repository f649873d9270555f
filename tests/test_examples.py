"""Numbered examples: each reference leads to its example, in every edition, and no words change."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest
from lxml import etree

from compositor.setting import examples, markup, semantics
from tests.conftest import CASES, build_case
from tests.test_semantics import trees

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Built

CASE = CASES / "features" / "examples"
REFERENCES = 22


@pytest.mark.parametrize("edition", ["html", "epub"])
def test_references_lead_to_their_examples(edition: str, build: Callable[..., Built]) -> None:
    """A reference is a link to the item of that number, which has one id however often it is shown."""
    pages = trees(build_case(build, CASE), edition)
    items = {item.get("id"): item for page in pages.values() for item in page.xpath("//li[starts-with(@id, 'example-')]")}
    assert list(items) == ["example-1", "example-2", "example-3", "example-4"]
    links = [link for page in pages.values() for link in page.xpath("//a[contains(@class, 'example')]")]
    assert len(links) == REFERENCES
    assert all(link.get("href").rpartition("#")[2] == f"example-{link.text}" for link in links)
    assert "An example with a paragraph." in "".join(items["example-1"].itertext())


def test_references_in_print_are_links(build: Callable[..., Built]) -> None:
    """The PDF has a link for each reference, to a place that is there."""
    with pikepdf.open(build_case(build, CASE).path("pdf")) as pdf:
        targets = [str(item.get("/Dest", "")) for page in pdf.pages for item in page.get("/Annots", ())]
    assert len([name for name in targets if name.startswith("example-")]) == REFERENCES


def test_references_in_word_and_archives(build: Callable[..., Built]) -> None:
    """Word leads to a bookmark, JATS to the item of a list."""
    built = build(CASE, "--to", "docx,jats")
    with zipfile.ZipFile(io.BytesIO(built.path("docx").read_bytes())) as opened:
        parts = [opened.read(f"word/{name}.xml").decode() for name in ("document", "footnotes")]
    assert sum(len(re.findall(r'w:anchor="example_\d"', part)) for part in parts) == REFERENCES
    assert sorted(re.findall(r'w:bookmarkStart [^>]*w:name="(example_\d)"', parts[0])) == [f"example_{n}" for n in (1, 2, 3, 4)]
    article = etree.fromstring(built.path("jats").read_bytes())
    items = {item.get("id") for item in article.iter("list-item")}
    xrefs = [xref for xref in article.iter("xref") if xref.get("ref-type") == "list"]
    assert len(xrefs) == REFERENCES
    assert {xref.get("rid") for xref in xrefs} <= items


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("(@one) First.\n\nAs (@one), @one; @one.", "(@one) First.\n\nAs (!one), !one; !one."),
        ("(@one) First.\n(@two) Second, as (@one).", "(@one) First.\n(@two) Second, as (!one)."),
        ("(@one) First.\n\nWords, and\n(@one) words.", "(@one) First.\n\nWords, and\n(!one) words."),
        ("# Head\n(@one) First.\n\n@one", "# Head\n(@one) First.\n\n!one"),
        ("> 1. (@one) First.\n\nIn (@one--@one)", "> 1. (@one) First.\n\nIn (!one--!one)"),
        ("(@one) First.\n\n[@one], [see @one, p. 3], [see (@one)](x) ^[@one]", None),
        ("(@one) First.\n\n\\@one @one:2 @oneness @@one `@one` <a@one.org>", "="),
        ("(@one) First.\n\na@one.org (é@one) a@one-two `a@one`", "(@one) First.\n\na?one.org (é?one) a@one-two `a@one`"),
        ("Nothing but (@one)", "="),
    ],
)
def test_what_is_a_reference(text: str, wanted: str | None) -> None:
    """Words that Pandoc makes a number of are marked; items, works, addresses, longer keys and code are not."""
    wanted = {None: text.replace("(@one)]", "(!one)]").replace("^[@", "^[!"), "=": text}.get(wanted, wanted)
    marked, _ = examples.marked(Path("article.md"), text)
    assert marked.partition("\n\n:::")[0].replace(examples.MARK, "!").replace(examples.ADDRESS_MARK, "?") == wanted


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("(@one) First.\n\n(@two) Second.\n", []),
        ("(@one) First.\n\n(@one) Second.\n", [3]),
        ("(@one) First,\n    of two lines.\n\nWords.\n\n(@one) First, of\n two lines.\n\n    And more.\n", []),
        ("(@one) First.\n\nWords.\n\n(@two) Second.\n\n    And more.\n\n(@one) First.\n", [9]),
        ("(@one) First.\n\n> (@one) Second.\n\n(@) Third.\n\n(@) Fourth.\n", [3]),
        ("(@one) First.\n\n~~~\n(@one) Second.\n~~~\n", []),
    ],
)
def test_two_of_one_name(text: str, lines: list[int]) -> None:
    """Other words are another example; the same words in a list of their own are the same one, shown again."""
    assert [line for _, line in examples.twice(text)] == lines


def test_head_called_like_an_example() -> None:
    """An id that a head has already is not given to an example, and the links follow."""
    root = markup.parse(
        '<h2 id="example-1">Example 1</h2><a class="xref example" href="#example-1">1</a><ol class="example"><li>One</li></ol>'
    )
    semantics.name_examples(root)
    assert root.xpath("//li/@id") == ["example-1-numbered"]
    assert root.xpath("//a/@href") == ["#example-1-numbered"]
