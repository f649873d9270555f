"""Figures, tables, equations and listings of an appendix: counted by themselves, in the form that is asked for, everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from compositor.changes import mark
from compositor.editions import docx, jats
from compositor.options import DEFAULT
from compositor.proof.word import read_docx
from compositor.reading.manuscript import read
from compositor.setting import markup
from compositor.setting.document import compose
from compositor.setting.sheet import Sheet, lay_out
from compositor.submitting import companions
from tests.conftest import CASES
from tests.test_docx import NAMES, part

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

CASE = CASES / "features" / "appendix-numbering"
TABLE = "\n| A |\n|---|\n| 1 |\n\n: Words {{#tbl-{}}}\n\n"


def set_sheet(source: Path) -> Sheet:
    """Set a manuscript."""
    manuscript, _ = read(source)
    return lay_out(manuscript, compose(manuscript)[0], DEFAULT)[0]


def written(folder: Path, text: str, more: str = "") -> Path:
    """Write a manuscript in which a name in braces is a table: {a} is #tbl-a."""
    text = re.sub(r"\{(\w+)\}", lambda match: TABLE.format(match[1]), text)
    head = f"---\ntitle: A\nauthor: Author One\nlang: en-GB\n{more}---\n\n"
    (folder / "article.md").write_text(head + text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    """Set the case with two appendices."""
    return set_sheet(CASE)


@pytest.mark.parametrize(
    ("more", "heads", "numbers"),
    [
        ("", ("# One\n", "# More {.appendix}\n", "# Yet more {.appendix}\n"), "1 A1 B1"),
        ("appendix-numbering: A1\n", ("# One\n", "# More {.appendix}\n", "## Part\n"), "1 A1 A2"),
        ("appendix-numbering: A.1\n", ("# One\n", "# More {.appendix}\n", "# Yet more {.appendix}\n"), "1 A.1 B.1"),
        ("appendix-numbering: continued\n", ("# One\n", "# More {.appendix}\n", "# Yet more {.appendix}\n"), "1 2 3"),
        ("", ("# One\n", "# More {- .appendix}\n", "## Part\n"), "1 A1 A2"),
        ("number-sections: false\n", ("# One\n", "# More {.appendix}\n", "# Yet more {.appendix}\n"), "1 A1 B1"),
        ("", ("# One\n", "# More {.appendix}\n", "# Aside {- .appendix}\n"), "1 A1 A2"),
        ("", ("# One\n", "# More {.appendix}\n", "# Thanks {-}\n"), "1 A1 2"),
        ("", ("# One\n", "# Two\n", "# Three {-}\n"), "1 2 3"),
    ],
)
def test_numbers(more: str, heads: tuple[str, str, str], numbers: str, tmp_path: Path) -> None:
    """Behind the letter, which need not be printed, or on from the text; what is no appendix goes on with the text's."""
    text = "".join(f"{head}{{t{place}}}" for place, head in enumerate(heads))
    document = compose(read(written(tmp_path, text, more))[0])[0]
    assert [label.number for label in document.labels] == numbers.split()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("A1", "Tables 1, A1–A3 and A10"),
        ("A.1", "Tables 1, A.1–A.3 and A.10"),
    ],
)
def test_references_are_in_the_order_of_numbers(form: str, said: str, tmp_path: Path) -> None:
    """Tables of the text first, and A10 behind A3; parts of a section are no run of tables."""
    heads = "# More {.appendix}\n## One {#sec-a}\n## Two {#sec-b}\n## Three {#sec-c}\n"
    text = "[@tbl-t9; @tbl-one; @tbl-t2; @tbl-t0; @tbl-t1]; [@sec-a; @sec-b; @sec-c]\n\n# One\n{one}" + heads
    text += "".join(f"{{t{number}}}" for number in range(10))
    root = set_sheet(written(tmp_path, text, f"appendix-numbering: {form}\n")).root
    assert markup.text(root.xpath("./p")[0]) == f"{said}; Sections A.1, A.2 and A.3"


def test_the_profile_chooses_the_form(tmp_path: Path) -> None:
    """On the command line it goes over the metadata, and named there behind them, as with everything else."""
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "profile.toml").write_text('appendix-numbering = "A.1"\n', encoding="utf-8")
    text = "# More {.appendix}\n{one}"
    for more, profile, number in (
        ("profile: house\n", "", "A.1"),
        ("profile: house\nappendix-numbering: continued\n", "", "1"),
        ("appendix-numbering: continued\n", str(tmp_path / "house"), "A.1"),
        ("appendix-numbering: continued\n", "plain", "1"),
    ):
        manuscript, problems = read(written(tmp_path, text, more), profile=profile)
        assert problems == []
        assert [label.number for label in compose(manuscript)[0].labels] == [number]


def test_another_form_is_told(tmp_path: Path) -> None:
    """With the key."""
    _, problems = read(written(tmp_path, "Words.", "appendix-numbering: A-1\n"))
    assert [(item.code, "appendix-numbering" in item.text) for item in problems] == [("metadata-invalid", True)]


def test_figures_of_a_reference_are_as_tall_as_its_letter(sheet: Sheet) -> None:
    """Numbers of the text keep the figures of the text."""
    found = sheet.root.xpath("//a[contains(@class, 'xref')]")
    links = {markup.text(link): "lettered" in link.get("class").split() for link in found}
    assert {text for text, tall in links.items() if tall} == {text for text in links if re.search(r"[AB]\d", text)} != set()


def test_word_counts_each_appendix(sheet: Sheet) -> None:
    """A sequence for each letter, which is typed; counted again, no number changes."""
    data = docx.render(sheet).data
    fields = [" ".join(item.split()) for item in part(data).xpath("//w:fldSimple/@w:instr", namespaces=NAMES)]
    series = [name.removeprefix("SEQ ").removesuffix(" \\* ARABIC") for name in fields if name.startswith("SEQ")]
    assert series.count("Table") == 2
    assert series.count("Table_A") == series.count("Figure_A") == 3
    assert series.count("Equation_A") == 2
    assert series.count("Table_B") == series.count("Listing_A") == 1
    assert "REF tbl_bb \\h" in fields
    assert read_docx(data)[1] == []


def test_archives_have_the_labels(sheet: Sheet) -> None:
    """JATS says each label as it is printed."""
    root = etree.fromstring(jats.render(sheet).data)
    assert root.xpath("//back//table-wrap/label/text()") == [f"Table {n}." for n in ("A1", "A2", "A3", "B1")]
    assert root.xpath("//back//disp-formula/label/text()") == ["(A1)", "(A2)"]


@pytest.mark.parametrize(("form", "named"), [("A1", "A1"), ("A.1", "A-1")])
def test_files_of_figures_are_called_by_their_numbers(form: str, named: str, tmp_path: Path) -> None:
    """A journal's system takes no second point in a name."""
    text = (CASE / "article.md").read_text(encoding="utf-8").replace("---\n", f"---\nappendix-numbering: {form}\n", 1)
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    (tmp_path / "dot.svg").write_bytes((CASE / "dot.svg").read_bytes())
    _, files, problems = companions.apart(set_sheet(tmp_path), "figure.png", "tables.docx", tmp_path / "article.md")
    assert problems == []
    names = [file.name for file in files]
    other = named.replace("1", "2")
    assert names == ["figure-1.png", f"figure-{named}.png", *(f"figure-{other}{at}.png" for at in "ab"),
                     f"figure-{named.replace('1', '3')}.png", "tables.docx"]  # fmt: skip


def test_a_letter_that_has_changed_is_no_change_of_the_caption(tmp_path: Path) -> None:
    """An appendix put before another gives it the next letter, as a table gives the next its number."""
    sheets = []
    for name, text in (
        ("old", "# More {.appendix}\n{one}"),
        ("new", "# First {.appendix}\n\nWords.\n\n# More {.appendix}\n{one}"),
    ):
        (tmp_path / name).mkdir()
        sheets.append(set_sheet(written(tmp_path / name, text)))
    root = mark.changes(sheets[1], sheets[0]).root
    (caption,) = root.iter("caption")
    assert markup.text(caption) == "Table B1. Words"
    assert not caption.xpath(".//ins | .//del")


def test_blind_copy_keeps_the_word_before_the_number(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Though an author be called Table."""
    written(tmp_path, "See @tbl-one.\n\n# More {.appendix}\n{one}", "")
    text = (tmp_path / "article.md").read_text(encoding="utf-8").replace("Author One", "{given: Author, family: Table}")
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    page = etree.fromstring(build(tmp_path, "--blind").path("html").read_bytes(), etree.HTMLParser())
    assert page.xpath("string(//a[@href='#tbl-one'])") == "Table\N{NO-BREAK SPACE}A1"
