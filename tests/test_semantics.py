"""What the parts are, said so that machines and screen readers know it: DPUB-ARIA roles, EPUB's types, landmarks."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from compositor.editions import adapt
from compositor.setting import semantics
from tests.conftest import CASES, build_case
from tests.reading import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Built

CASE = CASES / "features" / "every-construct"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
# role → the words that its first bearer begins with
PARTS = {
    "doc-abstract": "Abstract A short abstract",
    "doc-acknowledgments": "Acknowledgements Thanks.",
    "doc-appendix": "A More",
    "doc-bibliography": "References One, A. (2020).",
    "doc-biblioref": "2020, p. 3",
    "doc-credits": "Author contributions Author One: Conceptualization (lead)",
    "doc-epigraph": "Words to begin a section with, in two lines. — Somebody",
    "doc-noteref": "1",
}
LANDMARKS = {"doc-acknowledgments", "doc-appendix", "doc-bibliography", "doc-credits", "doc-endnotes", "doc-toc"}
TYPES = {"credits": "contributors"}  # where EPUB's word is another


def trees(built: Built, edition: str) -> dict[str, etree._Element]:
    """Give the pages of an edition by name, in reading order as far as names have one."""
    data = built.path(edition).read_bytes()
    if edition == "html":
        return {"article.html": etree.HTML(data.decode())}
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        pages = {name: etree.fromstring(book.read(name)) for name in sorted(book.namelist()) if name.endswith(".xhtml")}
    for page in pages.values():
        for element in page.iter("{http://www.w3.org/1999/xhtml}*"):
            element.tag = etree.QName(element).localname
    return pages


def words(element: etree._Element) -> str:
    """Give what an element says, without links that the edition adds."""
    skip = "ancestor::*[@class='anchor' or @role='doc-backlink']"
    return fold(" ".join(text for text in element.xpath(f".//text()[not({skip})]")))


def bearers(pages: dict[str, etree._Element], role: str) -> list[etree._Element]:
    """Give what bears a role."""
    return [element for page in pages.values() for element in page.xpath("//*[@role=$role]", role=role)]


@pytest.mark.parametrize("edition", ["html", "epub"])
@pytest.mark.parametrize("role", PARTS)
def test_part_has_its_role(role: str, edition: str, build: Callable[..., Built]) -> None:
    """Abstract, epigraph, statements, references, appendix, calls and citations say what they are."""
    found = bearers(trees(build(CASE), edition), role)
    assert found
    assert words(found[0]).replace(" ", "").startswith(PARTS[role].replace(" ", ""))
    if edition == "epub":
        name = role.removeprefix("doc-")
        assert {element.get(EPUB_TYPE) for element in found} == {TYPES.get(name, name)}


def test_notes_have_their_role(build: Callable[..., Built]) -> None:
    """Notes are endnotes in the web page, and footnotes that open in place in the book; each call leads to one, and back."""
    web, book = (trees(build(CASE), edition) for edition in ("html", "epub"))
    (endnotes,) = bearers(web, "doc-endnotes")
    notes = bearers(book, "doc-footnote")
    calls = bearers(web, "doc-noteref")
    assert len(endnotes.findall("ol/li")) == len(notes) == len(calls) == len(bearers(book, "doc-noteref"))
    assert {note.get(EPUB_TYPE) for note in notes} == {"footnote"}
    ids = {item.get("id") for item in endnotes.findall("ol/li")}
    assert {call.get("href") for call in calls} == {f"#{identifier}" for identifier in ids}
    backs = {link.get("href", "").split("#")[-1] for link in bearers(book, "doc-backlink")}
    assert {call.get("id") for call in bearers(book, "doc-noteref")} <= backs


@pytest.mark.parametrize("edition", ["html", "epub"])
def test_landmarks_have_names(edition: str, build: Callable[..., Built]) -> None:
    """Each landmark has a name, and no two of a file the same."""
    for page in trees(build(CASE), edition).values():
        names = []
        for element in page.xpath("//*[@role]"):
            if element.get("role") in LANDMARKS:
                (target,) = page.xpath("//*[@id=$id]", id=element.get("aria-labelledby", ""))
                names.append(fold("".join(target.itertext())))
        assert all(names)
        assert len(set(names)) == len(names)


def test_web_page_has_one_main_part(build: Callable[..., Built]) -> None:
    """The text is the main part, the contents navigation beside it, and the skip link leads to the text."""
    (page,) = trees(build(CASE), "html").values()
    (main,) = page.iter("main")
    (contents,) = page.iter("nav")
    assert contents.get("role") == "doc-toc"
    assert main not in contents.iterancestors()
    assert page.xpath("//a[@class='skip']/@href") == [f"#{main.get('id')}"]
    assert main.xpath(".//*[@role='doc-abstract']")


def test_book_has_landmarks(build: Callable[..., Built]) -> None:
    """The nav leads to cover, title page, contents, text and references, each of the type that it says; and lists the pages."""
    pages = trees(build(CASE), "epub")
    nav = pages["EPUB/nav.xhtml"]
    navs = {part.get(EPUB_TYPE): part for part in nav.iter("nav")}
    assert set(navs) == {"toc", "landmarks", "page-list"}
    assert [navs[name].get("role") for name in ("toc", "page-list")] == ["doc-toc", "doc-pagelist"]
    landmarks = {link.get(EPUB_TYPE): link.get("href") for link in navs["landmarks"].iter("a")}
    assert list(landmarks) == ["cover", "titlepage", "toc", "bodymatter", "bibliography"]
    for name, href in landmarks.items():
        page = pages[f"EPUB/{href}"]
        assert name in {element.get(EPUB_TYPE) for element in page.iter() if isinstance(element.tag, str)}, name


def test_matter_of_each_file(build: Callable[..., Built]) -> None:
    """The abstract is front matter, the text body matter, and what stands behind it back matter."""
    pages = trees(build(CASE), "epub")
    matter = {name.split("/")[-1]: page.find("body").get(EPUB_TYPE) for name, page in pages.items()}
    assert matter["abstract.xhtml"] == "frontmatter"
    sections = [matter[name] for name in sorted(matter) if name.startswith("section")]
    assert sections == ["bodymatter"] * 4 + ["backmatter"] * 3


@pytest.mark.parametrize("name", ["every-construct", "notes-in-links", "style-notes"])
def test_no_link_stands_in_another(name: str, build: Callable[..., Built]) -> None:
    """A browser would end the outer one there; the book is read as XML, so that nobody mends it first."""
    pages = trees(build_case(build, CASES / "features" / name), "epub").values()
    assert sum(len(page.xpath("//a")) for page in pages) > 5
    assert [link.get("href") for page in pages for link in page.xpath("//a//a")] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "<a href='x' id='i'>one <a href='y'>1</a> two</a> end",
            "<a href='x' id='i'>one </a><a href='y'>1</a><a href='x'> two</a> end",
        ),
        (
            "<a href='x'>a <i>b <a href='y'>1</a> c</i></a>",
            "<a href='x'>a <i>b </i></a><a href='y'>1</a><a href='x'><i> c</i></a>",
        ),
        ("<a href='x'><i><a href='y'>1</a></i> </a>end", "<a href='y'>1</a> end"),
    ],
)
def test_a_link_in_another_parts_it(before: str, after: str) -> None:
    """Each half leads where the whole did, and no word is lost."""
    root = etree.fromstring(f"<p>{before}</p>")
    semantics.part_links(root)
    assert etree.tostring(root) == etree.tostring(etree.fromstring(f"<p>{after}</p>"))


@pytest.mark.parametrize(
    ("attributes", "marks"),
    [
        ("", ["1.", "2."]),
        ("type='a' start='26'", ["z.", "aa."]),
        ("type='I' start='899' data-marks='()'", ["DCCCXCIX.", "CM."]),
        ("type='i' start='3999'", ["mmmcmxcix.", "4000."]),
        ("start='x' data-marks=''", ["1.", "2."]),
        ("start='-1' type='A'", ["-1.", "0."]),
    ],
)
def test_marks_of_a_list_are_those_that_a_browser_shows(attributes: str, marks: list[str]) -> None:
    """CSS Counter Styles 3 says where letters and Roman numerals begin and end; what only raw HTML can say is not believed."""
    root = etree.fromstring(f"<div><ol {attributes}><li/><li/></ol></div>")
    semantics.sign_lists(root)
    assert adapt.marks(root[0]) == marks
