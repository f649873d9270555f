"""Work beside other work: no process is forked where Pango's thread is alive, and what goes wrong there is told here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from compositor.running import aside
from compositor.running.aside import Aside
from tests.conftest import CASES, ROOT

if TYPE_CHECKING:
    from collections.abc import Generator

FORKS = """
import gc, os, pathlib, sys
from compositor import pipeline
from compositor.options import Options

def note():
    known = [item for item in gc.get_objects() if type(item).__name__ == "FontConfiguration"]
    os.write(1, f"{len(known)}\\n".encode())

os.register_at_fork(before=note)
result = pipeline.build(pathlib.Path(sys.argv[1]), options=Options(to=("pdf", "epub", "html")))
assert not result.failed, result.problems
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there a build forks")
def test_no_process_is_forked_where_pango_reads_fonts() -> None:
    """Its threads hold locks that a fork would take along; the child waited for them for ever, one build in thousands."""
    command = [sys.executable, "-c", FORKS, str(CASES / "features" / "every-construct")]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    assert process.stdout.split() == ["0"] * 3, "the text is set, and pictures and PDF are made, beside the rest"


def test_what_is_raised_aside_is_raised_where_it_is_asked_for() -> None:
    """Before the first word and behind it."""

    def early(given: int) -> Generator[int, None, int]:
        raise KeyError("early")
        yield given

    def late(given: int) -> Generator[int, None, int]:
        yield given
        raise KeyError("late")

    work = Aside(early)
    aside.start(work)
    work.give(1)
    with pytest.raises(KeyError, match="early"):
        work.next()
    work = Aside(late)
    aside.start(work)
    work.give(1)
    assert work.next() == 1
    with pytest.raises(KeyError, match="late"):
        work.result()


def test_what_is_yielded_and_returned_comes_from_aside() -> None:
    """All of it, made in another process where there can be one; the end is given as often as it is asked for."""

    def work(given: int) -> Generator[int, None, int]:
        yield given
        yield os.getpid()
        return os.getpid() + given

    asked = Aside(work)
    aside.start(asked)
    asked.give(1)
    assert asked.next() == 1
    other = asked.next()
    assert asked.result() == asked.result() == other + 1
    assert (other != os.getpid()) == (sys.platform == "linux")


@pytest.mark.skipif(sys.platform != "linux", reason="only there a work has a process that can die")
def test_work_that_dies_on_the_way_is_gone_on_with_here() -> None:
    """From where it was: what has been heard is not said again."""
    home = os.getpid()

    def work(given: int) -> Generator[int, None, int]:
        yield given
        if os.getpid() != home:
            os._exit(1)
        yield given + 1
        return given + 2

    asked = Aside(work)
    aside.start(asked)
    asked.give(1)
    assert (asked.next(), asked.next(), asked.result()) == (1, 2, 3)


def test_work_that_dies_does_not_keep_the_others_from_being_heard() -> None:
    """It shares a process with them; what they send may be more than a pipe holds while nobody listens."""

    def dead(given: int) -> Generator[int, None, int]:
        raise KeyError("dead")
        yield given

    def long(given: int) -> Generator[None, None, bytes]:
        yield
        return b"x" * given

    first, second = Aside(dead), Aside(long)
    aside.start(first, second)
    second.give(1 << 20)
    first.give(1)
    with pytest.raises(KeyError, match="dead"):
        first.next()
    assert len(second.result()) == 1 << 20


ORPHANS = """
import os, signal, time
from compositor.running import aside

def endless(given):
    os.write(1, f"{os.getpid()}\\n".encode())
    while True:
        time.sleep(1)
    yield

works = aside.Aside(endless), aside.Aside(endless)
aside.start(*works)
for work in works:
    work.give(1)
time.sleep(2)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there a build forks")
def test_work_ends_with_whoever_asked_for_it(tmp_path: Path) -> None:
    """A build that is killed can tell nobody; a layout that takes long went on for ever."""
    with (tmp_path / "pids").open("wb") as told:  # a pipe would wait for whoever holds its other end
        subprocess.run([sys.executable, "-c", ORPHANS], cwd=ROOT, stdout=told, check=False, timeout=60)
    processes = [Path(f"/proc/{number}/cmdline") for number in (tmp_path / "pids").read_text().split()]

    def alive() -> bool:
        return any(path.exists() and path.read_bytes() for path in processes)  # nothing is left to wait for

    assert len(processes) == 2
    end = time.monotonic() + 10
    while alive() and time.monotonic() < end:
        time.sleep(0.1)
    assert not alive()


def test_press_is_warm() -> None:
    """What is done beforehand succeeds; a press that fails there would be replaced without a word, and cost its time."""
    command = [sys.executable, "-c", "from compositor.editions import pdf; pdf.warm('pl')"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stderr) == (0, "")


BYTES = """
import hashlib, pathlib, sys
from compositor import pipeline
from compositor.running import aside

if sys.argv[2] == "alone":
    aside.sys = type("Elsewhere", (), {"platform": "darwin"})
built = pipeline.build(pathlib.Path(sys.argv[1]))
assert not built.failed, built.problems
print(*(f"{item.name} {hashlib.sha256(item.data).hexdigest()}" for item in built.artifacts), sep="\\n")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is made aside")
def test_what_is_made_aside_is_the_same() -> None:
    """A system that forks nothing gives the same bytes, from a process that has set no other page before."""
    case = str(CASES / "features" / "page-make-up")
    said = [
        subprocess.run([sys.executable, "-c", BYTES, case, how], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for how in ("alone", "beside")
    ]
    assert said[0] == said[1]
    assert "article.pdf" in said[0]
