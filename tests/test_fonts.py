"""Every letter has a font that is ours or the author's, and none the machine's; what has none is told with its place."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont

import compositor
from compositor.fonts import cutting, typefaces
from tests import fonts
from tests.conftest import ROOT, Built, need, run
from tests.judges import pdf as judge

HEAD = "---\ntitle: {title}\nauthor: Author One\ndate: 2026-01-01\n{more}---\n\n"
TEXT = f"The word for typesetting is 排版, and *for a book* it is **書**.\n\nA title: {'排版書' * 16}.\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Give a manuscript with letters that no font of ours has."""
    folder = tmp_path / "manuscript"
    folder.mkdir()
    (folder / "article.md").write_text(HEAD.format(title="A title", more="") + TEXT)
    return folder


def put(folder: Path, data: bytes, name: str = "own.ttf") -> Path:
    """Put a font where authors put theirs."""
    path = folder / "fonts" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def built(folder: Path, *options: str) -> Built:
    """Build a folder as a person does."""
    out = folder.parent / "dist"
    return Built(out, run(folder, "--out", out, "--json", *options))


def told(result: Built) -> list[tuple[str, str]]:
    """Give code and place of each problem, the place from the manuscript's folder."""
    return [(item["code"], item["where"].rsplit("manuscript/", 1)[-1]) for item in result.problems]


def families(file: Path) -> set[str]:
    """Name the fonts of a PDF; each must be embedded and cut."""
    need("pdffonts")
    output = subprocess.run(["pdffonts", str(file)], capture_output=True, text=True, check=True).stdout
    rows = output.splitlines()[2:]
    assert all(re.search(r"yes yes yes\s+\d+\s+\d+$", row) for row in rows), output
    return {row.split()[0].partition("+")[2] for row in rows}


def test_a_letter_without_a_font_is_an_error_at_its_place(place: Path) -> None:
    """Text, metadata, bibliography, escapes and drawings: each letter is named once, where it stands first."""
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 9">\n<text y="9">圖</text></svg>'
    (place / "a.svg").write_text(drawing)
    (place / "r.bib").write_text("@book{a,\n author = {One, Author},\n title = {活字},\n publisher = {P},\n year = {2000}}\n")
    work = {"id": "b", "type": "book", "title": "\u8a9e", "author": [{"family": "One"}], "issued": {"date-parts": [[2001]]}}
    (place / "r.json").write_text(json.dumps([work]))
    (place / "metadata.yaml").write_text("subtitle: Of 印\nbibliography: [r.bib, r.json]\n")
    text = f"{HEAD.format(title='A title', more='')}One 排版.\n\nTwo 版書 [@a; @b].\n\n![A drawing.](a.svg)\n"
    (place / "article.md").write_text(text)
    result = built(place)
    lacking = [item for item in result.problems if item["code"] == "font-missing"]
    assert {item["severity"] for item in lacking} == {"error"}
    assert [pair for pair in told(result) if pair[0] == "font-missing"] == [
        ("font-missing", "a.svg:2"),
        ("font-missing", "article.md:7"),
        ("font-missing", "article.md:9"),
        ("font-missing", "metadata.yaml:1"),
        ("font-missing", "r.bib:3"),
        ("font-missing", "r.json:1"),
    ]
    assert lacking[1]["text"] == "no font has 排 (U+6392), 版 (U+7248); Noto Serif SC has such letters"
    assert "fonts/" in lacking[1]["hint"]
    assert not (place.parent / "dist").exists()


@pytest.mark.parametrize("form", ["ttf", "otf", "cid", "woff", "woff2", "variable", "cff2"])
def test_a_font_of_the_author_completes_ours(form: str, place: Path) -> None:
    """It is embedded in the PDF and the book and named for the web page; words come back from each, broken over lines too."""
    put(place, fonts.own("排版書", form=form), f"own.{form if form in ('otf', 'woff', 'woff2') else 'ttf'}")
    result = built(place)
    assert result.problems == []
    assert any(name.startswith("Test-Boxes") for name in families(result.path("pdf")))
    assert not any(name.startswith("Compositor") for name in families(result.path("pdf")))
    with zipfile.ZipFile(result.path("epub")) as book:
        inside = [name for name in book.namelist() if "TestBoxes" in name]
        assert '"EB Garamond", Test Boxes' in book.read("EPUB/style.css").decode()
        package = book.read("EPUB/package.opf").decode()
    kind = "otf" if form in ("otf", "cid", "cff2") else "ttf"
    weights = {"variable": (400, 600), "cff2": (400, 600, 700)}.get(form, (400,))
    assert inside == [f"EPUB/TestBoxes-{weight}.{kind}" for weight in weights]
    assert all(f'href="{name.removeprefix("EPUB/")}" media-type="font/{kind}"' in package for name in inside)
    page = result.path("html").read_text()
    assert 'font-family: "Test Boxes";' in page
    assert '"EB Garamond", Test Boxes' in page


@pytest.mark.parametrize("form", ["ttf", "otf", "cid", "variable", "cff2"])
def test_the_file_is_still_pdf_a_and_pdf_ua(form: str, place: Path) -> None:
    """VeraPDF passes both profiles, whatever kind of outlines the author's font has, and whichever font a space is of."""
    with (place / "article.md").open("a") as text:
        text.write("\n排版 書排 版書.\n")
    put(place, fonts.own("排版書", form=form), "own.ttf")
    assert judge.verapdf([built(place, "--to", "pdf").path("pdf")], ("3a", "ua1")) == []


def test_only_letters_that_ours_lack_are_taken(place: Path) -> None:
    """A font that has every letter changes no page of a text that ours can set."""
    (place / "article.md").write_text(HEAD.format(title="A title", more="") + "Words.\n")
    before = built(place, "--to", "pdf").path("pdf").read_bytes()
    put(place, fonts.own("Words. Atile"))
    after = built(place, "--to", "pdf").path("pdf").read_bytes()
    assert before == after


def test_two_fonts_share_what_is_lacking(place: Path) -> None:
    """A letter comes from the first file that has it; one that none has is told, and no other."""
    put(place, fonts.own("排", "First"), "a.ttf")
    put(place, fonts.own("排版", "Second"), "b.ttf")
    result = built(place)
    assert told(result) == [("font-missing", "article.md:7")]
    assert "no font has 書 (U+66F8)" in result.problems[0]["text"]
    put(place, fonts.own("書", "Second"), "c.ttf")  # of the same name: both are there
    names = " ".join(families(built(place).path("pdf")))
    assert all(f"{name}-" in f"{names}-".replace(" ", "-") for name in ("First", "Second", "Second2"))


def test_it_counts_as_a_source(place: Path) -> None:
    """The manifest has its digest, the PDF takes it along, both are set again to the byte, and a change is seen."""
    put(place, fonts.own("排版書"))
    put(place, fonts.own("Latin only", "Unused"), "unused.ttf")
    result = built(place, "--attach-sources", "--to", "pdf,html")
    graph = json.loads((result.folder / "manifest.json").read_bytes())["@graph"]
    listed = {item["name"]: item["sha256"] for item in graph if str(item["@id"]).startswith("#source/")}
    assert listed["fonts/own.ttf"] == hashlib.sha256(fonts.own("排版書")).hexdigest()
    assert "fonts/unused.ttf" not in listed
    with pikepdf.open(result.path("pdf")) as file:
        assert file.attachments["sources/fonts/own.ttf"].get_file().read_bytes() == fonts.own("排版書")
    whole = result.path("pdf").read_bytes()
    alone = place.parent / "alone"
    alone.mkdir()
    shutil.copy(result.path("pdf"), alone)
    for name in (alone / "article.pdf", result.folder / "manifest.json"):
        process = run("verify", name)
        assert process.returncode == 0, process.stderr
    put(place, fonts.own("排版書一"))
    assert built(place, "--attach-sources", "--to", "pdf,html").path("pdf").read_bytes() != whole


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no font", "no font that can be read"),
        (b"", "no font that can be read"),
        (b"ttcf\0\1\0\0", "collection of several fonts"),
        (fonts.own("排版書")[:200], "no font that can be read"),
        (fonts.own("排版書", form="woff2")[:200], "no font that can be read"),
        (b"wOF2\0\1\0\0" + bytes(8) + b"\x7f\xff\xff\xff" + bytes(3000), "unpacked it has more than 64 MiB"),
        (b"OTTO" + bytes(3000), "the font has no table head"),
        (fonts.without(fonts.own("排版書"), "glyf"), "no outlines"),
        (fonts.without(fonts.own("排版書"), "OS/2"), "no table OS/2"),
        (fonts.own("排版書", allowed=2), "do not allow it to be embedded"),
    ],
)
def test_a_font_that_cannot_be_used_is_told(data: bytes, said: str, place: Path) -> None:
    """A problem names the file and says why; nothing is written."""
    put(place, data)
    result = built(place, "--to", "pdf")
    assert told(result)[0] == ("font-broken", "fonts/own.ttf")
    assert said in result.problems[0]["text"]
    assert {code for code, _ in told(result)} == {"font-broken", "font-missing"}


def test_every_byte_of_a_font_may_be_wrong(place: Path) -> None:
    """A font with a spoilt byte is set or told; it never ends a build by itself."""
    whole = fonts.own("排版書", form="otf")
    for at in range(0, len(whole), len(whole) // 6):
        put(place, whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        result = built(place, "--to", "pdf")
        assert {code for code, _ in told(result)} <= {"font-broken", "font-missing", "proof-differs"}, (at, result.problems)


def test_a_font_outside_or_beyond_the_limit_is_not_read(place: Path) -> None:
    """A link that leads out of the folder, a pipe and a file that is too large are told with the file."""
    outside = place.parent / "outside.ttf"
    outside.write_bytes(fonts.own("排版書"))
    (place / "fonts").mkdir()
    (place / "fonts" / "a.ttf").symlink_to(outside)
    os.mkfifo(place / "fonts" / "b.ttf")
    put(place, fonts.own("排版書") + bytes(2_000_000), "c.ttf")
    result = built(place, "--to", "pdf", "--limit", "font=1")
    assert told(result) == [
        ("file-outside", "fonts/a.ttf"),
        ("file-special", "fonts/b.ttf"),
        ("limit-size", "fonts/c.ttf"),
        ("font-missing", "article.md:7"),
    ]


def test_a_name_with_orders_in_it_is_made_plain(place: Path) -> None:
    """What a font calls itself stands in style sheets, in the PDF and in the colophon: as letters, figures and spaces only."""
    put(place, fonts.own("排版書", 'A"; } body { display: none } /Names << >> ‮</style><script>x()'))
    result = built(place)
    assert result.problems == []
    page = result.path("html").read_text()
    assert "script>x()" not in page
    assert 'font-family: "A body display none Names style script x"' in page


@pytest.mark.parametrize("family", ["EB Garamond", "Source Sans 3", "serif", "Amiri"])
def test_a_font_named_as_ours_takes_no_place_of_ours(family: str, place: Path) -> None:
    """Ours sets what it can, whatever the author's font is called."""
    put(place, fonts.own("排版書Wordsit", family))
    result = built(place, "--to", "pdf")
    assert result.problems == []
    assert "EB-Garamond" in families(result.path("pdf"))
    assert any("Own" in name for name in families(result.path("pdf")))


def test_a_sign_that_no_text_face_has_comes_from_the_font_of_formulas(place: Path) -> None:
    """In text, title and code; a font of the author's goes before it."""
    (place / "article.md").write_text(HEAD.format(title="Of ℝ", more="") + "For x ∈ ℕ, F♯ and *⇔*, `∉` and **★**.\n")
    result = built(place)
    assert result.problems == []
    assert "STIX-Two-Math" in families(result.path("pdf"))
    with zipfile.ZipFile(result.path("epub")) as book:
        assert "EPUB/STIXTwoMath-400.ttf" in book.namelist()
    put(place, fonts.own("ℝ∈ℕ♯⇔∉★"))
    assert "STIX-Two-Math" not in families(built(place, "--to", "pdf").path("pdf"))


def test_no_font_of_the_machine_is_seen() -> None:
    """Fontconfig, as the program sets it, knows one font, which draws nothing."""
    need("fc-list")
    settings = os.environ | {"FONTCONFIG_FILE": str(Path(compositor.__file__).with_name("fontconfig.xml"))}
    output = subprocess.run(["fc-list", ":", "family"], env=settings, capture_output=True, text=True, check=True).stdout
    assert output.split("\n") == ["Compositor Blank", ""]


def test_a_drawing_that_asks_for_another_font_gets_ours_of_its_kind(place: Path) -> None:
    """Programs write names of the machine's fonts into drawings, or none but a kind."""
    asked = {"Helvetica": "sans", "DejaVu Sans Mono, monospace": "mono", "Times New Roman": "serif", "Nobody Has This": "none"}
    lines = "".join(f'<text y="{20 * n}" font-family="{name}">{kind}</text>' for n, (name, kind) in enumerate(asked.items(), 1))
    (place / "a.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99">{lines}</svg>')
    (place / "article.md").write_text(HEAD.format(title="A title", more="") + "Words.\n\n![A drawing.](a.svg)\n")
    names = {name.rstrip(",") for name in families(built(place, "--to", "pdf").path("pdf"))}
    assert names >= {"EB-Garamond", "Source-Sans-3", "Source-Code-Pro"}
    assert all(name.startswith(("EB-Garamond", "Source-Sans-3", "Source-Code-Pro")) for name in names)


def test_a_template_without_fonts_has_ours(place: Path) -> None:
    """A print template of the author's that brings no font is set in ours; before, in any of the machine's."""
    (place / "article.md").write_text(HEAD.format(title="A title", more="") + "Words.\n")
    (place / "templates").mkdir()
    page = '<html lang="en"><title>A</title><body><main>{{ body }}</main></body></html>'
    (place / "templates" / "print.html").write_text(page)
    (place / "templates" / "card.html").write_text(page.replace("body }}", "title.text }}"))
    result = built(place, "--to", "pdf,html")
    assert {code for code, _ in told(result)} <= {"proof-differs"}  # it has no title block
    assert any(name.startswith("EB-Garamond") for name in families(result.path("pdf")))


def test_a_letter_of_a_template_has_a_font_too(place: Path) -> None:
    """What a style sheet of the author's brings is found in it, or set from the author's font."""
    (place / "article.md").write_text(HEAD.format(title="A title", more="") + "Words.\n")
    (place / "templates" / "css").mkdir(parents=True)
    (place / "templates" / "css" / "print-house.css").write_text('\np::before { content: "排" }\n')
    assert told(built(place)) == [("font-missing", "templates/css/print-house.css:2")]
    put(place, fonts.own("排"))
    assert "font-missing" not in {code for code, _ in told(built(place))}


@pytest.mark.parametrize(
    ("editions", "title", "text", "codes"),
    [
        ("html", "A title", "Words 排版.", set()),
        ("epub,html", "A title", "Words 排版.", set()),
        ("docx,jats", "A 排版", "Words 排版.", set()),
        ("html", "A 排版", "Words.", {"font-missing"}),
        ("epub", "A 排版", "Words.", {"font-missing"}),
        ("pdf", "A title", "Words 排版.", {"font-missing"}),
        ("pdf", "A title", r"Words $x_{\text{排}}$.", {"math-failed"}),
        ("html", "A title", r"Words $x_{\text{排}}$.", set()),
    ],
)
def test_only_what_is_drawn_here_needs_a_font_here(editions: str, title: str, text: str, codes: set[str], place: Path) -> None:
    """A reader's device has fonts of its own; pages, covers and the pictures of links are drawn by us."""
    (place / "article.md").write_text(HEAD.format(title=title, more="") + text + "\n")
    assert {code for code, _ in told(built(place, "--to", editions))} == codes


def test_letters_of_the_same_place_are_told_together(place: Path) -> None:
    """A text in a script without a font gives a line for each line of it, not for each letter, and an end."""
    lines = "\n\n".join(chr(0x4E00 + number) * 3 + chr(0x5E00 + number) for number in range(40))
    (place / "article.md").write_text(HEAD.format(title="A title", more="") + lines + "\n")
    result = built(place, "--to", "pdf")
    assert len(result.problems) == 21
    assert "and in places after this one" in result.problems[-1]["text"]


def test_the_press_has_read_our_fonts_beforehand() -> None:
    """What is warmed is what a page asks for: WeasyPrint takes every face of ours."""
    program = "import logging; from compositor.editions import pdf; logging.basicConfig(); pdf.warm('en')"
    process = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert process.stderr == ""


def test_programs_that_are_not_ours_have_the_machine_s_fonts(tmp_path: Path) -> None:
    """A browser that the preview opens, and a figure script, are started as the user's own surroundings have it."""
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1 $FONTCONFIG_FILE." > {tmp_path}/said\n')
    script.chmod(0o755)
    program = "from compositor.reporter import Watching; Watching(browse=True).watching('http://127.0.0.1/x')"
    settings = os.environ | {"BROWSER": f"{script} %s"}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=settings, capture_output=True, check=True)
    assert (tmp_path / "said").read_text() == "http://127.0.0.1/x .\n"
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "a.py").write_text(
        "import os\nopen('figures/a.svg', 'w').write('<svg>' + os.environ.get('FONTCONFIG_FILE', 'none') + '</svg>')\n"
    )
    (tmp_path / "article.md").write_text("---\ntitle: A title\n---\n\nWords.\n")
    run(tmp_path, "--figures", "--to", "jats", "--out", tmp_path / "dist")
    assert "<svg>none</svg>" in (tmp_path / "figures" / "a.svg").read_text()


@pytest.mark.parametrize("face", typefaces.FACES[:2], ids=lambda face: face.style)
@pytest.mark.parametrize("weight", [None, 600])
def test_old_style_one_is_no_capital_i(face: typefaces.Face, weight: int | None) -> None:
    """The 1 among old-style figures has a flag, on screens and in print: "1 May" does not read as "I May"."""
    with TTFont(face.path) as whole:
        flagged, roman = (len(whole["glyf"][name].getCoordinates(whole["glyf"])[0]) for name in ("one.01", "one.osf"))
    assert flagged != roman
    cut = TTFont(io.BytesIO(cutting.cut(face, cutting.blocks_of("1"), weight)))
    one = cut.getBestCmap()[ord("1")]
    for feature in ("onum", "pnum"):  # as the style sheet asks for them
        lookups = {
            index
            for record in cut["GSUB"].table.FeatureList.FeatureRecord
            if record.FeatureTag == feature
            for index in record.Feature.LookupListIndex
        }
        for index in lookups:
            for part in cut["GSUB"].table.LookupList.Lookup[index].SubTable:
                one = getattr(part, "ExtSubTable", part).mapping.get(one, one)
    assert len(cut["glyf"][one].getCoordinates(cut["glyf"])[0]) == flagged
