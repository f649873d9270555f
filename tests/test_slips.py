"""Keys that nobody reads: slips are told, and an ordinary header of Pandoc, Quarto, JOSS, R Markdown or Hugo gives no noise."""

from __future__ import annotations

import pytest

from compositor.reading import slips

PANDOC = """
title subtitle author date abstract abstract-title keywords subject description category lang dir author-meta title-meta
date-meta pagetitle title-prefix header-includes include-before include-after toc toc-title toc-depth lof lot css math mathml
documentclass classoption geometry margin-left margin-right fontsize fontfamily mainfont sansfont monofont mathfont papersize
pagestyle indent linestretch linkcolor citecolor urlcolor colorlinks links-as-notes block-headings secnumdepth biblio-style
biblio-title biblatexoptions natbiboptions bibliography csl nocite references link-citations link-bibliography citation-style
citation-abbreviations citations-hyphenate suppress-bibliography reference-section-title notes-after-punctuation number-sections
numbersections section-titles institute logo theme aspectratio variables metadata filters template standalone output-file
pdf-engine highlight-style identifier title-type creator contributor publisher rights cover-image stylesheet type format
"""
QUARTO = """
execute editor editor_options engine jupyter knitr params categories image image-alt order listing website project book
format-links date-modified date-format published-title doi-title author-title affiliation-title code-fold code-tools fig-width
fig-height fig-format fig-dpi fig-cap-location tbl-cap-location tbl-colwidths number-depth shift-heading-level-by
reference-location citation-location citeproc cite-method crossref crossrefs-hover footnotes-hover anchor-sections page-layout
appendix-style title-block-style title-block-banner comments bread-crumbs resources language toc-location toc-expand funding
license copyright citation google-scholar open-graph keep-tex lightbox other-links search profile aliases freeze cache
html-math-method grid notebook-links manuscript
"""
OTHERS = """
tags authors affiliations aas-doi aas-journal archive_doi citation_author citation_string reviewers repository submission_id
submitted published volume issue page year formatted_doi journal paper_url doi output site always_allow_html subparagraph
vignette wordcount floatsintext linenumbers mask draft class figurelist tablelist appendix runninghead shortauthor slug layout
permalink weight summary lastmod linkTitle url series featured header created modified updated revision version cssclass publish
parent id uid venue conference due address email phone department supervisor dedication title-en abstract-en keywords-en figures
tables data page-size pages received revised accepted accept issued dates translator kernelspec jupytext exports thumbnail
subject binder banner bannerOptions downloads note notes
"""
OF_AUTHOR = """
name given family literal orcid email url id number fax phone website address metadata acknowledgements affil affiliation
affiliations affiliation-url affiliation_url corresponding equal-contrib roles role attributes github image avatar bio initials
suffix title ref twitter isni city country first last firstname lastname degrees deceased
"""


@pytest.mark.parametrize("known", [PANDOC, QUARTO, OTHERS], ids=["pandoc", "quarto", "others"])
def test_ordinary_headers_are_silent(known: str) -> None:
    assert list(slips.unread(dict.fromkeys(known.split(), "words"), "")) == []


def test_an_ordinary_author_is_silent() -> None:
    assert list(slips.unread({"author": [dict.fromkeys(OF_AUTHOR.split(), "words"), "Author Two"]}, "")) == []


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("abstrakt", "abstract"),
        ("bibilography", "bibliography"),
        ("data-availibility", "data-availability"),
        ("titel", "title"),
        ("autor", "author"),
        ("DOI", "doi"),
        ("Keywords", "keywords"),
        ("keyword", "keywords"),
        ("short_title", "short-title"),
        ("conflicts-of-interests", "conflicts-of-interest"),
        ("refrences", "references"),
    ],
)
def test_slips_are_told(slip: str, meant: str) -> None:
    """With what is meant; not where the text itself asks for the key, nor where it holds nothing."""
    [(place, said)] = slips.unread({slip: "words"}, "Words.")
    assert place == (slip,)
    assert said.endswith(f"did you mean `{meant}:`?")
    assert not list(slips.unread({slip: "words"}, f"Words {{{{< meta {slip} >}}}}."))
    assert not list(slips.unread({slip: None}, "Words."))


def test_codes_of_subjects_are_told() -> None:
    """JEL codes would be in no edition."""
    [(place, said)] = slips.unread({"jel": ["C21", "J22"]}, "Words.")
    assert place == ("jel",)
    assert said.endswith("write the codes into `keywords:`")


def test_what_a_journal_does_not_say_is_told() -> None:
    """The article's own first page stands beside its journal; other keys of a journal are its author's business."""
    [(place, said)] = slips.unread({"journal": {"title": "A Journal", "first-page": 113, "eissn": "2049-3630"}}, "Words.")
    assert place == ("journal", "first-page")
    assert said.endswith("write `first-page:` beside `journal:`")


def test_slips_of_an_author_are_told() -> None:
    """At the author's own key."""
    people = [{"name": "Author One", "orchid": "0000-0002-1825-0097"}, {"name": "Author Two", "note": "Elsewhere"}]
    for role in ("author", "authors"):
        assert [place for place, _ in slips.unread({role: people}, "")] == [
            ("authors", 0, "orchid"),
            ("authors", 1, "note"),
        ]
