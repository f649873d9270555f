"""The reference list in groups: each work once, under the head that asks for it, in every edition."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from lxml import html as lxml_html

from tests.conftest import CASES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "reference-groups"


def work(key: str, year: int, **more: Any) -> dict[str, Any]:
    """Give a book of an author's."""
    author = [{"family": "One", "given": "Author"}]
    dated = {"issued": {"date-parts": [[year]]}}
    return {"id": key, "type": "book", "title": f"Book {key}", "author": author, "publisher": "A Press", **dated, **more}


def manuscript(folder: Path, groups: str, csl: str, works: list[dict[str, Any]]) -> Path:
    """Write a text that cites some works, with its list in groups."""
    (folder / "works.json").write_text(json.dumps(works), encoding="utf-8")
    cited = "; ".join(f"@{item['id']}" for item in works)
    head = f"title: Groups\nauthor: Author Two\nlang: en-GB\ncsl: {csl}\nbibliography: works.json\nreference-groups: {groups}"
    (folder / "article.md").write_text(f"---\n{head}\n---\n\nA text [{cited}].\n", encoding="utf-8")
    return folder


def lists(page: Path) -> list[tuple[str, list[str]]]:
    """Give each list of a web page with the head over it."""
    root = lxml_html.document_fromstring(page.read_bytes())
    for gone in root.xpath("//span[@class='backlinks'] | //a[contains(@class, 'anchor')]"):
        gone.drop_tree()
    found = []
    for part in root.xpath("//ul[starts-with(@id, 'refs')]"):
        head = part.xpath("preceding::*[self::h2 or self::h3][1]")[0]
        found.append((head.text_content().strip(), [" ".join(entry.text_content().split()) for entry in part]))
    return found


def test_what_no_group_takes_stands_first(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Under the head of the whole list; the first group that takes a work has it."""
    works = [work("a", 1990), work("b", 1991, keyword="ÉLEVÉ, coast"), work("c", 1992, keyword="élevé", type="report")]
    groups = "[{title: Old, keywords: Élevé}, {title: Reports, types: report}, {title: Coasts, keywords: coast}]"
    built = build(manuscript(tmp_path, groups, "apa", works))
    assert [(item["severity"], item["code"]) for item in built.problems] == [("warning", "group-empty")] * 2
    found = lists(built.path("html"))
    assert [(head, len(entries)) for head, entries in found] == [("References", 1), ("Old", 2)]


@pytest.mark.parametrize("csl", ["chicago-notes-bibliography-17th-edition", "chicago-author-date-17th-edition"])
def test_names_are_whole(csl: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """These styles set a dash for the author of the entry before, which might stand in another group."""
    works = [work("a", 1990), work("b", 1991, keyword="old"), work("c", 1992)]
    alone = build(manuscript(tmp_path, "[]", csl, works))
    assert [entry[:3] for _, entries in lists(alone.path("html")) for entry in entries] == ["One", "———", "———"]
    (tmp_path / "parted").mkdir()
    parted = build(manuscript(tmp_path / "parted", "[{title: Old, keywords: old}, {title: New}]", csl, works))
    assert parted.problems == []
    assert [[entry[:3] for entry in entries] for _, entries in lists(parted.path("html"))] == [["One"], ["One", "One"]]


def test_numbers_are_those_of_the_text(tmp_path: Path, build: Callable[..., Built]) -> None:
    """In a numbered style the groups part the list, and the numbers stay."""
    works = [work("a", 1990), work("b", 1991, keyword="old"), work("c", 1992)]
    built = build(manuscript(tmp_path, "[{title: Old, keywords: old}, {title: New}]", "ieee", works))
    assert built.problems == []
    assert [[entry[:3] for entry in entries] for _, entries in lists(built.path("html"))] == [["[2]"], ["[1]", "[3]"]]


def test_archive_has_a_list_in_the_list(build: Callable[..., Built]) -> None:
    """JATS has each group as a list with a title, inside that of all references."""
    article = etree.fromstring(build(CASE, "--to", "jats").path("jats").read_bytes())
    (whole,) = article.xpath("//back/ref-list")
    assert whole.xpath("title/text()") == ["References"]
    assert ["".join(title.itertext()) for title in whole.xpath("ref-list/title")] == [
        "Archival sources",
        "Printed sources",
        "Literature",
    ]
    assert [len(part) - 1 for part in whole.xpath("ref-list")] == [2, 2, 2]


def test_file_that_is_no_bibliography_is_told(tmp_path: Path, build: Callable[..., Built]) -> None:
    built = build(manuscript(tmp_path, "[{title: Archives, files: archives.json}]", "apa", [work("a", 1990)]))
    (said,) = [item for item in built.problems if item["severity"] == "error"]
    assert (said["code"], said["where"].rsplit("/", 1)[-1]) == ("metadata-invalid", "article.md:7")
    assert "archives.json" in said["text"]


def test_type_that_csl_does_not_know_is_told(tmp_path: Path, build: Callable[..., Built]) -> None:
    built = build(manuscript(tmp_path, "[{title: Archives, types: archive}]", "apa", [work("a", 1990)]))
    assert [item["code"] for item in built.problems] == ["metadata-invalid"]
