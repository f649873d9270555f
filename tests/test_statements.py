"""Roles, degrees and grants in the forms that people write them in."""

from __future__ import annotations

from typing import Any

import pytest

from compositor.model import Grant, Role
from compositor.reading import language, statements
from compositor.reading.metadata import Metadata, normalise
from compositor.setting import front

HEADS = ("contributions", "ethics", "data_availability", "conflicts", "funding", "acknowledgements")
LANGUAGES = ("en", "de", "fr", "es", "it", "pl", "pt", "ru", "uk")


@pytest.mark.parametrize("term", statements.TERMS)
def test_term_is_known_by_name_and_address(term: str) -> None:
    """Each of CRediT's fourteen terms is found however it is written, and by the address that it is given."""
    (role,) = statements.roles([term])
    assert role.term == term
    for written in (role.url, role.url.rstrip("/"), term.upper(), term.replace("–", "-").replace("&", "and")):
        assert statements.roles([written]) == (role,)


def test_there_are_fourteen() -> None:
    assert len(set(statements.TERMS)) == 14
    addresses = {role.url.rsplit("/", 2)[1] for role in statements.roles(list(statements.TERMS))}
    assert {"data-curation", "writing-original-draft", "writing-review-editing"} < addresses
    assert len(addresses) == 14


@pytest.mark.parametrize(
    ("raw", "term", "degree"),
    [
        ("conceptualisation", "Conceptualization", ""),
        ({"visualisation": "lead"}, "Visualization", "lead"),
        ({"role": "writing", "degree": "Supporting"}, "Writing – original draft", "supporting"),
        ({"editing": None}, "Writing – review & editing", ""),
        ("Making coffee", "Making coffee", ""),
    ],
)
def test_role(raw: Any, term: str, degree: str) -> None:
    (role,) = statements.roles(raw)
    assert (role.term, role.degree) == (term, degree)
    assert bool(role.url) is (term != "Making coffee")


def test_degree_that_credit_does_not_know() -> None:
    """A degree is lead, equal or supporting; anything else is told at its author."""
    _, faults = normalise({"author": [{"name": "Author One", "roles": [{"software": "heavy"}]}]})
    assert len(faults) == 1
    assert faults[0][0][:2] == ("authors", 0)
    assert "heavy" in faults[0][1]


@pytest.mark.parametrize(
    ("raw", "text", "grants"),
    [
        ("A text.", "A text.", ()),
        (["One.", "Two."], "One.\n\nTwo.", ()),
        ({"funder": "F", "award": 17, "ror": "021nxhr62"}, "", (Grant("F", ("17",), "https://ror.org/021nxhr62"),)),
        ([{"source": "F", "doi": "10.13039/1"}], "", (Grant("F", (), "https://doi.org/10.13039/1"),)),
        ({"awards": [{"id": "A-1", "source": {"text": "F"}}]}, "", (Grant("F", ("A-1",)),)),
        (
            {"statement": "Paid by F.", "awards": [{"id": "A-1", "source": "F"}]},
            "Paid by F.",
            (Grant("F", ("A-1",), told=True),),
        ),
        ([{"statement": "Nobody paid."}], "Nobody paid.", ()),
    ],
)
def test_funding(raw: Any, text: str, grants: tuple[Grant, ...]) -> None:
    assert statements.funding(raw) == (text, grants)


@pytest.mark.parametrize("raw", [{"award": "A-1"}, [{"funder": "F", "ror": "somewhere"}], {"funder": []}])
def test_funding_that_says_too_little(raw: Any) -> None:
    """A grant without a funder, or with an address that is none, is told."""
    _, faults = normalise({"funding": raw})
    assert [keys for keys, _ in faults] == [("funding",)]


def test_statement_tells_of_each_grant_once() -> None:
    """What the author's own sentence says is not said again."""
    text = statements.funding_text("Paid by F.", [Grant("F", ("A-1",), told=True), Grant("G", ("1", "2"))], ("grant", "grants"))
    assert text == "Paid by F.\n\nG (grants 1, 2)."


def test_terms_are_english_everywhere() -> None:
    """CRediT's terms keep their language, and say so to a screen reader."""
    from compositor.model import Author

    one = Author(
        "Author One", roles=(Role("Software", "lead", "https://credit.niso.org/contributor-roles/software/"), Role("Kaffee"))
    )
    assert statements.contributions([one], "de") == "**Author One:** [Software (lead)]{lang=en}, Kaffee."
    assert statements.contributions([one], "en-GB") == "**Author One:** Software (lead), Kaffee."
    assert statements.contributions([Author("Author Two")], "en") == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_heads_are_in_the_language(lang: str) -> None:
    """Every language has its own words for every statement."""
    terms, known = language.terms(lang)
    english, _ = language.terms("en")
    assert known
    assert len({terms[name] for name in HEADS}) == 6
    assert lang == "en" or all(terms[name] != english[name] for name in HEADS)


@pytest.mark.parametrize(
    ("written", "statement", "year", "holder"),
    [
        ("© 2020 A Society.", "© 2020 A Society", "", ""),
        ({"holder": "A Society"}, "© 2026 A Society", "2026", "A Society"),
        ({"holder": "A Society", "year": 2020}, "© 2020 A Society", "2020", "A Society"),
        ({"holder": "A Society", "year": [2019, 2020]}, "© 2019, 2020 A Society", "2019, 2020", "A Society"),
        ({"statement": "All rights are A Society's", "year": 2020}, "All rights are A Society's", "2020", ""),
    ],
    ids=str,
)
def test_copyright(written: Any, statement: str, year: str, holder: str) -> None:
    """A statement stands as it is written; one is made of a holder, and the year of the date where there is no other."""
    metadata = Metadata.model_validate({"copyright": written, "date": "2026-03-04"})
    assert front.owner(metadata) == {"statement": statement, "year": year, "holder": holder}


def test_no_copyright() -> None:
    for written in ({}, {"copyright": None}, {"copyright": {"year": 2020}}):
        assert front.owner(Metadata.model_validate(written)) is None
