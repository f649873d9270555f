"""dist/ is the old set or the new one, whatever happens while it is written; and sources are never touched."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from compositor.result import Artifact, BuildError
from compositor.running import output
from tests.conftest import ROOT, run, small_disk

if TYPE_CHECKING:
    from pathlib import Path

ONE_AFTER_ANOTHER = """
import sys
from pathlib import Path
from compositor.running import output
from compositor.result import Artifact
print("ready", flush=True)
for number in range(10**6):
    data = str(number).encode() * 20_000
    output.write(tuple(Artifact(f"{name}.bin", "application/octet-stream", data) for name in "abc"), Path(sys.argv[1]))
    print(number, flush=True)
"""


def artifacts(**files: bytes) -> tuple[Artifact, ...]:
    """Make artifacts of names and contents."""
    return tuple(Artifact(name, "application/octet-stream", data) for name, data in files.items())


def left_beside(folder: Path) -> list[str]:
    """Give what a build has left beside its output folder."""
    return sorted(path.name for path in folder.parent.iterdir() if path.name.startswith("."))


def test_killed_at_any_moment_the_folder_is_one_set(tmp_path: Path) -> None:
    """Fifty times a process that writes one set after another is killed: every file is always of the same set."""
    folder = tmp_path / "dist"
    chance = random.Random(5)
    seen = set()
    for _ in range(50):
        writer = subprocess.Popen([sys.executable, "-c", ONE_AFTER_ANOTHER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE)
        assert writer.stdout is not None
        for _ in range(1 + chance.randrange(8)):
            writer.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.03))
        writer.kill()
        writer.wait()
        writer.stdout.close()
        if folder.exists():
            found = {path.read_bytes() for path in folder.iterdir()}
            assert len(found) == 1, "files of two sets"
            assert len(list(folder.iterdir())) == 3
            seen |= found
    assert len(seen) > 4
    output.write(artifacts(a=b"last"), folder)
    assert (folder / "a").read_bytes() == b"last"
    assert left_beside(folder) == []


@pytest.fixture
def manuscript(tmp_path: Path) -> Path:
    """Give a short manuscript."""
    folder = tmp_path / "manuscript"
    folder.mkdir()
    (folder / "article.md").write_text("---\ntitle: First state\n---\n\n# Head\n\nWords.\n")
    return folder


def test_a_build_killed_at_any_moment(manuscript: Path) -> None:
    """Fifty builds of a changed text are killed at random moments: dist/ is the old set until it is the new one."""
    out = manuscript.parent / "dist"
    options = ["--to", "html,jats", "--out", out]
    chance = random.Random(6)
    began = time.monotonic()
    assert run(manuscript, *options).returncode == 0
    lasts = time.monotonic() - began
    old = {path.name: path.read_bytes() for path in out.iterdir()}
    source = manuscript / "article.md"
    source.write_text(source.read_text().replace("First", "Second"))
    written = {path.name: path.read_bytes() for path in manuscript.iterdir()}
    command = [sys.executable, str(ROOT / "build.py"), str(manuscript), *map(str, options)]
    for _ in range(50):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(lasts * chance.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = {path.name: path.read_bytes() for path in out.iterdir()}
        titles = {b"First state" in now["article.html"], b"Second state" not in now["article.html"]}
        assert len(titles) == 1
        assert titles == {False} or now == old
    assert {path.name: path.read_bytes() for path in manuscript.iterdir()} == written
    assert run(manuscript, *options).returncode == 0
    assert b"Second state" in (out / "article.html").read_bytes()
    assert left_beside(out) == []


@pytest.mark.parametrize("ended", [signal.SIGTERM, signal.SIGHUP])
def test_a_build_that_is_ended_leaves_no_passing_files(manuscript: Path, ended: signal.Signals) -> None:
    """A job that its system stops, or whose terminal is closed, clears away what it began."""
    passing = manuscript.parent / "passing"
    passing.mkdir()
    out = manuscript.parent / "dist"
    command = [sys.executable, str(ROOT / "build.py"), str(manuscript), "--out", str(out)]
    process = subprocess.Popen(command, env=os.environ | {"TMPDIR": str(passing)}, stderr=subprocess.PIPE, text=True)
    while not any(passing.glob("compositor-*/*")):  # Python's own trial of the folder comes and goes before it
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(ended)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + ended
    assert "Traceback" not in said
    assert list(passing.iterdir()) == []
    assert not out.exists()
    assert left_beside(out) == []


def test_a_full_disk_leaves_the_old_set(manuscript: Path) -> None:
    """On a disk too small for the new set, the old one stays and the problem says why."""
    disk = small_disk(manuscript.parent / "disk", "400k")
    try:
        (disk / "dist").mkdir()
        (disk / "dist" / "article.html").write_text("old")
        process = run(manuscript, "--to", "epub,html", "--out", disk / "dist")
        assert process.returncode == 1
        assert "[output-unwritable]" in process.stderr
        assert "No space left" in process.stderr
        assert [path.name for path in (disk / "dist").iterdir()] == ["article.html"]
        assert (disk / "dist" / "article.html").read_text() == "old"
        assert left_beside(disk / "dist") == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_two_builds_at_once_in_one_folder(manuscript: Path) -> None:
    """Two builds of different texts into one folder: each file is there, and of one of the two."""
    other = manuscript.parent / "other"
    shutil.copytree(manuscript, other)
    (other / "article.md").write_text("---\ntitle: Other state\n---\n\n# Head\n\nWords.\n")
    out = manuscript.parent / "dist"
    command = [sys.executable, str(ROOT / "build.py"), "--to", "epub,html", "--quiet", "--out", str(out)]
    both = [subprocess.Popen([*command, str(folder)]) for folder in (manuscript, other)]
    assert [process.wait() for process in both] == [0, 0]
    alone = {}
    for folder in (manuscript, other):
        assert run(folder, "--to", "epub,html", "--out", folder / "dist").returncode == 0
        alone[folder.name] = {path.name: path.read_bytes() for path in (folder / "dist").iterdir()}
    assert {path.name: path.read_bytes() for path in out.iterdir()} in alone.values()


def test_what_else_is_in_the_folder_stays(tmp_path: Path) -> None:
    """Files and folders of the user's, links among them, are still there after a build."""
    folder = tmp_path / "dist"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "mine.txt").write_text("mine")
    (folder / "link").symlink_to("inner/mine.txt")
    (folder / "a").write_text("old")
    folder.chmod(0o750)
    output.write(artifacts(a=b"new", b=b"new"), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "inner", "link"]
    assert (folder / "link").read_text() == "mine"
    assert (folder / "a").read_text() == "new"
    assert folder.stat().st_mode & 0o777 == 0o750


def test_a_set_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    """The same bytes leave files and folder as they are, for whatever watches them."""
    folder = tmp_path / "dist"
    output.write(artifacts(a=b"one"), folder)
    before = (folder.stat().st_ino, (folder / "a").stat().st_mtime_ns)
    output.write(artifacts(a=b"one"), folder)
    assert (folder.stat().st_ino, (folder / "a").stat().st_mtime_ns) == before


def test_the_folder_one_stands_in_is_written_file_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell's own folder cannot change names under it."""
    monkeypatch.chdir(tmp_path)
    output.write(artifacts(a=b"one"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_disk_that_may_only_be_read(manuscript: Path) -> None:
    """On a disk that is mounted read-only a build ends with the reason, and everything is as it was."""
    disk = small_disk(manuscript.parent / "disk", "4m")
    try:
        shutil.copytree(manuscript, disk / "manuscript")
        assert run(disk / "manuscript", "--to", "jats", "--out", disk / "dist").returncode == 0
        source = disk / "manuscript" / "article.md"
        source.write_text(source.read_text().replace("First", "Second"))
        before = {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()}
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for out in (disk / "dist", disk / "new"):
            process = run(disk / "manuscript", "--to", "jats", "--out", out)
            assert process.returncode == 1
            assert "[output-unwritable]" in process.stderr
            assert "Read-only file system" in process.stderr
        assert run(disk / "manuscript", "--to", "jats", "--out", manuscript.parent / "dist").returncode == 0
        assert {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()} == before
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    """A place that cannot be written to is a problem, not a traceback."""
    (tmp_path / "file").write_text("a file")
    with pytest.raises(BuildError) as caught:
        output.write(artifacts(a=b"one"), tmp_path / "file")
    assert caught.value.problems[0].code == "output-unwritable"
    assert (tmp_path / "file").read_text() == "a file"
