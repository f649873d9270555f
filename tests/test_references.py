"""Facts of the checks on references, one by one: what is reported, and what must never be."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from compositor.reading import manuscript, styles
from compositor.references import check_library, completeness, doubles, identifiers, names, pages, schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

Work = dict[str, Any]


def work(key: str, *authors: tuple[str, str], **fields: Any) -> Work:
    """Make a work as citeproc's reader gives it."""
    people = [{"family": family, "given": given} for family, given in authors or [("One", "Author")]]
    return {"id": key, "type": "book", "title": key, "author": people, "issued": {"date-parts": [[2020]]}} | fields


@pytest.mark.parametrize(
    ("isbn", "wrong"),
    [
        ("978-3-16-148410-0", 0),
        ("978 3 16 148410 0", 0),
        ("978–3–16–148410–0", 0),
        ("316148410X", 0),
        ("ISBN-13: 978-3-16-148410-0; ISBN-10: 3-16-148410-X", 0),
        ("978-3-16-148410-0 3-16-148410-X", 0),
        ("978-3-16-148410-0 (paperback), 978-3-16-148410-1", 1),
        ("978-3-16-148410", 1),
        ("979-0-2600-0043-8", 1),  # printed music
        ("forthcoming", 1),
    ],
)
def test_isbn(isbn: str, wrong: int) -> None:
    assert [code for code, _ in identifiers.check({"ISBN": isbn})] == ["ref-isbn"] * wrong


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, []),
        ({"volume": 2, "custom": {"mine": 1}, "issued": {"date-parts": [["2020"], [2021, 1]], "circa": True}}, []),
        ({"type": "magazine"}, []),  # ref-type says it
        ({"type": ""}, ['has "" in type']),
        ({"ISBN": 9783161484100}, ["has 9783161484100 in ISBN, which must be text"]),
        ({"isbn": "1"}, ["has the field 'isbn' (for 'ISBN'?), which CSL JSON does not know"]),
        ({f"x{number}": "" for number in range(9)}, ["has the fields 'x0', 'x1', 'x2', 'x3' and 5 more, which CSL JSON"]),
        ({"author": [{"family": "One", "first": "A"}]}, ["has 'first' in author 1, which may hold family, given,"]),
        ({"author": ["One", 3]}, ['has "One" in author 1, which must be a map']),
        ({"issued": {"date-parts": []}}, ["has [] in issued, date-parts, which must hold 1 to 2 items"]),
    ],
)
def test_schema(fields: Work, said: list[str]) -> None:
    """Each field that the schema of CSL JSON does not allow is named, with what it may hold; a whole work passes."""
    found = list(schema.check(work("one") | fields))
    assert len(found) == len(said)
    assert all(line.startswith(start) for line, start in zip(found, said, strict=True))


def test_types_are_those_of_the_schema() -> None:
    """The check on types and the schema know the same ones, so that no work is told of twice, and none never."""
    assert set(completeness.REQUIRED) - {""} == set(schema.types())


def test_unreadable_work_is_named(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Where Pandoc counts the works and gives up, the problem names the work, its line and the field."""
    works = [work("one"), work("two") | {"title": ["Two"]}]
    (tmp_path / "works.json").write_text("[" + ",\n".join(map(json.dumps, works)) + "]", encoding="utf-8")
    (tmp_path / "article.md").write_text("---\ntitle: A title\nbibliography: works.json\n---\n\nText.\n", encoding="utf-8")
    (problem,) = build(tmp_path, "--to", "html").problems
    assert problem["code"] == "bib-unreadable"
    assert problem["where"].endswith("works.json:2")
    assert problem["text"] == 'two has ["Two"] in title, which must be text'


@pytest.mark.parametrize(
    ("issn", "wrong"),
    [("2049-3630", 0), ("20493630", 0), ("2434-561X", 0), ("2049-3630 (print), 2434-561x (online)", 0), ("2049-363X", 1)],
)
def test_issn(issn: str, wrong: int) -> None:
    assert [code for code, _ in identifiers.check({"ISSN": issn})] == ["ref-issn"] * wrong


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://example.org/a?b=c#d", True),
        ("https://example.org/wiki/Пример", True),
        ("http://user@example.org:8080/", True),
        ("ftp://example.org/file", True),
        ("urn:nbn:de:101:1-2", True),
        ("https://example.org/a b", False),
        ("https://example.org/%zz", False),
        ("https://example.org:99999/", False),
        ("https://example", False),
        ("http:/example.org/", False),
        ("www.example.org", False),
        ("htps://example.org", False),
        ("http://[", False),
    ],
)
def test_url(url: str, right: bool) -> None:
    assert identifiers.is_url(url) is right


@pytest.mark.parametrize(
    ("doi", "right"),
    [
        ("10.5555/one", True),
        ("10.5555/(SICI)1097-0258(1998)17:15<1661::AID-1>3.0.CO;2-2", True),
        ("10.5555/one two", False),
        ("10.5555/one.", False),
        ("10.5555/one\\_two", False),
        ("doi:10.5555/one", False),
        ("https://doi.org/10.5555/one", False),
        ("10.55/one", False),
    ],
)
def test_doi(doi: str, right: bool) -> None:
    assert [code for code, _ in identifiers.check({"DOI": doi})] == ([] if right else ["ref-doi"])


@pytest.mark.parametrize(
    ("title", "capitals"),
    [
        ("THE RUSSIAN PHOENIX", True),
        ("WAR AND PEACE", True),
        ("REVOLUTION", True),
        ("NATO", False),
        ("HIV AIDS TB", False),
        ("1984", False),
        ("The CSTO", False),
        ("書物", False),
        ("כותרת של ספר", False),
        ("", False),
    ],
)
def test_capitals(title: str, capitals: bool) -> None:
    assert completeness.is_capitals(title) is capitals


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("Kuzniar", "R."), ("Kuźniar", "R.")),
        (("Kuzniar", "Roman"), ("Kuźniar", "R.")),
        (("Fourteen", "Stéphane"), ("Fourteen", "Stephane")),
        (("ONE", "Author"), ("One", "Author")),
        (("One", "Author"), ("Author", "One")),
        (("Seventeen", "Author"), ("Seventien", "Author")),
        (("Twelve", "Michael"), ("Twelve", "Micheal")),
        (("Twelve", "Author Konstantin"), ("Twelve", "Author Konstentin")),
        (("Łukowski", "Author"), ("Lukowski", "Author")),
    ],
)
def test_one_name_in_two_spellings(one: tuple[str, str], two: tuple[str, str]) -> None:
    """The later is reported, or the rarer where one is."""
    assert [key for key, _ in names.differences([work("a", one), work("b", two)])] == ["b"]
    assert [key for key, _ in names.differences([work("a", one), work("b", two), work("c", two)])] == ["a"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("One", "A."), ("One", "Author")),
        (("One", "Author"), ("One", "Author B.")),
        (("One", "AB"), ("One", "A. B.")),
        (("One", "J.-P."), ("One", "J. P.")),
        (("One", "John"), ("One", "Joan")),
        (("One", "Frances"), ("One", "Francis")),
        (("One", "Daniel"), ("One", "Daniela")),
        (("One", "Christian"), ("One", "Christina")),
        (("Twentov", "Alexander"), ("Twentova", "Alexander")),
        (("Zwölf", "Hans"), ("Zwolf", "Heinz")),
        (("Andersen", "John"), ("Anderson", "John")),
        (("O'Seven", "Author"), ("O’Seven", "Author")),
    ],
)
def test_two_names(one: tuple[str, str], two: tuple[str, str]) -> None:
    assert not list(names.differences([work("a", one), work("b", two)]))


def test_who_wrote_together_are_two() -> None:
    assert not list(names.differences([work("a", ("Kuzniar", "R."), ("Kuźniar", "R."))]))


def test_a_particle_may_stand_anywhere() -> None:
    """BibTeX calls it dropping, other programs keep it with the family name."""
    parted = [{"family": "Three", "dropping-particle": "de", "given": "Author"}]
    assert not list(names.differences([work("a", author=parted), work("b", ("de Three", "Author"))]))


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ({"title": "A work"}, {"title": "A Work."}, True),
        ({"title": "A work"}, {"title": "A work", "issued": {"date-parts": [[2021]]}}, False),
        ({"title": "A work", "edition": 1}, {"title": "A work", "edition": 2}, False),
        ({"title": "A work", "volume": "1"}, {"title": "A work", "volume": "2"}, False),
        ({"title": "A work", "DOI": "10.5555/a"}, {"title": "A work", "DOI": "10.5555/b"}, False),
        ({"title": "A work", "page": "11-19"}, {"title": "A work", "page": "11–9"}, True),
        ({"title": "A work", "container-title": "One"}, {"title": "A work", "container-title": "Two"}, False),
        ({"DOI": "10.5555/A"}, {"DOI": "https://doi.org/10.5555/a"}, True),
        ({"ISBN": "978-3-16-148410-0"}, {"ISBN": "3-16-148410-X"}, True),
        ({"ISBN": "978-3-16-148410-1"}, {"ISBN": "978-3-16-148410-1"}, False),
        ({"ISBN": "3-16-148410-X", "type": "chapter"}, {"ISBN": "3-16-148410-X", "type": "chapter"}, False),
        ({"DOI": "10.5555/a", "type": "chapter"}, {"DOI": "10.5555/a", "type": "chapter"}, False),
        ({"DOI": "10.5555/a", "type": "chapter"}, {"DOI": "10.5555/a"}, False),
        ({"URL": "https://example.org/a/"}, {"URL": "http://www.example.org/a"}, True),
        ({"URL": "https://example.org/"}, {"URL": "https://example.org/"}, False),
        ({"title": "[Letters]"}, {"title": "[Letters]"}, False),
    ],
)
def test_doubles(one: Work, two: Work, same: bool) -> None:
    assert doubles.groups([work("a", **one), work("b", **two)]) == ([["a", "b"]] if same else [])


def test_three_keys_are_one_group() -> None:
    works = [work("a", title="A work"), work("b", title="A work", DOI="10.5555/a"), work("c", DOI="10.5555/a")]
    assert doubles.groups(works) == [["a", "b", "c"]]


@pytest.mark.parametrize(
    ("page", "span"),
    [
        ("251-301", (251, 301)),
        ("251–6", (251, 256)),
        ("1023-42", (1023, 1042)),
        ("10-12, 30, 40-45", (10, 45)),
        ("301-251", None),
        ("e104", None),
        ("12", None),
        ("12+", None),
        ("S11-S19", None),
        ("iv-x", None),
        ("054312-1", None),
    ],
)
def test_span(page: str, span: tuple[int, int] | None) -> None:
    assert pages.span({"type": "article-journal", "page": page}) == span
    assert pages.span({"type": "book", "page": page}) is None


def test_every_type_of_csl_is_known() -> None:
    """The style APA itself names no type that the table lacks."""
    named = re.findall(r'\btype="([^"]*)"', styles.style_file("apa").read_text(encoding="utf-8"))
    types = {kind for group in named for kind in group.split()}
    assert {"book", "chapter", "thesis"} <= types
    assert types <= set(completeness.REQUIRED)


def library(size: int) -> list[Work]:
    """Make works as unlike as those of a real library: many names, titles and numbers."""
    signs = "abcdefghijklmnopqrstuvwxyz"

    def word(seed: int) -> str:
        return "".join(signs[(seed * factor + factor) % 26] for factor in (3, 5, 7, 11, 17)) + signs[seed // 26 % 26] * 2

    return [
        work(
            f"work{position}",
            (word(position * 7).title() + str(position // 5), "Author"),
            (word(position * 3).title(), "A."),
            type=("book", "article-journal", "chapter")[position % 3],
            title=f"On {word(position)} and {word(position + 1)}, part {position}",
            page=f"{position}-{position + 20}",
            DOI=f"10.5555/{position}",
            ISSN="2049-3630",
            URL=f"https://example.org/works/{position}",
            publisher="First Press",
            **{"container-title": "Journal of Examples"},
        )
        for position in range(1, size + 1)
    ]


def test_cost_is_near_linear(tmp_path: Path) -> None:
    """5,000 works, all cited with a page, take seconds; and five times the works nowhere near 25 times as long."""
    taken = {}
    for size in (1000, 5000):
        works = library(size)
        folder = tmp_path / str(size)
        folder.mkdir()
        (folder / "works.json").write_text(json.dumps(works), encoding="utf-8")
        cites = "\n".join(f"A text cites [@{item['id']}, p. {item['page'].split('-')[0]}]." for item in works)
        (folder / "article.md").write_text(f"---\ntitle: A title\nbibliography: works.json\n---\n\n{cites}\n", encoding="utf-8")
        read, _ = manuscript.read(folder)
        start = time.process_time()
        found = check_library(read, works, [item["id"] for item in works])
        taken[size] = time.process_time() - start
        assert {item.code for item in found} <= {"ref-year", "ref-name"}  # what is made by counting looks like a slip at times
    assert taken[5000] < 10
    assert taken[5000] < 12 * max(taken[1000], 0.1)


@pytest.mark.parametrize(
    ("former", "name"),
    [("vancouver", "nlm-citation-sequence"), ("harvard1", "harvard-cite-them-right"), ("mhra", "mhra-notes"), ("apa", "apa")],
)
def test_a_style_keeps_its_former_name(former: str, name: str) -> None:
    """What manuscripts and other programs call a style is the collection's newest by that name."""
    assert styles.style_file(former).stem == name
