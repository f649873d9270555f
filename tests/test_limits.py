"""A manuscript from a stranger: whatever it asks for, the build ends in time, in memory, and with a problem that says why."""

from __future__ import annotations

import base64
import io
import os
import signal
import subprocess
import sys
import time
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from compositor.running import guard, limits
from compositor.running.listener import Listener, Silence
from tests.conftest import ROOT, run, small_disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from compositor.result import Build

HEAD = "---\ntitle: A title\njinja: true\n---\n\nWords.\n\n"


def use_bomb(folder: Path) -> str:
    """Write a drawing of a few lines that draws itself ten to the power of thirty times."""
    groups = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 30))
    picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><defs><path id="a0" d="M0 0h1"/>'
    (folder / "bomb.svg").write_text(f'{picture}{groups}</defs><use href="#a29"/></svg>')
    return "![A picture.](bomb.svg)\n"


def multiplied(folder: Path) -> str:
    """Write a bibliography whose eight lines name each other ten times."""
    lines = [
        '@string{a = "xxxxxxxxxx"}',
        *(f"@string{{{new} = {' # '.join([old] * 10)}}}" for old, new in pairwise("abcdefghi")),
    ]
    return with_bibliography(folder, "\n".join([*lines, "@book{k, title = i, author = {One, Author}, year = 2001}"]))


def with_bibliography(folder: Path, text: str) -> str:
    """Write a bibliography, and a text that cites it."""
    (folder / "a.bib").write_text(text)
    return "---\nbibliography: a.bib\n---\n\nWords, @k.\n"


def style_loop(folder: Path) -> str:
    """Write a citation style whose macros call each other."""
    (folder / "a.csl").write_text(
        """<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" class="in-text">
        <info><title>T</title><id>x</id><updated>2020-01-01T00:00:00Z</updated></info>
        <macro name="a"><text macro="b"/></macro><macro name="b"><text macro="a"/><text macro="a"/></macro>
        <citation><layout><text macro="a"/></layout></citation></style>"""
    )
    return "---\ncsl: a.csl\nreferences: [{id: k, type: book, title: T}]\n---\n\nWords, @k.\n"


def macros(_: Path) -> str:
    """Write definitions of which each holds the one before ten times."""
    names = [f"\\a{letter}" for letter in "abcdefghi"]
    lines = [f"\\newcommand{{{new}}}{{{old * 10}}}" for old, new in pairwise(names)]
    return "\n".join(["\\newcommand{\\aa}{x}", *lines, "", f"${names[-1]}$"])


def data_bomb(folder: Path) -> str:
    """Write a CSV with a row of a million cells, looked through once for each."""
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text("a\n" + "1\n" * 300_000)
    return "{% for a in data.a %}{% for b in data.a %}{% endfor %}{% endfor %}"


TEXTS: dict[str, tuple[Callable[[Path], str], str]] = {
    # name → text of the manuscript, the problem it ends with
    "loops in loops": (
        lambda _: "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "article.md:8: error [limit-time]",
    ),
    "a loop without end": (lambda _: "{% for a in range(10**9) %}{% endfor %}", "article.md:8: error [jinja-syntax]"),
    "a text without end": (lambda _: "{{ 'x' * 10**11 }}", "article.md:8: error [limit-memory]"),
    "open brackets": (lambda _: "[" * 5000, "article.md: error [limit-time]"),
    "quotations in quotations": (lambda _: ">" * 10_000 + " a", "article.md: error [limit-time]"),
    "ten thousand nested lists": (
        lambda _: "\n".join("- " * 100 + "a" if depth == 0 else " " * depth + "- a" for depth in range(0, 10_000, 4)),
        "error [limit-",
    ),
    "blocks in blocks": (
        lambda _: "<div>" * 3000 + "a" + "</div>" * 3000,
        "article.md: error [limit-",
    ),  # by depth, or on a slow machine by time
    "a bibliography that multiplies": (multiplied, "article.md: error [limit-"),
    "a bibliography that inherits from itself": (
        lambda folder: with_bibliography(folder, "@book{k, title = {T}, crossref = {l}} @book{l, crossref = {k}, title = {U}}"),
        "article.md: error [limit-",
    ),
    "a style that calls itself": (style_loop, "article.md: error [limit-"),
    "macros that multiply": (macros, "article.md: error [limit-"),
    "rows in rows": (data_bomb, "error [limit-time]"),
    "a drawing that multiplies": (use_bomb, "article.md: error [limit-time]"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_trap_ends_as_a_problem(name: str, tmp_path: Path) -> None:
    """No trap hangs the build, takes the machine's memory, or ends in a traceback."""
    write, wanted = TEXTS[name]
    (tmp_path / "article.md").write_text(HEAD + write(tmp_path))
    began = time.monotonic()
    process = run(tmp_path, "--out", tmp_path / "dist", "--limit", "seconds=4", "--limit", "memory=1200")
    assert time.monotonic() - began < 40
    assert wanted in process.stderr
    assert "Traceback" not in process.stderr
    assert process.returncode == 1
    assert not (tmp_path / "dist").exists()


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    """A paragraph of 100 MB is refused by its size; a smaller limit refuses a smaller file."""
    with (tmp_path / "article.md").open("w") as file:
        file.writelines("word " * 200_000 for _ in range(100))
    process = run(tmp_path, "--to", "html")
    assert "article.md: error [limit-size]" in process.stderr
    (tmp_path / "article.md").write_text(HEAD + "word " * 300_000)
    assert "[limit-size]" in run(tmp_path, "--to", "html", "--limit", "text=1").stderr


def test_a_file_that_is_no_file_is_not_read(tmp_path: Path) -> None:
    """A pipe where data should be would be read for ever."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    (tmp_path / "data").mkdir()
    (tmp_path / "article.md").write_text(HEAD)
    os.mkfifo(tmp_path / "data" / "endless.csv")
    assert "endless.csv: error [file-special]" in run(tmp_path, "--to", "html").stderr


BIG = "x" * 1_100_000
CARRIERS: dict[str, tuple[str, str, str]] = {
    # file that is too large → metadata, text, what is told
    "metadata.yaml": ("", "", "metadata.yaml: error [limit-size]"),
    "a.bib": ("bibliography: a.bib", "", "article.md:3: error [limit-size]"),
    "a.csl": ("csl: a.csl", "", "article.md:3: error ["),  # a style that is no file is unknown
    "a.json": ("citation-abbreviations: a.json", "", "article.md:3: error [limit-size]"),
    "data/a.csv": ("jinja: true", "", "a.csv: error [limit-size]"),
    "templates/article.html": ("", "", "article.html: error [limit-size]"),
    "templates/css/screen.css": ("", "", "screen.css: error [limit-size]"),
    "house/profile.toml": ("profile: house", "", "profile.toml: error [limit-size]"),
    "a.svg": ("", "![A picture.](a.svg)", "article.md:6: error [limit-size]"),
}


@pytest.mark.parametrize("name", CARRIERS)
def test_every_file_has_a_limit(name: str, tmp_path: Path) -> None:
    """Whatever a manuscript may bring, it is not read where it is too large."""
    metadata, text, wanted = CARRIERS[name]
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(BIG)
    (tmp_path / "article.md").write_text(f"---\ntitle: A title\n{metadata}\n---\n\n{text}\n\nWords.\n")
    process = run(tmp_path, "--to", "html", "--out", tmp_path / "dist", "--limit", "text=1", "--limit", "picture=1")
    assert wanted in process.stderr
    assert process.returncode == 1


@pytest.mark.parametrize("name", [name for name in CARRIERS if name not in ("metadata.yaml", "house/profile.toml")])
def test_a_pipe_is_not_read(name: str, tmp_path: Path) -> None:
    """A pipe in the place of any file would be read for ever."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    metadata, text, wanted = CARRIERS[name]
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(tmp_path / name)
    (tmp_path / "article.md").write_text(f"---\ntitle: A title\n{metadata}\n---\n\n{text}\n\nWords.\n")
    began = time.monotonic()
    process = run(tmp_path, "--to", "html", "--out", tmp_path / "dist")
    assert wanted.replace("limit-size", "file-special") in process.stderr
    assert time.monotonic() - began < 60


def test_a_text_that_is_no_file_is_not_there(tmp_path: Path) -> None:
    """A pipe for a text, found in a folder or named, and a device."""
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in" / "article.md")
    (tmp_path / "in" / "paper.md").symlink_to("/dev/zero")
    for source in (tmp_path / "in", tmp_path / "in" / "article.md", "/dev/zero"):
        assert "error [source-missing]" in run(source, "--to", "html", "--out", tmp_path / "dist").stderr


def test_passing_files_that_have_no_room(tmp_path: Path) -> None:
    """A full disk under the passing files is told with its folder."""
    disk = small_disk(tmp_path / "disk", "100k")
    try:
        (disk / "x").write_bytes(b"x" * 80_000)
        (tmp_path / "article.md").write_text("---\ntitle: A title\n---\n\nWords.\n")
        process = run(tmp_path / "article.md", "--to", "pdf", "--out", tmp_path / "dist", environment={"TMPDIR": str(disk)})
        assert f"{disk}: error [output-unwritable]" in process.stderr
        assert "No space left" in process.stderr
        assert not (tmp_path / "dist").exists()
        assert [path.name for path in disk.iterdir()] == ["x"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def png(width: int, height: int, *, extra: bytes = b"") -> bytes:
    """Write a picture that holds no row, however many it says it has."""
    import struct

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + (chunk(b"iCCP", extra) if extra else b"") + chunk(b"IDAT", zlib.compress(b""))


def webp(width: int, height: int) -> bytes:
    """Write the head of a picture in WebP's extended form, the sizes less one in 24 bits."""
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    data = b"WEBPVP8X" + (10).to_bytes(4, "little") + bytes(4) + sizes
    return b"RIFF" + len(data).to_bytes(4, "little") + data


def gif(width: int, height: int) -> bytes:
    """Write a picture of one frame, as large as it says."""
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return b"GIF89a" + size + b"\x80\0\0\0\0\0\xff\xff\xff," + bytes(4) + size + b"\0\x02\x02\x4c\x01\0;"


def within(data: bytes) -> bytes:
    """Put a picture into a drawing."""
    address = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="{address}"/></svg>'.encode()


def pdf(width: int, height: int) -> bytes:
    """Write a page of a size in points."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page(page_size=(width, height))
        file.save(out)
    return out.getvalue()


DESERTS = {
    "GIF": gif(50_000, 50_000),
    "WebP": webp(16_000, 16_000),
    "PNG in a drawing": within(png(50_000, 50_000)),
    "PDF": pdf(14_000, 14_000),
    "colours without end": png(9, 9, extra=b"icc\0\0" + zlib.compress(bytes(200_000_000), 9)),
    "a drawing in a picture's clothes": within(b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>"),
}


@pytest.mark.parametrize("name", DESERTS)
def test_a_picture_that_would_fill_the_memory(name: str, tmp_path: Path) -> None:
    """Of whatever kind, and wherever it hides, a picture is looked at before it is unpacked."""
    (tmp_path / "a.png").write_bytes(DESERTS[name])
    (tmp_path / "article.md").write_text(HEAD + "![A desert.](a.png)\n")
    process = run(tmp_path, "--to", "html,pdf", "--out", tmp_path / "dist", "--limit", "memory=700")
    assert "article.md:8: error [image-unreadable]" in process.stderr
    assert process.returncode == 1


def moving(kind: str, frames: int, width: int, height: int) -> bytes:
    """Write a moving picture whose frames are all different, so that each is kept."""
    from PIL import Image

    out = io.BytesIO()
    drawn = [Image.new("L", (width, height), 0) for _ in range(frames)]
    for number, frame in enumerate(drawn):
        frame.putpixel((number % width, number // width % height), 255)
    drawn[0].save(
        out, kind, save_all=True, append_images=drawn[1:], duration=20, **({"lossless": True} if kind == "WEBP" else {})
    )
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "frames", "side", "limit"),
    [("GIF", 120, 100, 1), ("WEBP", 120, 100, 1), ("PNG", 120, 100, 1), ("GIF", 210, 10, 2)],
)
def test_a_moving_picture_counts_all_its_frames(kind: str, frames: int, side: int, limit: int, tmp_path: Path) -> None:
    """Frames by pixels is what a browser keeps; a small frame costs as much as one of 100 × 100."""
    from compositor.setting import media

    data = moving(kind, frames, side, side)
    (tmp_path / "a.png").write_bytes(data)
    (tmp_path / "article.md").write_text(HEAD + "![It moves.](a.png)\n")
    process = run(tmp_path, "--to", "html", "--out", tmp_path / "dist", "--limit", f"pixels={limit}")
    assert "article.md:8: error [image-unreadable]" in process.stderr
    assert "frames" in process.stderr
    assert media.load(data, "x").data == data  # the limit is 80 million by itself


@pytest.mark.parametrize("name", ["card.html", "epub/cover.html"])
def test_a_page_without_end_is_not_drawn(name: str, tmp_path: Path) -> None:
    """A template may ask for a cover of a kilometre."""
    (tmp_path / "templates" / "epub").mkdir(parents=True)
    page = "<html><style>@page { size: 100000px 100000px }</style><body>{{ title.html }}</body></html>"
    (tmp_path / "templates" / name).write_text(page)
    (tmp_path / "article.md").write_text(HEAD)
    process = run(tmp_path, "--to", "html,epub", "--out", tmp_path / "dist", "--limit", "seconds=60", "--limit", "memory=1500")
    assert process.returncode == 1
    assert "[build-died]" not in process.stderr
    assert f"{name}: error [template-broken]" in process.stderr


def test_editions_beyond_the_limit_are_not_written(tmp_path: Path) -> None:
    """The fonts alone are more than the picture of a MiB that the limit leaves."""
    from PIL import Image

    Image.frombytes("RGB", (700, 700), os.urandom(700 * 700 * 3)).save(tmp_path / "noise.png")
    (tmp_path / "article.md").write_text(HEAD + "![Noise.](noise.png)\n")
    process = run(tmp_path, "--to", "html", "--out", tmp_path / "dist", "--limit", "output=1")
    assert "article.md: error [limit-output]" in process.stderr
    assert not (tmp_path / "dist").exists()


def test_a_picture_with_too_many_pixels(tmp_path: Path) -> None:
    """A file of a few kilobytes may ask for gigabytes; its header tells."""
    (tmp_path / "wide.png").write_bytes(png(50_000, 50_000))
    (tmp_path / "article.md").write_text(HEAD + "![A desert.](wide.png)\n")
    process = run(tmp_path, "--to", "html")
    assert "article.md:8: error [image-unreadable]" in process.stderr
    assert "50000 × 50000 pixels" in process.stderr


@pytest.mark.parametrize("cut", [60, 200, 4000])
def test_a_picture_that_is_cut_short(cut: int, tmp_path: Path) -> None:
    """It is refused, whether or not WeasyPrint, which has Pillow take such pictures, is loaded by then."""
    from PIL import Image

    from compositor.editions import engine
    from compositor.setting import media

    engine.load_engine()
    out = io.BytesIO()
    Image.frombytes("RGB", (90, 90), os.urandom(90 * 90 * 3)).save(out, "JPEG")
    with pytest.raises((ValueError, OSError)):
        media.load(out.getvalue()[:-cut], "x")
    assert media.load(out.getvalue(), "x").media_type == "image/jpeg"


def test_a_wrong_limit_is_wrong_usage(tmp_path: Path) -> None:
    """A limit that does not exist, or is no number, is told with those there are."""
    for setting in ("patience=3", "seconds=soon", "seconds=0", "trusted=1"):
        process = run(tmp_path, "--limit", setting)
        assert process.returncode == 2
        assert "seconds" in process.stderr


def crash(_: Path, *, listener: Listener) -> Build:
    """End as a library does that runs over its memory."""
    listener.started("pdf")
    os.kill(os.getpid(), signal.SIGTRAP)
    raise AssertionError


def err(_: Path, *, listener: Listener) -> Build:
    """End with a mistake of ours."""
    listener.started("set")
    raise KeyError("a key")


def test_a_build_that_dies_is_a_problem(tmp_path: Path) -> None:
    """A crash inside a library, and a mistake of our own, are told with the stage they happened in."""
    (tmp_path / "article.md").write_text(HEAD)
    for build, words in ((crash, "signal 5 while it was printing PDF"), (err, "KeyError")):
        result = guard.guarded(build, tmp_path, Silence(), limits.DEFAULT)
        (problem,) = result.problems
        assert problem.code == "build-died"
        assert problem.where.endswith("article.md")
        assert words in problem.text


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fonts that WeasyPrint unpacked, and Pandoc's files, go with the build."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "article.md").write_text("---\ntitle: A title\nauthor: Author One\nlang: en\n---\n\nText.\n", encoding="utf-8")
    monkeypatch.setenv("TMPDIR", str(scratch))
    made = run(tmp_path / "article.md", "--out", tmp_path / "dist", "--to", "pdf,html")
    assert made.returncode == 0, made.stderr
    assert list(scratch.iterdir()) == []


INTERRUPTED = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test may run where it is ignored
os.register_at_fork(**{WHEN: lambda: os.kill(os.getpid(), signal.SIGINT)})
from compositor.cli import main
main()
"""


@pytest.mark.parametrize("when", ["before", "after_in_parent"])
def test_ctrl_c_while_a_process_starts(when: str, tmp_path: Path) -> None:
    """Python drops what is raised around a fork; the build stops all the same, without a traceback."""
    (tmp_path / "article.md").write_text(HEAD + "Text.\n", encoding="utf-8")
    program = INTERRUPTED.replace("WHEN", repr(when))
    command: list[str | Path] = [
        sys.executable,
        "-c",
        program,
        "build",
        tmp_path / "article.md",
        "--out",
        tmp_path / "dist",
        "--to",
        "html",
    ]
    process = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert process.returncode == 130
    assert process.stderr.strip() == "Stopped; nothing was written."
    assert not (tmp_path / "dist").exists()
