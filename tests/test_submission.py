"""Submissions: one ZIP with the files a journal names, or the checklist alone, and one text for every journal."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree, html
from PIL import Image

from compositor.blinding import identity, leaks
from compositor.proof.word import read_docx
from compositor.reading import manuscript, profiles
from compositor.reading.profiles import _Toml as Toml
from compositor.result import Artifact
from compositor.setting import document
from tests.conftest import CASES, ROOT, need, run
from tests.judges import web, word
from tests.reading import fold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

JOURNALS = [name for name in profiles.names() if name not in ("plain", "two-column")]
HEAD = """---
title: A study of one thing
subtitle: With a subtitle
author:
  - given: Author
    family: One
    orcid: 0000-0002-1825-0097
    email: one@example.org
    corresponding: true
    affiliation: First University
  - {given: Second, family: Twofold, affiliation: Second Institute}
date: 2026-03-04
lang: LANG
keywords: [one, two, three]
abstract: The abstract says what the study of one thing found.
acknowledgements: Thanks to a friend of Author One.
funding: Paid for by the Fund of Examples.
conflicts: Second Twofold sells things.
bibliography: paper.bib
---

"""
BIB = """@book{one2017, author={One, Author}, title={On one thing}, year={2017}, publisher={House}, address={Town}}
@book{zed2010, author={Zed, Zoe}, title={Things}, year={2010}, publisher={House}, address={Town}}
"""
FIGURES = """![A drawn thing](figures/thing.svg){#fig-drawn alt="Three bars"}

::: {#fig-two}
![One](one.jpg){alt="Red"}

![Two](two.png){alt="Blue"}

Two things
:::

| A | B[^t] |
|---|---|
| cell of a table | 2 |

: A table of things {#tbl-one}

::: table-notes
*Note.* What stands below it.
:::

[^t]: Note of a table.

"""
SECTIONS = {"joss": tuple(profiles.find("joss", ROOT, "", named_by_user=True).sections)}  # type: ignore[union-attr]
WORDS = {"lithuanian-annual-strategic-review": 6500, "joss": 900}
LANGS = {"lithuanian-annual-strategic-review": "en-GB"}


def write(folder: Path, journal: str) -> Path:
    """Write a manuscript that has what a journal asks."""
    folder.mkdir()
    (folder / "figures").mkdir()
    shutil.copy(CASES / "features" / "submission" / "drawing.svg", folder / "figures" / "thing.svg")
    tags = Image.Exif()
    tags[0x013B] = "Author One"
    Image.new("RGB", (300, 200), "red").save(folder / "one.jpg", exif=tags)
    Image.new("RGB", (300, 200), "blue").save(folder / "two.png")
    (folder / "paper.bib").write_text(BIB, encoding="utf-8")
    heads = SECTIONS.get(journal, ("Introduction", "Results"))
    paragraph = "Word after word follows here, and so on to the end of it. " * 8
    body = [f"# {head}\n\n{paragraph}\n" for head in heads]
    cited = "We showed it before [@one2017], see @fig-drawn @fig-two and @tbl-one; others did not [@zed2010].[^n]"
    body[0] += f"\n{cited}\n\n{FIGURES}"
    body[-1] += "\n" + f"{paragraph}\n\n" * (WORDS.get(journal, 1000) // 96 - len(heads) + 1)
    text = HEAD.replace("LANG", LANGS.get(journal, "en-US")) + "\n".join(body) + "\n[^n]: Twofold said so.\n"
    (folder / "paper.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Submit to every journal: its name, the manuscript and the output folder."""
    found = {}
    for journal in JOURNALS:
        folder: Path = tmp_path_factory.mktemp("submission")
        source = write(folder / "case", journal)
        process = run("submit", source, "--profile", journal, "--out", folder / "out", "--json")
        data = json.loads(process.stdout)
        assert process.returncode == 0, [item for item in data["problems"] if item["severity"] == "error"]
        found[journal] = source, folder / "out"
    return found


def held(out: Path, journal: str) -> dict[str, bytes]:
    with zipfile.ZipFile(out / f"submission-{journal}.zip") as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def said(data: bytes) -> str:
    """Give every word of a Word document's text."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return fold("".join(etree.fromstring(package.read("word/document.xml")).itertext()))


WANTED = {
    "journal-of-global-south-studies": {"manuscript.docx", "manuscript-with-authors.docx", "title-page.docx"},
    "lithuanian-annual-strategic-review": {"manuscript.docx"},
    "mcgill-journal-of-medicine": {
        "manuscript.docx", "title-page.docx", "figure-1.png", "figure-2a.png", "figure-2b.png", "tables.docx",
    },
    "joss": {"paper.md", "paper.bib", "figures/thing.svg", "one.jpg", "two.png"},
}  # fmt: skip


@pytest.mark.parametrize("journal", JOURNALS)
def test_zip_holds_what_the_profile_names(journal: str, submitted: dict[str, tuple[Path, Path]]) -> None:
    """Its files under its names, a letter and the checklist; with a title page where referees must not know the authors."""
    _, out = submitted[journal]
    assert set(held(out, journal)) == WANTED[journal] | {"cover-letter.docx", "checklist.html"}
    assert {path.name for path in out.iterdir()} == {f"submission-{journal}.zip", f"submission-{journal}.html"}


@pytest.mark.parametrize("journal", JOURNALS)
def test_files_are_sound(journal: str, submitted: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    """Office's schemas and LibreOffice find no fault with a Word file, and each is printed."""
    need("pdftotext")
    _, out = submitted[journal]
    for name, data in held(out, journal).items():
        if name.endswith(".docx"):
            (tmp_path / name).write_bytes(data)
            assert word.audit([tmp_path / name]) == []
            letters = "".join(word.printed(tmp_path / name, tmp_path))
            assert re.sub(r"\s+", "", "".join(read_docx(data)[0].flow))[:40] in letters
        elif name.endswith((".png", ".jpg")):
            Image.open(io.BytesIO(data)).verify()
    page = tmp_path / "checklist.html"
    page.write_bytes(held(out, journal)["checklist.html"])
    assert web.nu([page]) == []


@pytest.mark.parametrize("journal", ["journal-of-global-south-studies", "mcgill-journal-of-medicine"])
def test_referees_files_tell_nobody(journal: str, submitted: dict[str, tuple[Path, Path]]) -> None:
    """Where referees must not know the authors, only title page, letter and the version with authors name them."""
    source, out = submitted[journal]
    read, _ = manuscript.read(source)
    who = identity.identify(read, document.compose(read)[0])
    for name, data in held(out, journal).items():
        found = leaks.check([Artifact(name, "", data)], who)
        assert bool(found) is (name in ("title-page.docx", "cover-letter.docx", "manuscript-with-authors.docx")), name
    title = said(held(out, journal)["title-page.docx"])
    for words in ("Author One", "Second Twofold", "Second Institute", "one@example.org", "Thanks to a friend", "Fund of"):
        assert words in title
    main = " ".join(read_docx(held(out, journal)["manuscript.docx"])[0].flow)
    assert "Twofold" not in main
    assert "Thanks to" not in main


def test_figures_are_files_of_their_own(submitted: dict[str, tuple[Path, Path]]) -> None:
    """The manuscript keeps captions, and no picture; a drawing has 300 dots to the inch, a photograph its own pixels."""
    files = held(submitted["mcgill-journal-of-medicine"][1], "mcgill-journal-of-medicine")
    with zipfile.ZipFile(io.BytesIO(files["manuscript.docx"])) as package:
        assert not [name for name in package.namelist() if name.startswith("word/media/")]
    text = said(files["manuscript.docx"])
    assert "A drawn thing" in text
    assert "Two things" in text
    assert "A table of things" in text
    assert "cell of a table" not in text
    assert "Note of a table" not in " ".join(map(" ".join, read_docx(files["manuscript.docx"])[0].notes))
    tables, differences = read_docx(files["tables.docx"])
    assert not differences
    for words in ("A table of things", "cell of a table", "What stands below it."):
        assert words in " ".join(tables.flow)
    assert [" ".join(note) for note in tables.notes] == ["Note of a table."]
    drawn = Image.open(io.BytesIO(files["figure-1.png"]))
    assert round(drawn.info["dpi"][0]) == 300
    for name in ("figure-2a.png", "figure-2b.png"):
        assert Image.open(io.BytesIO(files[name])).size == (300, 200)


@pytest.mark.parametrize("journal", JOURNALS)
def test_checklist_tells_every_requirement(journal: str, submitted: dict[str, tuple[Path, Path]]) -> None:
    """Each requirement has its state, no file is left to the hand, and each file is listed with its digest."""
    page = html.document_fromstring(held(submitted[journal][1], journal)["checklist.html"].decode())
    rows = [[fold(cell.text_content()) for cell in row] for row in page.xpath("//table[1]/tbody/tr")]
    assert {row[3].split(" ", 1)[1] for row in rows} <= {"pass", "advice"}
    assert any(row[0] == "words" and re.fullmatch(r"[\d,]+", row[2]) for row in rows)
    listed = [fold(row[0].text_content()) for row in page.xpath("//table[2]/tbody/tr")]
    assert set(listed) == set(held(submitted[journal][1], journal)) - {"checklist.html"}


def test_figures_without_a_label_are_files_too(tmp_path: Path) -> None:
    """A figure or table that no author has labelled is numbered, and goes with the others; all places count words alike."""
    source = write(tmp_path / "case", "mcgill-journal-of-medicine")
    path = source / "paper.md"
    bare = re.sub(r" \{#tbl-one\}|#fig-drawn |@fig-drawn |@tbl-one", "", path.read_text(encoding="utf-8"))
    path.write_text(bare, encoding="utf-8")
    process = run("submit", source, "--profile", "mcgill-journal-of-medicine", "--out", tmp_path / "out")
    assert process.returncode == 0, process.stderr
    files = held(tmp_path / "out", "mcgill-journal-of-medicine")
    assert set(files) == WANTED["mcgill-journal-of-medicine"] | {"cover-letter.docx", "checklist.html"}
    assert "cell of a table" in said(files["tables.docx"])
    assert "cell of a table" not in said(files["manuscript.docx"])
    asked = re.search(r"^words +at most 3,500 words \(.*\) +([\d,]+) +pass$", process.stdout, re.MULTILINE)
    assert asked is not None
    assert f"{asked[1]} words, 2 references" in process.stdout
    for name in ("title-page.docx", "cover-letter.docx"):
        assert f"{asked[1]} words" in said(files[name])


def test_article_without_figures_needs_no_files_of_them(tmp_path: Path) -> None:
    """What is not needed passes, and says why; a figure that holds no picture is left to the hand."""
    source = write(tmp_path / "case", "mcgill-journal-of-medicine")
    path = source / "paper.md"
    text = path.read_text(encoding="utf-8").replace(FIGURES, "").replace("see @fig-drawn @fig-two and @tbl-one;", "")
    path.write_text(text, encoding="utf-8")
    (source / "figures" / "thing.svg").unlink()
    process = run("submit", source, "--profile", "mcgill-journal-of-medicine", "--out", tmp_path / "out")
    assert re.search(r"^file: figures +figure\.png +not needed: no numbered figure +pass$", process.stdout, re.MULTILINE)
    assert re.search(r"^file: tables +tables\.docx +not needed: no numbered table +pass$", process.stdout, re.MULTILINE)
    shutil.copy(CASES / "features" / "submission" / "drawing.svg", source / "figures" / "thing.svg")
    figures = "![Drawn](figures/thing.svg){alt='Bars'}\n\n::: {#fig-said}\nNo picture at all.\n\nWhat it says\n:::\n"
    path.write_text(f"{text}\n{figures}", encoding="utf-8")
    process = run("submit", source, "--profile", "mcgill-journal-of-medicine", "--out", tmp_path / "out")
    found = r"^file: figures +figure\.png +figure-1\.png; 1 of 2 figures without a picture +by hand$"
    assert re.search(found, process.stdout, re.MULTILINE), process.stdout


def test_bytes_are_the_same_again(submitted: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    """A second run gives the same ZIP."""
    source, out = submitted["mcgill-journal-of-medicine"]
    assert run("submit", source, "--profile", "mcgill-journal-of-medicine", "--out", tmp_path).returncode == 0
    name = "submission-mcgill-journal-of-medicine.zip"
    assert (tmp_path / name).read_bytes() == (out / name).read_bytes()


def test_what_fails_is_told_and_no_zip_is_written(tmp_path: Path) -> None:
    """Every requirement that fails is an error; the checklist stands alone, and an older ZIP stays as it was."""
    source = write(tmp_path / "case", "joss")
    old = tmp_path / "out" / "submission-mcgill-journal-of-medicine.zip"
    old.parent.mkdir()
    old.write_bytes(b"old")
    text = (source / "paper.md").read_text(encoding="utf-8").replace("[one, two, three]", "[one]").replace("en-US", "de")
    (source / "paper.md").write_text(text, encoding="utf-8")
    process = run("submit", source, "--profile", "mcgill-journal-of-medicine", "--out", old.parent)
    assert process.returncode == 1
    assert "error [profile-keywords] 1 of at least 3 keywords" in process.stderr
    assert "error [profile-language]" in process.stderr
    assert old.read_bytes() == b"old"
    assert sorted(path.suffix for path in old.parent.iterdir()) == [".html", ".zip"]
    page = html.document_fromstring((old.parent / "submission-mcgill-journal-of-medicine.html").read_text(encoding="utf-8"))
    states = {fold(row[0].text_content()): fold(row[3].text_content()) for row in page.xpath("//table[1]/tbody/tr")}
    assert states["keywords"].endswith("fail")
    assert states["language"].endswith("fail")
    assert states["abstract"].endswith("pass")
    assert "Not ready" in page.text_content()


def test_name_in_the_text_of_a_blind_submission_is_a_failure(tmp_path: Path) -> None:
    """The author's own text cannot be sent where referees must not know who wrote it."""
    source = write(tmp_path / "case", "joss")
    (source / "house").mkdir()
    house = 'blind = "double"\n[[files]]\npart = "text"\nname = "paper.md"\n'
    (source / "house" / "profile.toml").write_text(house, encoding="utf-8")
    process = run("submit", source, "--profile", source / "house", "--out", tmp_path / "out")
    assert process.returncode == 1
    assert "error [blind-leak]" in process.stderr
    assert not list((tmp_path / "out").glob("*.zip"))


HOUSE = """blind = "double"
spacing = 2
[[files]]
part = "manuscript"
name = "manuscript.docx"
[[files]]
part = "figures"
name = "figure.tif"
[[files]]
part = "tables"
name = "tables.docx"
"""


@pytest.mark.parametrize("case", ["every-construct", "table-notes", "languages-in-text"])
def test_every_construct_is_taken_apart(case: str, tmp_path: Path) -> None:
    """Notes in cells and captions, several pictures in a figure, formulas: each file is read back, and none is lost."""
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "profile.toml").write_text(HOUSE, encoding="utf-8")
    process = run("submit", CASES / "features" / case, "--profile", tmp_path / "house", "--out", tmp_path / "out")
    assert process.returncode == 0, process.stderr
    names = [name for name in held(tmp_path / "out", "house") if name.endswith((".docx", ".tif"))]
    assert len(names) == len(list(dict.fromkeys(names)))
    for name in names:
        if name.endswith(".docx"):
            (tmp_path / name).write_bytes(held(tmp_path / "out", "house")[name])
            assert word.audit([tmp_path / name]) == []


@pytest.mark.parametrize("profile", ["plain", "two-column"])
def test_profile_that_names_no_files(profile: str, tmp_path: Path) -> None:
    """A look is no journal: nothing to submit is a problem with a hint, and nothing is written."""
    process = run("submit", CASES / "features" / "profile", "--profile", profile, "--out", tmp_path / "out")
    assert process.returncode == 1
    assert "[submit-nothing]" in process.stderr
    assert "Traceback" not in process.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("part", "name", "said"),
    [
        ("manuscript", "manuscript.odt", ".docx"),
        ("figures", "figure.bmp", ".png"),
        ("title-page", "title.pdf", ".docx"),
    ],
)
def test_files_that_cannot_be_made_are_refused(part: str, name: str, said: str) -> None:
    """A profile names only what there is a writer for, and no name twice."""
    with pytest.raises(ValueError, match=re.escape(said)):
        Toml.model_validate({"files": [{"part": part, "name": name}]})
    with pytest.raises(ValueError, match="two files are called"):
        Toml.model_validate({"files": [{"part": "text", "name": "a.md"}, {"part": "bibliography", "name": "a.md"}]})


@pytest.mark.parametrize(("lines", "edition"), [("true", "review"), ("false", "pdf")])
def test_pdf_for_referees(lines: str, edition: str, tmp_path: Path) -> None:
    """A journal that takes a PDF and wants line numbers gets the review copy, under its own name for it."""
    need("pdftotext")
    source = write(tmp_path / "case", "joss")
    (source / "house").mkdir()
    house = f'line-numbers = {lines}\n[[files]]\npart = "manuscript"\nname = "article.pdf"\n'
    (source / "house" / "profile.toml").write_text(house, encoding="utf-8")
    process = run("submit", source, "--profile", source / "house", "--out", tmp_path / "out")
    assert process.returncode == 0, process.stderr
    data = held(tmp_path / "out", "house")["article.pdf"]
    (tmp_path / "article.pdf").write_bytes(data)
    told = subprocess.run(["pdfinfo", str(tmp_path / "article.pdf")], capture_output=True, text=True, check=True).stdout
    pages = int(re.search(r"Pages: +(\d+)", told)[1])  # type: ignore[index]
    assert (pages > 5) is (edition == "review"), pages


def test_tagged_article_has_its_pictures(tmp_path: Path) -> None:
    """A journal that takes JATS gets the pictures that the file names, beside it."""
    source = write(tmp_path / "case", "joss")
    (source / "house").mkdir()
    (source / "house" / "profile.toml").write_text('[[files]]\npart = "manuscript"\nname = "a.xml"\n', encoding="utf-8")
    process = run("submit", source, "--profile", source / "house", "--out", tmp_path / "out")
    assert process.returncode == 0, process.stderr
    files = held(tmp_path / "out", "house")
    shown = etree.fromstring(files["a.xml"]).xpath("//@*[local-name()='href']")
    pictures = {name for name in files if name.startswith("paper-fig-")}
    assert len(pictures) == 3
    assert pictures <= set(shown)


def test_profile_switches_style_page_and_numbers(build: Callable[..., Built], tmp_path: Path) -> None:
    """The same text under every shipped profile: citations, paper and numbers of heads are what the profile says."""
    need("pdfinfo")
    head = "title: T\nauthor: Author One\nlang: en\nbibliography: a.bib"
    text = f"---\n{head}\n---\n\n# First\n\nSaid [@zed2010].\n\n# Second\n\nText.\n"
    (tmp_path / "article.md").write_text(text, encoding="utf-8")
    (tmp_path / "a.bib").write_text(BIB.splitlines()[1], encoding="utf-8")
    cites = {
        "apa": "(Zed, 2010)", "": "(Zed, 2010)", "chicago-author-date": "(Zed 2010)", "nlm-citation-sequence": "(1)",
        "chicago-notes-bibliography": "Zoe Zed, Things",
    }  # fmt: skip
    seen: set[Any] = set()
    for name in profiles.names():
        house = profiles.find(name, ROOT, "", named_by_user=True)
        assert not isinstance(house, list)
        built = build(tmp_path, "--profile", name, "--to", "pdf,html")
        page = html.document_fromstring(built.path("html").read_text(encoding="utf-8"))
        assert cites[house.csl] in fold(page.text_content()), name
        heads = [fold(head.text_content()) for head in page.xpath("//main//h2[contains(., 'First')]")]
        assert heads == (["First"] if house.numbering == "none" else ["1 First"]), name
        told = subprocess.run(["pdfinfo", str(built.path("pdf"))], capture_output=True, text=True, check=True).stdout
        size = re.search(r"Page size: +([\d.]+) x ([\d.]+)", told)
        assert size is not None
        assert (float(size[1]), float(size[2])) == pytest.approx(house.page, abs=0.1), name
        seen.add((house.csl, size[1], house.columns, heads[0]))
    assert len(seen) >= 5


def revise(source: Path) -> Path:
    """Change a sentence, a cell and an author of a manuscript; gives the folder with what it was before."""
    before = source.with_name("before")
    shutil.copytree(source, before)
    path = source / "paper.md"
    text = path.read_text(encoding="utf-8")
    changed = text.replace("We showed it before", "We said it before").replace("cell of a table", "cell of the table")
    path.write_text(changed, encoding="utf-8")
    third = "  - {given: Third, family: Threefold, affiliation: Third Institute}\ndate:"
    (before / "paper.md").write_text(text.replace("date:", third, 1) + "\nThreefold said more.\n", encoding="utf-8")
    return before


def test_revision_has_a_copy_with_its_changes_marked(tmp_path: Path) -> None:
    """Beside the manuscript stands the marked copy, whole, which names no author of either version; the letter tells of it."""
    journal = "mcgill-journal-of-medicine"
    source = write(tmp_path / "case", journal)
    process = run("submit", source, "--profile", journal, "--changes", revise(source), "--out", tmp_path / "out")
    assert process.returncode == 0, process.stderr
    files = held(tmp_path / "out", journal)
    assert set(files) == WANTED[journal] | {"cover-letter.docx", "checklist.html", "manuscript.changes.docx"}
    with zipfile.ZipFile(io.BytesIO(files["manuscript.changes.docx"])) as package:
        document = etree.fromstring(package.read("word/document.xml"))
        everything = b"".join(package.read(name) for name in package.namelist())
    for kind, words in (("del", {"showed", "a"}), ("ins", {"said", "the"})):
        marked = {fold("".join(item.itertext())).strip() for item in document.iter(f"{{*}}{kind}")}
        assert words <= marked, kind
    assert b"Threefold" not in everything
    assert b"Twofold" not in everything
    plain = etree.fromstring(zipfile.ZipFile(io.BytesIO(files["manuscript.docx"])).read("word/document.xml"))
    assert not [item for kind in ("ins", "del") for item in plain.iter(f"{{*}}{kind}")]
    assert "What has changed since the version before is marked in manuscript.changes.docx" in said(files["cover-letter.docx"])
    (tmp_path / "marked.docx").write_bytes(files["manuscript.changes.docx"])
    assert word.audit([tmp_path / "marked.docx"]) == []


def test_revision_of_sources_alone_has_a_marked_pdf(tmp_path: Path) -> None:
    """A journal that takes the text itself gets a review copy that shows what has changed in it."""
    need("pdftotext")
    source = write(tmp_path / "case", "joss")
    process = run("submit", source, "--profile", "joss", "--changes", revise(source), "--out", tmp_path / "out")
    assert process.returncode == 0, process.stderr
    files = held(tmp_path / "out", "joss")
    assert set(files) == WANTED["joss"] | {"cover-letter.docx", "checklist.html", "manuscript.changes.pdf"}
    (tmp_path / "a.pdf").write_bytes(files["manuscript.changes.pdf"])
    read = subprocess.run(["pdftotext", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert "showedsaid" in re.sub(r"\s|\d", "", read)
    missing = run("submit", source, "--profile", "joss", "--changes", "no-such-thing", "--out", tmp_path / "none")
    assert missing.returncode == 1
    assert "[changes-missing]" in missing.stderr
    assert not list((tmp_path / "none").glob("*.zip"))
