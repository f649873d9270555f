"""Drawings inside a page: each keeps its own rules, whatever the text calls it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pikepdf
import pytest
from PIL import ExifTags, Image, PngImagePlugin

from compositor.setting import media
from tests.test_semantics import trees

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

SVG = "{http://www.w3.org/2000/svg}"
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" class="own" viewBox="0 0 9 9">
<style>.own rect { fill: #123456 } #bar { stroke: #654321 }</style>
<rect id="bar" width="9" height="9"/>
</svg>
"""
TEXT = """---
title: A drawing with rules
author: Author One
---

One ![a bar](bar.svg){#mine .small width=20px} and again ![a bar](bar.svg){#other height=1em}; see [the first](#mine) and
[the second](#other).
"""


@pytest.mark.parametrize("edition", ["html", "epub"])
def test_drawing_keeps_its_rules(edition: str, tmp_path: Path, build: Callable[..., Built]) -> None:
    """An id, class or width that the text gives a drawing leaves its style sheet in force; links to it still lead there."""
    (tmp_path / "bar.svg").write_text(DRAWING, encoding="utf-8")
    (tmp_path / "article.md").write_text(TEXT, encoding="utf-8")
    built = build(tmp_path)
    assert built.problems == []
    pages = trees(built, edition).values()
    drawings = [found for page in pages for found in page.xpath("//*[local-name()='svg' and @role='img']")]
    assert len(drawings) == 2
    assert "small" in drawings[0].get("class").split()
    for drawing, size in zip(drawings, ("width: 20px", "height: 1em"), strict=True):
        name = drawing.get("id")
        rules = "".join(drawing.xpath(".//*[local-name()='style']//text()"))
        assert f".own#{name} rect" in rules
        assert "own" in drawing.get("class").split()
        (bar,) = drawing.xpath(".//*[local-name()='rect']/@id")
        assert f"#{name} #{bar} " in rules
        assert size in drawing.get("style").replace(":", ": ").replace("  ", " ")
    for target in ("mine", "other"):
        assert any(page.xpath("//*[@id=$id]", id=target) for page in pages)
    assert len({drawing.get("id") for drawing in drawings}) == 2


def test_a_drawing_nested_deep_is_read_back_whole(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A drawing of 250 levels, which is let in, hides nothing that stands behind it from the proof."""
    groups = 250
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{"<g>" * groups}<circle r="1"/>{"</g>" * groups}</svg>'
    )
    (tmp_path / "a.svg").write_text(drawing, encoding="utf-8")
    (tmp_path / "article.md").write_text(
        "---\ntitle: A title\nauthor: Author One\n---\n\n![A drawing.](a.svg)\n\nMore words.\n"
    )
    assert build(tmp_path).problems == []


def photograph(*, turned: bool, kind: str = "JPEG", place: bool = False) -> bytes:
    """Take a photograph twice as wide as high, its left half dark; ``turned`` says so and is not."""
    picture = Image.new("RGB", (80, 40), "white")
    picture.paste("black", (0, 0, 40, 40))
    notes = Image.Exif()
    if turned:
        notes[ExifTags.Base.Orientation] = 6  # the top of the scene is on the right
    if place:
        notes.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    out = io.BytesIO()
    picture.save(out, kind, exif=notes)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_that_says_it_is_turned_is_turned(kind: str) -> None:
    """Word and some e-readers do not turn it, and its height was taken for its width: now it stands upright for all."""
    loaded = media.load(photograph(turned=True, kind=kind), "x")
    assert loaded.height == 2 * loaded.width
    with Image.open(io.BytesIO(loaded.data)) as picture:
        assert picture.size == (40, 80)
        assert picture.getexif().get(ExifTags.Base.Orientation) is None
        grey = picture.convert("L")
        assert max(grey.crop((0, 0, 40, 30)).tobytes()) < 12
        assert min(grey.crop((0, 50, 40, 80)).tobytes()) > 243
    plain = photograph(turned=False, kind=kind)
    assert media.load(plain, "x").data == plain


def test_notes_of_a_camera_that_are_broken_do_no_harm(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Spoilt, or 60 kB of nothing: the picture is as good as without them."""
    whole = photograph(turned=True, place=True)
    start = whole.index(b"Exif") + 14
    (tmp_path / "a.jpg").write_bytes(whole[:start] + b"\xff" * 20 + whole[start + 20 :])
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "JPEG", exif=b"Exif\0\0" + b"MM\0*" + b"\xff" * 60_000)
    (tmp_path / "b.jpg").write_bytes(out.getvalue())
    (tmp_path / "article.md").write_text("---\ntitle: A title\nauthor: Author One\n---\n\n![One.](a.jpg)\n\n![Two.](b.jpg)\n")
    assert build(tmp_path, "--to", "html,docx").problems == []


def test_a_picture_that_is_other_things_too_is_a_picture(tmp_path: Path, build: Callable[..., Built]) -> None:
    """A PNG that is a web page in one reading and an archive in another goes where pictures go, and is called one."""
    out = io.BytesIO()
    notes = PngImagePlugin.PngInfo()
    notes.add_text("a", "<html><script>alert(1)</script>")
    Image.new("RGB", (9, 9)).save(out, "PNG", pnginfo=notes)
    archive = io.BytesIO(out.getvalue())
    with zipfile.ZipFile(archive, "a") as added:
        added.writestr("EPUB/package.opf", "<script>alert(2)</script>")
    (tmp_path / "a.png").write_bytes(archive.getvalue())
    (tmp_path / "article.md").write_text("---\ntitle: A title\nauthor: Author One\n---\n\n![One.](a.png)\n")
    built = build(tmp_path, "--to", "epub,html,docx,jats")
    assert built.problems == []
    page = built.path("html").read_text(encoding="utf-8")
    assert "alert(" not in page
    assert page.count("data:image/png;base64,") == 1
    with zipfile.ZipFile(built.path("epub")) as book:
        assert book.testzip() is None
        assert b"alert(" not in book.read("EPUB/package.opf")
        assert 'href="fig-1.png" media-type="image/png"' in book.read("EPUB/package.opf").decode()
    with zipfile.ZipFile(built.path("docx")) as document:
        assert document.testzip() is None
        assert "EPUB/package.opf" not in document.namelist()


def test_a_pdf_figure_brings_its_picture_and_nothing_else(tmp_path: Path, build: Callable[..., Built]) -> None:
    """Scripts, programs to start and files inside a PDF figure are in no edition: it is drawn."""
    with pikepdf.new() as file:
        file.add_blank_page(page_size=(90, 90))
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('secret-script')")
        start = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="secret-program")
        file.Root.OpenAction = script
        file.pages[0].AA = pikepdf.Dictionary(O=start)
        file.attachments["secret-file"] = b"secret-content"
        file.save(tmp_path / "a.pdf")
    (tmp_path / "article.md").write_text("---\ntitle: A title\nauthor: Author One\n---\n\n![One.](a.pdf)\n")
    built = build(tmp_path, "--to", "pdf,epub,html,docx,jats")
    assert built.problems == []
    with pikepdf.open(built.path("pdf")) as printed:
        assert not printed.attachments
        assert "/JavaScript" not in str(list(printed.objects))
        assert "/Launch" not in str(list(printed.objects))
    for path in built.folder.iterdir():
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                assert not any(b"secret-" in packed.read(name) for name in packed.namelist())
        assert b"secret-" not in path.read_bytes()
