"""What machines are told of the article: the head of the web page and the files beside the editions say one thing.

The case ``catalogued`` has everything that can be told. Forms are read back by readers that are not ours: lxml, PyYAML, and
Pandoc for BibTeX and RIS; schemas are the judges of form.
"""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import yaml
from lxml import etree, html
from PIL import Image

from compositor.records import linked
from compositor.references.completeness import REQUIRED
from tests.conftest import CASES, ROOT, run
from tests.judges import records, web
from tests.reading import fold, read, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CATALOGUED = CASES / "features" / "catalogued"
PLAIN = CASES / "features" / "numbering"  # neither address nor DOI
TITLE = "What a catalogue says of this </script><script>alert(1)</script> & “that”"
WHOLE = f"{TITLE}: A text for machines"
AUTHORS = ["Author van One", "Author Two", "The Third Project for Examples"]
DOI = "10.5555/catalogued_one"
DATE = "2026-05-12"
ADDRESS = "https://example.org/articles/one/"
BESIDE = ["CITATION.cff", "citation.bib", "citation.json", "citation.ris"]
MANIFEST = ["manifest.json", "ro-crate-metadata.json"]

Work = dict[str, Any]
Said = dict[str, Any]  # title, authors, date (as far as the form tells it) and DOI


@pytest.fixture
def built(build: Callable[..., Built]) -> Built:
    """Give the case that has everything."""
    return build(CATALOGUED)


def page(built: Built) -> html.HtmlElement:
    return html.document_fromstring(built.path("html").read_bytes().decode())


def metas(root: html.HtmlElement, prefix: str) -> list[tuple[str, str]]:
    """Give the meta elements of one vocabulary, in order."""
    found = [(meta.get("name") or meta.get("property") or "", meta.get("content")) for meta in root.iter("meta")]
    return [(name, value) for name, value in found if name.startswith(prefix)]


def values(root: html.HtmlElement, name: str) -> list[str]:
    return [value for found, value in metas(root, name) if found == name]


def linked_data(root: html.HtmlElement) -> dict[str, Any]:
    (script,) = root.xpath("//script[@type='application/ld+json']")
    data: dict[str, Any] = json.loads(script.text)
    return data


def names(people: list[dict[str, str]]) -> list[str]:
    """Give CSL's names as they are read."""
    parts = ("given", "dropping-particle", "non-dropping-particle", "family", "literal")
    return [" ".join(name[part] for part in parts if part in name) for name in people]


def turned(name: str) -> str:
    """Give "Family, Given" as it is read."""
    family, _, given = name.partition(", ")
    return f"{given} {family}".strip()


def of_highwire(built: Built) -> Said:
    root = page(built)
    return {
        "title": values(root, "citation_title")[0],
        "authors": [turned(name) for name in values(root, "citation_author")],
        "date": values(root, "citation_publication_date")[0].replace("/", "-"),
        "doi": values(root, "citation_doi")[0],
    }


def of_dublin_core(built: Built) -> Said:
    root = page(built)
    return {
        "title": ": ".join(values(root, "dcterms.title") + values(root, "dcterms.alternative")),
        "authors": values(root, "dcterms.creator"),
        "date": values(root, "dcterms.issued")[0],
        "doi": values(root, "dcterms.identifier")[0].removeprefix("https://doi.org/"),
    }


def of_linked_data(built: Built) -> Said:
    data = linked_data(page(built))
    return {
        "title": data["headline"],
        "authors": [author["name"] for author in data["author"]],
        "date": data["datePublished"],
        "doi": data["identifier"]["value"],
    }


def of_cff(built: Built) -> Said:
    """Read what the file prefers to be cited, and make sure that its head agrees."""
    data = yaml.safe_load((built.folder / "CITATION.cff").read_text(encoding="utf-8"))
    work = data["preferred-citation"]
    assert all(data[key] == work[key] for key in ("title", "authors", "doi", "license"))
    assert data["date-released"] == work["date-published"]
    parts = ("given-names", "family-names", "name")
    given = [" ".join(name[part] for part in parts if part in name) for name in work["authors"]]
    return {"title": work["title"], "authors": given, "date": work["date-published"], "doi": work["doi"]}


def of_csl(built: Built) -> Said:
    (work,) = json.loads((built.folder / "citation.json").read_text(encoding="utf-8"))
    return _of_work(work)


def of_bibtex(built: Built) -> Said:
    return _of_work(records.read_by_pandoc(built.folder / "citation.bib", "bibtex"))


def of_ris(built: Built) -> Said:
    return _of_work(records.read_by_pandoc(built.folder / "citation.ris", "ris"))


def _of_work(work: dict[str, Any]) -> Said:
    day = "-".join(f"{int(part):02d}" for part in work["issued"]["date-parts"][0])
    return {"title": re.sub(r"</?[ib]>", "", work["title"]), "authors": names(work["author"]), "date": day, "doi": work["DOI"]}


@pytest.mark.parametrize(
    ("form", "told"),  # how much of the date the form tells, as a program reads it: year, month and day
    [
        (of_highwire, 10),
        (of_dublin_core, 10),
        (of_linked_data, 10),
        (of_cff, 10),
        (of_csl, 10),
        (of_bibtex, 7),
        (of_ris, 4),
    ],
)
def test_every_form_tells_the_same_work(form: Callable[[Built], Said], told: int, built: Built) -> None:
    """Title, authors in order, date and DOI are those of the metadata, in every form."""
    said = form(built)
    assert squeeze(said["title"]) == squeeze(WHOLE)
    assert said["authors"] == AUTHORS
    assert said["date"] == DATE[:told]
    assert said["doi"] == DOI


def test_files_are_valid(built: Built, article: Built, build: Callable[..., Built]) -> None:
    """CITATION.cff and citation.json stand before the schemas of their formats."""
    for made in (built, article, build(CASES / "features" / "every-construct"), build(PLAIN)):
        assert records.csl(made.folder / "citation.json") == []
        assert records.cff(made.folder / "CITATION.cff") == []


def test_schema_judges_find_faults(built: Built, tmp_path: Path) -> None:
    """The judges do complain: of a type that is none, of a field that is none, of an iD that is none."""
    (work,) = json.loads((built.folder / "citation.json").read_text(encoding="utf-8"))
    (tmp_path / "citation.json").write_text(json.dumps([work | {"type": "magazine"}]))
    assert len(records.csl(tmp_path / "citation.json")) == 1
    data = (built.folder / "CITATION.cff").read_text(encoding="utf-8")
    (tmp_path / "CITATION.cff").write_text(data.replace("0000-0002-1825-0097", "0000") + "colour: blue\n", encoding="utf-8")
    assert len(records.cff(tmp_path / "CITATION.cff")) >= 2
    thing = linked_data(page(built)) | {"headlin": "x"}
    assert "headlin" in " ".join(records.schema_org([thing]))


def test_schema_org_knows_every_word(built: Built, article: Built) -> None:
    """Each type and property is schema.org's, and stands where it may: of the pages, and of a work of every type CSL has."""
    fields: Work = {
        "title": "A work", "author": [{"family": "One", "given": "Author", "suffix": "Jr."}, {"literal": "A Body"}],
        "editor": [{"family": "Two"}], "issued": {"date-parts": [[2020, 1]]}, "container-title": "A Journal",
        "container-title-short": "J.", "publisher": "Press", "volume": "1", "issue": "2", "page": "1–9", "DOI": "10.5555/one",
        "URL": "https://example.org/", "ISBN": "978-3-16-148410-0, 3-16-148410-X", "ISSN": "2049-3630", "language": "en",
    }  # fmt: skip
    cited = [linked.thing(fields | {"type": kind}) for kind in REQUIRED]
    every: Work = {"@context": "https://schema.org", "@type": "ScholarlyArticle", "citation": cited}
    assert records.schema_org([linked_data(page(built)), linked_data(page(article)), every]) == []


def test_highwire_tags(built: Built) -> None:
    """Google Scholar's tags: each author with institutions, iD and, if corresponding, address; then the source."""
    tags = [(name.removeprefix("citation_"), value) for name, value in metas(page(built), "citation_")]
    assert tags[:28] == [
        ("title", WHOLE),
        ("author", "van One, Author"),
        ("author_institution", "First Institution"),
        ("author_institution", "Second Institution"),
        ("author_orcid", "https://orcid.org/0000-0002-1825-0097"),
        ("author_email", "one@example.org"),
        ("author", "Two, Author"),
        ("author_institution", "Second Institution"),
        ("author", "The Third Project for Examples"),
        ("publication_date", "2026/05/12"),
        ("journal_title", "Journal of Examples"),
        ("journal_abbrev", "J. Ex."),
        ("volume", "4"),
        ("issue", "2"),
        ("doi", DOI),
        ("firstpage", "101"),
        ("lastpage", "120"),
        ("issn", "2049-3630"),
        ("publisher", "First Press"),
        ("abstract_html_url", ADDRESS),
        ("fulltext_html_url", ADDRESS),
        ("pdf_url", f"{ADDRESS}article.pdf"),
        ("language", "en"),
        ("keywords", "first"),
        ("keywords", "second & third"),
        (
            "reference",
            "citation_title=On parts, and wholes; citation_author=de Four, Author; citation_author=The Fifth Group; "
            "citation_publication_date=2020/03/04; citation_journal_title=Journal of Parts; citation_volume=7; "
            "citation_issue=1; citation_doi=10.5555/parts; "
            "citation_firstpage=33; citation_lastpage=41; citation_issn=2049-3630",
        ),
        (
            "reference",
            "citation_title=A chapter; citation_author=Six, Author; citation_publication_date=2018; "
            "citation_inbook_title=A Book of Parts; citation_firstpage=1; citation_lastpage=9; "
            "citation_isbn=978-3-16-148410-0; citation_publisher=Second Press",
        ),
        (
            "reference",
            "citation_title=A thesis; citation_author=Ten, Author; citation_publication_date=2019; "
            "citation_dissertation_institution=A University",
        ),
    ]
    assert "two@example.org" not in built.path("html").read_text(encoding="utf-8")


def test_linked_data(built: Built) -> None:
    """What Google asks of an article, and what a catalogue does: iDs, licence, volume and issue, files, works cited."""
    data = linked_data(page(built))
    first, second, third = data["author"]
    assert (first["@type"], first["@id"], first["email"]) == (
        "Person",
        "https://orcid.org/0000-0002-1825-0097",
        "one@example.org",
    )
    assert [home.get("@id") for home in first["affiliation"]] == ["https://ror.org/05a0ya142", None]
    assert "email" not in second
    assert third["@type"] == "Organization"
    assert data["@id"] == f"https://doi.org/{DOI}"
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert data["keywords"] == ["first", "second & third"]
    assert data["abstract"].startswith("What the article says, in “short” words")
    issue, volume = data["isPartOf"], data["isPartOf"]["isPartOf"]
    assert (issue["issueNumber"], volume["volumeNumber"], volume["isPartOf"]["name"]) == ("2", "4", "Journal of Examples")
    assert {item["encodingFormat"] for item in data["encoding"]} == {"application/pdf", "application/epub+zip"}
    assert [(work["@type"], work["name"]) for work in data["citation"]] == [
        ("ScholarlyArticle", "On parts; and wholes"),
        ("Chapter", "A chapter"),
        ("Thesis", "A thesis"),
        ("WebPage", "A page"),
    ]
    article, chapter, _, site = data["citation"]
    assert article["identifier"]["value"] == "10.5555/parts"
    assert chapter["isPartOf"]["name"] == "A Book of Parts"
    assert site["url"] == "https://example.org/page?a=1&b=2"
    assert [work["datePublished"] for work in data["citation"]] == ["2020-03-04", "2018", "2019", "2021-06"]


def test_every_printed_work_is_told_in_its_order(article: Built) -> None:
    """The works of linked data and of Highwire's tags are those of the printed list, one by one."""
    root = page(article)
    printed = read(article.path("html")).references
    told = [work["name"] for work in linked_data(root)["citation"]]
    tags = [re.split(r"; citation_|citation_title=", value)[1] for value in values(root, "citation_reference")]
    assert len(printed) == len(told) == len(tags) == 23
    for entry, name, tag in zip(printed, told, tags, strict=True):
        assert fold(name).casefold() in entry.casefold()
        assert tag == name.replace(";", ",")


def test_title_cannot_break_out(built: Built) -> None:
    """A title with </script> in it stays a title: the page has its own two scripts, and both are whole."""
    root = page(built)
    scripts = root.xpath("//script")
    assert [script.get("type") for script in scripts] == ["application/ld+json", None]
    assert linked_data(root)["headline"] == WHOLE
    assert root.findtext(".//title") == TITLE


def test_addresses_are_whole_where_the_page_is_known(built: Built, build: Callable[..., Built]) -> None:
    """With ``url:`` they are absolute and the page says which is its own; without, they are file names beside it."""
    root = page(built)
    assert root.xpath("//link[@rel='canonical']/@href") == values(root, "og:url") == [ADDRESS]
    assert values(root, "og:image") == [f"{ADDRESS}article.png"]
    other = build(PLAIN)
    root = page(other)
    assert not root.xpath("//link[@rel='canonical']")
    assert not values(root, "og:url") + values(root, "citation_abstract_html_url")
    named = [*values(root, "og:image"), *values(root, "citation_pdf_url"), *root.xpath("//link[@rel='alternate']/@href")]
    assert sorted(named) == ["article.epub", "article.pdf", "article.pdf", "article.png"]
    assert all((other.folder / name).is_file() and not urlsplit(name).scheme for name in named)


def test_shared_link_has_a_picture(built: Built, tmp_path: Path) -> None:
    """Open Graph tells of a picture of the right size, described; it is drawn alike every time."""
    root = page(built)
    data = (built.folder / "article.png").read_bytes()
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "PNG"
    assert [str(side) for side in picture.size] == [values(root, f"og:image:{side}")[0] for side in ("width", "height")]
    assert picture.size == (1200, 630)
    assert values(root, "og:image:type") == ["image/png"]
    assert all(name in values(root, "og:image:alt")[0] for name in [*AUTHORS, TITLE])
    assert len(picture.convert("RGB").getcolors(256) or []) > 8  # letters with soft edges, not an empty sheet
    tags = dict(metas(root, "og:") + metas(root, "twitter:"))
    assert (tags["og:type"], tags["og:locale"], tags["twitter:card"]) == ("article", "en_GB", "summary_large_image")
    assert (tags["og:title"], tags["og:description"][:21]) == (WHOLE, "What the article says")
    assert run(CATALOGUED, "--to", "html", "--out", tmp_path, "--quiet").returncode == 0
    assert (tmp_path / "article.png").read_bytes() == data
    assert all((tmp_path / name).read_bytes() == (built.folder / name).read_bytes() for name in BESIDE)


def test_what_cannot_be_cited_has_no_citation(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Without a title nothing is told to catalogues; without authors CFF alone is left out, which must have some."""
    for name, header in (("untitled", "author: Author One"), ("unsigned", "title: A title")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "article.md").write_text(f"---\n{header}\n---\n\nText.\n", encoding="utf-8")
    untitled, unsigned = (build(tmp_path / name, "--to", "html") for name in ("untitled", "unsigned"))
    assert sorted(path.name for path in untitled.folder.iterdir()) == ["article.html", "article.png", *MANIFEST]
    assert not metas(page(untitled), "citation_")
    assert not page(untitled).xpath("//script[@type='application/ld+json']")
    assert sorted(path.name for path in unsigned.folder.iterdir()) == ["article.html", "article.png", *BESIDE[1:], *MANIFEST]
    assert records.csl(unsigned.folder / "citation.json") == []


def test_identifiers_of_the_wrong_form_are_not_passed_on(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A false iD, an address that is none and a licence of one's own are left out or told as such: the files stay valid."""
    (tmp_path / "article.md").write_text(
        "---\ntitle: A title\ndoi: 10.5555/<a>\nurl: articles/one\nlicense: Mine\ndate: 2026-05\njournal: A Journal\n"
        "author: [{name: Author One, orcid: '12', email: nowhere, corresponding: true}, Author Two, Author Two]\n"
        "---\n\nText.\n",
        encoding="utf-8",
    )
    made = build(tmp_path, "--to", "html")
    assert {item["code"] for item in made.problems} == {"orcid-invalid", "ref-url"}
    assert records.cff(made.folder / "CITATION.cff") == []
    data = yaml.safe_load((made.folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert data["url"] == "https://doi.org/10.5555/%3Ca%3E"
    assert not {"doi", "license", "license-url", "date-released"} & set(data)
    root = page(made)
    assert not root.xpath("//link[@rel='canonical']")
    assert values(root, "citation_publication_date") == ["2026"]
    assert "@id" not in linked_data(root)["author"][0]


def test_nu_finds_nothing(built: Built) -> None:
    """The head with everything in it is valid HTML."""
    assert web.nu([built.path("html")]) == []


def test_shipped_article_is_catalogued(article: Built) -> None:
    """The article in manuscript/ brings its citation in every form."""
    assert {"article.png", *BESIDE} <= {path.name for path in article.folder.iterdir()}
    beside = [item for item in article.data["outputs"] if item["edition"] is None]
    assert sorted(item["path"].rsplit("/", 1)[-1] for item in beside) == sorted(["article.png", *BESIDE, *MANIFEST])
    assert "The Compositor Project" in (article.folder / "CITATION.cff").read_text(encoding="utf-8")
    assert ROOT.joinpath("manuscript", "metadata.yaml").is_file()


RUNNING = ("javascript:own(1)", "JaVaScRiPt\t:own(2)", "data:text/html,<script>own(3)</script>", "vbscript:own(4)")


@pytest.mark.parametrize("address", RUNNING)
def test_an_address_that_runs_is_no_data(address: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """Where a machine looks for an address it finds one to follow, or none: in JSON-LD, in the head, in every record beside."""
    who = {"name": "Author One", "orcid": "0000-0002-1825-0097", "affiliation": [1]}
    place = {"index": 1, "name": "A Place", "ror": address}
    meta = {"title": "A title", "author": [who], "affiliations": [place], "url": address, "doi": address, "date": "2026-01-01"}
    (tmp_path / "article.md").write_text(f"---\n{json.dumps(meta | {'bibliography': 'r.json'})}\n---\n\nWords, @a, @b.\n")
    issued = {"issued": {"date-parts": [[2000]]}, "author": [{"family": "One"}], "publisher": "P", "type": "book"}
    works = [{"id": "a", "title": "First", "URL": address, **issued}, {"id": "b", "title": "Second", "DOI": address, **issued}]
    (tmp_path / "r.json").write_text(json.dumps(works))
    built = build(tmp_path, "--to", "html,jats")
    assert {item["code"] for item in built.problems} >= {"ror-invalid", "ref-url", "ref-doi"}
    page = html.fromstring(built.path("html").read_text(encoding="utf-8"))
    scheme = address.partition(":")[0].strip().lower()

    def runs(value: object) -> bool:
        return re.sub(r"\s", "", str(value)).lower().startswith(f"{scheme}:") and "own(" in str(value)

    def walk(thing: object, key: str = "") -> list[tuple[str, object]]:
        if isinstance(thing, dict):
            return [found for name, value in thing.items() for found in walk(value, name)]
        if isinstance(thing, list):
            return [found for value in thing for found in walk(value, key)]
        return [(key, thing)] if runs(thing) else []

    told = [json.loads(script.text) for script in page.xpath("//script[@type='application/ld+json']")]
    told.append(json.loads((built.folder / "citation.json").read_bytes()))
    graph = json.loads((built.folder / "manifest.json").read_bytes())["@graph"]
    told.append([item for item in graph if item["@type"] != "Comment"])  # a problem may quote it
    assert walk(told) == []
    tags = page.xpath("//meta[starts-with(@name, 'citation_') or starts-with(@name, 'DC') or @property]/@content")
    assert tags
    assert not [tag for tag in tags for part in re.split(r"[;=]", tag) if runs(part.strip())]
    for name in ("CITATION.cff", "citation.bib", "citation.ris"):
        assert "own(" not in (built.folder / name).read_text(encoding="utf-8"), name
    article = etree.parse(built.path("jats"))
    assert not [value for value in article.xpath("//@*") if runs(value)]
    assert not article.xpath("//institution-id")


@pytest.mark.parametrize(("page", "pages"), [("a5", None), ("6x9", None), ("1864", "1864"), ("e12", "e12"), ("12-34", "12-34")])
def test_a_page_is_a_size_or_a_place(page: str, pages: str | None, tmp_path: Path) -> None:
    """``page`` is the size of the paper, or where the article stands in its journal, as in JOSS's metadata; never both."""
    journal = "journal: {title: Journal of Tests, volume: 2}"
    (tmp_path / "article.md").write_text(
        f"---\ntitle: A title\nauthor: Author One\ndate: 2020\npage: {page}\n{journal}\n---\n\nWords.\n"
    )
    assert run(tmp_path, "--to", "html", "--out", tmp_path / "dist").returncode == 0
    found = re.search(r"pages = \{(.*)\}", (tmp_path / "dist" / "citation.bib").read_text())
    assert (found and found[1]) == pages
