"""Whatever stands in a text, its metadata or its bibliography: a build ends, with problems that have a code and a place.

``make test`` draws the same 300 cases every time, and fails at the first that is wrong. ``make fuzz`` draws 10,000 new
ones, keeps the files of each that is wrong in ``findings/``, and goes on. A finding becomes a case folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import html

from compositor import pipeline
from compositor.editions import engine
from compositor.options import Options
from compositor.problems import CATALOGUE
from compositor.running import guard, limits
from compositor.running.listener import Silence
from tests import fonts, generated
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compositor.result import Build

RUN = 125  # cases of one run: a test has 15 minutes (pyproject.toml)
FUZZ = int(os.environ.get("COMPOSITOR_FUZZ") or 0)  # how many new cases; 0 draws the same 300 every time
# codes that mean a mistake of ours, in so short a text
OURS = {"build-died", "pandoc-failed", "proof-differs", "limit-time", "limit-memory"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="3" height="3"/></svg>'
ENTRIES = [
    {"id": key, "type": "book", "title": f"Title {key}", "author": [{"family": "One"}], "issued": {"date-parts": [[2000]]}}
    for key in ("k1", "k2")
]
FONT = fonts.own("힣𝔘中文👩🔬")  # what generated.py writes and no font of ours has, so that such texts are set too
HEAD = "title: A title\nauthor: Author One\n"
FINDINGS = ROOT / "findings"
found: list[str] = []  # by the test that runs


@pytest.fixture(scope="module", autouse=True)
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load what a build loads, so that the processes of the cases start with it."""
    folder = tmp_path_factory.mktemp("warm")
    (folder / "article.md").write_text("---\ntitle: A title\n---\n\nWords.\n")
    assert not pipeline.build(folder).failed
    engine.load_engine()  # imported only: nothing that forks may lay out text
    for name in (*pipeline.NEXT, *pipeline.LATER, *pipeline.EDITIONS.values()):
        import_module(name)


@pytest.fixture(autouse=True)
def told() -> Iterator[None]:
    """Fail a test of ``make fuzz`` at its end, with all that it found."""
    found.clear()
    yield
    assert not found, "\n\n".join(found)


def share(part: float) -> tuple[settings, pytest.MarkDecorator]:
    """Give a test its part of the cases, and runs that are short enough for the time that a test has."""
    cases = round((FUZZ or 300) * part)
    runs = max(1, round(cases / RUN))
    asked = settings(
        max_examples=max(1, round(cases / runs)),
        derandomize=not FUZZ,
        database=None,
        deadline=None,  # guard.py has its own
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],  # looking for a shorter case takes minutes
    )
    return asked, pytest.mark.parametrize("run", range(runs))


def shared(part: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark a test with its share."""
    asked, runs = share(part)
    return lambda test: runs(asked(test))


def attempt(text: str, header: str = HEAD, library: tuple[str, str] = ("r.json", ""), to: tuple[str, ...] = ("html",)) -> None:
    """Build a manuscript, and hold what every build promises against what it gave."""
    name, entries = library
    files = {"a.svg": SVG, "article.md": f"---\n{header}---\n\n{text}\n", name: entries or json.dumps(ENTRIES)}
    try:
        hold(files, to)
    except Exception as error:
        if not FUZZ:
            raise
        keep(files, f"{','.join(to)}: {type(error).__name__}: {error}")


def keep(files: dict[str, str], message: str) -> None:
    """Put the files of a finding where a person can build them, and go on."""
    folder = FINDINGS / hashlib.sha256(repr(files).encode("utf-8", "replace")).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", errors="replace")
    (folder / "finding.log").write_text(message, encoding="utf-8", errors="replace")
    found.append(f"{folder}: {message[:400]}")


def hold(files: dict[str, str], to: tuple[str, ...]) -> None:
    """Build files in a folder of their own. Raises AssertionError where a promise is not kept."""
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above) / "manuscript"
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_text(content, encoding="utf-8", errors="replace")
        (folder / "fonts").mkdir()
        (folder / "fonts" / "own.ttf").write_bytes(FONT)
        before = sorted(Path(above).rglob("*"))
        job = partial(pipeline.build, options=Options(to=to))
        built = guard.guarded(job, folder, Silence(), limits.parse(("seconds=60", "memory=2000")))
        assert sorted(Path(above).rglob("*")) == before, "a file was written"
    promised(built)


def promised(built: Build) -> None:
    """Hold the problems of a build, and its page, against what is promised. Raises AssertionError."""
    for problem in built.problems:
        assert problem.code in CATALOGUE
        # pdftotext takes very short lines that stand above each other for columns: its order is no mistake of ours
        assert problem.code not in OURS or (problem.code == "proof-differs" and problem.text.startswith("PDF")), problem
        assert problem.where, problem
        assert problem.text, problem
    assert built.failed != bool(built.artifacts)
    for artifact in built.artifacts:
        if artifact.name.endswith(".html"):
            page = html.document_fromstring(artifact.data.decode())
            assert not page.xpath("//@*[starts-with(name(), 'on')] | //@href[starts-with(., 'javascript:')]")
            assert len(page.xpath("//script[not(@type='application/ld+json')]")) == 1


# The web page draws a picture each time, which costs as much as all else, so that half the cases go where none is drawn.
QUICK = st.sampled_from([("html",), ("jats", "crossref")])


@shared(0.5)
@given(text=generated.TEXT, to=QUICK)
def test_any_text(text: str, to: tuple[str, ...], run: int) -> None:
    """Markdown of every construct, whole or broken."""
    attempt(text, f"{HEAD}bibliography: r.json\n", to=to)


@shared(0.05)
@given(text=generated.TEXT, jinja=st.booleans())
def test_any_text_in_every_edition(text: str, jinja: bool, run: int) -> None:
    """The same on paper and in the e-book, in Word and in JATS, half of it through Jinja."""
    header = f"{HEAD}bibliography: r.json\njinja: {str(jinja).lower()}\n"
    attempt(text, header, to=("pdf", "epub", "html", "docx", "jats"))


@shared(0.25)
@given(metadata=generated.METADATA, to=QUICK)
def test_any_metadata(metadata: dict[str, Any], to: tuple[str, ...], run: int) -> None:
    """Values of every kind under every key, written as JSON, which is YAML."""
    header = {"bibliography": "r.json", **metadata}
    attempt("Words, @k1.", "".join(f"{json.dumps(key)}: {json.dumps(value)}\n" for key, value in header.items()), to=to)


@shared(0.2)
@given(library=generated.LIBRARY, to=QUICK)
def test_any_bibliography(library: tuple[str, str], to: tuple[str, ...], run: int) -> None:
    """CSL JSON with values of every kind, and things like BibTeX."""
    attempt("Words.", f"{HEAD}bibliography: {library[0]}\nnocite: '@*'\n", library, to)


# Open brackets are not among them: they cost Pandoc itself more than it can have (test_limits.py).
TRAPS = {
    "`": 3000,
    "*": 3000,
    "<": 5000,
    "---\n": 3000,
    "\\": 5000,
    "@a; ": 3000,
    "{#a": 3000,
    "- \n": 3000,
}


@pytest.mark.parametrize("mark", TRAPS)
def test_a_pattern_that_could_be_a_trap(mark: str) -> None:
    """Marks that are opened thousands of times cost no regular expression of ours its patience."""
    attempt(f"Words.\n\n{mark * TRAPS[mark]}a")
