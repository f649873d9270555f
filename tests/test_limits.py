"""A manuscript from a stranger: whatever it asks for, the build ends in time, in memory, and with a problem that says why."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from compositor import limits, pipeline
from tests.conftest import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from compositor.model import Build

HEAD = "---\ntitle: A title\njinja: true\n---\n\nWords.\n\n"


def use_bomb(folder: Path) -> str:
    """Write a drawing of a few lines that draws itself ten to the power of thirty times."""
    groups = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 30))
    picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><defs><path id="a0" d="M0 0h1"/>'
    (folder / "bomb.svg").write_text(f'{picture}{groups}</defs><use href="#a29"/></svg>')
    return "![A picture.](bomb.svg)\n"


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
        "article.md: error [limit-",
    ),
    "blocks in blocks": (
        lambda _: "<div>" * 3000 + "a" + "</div>" * 3000,
        "article.md: error [limit-",
    ),  # by depth, or on a slow machine by time
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
    assert "endless.csv: error [limit-size]" in run(tmp_path, "--to", "html").stderr


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
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    (tmp_path / "wide.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")))
    (tmp_path / "article.md").write_text(HEAD + "![A desert.](wide.png)\n")
    process = run(tmp_path, "--to", "html")
    assert "article.md:8: error [image-unreadable]" in process.stderr
    assert "50000 × 50000 pixels" in process.stderr


def test_a_wrong_limit_is_wrong_usage(tmp_path: Path) -> None:
    """A limit that does not exist, or is no number, is told with those there are."""
    for setting in ("patience=3", "seconds=soon", "seconds=0", "trusted=1"):
        process = run(tmp_path, "--limit", setting)
        assert process.returncode == 2
        assert "seconds" in process.stderr


def crash(_: Path, *, listener: pipeline.Listener) -> Build:
    """End as a library does that runs over its memory."""
    listener.started("pdf")
    os.kill(os.getpid(), signal.SIGTRAP)
    raise AssertionError


def err(_: Path, *, listener: pipeline.Listener) -> Build:
    """End with a mistake of ours."""
    listener.started("set")
    raise KeyError("a key")


def test_a_build_that_dies_is_a_problem(tmp_path: Path) -> None:
    """A crash inside a library, and a mistake of our own, are told with the stage they happened in."""
    (tmp_path / "article.md").write_text(HEAD)
    for build, words in ((crash, "signal 5 while it was printing PDF"), (err, "KeyError")):
        result = limits.guarded(build, tmp_path, pipeline.Silence(), limits.DEFAULT)
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
