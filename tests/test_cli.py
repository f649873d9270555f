"""The command: options, what a person sees, what a program gets, exit codes."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.conftest import CASES, ROOT, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Built

SMALL = CASES / "features" / "numbering"


def test_json_is_one_object(article: Built) -> None:
    """``--json`` prints one object that a program can check against the files."""
    data = json.loads(article.process.stdout)
    assert data["ok"] is True
    assert article.process.returncode == 0
    assert article.process.stderr == ""
    assert {item["edition"] for item in data["outputs"]} == {"pdf", "epub", "html", None}
    for item in data["outputs"]:
        content = (article.folder / item["path"].rsplit("/", 1)[-1]).read_bytes()
        assert item["bytes"] == len(content)
        assert item["sha256"] == hashlib.sha256(content).hexdigest()
    assert data["counts"]["references"] == 23
    assert data["counts"]["tables"] == 3
    assert data["counts"]["figures"] == 1
    assert 3500 < data["counts"]["words"] < 5000


def test_shipped_article_has_only_the_warnings_of_the_brief(article: Built) -> None:
    """The works that nobody could identify are reported as incomplete, as warnings; nothing else is."""
    assert {item["code"] for item in article.problems} == {"ref-incomplete"}
    assert {item["severity"] for item in article.problems} == {"warning"}
    keys = {item["text"].split()[0] for item in article.problems}
    unconfirmed = "baluk2008 kuzniar2000 legucka2016 makarychev2011 malak2008 minkina2012 weitz2015 vneshnyaya-politika2009"
    assert set(unconfirmed.split()) <= keys
    bibliography = (ROOT / "bibliography" / "references.json").read_text().splitlines()
    for item in article.problems:
        line = int(item["where"].rsplit(":", 1)[1])
        assert item["text"].split()[0] in bibliography[line - 1]


def test_pipe_gets_plain_lines(tmp_path: Path) -> None:
    """Without a terminal: a line as each edition starts and ends, then a table; no escape codes."""
    process = run(SMALL, "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
    assert "\x1b" not in process.stdout
    for title in ("PDF", "EPUB", "HTML"):
        assert re.search(rf"^{title} …$", process.stdout, re.MULTILINE)
        assert re.search(rf"^{title}: \d+\.\d\d s$", process.stdout, re.MULTILINE)
    for name in ("article.pdf", "article.epub", "article.html"):
        assert re.search(rf"{name}.* kB", process.stdout)
    assert re.search(r"^\d+ words, 0 references, 0 figures, 0 tables\.$", process.stdout, re.MULTILINE)


def test_terminal_gets_colours_and_a_table(tmp_path: Path) -> None:
    """On a terminal the stages are ticked off and the table has a head."""
    master, slave = pty.openpty()
    command = [sys.executable, str(ROOT / "build.py"), str(SMALL), "--to", "html", "--out", "dist"]
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"}
    process = subprocess.Popen(command, stdout=slave, stderr=slave, cwd=tmp_path, env=environment)
    os.close(slave)
    chunks = []
    while True:
        try:
            chunk = os.read(master, 4096)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    assert process.wait() == 0
    text = b"".join(chunks).decode()
    assert "\x1b[" in text
    assert "✓" in text
    assert "dist/article.html" in text


def test_quiet_prints_nothing_when_all_is_well(tmp_path: Path) -> None:
    """``--quiet`` is silent without problems, and shows them with."""
    process = run(SMALL, "--to", "html", "--quiet", "--out", tmp_path)
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")
    process = run(CASES / "problems" / "ref-uncited", "--to", "html", "--quiet", "--out", tmp_path)
    assert process.stdout == ""
    assert "[ref-uncited]" in process.stderr


def test_to_builds_what_is_asked(tmp_path: Path) -> None:
    """``--to`` takes any of the editions, in any order, and leaves other files in the folder alone."""
    (tmp_path / "mine.txt").write_text("mine")
    process = run(SMALL, "--to", "epub,html", "--out", tmp_path)
    assert process.returncode == 0
    beside = ["CITATION.cff", "article.png", "citation.bib", "citation.json", "citation.ris"]
    beside += ["manifest.json", "ro-crate-metadata.json"]
    assert {path.name for path in tmp_path.iterdir()} == {"article.epub", "article.html", "mine.txt", *beside}


def test_wrong_usage_is_exit_code_two(tmp_path: Path) -> None:
    """Usage errors name the fault in one line and change nothing."""
    for options in (("--to", "word"), ("--to", ","), ("--nonsense",), ("--quiet", "--json")):
        process = run(SMALL, "--out", tmp_path / "dist", *options)
        assert process.returncode == 2, options
        assert "Traceback" not in process.stderr
        assert not (tmp_path / "dist").exists()


def test_help_says_what_there_is() -> None:
    """``--help`` names the commands, and that of a command its options."""
    process = run("--help")
    for command in ("build", "check", "doctor", "submit", "verify", "where"):
        assert f"  {command} " in process.stdout
    process = run("build", "--help")
    assert process.returncode == 0
    for option in ("--to", "--out", "--style", "--figures", "--strict", "--quiet", "--json"):
        assert option in process.stdout
    assert "SOURCE" in process.stdout


def test_style_by_name_and_path(tmp_path: Path) -> None:
    """``--style`` takes a name of the official collection, with or without ``.csl``, and overrides the metadata."""
    case = CASES / "problems" / "ref-uncited"
    pages = []
    for style in ("apa", "ieee", "ieee.csl"):
        assert run(case, "--to", "html", "--style", style, "--out", tmp_path / style, "-q").returncode == 0
        pages.append((tmp_path / style / "article.html").read_text(encoding="utf-8"))
    assert "[1]" in pages[1] and "[1]" not in pages[0]
    assert pages[1] == pages[2]


def test_figures_are_drawn_only_on_request(tmp_path: Path) -> None:
    """A normal build runs no script; ``--figures`` does, twice with the same bytes; a change to the data is noticed."""
    source = tmp_path / "paper"
    (source / "figures").mkdir(parents=True)
    (source / "data").mkdir()
    (source / "data" / "points.csv").write_text("x,y\n1,2\n2,3\n")
    (source / "paper.md").write_text(
        "---\ntitle: Drawn\nauthor: Author One\ndate: 2026-01-02\n---\n\n"
        "![A line.](figures/line.svg){#fig-line alt='A rising line.'}\n"
    )
    (source / "figures" / "line.py").write_text(
        "import csv\n"
        "from pathlib import Path\n"
        "import matplotlib.pyplot as plt\n"
        "rows = list(csv.DictReader(open('data/points.csv')))\n"
        "plt.rcParams['svg.hashsalt'] = 'line'\n"
        "plt.rcParams['svg.fonttype'] = 'none'\n"
        "plt.plot([int(row['x']) for row in rows], [int(row['y']) for row in rows])\n"
        "plt.savefig(Path(__file__).with_suffix('.svg'), metadata={'Date': None})\n"
    )
    drawing = source / "figures" / "line.svg"
    assert run(source, "--to", "html", "--out", tmp_path / "dist").returncode == 1  # image-missing
    assert not drawing.exists()
    process = run(source, "--to", "html", "--out", tmp_path / "dist", "--figures")
    assert process.returncode == 0, process.stderr
    assert process.stderr == ""
    first = drawing.read_bytes()
    assert run(source, "--to", "html", "--out", tmp_path / "dist", "--figures").returncode == 0
    assert drawing.read_bytes() == first
    (source / "data" / "points.csv").write_text("x,y\n1,2\n2,5\n")
    process = run(source, "--to", "html", "--out", tmp_path / "dist")
    assert "[figure-stale]" in process.stderr
    assert drawing.read_bytes() == first


def test_shipped_figure_is_what_its_script_draws(tmp_path: Path) -> None:
    """Drawing the article's figure again gives the bytes that are kept in the repository."""
    import shutil

    shutil.copytree(ROOT / "manuscript", tmp_path / "manuscript")
    shutil.copytree(ROOT / "bibliography", tmp_path / "bibliography")
    process = run(tmp_path / "manuscript", "--to", "html", "--figures", "--out", tmp_path / "dist")
    assert process.returncode == 0, process.stderr
    drawn = (tmp_path / "manuscript" / "figures" / "membership.svg").read_bytes()
    assert drawn == (ROOT / "manuscript" / "figures" / "membership.svg").read_bytes()
