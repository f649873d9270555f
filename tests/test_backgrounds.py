"""Pictures of style sheets: beside the sheet, in every edition, cleaned, counted as sources, and from nowhere else."""

from __future__ import annotations

import json
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT, run
from tests.judges import epub, pdf, web

if TYPE_CHECKING:
    from pathlib import Path

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" fill="#7a1f2b"/></svg>'
RULE = ".title-block { background: url(logo.svg) no-repeat; }\n"


def article(folder: Path, house: str = "templates", rule: str = RULE) -> Path:
    """Write an article, and a style sheet for all editions with a picture; gives the folder of the sheet."""
    (folder / "text").mkdir()
    (folder / "text" / "a.md").write_text("---\ntitle: T\nauthor: Author One\nlang: en\n---\n\nText.\n", encoding="utf-8")
    css = folder / "text" / house / "css"
    css.mkdir(parents=True)
    (css / "core.css").write_text(rule, encoding="utf-8")
    (css / "logo.svg").write_text(LOGO, encoding="utf-8")
    return css


def red(path: Path) -> bool:
    """Whether the first page of a PDF has the logo's colour."""
    import pypdfium2

    picture = pypdfium2.PdfDocument(path)[0].render(scale=1).to_pil().convert("RGB")
    return any(colour == (0x7A, 0x1F, 0x2B) for _, colour in picture.getcolors(1 << 24))


@pytest.mark.parametrize("way", ["beside", "profile", "trusted"])
def test_a_logo_is_in_every_edition(way: str, tmp_path: Path) -> None:
    """Of a manuscript's own sheet and of a profile's, with --trust and without; it is a source, and no fault to the judges."""
    article(tmp_path, "jex" if way == "profile" else "templates")
    if way == "profile":
        (tmp_path / "text" / "jex" / "profile.toml").write_text('name = "J"\ndescription = "One."\n', encoding="utf-8")
    more = {"beside": [], "profile": ["--profile", "jex"], "trusted": ["--trust"]}[way]
    process = run("build", "a.md", "--to", "pdf,epub,html", "--out", "out", *more, cwd=tmp_path / "text")
    assert process.returncode == 0, process.stderr
    out = tmp_path / "text" / "out"
    assert red(out / "a.pdf")
    assert 'url("data:image/svg+xml;base64,' in (out / "a.html").read_text(encoding="utf-8")
    with zipfile.ZipFile(out / "a.epub") as book:
        assert 'url("data:image/svg+xml;base64,' in book.read("EPUB/style.css").decode()
    names = {item.get("name") for item in json.loads((out / "manifest.json").read_text(encoding="utf-8"))["@graph"]}
    assert f"{'jex' if way == 'profile' else 'templates'}/css/logo.svg" in names
    if way == "beside":
        found = pdf.verapdf([out / "a.pdf"], ("3a", "ua1")) + epub.epubcheck([out / "a.epub"]) + web.nu([out / "a.html"])
        assert not found, found


def test_a_picture_that_is_changed_is_seen(tmp_path: Path) -> None:
    """A build after a change of the picture alone is another."""
    css = article(tmp_path)
    for colour in ("7a1f2b", "123456"):
        (css / "logo.svg").write_text(LOGO.replace("7a1f2b", colour), encoding="utf-8")
        assert run("build", "a.md", "--to", "pdf", "--out", "out", cwd=tmp_path / "text").returncode == 0
        assert red(tmp_path / "text" / "out" / "a.pdf") is (colour == "7a1f2b")


@pytest.mark.parametrize("trust", [[], ["--trust"]], ids=["stranger", "trusted"])
@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("\n.title-block { background: url(none.svg); }", "image-missing"),
        ("\n.title-block { background: url('../../secret.svg'); }", "file-outside"),
        ("\n.title-block { background: url(link.svg); }", "file-outside"),
        ("\n.title-block { background: url(text.png); }", "image-unreadable"),
        ("\n.title-block { background: url(script.svg); }", "image-unreadable"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_told(rule: str, code: str, trust: list[str], tmp_path: Path) -> None:
    """With the line of the style sheet; no path and no link leads out of the folder, not even in work of one's own."""
    css = article(tmp_path, rule=rule)
    (tmp_path / "text" / "secret.svg").write_text(LOGO, encoding="utf-8")
    (css / "link.svg").symlink_to(tmp_path / "text" / "secret.svg")
    (css / "text.png").write_text("no picture", encoding="utf-8")
    (css / "script.svg").write_text(LOGO.replace("<rect", "<script>alert(1)</script><rect"), encoding="utf-8")
    process = run("build", "a.md", "--to", "html", "--out", "out", *trust, cwd=tmp_path / "text")
    assert process.returncode == 1
    assert re.search(rf"templates/css/core\.css:2: error \[{code}\]", process.stderr), process.stderr
    assert not (tmp_path / "text" / "out").exists()


def test_comments_and_addresses_stay(tmp_path: Path) -> None:
    """What is no picture beside the sheet is left to the other checks."""
    article(tmp_path, rule="/* url(none.svg) */\n.title-block { background: url(https://example.org/a.svg); }\n")
    process = run("build", "a.md", "--to", "html", "--out", "out", cwd=tmp_path / "text")
    assert "core.css:2: error [template-unsafe]" in process.stderr
    assert "url(NAME.svg)" in process.stderr


def test_weasyprints_messages_are_its_own(tmp_path: Path) -> None:
    """A template with an id that stands twice prints no raw line, beside a formula whose library logs through the root."""
    text = "---\ntitle: T\nauthor: Author One\nlang: en\n---\n\n$x^2 + \\sum_i \\frac{a}{b} \\mathrm{AVAT}$ there.\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    colophon = (ROOT / "templates" / "colophon.html").read_text(encoding="utf-8")
    twice = colophon.replace('<p class="colophon-title"', '<p id="colophon-title">x</p><p class="colophon-title"')
    (tmp_path / "templates" / "colophon.html").write_text(twice, encoding="utf-8")
    process = run("build", "a.md", "--review", "--out", "out", cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert "weasyprint" not in process.stderr.lower()
